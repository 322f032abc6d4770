// Strided copies, transposes and fills. Compiled once: memory bounds them at every ISA level.
#include "kernels/copy.h"

#include <string.h>

#include "kernels/isa.h"

namespace tg::kernels {
namespace {

using base::max_of;
using base::min_of;
using base::parallel_range;

constexpr int64_t kGrainBytes = 131072;

struct Block16 {
  uint64_t low, high;
};

// A copy with the dimensions of size 1 dropped, ordered by the destination's strides and merged.
struct Walk {
  int32_t rank = 0;
  int64_t dims[kMaxRank];
  int64_t src[kMaxRank];
  int64_t dst[kMaxRank];
};

int64_t magnitude(int64_t x) { return x < 0 ? -x : x; }

Walk normalize(const int64_t* src_strides, const int64_t* dst_strides, const int64_t* dims, int32_t rank) {
  Walk w;
  for (int32_t i = 0; i < rank; ++i) {
    if (dims[i] == 1) continue;
    int32_t at = w.rank++;
    for (; at > 0 && magnitude(w.dst[at - 1]) < magnitude(dst_strides[i]); --at) {
      w.dims[at] = w.dims[at - 1];
      w.src[at] = w.src[at - 1];
      w.dst[at] = w.dst[at - 1];
    }
    w.dims[at] = dims[i];
    w.src[at] = src_strides[i];
    w.dst[at] = dst_strides[i];
  }
  int32_t out = 0;
  for (int32_t i = 1; i < w.rank; ++i) {
    if (w.src[out] == w.src[i] * w.dims[i] && w.dst[out] == w.dst[i] * w.dims[i]) {
      w.dims[out] *= w.dims[i];
      w.src[out] = w.src[i];
      w.dst[out] = w.dst[i];
    } else {
      ++out;
      w.dims[out] = w.dims[i];
      w.src[out] = w.src[i];
      w.dst[out] = w.dst[i];
    }
  }
  w.rank = w.rank == 0 ? 0 : out + 1;
  return w;
}

template <class U>
void copy_row(const char* src, int64_t src_stride, char* dst, int64_t dst_stride, int64_t n) {
  constexpr int64_t size = sizeof(U);
  if (dst_stride == size && src_stride == size) {
    memcpy(dst, src, static_cast<size_t>(n * size));
  } else if (dst_stride == size && src_stride == 0) {
    U value;
    memcpy(&value, src, sizeof(U));
    for (int64_t i = 0; i < n; ++i) memcpy(dst + i * size, &value, sizeof(U));
  } else {
    for (int64_t i = 0; i < n; ++i) memcpy(dst + i * dst_stride, src + i * src_stride, sizeof(U));
  }
}

// dst[j][i] = src[i][j] for a tile whose rows are contiguous in the destination and whose columns are in the
// source.
template <class U>
void transpose_tile(const char* src, int64_t src_stride, char* dst, int64_t dst_stride, int64_t rows,
                    int64_t columns) {
  typedef uint32_t V4 __attribute__((vector_size(16)));
  if constexpr (sizeof(U) == 4) {
    if (rows % 4 == 0 && columns % 4 == 0) {
      for (int64_t j = 0; j < rows; j += 4) {
        for (int64_t i = 0; i < columns; i += 4) {
          V4 v[4];
          for (int k = 0; k < 4; ++k) memcpy(&v[k], src + (i + k) * src_stride + j * 4, 16);
          const V4 ab0 = __builtin_shuffle(v[0], v[1], V4{0, 4, 1, 5});
          const V4 ab1 = __builtin_shuffle(v[0], v[1], V4{2, 6, 3, 7});
          const V4 cd0 = __builtin_shuffle(v[2], v[3], V4{0, 4, 1, 5});
          const V4 cd1 = __builtin_shuffle(v[2], v[3], V4{2, 6, 3, 7});
          const V4 out[4] = {
              __builtin_shuffle(ab0, cd0, V4{0, 1, 4, 5}), __builtin_shuffle(ab0, cd0, V4{2, 3, 6, 7}),
              __builtin_shuffle(ab1, cd1, V4{0, 1, 4, 5}), __builtin_shuffle(ab1, cd1, V4{2, 3, 6, 7})};
          for (int k = 0; k < 4; ++k) memcpy(dst + (j + k) * dst_stride + i * 4, &out[k], 16);
        }
      }
      return;
    }
  }
  for (int64_t j = 0; j < rows; ++j) {
    char* to = dst + j * dst_stride;
    const char* from = src + j * static_cast<int64_t>(sizeof(U));
    for (int64_t i = 0; i < columns; ++i)
      memcpy(to + i * static_cast<int64_t>(sizeof(U)), from + i * src_stride, sizeof(U));
  }
}

struct Odometer {
  int64_t coord[kMaxRank];
  int64_t src = 0;
  int64_t dst = 0;

