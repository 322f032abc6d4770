// The gradient of a convolution with respect to the filter: patches transposed times dy. The pixels are cut
// into a number of pieces that depends on the shapes; their partial results are added in order.
#include "kernels/conv_sweep.h"

namespace tg::kernels::TG_ISA {
namespace {

constexpr int64_t kFilterRows = 48;  // rows of the filter that one chunk works on
constexpr int64_t kMaxPieces = 16;
constexpr int64_t kPieceBytes = 16 << 20;  // all partial results together

template <class T>
struct Parts {
  int64_t k;  // rows of a group's filter
  int64_t row_blocks;
  int64_t pieces;
  int64_t piece;  // pixels
  Tap* taps;
  T* partial;  // [pieces, filter]
  size_t bytes;

  Parts(const Conv2D& conv, void* workspace) {
    constexpr int64_t block = Sizes<Plain<T>>::kKc;
    k = conv.k_h * conv.k_w * (conv.in_c / conv.groups);
    row_blocks = ceil_div(k, kFilterRows);
    const int64_t pixels = pixels_out(conv);
    const int64_t wanted = ceil_div(kMaxPieces, row_blocks * conv.groups);
    const int64_t room =
        kPieceBytes / max_of<int64_t>(1, filter_size(conv) * static_cast<int64_t>(sizeof(T)));
    pieces = max_of<int64_t>(1, min_of(min_of(wanted, room), pixels / (2 * block)));
    piece = round_up(ceil_div(pixels, pieces), block);
    pieces = ceil_div(pixels, piece);
    Carver carver(workspace);
    taps = carver.take<Tap>(forward_tap_count(conv));
    partial = carver.take<T>(pieces > 1 ? pieces * filter_size(conv) : 0);
    bytes = carver.used();
  }
};

template <class T>
void filter_grad_chunk(const Patches<T>& patches, const T* dy, int64_t out_c, int64_t n, int64_t i0,
                       int64_t i1, int64_t k0, int64_t k1, T* result) {
  using K = Plain<T>;
  constexpr int64_t block = Sizes<K>::kKc;
  alignas(64) T columns[block * kFilterRows];
  const int64_t strip = max_of(kStrip, Sizes<K>::kNr);
  for (int64_t i = i0; i < i1; i += block) {
    const int64_t stop = min_of(i1, i + block);
    patches.gather(i, stop, k0, k1, columns, kFilterRows);
    Job<K> job{};
    job.m = k1 - k0;
    job.n = n;
    job.k = stop - i;
    job.a = View<T>{columns, 1, kFilterRows};
    job.b = View<T>{dy + i * out_c, out_c, 1};
    job.c = result + k0 * out_c;
    job.ldc = out_c;
    job.accumulate = i > i0;
    for (int64_t j = 0; j < n; j += strip)
      multiply_strip(job, static_cast<const T*>(nullptr), j, min_of(n, j + strip));
  }
}

template <class T>
void add_pieces(const T* partial, int64_t pieces, int64_t size, T* sum_of, const Parallel& parallel) {
  parallel_range(parallel, size, 8192, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      T sum = partial[i];
      for (int64_t piece = 1; piece < pieces; ++piece) sum += partial[piece * size + i];
      sum_of[i] = sum;
    }
  });
}

template <class T>
Status filter_grad_as(const Conv2D& conv, const T* x, const T* dy, T* dfilter, const Parallel& parallel,
                      void* workspace) {
  const Parts<T> parts(conv, workspace);
  const int64_t n = conv.out_c / conv.groups;
  const int64_t size = filter_size(conv);
  const int64_t pixels = pixels_out(conv);
  const Patches<T> patches = forward_patches(conv, 0, x, parts.taps);
  parallel_for(parallel, conv.groups * parts.row_blocks * parts.pieces, [&](int64_t chunk) {
    const int64_t piece = chunk % parts.pieces;
    const int64_t k0 = chunk / parts.pieces % parts.row_blocks * kFilterRows;
    const int64_t g = chunk / parts.pieces / parts.row_blocks;
    Patches<T> own = patches;
    own.first_channel = g * own.used_channels;
    T* result = (parts.pieces > 1 ? parts.partial + piece * size : dfilter) + g * n;
    filter_grad_chunk(own, dy + g * n, conv.out_c, n, piece * parts.piece,
                      min_of(pixels, (piece + 1) * parts.piece), k0, min_of(parts.k, k0 + kFilterRows),
                      result);
  });
  if (parts.pieces == 1) return Status::kOk;
  add_pieces(parts.partial, parts.pieces, size, dfilter, parallel);
  return Status::kOk;
}

// ---- by slabs

constexpr int64_t kSweptRows = 192;    // rows of the filter that one chunk works on, at most
constexpr int64_t kSweptPixels = 256;  // pixels of a slab: their part of dy stays in the L1 cache
constexpr int64_t kPackedRows = 48;    // rows from which on packing dy pays

// How the work is cut into chunks of some rows of the filter and some slabs.
template <class T>
struct SweptParts {
  Tap* taps;
  T* partial;  // [pieces, filter]
  int64_t k, rows, row_blocks, pieces;
  size_t bytes;

  SweptParts(const Conv2D& conv, void* workspace) {
    Carver carver(workspace);
    taps = carver.take<Tap>(forward_tap_count(conv));
    k = conv.k_h * conv.k_w * (conv.in_c / conv.groups);
    row_blocks = ceil_div(k, kSweptRows);
    rows = round_up(ceil_div(k, row_blocks), kMr);
    row_blocks = ceil_div(k, rows);
    const int64_t room = kPieceBytes / max_of<int64_t>(1, filter_size(conv) * static_cast<int64_t>(sizeof(T)));
    const int64_t wanted = ceil_div(2 * kMaxPieces, row_blocks);
    pieces = max_of<int64_t>(1, min_of(min_of(wanted, room), pixels_out(conv) / (2 * kSweptPixels)));
    partial = carver.take<T>(pieces > 1 ? pieces * filter_size(conv) : 0);
    bytes = carver.used();
  }
};

