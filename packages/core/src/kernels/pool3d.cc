// Pooling over up to three axes: channels are the vectors.
#include "kernels/pool3d.h"

#include "kernels/isa.h"

namespace tg::kernels::TG_ISA {
namespace {

constexpr int64_t kGrain = 32768;  // elements read by a chunk
constexpr int64_t kChannels = 64;  // handled at a time

// The elements of a window that lie within the volume: along each axis the first one, how many, and their distance.
struct Span {
  int64_t first[3], count[3], step[3];
  int64_t size() const { return count[0] * count[1] * count[2]; }
};

Span span_of(const Windows& w, int64_t place) {
  Span span;
  const int64_t at[3] = {place / (w.out[1] * w.out[2]), place / w.out[2] % w.out[1], place % w.out[2]};
  for (int i = 0; i < 3; ++i) {
    const int64_t start = at[i] * w.stride[i] - w.before[i];
    const int64_t skipped = start < 0 ? ceil_div(-start, w.dilation[i]) : 0;
    const int64_t first = start + skipped * w.dilation[i];
    const int64_t room = first < w.in[i] ? ceil_div(w.in[i] - first, w.dilation[i]) : 0;
    span.first[i] = first;
    span.count[i] = max_of<int64_t>(0, min_of(w.k[i] - skipped, room));
    span.step[i] = w.dilation[i];
  }
  return span;
}

// f(place) for each element of the span, in row-major order; places count within the volume.
template <class F>
void for_span(const Windows& w, const Span& span, const F& f) {
  for (int64_t i = 0; i < span.count[0]; ++i) {
    for (int64_t j = 0; j < span.count[1]; ++j) {
      const int64_t row =
          ((span.first[0] + i * span.step[0]) * w.in[1] + span.first[1] + j * span.step[1]) * w.in[2] + span.first[2];
      for (int64_t k = 0; k < span.count[2]; ++k) f(row + k * span.step[2]);
    }
  }
}

// f(image, place) for each window.
template <class F>
void for_windows(const Pool3D& p, const Parallel& parallel, const F& f) {
  const int64_t work = max_of<int64_t>(1, p.channels * p.windows.size());
  const int64_t places = p.windows.places_out();
  parallel_range(parallel, p.batch * places, max_of<int64_t>(1, kGrain / work), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) f(i / places, i % places);
  });
}

// f(image) for each image: windows of one image may overlap.
template <class F>
void for_images(const Pool3D& p, const Parallel& parallel, const F& f) {
  const int64_t work = max_of<int64_t>(1, p.windows.places_out() * p.channels * p.windows.size());
  parallel_range(parallel, p.batch, max_of<int64_t>(1, kGrain / work), [&](int64_t begin, int64_t end) {
    for (int64_t image = begin; image < end; ++image) f(image);
  });
}

template <class T>
Status max_forward(const Pool3D& p, const T* x, T* y, const Parallel& parallel) {
  for_windows(p, parallel, [&](int64_t image, int64_t place) {
    const Span span = span_of(p.windows, place);
    const T* volume = x + image * p.windows.places_in() * p.channels;
    T* to = y + (image * p.windows.places_out() + place) * p.channels;
    for (int64_t c0 = 0; c0 < p.channels; c0 += kChannels) {
      const int64_t n = min_of(kChannels, p.channels - c0);
      T best[kChannels];
      for (int64_t c = 0; c < n; ++c) best[c] = lowest_of<T>();
      for_span(p.windows, span, [&](int64_t at) {
        const T* from = volume + at * p.channels + c0;
        for (int64_t c = 0; c < n; ++c) best[c] = (from[c] > best[c]) | (from[c] != from[c]) ? from[c] : best[c];
      });
      for (int64_t c = 0; c < n; ++c) to[c0 + c] = best[c];
    }
  });
  return Status::kOk;
}

template <class T>
Status avg_forward(const Pool3D& p, const T* x, T* y, const Parallel& parallel) {
  for_windows(p, parallel, [&](int64_t image, int64_t place) {
    const Span span = span_of(p.windows, place);
    const T count = static_cast<T>(max_of<int64_t>(1, span.size()));
    const T* volume = x + image * p.windows.places_in() * p.channels;
    T* to = y + (image * p.windows.places_out() + place) * p.channels;
    for (int64_t c0 = 0; c0 < p.channels; c0 += kChannels) {
      const int64_t n = min_of(kChannels, p.channels - c0);
      T sum[kChannels];
      for (int64_t c = 0; c < n; ++c) sum[c] = 0;
      for_span(p.windows, span, [&](int64_t at) {
        const T* from = volume + at * p.channels + c0;
        for (int64_t c = 0; c < n; ++c) sum[c] += from[c];
      });
      for (int64_t c = 0; c < n; ++c) to[c0 + c] = sum[c] / count;
    }
  });
  return Status::kOk;
}