  // The position-th of the outer rows: `axes` lists the dimensions walked, the last fastest.
  Odometer(const Walk& w, const int32_t* axes, int32_t count, int64_t position) {
    for (int32_t i = count - 1; i >= 0; --i) {
      coord[i] = position % w.dims[axes[i]];
      position /= w.dims[axes[i]];
      src += coord[i] * w.src[axes[i]];
      dst += coord[i] * w.dst[axes[i]];
    }
  }

  void next(const Walk& w, const int32_t* axes, int32_t count) {
    for (int32_t i = count - 1; i >= 0; --i) {
      src += w.src[axes[i]];
      dst += w.dst[axes[i]];
      if (++coord[i] < w.dims[axes[i]]) return;
      coord[i] = 0;
      src -= w.dims[axes[i]] * w.src[axes[i]];
      dst -= w.dims[axes[i]] * w.dst[axes[i]];
    }
  }
};

template <class U>
Status copy_as(const char* src, char* dst, const Walk& w, const Parallel& parallel) {
  constexpr int64_t size = sizeof(U);
  if (w.rank == 0) {
    memcpy(dst, src, sizeof(U));
    return Status::kOk;
  }
  const int32_t last = w.rank - 1;
  int32_t across =
      -1;  // the dimension along which the source is contiguous, when the destination is along another one
  if (w.dst[last] == size && w.src[last] != size && w.src[last] != 0) {
    for (int32_t i = 0; i < last; ++i) {
      if (w.src[i] == size && w.dims[i] >= 4) across = i;
    }
  }
  int64_t total = size;
  for (int32_t i = 0; i < w.rank; ++i) total *= w.dims[i];
  int32_t axes[kMaxRank];
  int32_t count = 0;
  for (int32_t i = 0; i < last; ++i) {
    if (i != across) axes[count++] = i;
  }
  if (across >= 0) {
    constexpr int64_t tile = size <= 2 ? 64 : 32;
    const int64_t tiles_j = base::ceil_div(w.dims[across], tile);
    const int64_t tiles_i = base::ceil_div(w.dims[last], tile);
    int64_t outer = 1;
    for (int32_t i = 0; i < count; ++i) outer *= w.dims[axes[i]];
    const int64_t grain = max_of<int64_t>(1, kGrainBytes / (tile * tile * size));
    parallel_range(parallel, outer * tiles_i * tiles_j, grain, [&](int64_t begin, int64_t end) {
      for (int64_t t = begin; t < end; ++t) {
        const Odometer at(w, axes, count, t / (tiles_i * tiles_j));
        const int64_t i = t / tiles_j % tiles_i * tile;
        const int64_t j = t % tiles_j * tile;
        transpose_tile<U>(src + at.src + i * w.src[last] + j * size, w.src[last],
                          dst + at.dst + i * size + j * w.dst[across], w.dst[across],
                          min_of(tile, w.dims[across] - j), min_of(tile, w.dims[last] - i));
      }
    });
    return Status::kOk;
  }
  const int64_t row = w.dims[last];
  if (count == 0) {
    parallel_range(parallel, row, kGrainBytes / size, [&](int64_t begin, int64_t end) {
      copy_row<U>(src + begin * w.src[last], w.src[last], dst + begin * w.dst[last], w.dst[last],
                  end - begin);
    });
    return Status::kOk;
  }
  const int64_t rows = total / size / row;
  parallel_range(parallel, rows, max_of<int64_t>(1, kGrainBytes / (row * size)),
                 [&](int64_t begin, int64_t end) {
                   Odometer at(w, axes, count, begin);
                   for (int64_t r = begin; r < end; ++r) {
                     copy_row<U>(src + at.src, w.src[last], dst + at.dst, w.dst[last], row);
                     at.next(w, axes, count);
                   }
                 });
  return Status::kOk;
}

template <class U>
Status fill_as(const void* value, void* dst, int64_t n, const Parallel& parallel) {
  U element;
  memcpy(&element, value, sizeof(U));
  U* to = static_cast<U*>(dst);
  parallel_range(parallel, n, kGrainBytes / static_cast<int64_t>(sizeof(U)), [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) to[i] = element;
  });
  return Status::kOk;
}

}  // namespace

