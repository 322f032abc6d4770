// Gather, scatter-add and one-hot. Compiled once: memory bounds them at every ISA level.
#include "kernels/index.h"

#include "kernels/isa.h"

namespace tg::kernels {
namespace {

using base::max_of;
using base::min_of;
using base::parallel_for;
using base::parallel_range;

constexpr int64_t kGrainBytes = 65536;

template <class I>
int64_t first_bad(const I* indices, int64_t count, int64_t n) {
  for (int64_t i = 0; i < count; ++i) {
    if (static_cast<uint64_t>(static_cast<int64_t>(indices[i])) >= static_cast<uint64_t>(n)) return i;
  }
  return -1;
}

template <class F>
Status with_index(DType dtype, const void* indices, const F& f) {
  if (dtype == DType::kInt32) return f(static_cast<const int32_t*>(indices));
  if (dtype == DType::kInt64) return f(static_cast<const int64_t*>(indices));
  return Status::kUnsupported;
}

template <size_t size>
void copy_of(char* to, const char* from, size_t) {
  memcpy(to, from, size);
}
void copy_bytes(char* to, const char* from, size_t bytes) { memcpy(to, from, bytes); }

using Copy = void (*)(char* to, const char* from, size_t bytes);

Copy copy_for(size_t bytes) {
  switch (bytes) {
    case 1:
      return copy_of<1>;
    case 2:
      return copy_of<2>;
    case 4:
      return copy_of<4>;
    case 8:
      return copy_of<8>;
    case 16:
      return copy_of<16>;
    default:
      return copy_bytes;
  }
}

// Targets of a scatter are split by range, so that each chunk owns its targets and sees the updates in order.
template <class T, class I>
void scatter_as(const T* updates, int64_t outer, int64_t n, int64_t inner, const I* indices, int64_t count,
                T* out, const Parallel& parallel) {
  const int64_t ranges = max_of<int64_t>(1, min_of<int64_t>(min_of<int64_t>(n, 16), count * inner / 32768));
  parallel_for(parallel, outer * ranges, [=](int64_t chunk) {
    const int64_t o = chunk / ranges;
    const int64_t first = n * (chunk % ranges) / ranges;
    const int64_t last = n * (chunk % ranges + 1) / ranges;
    for (int64_t i = 0; i < count; ++i) {
      const int64_t target = static_cast<int64_t>(indices[i]);
      if (target < first || target >= last) continue;
      const T* from = updates + (o * count + i) * inner;
      T* to = out + (o * n + target) * inner;
      for (int64_t j = 0; j < inner; ++j) to[j] = static_cast<T>(to[j] + from[j]);
    }
  });
}

}  // namespace

Status gather(size_t elem_size, const void* params, int64_t batch, int64_t outer, int64_t n, int64_t inner,
              DType index_dtype, const void* indices, int64_t count, void* out, int64_t* bad_position,
              const Parallel& parallel) {
  return with_index(index_dtype, indices, [&](const auto* index) {
    const int64_t bad = first_bad(index, batch * count, n);
    if (bad >= 0) {
      *bad_position = bad;
      return Status::kBadIndex;
    }
    const int64_t bytes = inner * static_cast<int64_t>(elem_size);
    if (bytes == 0) return Status::kOk;
    const char* from = static_cast<const char*>(params);
    char* to = static_cast<char*>(out);
    const Copy copy = copy_for(static_cast<size_t>(bytes));
    const int64_t grain = max_of<int64_t>(1, kGrainBytes / max_of<int64_t>(8, bytes));
    parallel_range(parallel, batch * outer * count, grain, [=](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; ++r) {
        const int64_t group = r / count;  // of batch x outer
        const int64_t target = static_cast<int64_t>(index[group / outer * count + r % count]);
        copy(to + r * bytes, from + (group * n + target) * bytes, static_cast<size_t>(bytes));
      }
    });
    return Status::kOk;
  });
}

Status scatter_add(DType dtype, const void* updates, int64_t outer, int64_t n, int64_t inner,
                   DType index_dtype, const void* indices, int64_t count, void* out, int64_t* bad_position,
                   const Parallel& parallel) {
  return base::with_number(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    return with_index(index_dtype, indices, [&](const auto* index) {
      const int64_t bad = first_bad(index, count, n);
      if (bad >= 0) {
        *bad_position = bad;
        return Status::kBadIndex;
      }
      scatter_as(static_cast<const T*>(updates), outer, n, inner, index, count, static_cast<T*>(out),
                 parallel);
      return Status::kOk;
    });
  });
}

Status one_hot(size_t elem_size, DType index_dtype, const void* indices, int64_t outer, int64_t depth,
               int64_t inner, const void* on_value, const void* off_value, void* out,
               const Parallel& parallel) {
  return with_index(index_dtype, indices, [&](const auto* index) {
    const int64_t size = static_cast<int64_t>(elem_size);
    char* to = static_cast<char*>(out);
    const Copy copy = copy_for(elem_size);
    const int64_t grain = max_of<int64_t>(1, kGrainBytes / max_of<int64_t>(1, depth * inner * size));
    parallel_range(parallel, outer, grain, [=](int64_t begin, int64_t end) {
      for (int64_t o = begin; o < end; ++o) {
        char* block = to + o * depth * inner * size;
        for (int64_t i = 0; i < depth * inner; ++i)
          copy(block + i * size, static_cast<const char*>(off_value), elem_size);
        for (int64_t i = 0; i < inner; ++i) {
          const int64_t hot = static_cast<int64_t>(index[o * inner + i]);
          if (hot >= 0 && hot < depth)
            copy(block + (hot * inner + i) * size, static_cast<const char*>(on_value), elem_size);
        }
      }
    });
    return Status::kOk;
  });
}

}  // namespace tg::kernels