// found(c, place) for each channel of a window: where its first greatest element (or first NaN) lies.
template <class T, class F>
void for_greatest(const Pool3D& p, const T* volume, const Span& span, const F& found) {
  for (int64_t c0 = 0; c0 < p.channels; c0 += kChannels) {
    const int64_t n = min_of(kChannels, p.channels - c0);
    T best[kChannels];
    int64_t where[kChannels];
    for (int64_t c = 0; c < n; ++c) {
      best[c] = lowest_of<T>();
      where[c] = -1;
    }
    for_span(p.windows, span, [&](int64_t at) {
      const T* from = volume + at * p.channels + c0;
      for (int64_t c = 0; c < n; ++c) {
        const bool better =
            (where[c] < 0) | (from[c] > best[c]) | ((from[c] != from[c]) & (best[c] == best[c]));
        best[c] = better ? from[c] : best[c];
        where[c] = better ? at : where[c];
      }
    });
    for (int64_t c = 0; c < n; ++c) found(c0 + c, where[c]);
  }
}

template <class T>
Status max_backward(const Pool3D& p, const T* x, const T* dy, T* dx, const Parallel& parallel) {
  const int64_t size = p.windows.places_in() * p.channels, places = p.windows.places_out();
  for_images(p, parallel, [&](int64_t image) {
    T* to = dx + image * size;
    memset(to, 0, static_cast<size_t>(size) * sizeof(T));
    for (int64_t place = 0; place < places; ++place) {
      const T* gradient = dy + (image * places + place) * p.channels;
      for_greatest(p, x + image * size, span_of(p.windows, place), [&](int64_t c, int64_t at) {
        if (at >= 0) to[at * p.channels + c] += gradient[c];
      });
    }
  });
  return Status::kOk;
}

template <class T>
Status avg_backward(const Pool3D& p, const T* dy, T* dx, const Parallel& parallel) {
  const int64_t size = p.windows.places_in() * p.channels, places = p.windows.places_out();
  for_images(p, parallel, [&](int64_t image) {
    T* volume = dx + image * size;
    memset(volume, 0, static_cast<size_t>(size) * sizeof(T));
    for (int64_t place = 0; place < places; ++place) {
      const Span span = span_of(p.windows, place);
      const T count = static_cast<T>(max_of<int64_t>(1, span.size()));
      const T* gradient = dy + (image * places + place) * p.channels;
      for_span(p.windows, span, [&](int64_t at) {
        T* to = volume + at * p.channels;
        for (int64_t c = 0; c < p.channels; ++c) to[c] += gradient[c] / count;
      });
    }
  });
  return Status::kOk;
}

}  // namespace

Status max_pool3d(DType dtype, const Pool3D& pool, const void* x, void* y, const Parallel& parallel) {
  return with_number(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    return max_forward(pool, static_cast<const T*>(x), static_cast<T*>(y), parallel);
  });
}

Status avg_pool3d(DType dtype, const Pool3D& pool, const void* x, void* y, const Parallel& parallel) {
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    return avg_forward(pool, static_cast<const T*>(x), static_cast<T*>(y), parallel);
  });
}

Status max_pool3d_grad(DType dtype, const Pool3D& pool, const void* x, const void* dy, void* dx,
                       const Parallel& parallel) {
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    return max_backward(pool, static_cast<const T*>(x), static_cast<const T*>(dy), static_cast<T*>(dx), parallel);
  });
}

Status avg_pool3d_grad(DType dtype, const Pool3D& pool, const void* dy, void* dx, const Parallel& parallel) {
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    return avg_backward(pool, static_cast<const T*>(dy), static_cast<T*>(dx), parallel);
  });
}

Status max_pool3d_take(DType dtype, const Pool3D& pool, const void* x, const void* g, void* y,
                       const Parallel& parallel) {
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const int64_t size = pool.windows.places_in() * pool.channels, places = pool.windows.places_out();
    for_windows(pool, parallel, [&](int64_t image, int64_t place) {
      const T* from = static_cast<const T*>(g) + image * size;
      T* to = static_cast<T*>(y) + (image * places + place) * pool.channels;
      for_greatest(pool, static_cast<const T*>(x) + image * size, span_of(pool.windows, place),
                   [&](int64_t c, int64_t at) { to[c] = at < 0 ? 0 : from[at * pool.channels + c]; });
    });
    return Status::kOk;
  });
}

Status max_pool3d_argmax(DType dtype, const Pool3D& pool, const void* x, int64_t* result, const Parallel& parallel) {
  return with_number(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const int64_t size = pool.windows.places_in() * pool.channels, places = pool.windows.places_out();
    for_windows(pool, parallel, [&](int64_t image, int64_t place) {
      int64_t* to = result + (image * places + place) * pool.channels;
      for_greatest(pool, static_cast<const T*>(x) + image * size, span_of(pool.windows, place),
                   [&](int64_t c, int64_t at) { to[c] = at < 0 ? -1 : at * pool.channels + c; });
    });
    return Status::kOk;
  });
}

}  // namespace tg::kernels::TG_ISA
