// The parts of a matrix multiplication, for any kind of element.
//
// C is computed in tiles of kMr x kNr that stay in registers while k runs over a block of kKc. Every path
// below adds the products of an element of C in the same order, so a row of the result does not depend on how
// many rows were asked for.
#ifndef TENSEGRA_KERNELS_GEMM_IMPL_H_
#define TENSEGRA_KERNELS_GEMM_IMPL_H_

#include "kernels/isa.h"

namespace tg::kernels::TG_ISA {

#if defined(__AVX512F__)
constexpr int kMr = 12;
#elif defined(__AVX2__)
constexpr int kMr = 6;
#else
constexpr int kMr = 4;
#endif
constexpr int kNv = 2;  // vectors in a row of a tile

constexpr int64_t kRowBlock = 192;        // rows of A, at most, that one chunk keeps in the L2 cache
constexpr int64_t kSuperRows = 1536;      // rows of A packed at a time
constexpr int64_t kColumnBlock = 512;     // columns of one chunk
constexpr int64_t kSuperColumns = 2048;   // columns of B packed at a time
constexpr int64_t kStrip = 128;            // columns that a chunk of the skinny path packs on its stack
constexpr int64_t kSkinnyRows = 192;      // up to so many rows B is packed strip by strip
constexpr int64_t kPrefetchRows = 8;      // how far packing looks ahead
constexpr int64_t kSerialWork = 1 << 18;  // multiplications below which threads do not pay

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

template <class K, int mr, bool packed_a>
__attribute__((noinline)) void tile(int64_t kc, const typename K::Elem* a, int64_t row_a, int64_t column_a,
                                    const typename K::Elem* b, int64_t ldb, typename K::Out* c, int64_t ldc,
                                    int64_t columns, bool accumulate) {
  using V = typename K::V;
  using Out = typename K::Out;
  constexpr int64_t lanes = Sizes<K>::kLanes;
  V acc[mr][kNv] = {};
  if (packed_a) row_a = 1;
#pragma GCC unroll 1
  for (int64_t p = 0; p < kc; ++p) {
    V bv[kNv];
#pragma GCC unroll 4
    for (int v = 0; v < kNv; ++v) bv[v] = load<V>(b + v * lanes);
#pragma GCC unroll 16
    for (int i = 0; i < mr; ++i) {
      const typename K::Elem x = a[i * row_a];
#pragma GCC unroll 4
      for (int v = 0; v < kNv; ++v) acc[i][v] = K::multiply_add(acc[i][v], x, bv[v]);
    }
    a += column_a;
    b += ldb;
  }
  if (columns == Sizes<K>::kNr) {
#pragma GCC unroll 16
    for (int i = 0; i < mr; ++i) {
#pragma GCC unroll 4
      for (int v = 0; v < kNv; ++v) {
        Out* to = c + i * ldc + v * lanes;
        store(to, accumulate ? load<V>(to) + acc[i][v] : acc[i][v]);
      }
    }
    return;
  }
#pragma GCC unroll 16
  for (int i = 0; i < mr; ++i) {
    Out row[Sizes<K>::kNr];
#pragma GCC unroll 4
    for (int v = 0; v < kNv; ++v) store(row + v * lanes, acc[i][v]);
    for (int64_t j = 0; j < columns; ++j) {
      Out* to = c + i * ldc + j;
      *to = accumulate ? static_cast<Out>(*to + row[j]) : row[j];
    }
  }
}

// Tiles for up to kMr rows: few instances, of which the smaller serve the rest of a matrix.
template <class K, bool packed_a>
inline void tile_of(int64_t rows, int64_t kc, const typename K::Elem* a, int64_t row_a, int64_t column_a,
                    const typename K::Elem* b, int64_t ldb, typename K::Out* c, int64_t ldc, int64_t columns,
                    bool accumulate) {
  if (rows == kMr) return tile<K, kMr, packed_a>(kc, a, row_a, column_a, b, ldb, c, ldc, columns, accumulate);
  const auto advance = [&](int64_t done) {
    rows -= done;
    a += done * row_a;
    c += done * ldc;
  };
  for (; rows >= 4; advance(4))
    tile<K, 4, packed_a>(kc, a, row_a, column_a, b, ldb, c, ldc, columns, accumulate);
  if (rows & 2) {
    tile<K, 2, packed_a>(kc, a, row_a, column_a, b, ldb, c, ldc, columns, accumulate);
    advance(2);
  }
  if (rows & 1) tile<K, 1, packed_a>(kc, a, row_a, column_a, b, ldb, c, ldc, columns, accumulate);
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

// The rows [0, rows) of A for kc packed elements from source element k0 on: slivers of kMr rows, the last one
// narrower.
template <class K>
void pack_rows(View<typename K::Src> a, int64_t k0, int64_t k, int64_t kc, int64_t row0, int64_t row1,
               typename K::Elem* packed) {
  for (int64_t i = row0; i < row1; i += kMr) {
    const int64_t rows = min_of<int64_t>(kMr, row1 - i);
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

template <class K>
struct Job {
  int64_t m, n, k;  // k in source elements
  View<typename K::Src> a;
  View<typename K::Src> b;
  const typename K::Elem* packed_b;  // all of B packed beforehand, or null
  typename K::Out* c;
  int64_t ldc;
  bool accumulate;

  int64_t depth() const { return ceil_div(k, K::kGroup); }  // in packed elements
  int64_t padded_n() const { return round_up(n, Sizes<K>::kNr); }
};

template <class K>
bool is_skinny(int64_t m) {
  return m <= kSkinnyRows;
}

// Whether the skinny path wants A packed as a whole first.
template <class K>
bool packs_all_of_a(bool trans_a, int64_t m, int64_t k) {
  return !K::kDirect || (trans_a && m * k > 4096);
}

// Columns [j0, j1) of C, at most kStrip of them. packed_a holds all of A, block after block of k, or is null.
template <class K>
void multiply_strip(const Job<K>& job, const typename K::Elem* packed_a, int64_t j0, int64_t j1) {
  using Elem = typename K::Elem;
  constexpr int64_t nr = Sizes<K>::kNr;
  constexpr int64_t block = Sizes<K>::kKc;
  alignas(64) Elem buffer[block * (kStrip > nr ? kStrip : nr)];
  const int64_t depth = job.depth();
  for (int64_t p = 0; p < depth; p += block) {
    const int64_t kc = min_of(block, depth - p);
    const bool accumulate = job.accumulate || p > 0;
    bool direct = false;
    if constexpr (K::kDirect) {
      direct = job.b.column == 1 &&
               (job.m <= kMr || (kc * job.b.row + j1 - j0) * static_cast<int64_t>(sizeof(Elem)) <= 24576);
    }
    if (job.packed_b == nullptr) {
      const int64_t from = direct ? j1 - (j1 - j0) % nr : j0;
      if (from < j1) pack_columns<K>(job.b, p * K::kGroup, job.k, kc, from, j1, buffer + (from - j0) * kc);
    }
    for (int64_t j = j0; j < j1; j += nr) {
      const int64_t columns = min_of(nr, j1 - j);
      const Elem* panel = buffer + (j - j0) * kc;
      int64_t ldb = nr;
      if (job.packed_b != nullptr) {
        panel = job.packed_b + p * job.padded_n() + j * kc;
      } else if constexpr (K::kDirect) {
        if (direct && columns == nr) {
          panel = job.b.at(p, j).data;
          ldb = job.b.row;
        }
      }
      for (int64_t i = 0; i < job.m; i += kMr) {
        const int64_t rows = min_of<int64_t>(kMr, job.m - i);
        typename K::Out* c = job.c + i * job.ldc + j;
        if (packed_a != nullptr) {
          tile_of<K, true>(rows, kc, packed_a + p * job.m + i * kc, 1, rows, panel, ldb, c, job.ldc, columns,
                           accumulate);
        } else if constexpr (K::kDirect) {
          tile_of<K, false>(rows, kc, job.a.at(i, p).data, job.a.row, job.a.column, panel, ldb, c, job.ldc,
                            columns, accumulate);
        }
      }
    }
  }
}

template <class K>
void multiply_skinny(const Job<K>& job, bool pack_a, const Parallel& parallel, void* workspace) {
  typename K::Elem* packed_a = nullptr;
  const int64_t depth = job.depth();
  if (pack_a) {
    packed_a = static_cast<typename K::Elem*>(workspace);
    for (int64_t p = 0; p < depth; p += Sizes<K>::kKc) {
      pack_rows<K>(job.a, p * K::kGroup, job.k, min_of(Sizes<K>::kKc, depth - p), 0, job.m,
                   packed_a + p * job.m);
    }
  }
  const int64_t strip = max_of(kStrip, Sizes<K>::kNr);
  const int64_t strips = ceil_div(job.n, strip);
  const int64_t grain = max_of<int64_t>(1, kSerialWork / max_of<int64_t>(1, job.m * job.k * strip));
  parallel_range(parallel, strips, grain, [&](int64_t begin, int64_t end) {
    for (int64_t s = begin; s < end; ++s)
      multiply_strip(job, packed_a, s * strip, min_of(job.n, (s + 1) * strip));
  });
}

// Elements of one half of the workspace.
template <class K>
int64_t blocked_a_size(int64_t m, int64_t k) {
  return round_up(min_of(m, kSuperRows) * min_of(ceil_div(k, K::kGroup), Sizes<K>::kKc), 64);
}
template <class K>
int64_t blocked_b_size(int64_t n, int64_t k) {
  return round_up(min_of(n, kSuperColumns), Sizes<K>::kNr) * min_of(ceil_div(k, K::kGroup), Sizes<K>::kKc);
}

// How C is cut into chunks: blocks of rows of equal size, and columns.
template <class K>
struct Chunks {
  Chunks(int64_t m, int64_t n)
      : rows(round_up(ceil_div(m, ceil_div(m, kRowBlock)), kMr)),
        row_count(ceil_div(m, rows)),
        column_count(max_of<int64_t>(1, (n + kColumnBlock / 2) / kColumnBlock)) {}
  int64_t rows;
  int64_t row_count;
  int64_t column_count;
};

// What is packed at a time: a block of k, some rows of A, some columns of B.
template <class K>
struct Block {
  Block(const Job<K>& job, int64_t jc, int64_t p, int64_t ic)
      : jc(jc),
        p(p),
        ic(ic),
        nc(min_of(kSuperColumns, job.n - jc)),
        kc(min_of(Sizes<K>::kKc, job.depth() - p)),
        mc(min_of(kSuperRows, job.m - ic)) {}
  // Moves on to the next one, over rows, then k, then columns; false at the end.
  bool next(const Job<K>& job) {
    if (ic + mc < job.m) return *this = Block(job, jc, p, ic + mc), true;
    if (p + kc < job.depth()) return *this = Block(job, jc, p + kc, 0), true;
    if (jc + nc < job.n) return *this = Block(job, jc + nc, 0, 0), true;
    return false;
  }
  int64_t jc, p, ic;
  int64_t nc, kc, mc;
};

constexpr int64_t kPackPanels = 8;  // panels that one chunk packs

// While the chunks of a block of C are computed, the operands of the next block are packed into the other half of the
// workspace, so that threads meet once for each block.
template <class K>
void multiply_blocked(const Job<K>& job, const Parallel& parallel, void* workspace) {
  using Elem = typename K::Elem;
  constexpr int64_t nr = Sizes<K>::kNr;
  Elem* packed_a[2];
  Elem* packed_b[2];
  packed_a[0] = static_cast<Elem*>(workspace);
  packed_a[1] = packed_a[0] + blocked_a_size<K>(job.m, job.k);
  packed_b[0] = packed_a[1] + blocked_a_size<K>(job.m, job.k);
  packed_b[1] = packed_b[0] + blocked_b_size<K>(job.n, job.k);

  const auto pack_a = [&](const Block<K>& block, Elem* to, int64_t chunk) {
    const int64_t first = chunk * kPackPanels * kMr;
    pack_rows<K>(job.a.at(block.ic, 0), block.p * K::kGroup, job.k, block.kc, first,
                 min_of(block.mc, first + kPackPanels * kMr), to);
  };
  const auto pack_b = [&](const Block<K>& block, Elem* to, int64_t chunk) {
    const int64_t first = chunk * kPackPanels * nr;
    pack_columns<K>(job.b.at(0, block.jc), block.p * K::kGroup, job.k, block.kc, first,
                    min_of(block.nc, first + kPackPanels * nr), to + first * block.kc);
  };
  const auto a_chunks = [&](const Block<K>& block) { return ceil_div(block.mc, kPackPanels * kMr); };
  const auto b_chunks = [&](const Block<K>& block) {
    return job.packed_b != nullptr ? 0 : ceil_div(block.nc, kPackPanels * nr);
  };

  Block<K> block(job, 0, 0, 0);
  int a_half = 0, b_half = 0;
  const int64_t first_a = a_chunks(block);
  parallel_for(parallel, first_a + b_chunks(block), [&](int64_t chunk) {
    if (chunk < first_a) return pack_a(block, packed_a[0], chunk);
    pack_b(block, packed_b[0], chunk - first_a);
  });
  for (bool more = true; more;) {
    Block<K> next = block;
    more = next.next(job);
    const bool new_b = more && (next.p != block.p || next.jc != block.jc);
    const int64_t next_a = more ? a_chunks(next) : 0;
    const int64_t packs = next_a + (new_b ? b_chunks(next) : 0);
    const bool accumulate = job.accumulate || block.p > 0;
    const Elem* a = packed_a[a_half];
    const Elem* b = packed_b[b_half];
    if (job.packed_b != nullptr) b = job.packed_b + block.p * job.padded_n() + block.jc * block.kc;
    const Chunks<K> chunks(block.mc, block.nc);
    parallel_for(parallel, packs + chunks.row_count * chunks.column_count, [&](int64_t chunk) {
      if (chunk < next_a) return pack_a(next, packed_a[1 - a_half], chunk);
      if (chunk < packs) return pack_b(next, packed_b[1 - b_half], chunk - next_a);
      chunk -= packs;
      const int64_t i0 = chunk % chunks.row_count * chunks.rows;
      const int64_t i1 = min_of(block.mc, i0 + chunks.rows);
      const int64_t column = chunk / chunks.row_count;
      const int64_t j0 = column * kColumnBlock;
      const int64_t j1 = column == chunks.column_count - 1 ? block.nc : j0 + kColumnBlock;
      for (int64_t j = j0; j < j1; j += nr) {
        for (int64_t i = i0; i < i1; i += kMr) {
          const int64_t rows = min_of<int64_t>(kMr, i1 - i);
          tile_of<K, true>(rows, block.kc, a + i * block.kc, 1, rows, b + j * block.kc, nr,
                           job.c + (block.ic + i) * job.ldc + block.jc + j, job.ldc, min_of(nr, j1 - j),
                           accumulate);
        }
      }
    });
    a_half = 1 - a_half;
    if (new_b) b_half = 1 - b_half;
    block = next;
  }
}

template <class K>
size_t multiply_workspace(bool trans_a, int64_t m, int64_t n, int64_t k, bool has_packed_b) {
  const int64_t depth = ceil_div(k, K::kGroup);
  const int64_t size = static_cast<int64_t>(sizeof(typename K::Elem));
  if (is_skinny<K>(m)) return packs_all_of_a<K>(trans_a, m, k) ? static_cast<size_t>(m * depth * size) : 0;
  return static_cast<size_t>(2 * (blocked_a_size<K>(m, k) + (has_packed_b ? 0 : blocked_b_size<K>(n, k))) * size);
}

template <class K>
void multiply(const Job<K>& job, const Parallel& parallel, void* workspace) {
  const bool trans_a = job.a.row == 1 && job.a.column != 1;
  if (job.m == 0 || job.n == 0) return;
  if (job.k == 0) {
    for (int64_t i = 0; i < job.m && !job.accumulate; ++i) {
      memset(job.c + i * job.ldc, 0, static_cast<size_t>(job.n) * sizeof(typename K::Out));
    }
  } else if (is_skinny<K>(job.m)) {
    multiply_skinny(job, packs_all_of_a<K>(trans_a, job.m, job.k), parallel, workspace);
  } else {
    multiply_blocked(job, job.m * job.n * job.k <= kSerialWork ? Parallel{} : parallel, workspace);
  }
}

// All of B packed, as Job::packed_b wants it.
template <class K>
void pack_all_columns(View<typename K::Src> b, int64_t k, int64_t n, typename K::Elem* packed,
                      const Parallel& parallel) {
  constexpr int64_t nr = Sizes<K>::kNr;
  const int64_t depth = ceil_div(k, K::kGroup);
  const int64_t panels = ceil_div(n, nr);
  for (int64_t p = 0; p < depth; p += Sizes<K>::kKc) {
    const int64_t kc = min_of(Sizes<K>::kKc, depth - p);
    parallel_range(parallel, panels, 8, [&](int64_t begin, int64_t end) {
      pack_columns<K>(b, p * K::kGroup, k, kc, begin * nr, min_of(n, end * nr),
                      packed + (p * panels + begin * kc) * nr);
    });
  }
}

}  // namespace tg::kernels::TG_ISA

#endif  // TENSEGRA_KERNELS_GEMM_IMPL_H_
