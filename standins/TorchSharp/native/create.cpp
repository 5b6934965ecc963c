// New tensors: filled, counted, random, and over memory that the managed side has pinned.
#include "shim.h"

#include <torch/csrc/autograd/generated/variable_factories.h>

using namespace ts;
using Gen = at::Generator*;

// Where and what a new tensor is; dtype -1 and device -1 mean "as the template" for the *_like calls.
struct Options {
    int32_t dtype, device_type, device_index, requires_grad;
};

static at::TensorOptions of(Options o) {
    at::TensorOptions options;
    if (o.dtype >= 0) options = options.dtype(static_cast<at::ScalarType>(o.dtype));
    if (o.device_type >= 0) options = options.device(device(o.device_type, o.device_index));
    return options;
}
static at::Tensor finish(at::Tensor tensor, Options o) {
    return o.requires_grad ? tensor.set_requires_grad(true) : tensor;
}
static c10::optional<at::Generator> from(Gen g) { return g ? c10::optional<at::Generator>(*g) : c10::nullopt; }

TS_EXPORT int32_t ts_empty(Ints s, Options o, H* r) noexcept { return guard([&] { give(r, finish(torch::empty(s, of(o)), o)); }); }
TS_EXPORT int32_t ts_zeros(Ints s, Options o, H* r) noexcept { return guard([&] { give(r, finish(torch::zeros(s, of(o)), o)); }); }
TS_EXPORT int32_t ts_ones(Ints s, Options o, H* r) noexcept { return guard([&] { give(r, finish(torch::ones(s, of(o)), o)); }); }
TS_EXPORT int32_t ts_full(Ints s, Num value, Options o, H* r) noexcept {
    return guard([&] { give(r, finish(torch::full(s, S(value), of(o)), o)); });
}
TS_EXPORT int32_t ts_rand(Ints s, Gen g, Options o, H* r) noexcept {
    return guard([&] { give(r, finish(torch::rand(s, from(g), of(o)), o)); });
}
TS_EXPORT int32_t ts_randn(Ints s, Gen g, Options o, H* r) noexcept {
    return guard([&] { give(r, finish(torch::randn(s, from(g), of(o)), o)); });
}
TS_EXPORT int32_t ts_randint(int64_t low, int64_t high, Ints s, Gen g, Options o, H* r) noexcept {
    return guard([&] { give(r, finish(torch::randint(low, high, s, from(g), of(o)), o)); });
}
TS_EXPORT int32_t ts_randperm(int64_t n, Gen g, Options o, H* r) noexcept {
    return guard([&] { give(r, finish(torch::randperm(n, from(g), of(o)), o)); });
}
TS_EXPORT int32_t ts_arange(Num start, Num stop, Num step, Options o, H* r) noexcept {
    return guard([&] { give(r, finish(torch::arange(S(start), S(stop), S(step), of(o)), o)); });
}
TS_EXPORT int32_t ts_linspace(double start, double end, int64_t steps, Options o, H* r) noexcept {
    return guard([&] { give(r, finish(torch::linspace(start, end, steps, of(o)), o)); });
}
TS_EXPORT int32_t ts_eye(int64_t rows, int64_t columns, Options o, H* r) noexcept {
    return guard([&] { give(r, finish(torch::eye(rows, columns, of(o)), o)); });
}

TS_EXPORT int32_t ts_empty_like(H h, Options o, H* r) noexcept { return guard([&] { give(r, finish(torch::empty_like(T(h), of(o)), o)); }); }
TS_EXPORT int32_t ts_zeros_like(H h, Options o, H* r) noexcept { return guard([&] { give(r, finish(torch::zeros_like(T(h), of(o)), o)); }); }
TS_EXPORT int32_t ts_ones_like(H h, Options o, H* r) noexcept { return guard([&] { give(r, finish(torch::ones_like(T(h), of(o)), o)); }); }
TS_EXPORT int32_t ts_rand_like(H h, Options o, H* r) noexcept { return guard([&] { give(r, finish(torch::rand_like(T(h), of(o)), o)); }); }
TS_EXPORT int32_t ts_randn_like(H h, Options o, H* r) noexcept { return guard([&] { give(r, finish(torch::randn_like(T(h), of(o)), o)); }); }
TS_EXPORT int32_t ts_full_like(H h, Num value, Options o, H* r) noexcept {
    return guard([&] { give(r, finish(torch::full_like(T(h), S(value), of(o)), o)); });
}

// A tensor over pinned managed memory. `context` is given back through `unpin` when the last user of the memory is gone,
// or at once if the tensor had to be converted or could not be made.
TS_EXPORT int32_t ts_from_memory(void* data, Ints s, int32_t dtype, Options o, void* context, void (*unpin)(void*), H* r) noexcept {
    int32_t owned_by_tensor = 0;
    int32_t code = guard([&] {
        auto source = at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)).device(at::kCPU);
        auto tensor = torch::from_blob(data, s, [context, unpin](void*) { unpin(context); }, source);
        owned_by_tensor = 1;
        give(r, finish(tensor.to(of(o)), o));
    });
    if (code != 0 && !owned_by_tensor) unpin(context);
    return code;
}

// ---- random fills and draws ----
TS_EXPORT int32_t ts_normal_(H h, double mean, double std, Gen g) noexcept { return guard([&] { T(h).normal_(mean, std, from(g)); }); }
TS_EXPORT int32_t ts_uniform_(H h, double low, double high, Gen g) noexcept { return guard([&] { T(h).uniform_(low, high, from(g)); }); }
TS_EXPORT int32_t ts_random_(H h, double low, double high, Gen g) noexcept {
    return guard([&] { T(h).random_(static_cast<int64_t>(low), static_cast<int64_t>(high), from(g)); });
}
TS_EXPORT int32_t ts_exponential_(H h, double lambda, Gen g) noexcept { return guard([&] { T(h).exponential_(lambda, from(g)); }); }
TS_EXPORT int32_t ts_bernoulli_(H h, double p, Gen g) noexcept { return guard([&] { T(h).bernoulli_(p, from(g)); }); }
TS_EXPORT int32_t ts_bernoulli_t_(H h, H p, Gen g) noexcept { return guard([&] { T(h).bernoulli_(T(p), from(g)); }); }
TS_EXPORT int32_t ts_bernoulli(H h, Gen g, H* r) noexcept { return guard([&] { give(r, T(h).bernoulli(from(g))); }); }
TS_EXPORT int32_t ts_multinomial(H h, int64_t n, int32_t replacement, Gen g, H* r) noexcept {
    return guard([&] { give(r, T(h).multinomial(n, replacement, from(g))); });
}
