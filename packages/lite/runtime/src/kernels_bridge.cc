// The C view of the kernels: nothing here but forwarding. Compiled without exceptions and RTTI; needs no C++ runtime.
#include "kernels.h"

#include <string.h>

#include "kernels/conv.h"
#include "kernels/copy.h"
#include "kernels/elementwise.h"
#include "kernels/gemm.h"
#include "kernels/pool.h"
#include "kernels/reduce.h"
#include "kernels/softmax.h"

namespace k = tg::kernels;

namespace {

const k::Parallel kSerial{};

bool ok(k::Status status) { return status == k::Status::kOk; }

k::Conv2D conv_of(const tgk_conv& c) {
  k::Conv2D conv{};
  conv.batch = c.batch, conv.in_h = c.in_h, conv.in_w = c.in_w, conv.in_c = c.in_c;
  conv.out_h = c.out_h, conv.out_w = c.out_w, conv.out_c = c.out_c, conv.k_h = c.k_h, conv.k_w = c.k_w;
  conv.stride_h = c.stride_h, conv.stride_w = c.stride_w;
  conv.dilation_h = c.dilation_h, conv.dilation_w = c.dilation_w;
  conv.pad_top = c.pad_top, conv.pad_bottom = c.pad_bottom, conv.pad_left = c.pad_left, conv.pad_right = c.pad_right;
  conv.groups = c.groups;
  return conv;
}

k::Pool2D pool_of(const tgk_pool& p) {
  k::Pool2D pool{};
  pool.batch = p.batch, pool.in_h = p.in_h, pool.in_w = p.in_w, pool.channels = p.channels;
  pool.out_h = p.out_h, pool.out_w = p.out_w, pool.k_h = p.k_h, pool.k_w = p.k_w;
  pool.stride_h = p.stride_h, pool.stride_w = p.stride_w;
  pool.pad_top = p.pad_top, pool.pad_bottom = p.pad_bottom, pool.pad_left = p.pad_left, pool.pad_right = p.pad_right;
  return pool;
}

struct UnaryName {
  const char* name;
  k::UnaryOp op;
};
constexpr UnaryName kUnary[] = {
    {"negative", k::UnaryOp::kNegative}, {"abs", k::UnaryOp::kAbs},         {"square", k::UnaryOp::kSquare},
    {"relu", k::UnaryOp::kRelu},         {"exp", k::UnaryOp::kExp},         {"log", k::UnaryOp::kLog},
    {"sqrt", k::UnaryOp::kSqrt},         {"rsqrt", k::UnaryOp::kRsqrt},     {"reciprocal", k::UnaryOp::kReciprocal},
    {"sin", k::UnaryOp::kSin},           {"cos", k::UnaryOp::kCos},         {"tanh", k::UnaryOp::kTanh},
    {"sigmoid", k::UnaryOp::kSigmoid},   {"softplus", k::UnaryOp::kSoftplus}, {"erf", k::UnaryOp::kErf},
    {"floor", k::UnaryOp::kFloor},       {"ceil", k::UnaryOp::kCeil},       {"round", k::UnaryOp::kRound},
    {"sign", k::UnaryOp::kSign},
};

struct BinaryName {
  const char* name;
  k::BinaryOp op;
};
constexpr BinaryName kBinary[] = {
    {"add", k::BinaryOp::kAdd},         {"subtract", k::BinaryOp::kSub},    {"multiply", k::BinaryOp::kMul},
    {"divide", k::BinaryOp::kDiv},      {"maximum", k::BinaryOp::kMaximum}, {"minimum", k::BinaryOp::kMinimum},
    {"pow", k::BinaryOp::kPow},         {"squared_difference", k::BinaryOp::kSquaredDifference},
};

template <class Row, size_t N>
const Row* find(const Row (&rows)[N], const char* name) {
  for (const Row& row : rows)
    if (strcmp(row.name, name) == 0) return &row;
  return nullptr;
}

}  // namespace

bool tgk_conv_set(tgk_conv* c, int padding) {
  k::Conv2D conv = conv_of(*c);
  bool fine = padding == TGK_SAME    ? k::conv2d_set_same(&conv)
              : padding == TGK_VALID ? k::conv2d_set_valid(&conv)
                                     : k::conv2d_set_explicit(&conv);
  c->out_h = conv.out_h, c->out_w = conv.out_w;
  c->pad_top = conv.pad_top, c->pad_bottom = conv.pad_bottom, c->pad_left = conv.pad_left, c->pad_right = conv.pad_right;
  return fine;
}

bool tgk_pool_set(tgk_pool* p, int padding) {
  k::Pool2D pool = pool_of(*p);
  bool fine = padding == TGK_SAME ? k::pool2d_set_same(&pool) : k::pool2d_set_valid(&pool);
  p->out_h = pool.out_h, p->out_w = pool.out_w;
  p->pad_top = pool.pad_top, p->pad_bottom = pool.pad_bottom, p->pad_left = pool.pad_left, p->pad_right = pool.pad_right;
  return fine;
}

size_t tgk_conv2d_workspace(const tgk_conv* c) { return k::conv2d_workspace_bytes(k::DType::kFloat32, conv_of(*c)); }
bool tgk_conv2d(const tgk_conv* c, const float* x, const float* filter, float* y, void* workspace) {
  return ok(k::conv2d(k::DType::kFloat32, conv_of(*c), x, filter, y, kSerial, workspace));
}
size_t tgk_conv2d_s8_workspace(const tgk_conv* c) { return k::conv2d_s8_workspace_bytes(conv_of(*c)); }
bool tgk_conv2d_s8(const tgk_conv* c, const int8_t* x, const int8_t* filter, int32_t* y, void* workspace) {
  return ok(k::conv2d_s8(conv_of(*c), x, 0, filter, y, kSerial, workspace));
}

