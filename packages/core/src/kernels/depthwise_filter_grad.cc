// The gradient of a depthwise convolution with respect to its filter.
#include "kernels/conv_impl.h"

namespace tg::kernels::TG_ISA {
namespace {

constexpr int64_t kMaxPieces = 16;
constexpr int64_t kPieceWork = 1 << 18;  // multiplications of a piece below which more pieces do not pay
constexpr int64_t kStretch = 48;         // pixels that one vector of channels passes before the next one does

// Adds what the pixels [ow0, ow1) of one row of the result give.
template <class T>
void any_row(const Conv2D& conv, int64_t row, int64_t ow0, int64_t ow1, const T* x, const T* dy,
             T* sum) {
  const int64_t multiplier = conv.out_c / conv.in_c;
  const int64_t image = row / conv.out_h;
  const int64_t h0 = row % conv.out_h * conv.stride_h - conv.pad_top;
  for (int64_t ow = ow0; ow < ow1; ++ow) {
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

// The same where all three columns of the filter and `rows` of its rows from kh0 on exist, and channels fill vectors:
// the sums of a vector of channels stay in registers while the pixels pass.
template <class T, int rows>
void three_columns(const Conv2D& conv, int64_t row, int64_t kh0, int64_t ow0, int64_t ow1, const T* x, const T* dy,
                   T* sum) {
  using V = Vec<T>;
  constexpr int64_t lanes = VecOf<T>::kLanes;
  const int64_t step = conv.stride_w * conv.in_c, column = conv.dilation_w * conv.in_c, channels = conv.out_c;
  const int64_t h = row % conv.out_h * conv.stride_h - conv.pad_top + kh0 * conv.dilation_h;
  const int64_t w = ow0 * conv.stride_w - conv.pad_left;
  const T* first = x + ((row / conv.out_h * conv.in_h + h) * conv.in_w + w) * conv.in_c;
  const int64_t line = conv.dilation_h * conv.in_w * conv.in_c;
  dy += (row * conv.out_w + ow0) * channels;
  sum += kh0 * 3 * channels;
  for (int64_t c = 0; c < channels; c += lanes) {
    V acc[rows][3];
#pragma GCC unroll 9
    for (int t = 0; t < rows * 3; ++t) acc[t / 3][t % 3] = load<V>(sum + t * channels + c);
    const T* from[rows];
    for (int r = 0; r < rows; ++r) from[r] = first + r * line + c;
    const T* d = dy + c;
    for (int64_t ow = ow0; ow < ow1; ++ow, d += channels) {
      const V by = load<V>(d);
#pragma GCC unroll 3
      for (int r = 0; r < rows; ++r) {
#pragma GCC unroll 3
        for (int k = 0; k < 3; ++k) acc[r][k] += load<V>(from[r] + k * column) * by;
        from[r] += step;
      }
    }
#pragma GCC unroll 9
    for (int t = 0; t < rows * 3; ++t) store(sum + t * channels + c, acc[t / 3][t % 3]);
  }
}

template <class T>
void filter_grad_row(const Conv2D& conv, int64_t row, const T* x, const T* dy, T* sum) {
  const int64_t h0 = row % conv.out_h * conv.stride_h - conv.pad_top;
  const int64_t kh0 = h0 >= 0 ? 0 : ceil_div(-h0, conv.dilation_h);
  const int64_t kh1 = h0 >= conv.in_h ? 0 : min_of(conv.k_h, ceil_div(conv.in_h - h0, conv.dilation_h));
  if (conv.k_h != 3 || conv.k_w != 3 || conv.in_c != conv.out_c || conv.out_c % VecOf<T>::kLanes != 0 || kh0 >= kh1)
    return any_row(conv, row, 0, conv.out_w, x, dy, sum);
  // The pixels that see all columns.
  const int64_t inside = min_of(conv.out_w, ceil_div(max_of<int64_t>(0, conv.pad_left), conv.stride_w));
  const int64_t room = conv.in_w - 2 * conv.dilation_w + conv.pad_left;
  const int64_t outside = max_of(inside, min_of(conv.out_w, room <= 0 ? 0 : ceil_div(room, conv.stride_w)));
  any_row(conv, row, 0, inside, x, dy, sum);
  for (int64_t ow = inside; ow < outside; ow += kStretch) {
    const int64_t end = min_of(outside, ow + kStretch);
    if (kh1 - kh0 == 3) three_columns<T, 3>(conv, row, kh0, ow, end, x, dy, sum);
    else if (kh1 - kh0 == 2) three_columns<T, 2>(conv, row, kh0, ow, end, x, dy, sum);
    else three_columns<T, 1>(conv, row, kh0, ow, end, x, dy, sum);
  }
  any_row(conv, row, outside, conv.out_w, x, dy, sum);
}

int64_t pieces_of(const Conv2D& conv) {
  const int64_t rows = conv.batch * conv.out_h;
  const int64_t work = max_of<int64_t>(1, conv.out_w * conv.out_c * conv.k_h * conv.k_w);
  const int64_t grain = max_of<int64_t>(1, kPieceWork / work);
  return max_of<int64_t>(1, min_of(kMaxPieces, rows / grain));
}

}  // namespace

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
