// What every file of the shim shares: how tensors cross the border, and how C++ exceptions become codes.
//
// A tensor crosses as its TensorImpl pointer, which carries one reference. No at::Tensor is allocated per handle:
// at::Tensor is exactly one intrusive pointer, so a handle held in a variable can be read as a borrowed at::Tensor.
// Every export is noexcept and answers 0, or 1 with the message in this thread's ts_last_error().
#pragma once
#include <ATen/ATen.h>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <new>
#include <string>
#include <vector>

#define TS_EXPORT extern "C" __attribute__((visibility("default")))

namespace ts {

using H = c10::TensorImpl*;

static_assert(sizeof(at::Tensor) == sizeof(H), "at::Tensor must be one pointer for handles to be borrowed");

// A number from the managed side, its kind kept: PyTorch's type promotion depends on it.
struct Num {
    int64_t kind;  // 0 integer, 1 floating point, 2 boolean
    int64_t bits;
};

struct Ints {
    const int64_t* data;
    int64_t count;
    operator at::IntArrayRef() const { return {data, static_cast<size_t>(count)}; }
};

inline const at::Tensor& T(const H& handle) { return reinterpret_cast<const at::Tensor&>(handle); }

inline c10::optional<at::Tensor> opt(const H& handle) {
    return handle ? c10::optional<at::Tensor>(T(handle)) : c10::nullopt;
}

inline at::Tensor or_undefined(const H& handle) { return handle ? T(handle) : at::Tensor(); }

inline at::Scalar S(Num n) {
    if (n.kind == 1) {
        double d;
        static_assert(sizeof d == sizeof n.bits, "");
        __builtin_memcpy(&d, &n.bits, sizeof d);
        return d;
    }
    if (n.kind == 2) return n.bits != 0;
    return n.bits;
}

// -1 stands for "none given".
inline c10::optional<at::ScalarType> dtype_or_none(int32_t dtype) {
    return dtype < 0 ? c10::nullopt : c10::optional<at::ScalarType>(static_cast<at::ScalarType>(dtype));
}

inline at::Device device(int32_t type, int32_t index) {
    return at::Device(static_cast<at::DeviceType>(type), static_cast<at::DeviceIndex>(index));
}

extern std::atomic<int64_t> live_handles;

// Hands one reference over to the managed side; an undefined tensor crosses as null.
inline void give(H* out, at::Tensor tensor) {
    if (!tensor.defined()) {
        *out = nullptr;
        return;
    }
    *out = tensor.unsafeReleaseTensorImpl();
    live_handles.fetch_add(1, std::memory_order_relaxed);
}

// An array of handles for the managed side, which gives the array back to ts_free.
inline void give_all(H** out, int64_t* count, const std::vector<at::Tensor>& tensors) {
    auto* handles = static_cast<H*>(std::malloc(sizeof(H) * (tensors.empty() ? 1 : tensors.size())));
    if (!handles) throw std::bad_alloc();
    for (size_t i = 0; i < tensors.size(); i++) give(&handles[i], tensors[i]);
    *out = handles;
    *count = static_cast<int64_t>(tensors.size());
}

inline std::vector<at::Tensor> all(const H* handles, int64_t count) {
    std::vector<at::Tensor> tensors;
    tensors.reserve(static_cast<size_t>(count));
    for (int64_t i = 0; i < count; i++) tensors.push_back(or_undefined(handles[i]));
    return tensors;
}

void set_error(const char* message) noexcept;

template <class F>
int32_t guard(F&& body) noexcept {
    try {
        body();
        return 0;
    } catch (const c10::OutOfMemoryError& e) {
        set_error(e.what_without_backtrace());
    } catch (const c10::Error& e) {
        set_error(e.what_without_backtrace());
    } catch (const std::bad_alloc&) {
        set_error("out of memory");
    } catch (const std::exception& e) {
        set_error(e.what());
    } catch (...) {
        set_error("an exception of unknown type left libtorch");
    }
    return 1;
}

}  // namespace ts
