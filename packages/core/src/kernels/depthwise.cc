// Depthwise convolution: channels are the vectors. Output channel c * m + j reads input channel c (m: the
// multiplier).
#include "kernels/conv_impl.h"

namespace tg::kernels::TG_ISA {
namespace {

constexpr int64_t kChannels = 64;  // accumulated at a time

int64_t grain_of(const Conv2D& conv, int64_t columns) {
  return max_of<int64_t>(1, 65536 / max_of<int64_t>(1, columns * conv.out_c * conv.k_h * conv.k_w));
}

// ---- one output channel for each input channel

template <class V, int n>
struct Sums {
  V sums[n][1] = {};
};

// What one output row sees, and where its filter lies; backwards for the gradient of the input.
template <class T>
struct Row {
  const Conv2D& conv;
  const T* image;   // the input image
  const T* filter;  // [k_h, k_w, channels]
  bool backwards;   // the taps are turned around
  int64_t h0;       // the first input row
  int64_t kh0, kh1;  // the taps whose rows exist

  Row(const Conv2D& conv, int64_t row, const T* x, const T* filter, bool backwards)
      : conv(conv), image(x + row / conv.out_h * conv.in_h * conv.in_w * conv.in_c), filter(filter),
        backwards(backwards), h0(row % conv.out_h * conv.stride_h - conv.pad_top) {
    kh0 = h0 >= 0 ? 0 : ceil_div(-h0, conv.dilation_h);
    kh1 = h0 >= conv.in_h ? 0 : min_of(conv.k_h, ceil_div(conv.in_h - h0, conv.dilation_h));
  }
  const T* taps(int64_t kh, int64_t kw) const {
    const int64_t tap = kh * conv.k_w + kw;
    return filter + (backwards ? conv.k_h * conv.k_w - 1 - tap : tap) * conv.out_c;
  }
};

// Channels [c, c + vectors of them) of `pixels` neighbours, of which the first sees the input from column w0 on; taps
// [kw0, kw1) exist for all of them.
template <class T, int pixels, int vectors>
inline void depthwise_block(const Row<T>& row, int64_t w0, int64_t kw0, int64_t kw1, int64_t c, T* y,
                            const Ending<T>* ending) {
  using V = Vec<T>;
  constexpr int64_t lanes = VecOf<T>::kLanes;
  const Conv2D& conv = row.conv;
  const int64_t step = conv.stride_w * conv.in_c;
  V acc[pixels][vectors] = {};
  for (int64_t kh = row.kh0; kh < row.kh1; ++kh) {
    const T* line = row.image + ((row.h0 + kh * conv.dilation_h) * conv.in_w + w0) * conv.in_c + c;
    for (int64_t kw = kw0; kw < kw1; ++kw) {
      const T* f = row.taps(kh, kw) + c;
      const T* from = line + kw * conv.dilation_w * conv.in_c;
      V fv[vectors];
#pragma GCC unroll 4
      for (int v = 0; v < vectors; ++v) fv[v] = load<V>(f + v * lanes);
#pragma GCC unroll 4
      for (int p = 0; p < pixels; ++p) {
#pragma GCC unroll 4
        for (int v = 0; v < vectors; ++v) acc[p][v] += load<V>(from + p * step + v * lanes) * fv[v];
      }
    }
  }
  if (ending != nullptr) ending->at(c)(acc);
#pragma GCC unroll 4
  for (int p = 0; p < pixels; ++p) {
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) store(y + p * conv.out_c + c + v * lanes, acc[p][v]);
  }
}

// All whole vectors of channels from c on; returns where they end.
template <class T, int pixels>
int64_t depthwise_pixels(const Row<T>& row, int64_t w0, int64_t kw0, int64_t kw1, int64_t c, T* y,
                         const Ending<T>* ending) {
  constexpr int64_t lanes = VecOf<T>::kLanes;
  const int64_t channels = row.conv.out_c;
  if (pixels == 1) {
    for (; c + 4 * lanes <= channels; c += 4 * lanes) depthwise_block<T, pixels, 4>(row, w0, kw0, kw1, c, y, ending);
  }
  for (; c + 2 * lanes <= channels; c += 2 * lanes) depthwise_block<T, pixels, 2>(row, w0, kw0, kw1, c, y, ending);
  for (; c + lanes <= channels; c += lanes) depthwise_block<T, pixels, 1>(row, w0, kw0, kw1, c, y, ending);
  return c;
}

// The channels from c on that fill no vector.
template <class T>
void depthwise_rest(const Row<T>& row, int64_t w0, int64_t kw0, int64_t kw1, int64_t c, T* y) {
  const Conv2D& conv = row.conv;
  for (; c < conv.out_c; ++c) {
    T sum = 0;
    for (int64_t kh = row.kh0; kh < row.kh1; ++kh) {
      for (int64_t kw = kw0; kw < kw1; ++kw) {
        const int64_t w = w0 + kw * conv.dilation_w;
        sum += row.image[((row.h0 + kh * conv.dilation_h) * conv.in_w + w) * conv.in_c + c] * row.taps(kh, kw)[c];
      }
    }
    y[c] = sum;
  }
}

constexpr int64_t kStretch = 48;  // output pixels that are computed for one vector of channels after another

// Three columns of `rows` rows of taps, all of which exist: for each vector of channels the filter stays in registers,
// while `count` pixels pass, of which the first sees the input from column w0 on.
template <class T, int rows>
__attribute__((noinline)) void depthwise_three(const Row<T>& row, int64_t w0, int64_t count, T* y,
                                               const Ending<T>* ending) {
  using V = Vec<T>;
  constexpr int64_t lanes = VecOf<T>::kLanes;
  constexpr int pixels = 4;
  const Conv2D& conv = row.conv;
  const int64_t step = conv.stride_w * conv.in_c, column = conv.dilation_w * conv.in_c;
  const T* lines[rows];
  for (int r = 0; r < rows; ++r)
    lines[r] = row.image + ((row.h0 + (row.kh0 + r) * conv.dilation_h) * conv.in_w + w0) * conv.in_c;
  for (int64_t c = 0; c + lanes <= conv.out_c; c += lanes) {
    V f[rows][3];
#pragma GCC unroll 3
    for (int r = 0; r < rows; ++r) {
#pragma GCC unroll 3
      for (int k = 0; k < 3; ++k) f[r][k] = load<V>(row.taps(row.kh0 + r, k) + c);
    }
    const T* from[rows];
    for (int r = 0; r < rows; ++r) from[r] = lines[r] + c;
    T* to = y + c;
    Ending<T> own;
    if (ending != nullptr) own = ending->at(c);
    const auto some = [&](auto acc) {
      constexpr int n = static_cast<int>(sizeof(acc) / sizeof(V));
#pragma GCC unroll 3
      for (int r = 0; r < rows; ++r) {
#pragma GCC unroll 3
        for (int k = 0; k < 3; ++k) {
#pragma GCC unroll 4
          for (int p = 0; p < n; ++p) acc.sums[p][0] += load<V>(from[r] + p * step + k * column) * f[r][k];
        }
        from[r] += n * step;
      }
      if (ending != nullptr) {
        own(acc.sums);
        own.advance(n);
      }
#pragma GCC unroll 4
      for (int p = 0; p < n; ++p) store(to + p * conv.out_c, acc.sums[p][0]);
      to += n * conv.out_c;
    };
    int64_t p = 0;
    for (; p + pixels <= count; p += pixels) some(Sums<V, pixels>{});
    for (; p < count; ++p) some(Sums<V, 1>{});
  }
}

template <class T>
void depthwise_row(const Conv2D& conv, int64_t index, const T* x, const T* filter, bool backwards, T* y,
                   const Finish<T>& finish) {
  constexpr int64_t pixels = 4;
  const Row<T> row(conv, index, x, filter, backwards);
  const int64_t reach = (conv.k_w - 1) * conv.dilation_w, first = index * conv.out_w;
  const int64_t whole = conv.out_c - conv.out_c % VecOf<T>::kLanes;
  const bool ends = finish.ends_tiles(), three = conv.k_w == 3 && conv.k_h == 3 && row.kh1 > row.kh0;
  // The pixels that see all columns.
  const int64_t inside = min_of(conv.out_w, ceil_div(max_of<int64_t>(0, conv.pad_left), conv.stride_w));
  const int64_t room = conv.in_w - reach + conv.pad_left;
  const int64_t outside = max_of(inside, min_of(conv.out_w, room <= 0 ? 0 : ceil_div(room, conv.stride_w)));
  y += first * conv.out_c;
  for (int64_t ow = 0; ow < conv.out_w;) {
    const int64_t w0 = ow * conv.stride_w - conv.pad_left;
    T* to = y + ow * conv.out_c;
    int64_t done = 1, kw0 = 0, kw1 = conv.k_w;
    Ending<T> ending;
    if (ends) ending = Ending<T>(*finish.epilogue, first + ow, 0);
    const Ending<T>* end = ends ? &ending : nullptr;
    if (ow < inside || ow >= outside) {
      kw0 = w0 >= 0 ? 0 : ceil_div(-w0, conv.dilation_w);
      kw1 = w0 >= conv.in_w ? 0 : min_of(conv.k_w, ceil_div(conv.in_w - w0, conv.dilation_w));
      depthwise_pixels<T, 1>(row, w0, kw0, kw1, 0, to, end);
    } else if (three) {
      done = min_of(kStretch, outside - ow);
      if (row.kh1 - row.kh0 == 3) depthwise_three<T, 3>(row, w0, done, to, end);
      else if (row.kh1 - row.kh0 == 2) depthwise_three<T, 2>(row, w0, done, to, end);
      else depthwise_three<T, 1>(row, w0, done, to, end);
    } else if (ow + pixels <= outside) {
      done = pixels;
      depthwise_pixels<T, pixels>(row, w0, 0, conv.k_w, 0, to, end);
    } else {
      depthwise_pixels<T, 1>(row, w0, 0, conv.k_w, 0, to, end);
    }
    for (int64_t p = 0; p < done && whole < conv.out_c; ++p)
      depthwise_rest(row, w0 + p * conv.stride_w, kw0, kw1, whole, to + p * conv.out_c);
    finish(first + ow, first + ow + done, ends ? whole : 0, conv.out_c);
    ow += done;
  }
}

// ---- several output channels for each

template <class T>
void forward_row(const Conv2D& conv, int64_t row, const T* x, const T* filter, T* y) {
  const int64_t multiplier = conv.out_c / conv.in_c;
  const int64_t image = row / conv.out_h;
  const int64_t h0 = row % conv.out_h * conv.stride_h - conv.pad_top;
  for (int64_t ow = 0; ow < conv.out_w; ++ow) {
    const int64_t w0 = ow * conv.stride_w - conv.pad_left;
    T* pixel = y + (row * conv.out_w + ow) * conv.out_c;
    for (int64_t c0 = 0; c0 < conv.out_c; c0 += kChannels) {
      const int64_t n = min_of(kChannels, conv.out_c - c0);
      T acc[kChannels] = {};
      for (int64_t kh = 0; kh < conv.k_h; ++kh) {
        const int64_t h = h0 + kh * conv.dilation_h;
        if (h < 0 || h >= conv.in_h) continue;
        for (int64_t kw = 0; kw < conv.k_w; ++kw) {
          const int64_t w = w0 + kw * conv.dilation_w;
          if (w < 0 || w >= conv.in_w) continue;
          const T* from = x + ((image * conv.in_h + h) * conv.in_w + w) * conv.in_c;
          const T* f = filter + (kh * conv.k_w + kw) * conv.out_c + c0;
          for (int64_t c = 0; c < n; ++c) acc[c] += from[(c0 + c) / multiplier] * f[c];
        }
      }
      for (int64_t c = 0; c < n; ++c) pixel[c0 + c] = acc[c];
    }
  }
}

// The output coordinate that input coordinate `at` reaches through `tap`, or -1.
int64_t reached(int64_t at, int64_t pad, int64_t tap, int64_t dilation, int64_t stride, int64_t size) {
  const int64_t scaled = at + pad - tap * dilation;
  if (scaled < 0 || scaled % stride != 0 || scaled / stride >= size) return -1;
  return scaled / stride;
}

template <class T>
void input_grad_row(const Conv2D& conv, int64_t row, const T* filter, const T* dy, T* dx) {
  const int64_t multiplier = conv.out_c / conv.in_c;
  const int64_t image = row / conv.in_h;
  const int64_t h = row % conv.in_h;
  T* to = dx + row * conv.in_w * conv.in_c;
  memset(to, 0, static_cast<size_t>(conv.in_w * conv.in_c) * sizeof(T));
  for (int64_t w = 0; w < conv.in_w; ++w, to += conv.in_c) {
    for (int64_t kh = 0; kh < conv.k_h; ++kh) {
      const int64_t oh = reached(h, conv.pad_top, kh, conv.dilation_h, conv.stride_h, conv.out_h);
      if (oh < 0) continue;
      for (int64_t kw = 0; kw < conv.k_w; ++kw) {
        const int64_t ow = reached(w, conv.pad_left, kw, conv.dilation_w, conv.stride_w, conv.out_w);
        if (ow < 0) continue;
        const T* from = dy + ((image * conv.out_h + oh) * conv.out_w + ow) * conv.out_c;
        const T* f = filter + (kh * conv.k_w + kw) * conv.out_c;
        if (multiplier == 1) {
          for (int64_t c = 0; c < conv.in_c; ++c) to[c] += from[c] * f[c];
        } else {
          for (int64_t c = 0; c < conv.out_c; ++c) to[c / multiplier] += from[c] * f[c];
        }
      }
    }
  }
}

}  // namespace

