// Tiles of a matrix multiplication and the packing of its operands, for any kind of element.
//
// C is computed in tiles of kMr x kNr that stay in registers while k runs over a block of kKc. Every path
// below adds the products of an element of C in the same order, so a row of the result does not depend on how
// many rows were asked for.
#ifndef TENSEGRA_KERNELS_GEMM_TILE_H_
#define TENSEGRA_KERNELS_GEMM_TILE_H_

#include "kernels/epilogue_impl.h"

namespace tg::kernels::TG_ISA {

#if defined(__AVX512F__)
constexpr int kMr = 12;
#elif defined(__AVX2__)
constexpr int kMr = 6;
#else
constexpr int kMr = 4;
#endif
constexpr int kNv = 2;  // vectors in a row of a tile

constexpr int64_t kPrefetchRows = 8;  // how far packing looks ahead

// Products of numbers of one type.
template <class T>
struct Plain {
  using Src = T;   // as the caller stores it
  using Elem = T;  // as packed
  using Out = T;
  static constexpr int64_t kGroup = 1;   // source elements along k in one packed element
  static constexpr bool kDirect = true;  // unpacked operands can be multiplied
  using V = Vec<T>;
  static V multiply_add(V acc, T a, V b) { return acc + a * b; }
};

template <class K>
struct Sizes {
  static constexpr int64_t kLanes = VecOf<typename K::Out>::kLanes;
  static constexpr int64_t kNr = kNv * kLanes;
  static constexpr int64_t kKc = 1024 / static_cast<int64_t>(sizeof(typename K::Elem));  // in packed elements
};

// A matrix as stored: element (i, j) at data[i * row + j * column].
template <class T>
struct View {
  const T* data;
  int64_t row;
  int64_t column;
  View at(int64_t i, int64_t j) const { return {data + i * row + j * column, row, column}; }
};

// Of panels of kNr columns the first nv vectors are multiplied. `ending` is null or what comes after the last products
// of a tile whose columns all exist.
template <class K, int mr, bool packed_a, int nv>
__attribute__((noinline)) void tile(int64_t kc, const typename K::Elem* a, int64_t row_a, int64_t column_a,
                                    const typename K::Elem* b, int64_t ldb, typename K::Out* c, int64_t ldc,
                                    int64_t columns, bool accumulate, const Ending<typename K::Out>* ending) {
  using V = typename K::V;
  using Out = typename K::Out;
  constexpr int64_t lanes = Sizes<K>::kLanes;
  V acc[mr][nv] = {};
  if (packed_a) row_a = 1;
#pragma GCC unroll 16
  for (int i = 0; i < mr; ++i) __builtin_prefetch(c + i * ldc, 1);
#pragma GCC unroll 1
  for (int64_t p = 0; p < kc; ++p) {
    V bv[nv];
#pragma GCC unroll 4
    for (int v = 0; v < nv; ++v) bv[v] = load<V>(b + v * lanes);
#pragma GCC unroll 16
    for (int i = 0; i < mr; ++i) {
      const typename K::Elem x = a[i * row_a];
#pragma GCC unroll 4
      for (int v = 0; v < nv; ++v) acc[i][v] = K::multiply_add(acc[i][v], x, bv[v]);
    }
    a += column_a;
    b += ldb;
  }
  if (columns == nv * lanes) {
    if constexpr (Finish<Out>::kCan) {
      if (ending != nullptr) {
        if (accumulate) {
#pragma GCC unroll 16
          for (int i = 0; i < mr; ++i) {
#pragma GCC unroll 4
            for (int v = 0; v < nv; ++v) acc[i][v] = load<V>(c + i * ldc + v * lanes) + acc[i][v];
          }
          accumulate = false;
        }
        (*ending)(acc);
      }
    }
#pragma GCC unroll 16
    for (int i = 0; i < mr; ++i) {
#pragma GCC unroll 4
      for (int v = 0; v < nv; ++v) {
        Out* to = c + i * ldc + v * lanes;
        store(to, accumulate ? load<V>(to) + acc[i][v] : acc[i][v]);
      }
    }
    return;
  }
#pragma GCC unroll 16
  for (int i = 0; i < mr; ++i) {
    Out row[nv * lanes];
#pragma GCC unroll 4
    for (int v = 0; v < nv; ++v) store(row + v * lanes, acc[i][v]);
    for (int64_t j = 0; j < columns; ++j) {
      Out* to = c + i * ldc + j;
      *to = accumulate ? static_cast<Out>(*to + row[j]) : row[j];
    }
  }
}

// The rows of the next tile where so many are left: two of four instead of six and a slow two.
inline int64_t tile_rows(int64_t left) { return kMr == 6 && left == 8 ? 4 : min_of<int64_t>(kMr, left); }

// Tiles for up to kMr rows: few instances, of which the smaller serve the rest of a matrix.
template <class K, bool packed_a, int nv>
inline void tile_of_vectors(int64_t rows, int64_t kc, const typename K::Elem* a, int64_t row_a, int64_t column_a,
                            const typename K::Elem* b, int64_t ldb, typename K::Out* c, int64_t ldc, int64_t columns,
                            bool accumulate, const Ending<typename K::Out>* ending) {
  if (rows == kMr)
    return tile<K, kMr, packed_a, nv>(kc, a, row_a, column_a, b, ldb, c, ldc, columns, accumulate, ending);
  Ending<typename K::Out> own;
  if (ending != nullptr) {
    own = *ending;
    ending = &own;
  }
  const auto advance = [&](int64_t done) {
    rows -= done;
    a += done * row_a;
    c += done * ldc;
    own.advance(done);
  };
  for (; rows >= 4; advance(4))
    tile<K, 4, packed_a, nv>(kc, a, row_a, column_a, b, ldb, c, ldc, columns, accumulate, ending);
  if (rows & 2) {
    tile<K, 2, packed_a, nv>(kc, a, row_a, column_a, b, ldb, c, ldc, columns, accumulate, ending);
    advance(2);
  }
  if (rows & 1) tile<K, 1, packed_a, nv>(kc, a, row_a, column_a, b, ldb, c, ldc, columns, accumulate, ending);
}

// The last vectors of a panel are left out where none of their columns exist.
template <class K, bool packed_a>
inline void tile_of(int64_t rows, int64_t kc, const typename K::Elem* a, int64_t row_a, int64_t column_a,
                    const typename K::Elem* b, int64_t ldb, typename K::Out* c, int64_t ldc, int64_t columns,
                    bool accumulate, const Ending<typename K::Out>* ending = nullptr) {
  if constexpr (Finish<typename K::Out>::kCan && kNv == 2) {
    if (columns <= Sizes<K>::kLanes)
      return tile_of_vectors<K, packed_a, 1>(rows, kc, a, row_a, column_a, b, ldb, c, ldc, columns, accumulate, ending);
  }
  tile_of_vectors<K, packed_a, kNv>(rows, kc, a, row_a, column_a, b, ldb, c, ldc, columns, accumulate, ending);
}

// Whether tiles of so many columns can do the steps of an epilogue themselves.
template <class K>
inline bool is_whole(int64_t columns) {
  return columns == Sizes<K>::kNr || columns == Sizes<K>::kLanes;
}

// Asks for `count` elements of each of some rows: tiles that read rows where they lie would wait for each.
template <class T>
inline void prefetch_rows(const T* first, int64_t stride, int64_t rows, int64_t count) {
  constexpr int64_t line = 64 / static_cast<int64_t>(sizeof(T));
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t p = 0; p < count; p += line) __builtin_prefetch(first + i * stride + p);
  }
}

