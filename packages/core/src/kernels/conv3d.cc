// A three-dimensional convolution as a two-dimensional one of its output planes: the input planes that one output
// plane sees are laid side by side as channels. Some output planes at a time, to bound the memory. Compiled once.
#include "kernels/conv3d.h"

#include "kernels/copy.h"
#include "kernels/isa.h"

namespace tg::kernels {
namespace {

constexpr int64_t kGatherBytes = 16 << 20;  // planes gathered at a time, where one is not more
constexpr int64_t kGrain = 32768;           // elements moved by a chunk

using base::ceil_div;
using base::max_of;
using base::min_of;
using base::parallel_range;
using base::round_up;

struct Plan {
  Conv2D plane;         // of all output planes
  bool direct;          // every output plane sees one input plane, in order: nothing to gather
  int64_t planes;       // of the result
  int64_t chunk;        // planes at a time
  int64_t gathered;     // elements of one gathered plane
  int64_t filter_size;  // elements
  bool overflow = false;

  Plan(DType dtype, const Conv3D& conv) {
    const Windows& w = conv.windows;
    direct = w.k[0] == 1 && w.stride[0] == 1 && w.before[0] == 0 && w.after[0] == 0;
    planes = conv.batch * w.out[0];
    plane.in_h = w.in[1];
    plane.in_w = w.in[2];
    plane.out_h = w.out[1];
    plane.out_w = w.out[2];
    plane.out_c = conv.out_c;
    plane.k_h = w.k[1];
    plane.k_w = w.k[2];
    plane.stride_h = w.stride[1];
    plane.stride_w = w.stride[2];
    plane.dilation_h = w.dilation[1];
    plane.dilation_w = w.dilation[2];
    plane.pad_top = w.before[1];
    plane.pad_bottom = w.after[1];
    plane.pad_left = w.before[2];
    plane.pad_right = w.after[2];
    plane.groups = conv.groups;
    const int64_t size = static_cast<int64_t>(dtype_size(dtype));
    overflow = __builtin_mul_overflow(conv.in_c, w.k[0], &plane.in_c) ||
               __builtin_mul_overflow(plane.in_c, w.in[1] * w.in[2], &gathered) ||
               gathered > (int64_t{1} << 58);
    filter_size = w.size() * (conv.in_c / conv.groups) * conv.out_c;
    chunk = planes;
    if (!direct && !overflow)
      chunk = max_of<int64_t>(1, min_of(planes, kGatherBytes / max_of<int64_t>(1, gathered * size)));
    plane.batch = chunk;
  }
  Conv2D of(int64_t count) const {
    Conv2D some = plane;
    some.batch = count;
    return some;
  }
  int64_t last() const { return planes == 0 ? 0 : planes - (planes - 1) / chunk * chunk; }
};

// Parts of the workspace: the filter in the order of the gathered channels, gathered planes, a partial result,
// conv2d's own.
struct Parts {
  char *filter, *gathered, *partial, *inner;
  int64_t bytes;

