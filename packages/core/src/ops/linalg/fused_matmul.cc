// Products as passes make them: with the steps that follow, and with a second factor that was packed before.
#include "kernels/gemm.h"
#include "ops/common.hpp"

namespace tg {
namespace {

// The factors' sizes. a may have more dimensions than two: all but the last are rows then.
struct Sizes {
  int64_t m, n, k;
  Dims out;
};

Sizes sizes_of(const Context& c) {
  Dims a = c.dims(0);
  if (!a.known_rank() || a.rank() < 2)
    throw invalid_argument("TG-0103", "a must have at least 2 dimensions", "a.shape=" + a.str());
  Sizes sizes{};
  if (c.bool_attr("packed")) {
    sizes.n = c.int_attr("columns");
  } else {
    Dims b = c.dims(1);
    sizes.n = b[c.bool_attr("transpose_b") ? 0 : 1];
  }
  const int last = a.rank() - 1;
  if (c.bool_attr("transpose_a")) {
    sizes.m = a[1];
    sizes.k = a[0];
    sizes.out = {a[1], sizes.n};
    return sizes;
  }
  sizes.k = a[last];
  sizes.m = product(a, 0, last);
  for (int i = 0; i < last; ++i) sizes.out.push_back(a[i]);
  sizes.out.push_back(sizes.n);
  return sizes;
}

void infer(InferContext& c) {
  if (!c.bool_attr("packed")) {
    Dims a = c.dims(0), b = c.dims(1);
    const int64_t inner_a = a[c.bool_attr("transpose_a") ? a.rank() - 2 : a.rank() - 1];
    const int64_t inner_b = b[c.bool_attr("transpose_b") ? 1 : 0];
    if (!sizes_compatible(inner_a, inner_b))
      throw invalid_argument("TG-0105", "the inner sizes of a and b must be equal",
                             "a.shape=" + a.str() + ", b.shape=" + b.str());
  } else if (!sizes_compatible(c.dims(0)[c.dims(0).rank() - 1], c.int_attr("inner"))) {
    throw invalid_argument("TG-0105", "the inner sizes of a and b must be equal", "a.shape=" + c.dims(0).str());
  }
  c.set_output(0, c.dtype(0), sizes_of(c).out);
}

void kernel(KernelContext& c) {
  const Sizes sizes = sizes_of(c);
  const bool ta = c.bool_attr("transpose_a"), tb = c.bool_attr("transpose_b"), packed = c.bool_attr("packed");
  const kernels::DType dtype = kernel_dtype(c.dtype(0));
  kernels::Epilogue epilogue;
  size_t next = 2;
  if (c.bool_attr("scale")) epilogue.scale = c.input_data(next++);
  if (c.bool_attr("bias")) epilogue.bias = c.input_data(next++);
  if (c.bool_attr("residual")) epilogue.residual = c.input_data(next++);
  epilogue.ld_residual = sizes.n;
  epilogue.activation = static_cast<kernels::Activation>(c.int_attr("activation"));
  epilogue.residual_last = c.bool_attr("residual_last");
  void* workspace = c.scratch(kernels::gemm_fused_workspace_bytes(dtype, ta, tb, sizes.m, sizes.n, sizes.k, packed));
  const void* b = c.input_data(1);
  check_kernel(kernels::gemm_fused(dtype, ta, tb, sizes.m, sizes.n, sizes.k, c.input_data(0), ta ? sizes.m : sizes.k,
                                   packed ? nullptr : b, tb ? sizes.k : sizes.n, packed ? b : nullptr,
                                   c.output_data(0), sizes.n, epilogue, c.parallel(), workspace),
               c.dtype(0));
}

void cost(CostContext& c) {
  const Sizes sizes = sizes_of(c);
  c.set_cost(2.0 * static_cast<double>(sizes.m) * static_cast<double>(sizes.n) * static_cast<double>(sizes.k), 0);
}

TG_OP("_fused_matmul(a: T, b: any, rest: [T], *, transpose_a: bool = false, transpose_b: bool = false, "
      "packed: bool = false, inner: int = 0, columns: int = 0, scale: bool = false, bias: bool = false, "
      "residual: bool = false, activation: int = 0, residual_last: bool = false) -> T")
    .types("T: " TG_FLOATS)
    .summary("Multiplies matrices and finishes the result while it is in the cache.")
    .infer<infer>()
    .kernel<kernel>()
    .cost<cost>()
    .fusion(TG_FUSION_CONTRACTION);

void infer_pack(InferContext& c) {
  Dims b = c.dims(0);
  const bool tb = c.bool_attr("transpose_b");
  if (!b.is_static()) return c.set_output(0, TG_UINT8, Dims::unknown(1));
  const size_t bytes = kernels::gemm_packed_b_bytes(kernel_dtype(c.dtype(0)), b[tb ? 1 : 0], b[tb ? 0 : 1]);
  c.set_output(0, TG_UINT8, {static_cast<int64_t>(bytes)});
}

void pack(KernelContext& c) {
  Dims b = c.dims(0);
  const bool tb = c.bool_attr("transpose_b");
  check_kernel(kernels::gemm_pack_b(kernel_dtype(c.dtype(0)), tb, b[tb ? 1 : 0], b[tb ? 0 : 1], c.input_data(0), b[1],
                                    c.output_data(0), c.parallel()),
               c.dtype(0));
}

TG_OP("_pack_matmul(b: T, *, transpose_b: bool = false) -> uint8")
    .types("T: " TG_FLOATS)
    .summary("Packs the second factor of products, once for many.")
    .infer<infer_pack>()
    .kernel<pack>();

}  // namespace
}  // namespace tg