// Adds what the pixels of a slab give to some rows of the filter; row r sees, of each pixel, the element at sees[r].
template <class T>
void swept_slab(const Slabs<T>& slabs, const Slab<T>& slab, const Patches<T>& p, const int64_t* sees, int64_t rows,
                const T* dy, int64_t n, T* result, bool accumulate) {
  constexpr int64_t nr = Sizes<Plain<T>>::kNr;
  alignas(64) T panel[2 * kSweptPixels * nr];
  int64_t offsets[2 * kSweptPixels];
  int64_t segments = 0;
  for (int64_t image = 0; image < slab.image1 - slab.image0; ++image) {
    for (int64_t a = 0; a < slab.row1 - slab.row0; ++a)
      offsets[segments++] = image * slab.image_stride + a * p.step_h * slabs.width * p.channels;
  }
  const int64_t pixels = segments * p.grid_w, step = p.step_w * p.channels;
  for (int64_t j = 0; j < n; j += nr) {
    const int64_t columns = min_of(nr, n - j);
    const bool packs = columns < nr || (n > nr && rows >= kPackedRows);
    if (packs) pack_panel(static_cast<const Plain<T>*>(nullptr), dy + j, 1, n, pixels, 0, columns, nr, panel);
    for (int64_t i = 0; i < rows; i += kMr) {
      const int64_t count = min_of<int64_t>(kMr, rows - i);
      const T* left[kMr];
      T* to[kMr];
      for (int64_t r = 0; r < count; ++r) {
        left[r] = slab.data + sees[i + r];
        to[r] = result + (i + r) * n + j;
      }
      run_tile_of<T>(count, left, offsets, segments, p.grid_w, step, packs ? panel : dy + j, packs ? nr : n, to,
                            columns, accumulate);
    }
  }
}

// False where a slab would be too large.
template <class T>
bool swept_filter_grad(const Conv2D& conv, const T* x, const T* dy, T* dfilter, const Parallel& parallel,
                       void* workspace) {
  const SweptParts<T> parts(conv, workspace);
  const Patches<T> patches = forward_patches(conv, 0, x, parts.taps);
  const Slabs<T> slabs(patches, kSweptPixels);
  if (!slabs.fits(patches) || slabs.rows * patches.grid_w > 2 * kSweptPixels) return false;
  const int64_t n = conv.out_c, size = filter_size(conv), slab_count = slabs.count(conv.batch);
  const int64_t run = patches.tap_width * patches.channels;
  parallel_for(parallel, parts.row_blocks * parts.pieces, [&](int64_t chunk) {
    alignas(64) T buffer[kSlabBytes / sizeof(T)];
    const int64_t piece = chunk % parts.pieces, k0 = chunk / parts.pieces * parts.rows;
    const int64_t rows = min_of(parts.rows, parts.k - k0);
    int64_t sees[kSweptRows + kMr];
    for (int64_t r = 0; r < rows; ++r) sees[r] = slabs.offset(patches, (k0 + r) / run) + (k0 + r) % run;
    T* result = (parts.pieces > 1 ? parts.partial + piece * size : dfilter) + k0 * n;
    const int64_t first = slab_count * piece / parts.pieces, last = slab_count * (piece + 1) / parts.pieces;
    if (first == last) memset(result, 0, static_cast<size_t>(rows * n) * sizeof(T));
    for (int64_t s = first; s < last; ++s) {
      const Slab<T> slab(patches, slabs, conv.batch, s, buffer);
      const T* from = dy + (slab.image0 * conv.out_h + slab.row0) * conv.out_w * n;
      swept_slab(slabs, slab, patches, sees, rows, from, n, result, s > first);
    }
  });
  if (parts.pieces > 1) add_pieces(parts.partial, parts.pieces, size, dfilter, parallel);
  return true;
}

}  // namespace

size_t conv2d_filter_grad_workspace_bytes(DType dtype, const Conv2D& conv) {
  if (pixels_out(conv) == 0 || filter_size(conv) == 0) return 0;
  if (is_depthwise(conv)) return depthwise_filter_grad_workspace(dtype, conv);
  size_t bytes = 0;
  with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    bytes = Parts<T>(conv, nullptr).bytes;
    if (conv.groups == 1) bytes = max_of(bytes, SweptParts<T>(conv, nullptr).bytes);
    return Status::kOk;
  });
  return bytes;
}

Status conv2d_filter_grad(DType dtype, const Conv2D& conv, const void* x, const void* dy, void* dfilter,
                          const Parallel& parallel, void* workspace) {
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (filter_size(conv) == 0) return Status::kOk;
    if (pixels_out(conv) == 0) {
      memset(dfilter, 0, static_cast<size_t>(filter_size(conv)) * sizeof(T));
      return Status::kOk;
    }
    if (is_depthwise(conv)) return depthwise_filter_grad(dtype, conv, x, dy, dfilter, parallel, workspace);
    if (conv.groups == 1 && swept_filter_grad(conv, static_cast<const T*>(x), static_cast<const T*>(dy),
                                              static_cast<T*>(dfilter), parallel, workspace))
      return Status::kOk;
    return filter_grad_as(conv, static_cast<const T*>(x), static_cast<const T*>(dy), static_cast<T*>(dfilter),
                          parallel, workspace);
  });
}

}  // namespace tg::kernels::TG_ISA
