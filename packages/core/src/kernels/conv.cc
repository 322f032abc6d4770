// Convolution and its gradient with respect to the input.
#include "kernels/conv_sweep.h"

namespace tg::kernels::TG_ISA {
namespace {

// ---- forward

template <class T>
struct ForwardParts {
  Tap* taps;
  T* packed;            // per group, the filter as gemm's right operand
  int64_t packed_size;  // of one group
  size_t bytes;

  ForwardParts(const Conv2D& conv, bool is_packed, void* workspace) {
    Carver carver(workspace);
    const int64_t k = conv.k_h * conv.k_w * (conv.in_c / conv.groups);
    taps = carver.take<Tap>(forward_tap_count(conv));
    packed_size = k * round_up(conv.out_c / conv.groups, Sizes<Plain<T>>::kNr);
    packed = is_packed ? nullptr : carver.take<T>(packed_size * conv.groups);
    bytes = carver.used();
  }
};

RunBlocks forward_blocks(const Conv2D& conv) {
  const int64_t taps = forward_tap_count(conv);
  return RunBlocks(taps, conv.k_h * conv.k_w * conv.in_c / taps);
}

// A convolution of one group is swept, one of several gathers.
template <class T>
void pack_filter(const Conv2D& conv, const T* filter, T* packed, const Parallel& parallel) {
  const int64_t n = conv.out_c / conv.groups;
  const int64_t k = conv.k_h * conv.k_w * (conv.in_c / conv.groups);
  if (conv.groups == 1) return pack_run_blocks(forward_blocks(conv), View<T>{filter, n, 1}, n, packed, parallel);
  const int64_t size = k * round_up(n, Sizes<Plain<T>>::kNr);
  for (int64_t g = 0; g < conv.groups; ++g)
    pack_all_columns<Plain<T>>(View<T>{filter + g * n, conv.out_c, 1}, k, n, packed + g * size, parallel);
}

template <class T>
void forward_as(const Conv2D& conv, const T* x, const T* filter, const T* packed, T* y, const Epilogue* epilogue,
                const Parallel& parallel, void* workspace) {
  const ForwardParts<T> parts(conv, packed != nullptr, workspace);
  const int64_t n = conv.out_c / conv.groups;
  const int64_t k = conv.k_h * conv.k_w * (conv.in_c / conv.groups);
  if (packed == nullptr) {
    pack_filter(conv, filter, parts.packed, parallel);
    packed = parts.packed;
  }
  const Patches<T> patches = forward_patches(conv, 0, x, parts.taps);
  const Finish<T> finish{epilogue, y, conv.out_c};
  const auto target = [&](int64_t g) {
    return Target<T>{y + g * n, conv.out_h * conv.out_w * conv.out_c, conv.out_w * conv.out_c, conv.out_c};
  };
  if (conv.groups == 1)
    return sweep_any(patches, forward_blocks(conv), conv.batch, packed, n, target(0), finish, parallel);
  const int64_t pixels = pixels_out(conv);
  const int64_t blocks = ceil_div(pixels, kConvRows);
  const int64_t grain = max_of<int64_t>(1, kSerialWork / (kConvRows * k * n));
  parallel_range(parallel, blocks * conv.groups, grain, [&](int64_t begin, int64_t end) {
    for (int64_t t = begin; t < end; ++t) {
      const int64_t g = t / blocks;
      Patches<T> own = patches;
      own.first_channel = g * own.used_channels;
      const int64_t i0 = t % blocks * kConvRows, i1 = min_of(pixels, i0 + kConvRows);
      multiply_patches<Plain<T>>(own, packed + g * parts.packed_size, n, i0, i1, target(g), GatherPlain{});
      finish(i0, i1, g * n, (g + 1) * n);
    }
  });
}

// ---- input gradient

// Input pixels of one residue modulo the strides see the same taps: those (kh, kw) whose output pixel is a
// whole number of strides away. A phase is the pixels of one residue in each direction.
struct Axis {
  int64_t size, kernel, stride, dilation, pad, residue;

