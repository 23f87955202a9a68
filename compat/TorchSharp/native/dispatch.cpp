// Every ATen operator by name, through the boxed dispatcher.
#include "glue.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/Generator.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/stack.h>

#include <cstdlib>
#include <utility>
#include <vector>

namespace glue {

namespace {

// c10::optional in libtorch 1.13, std::optional in later ones.
using OptionalTensor = decltype(std::declval<c10::IValue>().toOptional<at::Tensor>());

// A schema parameter's kind, as far as plain numbers have to be adapted to it.
enum class Kind : uint8_t { other, real, int_list };

struct Operator {
    explicit Operator(c10::OperatorHandle found) : handle(std::move(found)) {
        const std::string& name = handle.schema().name();
        in_place = name.size() > 1 && name.back() == '_' && name[name.size() - 2] != '_';
        for (const auto& parameter : handle.schema().arguments()) {
            const bool has_default = parameter.default_value().has_value();
            defaults.push_back(has_default ? *parameter.default_value() : c10::IValue());
            optional.push_back(has_default);
            kinds.push_back(kind_of(parameter.type()));
        }
    }

    static Kind kind_of(c10::TypePtr type) {
        if (auto inner = type->cast<c10::OptionalType>()) type = inner->getElementType();
        if (type->kind() == c10::TypeKind::FloatType) return Kind::real;
        if (auto list = type->cast<c10::ListType>()) {
            const auto element = list->getElementType()->kind();
            if (element == c10::TypeKind::IntType || element == c10::TypeKind::SymIntType) return Kind::int_list;
        }
        return Kind::other;
    }

    c10::OperatorHandle handle;
    bool in_place = false;
    std::vector<c10::IValue> defaults;
    std::vector<bool> optional;
    std::vector<Kind> kinds;
};

c10::IValue to_value(const Argument& argument, const Operator& target, size_t position) {
    switch (argument.tag) {
        case Tag::none: return c10::IValue();
        case Tag::tensor: return c10::IValue(borrow(argument.pointer));
        case Tag::integer:
            if (target.kinds[position] == Kind::real) return c10::IValue(static_cast<double>(argument.integer));
            if (target.kinds[position] == Kind::int_list) return c10::IValue(c10::List<int64_t>({argument.integer}));
            return c10::IValue(argument.integer);
        case Tag::real: return c10::IValue(argument.real);
        case Tag::boolean: return c10::IValue(argument.integer != 0);
        case Tag::int_list: {
            const auto* values = static_cast<const int64_t*>(argument.pointer);
            return c10::IValue(at::IntArrayRef(values, argument.length));
        }
        case Tag::real_list: {
            const auto* values = static_cast<const double*>(argument.pointer);
            return c10::IValue(at::ArrayRef<double>(values, argument.length));
        }
        case Tag::tensor_list: {
            const auto* values = static_cast<void* const*>(argument.pointer);
            c10::List<at::Tensor> list;
            list.reserve(argument.length);
            for (int32_t i = 0; i < argument.length; i++) list.push_back(borrow(values[i]));
            return c10::IValue(std::move(list));
        }
        case Tag::optional_tensor_list: {
            const auto* values = static_cast<void* const*>(argument.pointer);
            c10::List<OptionalTensor> list;
            list.reserve(argument.length);
            for (int32_t i = 0; i < argument.length; i++) list.push_back(values[i] ? OptionalTensor(borrow(values[i])) : OptionalTensor());
            return c10::IValue(std::move(list));
        }
        case Tag::text:
            return c10::IValue(std::string(static_cast<const char*>(argument.pointer), argument.length));
        case Tag::device:
            return c10::IValue(c10::Device(
                static_cast<c10::DeviceType>(argument.length), static_cast<c10::DeviceIndex>(argument.integer)));
        case Tag::generator:
            return c10::IValue(*static_cast<const at::Generator*>(argument.pointer));
        case Tag::schema_default:
            TORCH_CHECK(target.optional[position], "argument ", position, " of ", target.handle.schema().name(), " has no default");
            return target.defaults[position];
    }
    TORCH_CHECK(false, "unknown argument tag ", static_cast<int32_t>(argument.tag));
}

Argument to_result(c10::IValue&& value) {
    Argument result{Tag::none, 0, {0}};
    if (value.isTensor()) {
        result.pointer = release(std::move(value).toTensor());
        result.tag = result.pointer ? Tag::tensor : Tag::none;
    } else if (value.isBool()) {
        result.tag = Tag::boolean;
        result.integer = value.toBool();
    } else if (value.isInt()) {
        result.tag = Tag::integer;
        result.integer = value.toInt();
    } else if (value.isDouble()) {
        result.tag = Tag::real;
        result.real = value.toDouble();
    } else if (value.isTensorList()) {
        const std::vector<at::Tensor> list = value.toTensorVector();
        auto** tensors = static_cast<void**>(std::malloc((list.size() + 1) * sizeof(void*)));
        for (size_t i = 0; i < list.size(); i++) tensors[i] = release(list[i]);
        result.tag = Tag::tensor_list;
        result.length = static_cast<int32_t>(list.size());
        result.pointer = tensors;
    } else if (!value.isNone()) {
        TORCH_CHECK(false, "a result of type ", value.tagKind(), " cannot be handed over");
    }
    return result;
}

// Reused between calls so that a call allocates no stack of its own; an operator that calls back takes a fresh one.
thread_local torch::jit::Stack idle_stack;

}  // namespace

// Finds an operator, or returns null and remembers the error. The result lives as long as the process.
GLUE void* um_operator(const char* name, const char* overload) {
    return guarded<void*>(nullptr, [&]() -> void* {
        return new Operator(c10::Dispatcher::singleton().findSchemaOrThrow(name, overload));
    });
}

// Calls an operator. Trailing arguments that are not given come from the schema. Returns the count of results, or -1.
GLUE int32_t um_call(const void* target, const Argument* arguments, int32_t count, Argument* results, int32_t capacity) {
    return guarded<int32_t>(-1, [&]() -> int32_t {
        const auto& op = *static_cast<const Operator*>(target);
        torch::jit::Stack stack;
        stack.swap(idle_stack);
        stack.clear();
        const size_t expected = op.kinds.size();
        TORCH_CHECK(static_cast<size_t>(count) <= expected, op.handle.schema().name(), " takes ", expected, " arguments, got ", count);
        for (int32_t i = 0; i < count; i++) stack.push_back(to_value(arguments[i], op, i));
        for (size_t i = count; i < expected; i++) {
            TORCH_CHECK(op.optional[i], op.handle.schema().name(), " needs argument ", i);
            stack.push_back(op.defaults[i]);
        }
        op.handle.callBoxed(stack);
        // An operator that changes its first argument returns that argument, which the caller has already.
        if (op.in_place) stack.clear();
        TORCH_CHECK(stack.size() <= static_cast<size_t>(capacity), op.handle.schema().name(), " returned ", stack.size(), " values");
        const auto returned = static_cast<int32_t>(stack.size());
        for (int32_t i = 0; i < returned; i++) results[i] = to_result(std::move(stack[i]));
        stack.clear();
        stack.swap(idle_stack);
        return returned;
    });
}

GLUE void um_free(void* memory) { std::free(memory); }

}  // namespace glue
