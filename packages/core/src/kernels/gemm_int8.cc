// Exact products of int8 matrices, and int8 convolution. Two neighbours along k are widened to 16 bits and
// share one element of 32 bits, whose two products the processor adds up at once.
#include "kernels/conv_impl.h"
#include "kernels/gemm.h"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace tg::kernels::TG_ISA {
namespace {

struct Int8Pairs {
  using Src = int8_t;
  using Elem = int32_t;  // the low half comes first along k
  using Out = int32_t;
  static constexpr int64_t kGroup = 2;
  static constexpr bool kDirect = false;
  using V = Vec<int32_t>;

  static V multiply_add(V acc, int32_t a, V b) {
#if defined(__AVX512BW__)
    return acc + reinterpret_cast<V>(_mm512_madd_epi16(_mm512_set1_epi32(a), reinterpret_cast<__m512i>(b)));
#elif defined(__AVX2__)
    return acc + reinterpret_cast<V>(_mm256_madd_epi16(_mm256_set1_epi32(a), reinterpret_cast<__m256i>(b)));
#elif defined(__SSE2__)
    return acc + reinterpret_cast<V>(_mm_madd_epi16(_mm_set1_epi32(a), reinterpret_cast<__m128i>(b)));
#else
    return acc + (b << 16 >> 16) * static_cast<int32_t>(static_cast<int16_t>(a)) + (b >> 16) * (a >> 16);
#endif
  }
};

inline int32_t pair(int32_t low, int32_t high) {
  return static_cast<int32_t>((static_cast<uint32_t>(low) & 0xffff) | (static_cast<uint32_t>(high) << 16));
}

// Found by pack_rows and pack_columns through its first argument.
void pack_panel(const Int8Pairs*, const int8_t* src, int64_t across, int64_t along, int64_t kc, int64_t left,
                int64_t count, int64_t width, int32_t* dst) {
  for (int64_t p = 0; p < kc; ++p) {
    int32_t* to = dst + p * width;
    const int8_t* low = src + 2 * p * along;
    if (2 * p + 1 < left) {
      for (int64_t i = 0; i < count; ++i) to[i] = pair(low[i * across], low[i * across + along]);
    } else {
      for (int64_t i = 0; i < count; ++i) to[i] = pair(low[i * across], 0);
    }
    for (int64_t i = count; i < width; ++i) to[i] = 0;
  }
}

}  // namespace

size_t gemm_s8s8s32_workspace_bytes(bool, int64_t m, int64_t n, int64_t k) {
  return multiply_workspace<Int8Pairs>(false, m, n, k, false);
}

Status gemm_s8s8s32(bool trans_b, int64_t m, int64_t n, int64_t k, const int8_t* a, int64_t lda,
                    const int8_t* b, int64_t ldb, int32_t* c, int64_t ldc, const Parallel& parallel,
                    void* workspace) {
  Job<Int8Pairs> job{};
  job.m = m;
  job.n = n;
  job.k = k;
  job.a = {a, lda, 1};
  job.b = trans_b ? View<int8_t>{b, 1, ldb} : View<int8_t>{b, ldb, 1};
  job.c = c;
  job.ldc = ldc;
  multiply(job, parallel, workspace);
  return Status::kOk;
}

void quantize_rows_s8(const float* x, int64_t rows, int64_t n, int8_t* q, float* scales,
                      const Parallel& parallel) {
  parallel_range(parallel, rows, max_of<int64_t>(1, 16384 / max_of<int64_t>(1, n)),
                 [=](int64_t begin, int64_t end) {
                   for (int64_t r = begin; r < end; ++r) {
                     const float* row = x + r * n;
                     float greatest = 0;
                     for (int64_t i = 0; i < n; ++i) {
                       const float a = __builtin_fabsf(row[i]);
                       greatest = a > greatest ? a : greatest;
                     }
                     const float scale = greatest > 0 ? greatest / 127.0f : 1.0f;
                     scales[r] = scale;
                     for (int64_t i = 0; i < n; ++i) {
                       float v = __builtin_rintf(row[i] / scale);
                       v = v > 127.0f ? 127.0f : v;
                       v = v < -127.0f ? -127.0f : v;
                       q[r * n + i] = static_cast<int8_t>(v == v ? v : 0.0f);
                     }
                   }
                 });
}

void dequantize_s32(const int32_t* acc, int64_t rows, int64_t n, const float* row_scales,
                    const float* column_scales, const float* bias, float* y, const Parallel& parallel) {
  parallel_range(parallel, rows, max_of<int64_t>(1, 16384 / max_of<int64_t>(1, n)),
                 [=](int64_t begin, int64_t end) {
                   for (int64_t r = begin; r < end; ++r) {
                     const float scale = row_scales == nullptr ? 1.0f : row_scales[r];
                     for (int64_t j = 0; j < n; ++j) {
                       const float value = static_cast<float>(acc[r * n + j]) * (scale * column_scales[j]);
                       y[r * n + j] = bias == nullptr ? value : value + bias[j];
                     }
                   }
                 });
}

namespace {

struct Int8Parts {
  Tap* taps;
  int32_t* packed;
  int64_t packed_size;
  size_t bytes;

  Int8Parts(const Conv2D& conv, void* workspace) {
    Carver carver(workspace);
    const int64_t depth = ceil_div(conv.k_h * conv.k_w * (conv.in_c / conv.groups), Int8Pairs::kGroup);
    taps = carver.take<Tap>(forward_tap_count(conv));
    packed_size = depth * round_up(conv.out_c / conv.groups, Sizes<Int8Pairs>::kNr);
    packed = carver.take<int32_t>(packed_size * conv.groups);
    bytes = carver.used();
  }
};

// Gathers int8 rows and widens them, less the zero point. Pairs are stored low half first, as a little-endian
// processor reads two neighbours.
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "pairs of int16 are read as one int32");

