// Views, joins, splits, gathers and scatters.
#include "shim.h"

using namespace ts;

#define UNARY(op) \
    TS_EXPORT int32_t ts_##op(H a, H* r) noexcept { return guard([&] { give(r, T(a).op()); }); }
UNARY(detach) UNARY(clone) UNARY(contiguous) UNARY(alias) UNARY(t) UNARY(nonzero)
TS_EXPORT int32_t ts_detach_(H a) noexcept { return guard([&] { T(a).detach_(); }); }

TS_EXPORT int32_t ts_view(H a, Ints s, H* r) noexcept { return guard([&] { give(r, T(a).view(at::IntArrayRef(s))); }); }
TS_EXPORT int32_t ts_reshape(H a, Ints s, H* r) noexcept { return guard([&] { give(r, T(a).reshape(s)); }); }
TS_EXPORT int32_t ts_permute(H a, Ints s, H* r) noexcept { return guard([&] { give(r, T(a).permute(s)); }); }
TS_EXPORT int32_t ts_expand(H a, Ints s, int32_t implicit, H* r) noexcept { return guard([&] { give(r, T(a).expand(s, implicit)); }); }
TS_EXPORT int32_t ts_repeat(H a, Ints s, H* r) noexcept { return guard([&] { give(r, T(a).repeat(s)); }); }
TS_EXPORT int32_t ts_repeat_interleave(H a, int64_t n, int64_t dim, H* r) noexcept {
    return guard([&] { give(r, T(a).repeat_interleave(n, dim == INT64_MIN ? c10::nullopt : c10::optional<int64_t>(dim))); });
}
TS_EXPORT int32_t ts_as_strided(H a, Ints s, Ints strides, int64_t offset, H* r) noexcept { return guard([&] { give(r, T(a).as_strided(s, strides, offset)); }); }
TS_EXPORT int32_t ts_flatten(H a, int64_t start, int64_t end, H* r) noexcept { return guard([&] { give(r, T(a).flatten(start, end)); }); }
TS_EXPORT int32_t ts_unflatten(H a, int64_t dim, Ints s, H* r) noexcept { return guard([&] { give(r, T(a).unflatten(dim, at::IntArrayRef(s))); }); }
TS_EXPORT int32_t ts_transpose(H a, int64_t x, int64_t y, H* r) noexcept { return guard([&] { give(r, T(a).transpose(x, y)); }); }
TS_EXPORT int32_t ts_movedim(H a, Ints from, Ints to, H* r) noexcept { return guard([&] { give(r, T(a).movedim(at::IntArrayRef(from), at::IntArrayRef(to))); }); }
TS_EXPORT int32_t ts_squeeze(H a, int32_t has, int64_t dim, H* r) noexcept { return guard([&] { give(r, has ? T(a).squeeze(dim) : T(a).squeeze()); }); }
TS_EXPORT int32_t ts_squeeze_(H a, int32_t has, int64_t dim) noexcept { return guard([&] { has ? T(a).squeeze_(dim) : T(a).squeeze_(); }); }
TS_EXPORT int32_t ts_unsqueeze(H a, int64_t dim, H* r) noexcept { return guard([&] { give(r, T(a).unsqueeze(dim)); }); }
TS_EXPORT int32_t ts_unsqueeze_(H a, int64_t dim) noexcept { return guard([&] { T(a).unsqueeze_(dim); }); }
TS_EXPORT int32_t ts_select(H a, int64_t dim, int64_t i, H* r) noexcept { return guard([&] { give(r, T(a).select(dim, i)); }); }
TS_EXPORT int32_t ts_narrow(H a, int64_t dim, int64_t start, int64_t n, H* r) noexcept { return guard([&] { give(r, T(a).narrow(dim, start, n)); }); }
TS_EXPORT int32_t ts_slice(H a, int64_t dim, int64_t start, int64_t end, int64_t step, H* r) noexcept { return guard([&] { give(r, T(a).slice(dim, start, end, step)); }); }
TS_EXPORT int32_t ts_unfold_dim(H a, int64_t dim, int64_t size, int64_t step, H* r) noexcept { return guard([&] { give(r, T(a).unfold(dim, size, step)); }); }
TS_EXPORT int32_t ts_diagonal(H a, int64_t offset, int64_t x, int64_t y, H* r) noexcept { return guard([&] { give(r, T(a).diagonal(offset, x, y)); }); }
TS_EXPORT int32_t ts_flip(H a, Ints dims, H* r) noexcept { return guard([&] { give(r, T(a).flip(dims)); }); }
TS_EXPORT int32_t ts_rot90(H a, int64_t k, Ints dims, H* r) noexcept { return guard([&] { give(r, T(a).rot90(k, dims)); }); }
TS_EXPORT int32_t ts_roll(H a, Ints shifts, Ints dims, H* r) noexcept { return guard([&] { give(r, T(a).roll(shifts, dims)); }); }
TS_EXPORT int32_t ts_tril(H a, int64_t d, H* r) noexcept { return guard([&] { give(r, T(a).tril(d)); }); }
TS_EXPORT int32_t ts_triu(H a, int64_t d, H* r) noexcept { return guard([&] { give(r, T(a).triu(d)); }); }

