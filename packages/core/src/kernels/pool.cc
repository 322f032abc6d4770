// Pooling: channels are the vectors.
#include "kernels/pool.h"

#include "kernels/isa.h"

namespace tg::kernels::TG_ISA {
namespace {

constexpr int64_t kGrain = 32768;  // elements read by a chunk
constexpr int64_t kChannels = 64;  // handled at a time

// The part of a window that lies in the image.
struct Window {
  int64_t h0, h1, w0, w1;
  int64_t count() const { return max_of<int64_t>(0, h1 - h0) * max_of<int64_t>(0, w1 - w0); }
};

Window window_of(const Pool2D& p, int64_t oh, int64_t ow) {
  const int64_t h = oh * p.stride_h - p.pad_top;
  const int64_t w = ow * p.stride_w - p.pad_left;
  return {max_of<int64_t>(0, h), min_of(p.in_h, h + p.k_h), max_of<int64_t>(0, w), min_of(p.in_w, w + p.k_w)};
}

// f(image, oh, ow) for every output pixel, by rows.
template <class F>
void for_pixels(const Pool2D& p, const Parallel& parallel, const F& f) {
  const int64_t work = max_of<int64_t>(1, p.out_w * p.channels * p.k_h * p.k_w);
  parallel_range(parallel, p.batch * p.out_h, max_of<int64_t>(1, kGrain / work),
                 [&](int64_t begin, int64_t end) {
                   for (int64_t row = begin; row < end; ++row) {
                     for (int64_t ow = 0; ow < p.out_w; ++ow) f(row / p.out_h, row % p.out_h, ow);
                   }
                 });
}

// f(image) for every image; windows of one image may overlap in the input.
template <class F>
void for_images(const Pool2D& p, const Parallel& parallel, const F& f) {
  const int64_t work = max_of<int64_t>(1, p.out_h * p.out_w * p.channels * p.k_h * p.k_w);
  parallel_range(parallel, p.batch, max_of<int64_t>(1, kGrain / work), [&](int64_t begin, int64_t end) {
    for (int64_t image = begin; image < end; ++image) f(image);
  });
}

template <class T>
const T* pixel_in(const Pool2D& p, const T* x, int64_t image, int64_t h, int64_t w) {
  return x + ((image * p.in_h + h) * p.in_w + w) * p.channels;
}

template <class T>
Status max_forward(const Pool2D& p, const T* x, T* y, const Parallel& parallel) {
  for_pixels(p, parallel, [&](int64_t image, int64_t oh, int64_t ow) {
    const Window window = window_of(p, oh, ow);
    T* to = y + ((image * p.out_h + oh) * p.out_w + ow) * p.channels;
    for (int64_t c0 = 0; c0 < p.channels; c0 += kChannels) {
      const int64_t n = min_of(kChannels, p.channels - c0);
      T best[kChannels];
      for (int64_t c = 0; c < n; ++c) best[c] = lowest_of<T>();
      for (int64_t h = window.h0; h < window.h1; ++h) {
        for (int64_t w = window.w0; w < window.w1; ++w) {
          const T* from = pixel_in(p, x, image, h, w) + c0;
          for (int64_t c = 0; c < n; ++c)
            best[c] = (from[c] > best[c]) | (from[c] != from[c]) ? from[c] : best[c];
        }
      }
      for (int64_t c = 0; c < n; ++c) to[c0 + c] = best[c];
    }
  });
  return Status::kOk;
}

template <class T>
Status avg_forward(const Pool2D& p, const T* x, T* y, const Parallel& parallel) {
  for_pixels(p, parallel, [&](int64_t image, int64_t oh, int64_t ow) {
    const Window window = window_of(p, oh, ow);
    const T count = static_cast<T>(max_of<int64_t>(1, window.count()));
    T* to = y + ((image * p.out_h + oh) * p.out_w + ow) * p.channels;
    for (int64_t c0 = 0; c0 < p.channels; c0 += kChannels) {
      const int64_t n = min_of(kChannels, p.channels - c0);
      T sum[kChannels];
      for (int64_t c = 0; c < n; ++c) sum[c] = 0;
      for (int64_t h = window.h0; h < window.h1; ++h) {
        for (int64_t w = window.w0; w < window.w1; ++w) {
          const T* from = pixel_in(p, x, image, h, w) + c0;
          for (int64_t c = 0; c < n; ++c) sum[c] += from[c];
        }
      }
      for (int64_t c = 0; c < n; ++c) to[c0 + c] = sum[c] / count;
    }
  });
  return Status::kOk;
}

template <class T>
Status max_backward(const Pool2D& p, const T* x, const T* dy, T* dx, const Parallel& parallel) {
  const int64_t image_size = p.in_h * p.in_w * p.channels;
  for_images(p, parallel, [&](int64_t image) {
    memset(dx + image * image_size, 0, static_cast<size_t>(image_size) * sizeof(T));
    for (int64_t o = 0; o < p.out_h * p.out_w; ++o) {
      const Window window = window_of(p, o / p.out_w, o % p.out_w);
      if (window.count() == 0) continue;
      const T* gradient = dy + (image * p.out_h * p.out_w + o) * p.channels;
      for (int64_t c0 = 0; c0 < p.channels; c0 += kChannels) {
        const int64_t n = min_of(kChannels, p.channels - c0);
        T best[kChannels];
        int64_t place[kChannels];
        const int64_t first = (image * p.in_h + window.h0) * p.in_w + window.w0;
        for (int64_t c = 0; c < n; ++c) {
          best[c] = x[first * p.channels + c0 + c];
          place[c] = first;
        }
        for (int64_t h = window.h0; h < window.h1; ++h) {
          for (int64_t w = window.w0; w < window.w1; ++w) {
            const T* from = pixel_in(p, x, image, h, w) + c0;
            const int64_t here = (image * p.in_h + h) * p.in_w + w;
            for (int64_t c = 0; c < n; ++c) {
              const bool better = (from[c] > best[c]) | ((from[c] != from[c]) & (best[c] == best[c]));
              best[c] = better ? from[c] : best[c];
              place[c] = better ? here : place[c];
            }
          }
        }
        for (int64_t c = 0; c < n; ++c) dx[place[c] * p.channels + c0 + c] += gradient[c0 + c];
      }
    }
  });
  return Status::kOk;
}

template <class T>
Status avg_backward(const Pool2D& p, const T* dy, T* dx, const Parallel& parallel) {
  const int64_t image_size = p.in_h * p.in_w * p.channels;
  for_images(p, parallel, [&](int64_t image) {
    memset(dx + image * image_size, 0, static_cast<size_t>(image_size) * sizeof(T));
    for (int64_t o = 0; o < p.out_h * p.out_w; ++o) {
      const Window window = window_of(p, o / p.out_w, o % p.out_w);
      const T count = static_cast<T>(max_of<int64_t>(1, window.count()));
      const T* gradient = dy + (image * p.out_h * p.out_w + o) * p.channels;
      for (int64_t h = window.h0; h < window.h1; ++h) {
        for (int64_t w = window.w0; w < window.w1; ++w) {
          T* to = dx + ((image * p.in_h + h) * p.in_w + w) * p.channels;
          for (int64_t c = 0; c < p.channels; ++c) to[c] += gradient[c] / count;
        }
      }
    }
  });
  return Status::kOk;
}

}  // namespace

Status max_pool2d(DType dtype, const Pool2D& pool, const void* x, void* y, const Parallel& parallel) {
  const auto run = [&](auto tag) {
    using T = typename decltype(tag)::type;
    return max_forward(pool, static_cast<const T*>(x), static_cast<T*>(y), parallel);
  };
  switch (dtype) {
    case DType::kInt8:
      return run(Tag<int8_t>{});
    case DType::kUInt8:
      return run(Tag<uint8_t>{});
    case DType::kInt32:
      return run(Tag<int32_t>{});
    default:
      return with_float(dtype, run);
  }
}

Status avg_pool2d(DType dtype, const Pool2D& pool, const void* x, void* y, const Parallel& parallel) {
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    return avg_forward(pool, static_cast<const T*>(x), static_cast<T*>(y), parallel);
  });
}

Status max_pool2d_grad(DType dtype, const Pool2D& pool, const void* x, const void* dy, void* dx,
                       const Parallel& parallel) {
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    return max_backward(pool, static_cast<const T*>(x), static_cast<const T*>(dy), static_cast<T*>(dx),
                        parallel);
  });
}

Status avg_pool2d_grad(DType dtype, const Pool2D& pool, const void* dy, void* dx, const Parallel& parallel) {
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    return avg_backward(pool, static_cast<const T*>(dy), static_cast<T*>(dx), parallel);
  });
}

}  // namespace tg::kernels::TG_ISA