size_t tgk_gemm_workspace(bool ta, bool tb, int64_t m, int64_t n, int64_t kk) {
  return k::gemm_workspace_bytes(k::DType::kFloat32, ta, tb, m, n, kk);
}
bool tgk_gemm(bool ta, bool tb, int64_t m, int64_t n, int64_t kk, const float* a, const float* b, float* c,
              void* workspace) {
  return ok(k::gemm(k::DType::kFloat32, ta, tb, m, n, kk, a, ta ? m : kk, b, tb ? kk : n, c, n, false, kSerial,
                    workspace));
}
size_t tgk_gemm_s8_workspace(bool tb, int64_t m, int64_t n, int64_t kk) {
  return k::gemm_s8s8s32_workspace_bytes(tb, m, n, kk);
}
bool tgk_gemm_s8(bool tb, int64_t m, int64_t n, int64_t kk, const int8_t* a, const int8_t* b, int32_t* c,
                 void* workspace) {
  return ok(k::gemm_s8s8s32(tb, m, n, kk, a, kk, b, tb ? kk : n, c, n, kSerial, workspace));
}

void tgk_quantize_rows(const float* x, int64_t rows, int64_t n, int8_t* q, float* scales) {
  k::quantize_rows_s8(x, rows, n, q, scales, kSerial);
}
void tgk_dequantize(const int32_t* acc, int64_t rows, int64_t n, const float* row_scales, const float* column_scales,
                    float* y) {
  k::dequantize_s32(acc, rows, n, row_scales, column_scales, nullptr, y, kSerial);
}

bool tgk_max_pool(const tgk_pool* p, const float* x, float* y) {
  return ok(k::max_pool2d(k::DType::kFloat32, pool_of(*p), x, y, kSerial));
}
bool tgk_avg_pool(const tgk_pool* p, const float* x, float* y) {
  return ok(k::avg_pool2d(k::DType::kFloat32, pool_of(*p), x, y, kSerial));
}
bool tgk_softmax(const float* x, int64_t rows, int64_t n, float* y) {
  return ok(k::softmax(k::DType::kFloat32, x, rows, n, y, kSerial));
}
bool tgk_log_softmax(const float* x, int64_t rows, int64_t n, float* y) {
  return ok(k::log_softmax(k::DType::kFloat32, x, rows, n, y, kSerial));
}

bool tgk_has_unary(const char* name) { return find(kUnary, name) != nullptr; }
bool tgk_unary(const char* name, int32_t dtype, const void* x, void* y, int64_t n) {
  const UnaryName* row = find(kUnary, name);
  return row && ok(k::unary(row->op, static_cast<k::DType>(dtype), x, y, n, kSerial));
}
bool tgk_has_binary(const char* name) { return find(kBinary, name) != nullptr; }
bool tgk_broadcast(const int64_t* x, int32_t x_rank, const int64_t* y, int32_t y_rank, int64_t* out, int32_t* out_rank) {
  k::BroadcastPlan plan;
  if (!ok(k::make_broadcast_plan(x, x_rank, y, y_rank, &plan))) return false;
  memcpy(out, plan.out_dims, sizeof(int64_t) * static_cast<size_t>(plan.out_rank));
  *out_rank = plan.out_rank;
  return true;
}
bool tgk_binary(const char* name, int32_t dtype, const void* x, const int64_t* x_dims, int32_t x_rank, const void* y,
                const int64_t* y_dims, int32_t y_rank, void* out) {
  const BinaryName* row = find(kBinary, name);
  k::BroadcastPlan plan;
  return row && ok(k::make_broadcast_plan(x_dims, x_rank, y_dims, y_rank, &plan)) &&
         ok(k::binary(row->op, static_cast<k::DType>(dtype), x, y, out, plan, kSerial));
}
bool tgk_cast(int32_t from, int32_t to, const void* x, void* y, int64_t n) {
  return ok(k::cast(static_cast<k::DType>(from), static_cast<k::DType>(to), x, y, n, kSerial));
}

static k::ReduceOp reduce_op(int op) {
  constexpr k::ReduceOp ops[] = {k::ReduceOp::kSum, k::ReduceOp::kMean, k::ReduceOp::kMax, k::ReduceOp::kMin};
  return ops[op];
}
size_t tgk_reduce_workspace(int op, const int64_t* dims, int32_t rank, uint32_t axis_mask) {
  return k::reduce_workspace_bytes(reduce_op(op), k::DType::kFloat32, dims, rank, axis_mask);
}
bool tgk_reduce(int op, const float* x, const int64_t* dims, int32_t rank, uint32_t axis_mask, float* out,
                void* workspace) {
  return ok(k::reduce(reduce_op(op), k::DType::kFloat32, x, dims, rank, axis_mask, out, kSerial, workspace));
}
bool tgk_argmax(const float* x, int64_t outer, int64_t n, int64_t inner, int32_t out_dtype, void* out) {
  return ok(k::argmax(k::DType::kFloat32, x, outer, n, inner, static_cast<k::DType>(out_dtype), out, kSerial));
}

void tgk_copy_strided(size_t item, const void* src, const int64_t* src_strides, void* dst, const int64_t* dst_strides,
                      const int64_t* dims, int32_t rank) {
  k::copy_strided(item, src, src_strides, dst, dst_strides, dims, rank, kSerial);
}
