// Products and convolutions against loops written for clarity.
#include "kernels/conv.h"
#include "kernels/gemm.h"
#include "support.h"

namespace tg::kernels {

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

namespace {

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

}  // namespace

void test_conv() {
  // batch, height, width, in, out, kernel, stride, dilation, groups
  const int64_t cases[][9] = {
      {2, 8, 9, 3, 5, 3, 1, 1, 1},   {1, 28, 28, 1, 32, 3, 1, 1, 1},  {2, 9, 9, 6, 12, 3, 2, 1, 3},
      {2, 10, 11, 8, 8, 3, 1, 1, 8}, {1, 9, 9, 4, 12, 3, 2, 2, 4},    {3, 7, 7, 20, 30, 1, 1, 1, 1},
      {1, 12, 12, 8, 8, 3, 1, 2, 1}, {4, 20, 20, 70, 40, 3, 2, 1, 1}, {1, 6, 6, 2, 3, 2, 4, 1, 1},
      {2, 10, 11, 27, 27, 3, 1, 1, 27}, {1, 9, 12, 40, 40, 5, 1, 2, 40}, {2, 11, 9, 24, 24, 3, 2, 1, 24},
      {1, 4, 700, 2, 5, 3, 1, 1, 1}, {9, 5, 5, 16, 20, 3, 1, 1, 1},   {1, 40, 40, 3, 17, 7, 2, 1, 1},
      {2, 4, 5, 450, 18, 3, 1, 1, 1}, {1, 6, 700, 40, 8, 5, 1, 1, 1}, {3, 8, 8, 24, 40, 1, 2, 1, 1},
      {2, 7, 70, 16, 16, 3, 1, 1, 16}, {1, 1, 6, 8, 8, 3, 1, 1, 8},   {2, 2, 3, 40, 40, 3, 1, 1, 40},
      {1, 9, 60, 32, 32, 3, 2, 1, 32}, {1, 12, 11, 48, 48, 3, 1, 3, 48}, {2, 5, 5, 36, 36, 3, 3, 2, 36},
      {2, 6, 7, 20, 24, 3, 1, 1, 1},  {2, 6, 7, 20, 8, 1, 1, 1, 1},   {3, 7, 7, 530, 20, 3, 1, 1, 1},  {1, 14, 13, 512, 9, 3, 2, 1, 1},   {0, 6, 6, 16, 16, 3, 1, 1, 16}};
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

namespace {

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

}  // namespace

void test_epilogues() {
  const int64_t sizes[][3] = {{1, 40, 30},  {1, 600, 700}, {50, 1, 20},  {4, 600, 700},
                              {33, 70, 257}, {300, 21, 60}, {200, 300, 520}, {3, 5, 0},
                              {300, 24, 70}, {40, 8, 300}, {2, 1100, 300}, {3, 2050, 257}, {8, 1100, 300}};
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
                              {1, 9, 9, 4, 6, 3, 1, 2},  {1, 4, 640, 3, 7, 3, 1, 1}, {2, 8, 8, 4, 18, 1, 2, 1},
                              {2, 7, 60, 16, 16, 3, 1, 16}, {1, 5, 6, 27, 27, 3, 1, 27}, {1, 9, 7, 24, 24, 5, 1, 24},
                              {2, 9, 8, 5, 24, 3, 1, 1}, {2, 20, 9, 30, 8, 1, 1, 1}, {1, 20, 20, 40, 48, 1, 1, 1}};
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

}  // namespace tg::kernels
