// Every kernel against a loop written for clarity, at every ISA level of this processor, with chunks run
// serially and by two threads: the two must agree to the last bit.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <thread>
#include <vector>

#include "kernels/conv.h"
#include "kernels/copy.h"
#include "kernels/cpu.h"
#include "kernels/elementwise.h"
#include "kernels/gemm.h"
#include "kernels/index.h"
#include "kernels/pool.h"
#include "kernels/random.h"
#include "kernels/reduce.h"
#include "kernels/softmax.h"

namespace tg::kernels {
namespace {

int failures = 0;

#define CHECK(condition)                                                                  \
  do {                                                                                    \
    if (!(condition)) {                                                                   \
      std::printf("%s:%d [%s] failed: %s\n", __FILE__, __LINE__, isa_name(), #condition); \
      ++failures;                                                                         \
    }                                                                                     \
  } while (false)

using Floats = std::vector<float>;
using Dims = std::vector<int64_t>;

std::mt19937 generator(7);

Floats random_floats(int64_t n, float low = -1, float high = 1) {
  std::uniform_real_distribution<float> draw(low, high);
  Floats x(n);
  for (float& v : x) v = draw(generator);
  return x;
}

std::vector<int8_t> random_bytes(int64_t n) {
  std::uniform_int_distribution<int> draw(-128, 127);
  std::vector<int8_t> x(n);
  for (int8_t& v : x) v = static_cast<int8_t>(draw(generator));
  return x;
}

// Even chunks on one thread, odd ones, in reverse, on another.
const Parallel kThreads{nullptr, [](void*, int64_t chunks, void (*fn)(void*, int64_t), void* arg) {
                          std::thread other([=] {
                            for (int64_t i = chunks - 1; i >= 0; --i) {
                              if (i % 2 == 1) fn(arg, i);
                            }
                          });
                          for (int64_t i = 0; i < chunks; i += 2) fn(arg, i);
                          other.join();
                        }};
const Parallel kSerial{};

struct Workspace {
  explicit Workspace(size_t bytes)
      : size(bytes), data(static_cast<char*>(std::aligned_alloc(64, (bytes + 191) / 64 * 64))) {
    std::memset(data, 0x5a, (bytes + 191) / 64 * 64);
  }
  ~Workspace() { std::free(data); }
  Workspace(const Workspace&) = delete;
  bool intact() const {
    return std::all_of(data + size, data + (size + 191) / 64 * 64, [](char c) { return c == 0x5a; });
  }
  size_t size;
  char* data;
};

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

bool close(const Floats& got, const std::vector<double>& want, double tolerance) {
  for (size_t i = 0; i < want.size(); ++i) {
    if (!(std::abs(got[i] - want[i]) <= tolerance * std::max(1.0, std::abs(want[i])))) return false;
  }
  return got.size() == want.size();
}

// Distance in units of the last place of the float32 nearest to `want`.
double ulps(float got, double want) {
  if (std::isnan(want)) return std::isnan(got) ? 0 : 1e9;
  const float nearest = static_cast<float>(want);
  if (got == nearest) return 0;
  if (std::isinf(got) || std::isinf(nearest)) return 1e9;
  const float magnitude = std::max(std::abs(nearest), std::numeric_limits<float>::min());
  return std::abs(got - want) /
         (std::nextafter(magnitude, std::numeric_limits<float>::infinity()) - magnitude);
}

void test_unary() {
  struct Case {
    UnaryOp op;
    double (*want)(double);
    float low, high;
  };
  const Case cases[] = {
      {UnaryOp::kExp, [](double x) { return std::exp(x); }, -104, 89},
      {UnaryOp::kExpm1, [](double x) { return std::expm1(x); }, -20, 89},
      {UnaryOp::kLog, [](double x) { return std::log(x); }, 0, 50},
      {UnaryOp::kLog1p, [](double x) { return std::log1p(x); }, -1, 3},
      {UnaryOp::kSin, [](double x) { return std::sin(x); }, -5000, 5000},
      {UnaryOp::kCos, [](double x) { return std::cos(x); }, -5000, 5000},
      {UnaryOp::kTan, [](double x) { return std::tan(x); }, -2, 2},
      {UnaryOp::kTanh, [](double x) { return std::tanh(x); }, -10, 10},
      {UnaryOp::kSigmoid, [](double x) { return 1 / (1 + std::exp(-x)); }, -100, 100},
      {UnaryOp::kSoftplus, [](double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); },
       -80, 80},
      {UnaryOp::kErf, [](double x) { return std::erf(x); }, -4, 4},
      {UnaryOp::kSqrt, [](double x) { return std::sqrt(x); }, 0, 50},
      {UnaryOp::kRsqrt, [](double x) { return 1 / std::sqrt(x); }, 0, 50},
      {UnaryOp::kReciprocal, [](double x) { return 1 / x; }, -50, 50},
      {UnaryOp::kFloor, [](double x) { return std::floor(x); }, -50, 50},
      {UnaryOp::kCeil, [](double x) { return std::ceil(x); }, -50, 50},
      {UnaryOp::kRound, [](double x) { return std::nearbyint(x); }, -50, 50},
      {UnaryOp::kSquare, [](double x) { return x * x; }, -50, 50},
      {UnaryOp::kSign, [](double x) { return std::isnan(x) ? x : double(x > 0) - double(x < 0); }, -1, 1},
  };
  const float inf = std::numeric_limits<float>::infinity();
  for (const Case& c : cases) {
    Floats x = random_floats(20003, c.low, c.high);
    for (float v :
         {0.0f, -0.0f, 1.0f, -1.0f, inf, -inf, std::nanf(""), 1e-45f, -1e-40f, 3e38f, 0.5f, 2.5f, 1e-20f})
      x.push_back(v);
    Floats y(x.size()), z(x.size());
    CHECK(unary(c.op, DType::kFloat32, x.data(), y.data(), x.size(), kThreads) == Status::kOk);
    double worst = 0;
    for (size_t i = 0; i < x.size(); ++i) worst = std::max(worst, ulps(y[i], c.want(x[i])));
    CHECK(worst <= 3);
    z = x;
    unary(c.op, DType::kFloat32, z.data(), z.data(), z.size(), kSerial);
    CHECK(same_bits(y, z));
  }
  CHECK(unary(UnaryOp::kExp, DType::kInt32, nullptr, nullptr, 0, kSerial) == Status::kUnsupported);
}

void test_binary() {
  const std::vector<std::pair<Dims, Dims>> shapes = {
      {{40000}, {40000}}, {{100, 300}, {300}},       {{100, 1}, {100, 300}}, {{500, 10}, {10}},
      {{}, {5, 6}},       {{2, 3, 4, 5}, {3, 1, 5}}, {{0, 3}, {3}}};
  for (const auto& [da, db] : shapes) {
    BroadcastPlan plan;
    CHECK(make_broadcast_plan(da.data(), da.size(), db.data(), db.size(), &plan) == Status::kOk);
    int64_t na = 1, nb = 1;
    for (int64_t d : da) na *= d;
    for (int64_t d : db) nb *= d;
    const Floats a = random_floats(na), b = random_floats(nb, 0.5, 2);
    Floats got(plan.size), serial(plan.size);
    std::vector<uint8_t> less(plan.size);
    CHECK(binary(BinaryOp::kDiv, DType::kFloat32, a.data(), b.data(), got.data(), plan, kThreads) ==
          Status::kOk);
    CHECK(binary(BinaryOp::kLess, DType::kFloat32, a.data(), b.data(), less.data(), plan, kThreads) ==
          Status::kOk);
    binary(BinaryOp::kDiv, DType::kFloat32, a.data(), b.data(), serial.data(), plan, kSerial);
    CHECK(same_bits(got, serial));
    bool right = true;
    for (int64_t i = 0; i < plan.size; ++i) {
      int64_t rest = i, ia = 0, ib = 0, sa = 1, sb = 1;
      for (int axis = plan.out_rank - 1; axis >= 0; --axis) {
        const int64_t at = rest % plan.out_dims[axis];
        rest /= plan.out_dims[axis];
        const int64_t oa = axis - (plan.out_rank - int(da.size())),
                      ob = axis - (plan.out_rank - int(db.size()));
        if (oa >= 0) {
          ia += da[oa] == 1 ? 0 : at * sa;
          sa *= da[oa];
        }
        if (ob >= 0) {
          ib += db[ob] == 1 ? 0 : at * sb;
          sb *= db[ob];
        }
      }
      right = right && got[i] == a[ia] / b[ib] && less[i] == (a[ia] < b[ib]);
    }
    CHECK(right);
  }
  BroadcastPlan plan;
  const int64_t two[] = {2}, three[] = {3};
  CHECK(make_broadcast_plan(two, 1, three, 1, &plan) == Status::kBadShape);
  const BroadcastPlan four = make_same_shape_plan(4);
  const int8_t a[] = {5, -7, -128, 3}, b[] = {0, 2, -1, -2};
  int8_t out[4];
  CHECK(binary(BinaryOp::kFloorDiv, DType::kInt8, a, b, out, four, kSerial) == Status::kDivisionByZero);
  CHECK(out[0] == 0 && out[1] == -4 && out[2] == -128 && out[3] == -2);
  CHECK(binary(BinaryOp::kFloorMod, DType::kInt8, a, b, out, four, kSerial) == Status::kDivisionByZero);
  CHECK(out[1] == 1 && out[2] == 0 && out[3] == -1);
  CHECK(binary(BinaryOp::kPow, DType::kInt8, a, b, out, four, kSerial) == Status::kNegativeExponent);
  const float nan = std::nanf("");
  const float p[] = {nan, 1, 2, -1}, q[] = {1, nan, 1, 3};
  float r[4];
  binary(BinaryOp::kMaximum, DType::kFloat32, p, q, r, four, kSerial);
  CHECK(std::isnan(r[0]) && std::isnan(r[1]) && r[2] == 2 && r[3] == 3);
  const uint8_t cond[] = {1, 0, 0, 1};
  BroadcastPlan plan3;
  const int64_t n4[] = {4};
  make_broadcast_plan3(n4, 1, n4, 1, nullptr, 0, &plan3);
  CHECK(select(4, cond, q, p + 3, r, plan3, kSerial) == Status::kOk && r[0] == 1 && r[1] == -1 &&
        r[2] == -1 && r[3] == 3);
}

void test_cast() {
  // Every float16 survives the way through float32; halfway cases go to the even neighbour.
  std::vector<uint16_t> half(65536), back(65536);
  for (int i = 0; i < 65536; ++i) half[i] = static_cast<uint16_t>(i);
  Floats wide(65536);
  cast(DType::kFloat16, DType::kFloat32, half.data(), wide.data(), 65536, kThreads);
  cast(DType::kFloat32, DType::kFloat16, wide.data(), back.data(), 65536, kThreads);
  int wrong = 0;
  for (int i = 0; i < 65536; ++i) wrong += half[i] != back[i] && !std::isnan(wide[i]);
  CHECK(wrong == 0);
  CHECK(wide[0x3c00] == 1 && wide[1] == 0x1p-24f && wide[0x7bff] == 65504 && std::isinf(wide[0x7c00]));
  const double middle[] = {1 + 0x1p-11, 1 + 0x3p-11, 65520, 65519.9, 0x1p-25, 1 + 0x1p-11 + 0x1p-40};
  uint16_t narrow[6];
  cast(DType::kFloat64, DType::kFloat16, middle, narrow, 6, kSerial);
  CHECK(narrow[0] == 0x3c00 && narrow[1] == 0x3c02 && narrow[2] == 0x7c00 && narrow[3] == 0x7bff &&
        narrow[4] == 0 && narrow[5] == 0x3c01);
  const float odd[] = {300, -300, std::nanf(""), std::numeric_limits<float>::infinity(), -0.5f, 127.9f};
  int8_t bytes[6];
  uint8_t unsigned_bytes[6];
  cast(DType::kFloat32, DType::kInt8, odd, bytes, 6, kSerial);
  cast(DType::kFloat32, DType::kUInt8, odd, unsigned_bytes, 6, kSerial);
  CHECK(bytes[0] == 127 && bytes[1] == -128 && bytes[2] == 0 && bytes[3] == 127 && bytes[4] == 0 &&
        bytes[5] == 127);
  CHECK(unsigned_bytes[0] == 255 && unsigned_bytes[1] == 0 && unsigned_bytes[5] == 127);
  CHECK(cast(static_cast<DType>(16), DType::kFloat32, odd, bytes, 0, kSerial) == Status::kUnsupported);  // strings
}

void test_copy() {
  for (const Dims& dims : {Dims{5, 7, 1}, Dims{64, 96, 1}, Dims{33, 65, 5}, Dims{3, 70, 70}}) {
    const int64_t n = dims[0] * dims[1] * dims[2];
    const Floats x = random_floats(n);
    int32_t perm[] = {0, 1, 2};
    do {
      Floats got(n);
      CHECK(transpose(4, x.data(), dims.data(), 3, perm, got.data(), kThreads) == Status::kOk);
      const int64_t strides[] = {dims[1] * dims[2], dims[2], 1};
      bool right = true;
      for (int64_t i = 0; i < n; ++i) {
        const int64_t d2 = dims[perm[2]], d1 = dims[perm[1]];
        right = right && got[i] == x[i / d2 / d1 * strides[perm[0]] + i / d2 % d1 * strides[perm[1]] +
                                     i % d2 * strides[perm[2]]];
      }
      CHECK(right);
    } while (std::next_permutation(perm, perm + 3));
  }
  const int32_t x[] = {1, 2, 3, 4, 5, 6};
  int32_t y[6];
  const int64_t dims[] = {2, 3}, from[] = {12, -4}, to[] = {12, 4};
  CHECK(copy_strided(4, x + 2, from, y, to, dims, 2, kSerial) == Status::kOk);  // columns reversed
  CHECK(y[0] == 3 && y[1] == 2 && y[2] == 1 && y[3] == 6 && y[5] == 4);
}

void test_reduce() {
  for (const Dims& dims : {Dims{7, 5000, 1}, Dims{300, 70, 9}, Dims{1, 1, 300000}, Dims{30000, 1, 10},
                           Dims{4, 50, 64}, Dims{3, 0, 2}}) {
    const int64_t n = dims[0] * dims[1] * dims[2];
    const Floats x = random_floats(n, 0, 1);
    for (uint32_t mask = 0; mask < 8; ++mask) {
      int64_t outputs = 1, strides[3];
      for (int axis = 2; axis >= 0; --axis) {
        strides[axis] = mask >> axis & 1 ? 0 : outputs;
        if (!(mask >> axis & 1)) outputs *= dims[axis];
      }
      std::vector<double> sum(outputs, 0), high(outputs, -std::numeric_limits<double>::infinity());
      for (int64_t i = 0; i < n; ++i) {
        const int64_t o = i / dims[2] / dims[1] * strides[0] + i / dims[2] % dims[1] * strides[1] +
                          i % dims[2] * strides[2];
        sum[o] += x[i];
        high[o] = std::max<double>(high[o], x[i]);
      }
      Floats got(outputs), serial(outputs), most(outputs);
      Workspace w(reduce_workspace_bytes(ReduceOp::kSum, DType::kFloat32, dims.data(), 3, mask));
      CHECK(reduce(ReduceOp::kSum, DType::kFloat32, x.data(), dims.data(), 3, mask, got.data(), kThreads,
                   w.data) == Status::kOk);
      reduce(ReduceOp::kSum, DType::kFloat32, x.data(), dims.data(), 3, mask, serial.data(), kSerial, w.data);
      CHECK(close(got, sum, 1e-6));
      CHECK(same_bits(got, serial));
      CHECK(w.intact());
      reduce(ReduceOp::kMax, DType::kFloat32, x.data(), dims.data(), 3, mask, most.data(), kThreads, w.data);
      bool right = true;
      for (int64_t i = 0; i < outputs; ++i) right = right && most[i] == high[i];
      CHECK(right);
    }
  }
  const float nan = std::nanf("");
  const float x[] = {1, 5, nan, 5, nan, 0};
  int64_t at[2];
  argmax(DType::kFloat32, x, 1, 6, 1, DType::kInt64, at, kSerial);
  CHECK(at[0] == 2);
  argmax(DType::kFloat32, x, 1, 2, 2, DType::kInt64, at, kSerial);
  CHECK(at[0] == 1 && at[1] == 0);
  const int32_t v[] = {3, 9, 9, 1};
  int32_t values[3], indices[3], sums[4];
  top_k(DType::kInt32, v, 1, 4, 3, values, indices, kSerial);
  CHECK(values[0] == 9 && values[2] == 3 && indices[0] == 1 && indices[1] == 2 && indices[2] == 0);
  cumsum(DType::kInt32, v, 1, 4, 1, true, true, sums, kSerial);
  CHECK(sums[0] == 19 && sums[1] == 10 && sums[2] == 1 && sums[3] == 0);
}

void test_gemm() {
  const int64_t sizes[][3] = {{1, 1, 1},     {6, 16, 10},    {7, 17, 300}, {1, 600, 70}, {100, 1, 70},
                              {33, 70, 257}, {300, 530, 60}, {64, 64, 64}, {5, 3, 0},
                              {200, 40, 1100}, {1600, 20, 70}, {194, 2060, 9}};
  for (const auto& [m, n, k] : sizes) {
    const Floats a = random_floats(m * k), b = random_floats(k * n);
    for (int flags = 0; flags < 8; ++flags) {
      const bool ta = flags & 1, tb = flags & 2, accumulate = flags & 4;
      std::vector<double> want(m * n, accumulate ? 2 : 0);
      for (int64_t i = 0; i < m; ++i) {
        for (int64_t p = 0; p < k; ++p) {
          for (int64_t j = 0; j < n; ++j) {
            want[i * n + j] +=
                double(ta ? a[p * m + i] : a[i * k + p]) * double(tb ? b[j * k + p] : b[p * n + j]);
          }
        }
      }
      Floats c(m * n, 2), d(m * n, 2);
      Workspace w(gemm_workspace_bytes(DType::kFloat32, ta, tb, m, n, k));
      const int64_t lda = ta ? m : k, ldb = tb ? k : n;
      CHECK(gemm(DType::kFloat32, ta, tb, m, n, k, a.data(), lda, b.data(), ldb, c.data(), n, accumulate,
                 kThreads, w.data) == Status::kOk);
      gemm(DType::kFloat32, ta, tb, m, n, k, a.data(), lda, b.data(), ldb, d.data(), n, accumulate, kSerial,
           w.data);
      CHECK(close(c, want, 1e-4));
      CHECK(same_bits(c, d));
      CHECK(w.intact());
    }
    const std::vector<int8_t> qa = random_bytes(m * k), qb = random_bytes(k * n);
    std::vector<int32_t> got(m * n), want(m * n, 0);
    for (int64_t i = 0; i < m; ++i) {
      for (int64_t p = 0; p < k; ++p) {
        for (int64_t j = 0; j < n; ++j) want[i * n + j] += qa[i * k + p] * qb[p * n + j];
      }
    }
    Workspace w(gemm_s8s8s32_workspace_bytes(false, m, n, k));
    gemm_s8s8s32(false, m, n, k, qa.data(), k, qb.data(), n, got.data(), n, kThreads, w.data);
    CHECK(got == want && w.intact());
    if (k == 0) continue;
    Workspace packed(gemm_packed_b_bytes(DType::kFloat32, k, n)),
        w2(gemm_with_packed_b_workspace_bytes(DType::kFloat32, false, m, n, k));
    gemm_pack_b(DType::kFloat32, false, k, n, b.data(), n, packed.data, kThreads);
    std::vector<double> product(m * n, 0);
    for (int64_t i = 0; i < m * n * k; ++i)
      product[i / k] += double(a[i / k / n * k + i % k]) * b[i % k * n + i / k % n];
    Floats c(m * n);
    gemm_with_packed_b(DType::kFloat32, false, m, n, k, a.data(), k, packed.data, c.data(), n, false,
                       kThreads, w2.data);
    CHECK(close(c, product, 1e-4) && packed.intact() && w2.intact());
  }
}

// f(x index, filter index, y index) for every product of a convolution.
template <class F>
void for_products(const Conv2D& c, const F& f) {
  const int64_t in_c = c.in_c / c.groups, out_c = c.out_c / c.groups;
  for (int64_t o = 0; o < c.batch * c.out_h * c.out_w; ++o) {
    for (int64_t t = 0; t < c.k_h * c.k_w; ++t) {
      const int64_t h = o / c.out_w % c.out_h * c.stride_h + t / c.k_w * c.dilation_h - c.pad_top;
      const int64_t w = o % c.out_w * c.stride_w + t % c.k_w * c.dilation_w - c.pad_left;
      if (h < 0 || h >= c.in_h || w < 0 || w >= c.in_w) continue;
      const int64_t pixel = (o / c.out_w / c.out_h * c.in_h + h) * c.in_w + w;
      for (int64_t j = 0; j < c.out_c; ++j) {
        for (int64_t i = 0; i < in_c; ++i) {
          f(pixel * c.in_c + j / out_c * in_c + i, (t * in_c + i) * c.out_c + j, o * c.out_c + j);
        }
      }
    }
  }
}

void test_conv() {
  // batch, height, width, in, out, kernel, stride, dilation, groups
  const int64_t cases[][9] = {
      {2, 8, 9, 3, 5, 3, 1, 1, 1},   {1, 28, 28, 1, 32, 3, 1, 1, 1},  {2, 9, 9, 6, 12, 3, 2, 1, 3},
      {2, 10, 11, 8, 8, 3, 1, 1, 8}, {1, 9, 9, 4, 12, 3, 2, 2, 4},    {3, 7, 7, 20, 30, 1, 1, 1, 1},
      {1, 12, 12, 8, 8, 3, 1, 2, 1}, {4, 20, 20, 70, 40, 3, 2, 1, 1}, {1, 6, 6, 2, 3, 2, 4, 1, 1},
      {2, 10, 11, 27, 27, 3, 1, 1, 27}, {1, 9, 12, 40, 40, 5, 1, 2, 40}, {2, 11, 9, 24, 24, 3, 2, 1, 24},
      {1, 4, 700, 2, 5, 3, 1, 1, 1}, {9, 5, 5, 16, 20, 3, 1, 1, 1},   {1, 40, 40, 3, 17, 7, 2, 1, 1},
      {2, 4, 5, 450, 18, 3, 1, 1, 1}, {1, 6, 700, 40, 8, 5, 1, 1, 1}, {3, 8, 8, 24, 40, 1, 2, 1, 1}};
  for (const auto& [batch, h, w, in, out, kernel, stride, dilation, groups] : cases) {
    for (bool same : {false, true}) {
      Conv2D c{batch,  h,      w,        in,       0, 0, out, kernel, kernel,
               stride, stride, dilation, dilation, 0, 0, 0,   0,      groups};
      CHECK(same ? conv2d_set_same(&c) : conv2d_set_valid(&c));
      const int64_t nx = batch * h * w * in, nf = kernel * kernel * in / groups * out,
                    ny = batch * c.out_h * c.out_w * out;
      const Floats x = random_floats(nx), f = random_floats(nf), dy = random_floats(ny);
      std::vector<double> y(ny, 0), dx(nx, 0), df(nf, 0);
      for_products(c, [&](int64_t a, int64_t b, int64_t o) {
        y[o] += double(x[a]) * f[b];
        dx[a] += double(dy[o]) * f[b];
        df[b] += double(dy[o]) * x[a];
      });
      Floats gy(ny), gx(nx), gf(nf), sf(nf);
      Workspace wy(conv2d_workspace_bytes(DType::kFloat32, c)),
          wx(conv2d_input_grad_workspace_bytes(DType::kFloat32, c)),
          wf(conv2d_filter_grad_workspace_bytes(DType::kFloat32, c)), wq(conv2d_s8_workspace_bytes(c));
      CHECK(conv2d(DType::kFloat32, c, x.data(), f.data(), gy.data(), kThreads, wy.data) == Status::kOk);
      CHECK(conv2d_input_grad(DType::kFloat32, c, f.data(), dy.data(), gx.data(), kThreads, wx.data) ==
            Status::kOk);
      CHECK(conv2d_filter_grad(DType::kFloat32, c, x.data(), dy.data(), gf.data(), kThreads, wf.data) ==
            Status::kOk);
      conv2d_filter_grad(DType::kFloat32, c, x.data(), dy.data(), sf.data(), kSerial, wf.data);
      CHECK(close(gy, y, 1e-4) && close(gx, dx, 1e-4) && close(gf, df, 1e-4));
      CHECK(same_bits(gf, sf));
      CHECK(wy.intact() && wx.intact() && wf.intact());
      const std::vector<int8_t> qx = random_bytes(nx), qf = random_bytes(nf);
      std::vector<int32_t> got(ny), want(ny, 0);
      for_products(c, [&](int64_t a, int64_t b, int64_t o) { want[o] += (qx[a] + 17) * qf[b]; });
      CHECK(conv2d_s8(c, qx.data(), -17, qf.data(), got.data(), kThreads, wq.data) == Status::kOk);
      CHECK(got == want && wq.intact());
    }
  }
}

// What the epilogue does, step by step; n columns.
double finished(const Epilogue& e, double v, int64_t i, int64_t j) {
  const auto at = [](const void* data, int64_t k) { return double(static_cast<const float*>(data)[k]); };
  if (e.scale) v *= at(e.scale, j);
  if (e.bias) v += at(e.bias, j);
  if (e.residual && !e.residual_last) v += at(e.residual, i * e.ld_residual + j);
  switch (e.activation) {
    case Activation::kNone:
      break;
    case Activation::kRelu:
      v = std::max(v, 0.0);
      break;
    case Activation::kRelu6:
      v = std::min(std::max(v, 0.0), 6.0);
      break;
    case Activation::kSigmoid:
      v = 1 / (1 + std::exp(-v));
      break;
    case Activation::kTanh:
      v = std::tanh(v);
      break;
    case Activation::kGeluTanh:
      v = 0.5 * v * (1 + std::tanh(std::sqrt(2 / std::acos(-1.0)) * (v + 0.044715 * v * v * v)));
      break;
    case Activation::kGeluErf:
      v = 0.5 * v * (1 + std::erf(v / std::sqrt(2.0)));
      break;
    case Activation::kSilu:
      v = v / (1 + std::exp(-v));
      break;
  }
  return e.residual && e.residual_last ? v + at(e.residual, i * e.ld_residual + j) : v;
}

std::vector<Epilogue> some_epilogues(const Floats& scale, const Floats& bias, const Floats& residual, int64_t ld) {
  std::vector<Epilogue> all;
  for (int activation = 0; activation <= static_cast<int>(Activation::kSilu); ++activation) {
    Epilogue e;
    e.activation = static_cast<Activation>(activation);
    if (activation % 3 != 1) e.bias = bias.data();
    if (activation % 2 == 0) e.scale = scale.data();
    if (activation % 4 != 3) e.residual = residual.data();
    e.ld_residual = ld;
    e.residual_last = activation % 3 == 2;
    all.push_back(e);
  }
  return all;
}

void test_epilogues() {
  const int64_t sizes[][3] = {{1, 40, 30},  {1, 600, 700}, {50, 1, 20},  {4, 600, 700},
                              {33, 70, 257}, {300, 21, 60}, {200, 300, 520}, {3, 5, 0}};
  for (const auto& [m, n, k] : sizes) {
    const Floats a = random_floats(m * k), b = random_floats(k * n), scale = random_floats(n), bias = random_floats(n),
                 residual = random_floats(m * (n + 3));
    std::vector<double> product(m * n, 0);
    for (int64_t i = 0; i < m; ++i) {
      for (int64_t p = 0; p < k; ++p)
        for (int64_t j = 0; j < n; ++j) product[i * n + j] += double(a[i * k + p]) * b[p * n + j];
    }
    Workspace packed(gemm_packed_b_bytes(DType::kFloat32, k, n));
    gemm_pack_b(DType::kFloat32, false, k, n, b.data(), n, packed.data, kThreads);
    for (const Epilogue& e : some_epilogues(scale, bias, residual, n + 3)) {
      std::vector<double> want(m * n);
      for (int64_t i = 0; i < m * n; ++i) want[i] = finished(e, product[i], i / n, i % n);
      for (bool use_packed : {false, true}) {
        Workspace w(gemm_fused_workspace_bytes(DType::kFloat32, false, false, m, n, k, use_packed));
        Floats c(m * n, 7), d(m * n, 7);
        CHECK(gemm_fused(DType::kFloat32, false, false, m, n, k, a.data(), k, use_packed ? nullptr : b.data(), n,
                         use_packed ? packed.data : nullptr, c.data(), n, e, kThreads, w.data) == Status::kOk);
        gemm_fused(DType::kFloat32, false, false, m, n, k, a.data(), k, b.data(), n,
                   use_packed ? packed.data : nullptr, d.data(), n, e, kSerial, w.data);
        CHECK(close(c, want, 2e-4) && same_bits(c, d) && w.intact() && packed.intact());
      }
    }
  }
  Epilogue relu;
  relu.activation = Activation::kRelu;
  CHECK(gemm_fused(DType::kFloat64, false, false, 1, 1, 1, nullptr, 1, nullptr, 1, nullptr, nullptr, 1, relu, kSerial,
                   nullptr) == Status::kUnsupported);
  // batch, height, width, in, out, kernel, stride, groups
  const int64_t cases[][8] = {{2, 9, 8, 5, 19, 3, 1, 1}, {3, 7, 7, 6, 40, 1, 1, 1},  {2, 8, 8, 12, 12, 3, 2, 12},
                              {1, 9, 9, 4, 6, 3, 1, 2},  {1, 4, 640, 3, 7, 3, 1, 1}, {2, 8, 8, 4, 18, 1, 2, 1}};
  for (const auto& [batch, h, w, in, out, kernel, stride, groups] : cases) {
    Conv2D c{batch, h, w, in, 0, 0, out, kernel, kernel, stride, stride, 1, 1, 0, 0, 0, 0, groups};
    CHECK(conv2d_set_same(&c));
    const int64_t ny = batch * c.out_h * c.out_w * out;
    const Floats x = random_floats(batch * h * w * in), f = random_floats(kernel * kernel * in / groups * out),
                 scale = random_floats(out), bias = random_floats(out), residual = random_floats(ny);
    std::vector<double> y(ny, 0);
    for_products(c, [&](int64_t i, int64_t j, int64_t o) { y[o] += double(x[i]) * f[j]; });
    const size_t bytes = conv2d_packed_filter_bytes(DType::kFloat32, c);
    Workspace packed(bytes);
    CHECK(conv2d_pack_filter(DType::kFloat32, c, f.data(), packed.data, kThreads) == Status::kOk);
    for (const Epilogue& e : some_epilogues(scale, bias, residual, out)) {
      std::vector<double> want(ny);
      for (int64_t i = 0; i < ny; ++i) want[i] = finished(e, y[i], i / out, i % out);
      for (bool use_packed : {false, true}) {
        if (use_packed && bytes == 0) continue;
        Workspace own(conv2d_fused_workspace_bytes(DType::kFloat32, c, use_packed));
        Floats got(ny, 7);
        CHECK(conv2d_fused(DType::kFloat32, c, x.data(), use_packed ? nullptr : f.data(),
                           use_packed ? packed.data : nullptr, got.data(), e, kThreads, own.data) == Status::kOk);
        CHECK(close(got, want, 2e-4) && own.intact() && packed.intact());
      }
    }
  }
}

void test_pool() {
  Pool2D p{2, 7, 9, 70, 0, 0, 3, 3, 2, 2};
  CHECK(pool2d_set_same(&p));
  const int64_t nx = 2 * 7 * 9 * 70, ny = 2 * p.out_h * p.out_w * 70;
  Floats x = random_floats(nx);
  for (float& v : x) v = std::round(v * 4);  // many equal values
  const Floats dy = random_floats(ny);
  std::vector<double> high(ny, -1e9), mean(ny, 0), dmax(nx, 0), davg(nx, 0);
  for (int64_t o = 0; o < ny; ++o) {
    const int64_t pixel = o / 70, oh = pixel / p.out_w % p.out_h, ow = pixel % p.out_w,
                  image = pixel / p.out_w / p.out_h;
    std::vector<int64_t> window;
    for (int64_t t = 0; t < 9; ++t) {
      const int64_t h = oh * 2 - p.pad_top + t / 3, w = ow * 2 - p.pad_left + t % 3;
      if (h >= 0 && h < 7 && w >= 0 && w < 9) window.push_back(((image * 7 + h) * 9 + w) * 70 + o % 70);
    }
    int64_t first = window[0];
    for (int64_t i : window) {
      if (x[i] > x[first]) first = i;
      mean[o] += x[i] / double(window.size());
      davg[i] += dy[o] / double(window.size());
    }
    high[o] = x[first];
    dmax[first] += dy[o];
  }
  Floats y(ny), dx(nx);
  max_pool2d(DType::kFloat32, p, x.data(), y.data(), kThreads);
  CHECK(close(y, high, 0));
  avg_pool2d(DType::kFloat32, p, x.data(), y.data(), kThreads);
  CHECK(close(y, mean, 1e-6));
  max_pool2d_grad(DType::kFloat32, p, x.data(), dy.data(), dx.data(), kThreads);
  CHECK(close(dx, dmax, 1e-5));
  avg_pool2d_grad(DType::kFloat32, p, dy.data(), dx.data(), kThreads);
  CHECK(close(dx, davg, 1e-5));
}

void test_softmax() {
  for (const auto& [rows, n] : {std::pair<int64_t, int64_t>{300, 10}, {5, 1000}, {1, 1}}) {
    const Floats x = random_floats(rows * n, -30, 30);
    std::vector<double> p(rows * n), lp(rows * n), lse(rows), loss(rows), gradient(rows * n);
    std::vector<int32_t> labels(rows);
    for (int64_t r = 0; r < rows; ++r) {
      double sum = 0;
      for (int64_t i = 0; i < n; ++i) sum += std::exp(double(x[r * n + i]));
      lse[r] = std::log(sum);
      labels[r] = static_cast<int32_t>(r * 7 % n);
      for (int64_t i = 0; i < n; ++i) {
        lp[r * n + i] = x[r * n + i] - lse[r];
        p[r * n + i] = std::exp(lp[r * n + i]);
        gradient[r * n + i] = p[r * n + i] - (i == labels[r]);
      }
      loss[r] = -lp[r * n + labels[r]];
    }
    Floats y(rows * n), z(rows), dx(rows * n);
    softmax(DType::kFloat32, x.data(), rows, n, y.data(), kThreads);
    CHECK(close(y, p, 1e-5));
    log_softmax(DType::kFloat32, x.data(), rows, n, y.data(), kThreads);
    CHECK(close(y, lp, 1e-5));
    logsumexp(DType::kFloat32, x.data(), rows, n, z.data(), kThreads);
    CHECK(close(z, lse, 1e-5));
    int64_t bad = -1;
    CHECK(sparse_softmax_cross_entropy(DType::kFloat32, x.data(), DType::kInt32, labels.data(), rows, n,
                                       z.data(), dx.data(), &bad, kThreads) == Status::kOk);
    CHECK(close(z, loss, 1e-5) && close(dx, gradient, 1e-5));
    labels[rows / 2] = static_cast<int32_t>(n);
    CHECK(sparse_softmax_cross_entropy(DType::kFloat32, x.data(), DType::kInt32, labels.data(), rows, n,
                                       z.data(), dx.data(), &bad, kThreads) == Status::kBadIndex);
    CHECK(bad == rows / 2 && std::isnan(z[rows / 2]));
  }
}

void test_index() {
  const int32_t params[] = {0, 1, 2, 3, 4, 5};
  const int64_t indices[] = {2, 0, 2};
  int32_t out[6], sums[6] = {};
  int64_t bad = -1;
  CHECK(gather(4, params, 1, 1, 3, 2, DType::kInt64, indices, 3, out, &bad, kThreads) == Status::kOk);
  CHECK(out[0] == 4 && out[1] == 5 && out[2] == 0 && out[5] == 5);
  CHECK(scatter_add(DType::kInt32, params, 1, 3, 2, DType::kInt64, indices, 3, sums, &bad, kThreads) ==
        Status::kOk);
  CHECK(sums[0] == 2 && sums[1] == 3 && sums[2] == 0 && sums[4] == 4 && sums[5] == 6);
  CHECK(gather(4, params, 1, 1, 2, 3, DType::kInt64, indices, 3, out, &bad, kThreads) == Status::kBadIndex &&
        bad == 0);
  const int32_t on = 1, off = 0, hot[] = {1, -1};
  CHECK(one_hot(4, DType::kInt32, hot, 2, 3, 1, &on, &off, out, kThreads) == Status::kOk);
  CHECK(out[0] == 0 && out[1] == 1 && out[2] == 0 && out[3] == 0 && out[5] == 0);
}

void test_random() {
  // Known answers of Random123 for philox4x32_10, and numbers that TensorFlow 2.15 draws.
  Philox zero{0, {0, 0}};
  uint32_t words[4];
  philox_next(&zero, words);
  CHECK(words[0] == 0x6627e8d5 && words[1] == 0xe169c58d && words[2] == 0xbc57ac4c && words[3] == 0x9b00dbd8);
  const Philox stream = philox_from_stateless_seed(1, 2);
  const struct {
    RandomDistribution distribution;
    float want[5];
  } cases[] = {
      {RandomDistribution::kUniform, {0.844060421f, 0.192045331f, 0.996223211f, 0.160387397f, 0.27199018f}},
      {RandomDistribution::kNormal, {0.544110119f, 0.20738031f, 0.0735643208f, 0.0464345515f, -1.30158985f}},
      {RandomDistribution::kTruncatedNormal,
       {0.544110119f, 0.20738031f, 0.0735643208f, 0.0464345515f, 0.168205917f}}};
  for (const auto& c : cases) {
    Floats few(5), many(70001), serial(70001);
    CHECK(random_fill(c.distribution, DType::kFloat32, stream, 5, few.data(), kThreads) == Status::kOk);
    for (int i = 0; i < 5; ++i) CHECK(ulps(few[i], c.want[i]) <= 2);
    random_fill(c.distribution, DType::kFloat32, stream, 70001, many.data(), kThreads);
    random_fill(c.distribution, DType::kFloat32, stream, 70001, serial.data(), kSerial);
    CHECK(same_bits(many, serial));
  }
  const int32_t low = 0, high = 1000;
  int32_t ints[5];
  random_uniform_int(DType::kInt32, stream, &low, &high, 5, ints, kSerial);
  CHECK(ints[0] == 140 && ints[1] == 849 && ints[2] == 294 && ints[3] == 179 && ints[4] == 227);
}

void run_all() {
  test_unary();
  test_binary();
  test_cast();
  test_copy();
  test_reduce();
  test_gemm();
  test_epilogues();
  test_conv();
  test_pool();
  test_softmax();
  test_index();
  test_random();
}

}  // namespace
}  // namespace tg::kernels

int main() {
  using tg::kernels::Isa;
  for (Isa isa : {Isa::kBaseline, Isa::kAvx2, Isa::kAvx512}) {
    if (!tg::kernels::set_isa_level(isa)) continue;
    const int before = tg::kernels::failures;
    tg::kernels::run_all();
    std::printf("%s: %s\n", tg::kernels::isa_name(), tg::kernels::failures == before ? "ok" : "FAILED");
  }
  return tg::kernels::failures == 0 ? 0 : 1;
}
