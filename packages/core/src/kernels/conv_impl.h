// Convolution as a matrix product whose left matrix is never stored as a whole.
//
// Row i of the left matrix belongs to the i-th pixel of a grid; it lists what the filter sees there: for each
// tap a run of source pixels. A chunk gathers a block of rows and columns of it onto its stack.
#ifndef TENSEGRA_KERNELS_CONV_IMPL_H_
#define TENSEGRA_KERNELS_CONV_IMPL_H_

#include "kernels/conv.h"
#include "kernels/gemm_impl.h"
#include "kernels/gemm_internal.h"

namespace tg::kernels::TG_ISA {

constexpr int64_t kConvRows = 72;  // pixels of a chunk; a multiple of every kMr
constexpr int64_t kConvPad = 16;   // keeps gathered rows from falling into one set of the cache

struct Tap {
  int32_t dh, dw;  // where its first source pixel lies from the one that a grid pixel maps to
};

template <class T>
struct Patches {
  const T* source;
  int64_t height, width, channels;       // of the source
  int64_t first_channel, used_channels;  // a group's part
  int64_t grid_h, grid_w;
  int64_t step_h, step_w;  // source pixels from one grid pixel to the next
  const Tap* taps;
  int64_t tap_count;
  int64_t tap_width;  // source pixels of a tap; more than 1 only where all channels are used
  T outside = 0;      // what lies around the image

  int64_t columns() const { return tap_count * tap_width * used_channels; }