  bool uses(int64_t tap) const { return (residue + pad - tap * dilation) % stride == 0; }
  int64_t shift(int64_t tap) const { return (residue + pad - tap * dilation) / stride; }
  int64_t count() const {
    int64_t n = 0;
    for (int64_t tap = 0; tap < kernel; ++tap) n += uses(tap);
    return n;
  }
  int64_t grid() const { return residue < size ? ceil_div(size - residue, stride) : 0; }
};

Axis axis_h(const Conv2D& conv, int64_t residue) {
  return {conv.in_h, conv.k_h, conv.stride_h, conv.dilation_h, conv.pad_top, residue};
}
Axis axis_w(const Conv2D& conv, int64_t residue) {
  return {conv.in_w, conv.k_w, conv.stride_w, conv.dilation_w, conv.pad_left, residue};
}

template <class T>
struct BackwardParts {
  Tap* taps;
  T* turned;  // one phase's filter of one group as [tap, output channel, input channel]
  T* packed;
  size_t bytes;

  BackwardParts(const Conv2D& conv, void* workspace) {
    Carver carver(workspace);
    const int64_t k = conv.k_h * conv.k_w * (conv.out_c / conv.groups);
    taps = carver.take<Tap>(conv.k_h * conv.k_w);
    turned = carver.take<T>(k * (conv.in_c / conv.groups));
    packed = carver.take<T>(k * round_up(conv.in_c / conv.groups, Sizes<Plain<T>>::kNr));
    bytes = carver.used();
  }
};

template <class T>
void fill_phase_with_zeros(const Conv2D& conv, const Axis& h, const Axis& w, int64_t first, int64_t channels,
                           T* dx) {
  for (int64_t r = 0; r < conv.batch * h.grid(); ++r) {
    const int64_t row = r / h.grid() * conv.in_h + r % h.grid() * conv.stride_h + h.residue;
    for (int64_t b = 0; b < w.grid(); ++b) {
      T* pixel = dx + (row * conv.in_w + b * conv.stride_w + w.residue) * conv.in_c + first;
      memset(pixel, 0, static_cast<size_t>(channels) * sizeof(T));
    }
  }
}

template <class T>
void input_grad_of_phase(const Conv2D& conv, int64_t g, const Axis& h, const Axis& w, const T* filter,
                         const T* dy, T* dx, const BackwardParts<T>& parts, const Parallel& parallel) {
  using K = Plain<T>;
  const int64_t in_c = conv.in_c / conv.groups;
  const int64_t out_c = conv.out_c / conv.groups;
  if (h.grid() == 0 || w.grid() == 0) return;
  const int64_t columns_w = w.count();
  if (h.count() == 0 || columns_w == 0) return fill_phase_with_zeros(conv, h, w, g * in_c, in_c, dx);
  // Taps run from the right, so that their source pixels run from the left.
  const bool merged = conv.groups == 1 && conv.dilation_w == 1;
  const int64_t tap_count = h.count() * (merged ? 1 : columns_w);
  int64_t taps = 0;
  int64_t row = 0;
  for (int64_t kh = conv.k_h - 1; kh >= 0; --kh) {
    if (!h.uses(kh)) continue;
    bool first = true;
    for (int64_t kw = conv.k_w - 1; kw >= 0; --kw) {
      if (!w.uses(kw)) continue;
      if (first || !merged)
        parts.taps[taps++] = {static_cast<int32_t>(h.shift(kh)), static_cast<int32_t>(w.shift(kw))};
      first = false;
      transpose_into(filter + (kh * conv.k_w + kw) * in_c * conv.out_c + g * out_c, conv.out_c,
                     parts.turned + row * in_c, in_c, in_c, out_c);
      row += out_c;
    }
  }
  const RunBlocks blocks(tap_count, row / tap_count);
  if (conv.groups == 1) pack_run_blocks(blocks, View<T>{parts.turned, in_c, 1}, in_c, parts.packed, parallel);
  else pack_all_columns<K>(View<T>{parts.turned, in_c, 1}, row, in_c, parts.packed, parallel);
  Patches<T> patches;
  patches.source = dy;
  patches.height = conv.out_h;
  patches.width = conv.out_w;
  patches.channels = conv.out_c;
  patches.first_channel = g * out_c;
  patches.used_channels = out_c;
  patches.grid_h = h.grid();
  patches.grid_w = w.grid();
  patches.step_h = 1;
  patches.step_w = 1;
  patches.taps = parts.taps;
  patches.tap_count = taps;
  patches.tap_width = merged ? columns_w : 1;
  const Target<T> target{dx + (h.residue * conv.in_w + w.residue) * conv.in_c + g * in_c,
                         conv.in_h * conv.in_w * conv.in_c, conv.stride_h * conv.in_w * conv.in_c,
                         conv.stride_w * conv.in_c};
  if (conv.groups == 1)
    return sweep_any(patches, blocks, conv.batch, parts.packed, in_c, target, Finish<T>{}, parallel);
  const int64_t pixels = conv.batch * h.grid() * w.grid();
  const int64_t grain = max_of<int64_t>(1, kSerialWork / (kConvRows * row * in_c));
  parallel_range(parallel, ceil_div(pixels, kConvRows), grain, [&](int64_t begin, int64_t end) {
    for (int64_t t = begin; t < end; ++t) {
      multiply_patches<K>(patches, parts.packed, in_c, t * kConvRows, min_of(pixels, (t + 1) * kConvRows),
                          target, GatherPlain{});
    }
  });
}

template <class T>
Status input_grad_as(const Conv2D& conv, const T* filter, const T* dy, T* dx, const Parallel& parallel,
                     void* workspace) {
  const BackwardParts<T> parts(conv, workspace);
  for (int64_t g = 0; g < conv.groups; ++g) {
    for (int64_t h = 0; h < conv.stride_h; ++h) {
      for (int64_t w = 0; w < conv.stride_w; ++w) {
        input_grad_of_phase(conv, g, axis_h(conv, h), axis_w(conv, w), filter, dy, dx, parts, parallel);
      }
    }
  }
  return Status::kOk;
}

}  // namespace

size_t conv2d_packed_filter_bytes(DType dtype, const Conv2D& conv) {
  if (is_depthwise(conv) || filter_size(conv) == 0) return 0;
  if (is_pointwise(conv)) return TG_ISA::gemm_packed_b_bytes(dtype, conv.in_c, conv.out_c);
  size_t bytes = 0;
  with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    bytes = static_cast<size_t>(ForwardParts<T>(conv, true, nullptr).packed_size * conv.groups) * sizeof(T);
    return Status::kOk;
  });
  return bytes;
}

