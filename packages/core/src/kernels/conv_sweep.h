// Convolution without gathering: the pixels that a few rows of the result see are copied once, with the zeros around
// them, into a slab; what a pixel of the result sees of it is then a few runs at the same distances for every pixel.
// Tiles of pixels and output channels read those runs where they lie.
#ifndef TENSEGRA_KERNELS_CONV_SWEEP_H_
#define TENSEGRA_KERNELS_CONV_SWEEP_H_

#include "kernels/conv_impl.h"

namespace tg::kernels::TG_ISA {

constexpr int64_t kSlabBytes = 480 << 10;   // of a slab, on the stack, at most
constexpr int64_t kWantedSlab = 192 << 10;  // where there are few channels
constexpr int64_t kManyChannels = 512;      // from which on filters are large: the fewer slabs read them, the better
constexpr int64_t kSlabPixels = 288;        // of the result that belong to a slab, at most
constexpr int64_t kSweepColumns = 256;      // output channels of a chunk, at most
constexpr int64_t kRunBlock = 384;          // rows of the packed filter multiplied at a time, at most
constexpr int64_t kMostSegments = 64;       // runs in them, at most

// A tile whose left rows are runs: row i, element q of segment s at rows[i][offsets[s] + q * step]. The
// right rows follow each other through all segments. `ending` is as with tile().
template <class T, int mr, int nv>
__attribute__((noinline)) void run_tile(const T* const* rows, const int64_t* offsets, int64_t segments, int64_t run,
                                        int64_t step, const T* b, int64_t ldb, T* const* c, int64_t columns,
                                        bool accumulate, const Ending<T>* ending) {
  using V = Vec<T>;
  constexpr int64_t lanes = VecOf<T>::kLanes;
  V acc[mr][nv] = {};
#pragma GCC unroll 16
  for (int i = 0; i < mr; ++i) __builtin_prefetch(c[i], 1);
  for (int64_t s = 0; s < segments; ++s) {
    const T* a[mr];
#pragma GCC unroll 16
    for (int i = 0; i < mr; ++i) a[i] = rows[i] + offsets[s];
#pragma GCC unroll 1
    for (int64_t q = 0; q < run * step; q += step, b += ldb) {
      V bv[nv];
#pragma GCC unroll 4
      for (int v = 0; v < nv; ++v) bv[v] = load<V>(b + v * lanes);
#pragma GCC unroll 16
      for (int i = 0; i < mr; ++i) {
        const T x = a[i][q];
#pragma GCC unroll 4
        for (int v = 0; v < nv; ++v) acc[i][v] += x * bv[v];
      }
    }
  }
  if (columns == nv * lanes) {
    if constexpr (Finish<T>::kCan) {
      if (ending != nullptr) {
        if (accumulate) {
#pragma GCC unroll 16
          for (int i = 0; i < mr; ++i) {
#pragma GCC unroll 4
            for (int v = 0; v < nv; ++v) acc[i][v] = load<V>(c[i] + v * lanes) + acc[i][v];
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
        T* to = c[i] + v * lanes;
        store(to, accumulate ? load<V>(to) + acc[i][v] : acc[i][v]);
      }
    }
    return;
  }
#pragma GCC unroll 16
  for (int i = 0; i < mr; ++i) {
    T row[nv * lanes];
#pragma GCC unroll 4
    for (int v = 0; v < nv; ++v) store(row + v * lanes, acc[i][v]);
    for (int64_t j = 0; j < columns; ++j) c[i][j] = accumulate ? c[i][j] + row[j] : row[j];
  }
}

template <class T, int nv>
inline void run_tile_of_vectors(int64_t count, const T* const* rows, const int64_t* offsets, int64_t segments,
                                int64_t run, int64_t step, const T* b, int64_t ldb, T* const* c, int64_t columns,
                                bool accumulate, const Ending<T>* ending) {
  if (count == kMr)
    return run_tile<T, kMr, nv>(rows, offsets, segments, run, step, b, ldb, c, columns, accumulate, ending);
  Ending<T> own;
  if (ending != nullptr) {
    own = *ending;
    ending = &own;
  }
  const auto advance = [&](int64_t done) {
    count -= done;
    c += done;
    rows += done;
    own.advance(done);
  };
  for (; count >= 4; advance(4))
    run_tile<T, 4, nv>(rows, offsets, segments, run, step, b, ldb, c, columns, accumulate, ending);
  if (count & 2) {
    run_tile<T, 2, nv>(rows, offsets, segments, run, step, b, ldb, c, columns, accumulate, ending);
    advance(2);
  }
  if (count & 1) run_tile<T, 1, nv>(rows, offsets, segments, run, step, b, ldb, c, columns, accumulate, ending);
}

// The last vector of a panel is left out where none of its columns exist.
template <class T>
inline void run_tile_of(int64_t count, const T* const* rows, const int64_t* offsets, int64_t segments, int64_t run,
                        int64_t step, const T* b, int64_t ldb, T* const* c, int64_t columns, bool accumulate,
                        const Ending<T>* ending = nullptr) {
  if (kNv == 2 && columns <= VecOf<T>::kLanes)
    run_tile_of_vectors<T, 1>(count, rows, offsets, segments, run, step, b, ldb, c, columns, accumulate, ending);
  else
    run_tile_of_vectors<T, kNv>(count, rows, offsets, segments, run, step, b, ldb, c, columns, accumulate, ending);
}

// How the rows of the filter (taps, each a run of channels) are cut into blocks: some whole runs, or a part of one.
struct RunBlocks {
  int64_t taps, run;      // of the convolution
  int64_t per_block = 1;  // runs in a block
  int64_t parts = 1;      // blocks in a run
  RunBlocks(int64_t taps, int64_t run) : taps(taps), run(run) {
    if (run <= kRunBlock) per_block = min_of(taps, min_of(kMostSegments, kRunBlock / run));
    else parts = ceil_div(run, kRunBlock);
  }
  int64_t rows() const { return taps * run; }
  // f(first row, segments, run, first tap, element of its run), in the order of the rows.
  template <class F>
  void each(const F& f) const {
    if (parts == 1) {
      for (int64_t t = 0; t < taps; t += per_block) f(t * run, min_of(per_block, taps - t), run, t, int64_t{0});
      return;
    }
    const int64_t piece = ceil_div(run, parts);
    for (int64_t t = 0; t < taps; ++t) {
      for (int64_t from = 0; from < run; from += piece)
        f(t * run + from, int64_t{1}, min_of(piece, run - from), t, from);
    }
  }
};

// The right operand of a sweep, [rows, n], packed block by block.
template <class T>
void pack_run_blocks(const RunBlocks& blocks, View<T> b, int64_t n, T* packed, const Parallel& parallel) {
  constexpr int64_t nr = Sizes<Plain<T>>::kNr;
  const int64_t padded_n = round_up(n, nr);
  const int64_t grain = max_of<int64_t>(1, 65536 / (blocks.rows() * nr));
  parallel_range(parallel, padded_n / nr, grain, [&](int64_t begin, int64_t end) {
    blocks.each([&](int64_t row, int64_t segments, int64_t run, int64_t, int64_t) {
      const int64_t depth = segments * run;
      pack_columns<Plain<T>>(b, row, blocks.rows(), depth, begin * nr, min_of(n, end * nr),
                             packed + row * padded_n + begin * nr * depth);
    });
  });
}

// The slabs of patches that use all channels of their source.
template <class T>
struct Slabs {
  int64_t low_h = 0, high_h = 0, low_w = 0, high_w = 0;  // of the taps, inclusive
  bool in_place;                                         // nothing lies outside: the source itself is read
  int64_t width;                                         // pixels of a row of a slab
  int64_t images, rows;                                  // of the grid that belong to one slab: many images, or rows of one
  int64_t per_image;                                     // slabs of an image, where that is more than one

  explicit Slabs(const Patches<T>& p, int64_t most_pixels = kSlabPixels) {
    for (int64_t t = 0; t < p.tap_count; ++t) {
      const int64_t h = p.taps[t].dh, w = p.taps[t].dw;
      low_h = t == 0 ? h : min_of(low_h, h);
      high_h = t == 0 ? h : max_of(high_h, h);
      low_w = t == 0 ? w : min_of(low_w, w);
      high_w = t == 0 ? w + p.tap_width - 1 : max_of(high_w, w + p.tap_width - 1);
    }
    in_place = low_h >= 0 && low_w >= 0 && (p.grid_h - 1) * p.step_h + high_h < p.height &&
               (p.grid_w - 1) * p.step_w + high_w < p.width;
    width = in_place ? p.width : (p.grid_w - 1) * p.step_w + high_w - low_w + 1;
    rows = max_of<int64_t>(1, min_of(p.grid_h, most_pixels / p.grid_w));
    const int64_t wanted = p.channels >= kManyChannels ? kSlabBytes : kWantedSlab;
    while (!in_place && rows > 1 && bytes(p, rows) > wanted) --rows;
    rows = ceil_div(p.grid_h, ceil_div(p.grid_h, rows));
    per_image = ceil_div(p.grid_h, rows);
    images = 1;
    if (per_image == 1) {
      images = max_of<int64_t>(1, most_pixels / (p.grid_h * p.grid_w));
      if (!in_place) images = max_of<int64_t>(1, min_of(images, wanted / bytes(p, rows)));
    }
  }
  int64_t height(const Patches<T>& p, int64_t grid_rows) const {
    return (grid_rows - 1) * p.step_h + high_h - low_h + 1;
  }
  int64_t bytes(const Patches<T>& p, int64_t grid_rows) const {
    return height(p, grid_rows) * width * p.channels * static_cast<int64_t>(sizeof(T));
  }
  bool fits(const Patches<T>& p) const {
    return rows * p.grid_w <= 2 * kSlabPixels && (in_place || bytes(p, rows) <= kSlabBytes);
  }
  int64_t count(int64_t batch) const { return images > 1 ? ceil_div(batch, images) : batch * per_image; }
  int64_t offset(const Patches<T>& p, int64_t tap) const {
    return ((p.taps[tap].dh - low_h) * width + p.taps[tap].dw - low_w) * p.channels;
  }
};

// One slab: grid rows [row0, row1) of each of the images [image0, image1).
template <class T>
struct Slab {
  int64_t image0, image1, row0, row1;
  const T* data;          // the first pixel that the first grid pixel may see
  int64_t image_stride;   // elements

  Slab(const Patches<T>& p, const Slabs<T>& slabs, int64_t batch, int64_t index, T* buffer) {
    image0 = slabs.images > 1 ? index * slabs.images : index / slabs.per_image;
    image1 = min_of(batch, image0 + slabs.images);
    row0 = slabs.images > 1 ? 0 : index % slabs.per_image * slabs.rows;
    row1 = min_of(p.grid_h, row0 + slabs.rows);
    if (slabs.in_place) {
      image_stride = p.height * p.width * p.channels;
      data = p.source + image0 * image_stride +
             ((row0 * p.step_h + slabs.low_h) * p.width + slabs.low_w) * p.channels;
      return;
    }
    const int64_t height = slabs.height(p, row1 - row0), row = slabs.width * p.channels;
    image_stride = height * row;
    data = buffer;
    const int64_t w0 = slabs.low_w, before = min_of(slabs.width, max_of<int64_t>(0, -w0));
    const int64_t until = max_of(before, min_of(slabs.width, p.width - w0));
    for (int64_t image = image0; image < image1; ++image) {
      for (int64_t h = 0; h < height; ++h, buffer += row) {
        const int64_t from_h = row0 * p.step_h + slabs.low_h + h;
        if (from_h < 0 || from_h >= p.height) {
          memset(buffer, 0, static_cast<size_t>(row) * sizeof(T));
          continue;
        }
        const T* from = p.source + ((image * p.height + from_h) * p.width + w0) * p.channels;
        memset(buffer, 0, static_cast<size_t>(before * p.channels) * sizeof(T));
        memcpy(buffer + before * p.channels, from + before * p.channels,
               static_cast<size_t>((until - before) * p.channels) * sizeof(T));
        memset(buffer + until * p.channels, 0, static_cast<size_t>((slabs.width - until) * p.channels) * sizeof(T));
      }
    }
  }
  int64_t pixels(const Patches<T>& p) const { return (image1 - image0) * (row1 - row0) * p.grid_w; }
};

// The columns [j0, j1) of the result for the pixels of one slab.
template <class T>
void sweep_slab(const Patches<T>& p, const Slabs<T>& slabs, const Slab<T>& slab, const RunBlocks& blocks,
                const T* packed, int64_t n, int64_t j0, int64_t j1, const Target<T>& target,
                const Finish<T>& finish) {
  constexpr int64_t nr = Sizes<Plain<T>>::kNr;
  constexpr int64_t most = 2 * kSlabPixels;
  const T* left[most];
  T* right[most];
  int64_t count = 0;
  for (int64_t image = slab.image0; image < slab.image1; ++image) {
    for (int64_t a = slab.row0; a < slab.row1; ++a) {
      const T* from = slab.data + (image - slab.image0) * slab.image_stride +
                      (a - slab.row0) * p.step_h * slabs.width * p.channels;
      T* to = target.data + image * target.image_stride + a * target.row_stride;
      for (int64_t b = 0; b < p.grid_w; ++b, from += p.step_w * p.channels, to += target.pixel_stride) {
        left[count] = from;
        right[count++] = to;
      }
    }
  }
  const int64_t padded_n = round_up(n, nr), first = (slab.image0 * p.grid_h + slab.row0) * p.grid_w;
  blocks.each([&](int64_t row, int64_t segments, int64_t run, int64_t tap, int64_t from) {
    int64_t offsets[kMostSegments];
    for (int64_t s = 0; s < segments; ++s) offsets[s] = slabs.offset(p, tap + s) + from;
    const bool last = row + segments * run == blocks.rows();
    for (int64_t j = j0; j < j1; j += nr) {
      const T* panel = packed + row * padded_n + j * segments * run;
      const int64_t columns = min_of(nr, n - j);
      const bool ends = last && is_whole<Plain<T>>(columns) && finish.ends_tiles();
      Ending<T> ending;
      for (int64_t i = 0, rows; i < count; i += rows) {
        T* to[kMr];
        rows = tile_rows(count - i);
        for (int64_t r = 0; r < rows; ++r) to[r] = right[i + r] + j;
        if (ends) ending = Ending<T>(*finish.epilogue, first + i, j);
        if (j + nr < j1) prefetch_share(panel + nr * segments * run, nr * segments * run, i, rows, count);
        run_tile_of<T>(rows, left + i, offsets, segments, run, 1, panel, nr, to, columns, row > 0,
                       ends ? &ending : nullptr);
      }
      if (last && !ends) finish(first, first + count, j, j + columns);
    }
  });
}

// All of the result. The packed filter is pack_run_blocks'.
template <class T>
void sweep(const Patches<T>& p, const Slabs<T>& slabs, const RunBlocks& blocks, int64_t batch, const T* packed,
           int64_t n, const Target<T>& target, const Finish<T>& finish, const Parallel& parallel) {
  constexpr int64_t nr = Sizes<Plain<T>>::kNr;
  const int64_t count = slabs.count(batch);
  const int64_t work = slabs.images * slabs.rows * p.grid_w * blocks.rows();
  int64_t columns = min_of(kSweepColumns, round_up(n, nr));
  while (count * ceil_div(n, columns) < kWantedChunks && columns >= 2 * nr && work * columns > kLeastWork)
    columns = round_up(columns / 2, nr);
  const int64_t parts = ceil_div(n, columns);
  const int64_t grain = max_of<int64_t>(1, kSerialWork / max_of<int64_t>(1, work * columns));
  parallel_range(parallel, count * parts, grain, [&](int64_t begin, int64_t end) {
    alignas(64) T buffer[kSlabBytes / sizeof(T)];
    for (int64_t chunk = begin; chunk < end; ++chunk) {
      const Slab<T> slab(p, slabs, batch, chunk / parts, buffer);
      const int64_t j0 = chunk % parts * columns;
      sweep_slab(p, slabs, slab, blocks, packed, n, j0, min_of(n, j0 + columns), target, finish);
    }
  });
}

// The same where a slab would be too large: what the pixels see is gathered, block by block.
template <class T>
void sweep_gathered(const Patches<T>& p, const RunBlocks& blocks, int64_t batch, const T* packed, int64_t n,
                    const Target<T>& target, const Finish<T>& finish, const Parallel& parallel) {
  using K = Plain<T>;
  constexpr int64_t nr = Sizes<K>::kNr;
  const int64_t pixels = batch * p.grid_h * p.grid_w, padded_n = round_up(n, nr);
  const int64_t grain = max_of<int64_t>(1, kSerialWork / (kConvRows * blocks.rows() * n));
  parallel_range(parallel, ceil_div(pixels, kConvRows), grain, [&](int64_t begin, int64_t end) {
    alignas(64) T rows[kConvRows * (kRunBlock + kConvPad)];
    for (int64_t i0 = begin * kConvRows; i0 < min_of(pixels, end * kConvRows); i0 += kConvRows) {
      const int64_t i1 = min_of(pixels, i0 + kConvRows);
      blocks.each([&](int64_t row, int64_t segments, int64_t run, int64_t, int64_t) {
        const int64_t kc = segments * run, ld = round_up(kc, 4) + kConvPad;
        p.gather(i0, i1, row, row + kc, rows, ld);
        for (int64_t j = 0; j < n; j += nr) {
          const int64_t columns = min_of(nr, n - j);
          for (int64_t i = i0; i < i1; i += kMr) {
            T* to[kMr];
            const T* left[kMr];
            const int64_t count = min_of<int64_t>(kMr, i1 - i), zero = 0;
            for (int64_t r = 0; r < count; ++r) {
              left[r] = rows + (i - i0 + r) * ld;
              to[r] = target.data + (i + r) / p.grid_w / p.grid_h * target.image_stride +
                      (i + r) / p.grid_w % p.grid_h * target.row_stride + (i + r) % p.grid_w * target.pixel_stride + j;
            }
            run_tile_of<T>(count, left, &zero, 1, kc, 1, packed + row * padded_n + j * kc, nr, to, columns, row > 0);
          }
          if (row + kc == blocks.rows()) finish(i0, i1, j, j + columns);
        }
      });
    }
  });
}

// By slabs where they fit.
template <class T>
void sweep_any(const Patches<T>& p, const RunBlocks& blocks, int64_t batch, const T* packed, int64_t n,
               const Target<T>& target, const Finish<T>& finish, const Parallel& parallel) {
  const Slabs<T> slabs(p);
  if (slabs.fits(p)) sweep(p, slabs, blocks, batch, packed, n, target, finish, parallel);
  else sweep_gathered(p, blocks, batch, packed, n, target, finish, parallel);
}

}  // namespace tg::kernels::TG_ISA

#endif  // TENSEGRA_KERNELS_CONV_SWEEP_H_