  template <class Inner>
  Parts(DType dtype, const Plan& plan, bool with_partial, void* workspace, const Inner& inner_bytes) {
    const int64_t size = static_cast<int64_t>(dtype_size(dtype));
    const int64_t filters = plan.direct ? 0 : round_up(plan.filter_size * size, 64);
    const int64_t planes = plan.direct ? 0 : round_up(plan.chunk * plan.gathered * size, 64);
    const int64_t all = static_cast<int64_t>(inner_bytes(dtype, plan.plane));
    const int64_t rest = static_cast<int64_t>(inner_bytes(dtype, plan.of(plan.last())));
    filter = static_cast<char*>(workspace);
    gathered = filter + filters;
    partial = gathered + planes;
    inner = partial + (with_partial ? filters : 0);
    bytes = filters + planes + (with_partial ? filters : 0) + max_of(all, rest);
  }
};

// [depth, height * width, ...] to [height * width, depth, ...], or back.
Status turn_filter(DType dtype, const Conv3D& conv, bool back, const void* from, void* to,
                   const Parallel& parallel) {
  const Windows& w = conv.windows;
  const int64_t plane = w.k[1] * w.k[2];
  const int64_t dims[3] = {back ? plane : w.k[0], back ? w.k[0] : plane,
                           conv.in_c / conv.groups * conv.out_c};
  const int32_t perm[3] = {1, 0, 2};
  return transpose(dtype_size(dtype), from, dims, 3, perm, to, parallel);
}

// Moves one run of channels at each pixel; Add adds to what is there.
template <bool Add, class T>
void move_runs(const T* from, int64_t from_step, T* to, int64_t to_step, int64_t runs, int64_t run) {
  for (int64_t i = 0; i < runs; ++i, from += from_step, to += to_step) {
    if constexpr (Add) {
      for (int64_t c = 0; c < run; ++c) to[c] += from[c];
    } else {
      for (int64_t c = 0; c < run; ++c) to[c] = from[c];
    }
  }
}

// Gathers output planes [first, first + count): [count, height, width, group, depth of the filter, channels].
template <class T>
void gather(const Conv3D& conv, const Plan& plan, const T* x, int64_t first, int64_t count, T* to,
            const Parallel& parallel) {
  const Windows& w = conv.windows;
  const int64_t pixels = w.in[1] * w.in[2], run = conv.in_c / conv.groups, depth = w.k[0];
  const int64_t plane = pixels * conv.in_c;
  parallel_range(parallel, count * depth, max_of<int64_t>(1, kGrain / max_of<int64_t>(1, plane)),
                 [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t s = first + i / depth, k = i % depth;
      const int64_t d = s % w.out[0] * w.stride[0] + k * w.dilation[0] - w.before[0];
      const bool inside = d >= 0 && d < w.in[0];
      const T* source = inside ? x + (s / w.out[0] * w.in[0] + d) * plane : nullptr;
      for (int64_t g = 0; g < conv.groups; ++g) {
        T* place = to + i / depth * plan.gathered + (g * depth + k) * run;
        if (inside) {
          move_runs<false>(source + g * run, conv.in_c, place, conv.in_c * depth, pixels, run);
        } else {
          for (int64_t p = 0; p < pixels; ++p)
            for (int64_t c = 0; c < run; ++c) place[p * conv.in_c * depth + c] = 0;
        }
      }
    }
  });
}

// Adds the gathered planes back to where they came from.
template <class T>
void scatter(const Conv3D& conv, const Plan& plan, const T* from, int64_t first, int64_t count, T* dx,
             const Parallel& parallel) {
  const Windows& w = conv.windows;
  const int64_t pixels = w.in[1] * w.in[2], run = conv.in_c / conv.groups, depth = w.k[0];
  const int64_t plane = pixels * conv.in_c;
  const int64_t image0 = first / w.out[0], image1 = (first + count - 1) / w.out[0] + 1;
  parallel_range(parallel, (image1 - image0) * w.in[0],
                 max_of<int64_t>(1, kGrain / max_of<int64_t>(1, plane * depth)), [&](int64_t begin, int64_t end) {
    for (int64_t i = image0 * w.in[0] + begin; i < image0 * w.in[0] + end; ++i) {
      for (int64_t k = 0; k < depth; ++k) {
        const int64_t scaled = i % w.in[0] + w.before[0] - k * w.dilation[0];
        if (scaled < 0 || scaled % w.stride[0] != 0 || scaled / w.stride[0] >= w.out[0]) continue;
        const int64_t s = i / w.in[0] * w.out[0] + scaled / w.stride[0];
        if (s < first || s >= first + count) continue;
        for (int64_t g = 0; g < conv.groups; ++g) {
          move_runs<true>(from + (s - first) * plan.gathered + (g * depth + k) * run, conv.in_c * depth,
                          dx + i * plane + g * run, conv.in_c, pixels, run);
        }
      }
    }
  });
}

template <class Inner>
int64_t workspace_bytes(DType dtype, const Conv3D& conv, bool with_partial, const Inner& inner) {
  const Plan plan(dtype, conv);
  return plan.overflow ? -1 : Parts(dtype, plan, with_partial, nullptr, inner).bytes;
}

template <class T>
const T* at(const void* data, int64_t offset) {
  return static_cast<const T*>(data) + offset;
}
template <class T>
T* at(void* data, int64_t offset) {
  return static_cast<T*>(data) + offset;
}

}  // namespace

int64_t conv3d_workspace_bytes(DType dtype, const Conv3D& conv) {
  return workspace_bytes(dtype, conv, false, conv2d_workspace_bytes);
}