// Asks for the share of `elements` that belongs to rows [i, i + rows) of `count`: what comes after a panel is on its way
// while the tiles of that panel are computed.
template <class T>
inline void prefetch_share(const T* from, int64_t elements, int64_t i, int64_t rows, int64_t count) {
  constexpr int64_t line = 64 / static_cast<int64_t>(sizeof(T));
  const int64_t each = ceil_div(elements, count * line) * line;
  const int64_t end = min_of(elements, (i + rows) * each);
  for (int64_t p = i * each; p < end; p += line) __builtin_prefetch(from + p, 0, 2);
}

// dst[j * ld + i] = src[i * stride + j] for i < rows, j < columns.
template <class T>
inline void transpose_into(const T* src, int64_t stride, T* dst, int64_t ld, int64_t rows, int64_t columns) {
  int64_t i = 0;
  if constexpr (sizeof(T) == 4) {
    typedef T V4 __attribute__((vector_size(16)));
    typedef int32_t I4 __attribute__((vector_size(16)));
    for (; i + 4 <= rows; i += 4) {
      int64_t j = 0;
      for (; j + 4 <= columns; j += 4) {
        V4 v[4];
        for (int k = 0; k < 4; ++k) v[k] = load<V4>(src + (i + k) * stride + j);
        const V4 ab0 = __builtin_shuffle(v[0], v[1], I4{0, 4, 1, 5});
        const V4 ab1 = __builtin_shuffle(v[0], v[1], I4{2, 6, 3, 7});
        const V4 cd0 = __builtin_shuffle(v[2], v[3], I4{0, 4, 1, 5});
        const V4 cd1 = __builtin_shuffle(v[2], v[3], I4{2, 6, 3, 7});
        store(dst + j * ld + i, __builtin_shuffle(ab0, cd0, I4{0, 1, 4, 5}));
        store(dst + (j + 1) * ld + i, __builtin_shuffle(ab0, cd0, I4{2, 3, 6, 7}));
        store(dst + (j + 2) * ld + i, __builtin_shuffle(ab1, cd1, I4{0, 1, 4, 5}));
        store(dst + (j + 3) * ld + i, __builtin_shuffle(ab1, cd1, I4{2, 3, 6, 7}));
      }
      for (; j < columns; ++j) {
        for (int k = 0; k < 4; ++k) dst[j * ld + i + k] = src[(i + k) * stride + j];
      }
    }
  }
  for (; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) dst[j * ld + i] = src[i * stride + j];
  }
}