struct GatherInt8 {
  int32_t zero_point;

  void operator()(const Patches<int8_t>& patches, int64_t i0, int64_t i1, int64_t k0, int64_t k1,
                  int32_t* rows, int64_t ld) const {
    constexpr int64_t width = Sizes<Int8Pairs>::kKc * Int8Pairs::kGroup;
    int8_t narrow[width];
    int16_t wide[width];
    const int64_t n = k1 - k0;
    for (int64_t i = i0; i < i1; ++i) {
      patches.gather(i, i + 1, k0, k1, narrow, 0);
      for (int64_t j = 0; j < n; ++j) wide[j] = static_cast<int16_t>(narrow[j] - zero_point);
      if (n % 2 != 0) wide[n] = 0;
      memcpy(rows + (i - i0) * ld, wide, static_cast<size_t>(round_up(n, 2)) * sizeof(int16_t));
    }
  }
};

void depthwise_s8(const Conv2D& conv, const int8_t* x, int32_t zero_point, const int8_t* filter, int32_t* y,
                  const Parallel& parallel) {
  const int64_t multiplier = conv.out_c / conv.in_c;
  const int64_t work = max_of<int64_t>(1, conv.out_w * conv.out_c * conv.k_h * conv.k_w);
  parallel_range(
      parallel, conv.batch * conv.out_h, max_of<int64_t>(1, 65536 / work), [&](int64_t begin, int64_t end) {
        for (int64_t o = begin * conv.out_w; o < end * conv.out_w; ++o) {
          const int64_t row = o / conv.out_w;
          const int64_t h0 = row % conv.out_h * conv.stride_h - conv.pad_top;
          const int64_t w0 = o % conv.out_w * conv.stride_w - conv.pad_left;
          int32_t* to = y + o * conv.out_c;
          memset(to, 0, static_cast<size_t>(conv.out_c) * sizeof(int32_t));
          for (int64_t kh = 0; kh < conv.k_h; ++kh) {
            const int64_t h = h0 + kh * conv.dilation_h;
            if (h < 0 || h >= conv.in_h) continue;
            for (int64_t kw = 0; kw < conv.k_w; ++kw) {
              const int64_t w = w0 + kw * conv.dilation_w;
              if (w < 0 || w >= conv.in_w) continue;
              const int8_t* from = x + ((row / conv.out_h * conv.in_h + h) * conv.in_w + w) * conv.in_c;
              const int8_t* f = filter + (kh * conv.k_w + kw) * conv.out_c;
              if (multiplier == 1) {
                for (int64_t c = 0; c < conv.out_c; ++c) to[c] += (from[c] - zero_point) * f[c];
              } else {
                for (int64_t c = 0; c < conv.out_c; ++c) to[c] += (from[c / multiplier] - zero_point) * f[c];
              }
            }
          }
        }
      });
}

}  // namespace

size_t conv2d_s8_workspace_bytes(const Conv2D& conv) {
  return is_depthwise(conv) ? 0 : Int8Parts(conv, nullptr).bytes;
}

Status conv2d_s8(const Conv2D& conv, const int8_t* x, int32_t x_zero_point, const int8_t* filter, int32_t* y,
                 const Parallel& parallel, void* workspace) {
  const int64_t pixels = pixels_out(conv);
  if (pixels == 0 || conv.out_c == 0) return Status::kOk;
  if (conv.in_c == 0) {
    memset(y, 0, static_cast<size_t>(pixels * conv.out_c) * sizeof(int32_t));
    return Status::kOk;
  }
  if (is_depthwise(conv)) {
    depthwise_s8(conv, x, x_zero_point, filter, y, parallel);
    return Status::kOk;
  }
  const Int8Parts parts(conv, workspace);
  const int64_t n = conv.out_c / conv.groups;
  const int64_t k = conv.k_h * conv.k_w * (conv.in_c / conv.groups);
  for (int64_t g = 0; g < conv.groups; ++g) {
    pack_all_columns<Int8Pairs>(View<int8_t>{filter + g * n, conv.out_c, 1}, k, n,
                                parts.packed + g * parts.packed_size, parallel);
  }
  Patches<int8_t> patches = forward_patches(conv, 0, x, parts.taps);
  patches.outside = static_cast<int8_t>(x_zero_point);
  const int64_t blocks = ceil_div(pixels, kConvRows);
  const int64_t grain = max_of<int64_t>(1, kSerialWork / (kConvRows * k * n));
  parallel_range(parallel, blocks * conv.groups, grain, [&](int64_t begin, int64_t end) {
    for (int64_t t = begin; t < end; ++t) {
      const int64_t g = t / blocks;
      Patches<int8_t> own = patches;
      own.first_channel = g * own.used_channels;
      const Target<int32_t> target{y + g * n, conv.out_h * conv.out_w * conv.out_c, conv.out_w * conv.out_c,
                                   conv.out_c};
      const int64_t i0 = t % blocks * kConvRows;
      multiply_patches<Int8Pairs>(own, parts.packed + g * parts.packed_size, n, i0,
                                  min_of(pixels, i0 + kConvRows), target, GatherInt8{x_zero_point});
    }
  });
  return Status::kOk;
}

}  // namespace tg::kernels::TG_ISA
