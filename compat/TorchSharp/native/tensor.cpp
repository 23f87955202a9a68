// A tensor's lifetime, attributes and memory.
#include "glue.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/variable.h>

#include <cstring>

namespace glue {

// Releases the caller's reference.
GLUE void um_tensor_release(void* pointer) {
    c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(impl(pointer));
}

// A second reference to the same tensor.
GLUE void* um_tensor_alias(void* pointer) { return release(borrow(pointer)); }

GLUE int64_t um_tensor_dim(void* pointer) { return impl(pointer)->dim(); }
GLUE int64_t um_tensor_numel(void* pointer) { return impl(pointer)->numel(); }
GLUE int64_t um_tensor_storage_offset(void* pointer) { return impl(pointer)->storage_offset(); }
GLUE int64_t um_tensor_itemsize(void* pointer) { return static_cast<int64_t>(impl(pointer)->itemsize()); }
GLUE int32_t um_tensor_dtype(void* pointer) { return static_cast<int32_t>(c10::typeMetaToScalarType(impl(pointer)->dtype())); }
GLUE int32_t um_tensor_is_contiguous(void* pointer) { return impl(pointer)->is_contiguous(); }

GLUE void um_tensor_device(void* pointer, int32_t* type, int32_t* index) {
    const c10::Device device = impl(pointer)->device();
    *type = static_cast<int32_t>(device.type());
    *index = device.index();
}

// Room for dim() values.
GLUE void um_tensor_sizes(void* pointer, int64_t* sizes) {
    const auto values = impl(pointer)->sizes();
    std::copy(values.begin(), values.end(), sizes);
}

GLUE void um_tensor_strides(void* pointer, int64_t* strides) {
    const auto values = impl(pointer)->strides();
    std::copy(values.begin(), values.end(), strides);
}

// The first element, or null where the tensor has no readable memory.
GLUE void* um_tensor_data(void* pointer) {
    return guarded<void*>(nullptr, [&] { return borrow(pointer).data_ptr(); });
}

// A tensor over memory of the caller's; deleter(context) runs when the last reference goes.
GLUE void* um_tensor_from_memory(
    void* data, const int64_t* sizes, int32_t dims, int32_t dtype, void (*deleter)(void*), void* context) {
    return guarded<void*>(nullptr, [&] {
        const auto options = at::TensorOptions().dtype(static_cast<c10::ScalarType>(dtype)).device(at::kCPU);
        return release(at::from_blob(
            data, at::IntArrayRef(sizes, dims), [deleter, context](void*) { deleter(context); }, options));
    });
}

GLUE int32_t um_tensor_requires_grad(void* pointer) { return borrow(pointer).requires_grad(); }
GLUE int32_t um_tensor_is_leaf(void* pointer) { return borrow(pointer).is_leaf(); }

GLUE int32_t um_tensor_set_requires_grad(void* pointer, int32_t value) {
    return guarded<int32_t>(-1, [&] {
        borrow(pointer).set_requires_grad(value != 0);
        return 0;
    });
}

GLUE int32_t um_tensor_retain_grad(void* pointer) {
    return guarded<int32_t>(-1, [&] {
        borrow(pointer).retain_grad();
        return 0;
    });
}

// Null where there is none; remembers an error only on failure.
GLUE void* um_tensor_grad(void* pointer) {
    return guarded<void*>(nullptr, [&] { return release(borrow(pointer).grad()); });
}

GLUE int32_t um_tensor_set_grad(void* pointer, void* grad) {
    return guarded<int32_t>(-1, [&] {
        borrow(pointer).mutable_grad() = grad ? borrow(grad) : at::Tensor();
        return 0;
    });
}

// Replaces a tensor's content by another's, keeping its identity (what `module.to(device)` needs).
GLUE int32_t um_tensor_set_data(void* pointer, void* data) {
    return guarded<int32_t>(-1, [&] {
        borrow(pointer).set_data(borrow(data));
        return 0;
    });
}

}  // namespace glue
