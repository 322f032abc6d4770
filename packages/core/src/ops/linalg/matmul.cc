#include "kernels/complex.h"
#include "kernels/gemm.h"
#include "kernels/elementwise.h"
#include "ops/elementwise/complex.hpp"

namespace tg {
namespace {

// The last two dimensions as they enter the product.
struct Matrix {
  int64_t rows, columns;
  Dims batch;

  Matrix(const Dims& dims, bool transposed) {
    rows = dims[dims.rank() - (transposed ? 1 : 2)];
    columns = dims[dims.rank() - (transposed ? 2 : 1)];
    for (int i = 0; i + 2 < dims.rank(); ++i) batch.push_back(dims[i]);
  }
};

void require_matrix(const Dims& dims, const char* name) {
  if (dims.known_rank() && dims.rank() < 2)
    throw invalid_argument("TG-0103", std::string(name) + " must have at least 2 dimensions",
                           std::string(name) + ".shape=" + dims.str());
}

// Whether an argument is transposed, by either of its two attributes.
bool transposed(const Context& c, const char* transpose, const char* adjoint) {
  const bool by_transpose = c.bool_attr(transpose), by_adjoint = c.bool_attr(adjoint);
  if (by_transpose && by_adjoint)
    throw invalid_argument("TG-0540", std::string("an argument is either transposed or adjoint: one of ") + transpose +
                                          " and " + adjoint + " at most may be true",
                           std::string(transpose) + "=True, " + adjoint + "=True");
  return by_transpose || by_adjoint;
}
// Whether it is a product of two plain matrices, as most are: the result and the work follow from four sizes.
bool is_plain(const tg_tensor_desc& a, const tg_tensor_desc& b) { return a.rank == 2 && b.rank == 2; }
bool a_transposed(const Context& c) { return transposed(c, "transpose_a", "adjoint_a"); }
bool b_transposed(const Context& c) { return transposed(c, "transpose_b", "adjoint_b"); }

void infer(InferContext& c) {
  const tg_tensor_desc x = c.input_desc(0), y = c.input_desc(1);
  if (is_plain(x, y)) {
    const bool ta = a_transposed(c), tb = b_transposed(c);
    const int64_t columns = x.dims[ta ? 0 : 1], rows = y.dims[tb ? 1 : 0];
    if (columns == rows) return c.set_output(0, x.dtype, {x.dims[ta ? 1 : 0], y.dims[tb ? 0 : 1]});
  }
  Dims a_dims = c.dims(0), b_dims = c.dims(1);
  require_matrix(a_dims, "a");
  require_matrix(b_dims, "b");
  if (!a_dims.known_rank() || !b_dims.known_rank()) return c.set_output(0, c.dtype(0), Dims::unknown_rank());
  Matrix a(a_dims, a_transposed(c)), b(b_dims, b_transposed(c));
  if (!sizes_compatible(a.columns, b.rows))
    throw invalid_argument("TG-0105", "the inner sizes of a and b must be equal",
                           "a.shape=" + a_dims.str() + ", b.shape=" + b_dims.str() +
                               (a_transposed(c) ? ", transpose_a=True" : "") + (b_transposed(c) ? ", transpose_b=True" : ""));
  Dims out = broadcast(a.batch, b.batch, "the batches of a", "b");
  out.push_back(a.rows);
  out.push_back(b.columns);
  c.set_output(0, c.dtype(0), out);
}

// Elements from one matrix to the next along each batch dimension of the result; 0 where broadcast.
Dims batch_steps(const Dims& batch, const Dims& own, int64_t matrix) {
  Dims steps = batch;
  for (int i = batch.rank() - 1; i >= 0; --i) {
    int at = i - (batch.rank() - own.rank());
    steps[i] = at < 0 || own[at] == 1 ? 0 : matrix;
    if (at >= 0) matrix *= own[at];
  }
  return steps;
}

// Four products of real matrices: (ar + ai i)(br + bi i) = (ar br - ai bi) + (ar bi + ai br) i.
void complex_kernel(KernelContext& c) {
  bool transpose_a = a_transposed(c), transpose_b = b_transposed(c);
  Matrix a(c.dims(0), transpose_a), b(c.dims(1), transpose_b);
  int64_t m = a.rows, n = b.columns, k = a.columns;
  Dims batch = broadcast(a.batch, b.batch);
  int64_t count = batch.num_elements(), a_size = c.num_elements(0), b_size = c.num_elements(1), size = count * m * n;
  if (size == 0) return;
  int part_type = part_dtype(c.dtype(0));
  kernels::DType part = kernel_dtype(part_type);
  int64_t bytes = static_cast<int64_t>(element_size(part_type));
  auto planes = [&](int64_t elements) { return static_cast<char*>(c.scratch(static_cast<size_t>(elements * bytes))); };
  char *ar = planes(a_size), *ai = planes(a_size), *br = planes(b_size), *bi = planes(b_size);
  char *minus = planes(a_size), *real = planes(size), *imag = planes(size);
  check_kernel(kernels::split_complex(kernel_dtype(c.dtype(0)), c.input_data(0), c.bool_attr("adjoint_a"), ar, ai,
                                      a_size, c.parallel()));
  check_kernel(kernels::split_complex(kernel_dtype(c.dtype(1)), c.input_data(1), c.bool_attr("adjoint_b"), br, bi,
                                      b_size, c.parallel()));
  check_kernel(kernels::unary(kernels::UnaryOp::kNegative, part, ai, minus, a_size, c.parallel()));
  Dims a_steps = batch_steps(batch, a.batch, m * k), b_steps = batch_steps(batch, b.batch, k * n);
  void* workspace = c.scratch(kernels::gemm_workspace_bytes(part, transpose_a, transpose_b, m, n, k));
  for (int64_t i = 0; i < count; ++i) {
    int64_t rest = i, a_at = 0, b_at = 0;
    for (int axis = batch.rank() - 1; axis >= 0; --axis) {
      a_at += rest % batch[axis] * a_steps[axis];
      b_at += rest % batch[axis] * b_steps[axis];
      rest /= batch[axis];
    }
    auto add = [&](const char* x, const char* y, char* z, bool accumulate) {
      check_kernel(kernels::gemm(part, transpose_a, transpose_b, m, n, k, x + a_at * bytes, transpose_a ? m : k,
                                 y + b_at * bytes, transpose_b ? k : n, z + i * m * n * bytes, n, accumulate,
                                 c.parallel(), workspace));
    };
    add(ar, br, real, false);
    add(minus, bi, real, true);
    add(ar, bi, imag, false);
    add(ai, br, imag, true);
  }
  check_kernel(kernels::join_complex(part, real, imag, c.output_data(0),
                                     kernels::make_same_shape_plan(size), c.parallel()));
}

// Workspace up to this size lies on the stack.
constexpr size_t kSmallWorkspace = 8192;

void plain_kernel(KernelContext& c, const tg_tensor_desc& x, const tg_tensor_desc& y, bool transpose_a,
                  bool transpose_b) {
  const int64_t m = x.dims[transpose_a ? 1 : 0], k = x.dims[transpose_a ? 0 : 1], n = y.dims[transpose_b ? 0 : 1];
  const kernels::DType dtype = kernel_dtype(x.dtype);
  const size_t bytes = kernels::gemm_workspace_bytes(dtype, transpose_a, transpose_b, m, n, k);
  alignas(64) char small[kSmallWorkspace];
  void* workspace = bytes <= kSmallWorkspace ? small : c.scratch(bytes);
  check_kernel(kernels::gemm(dtype, transpose_a, transpose_b, m, n, k,
                             static_cast<const char*>(x.data) + x.byte_offset, transpose_a ? m : k,
                             static_cast<const char*>(y.data) + y.byte_offset, transpose_b ? k : n, c.output_data(0),
                             n, false, c.parallel(), workspace),
               x.dtype);
}

void kernel(KernelContext& c) {
  const tg_tensor_desc x = c.input_desc(0), y = c.input_desc(1);
  if (is_complex(x.dtype)) return complex_kernel(c);
  bool transpose_a = a_transposed(c), transpose_b = b_transposed(c);
  if (is_plain(x, y)) return plain_kernel(c, x, y, transpose_a, transpose_b);
  Matrix a(c.dims(0), transpose_a), b(c.dims(1), transpose_b);
  kernels::DType dtype = kernel_dtype(c.dtype(0));
  kernels::Parallel parallel = c.parallel();
  int64_t m = a.rows, n = b.columns, k = a.columns;
  Dims batch = broadcast(a.batch, b.batch);
  int64_t count = batch.num_elements();
  const char* a_data = static_cast<const char*>(c.input_data(0));
  const char* b_data = static_cast<const char*>(c.input_data(1));
  char* out = static_cast<char*>(c.output_data(0));

  // One matrix b for all: the rows of all a make one tall matrix.
  if (b.batch.num_elements() == 1 && !transpose_a) {
    m *= count;
    count = 1;
  }
  bool a_repeats = a.batch.num_elements() != 1 && a.batch.num_elements() != count;
  bool b_repeats = b.batch.num_elements() != 1 && b.batch.num_elements() != count;
  int64_t a_step = m * k, b_step = k * n, out_step = m * n;
  if (count == 1 || (!a_repeats && !b_repeats)) {
    void* workspace = c.scratch(kernels::gemm_batched_workspace_bytes(dtype, transpose_a, transpose_b, count, m, n, k));
    check_kernel(kernels::gemm_batched(dtype, transpose_a, transpose_b, count, m, n, k, a_data,
                                       a.batch.num_elements() == 1 ? 0 : a_step, b_data,
                                       b.batch.num_elements() == 1 ? 0 : b_step, out, out_step, parallel, workspace),
                 c.dtype(0));
    return;
  }
  Dims a_steps = batch_steps(batch, a.batch, a_step), b_steps = batch_steps(batch, b.batch, b_step);
  void* workspace = c.scratch(kernels::gemm_workspace_bytes(dtype, transpose_a, transpose_b, m, n, k));
  int64_t size = static_cast<int64_t>(element_size(c.dtype(0)));
  for (int64_t i = 0; i < count; ++i) {
    int64_t rest = i, a_at = 0, b_at = 0;
    for (int axis = batch.rank() - 1; axis >= 0; --axis) {
      a_at += rest % batch[axis] * a_steps[axis];
      b_at += rest % batch[axis] * b_steps[axis];
      rest /= batch[axis];
    }
    check_kernel(kernels::gemm(dtype, transpose_a, transpose_b, m, n, k, a_data + a_at * size, transpose_a ? m : k,
                               b_data + b_at * size, transpose_b ? k : n, out + i * out_step * size, n, false, parallel,
                               workspace),
                 c.dtype(0));
  }
}

Tensor matmul(const Tensor& a, const Tensor& b, bool transpose_a, bool transpose_b) {
  return call("matmul", {a, b}, {{"transpose_a", transpose_a}, {"transpose_b", transpose_b}});
}

// All batches as rows of one matrix.
Tensor flat(const Tensor& x, int64_t columns) { return call("reshape", {x, make_tensor<int64_t>({2}, {-1, columns})}); }

void gradient(GradientContext& c) {
  // With f(x) = x or conj(x): the gradient of f(a) goes back through the same f.
  bool transpose_a = a_transposed(c), transpose_b = b_transposed(c);
  bool conj_a = c.bool_attr("adjoint_a") && is_complex(c.dtype(0));
  bool conj_b = c.bool_attr("adjoint_b") && is_complex(c.dtype(1));
  Tensor g = c.gradient(), a = conj_a ? c.input(0) : conj(c.input(0)), b = conj_b ? c.input(1) : conj(c.input(1));
  if (c.needs(0)) {
    Tensor da = transpose_a ? matmul(b, g, transpose_b, true) : matmul(g, b, false, !transpose_b);
    c.set_gradient(0, sum_to_like(conj_a ? conj(da) : da, a));
  }
  if (!c.needs(1)) return;
  Dims a_dims = c.dims(0), b_dims = c.dims(1);
  bool tall =
      !transpose_a && b_dims.rank() == 2 && a_dims.rank() > 2 && b_dims.is_static() && b_dims.num_elements() > 0;
  if (tall) {
    a = flat(a, b_dims[transpose_b ? 1 : 0]);
    g = flat(g, b_dims[transpose_b ? 0 : 1]);
  }
  Tensor db = transpose_b ? matmul(g, a, true, transpose_a) : matmul(a, g, !transpose_a, false);
  c.set_gradient(1, sum_to_like(conj_b ? conj(db) : db, b));
}

void cost(CostContext& c) {
  Dims a_dims = c.dims(0), b_dims = c.dims(1);
  if (!a_dims.is_static() || !b_dims.is_static()) return;
  Matrix a(a_dims, a_transposed(c)), b(b_dims, b_transposed(c));
  double batch = static_cast<double>(broadcast(a.batch, b.batch).num_elements());
  double product = batch * static_cast<double>(a.rows) * static_cast<double>(b.columns);
  double moved = static_cast<double>(a_dims.num_elements()) + static_cast<double>(b_dims.num_elements()) + product;
  c.set_cost(2.0 * product * static_cast<double>(a.columns), moved * static_cast<double>(element_size(c.dtype(0))));
}

TG_OP("matmul(a: T, b: T, *, transpose_a: bool = false, transpose_b: bool = false, adjoint_a: bool = false, "
      "adjoint_b: bool = false) -> T")
    .types("T: " TG_INEXACT " int32 int64")
    .names("linalg.matmul matmul")
    .summary("Multiplies matrices, or batches of them.")
    .doc(R"(Args:
  a: a tensor of shape [..., m, k] ([..., k, m] when transposed); a
    floating-point or complex dtype, int32 or int64.
  b: a tensor of shape [..., k, n] ([..., n, k] when transposed) and the same dtype. The dimensions before the last
    two broadcast with those of `a`.
  transpose_a: whether the matrices of `a` are transposed first.
  transpose_b: whether the matrices of `b` are transposed first.
  adjoint_a: whether the matrices of `a` are transposed and conjugated first.
  adjoint_b: whether the matrices of `b` are transposed and conjugated first.

Returns:
  A tensor of shape [..., m, n] and the same dtype. Integers wrap.

Raises:
  InvalidArgumentError: a rank is below 2 (TG-0103), the inner sizes differ (TG-0105), the batch dimensions do not
    broadcast (TG-0101), the dtypes do not fit (TG-0102), or an argument is both transposed and adjoint (TG-0540).
)")
    .example(R"(>>> tg.linalg.matmul([[1., 2.]], [[3.], [4.]])
<tg.Tensor: shape=(1, 1), dtype=float32, numpy=array([[11.]], dtype=float32)>)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3]}, {"dtype": "float32", "shape": [3, 4]}]},
          {"inputs": [{"dtype": "float32", "shape": [3, 2]}, {"dtype": "float32", "shape": [4, 3]}],
           "attributes": {"transpose_a": true, "transpose_b": true}},
          {"inputs": [{"dtype": "float32", "shape": [2, 2, 3]}, {"dtype": "float32", "shape": [3, 4]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 1, 2, 3]}, {"dtype": "float32", "shape": [3, 4, 3]}],
           "attributes": {"transpose_b": true}},
          {"inputs": [{"dtype": "float32", "shape": [2, 3, 2]}, {"dtype": "float32", "shape": [2, 3, 4]}],
           "attributes": {"transpose_a": true}},
          {"inputs": [{"dtype": "float32", "shape": [3, 2]}, {"dtype": "float32", "shape": [4, 3]}],
           "attributes": {"adjoint_a": true, "adjoint_b": true}}])")
    .infer<infer>()
    .widened_kernel<kernel>()
    .gradient<gradient>()
    .cost<cost>()
    .fusion(TG_FUSION_CONTRACTION);

}  // namespace
}  // namespace tg
