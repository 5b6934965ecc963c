// Life of a handle, its properties, conversion, and indexing.
#include "shim.h"

#include <ATen/TensorIndexing.h>

using namespace ts;

std::atomic<int64_t> ts::live_handles{0};

TS_EXPORT int64_t ts_live_handles() noexcept { return live_handles.load(std::memory_order_relaxed); }

TS_EXPORT void ts_release(H h) noexcept {
    live_handles.fetch_sub(1, std::memory_order_relaxed);
    c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(h);
}

TS_EXPORT void ts_free(void* memory) noexcept { std::free(memory); }

// ---- properties that cannot fail; called without a GC transition, so they must stay trivial ----
TS_EXPORT int64_t ts_dim(H h) noexcept { return T(h).dim(); }
TS_EXPORT int64_t ts_numel(H h) noexcept { return T(h).numel(); }
TS_EXPORT int64_t ts_element_size(H h) noexcept { return static_cast<int64_t>(T(h).itemsize()); }
TS_EXPORT int32_t ts_dtype(H h) noexcept { return static_cast<int32_t>(T(h).scalar_type()); }
TS_EXPORT int32_t ts_device_type(H h) noexcept { return static_cast<int32_t>(T(h).device().type()); }
TS_EXPORT int32_t ts_device_index(H h) noexcept { return T(h).device().index(); }
TS_EXPORT int32_t ts_requires_grad(H h) noexcept { return T(h).requires_grad(); }
TS_EXPORT int32_t ts_is_leaf(H h) noexcept { return T(h).is_leaf(); }
TS_EXPORT int32_t ts_is_contiguous(H h) noexcept { return T(h).is_contiguous(); }
TS_EXPORT void ts_sizes(H h, int64_t* out) noexcept {
    auto sizes = T(h).sizes();
    for (size_t i = 0; i < sizes.size(); i++) out[i] = sizes[i];
}

// Bytes of the storage if this handle's tensor is its only owner, else 0: what the collector should know of.
TS_EXPORT int64_t ts_owned_bytes(H h) noexcept {
    if (!h->has_storage()) return 0;
    const auto& storage = h->unsafe_storage();
    return storage && storage.use_count() == 1 ? static_cast<int64_t>(storage.nbytes()) : 0;
}

// ---- properties that may fail ----
TS_EXPORT int32_t ts_strides(H h, int64_t* out) noexcept {
    return guard([&] {
        auto strides = T(h).strides();
        for (size_t i = 0; i < strides.size(); i++) out[i] = strides[i];
    });
}
TS_EXPORT int32_t ts_size(H h, int64_t dim, int64_t* out) noexcept { return guard([&] { *out = T(h).size(dim); }); }
TS_EXPORT int32_t ts_storage_offset(H h, int64_t* out) noexcept { return guard([&] { *out = T(h).storage_offset(); }); }
TS_EXPORT int32_t ts_data(H h, void** out) noexcept { return guard([&] { *out = T(h).data_ptr(); }); }
TS_EXPORT int32_t ts_is_nonzero(H h, int32_t* out) noexcept { return guard([&] { *out = T(h).is_nonzero(); }); }
TS_EXPORT int32_t ts_item(H h, Num* out) noexcept {
    return guard([&] {
        at::Scalar s = T(h).item();
        if (s.isBoolean()) *out = {2, s.to<bool>()};
        else if (s.isIntegral(false)) *out = {0, s.to<int64_t>()};
        else {
            double d = s.to<double>();
            out->kind = 1;
            __builtin_memcpy(&out->bits, &d, sizeof d);
        }
    });
}
TS_EXPORT int32_t ts_allclose(H a, H b, double rtol, double atol, int32_t equal_nan, int32_t* out) noexcept {
    return guard([&] { *out = at::allclose(T(a), T(b), rtol, atol, equal_nan); });
}
TS_EXPORT int32_t ts_equal(H a, H b, int32_t* out) noexcept { return guard([&] { *out = at::equal(T(a), T(b)); }); }

// ---- conversion ----
// dtype < 0: keep it; device type < 0: keep the device.
TS_EXPORT int32_t ts_to(H h, int32_t dtype, int32_t dev, int32_t index, int32_t copy, int32_t non_blocking, H* r) noexcept {
    return guard([&] {
        at::TensorOptions options;
        if (dtype >= 0) options = options.dtype(static_cast<at::ScalarType>(dtype));
        if (dev >= 0) options = options.device(device(dev, index));
        give(r, T(h).to(options, non_blocking, copy));
    });
}
TS_EXPORT int32_t ts_cpu(H h, H* r) noexcept { return guard([&] { give(r, T(h).cpu()); }); }
TS_EXPORT int32_t ts_pin_memory(H h, H* r) noexcept { return guard([&] { give(r, T(h).pin_memory()); }); }
TS_EXPORT int32_t ts_copy_(H h, H source, int32_t non_blocking) noexcept {
    return guard([&] { T(h).copy_(T(source), non_blocking); });
}

// ---- indexing ----
struct Index {
    int64_t kind;  // 0 single, 1 new axis, 2 ellipsis, 3 boolean, 4 tensor, 5 slice
    int64_t start, stop, step;  // INT64_MIN: not given
    H tensor;
};

static std::vector<at::indexing::TensorIndex> indices(const Index* index, int64_t count) {
    using namespace at::indexing;
    auto given = [](int64_t v) { return v == INT64_MIN ? c10::nullopt : c10::optional<int64_t>(v); };
    std::vector<TensorIndex> result;
    for (int64_t i = 0; i < count; i++) {
        const Index& x = index[i];
        switch (x.kind) {
            case 0: result.emplace_back(x.start); break;
            case 1: result.emplace_back(None); break;
            case 2: result.emplace_back("..."); break;
            case 3: result.emplace_back(x.start != 0); break;
            case 4: result.emplace_back(T(x.tensor)); break;
            default: result.emplace_back(Slice(given(x.start), given(x.stop), given(x.step))); break;
        }
    }
    return result;
}

TS_EXPORT int32_t ts_index(H h, const Index* index, int64_t count, H* r) noexcept {
    return guard([&] { give(r, T(h).index(indices(index, count))); });
}
TS_EXPORT int32_t ts_index_put_(H h, const Index* index, int64_t count, H value, int32_t accumulate) noexcept {
    return guard([&] {
        auto where = indices(index, count);
        if (!accumulate) {
            at::Tensor self = T(h);
            self.index_put_(where, T(value));
            return;
        }
        c10::List<c10::optional<at::Tensor>> tensors;
        for (const auto& i : where) {
            TORCH_CHECK(i.is_tensor(), "index_put_ with accumulate needs tensors as indices");
            tensors.push_back(i.tensor());
        }
        T(h).index_put_(tensors, T(value), true);
    });
}
TS_EXPORT int32_t ts_index_fill_scalar_(H h, const Index* index, int64_t count, Num value) noexcept {
    return guard([&] {
        at::Tensor self = T(h);
        self.index_put_(indices(index, count), S(value));
    });
}