Status copy_strided(size_t elem_size, const void* src, const int64_t* src_strides, void* dst,
                    const int64_t* dst_strides, const int64_t* dims, int32_t rank, const Parallel& parallel) {
  if (rank < 0 || rank > kMaxRank) return Status::kBadShape;
  for (int32_t i = 0; i < rank; ++i) {
    if (dims[i] == 0) return Status::kOk;
  }
  Walk w = normalize(src_strides, dst_strides, dims, rank);
  // Blocks that are contiguous on both sides are copied as larger elements.
  if (w.rank > 1) {
    const int32_t last = w.rank - 1;
    const int64_t size = static_cast<int64_t>(elem_size);
    const int64_t block = w.dims[last] * size;
    if (w.src[last] == size && w.dst[last] == size &&
        (block == 2 || block == 4 || block == 8 || block == 16)) {
      elem_size = static_cast<size_t>(block);
      --w.rank;
    }
  }
  const char* from = static_cast<const char*>(src);
  char* to = static_cast<char*>(dst);
  switch (elem_size) {
    case 1:
      return copy_as<uint8_t>(from, to, w, parallel);
    case 2:
      return copy_as<uint16_t>(from, to, w, parallel);
    case 4:
      return copy_as<uint32_t>(from, to, w, parallel);
    case 8:
      return copy_as<uint64_t>(from, to, w, parallel);
    case 16:
      return copy_as<Block16>(from, to, w, parallel);
    default:
      return Status::kUnsupported;
  }
}

Status transpose(size_t elem_size, const void* src, const int64_t* dims, int32_t rank, const int32_t* perm,
                 void* dst, const Parallel& parallel) {
  if (rank < 0 || rank > kMaxRank) return Status::kBadShape;
  int64_t strides[kMaxRank];
  int64_t src_strides[kMaxRank];
  int64_t dst_strides[kMaxRank];
  int64_t out_dims[kMaxRank];
  int64_t next = static_cast<int64_t>(elem_size);
  for (int32_t i = rank - 1; i >= 0; --i) {
    strides[i] = next;
    next *= dims[i];
  }
  next = static_cast<int64_t>(elem_size);
  for (int32_t i = rank - 1; i >= 0; --i) {
    src_strides[i] = strides[perm[i]];
    out_dims[i] = dims[perm[i]];
    dst_strides[i] = next;
    next *= out_dims[i];
  }
  return copy_strided(elem_size, src, src_strides, dst, dst_strides, out_dims, rank, parallel);
}

Status fill(size_t elem_size, const void* value, void* dst, int64_t n, const Parallel& parallel) {
  switch (elem_size) {
    case 1:
      return fill_as<uint8_t>(value, dst, n, parallel);
    case 2:
      return fill_as<uint16_t>(value, dst, n, parallel);
    case 4:
      return fill_as<uint32_t>(value, dst, n, parallel);
    case 8:
      return fill_as<uint64_t>(value, dst, n, parallel);
    case 16:
      return fill_as<Block16>(value, dst, n, parallel);
    default:
      return Status::kUnsupported;
  }
}

}  // namespace tg::kernels