Status conv2d_pack_filter(DType dtype, const Conv2D& conv, const void* filter, void* packed,
                          const Parallel& parallel) {
  if (is_depthwise(conv) || filter_size(conv) == 0) return Status::kOk;
  if (is_pointwise(conv))
    return TG_ISA::gemm_pack_b(dtype, false, conv.in_c, conv.out_c, filter, conv.out_c, packed, parallel);
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    pack_filter(conv, static_cast<const T*>(filter), static_cast<T*>(packed), parallel);
    return Status::kOk;
  });
}

size_t conv2d_fused_workspace_bytes(DType dtype, const Conv2D& conv, bool packed) {
  if (is_depthwise(conv)) return 0;
  if (is_pointwise(conv)) {
    return TG_ISA::gemm_fused_workspace_bytes(dtype, false, false, pixels_out(conv), conv.out_c, conv.in_c, packed);
  }
  size_t bytes = 0;
  with_float(dtype, [&](auto tag) {
    bytes = ForwardParts<typename decltype(tag)::type>(conv, packed, nullptr).bytes;
    return Status::kOk;
  });
  return bytes;
}

Status conv2d_fused(DType dtype, const Conv2D& conv, const void* x, const void* filter, const void* packed, void* y,
                    const Epilogue& epilogue, const Parallel& parallel, void* workspace) {
  Epilogue dense = epilogue;
  dense.ld_residual = conv.out_c;
  const Epilogue* steps = epilogue.empty() ? nullptr : &dense;
  if (steps != nullptr && dtype != DType::kFloat32) return Status::kUnsupported;
  if (is_depthwise(conv)) return depthwise(dtype, conv, x, filter, y, steps, parallel);
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (pixels_out(conv) == 0 || conv.out_c == 0) return Status::kOk;
    if (conv.in_c == 0 || conv.k_h == 0 || conv.k_w == 0) {
      memset(y, 0, static_cast<size_t>(pixels_out(conv) * conv.out_c) * sizeof(T));
      Finish<T>{steps, static_cast<T*>(y), conv.out_c}(0, pixels_out(conv), 0, conv.out_c);
      return Status::kOk;
    }
    if (is_pointwise(conv)) {
      return TG_ISA::gemm_fused(dtype, false, false, pixels_out(conv), conv.out_c, conv.in_c, x, conv.in_c, filter,
                                conv.out_c, packed, y, conv.out_c, dense, parallel, workspace);
    }
    forward_as(conv, static_cast<const T*>(x), static_cast<const T*>(filter), static_cast<const T*>(packed),
               static_cast<T*>(y), steps, parallel, workspace);
    return Status::kOk;
  });
}

