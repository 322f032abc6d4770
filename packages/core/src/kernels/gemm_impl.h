// Matrix multiplications of any kind of element, made of tiles.
#ifndef TENSEGRA_KERNELS_GEMM_IMPL_H_
#define TENSEGRA_KERNELS_GEMM_IMPL_H_

#include "kernels/epilogue_impl.h"
#include "kernels/gemm_tile.h"

namespace tg::kernels::TG_ISA {

constexpr int64_t kRowBlock = 192;         // rows of A, at most, that one chunk keeps in the L2 cache
constexpr int64_t kColumnBlock = 256;      // columns of one chunk, at most
constexpr int64_t kSuperRows = 1536;       // rows of A packed at a time
constexpr int64_t kSuperColumns = 2048;    // columns of B packed at a time
constexpr int64_t kSuperBlocks = 2;        // blocks of k packed at a time
constexpr int64_t kStrip = 128;            // columns, at most, that a chunk of the skinny path packs on its stack
constexpr int64_t kSkinnyRows = 256;       // up to so many rows B is packed strip by strip
constexpr int64_t kSerialWork = 1 << 18;   // multiplications below which threads do not pay
constexpr int64_t kLeastWork = 1 << 20;    // multiplications of a chunk below which chunks are not made smaller,
constexpr int64_t kWantedChunks = 16;      // while there are fewer of them than these

template <class K>
struct Job {
  int64_t m, n, k;  // k in source elements
  View<typename K::Src> a;
  View<typename K::Src> b;
  const typename K::Elem* packed_b;  // all of B packed beforehand, or null
  typename K::Out* c;
  int64_t ldc;
  bool accumulate;
  const Epilogue* epilogue;  // or null

  void finish(int64_t i0, int64_t i1, int64_t j0, int64_t j1) const {
    Finish<typename K::Out>{epilogue, c, ldc}(i0, i1, j0, j1);
  }
  // Whether the tiles of a panel finish the result; else finish() does.
  bool ends_tiles(int64_t columns) const {
    return is_whole<K>(columns) && Finish<typename K::Out>{epilogue, c, ldc}.ends_tiles();
  }
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
      const bool last = p + kc == depth, ends = last && job.ends_tiles(columns);
      const bool more = job.packed_b != nullptr && j + nr < j1;
      Ending<typename K::Out> ending;
      for (int64_t i = 0, rows; i < job.m; i += rows) {
        rows = tile_rows(job.m - i);
        typename K::Out* c = job.c + i * job.ldc + j;
        if (ends) ending = Ending<typename K::Out>(*job.epilogue, i, j);
        if (more) prefetch_share(panel + nr * kc, nr * kc, i, rows, job.m);
        if (packed_a != nullptr) {
          tile_of<K, true>(rows, kc, packed_a + p * job.m + i * kc, 1, rows, panel, ldb, c, job.ldc, columns,
                           accumulate, ends ? &ending : nullptr);
        } else if constexpr (K::kDirect) {
          if (j == j0 && job.a.column == 1 && i + rows < job.m)
            prefetch_rows(job.a.at(i + rows, p).data, job.a.row, min_of<int64_t>(kMr, job.m - i - rows), kc);
          tile_of<K, false>(rows, kc, job.a.at(i, p).data, job.a.row, job.a.column, panel, ldb, c, job.ldc,
                            columns, accumulate, ends ? &ending : nullptr);
        }
      }
      if (last && !ends) job.finish(0, job.m, j, j + columns);
    }
  }
}

// Columns of a strip: fewer where there would be too few strips for the threads.
inline int64_t strip_columns(int64_t m, int64_t n, int64_t k, int64_t nr) {
  int64_t columns = max_of(kStrip, nr);
  while (columns >= 4 * nr && ceil_div(n, columns) < kWantedChunks / 2 && m * k * columns > kLeastWork / 2)
    columns /= 2;
  return columns;
}

template <class K>
void multiply_skinny(const Job<K>& job, bool pack_a, const Parallel& parallel, void* workspace) {
  typename K::Elem* packed_a = nullptr;
  const int64_t depth = job.depth();
  if (pack_a) {
    packed_a = static_cast<typename K::Elem*>(workspace);
    constexpr int64_t block = Sizes<K>::kKc;
    const int64_t grain = max_of<int64_t>(1, kLeastWork / 16 / (job.m * block));
    parallel_range(parallel, ceil_div(depth, block), grain, [&](int64_t begin, int64_t end) {
      for (int64_t p = begin * block; p < min_of(depth, end * block); p += block) {
        pack_rows<K>(job.a, p * K::kGroup, job.k, min_of(block, depth - p), 0, job.m,
                     packed_a + p * job.m, true);
      }
    });
  }
  const int64_t strip = strip_columns(job.m, job.n, job.k, Sizes<K>::kNr);
  const int64_t strips = ceil_div(job.n, strip);
  const int64_t grain = max_of<int64_t>(1, kSerialWork / max_of<int64_t>(1, job.m * job.k * strip));
  parallel_range(parallel, strips, grain, [&](int64_t begin, int64_t end) {
    for (int64_t s = begin; s < end; ++s)
      multiply_strip(job, packed_a, s * strip, min_of(job.n, (s + 1) * strip));
  });
}