Status depthwise(DType dtype, const Conv2D& conv, const void* x, const void* filter, void* y,
                 const Epilogue* epilogue, const Parallel& parallel) {
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const Finish<T> finish{epilogue, static_cast<T*>(y), conv.out_c};
    const T *from = static_cast<const T*>(x), *f = static_cast<const T*>(filter);
    T* to = static_cast<T*>(y);
    parallel_range(parallel, conv.batch * conv.out_h, grain_of(conv, conv.out_w), [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        if (conv.out_c == conv.in_c) {
          depthwise_row(conv, row, from, f, false, to, finish);
        } else {
          forward_row(conv, row, from, f, to);
          finish(row * conv.out_w, (row + 1) * conv.out_w, 0, conv.out_c);
        }
      }
    });
    return Status::kOk;
  });
}

Status depthwise_input_grad(DType dtype, const Conv2D& conv, const void* filter, const void* dy, void* dx,
                            const Parallel& parallel) {
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T *f = static_cast<const T*>(filter), *from = static_cast<const T*>(dy);
    T* to = static_cast<T*>(dx);
    // Without strides it is a convolution of dy with the filter turned around.
    const bool turned = conv.out_c == conv.in_c && conv.stride_h == 1 && conv.stride_w == 1;
    Conv2D back = conv;
    back.in_h = conv.out_h;
    back.in_w = conv.out_w;
    back.out_h = conv.in_h;
    back.out_w = conv.in_w;
    back.pad_top = (conv.k_h - 1) * conv.dilation_h - conv.pad_top;
    back.pad_left = (conv.k_w - 1) * conv.dilation_w - conv.pad_left;
    parallel_range(parallel, conv.batch * conv.in_h, grain_of(conv, conv.in_w), [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; ++row) {
        if (turned) depthwise_row(back, row, from, f, true, to, Finish<T>{});
        else input_grad_row(conv, row, f, from, to);
      }
    });
    return Status::kOk;
  });
}

}  // namespace tg::kernels::TG_ISA