size_t conv2d_workspace_bytes(DType dtype, const Conv2D& conv) {
  return TG_ISA::conv2d_fused_workspace_bytes(dtype, conv, false);
}

Status conv2d(DType dtype, const Conv2D& conv, const void* x, const void* filter, void* y, const Parallel& parallel,
              void* workspace) {
  return TG_ISA::conv2d_fused(dtype, conv, x, filter, nullptr, y, Epilogue{}, parallel, workspace);
}

size_t conv2d_input_grad_workspace_bytes(DType dtype, const Conv2D& conv) {
  if (is_depthwise(conv)) return 0;
  if (is_pointwise(conv))
    return TG_ISA::gemm_workspace_bytes(dtype, false, true, pixels_in(conv), conv.in_c, conv.out_c);
  size_t bytes = 0;
  with_float(dtype, [&](auto tag) {
    bytes = BackwardParts<typename decltype(tag)::type>(conv, nullptr).bytes;
    return Status::kOk;
  });
  return bytes;
}

Status conv2d_input_grad(DType dtype, const Conv2D& conv, const void* filter, const void* dy, void* dx,
                         const Parallel& parallel, void* workspace) {
  if (is_depthwise(conv)) return depthwise_input_grad(dtype, conv, filter, dy, dx, parallel);
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    if (pixels_in(conv) == 0 || conv.in_c == 0) return Status::kOk;
    if (pixels_out(conv) == 0 || conv.out_c == 0 || conv.k_h == 0 || conv.k_w == 0) {
      memset(dx, 0, static_cast<size_t>(pixels_in(conv) * conv.in_c) * sizeof(T));
      return Status::kOk;
    }
    if (is_pointwise(conv)) {
      return TG_ISA::gemm(dtype, false, true, pixels_in(conv), conv.in_c, conv.out_c, dy, conv.out_c, filter,
                          conv.out_c, dx, conv.in_c, false, parallel, workspace);
    }
    return input_grad_as(conv, static_cast<const T*>(filter), static_cast<const T*>(dy), static_cast<T*>(dx),
                         parallel, workspace);
  });
}

}  // namespace tg::kernels::TG_ISA