// How C is cut into chunks of about equal size.
template <class K>
struct Chunks {
  Chunks(int64_t m, int64_t n, int64_t depth) {
    constexpr int64_t nr = Sizes<K>::kNr;
    rows = min_of(kRowBlock, round_up(m, kMr));
    columns = min_of(kColumnBlock, round_up(n, nr));
    while (ceil_div(m, rows) * ceil_div(n, columns) < kWantedChunks && rows * columns * depth > kLeastWork) {
      if (columns > rows && columns >= 4 * nr) columns = round_up(columns / 2, nr);
      else if (rows >= 4 * kMr) rows = round_up(rows / 2, kMr);
      else break;
    }
    rows = round_up(ceil_div(m, ceil_div(m, rows)), kMr);
    columns = round_up(ceil_div(n, ceil_div(n, columns)), nr);
    row_count = ceil_div(m, rows);
    column_count = ceil_div(n, columns);
  }
  int64_t rows, columns, row_count, column_count;
};

// What is packed at a time: some blocks of k, some rows of A, some columns of B.
template <class K>
struct Block {
  Block(const Job<K>& job, int64_t jc, int64_t p, int64_t ic)
      : jc(jc),
        p(p),
        ic(ic),
        nc(min_of(kSuperColumns, job.n - jc)),
        kc(min_of(kSuperBlocks * Sizes<K>::kKc, job.depth() - p)),
        mc(min_of(kSuperRows, job.m - ic)) {}
  // Moves on to the next one, over rows, then k, then columns; false at the end.
  bool next(const Job<K>& job) {
    if (ic + mc < job.m) return *this = Block(job, jc, p, ic + mc), true;
    if (p + kc < job.depth()) return *this = Block(job, jc, p + kc, 0), true;
    if (jc + nc < job.n) return *this = Block(job, jc + nc, 0, 0), true;
    return false;
  }
  int64_t padded_nc() const { return round_up(nc, Sizes<K>::kNr); }
  int64_t jc, p, ic;
  int64_t nc, kc, mc;
};

// Whether a large product reads the rows of A where they lie: what packing costs pays over many columns only, or where
// the rows fall into the same lines of the cache.
template <class K>
bool reads_a_directly(const View<typename K::Src>& a, int64_t n) {
  if (!K::kDirect || a.column != 1) return false;
  return n <= 512 && a.row * static_cast<int64_t>(sizeof(typename K::Src)) % 4096 != 0;
}

// Elements of one half of the workspace.
template <class K>
int64_t blocked_depth(int64_t k) {
  return min_of(ceil_div(k, K::kGroup), kSuperBlocks * Sizes<K>::kKc);
}
template <class K>
int64_t blocked_a_size(int64_t m, int64_t k) {
  return round_up(min_of(m, kSuperRows) * blocked_depth<K>(k), 64);
}
template <class K>
int64_t blocked_b_size(int64_t n, int64_t k) {
  return round_up(min_of(n, kSuperColumns), Sizes<K>::kNr) * blocked_depth<K>(k);
}
template <class K>
bool is_one_block(int64_t m, int64_t n, int64_t k) {
  return m <= kSuperRows && n <= kSuperColumns && ceil_div(k, K::kGroup) <= kSuperBlocks * Sizes<K>::kKc;
}

// One chunk of C: its rows and columns in the block, over all of the block's k.
template <class K>
void multiply_chunk(const Job<K>& job, const Block<K>& block, const typename K::Elem* a, const typename K::Elem* b,
                    int64_t i0, int64_t i1, int64_t j0, int64_t j1) {
  using Elem = typename K::Elem;
  constexpr int64_t nr = Sizes<K>::kNr;
  for (int64_t q = 0; q < block.kc; q += Sizes<K>::kKc) {
    const int64_t p = block.p + q;
    const int64_t kc = min_of(Sizes<K>::kKc, block.kc - q);
    const bool accumulate = job.accumulate || p > 0, last = p + kc == job.depth();
    for (int64_t j = j0; j < j1; j += nr) {
      const int64_t columns = min_of(nr, j1 - j);
      const Elem* panel = job.packed_b != nullptr ? job.packed_b + p * job.padded_n() + (block.jc + j) * kc
                                                  : b + q * block.padded_nc() + j * kc;
      const bool ends = last && job.ends_tiles(columns);
      Ending<typename K::Out> ending;
      for (int64_t i = i0; i < i1; i += kMr) {
        const int64_t rows = min_of<int64_t>(kMr, i1 - i);
        typename K::Out* c = job.c + (block.ic + i) * job.ldc + block.jc + j;
        if (ends) ending = Ending<typename K::Out>(*job.epilogue, block.ic + i, block.jc + j);
        if (j + nr < j1) prefetch_share(panel + nr * kc, nr * kc, i - i0, rows, i1 - i0);
        if (a != nullptr) {
          tile_of<K, true>(rows, kc, a + q * block.mc + i * kc, 1, rows, panel, nr, c, job.ldc, columns, accumulate,
                           ends ? &ending : nullptr);
        } else if constexpr (K::kDirect) {
          if (j == j0 && i + kMr < i1)
            prefetch_rows(job.a.at(block.ic + i + kMr, p).data, job.a.row, min_of<int64_t>(kMr, i1 - i - kMr), kc);
          tile_of<K, false>(rows, kc, job.a.at(block.ic + i, p).data, job.a.row, 1, panel, nr, c, job.ldc, columns,
                            accumulate, ends ? &ending : nullptr);
        }
      }
      if (last && !ends) job.finish(block.ic + i0, block.ic + i1, block.jc + j, block.jc + j + columns);
    }
  }
}

