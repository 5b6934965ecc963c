// Errors, autograd, grad modes, threads, random generators, and which BLAS was loaded.
#include "shim.h"

#include <ATen/Parallel.h>
#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>
#include <torch/csrc/autograd/autograd.h>
#include <ATen/core/grad_mode.h>
#include <dlfcn.h>

using namespace ts;

// ---- errors ----
static std::string& last_error() {
    static thread_local std::string message;
    return message;
}

void ts::set_error(const char* message) noexcept {
    try {
        last_error() = message;
    } catch (...) {
        last_error().clear();
    }
}

TS_EXPORT const char* ts_last_error() noexcept { return last_error().c_str(); }

// Native stack traces make a throw cost milliseconds and say nothing to a .NET caller.
TS_EXPORT void ts_start() noexcept { c10::SetStackTraceFetcher([] { return std::string(); }); }

extern "C" void sgemm_();

// The file that sgemm comes from: it tells a fast BLAS from the reference one.
TS_EXPORT const char* ts_blas_file() noexcept {
    Dl_info info;
    return dladdr(reinterpret_cast<void*>(&sgemm_), &info) && info.dli_fname ? info.dli_fname : "";
}

// ---- autograd ----
TS_EXPORT int32_t ts_set_requires_grad(H h, int32_t on) noexcept { return guard([&] { T(h).set_requires_grad(on); }); }
TS_EXPORT int32_t ts_retain_grad(H h) noexcept { return guard([&] { T(h).retain_grad(); }); }
TS_EXPORT int32_t ts_grad(H h, H* r) noexcept { return guard([&] { give(r, T(h).grad()); }); }
TS_EXPORT int32_t ts_set_grad(H h, H grad) noexcept { return guard([&] { T(h).mutable_grad() = or_undefined(grad); }); }

TS_EXPORT int32_t ts_backward(const H* tensors, int64_t n, const H* grads, int64_t grad_count, int32_t retain,
                              int32_t create, const H* inputs, int64_t input_count) noexcept {
    return guard([&] {
        torch::autograd::backward(all(tensors, n), all(grads, grad_count), static_cast<bool>(retain), create,
                                  all(inputs, input_count));
    });
}
TS_EXPORT int32_t ts_autograd_grad(const H* outputs, int64_t n, const H* inputs, int64_t input_count, const H* grads,
                                   int64_t grad_count, int32_t retain, int32_t create, int32_t allow_unused,
                                   H** out, int64_t* count) noexcept {
    return guard([&] {
        give_all(out, count, torch::autograd::grad(all(outputs, n), all(inputs, input_count), all(grads, grad_count),
                                                   static_cast<bool>(retain), create, allow_unused));
    });
}

TS_EXPORT int32_t ts_is_grad_enabled() noexcept { return at::GradMode::is_enabled(); }
TS_EXPORT void ts_set_grad_enabled(int32_t on) noexcept { at::GradMode::set_enabled(on); }
TS_EXPORT int32_t ts_is_inference_mode() noexcept { return c10::InferenceMode::is_enabled(); }
TS_EXPORT int32_t ts_inference_guard(int32_t on, void** r) noexcept {
    return guard([&] { *r = new c10::InferenceMode(on); });
}
TS_EXPORT void ts_inference_guard_end(void* g) noexcept { delete static_cast<c10::InferenceMode*>(g); }

// ---- threads and devices ----
TS_EXPORT int32_t ts_num_threads() noexcept { return at::get_num_threads(); }
TS_EXPORT int32_t ts_set_num_threads(int32_t n) noexcept { return guard([&] { at::set_num_threads(n); }); }
TS_EXPORT int32_t ts_num_interop_threads() noexcept { return at::get_num_interop_threads(); }
TS_EXPORT int32_t ts_set_num_interop_threads(int32_t n) noexcept { return guard([&] { at::set_num_interop_threads(n); }); }
TS_EXPORT int32_t ts_cuda_is_available() noexcept { return at::globalContext().hasCUDA(); }
TS_EXPORT int32_t ts_cuda_device_count() noexcept { return static_cast<int32_t>(at::detail::getCUDAHooks().getNumGPUs()); }
TS_EXPORT int32_t ts_cuda_synchronize(int32_t index) noexcept {
    return guard([&] { at::detail::getCUDAHooks().deviceSynchronize(static_cast<at::DeviceIndex>(index < 0 ? 0 : index)); });
}

// ---- random generators ----
using Gen = at::Generator*;

TS_EXPORT int32_t ts_manual_seed(int64_t seed) noexcept { return guard([&] { at::manual_seed(static_cast<uint64_t>(seed)); }); }

TS_EXPORT int32_t ts_generator_new(uint64_t seed, int32_t type, int32_t index, Gen* r) noexcept {
    return guard([&] {
        auto where = device(type, index);
        if (where.is_cpu()) {
            *r = new at::Generator(at::make_generator<at::CPUGeneratorImpl>(seed));
            return;
        }
        auto own = at::globalContext().defaultGenerator(where).clone();
        own.set_current_seed(seed);
        *r = new at::Generator(own);
    });
}
TS_EXPORT int32_t ts_generator_default(Gen* r) noexcept {
    return guard([&] { *r = new at::Generator(at::detail::getDefaultCPUGenerator()); });
}
TS_EXPORT void ts_generator_free(Gen g) noexcept { delete g; }
TS_EXPORT int32_t ts_generator_seed(Gen g, int64_t seed) noexcept {
    return guard([&] {
        std::lock_guard<std::mutex> lock(g->mutex());
        g->set_current_seed(static_cast<uint64_t>(seed));
    });
}
TS_EXPORT int32_t ts_generator_initial_seed(Gen g, int64_t* r) noexcept {
    return guard([&] { *r = static_cast<int64_t>(g->current_seed()); });
}
TS_EXPORT int32_t ts_generator_get_state(Gen g, H* r) noexcept {
    return guard([&] {
        std::lock_guard<std::mutex> lock(g->mutex());
        give(r, g->get_state());
    });
}
TS_EXPORT int32_t ts_generator_set_state(Gen g, H state) noexcept {
    return guard([&] {
        TORCH_CHECK(state, "a generator's state may not be null");
        std::lock_guard<std::mutex> lock(g->mutex());
        g->set_state(T(state));
    });
}