  // dst[i * ld + k - k0] for grid pixels i0 + i < i1 and columns k0 <= k < k1.
  void gather(int64_t i0, int64_t i1, int64_t k0, int64_t k1, T* dst, int64_t ld) const {
    const int64_t run = tap_width * used_channels;
    int64_t b = i0 % grid_w;
    int64_t a = i0 / grid_w % grid_h;
    int64_t image = i0 / grid_w / grid_h;
    for (int64_t i = i0; i < i1; ++i, dst += ld) {
      int64_t tap = k0 / run;
      int64_t from = k0 - tap * run;
      T* to = dst;
      for (int64_t k = k0; k < k1; ++tap) {
        const int64_t until = min_of(run, from + k1 - k);
        const int64_t h = a * step_h + taps[tap].dh;
        const int64_t w = b * step_w + taps[tap].dw;
        int64_t low = from;
        int64_t high = from;
        if (h >= 0 && h < height) {
          low = min_of(until, max_of(from, -w * used_channels));
          high = max_of(low, min_of(until, (width - w) * used_channels));
        }
        for (int64_t j = from; j < low; ++j) to[j - from] = outside;
        if (low < high) {
          const T* pixel = source + ((image * height + h) * width + w) * channels + first_channel;
          memcpy(to + (low - from), pixel + low, static_cast<size_t>(high - low) * sizeof(T));
        }
        for (int64_t j = high; j < until; ++j) to[j - from] = outside;
        to += until - from;
        k += until - from;
        from = 0;
      }
      if (++b == grid_w) {
        b = 0;
        if (++a == grid_h) {
          a = 0;
          ++image;
        }
      }
    }
  }
};

// Where the result's rows lie: row i of the grid at data + image * image_stride + a * row_stride + b *
// pixel_stride.
template <class T>
struct Target {
  T* data;
  int64_t image_stride, row_stride, pixel_stride;
};

// The rows [i0, i1) of C = patches x packed, n columns. Widen makes packed elements from gathered ones.
template <class K, class Widen>
void multiply_patches(const Patches<typename K::Src>& patches, const typename K::Elem* packed, int64_t n,
                      int64_t i0, int64_t i1, const Target<typename K::Out>& target, const Widen& widen) {
  using Elem = typename K::Elem;
  constexpr int64_t nr = Sizes<K>::kNr;
  constexpr int64_t block = Sizes<K>::kKc;
  alignas(64) Elem rows[kConvRows * (block + kConvPad)];
  const int64_t k = patches.columns();
  const int64_t depth = ceil_div(k, K::kGroup);
  const int64_t padded_n = round_up(n, nr);
  const bool dense = target.row_stride == patches.grid_w * target.pixel_stride &&
                     target.image_stride == patches.grid_h * target.row_stride;
  for (int64_t p = 0; p < depth; p += block) {
    const int64_t kc = min_of(block, depth - p);
    const int64_t ld = round_up(kc, 4) + kConvPad;
    widen(patches, i0, i1, p * K::kGroup, min_of(k, (p + kc) * K::kGroup), rows, ld);
    for (int64_t i = i0; i < i1;) {
      // A stretch of grid pixels whose results are evenly spaced.
      const int64_t b = i % patches.grid_w;
      const int64_t stretch = dense ? i1 - i : min_of(i1 - i, patches.grid_w - b);
      typename K::Out* c = target.data + i / patches.grid_w / patches.grid_h * target.image_stride +
                           i / patches.grid_w % patches.grid_h * target.row_stride + b * target.pixel_stride;
      for (int64_t j = 0; j < n; j += nr) {
        const Elem* panel = packed + p * padded_n + j * kc;
        for (int64_t s = 0; s < stretch; s += kMr) {
          tile_of<K, false>(min_of<int64_t>(kMr, stretch - s), kc, rows + (i - i0 + s) * ld, ld, 1, panel, nr,
                            c + s * target.pixel_stride + j, target.pixel_stride, min_of(nr, n - j), p > 0);
        }
      }
      i += stretch;
    }
  }
}

struct GatherPlain {
  template <class T>
  void operator()(const Patches<T>& patches, int64_t i0, int64_t i1, int64_t k0, int64_t k1, T* rows,
                  int64_t ld) const {
    patches.gather(i0, i1, k0, k1, rows, ld);
  }
};

inline bool taps_are_merged(const Conv2D& conv) { return conv.dilation_w == 1 && conv.groups == 1; }

inline int64_t forward_tap_count(const Conv2D& conv) {
  return taps_are_merged(conv) ? conv.k_h : conv.k_h * conv.k_w;
}

// The patches that the filter sees from each output pixel.
template <class T>
Patches<T> forward_patches(const Conv2D& conv, int64_t group, const T* x, Tap* taps) {
  const bool merged = taps_are_merged(conv);
  const int64_t columns = merged ? 1 : conv.k_w;
  for (int64_t kh = 0; kh < conv.k_h; ++kh) {
    for (int64_t kw = 0; kw < columns; ++kw) {
      taps[kh * columns + kw] = {static_cast<int32_t>(kh * conv.dilation_h - conv.pad_top),
                                 static_cast<int32_t>(kw * conv.dilation_w - conv.pad_left)};
    }
  }
  Patches<T> patches;
  patches.source = x;
  patches.height = conv.in_h;
  patches.width = conv.in_w;
  patches.channels = conv.in_c;
  patches.used_channels = conv.in_c / conv.groups;
  patches.first_channel = group * patches.used_channels;
  patches.grid_h = conv.out_h;
  patches.grid_w = conv.out_w;
  patches.step_h = conv.stride_h;
  patches.step_w = conv.stride_w;
  patches.taps = taps;
  patches.tap_count = forward_tap_count(conv);
  patches.tap_width = merged ? conv.k_w : 1;
  return patches;
}

inline bool is_depthwise(const Conv2D& conv) { return conv.groups == conv.in_c && conv.groups > 1; }

inline bool is_pointwise(const Conv2D& conv) {
  return conv.k_h == 1 && conv.k_w == 1 && conv.stride_h == 1 && conv.stride_w == 1 && conv.groups == 1 &&
         conv.pad_top == 0 && conv.pad_bottom == 0 && conv.pad_left == 0 && conv.pad_right == 0;
}

inline int64_t pixels_in(const Conv2D& conv) { return conv.batch * conv.in_h * conv.in_w; }
inline int64_t pixels_out(const Conv2D& conv) { return conv.batch * conv.out_h * conv.out_w; }
inline int64_t filter_size(const Conv2D& conv) {
  return conv.k_h * conv.k_w * (conv.in_c / conv.groups) * conv.out_c;
}

// Hands out 64-byte aligned parts of a workspace; without one, only measures.
class Carver {
 public:
  explicit Carver(void* workspace) : at_(static_cast<char*>(workspace)) {}

  template <class T>
  T* take(int64_t count) {
    T* part = at_ == nullptr ? nullptr : reinterpret_cast<T*>(at_ + used_);
    used_ += round_up(count * static_cast<int64_t>(sizeof(T)), 64);
    return part;
  }
  size_t used() const { return static_cast<size_t>(used_); }

 private:
  char* at_;
  int64_t used_ = 0;
};

// Depthwise counterparts of conv2d and its gradients.
Status depthwise(DType dtype, const Conv2D& conv, const void* x, const void* filter, void* y,
                 const Epilogue* epilogue, const Parallel& parallel);
Status depthwise_input_grad(DType dtype, const Conv2D& conv, const void* filter, const void* dy, void* dx,
                            const Parallel& parallel);
size_t depthwise_filter_grad_workspace(DType dtype, const Conv2D& conv);
Status depthwise_filter_grad(DType dtype, const Conv2D& conv, const void* x, const void* dy, void* dfilter,
                             const Parallel& parallel, void* workspace);

}  // namespace tg::kernels::TG_ISA

#endif  // TENSEGRA_KERNELS_CONV_IMPL_H_
