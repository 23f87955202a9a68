// The C interface between the managed assembly and libtorch. Tensors cross it as owned c10::TensorImpl pointers.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>

#include <cstdint>
#include <string>

#define GLUE extern "C" __attribute__((visibility("default")))

namespace glue {

// What an Argument holds; the managed side has the same list (Interop/ArgumentTag.cs).
enum class Tag : int32_t {
    none = 0,
    tensor = 1,
    integer = 2,
    real = 3,
    boolean = 4,
    int_list = 5,
    real_list = 6,
    tensor_list = 7,
    optional_tensor_list = 8,
    text = 9,
    device = 10,
    generator = 11,
    schema_default = 12,
};

// 16 bytes: a tag, the length of a list, and the value or a pointer to it.
struct Argument {
    Tag tag;
    int32_t length;
    union {
        int64_t integer;
        double real;
        const void* pointer;
    };
};

void remember_error(const char* message);

// A borrowed reference: the caller keeps its own.
inline at::Tensor borrow(const void* pointer) {
    return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(
        static_cast<c10::TensorImpl*>(const_cast<void*>(pointer))));
}

// Hands one reference to the caller; an undefined tensor is a null pointer.
inline void* release(at::Tensor tensor) {
    return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr;
}

inline c10::TensorImpl* impl(const void* pointer) {
    return static_cast<c10::TensorImpl*>(const_cast<void*>(pointer));
}

// Runs body; on an exception remembers its message and returns failed.
template <class Result, class Body>
Result guarded(Result failed, Body&& body) {
    try {
        return body();
    } catch (const c10::Error& error) {
        remember_error(error.what_without_backtrace());
    } catch (const std::exception& error) {
        remember_error(error.what());
    }
    return failed;
}

}  // namespace glue
