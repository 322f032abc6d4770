// Depthwise convolution: channels are the vectors. Output channel c * m + j reads input channel c (m: the
// multiplier).
#include "kernels/conv_impl.h"

namespace tg::kernels::TG_ISA {
namespace {

constexpr int64_t kChannels = 64;  // accumulated at a time
constexpr int64_t kMaxPieces = 16;

int64_t grain_of(const Conv2D& conv, int64_t columns) {
  return max_of<int64_t>(1, 65536 / max_of<int64_t>(1, columns * conv.out_c * conv.k_h * conv.k_w));
}

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
          if (multiplier == 1 && n == kChannels) {
#pragma GCC unroll 1
            for (int64_t c = 0; c < kChannels; ++c) acc[c] += from[c0 + c] * f[c];
          } else if (multiplier == 1) {
            for (int64_t c = 0; c < n; ++c) acc[c] += from[c0 + c] * f[c];
          } else {
            for (int64_t c = 0; c < n; ++c) acc[c] += from[(c0 + c) / multiplier] * f[c];
          }
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

template <class T>
void filter_grad_row(const Conv2D& conv, int64_t row, const T* x, const T* dy, T* sum) {
  const int64_t multiplier = conv.out_c / conv.in_c;
  const int64_t image = row / conv.out_h;
  const int64_t h0 = row % conv.out_h * conv.stride_h - conv.pad_top;
  for (int64_t ow = 0; ow < conv.out_w; ++ow) {
    const int64_t w0 = ow * conv.stride_w - conv.pad_left;
    const T* d = dy + (row * conv.out_w + ow) * conv.out_c;
    for (int64_t kh = 0; kh < conv.k_h; ++kh) {
      const int64_t h = h0 + kh * conv.dilation_h;
      if (h < 0 || h >= conv.in_h) continue;
      for (int64_t kw = 0; kw < conv.k_w; ++kw) {
        const int64_t w = w0 + kw * conv.dilation_w;
        if (w < 0 || w >= conv.in_w) continue;
        const T* from = x + ((image * conv.in_h + h) * conv.in_w + w) * conv.in_c;
        T* to = sum + (kh * conv.k_w + kw) * conv.out_c;
        if (multiplier == 1) {
          for (int64_t c = 0; c < conv.out_c; ++c) to[c] += from[c] * d[c];
        } else {
          for (int64_t c = 0; c < conv.out_c; ++c) to[c] += from[c / multiplier] * d[c];
        }
      }
    }
  }
}

int64_t pieces_of(const Conv2D& conv) {
  return max_of<int64_t>(1, min_of(kMaxPieces, conv.batch * conv.out_h / grain_of(conv, conv.out_w)));
}

}  // namespace

Status depthwise(DType dtype, const Conv2D& conv, const void* x, const void* filter, void* y,
                 const Epilogue* epilogue, const Parallel& parallel) {
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const Finish<T> finish{epilogue, static_cast<T*>(y), conv.out_c};
    parallel_range(parallel, conv.batch * conv.out_h, grain_of(conv, conv.out_w),
                   [&](int64_t begin, int64_t end) {
                     for (int64_t row = begin; row < end; ++row) {
                       forward_row(conv, row, static_cast<const T*>(x), static_cast<const T*>(filter),
                                   static_cast<T*>(y));
                       finish(row * conv.out_w, (row + 1) * conv.out_w, 0, conv.out_c);
                     }
                   });
    return Status::kOk;
  });
}

Status depthwise_input_grad(DType dtype, const Conv2D& conv, const void* filter, const void* dy, void* dx,
                            const Parallel& parallel) {
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    parallel_range(parallel, conv.batch * conv.in_h, grain_of(conv, conv.in_w),
                   [&](int64_t begin, int64_t end) {
                     for (int64_t row = begin; row < end; ++row) {
                       input_grad_row(conv, row, static_cast<const T*>(filter), static_cast<const T*>(dy),
                                      static_cast<T*>(dx));
                     }
                   });
    return Status::kOk;
  });
}

size_t depthwise_filter_grad_workspace(DType dtype, const Conv2D& conv) {
  return static_cast<size_t>(pieces_of(conv) * filter_size(conv)) * dtype_size(dtype);
}

Status depthwise_filter_grad(DType dtype, const Conv2D& conv, const void* x, const void* dy, void* dfilter,
                             const Parallel& parallel, void* workspace) {
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const int64_t size = filter_size(conv);
    const int64_t rows = conv.batch * conv.out_h;
    const int64_t pieces = pieces_of(conv);
    T* partial = static_cast<T*>(workspace);
    parallel_for(parallel, pieces, [&](int64_t piece) {
      T* sum = partial + piece * size;
      memset(sum, 0, static_cast<size_t>(size) * sizeof(T));
      for (int64_t row = rows * piece / pieces; row < rows * (piece + 1) / pieces; ++row) {
        filter_grad_row(conv, row, static_cast<const T*>(x), static_cast<const T*>(dy), sum);
      }
    });
    T* to = static_cast<T*>(dfilter);
    for (int64_t i = 0; i < size; ++i) {
      T sum = partial[i];
      for (int64_t piece = 1; piece < pieces; ++piece) sum += partial[piece * size + i];
      to[i] = sum;
    }
    return Status::kOk;
  });
}

}  // namespace tg::kernels::TG_ISA