constexpr int64_t kPackPanels = 8;  // panels that one chunk packs

// While the chunks of a block of C are computed, the operands of the next block are packed into the other half of the
// workspace, so that threads meet once for each block.
template <class K>
void multiply_blocked(const Job<K>& job, const Parallel& parallel, void* workspace) {
  using Elem = typename K::Elem;
  constexpr int64_t nr = Sizes<K>::kNr;
  constexpr int64_t kKc = Sizes<K>::kKc;
  const bool direct_a = reads_a_directly<K>(job.a, job.n), one_block = is_one_block<K>(job.m, job.n, job.k);
  const int64_t a_size = direct_a ? 0 : blocked_a_size<K>(job.m, job.k);
  Elem* packed_a[2];
  Elem* packed_b[2];
  packed_a[0] = static_cast<Elem*>(workspace);
  packed_a[1] = packed_a[0] + (one_block ? 0 : a_size);
  packed_b[0] = packed_a[1] + a_size;
  packed_b[1] = packed_b[0] + (one_block ? 0 : blocked_b_size<K>(job.n, job.k));

  const auto pack_a = [&](const Block<K>& block, Elem* to, int64_t chunk) {
    const int64_t first = chunk * kPackPanels * kMr;
    for (int64_t q = 0; q < block.kc; q += kKc) {
      const int64_t k0 = (block.p + q) * K::kGroup;
      pack_rows<K>(job.a.at(block.ic, 0), k0, job.k, min_of(kKc, block.kc - q), first,
                   min_of(block.mc, first + kPackPanels * kMr), to + q * block.mc);
    }
  };
  const auto pack_b = [&](const Block<K>& block, Elem* to, int64_t chunk) {
    const int64_t first = chunk * kPackPanels * nr;
    for (int64_t q = 0; q < block.kc; q += kKc) {
      const int64_t kc = min_of(kKc, block.kc - q);
      pack_columns<K>(job.b.at(0, block.jc), (block.p + q) * K::kGroup, job.k, kc, first,
                      min_of(block.nc, first + kPackPanels * nr), to + q * block.padded_nc() + first * kc);
    }
  };
  const auto a_chunks = [&](const Block<K>& block) { return direct_a ? 0 : ceil_div(block.mc, kPackPanels * kMr); };
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
    const Elem* a = direct_a ? nullptr : packed_a[a_half];
    const Elem* b = packed_b[b_half];
    const Chunks<K> chunks(block.mc, block.nc, block.kc);
    parallel_for(parallel, packs + chunks.row_count * chunks.column_count, [&](int64_t chunk) {
      if (chunk < next_a) return pack_a(next, packed_a[1 - a_half], chunk);
      if (chunk < packs) return pack_b(next, packed_b[1 - b_half], chunk - next_a);
      chunk -= packs;
      const int64_t i0 = chunk % chunks.row_count * chunks.rows, j0 = chunk / chunks.row_count * chunks.columns;
      multiply_chunk(job, block, a, b, i0, min_of(block.mc, i0 + chunks.rows), j0,
                     min_of(block.nc, j0 + chunks.columns));
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
  const int64_t halves = is_one_block<K>(m, n, k) ? 1 : 2;
  return static_cast<size_t>(halves * (blocked_a_size<K>(m, k) + (has_packed_b ? 0 : blocked_b_size<K>(n, k))) * size);
}

template <class K>
void multiply(const Job<K>& job, const Parallel& parallel, void* workspace) {
  const bool trans_a = job.a.row == 1 && job.a.column != 1;
  if (job.m == 0 || job.n == 0) return;
  if (job.k == 0) {
    for (int64_t i = 0; i < job.m && !job.accumulate; ++i) {
      memset(job.c + i * job.ldc, 0, static_cast<size_t>(job.n) * sizeof(typename K::Out));
    }
    job.finish(0, job.m, 0, job.n);
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
