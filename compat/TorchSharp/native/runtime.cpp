// Autograd, gradient modes, threads, random generators and devices.
#include "glue.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/Generator.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/csrc/autograd/autograd.h>

#include <dlfcn.h>

#include <cstdlib>
#include <vector>

namespace glue {

namespace {

thread_local std::string last_error;

std::vector<at::Tensor> borrow_all(void* const* pointers, int32_t count) {
    std::vector<at::Tensor> tensors;
    tensors.reserve(count);
    for (int32_t i = 0; i < count; i++) tensors.push_back(pointers[i] ? borrow(pointers[i]) : at::Tensor());
    return tensors;
}

}  // namespace

void remember_error(const char* message) { last_error = message; }

GLUE const char* um_last_error() { return last_error.c_str(); }
GLUE void um_remember_error(const char* message) { remember_error(message); }

GLUE int32_t um_backward(
    void* const* tensors, int32_t count, void* const* gradients, int32_t gradient_count, void* const* inputs,
    int32_t input_count, int32_t retain_graph, int32_t create_graph) {
    return guarded<int32_t>(-1, [&] {
        torch::autograd::backward(
            borrow_all(tensors, count), borrow_all(gradients, gradient_count), retain_graph != 0, create_graph != 0,
            borrow_all(inputs, input_count));
        return 0;
    });
}

// Writes input_count owned tensors (null where unused) to results.
GLUE int32_t um_grad(
    void* const* outputs, int32_t count, void* const* inputs, int32_t input_count, void* const* gradients,
    int32_t gradient_count, int32_t retain_graph, int32_t create_graph, int32_t allow_unused, void** results) {
    return guarded<int32_t>(-1, [&] {
        auto found = torch::autograd::grad(
            borrow_all(outputs, count), borrow_all(inputs, input_count), borrow_all(gradients, gradient_count),
            retain_graph != 0, create_graph != 0, allow_unused != 0);
        for (size_t i = 0; i < found.size(); i++) results[i] = release(found[i]);
        return 0;
    });
}

GLUE int32_t um_grad_enabled() { return at::GradMode::is_enabled(); }
GLUE void um_set_grad_enabled(int32_t enabled) { at::GradMode::set_enabled(enabled != 0); }

GLUE int32_t um_inference_enabled() { return c10::InferenceMode::is_enabled(); }
GLUE void* um_inference_begin(int32_t enabled) { return new c10::InferenceMode(enabled != 0); }
GLUE void um_inference_end(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }

GLUE int32_t um_threads() { return at::get_num_threads(); }

// Torch passes its number of threads on to MKL, but not to OpenBLAS, which keeps threads of its own: asked for one thread, it would multiply
// matrices in as many as there are cores.
GLUE void um_set_threads(int32_t count) {
    at::set_num_threads(count);
    if (auto* set_blas_threads = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) set_blas_threads(count);
}

GLUE int32_t um_has_cuda() { return at::hasCUDA(); }

GLUE int32_t um_device_count(int32_t type) {
    return guarded<int32_t>(0, [&]() -> int32_t {
        const auto device_type = static_cast<c10::DeviceType>(type);
        if (!c10::impl::hasDeviceGuardImpl(device_type)) return 0;
        return c10::impl::VirtualGuardImpl(device_type).deviceCount();
    });
}

// Waits for the current stream of a device (index -1: the current device).
GLUE int32_t um_synchronize(int32_t type, int32_t index) {
    return guarded<int32_t>(-1, [&] {
        const c10::impl::VirtualGuardImpl guard(static_cast<c10::DeviceType>(type));
        const c10::Device device = index < 0
            ? guard.getDevice()
            : c10::Device(static_cast<c10::DeviceType>(type), static_cast<c10::DeviceIndex>(index));
        guard.getStream(device).synchronize();
        return 0;
    });
}

GLUE int32_t um_manual_seed(uint64_t seed) {
    return guarded<int32_t>(-1, [&] {
        at::manual_seed(seed);
        return 0;
    });
}

// A reference to a device's default generator.
GLUE void* um_generator_default(int32_t type, int32_t index) {
    return guarded<void*>(nullptr, [&] {
        const c10::Device device(static_cast<c10::DeviceType>(type), static_cast<c10::DeviceIndex>(index));
        return new at::Generator(at::globalContext().defaultGenerator(device));
    });
}

GLUE void* um_generator_new(uint64_t seed) {
    return guarded<void*>(nullptr, [&] { return new at::Generator(at::detail::createCPUGenerator(seed)); });
}

GLUE void um_generator_free(void* generator) { delete static_cast<at::Generator*>(generator); }

GLUE void um_generator_set_seed(void* pointer, uint64_t seed) {
    auto& generator = *static_cast<at::Generator*>(pointer);
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_current_seed(seed);
}

GLUE uint64_t um_generator_current_seed(void* pointer) {
    auto& generator = *static_cast<at::Generator*>(pointer);
    std::lock_guard<std::mutex> lock(generator.mutex());
    return generator.current_seed();
}

// Draws a new seed from the system.
GLUE uint64_t um_generator_reseed(void* pointer) {
    auto& generator = *static_cast<at::Generator*>(pointer);
    std::lock_guard<std::mutex> lock(generator.mutex());
    return generator.seed();
}

GLUE void* um_generator_state(void* pointer) {
    return guarded<void*>(nullptr, [&] {
        auto& generator = *static_cast<at::Generator*>(pointer);
        std::lock_guard<std::mutex> lock(generator.mutex());
        return release(generator.get_state());
    });
}

GLUE int32_t um_generator_set_state(void* pointer, void* state) {
    return guarded<int32_t>(-1, [&] {
        auto& generator = *static_cast<at::Generator*>(pointer);
        std::lock_guard<std::mutex> lock(generator.mutex());
        generator.set_state(borrow(state));
        return 0;
    });
}


}  // namespace glue
