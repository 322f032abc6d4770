// Every kernel against a loop written for clarity, at every ISA level of this processor, with chunks run
// serially and by two threads: the two must agree to the last bit.
#include <cmath>
#include <cstdio>
#include <limits>
#include <vector>

#include "kernels/copy.h"
#include "kernels/elementwise.h"
#include "kernels/index.h"
#include "kernels/pool.h"
#include "kernels/random.h"
#include "kernels/reduce.h"
#include "kernels/softmax.h"
#include "support.h"

namespace tg::kernels {
namespace {

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