TS_EXPORT int32_t ts_cat(const H* a, int64_t n, int64_t dim, H* r) noexcept { return guard([&] { give(r, at::cat(all(a, n), dim)); }); }
TS_EXPORT int32_t ts_stack(const H* a, int64_t n, int64_t dim, H* r) noexcept { return guard([&] { give(r, at::stack(all(a, n), dim)); }); }
TS_EXPORT int32_t ts_split(H a, int64_t size, int64_t dim, H** r, int64_t* n) noexcept { return guard([&] { give_all(r, n, T(a).split(size, dim)); }); }
TS_EXPORT int32_t ts_split_sizes(H a, Ints sizes, int64_t dim, H** r, int64_t* n) noexcept {
    return guard([&] { give_all(r, n, T(a).split_with_sizes(at::IntArrayRef(sizes), dim)); });
}
TS_EXPORT int32_t ts_chunk(H a, int64_t chunks, int64_t dim, H** r, int64_t* n) noexcept { return guard([&] { give_all(r, n, T(a).chunk(chunks, dim)); }); }
TS_EXPORT int32_t ts_unbind(H a, int64_t dim, H** r, int64_t* n) noexcept { return guard([&] { give_all(r, n, T(a).unbind(dim)); }); }

TS_EXPORT int32_t ts_index_select(H a, int64_t dim, H i, H* r) noexcept { return guard([&] { give(r, T(a).index_select(dim, T(i))); }); }
TS_EXPORT int32_t ts_gather(H a, int64_t dim, H i, H* r) noexcept { return guard([&] { give(r, T(a).gather(dim, T(i))); }); }
TS_EXPORT int32_t ts_take_along_dim(H a, H i, int64_t dim, H* r) noexcept { return guard([&] { give(r, T(a).take_along_dim(T(i), dim)); }); }
TS_EXPORT int32_t ts_masked_select(H a, H mask, H* r) noexcept { return guard([&] { give(r, T(a).masked_select(T(mask))); }); }
TS_EXPORT int32_t ts_index_add(H a, int64_t dim, H i, H s, Num alpha, H* r) noexcept { return guard([&] { give(r, T(a).index_add(dim, T(i), T(s), S(alpha))); }); }
TS_EXPORT int32_t ts_index_add_(H a, int64_t dim, H i, H s, Num alpha) noexcept { return guard([&] { T(a).index_add_(dim, T(i), T(s), S(alpha)); }); }
TS_EXPORT int32_t ts_index_fill(H a, int64_t dim, H i, Num v, H* r) noexcept { return guard([&] { give(r, T(a).index_fill(dim, T(i), S(v))); }); }
TS_EXPORT int32_t ts_index_fill_(H a, int64_t dim, H i, Num v) noexcept { return guard([&] { T(a).index_fill_(dim, T(i), S(v)); }); }
#define PLACE(op) \
    TS_EXPORT int32_t ts_##op(H a, int64_t dim, H i, H s, H* r) noexcept { return guard([&] { give(r, T(a).op(dim, T(i), T(s))); }); } \
    TS_EXPORT int32_t ts_##op##_(H a, int64_t dim, H i, H s) noexcept { return guard([&] { T(a).op##_(dim, T(i), T(s)); }); }
PLACE(index_copy) PLACE(scatter) PLACE(scatter_add)