Status conv3d(DType dtype, const Conv3D& conv, const void* x, const void* filter, void* y,
              const Parallel& parallel, void* workspace) {
  return base::with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const Plan plan(dtype, conv);
    if (plan.planes == 0) return Status::kOk;
    const Parts parts(dtype, plan, false, workspace, conv2d_workspace_bytes);
    if (plan.direct) return conv2d(dtype, plan.plane, x, filter, y, parallel, parts.inner);
    turn_filter(dtype, conv, false, filter, parts.filter, parallel);
    const int64_t result = conv.windows.out[1] * conv.windows.out[2] * conv.out_c;
    for (int64_t first = 0; first < plan.planes; first += plan.chunk) {
      const int64_t count = min_of(plan.chunk, plan.planes - first);
      gather(conv, plan, at<T>(x, 0), first, count, at<T>(parts.gathered, 0), parallel);
      conv2d(dtype, plan.of(count), parts.gathered, parts.filter, at<T>(y, first * result), parallel,
             parts.inner);
    }
    return Status::kOk;
  });
}

int64_t conv3d_input_grad_workspace_bytes(DType dtype, const Conv3D& conv) {
  return workspace_bytes(dtype, conv, false, conv2d_input_grad_workspace_bytes);
}

Status conv3d_input_grad(DType dtype, const Conv3D& conv, const void* filter, const void* dy, void* dx,
                         const Parallel& parallel, void* workspace) {
  return base::with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const Plan plan(dtype, conv);
    const Parts parts(dtype, plan, false, workspace, conv2d_input_grad_workspace_bytes);
    if (plan.direct) return conv2d_input_grad(dtype, plan.plane, filter, dy, dx, parallel, parts.inner);
    const T zero = 0;
    fill(sizeof(T), &zero, dx, conv.batch * conv.windows.places_in() * conv.in_c, parallel);
    if (plan.planes == 0) return Status::kOk;
    turn_filter(dtype, conv, false, filter, parts.filter, parallel);
    const int64_t result = conv.windows.out[1] * conv.windows.out[2] * conv.out_c;
    for (int64_t first = 0; first < plan.planes; first += plan.chunk) {
      const int64_t count = min_of(plan.chunk, plan.planes - first);
      conv2d_input_grad(dtype, plan.of(count), parts.filter, at<T>(dy, first * result), parts.gathered,
                        parallel, parts.inner);
      scatter(conv, plan, at<T>(static_cast<const void*>(parts.gathered), 0), first, count, at<T>(dx, 0),
              parallel);
    }
    return Status::kOk;
  });
}

int64_t conv3d_filter_grad_workspace_bytes(DType dtype, const Conv3D& conv) {
  return workspace_bytes(dtype, conv, true, conv2d_filter_grad_workspace_bytes);
}

Status conv3d_filter_grad(DType dtype, const Conv3D& conv, const void* x, const void* dy, void* dfilter,
                          const Parallel& parallel, void* workspace) {
  return base::with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const Plan plan(dtype, conv);
    const Parts parts(dtype, plan, true, workspace, conv2d_filter_grad_workspace_bytes);
    if (plan.direct) return conv2d_filter_grad(dtype, plan.plane, x, dy, dfilter, parallel, parts.inner);
    T* sum = at<T>(static_cast<void*>(parts.filter), 0);
    T* partial = at<T>(static_cast<void*>(parts.partial), 0);
    for (int64_t i = 0; i < plan.filter_size; ++i) sum[i] = 0;
    const int64_t result = conv.windows.out[1] * conv.windows.out[2] * conv.out_c;
    for (int64_t first = 0; first < plan.planes; first += plan.chunk) {
      const int64_t count = min_of(plan.chunk, plan.planes - first);
      gather(conv, plan, at<T>(x, 0), first, count, at<T>(static_cast<void*>(parts.gathered), 0), parallel);
      conv2d_filter_grad(dtype, plan.of(count), parts.gathered, at<T>(dy, first * result), partial, parallel,
                         parts.inner);
      for (int64_t i = 0; i < plan.filter_size; ++i) sum[i] += partial[i];
    }
    return turn_filter(dtype, conv, true, sum, dfilter, parallel);
  });
}

}  // namespace tg::kernels