// dst[p * width + i] = element p, i of a block kc x width of which `count` columns exist; the others become
// zero. `across` is the stride in the source along i, `along` the one along p.
template <class T>
inline void pack_panel(const Plain<T>*, const T* src, int64_t across, int64_t along, int64_t kc, int64_t,
                       int64_t count, int64_t width, T* dst) {
  if (across == 1) {
    for (int64_t p = 0; p < kc; ++p) {
      const T* from = src + p * along;
      T* to = dst + p * width;
      if (count == Sizes<Plain<T>>::kNr && width == count) {
        for (int v = 0; v < kNv; ++v) {
          store(to + v * Sizes<Plain<T>>::kLanes, load<Vec<T>>(from + v * Sizes<Plain<T>>::kLanes));
        }
        continue;
      }
      if (count == kMr && width == count) {
        memcpy(to, from, kMr * sizeof(T));
        continue;
      }
      for (int64_t i = 0; i < count; ++i) to[i] = from[i];
      for (int64_t i = count; i < width; ++i) to[i] = 0;
    }
    return;
  }
  if (along == 1) {
    transpose_into(src, across, dst, width, count, kc);
  } else {
    for (int64_t p = 0; p < kc; ++p) {
      for (int64_t i = 0; i < count; ++i) dst[p * width + i] = src[p * along + i * across];
    }
  }
  for (int64_t p = 0; p < kc; ++p) {
    for (int64_t i = count; i < width; ++i) dst[p * width + i] = 0;
  }
}

// The rows [row0, row1) of A for kc packed elements from source element k0 on: slivers of kMr rows, the last one
// narrower, or with `even` of tile_rows.
template <class K>
void pack_rows(View<typename K::Src> a, int64_t k0, int64_t k, int64_t kc, int64_t row0, int64_t row1,
               typename K::Elem* packed, bool even = false) {
  for (int64_t i = row0, rows; i < row1; i += rows) {
    rows = even ? tile_rows(row1 - i) : min_of<int64_t>(kMr, row1 - i);
    pack_panel(static_cast<const K*>(nullptr), a.at(i, k0).data, a.row, a.column, kc, k - k0, rows, rows,
               packed + i * kc);
  }
}

// Columns [column0, column1) of B likewise, in panels of kNr columns, the last one filled up with zeros.
template <class K>
void pack_columns(View<typename K::Src> b, int64_t k0, int64_t k, int64_t kc, int64_t column0,
                  int64_t column1, typename K::Elem* packed) {
  constexpr int64_t nr = Sizes<K>::kNr;
  if constexpr (K::kDirect) {
    if (b.column == 1) {
      // Row by row over all whole panels: the source is read in long runs.
      constexpr int64_t lanes = Sizes<K>::kLanes;
      const int64_t whole = (column1 - column0) / nr;
      for (int64_t p = 0; p < kc; ++p) {
        const typename K::Src* from = b.at(k0 + p, column0).data;
        typename K::Elem* to = packed + p * nr;
        for (int64_t q = 0; q < whole; ++q, from += nr, to += nr * kc) {
          __builtin_prefetch(from + kPrefetchRows * b.row);
          for (int v = 0; v < kNv; ++v) store(to + v * lanes, load<typename K::V>(from + v * lanes));
        }
      }
      packed += whole * nr * kc;
      column0 += whole * nr;
    }
  }
  for (int64_t j = column0; j < column1; j += nr) {
    const int64_t columns = min_of(nr, column1 - j);
    pack_panel(static_cast<const K*>(nullptr), b.at(k0, j).data, b.column, b.row, kc, k - k0, columns, nr,
               packed + (j - column0) * kc);
  }
}

}  // namespace tg::kernels::TG_ISA

#endif  // TENSEGRA_KERNELS_GEMM_TILE_H_
