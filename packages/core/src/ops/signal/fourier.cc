#include <algorithm>

#include "kernels/fft.h"
#include "ops/common.hpp"

#define TG_FOURIER_ATTRS "axis: int = -1, length: int = -1, size: int = -1, scale: float = 1.0"
#define TG_FOURIER_ARGS(natural)                                                                            \
  "  axis: the axis to transform.\n"                                                                        \
  "  length: n, the length of the transform, below 2^31; -1: " natural ". Of a longer axis the rest is\n"   \
  "    left out; what is missing counts as 0.\n"                                                            \
  "  size: how many numbers of the result are wanted, below 2^31; further ones are 0; -1: all.\n"           \
  "  scale: a factor of the result.\n"
#define TG_FOURIER_RAISES                                                                               \
  "\nRaises:\n"                                                                                         \
  "  InvalidArgumentError: `axis` is out of range (TG-0104), or `length` or `size` is (TG-0109).\n"

namespace tg {
namespace {

constexpr int64_t kLongest = int64_t{1} << 31;
using Kind = kernels::FftKind;

int complex_of(int dtype) { return dtype == TG_FLOAT32 ? TG_COMPLEX64 : TG_COMPLEX128; }
int real_of(int dtype) { return dtype == TG_COMPLEX64 ? TG_FLOAT32 : dtype == TG_COMPLEX128 ? TG_FLOAT64 : dtype; }

// n: as asked for, else what the size of the axis says; unknown (-1) where that is not known.
int64_t length_of(const Context& c, Kind kind, int64_t axis_size) {
  int64_t n = c.int_attr("length");
  if (n == -1) {
    if (axis_size < 0) return -1;
    n = kind == Kind::kComplexToReal ? 2 * (axis_size - 1) : axis_size;
  }
  if (n < 1 || n >= kLongest)
    throw invalid_argument("TG-0109", "the length of the transform must lie in [1, 2^31)",
                           "length=" + text_of(c.int_attr("length")) + ", size of the axis=" + text_of(axis_size));
  return n;
}

template <Kind kind>
int result_dtype(const Context& c) {
  if (kind == Kind::kComplex) return c.dtype(0);
  if (kind == Kind::kComplexToReal) return real_of(c.dtype(0));
  return c.bool_attr("real_part") ? c.dtype(0) : complex_of(c.dtype(0));
}

template <Kind kind>
void infer(InferContext& c) {
  Dims dims = c.dims(0);
  int dtype = result_dtype<kind>(c);
  int64_t size = c.int_attr("size");
  if (size < -1 || size >= kLongest)
    throw invalid_argument("TG-0109", "size must lie in [0, 2^31)", "size=" + text_of(size));
  if (!dims.known_rank()) return c.set_output(0, dtype, dims);
  int axis = normalize_axis(c.int_attr("axis"), dims.rank());
  int64_t n = length_of(c, kind, dims[axis]);
  int64_t natural = n < 0 ? TG_DIM_UNKNOWN : kind == Kind::kRealToComplex ? n / 2 + 1 : n;
  if (kind == Kind::kComplex && n < 0) natural = dims[axis];  // the symbol stays
  dims[axis] = size < 0 ? natural : size;
  if (dims.is_static()) checked_dims(std::vector<int64_t>(dims.begin(), dims.end()));
  c.set_output(0, dtype, dims);
}

template <Kind kind>
void kernel(KernelContext& c) {
  Dims dims = c.dims(0), out = c.output_dims(0);
  int axis = normalize_axis(c.int_attr("axis"), dims.rank());
  kernels::Fft fft{};
  fft.kind = kind;
  fft.dtype = kernel_dtype(real_of(c.dtype(0)));
  fft.real_spectrum = kind == Kind::kRealToComplex ? c.bool_attr("real_part") : is_floating(c.dtype(0));
  fft.inverse = kind == Kind::kComplex && c.bool_attr("inverse");
  fft.fold = kind != Kind::kComplex && c.bool_attr("fold");
  fft.scale = c.float_attr("scale");
  fft.n = length_of(c, kind, dims[axis]);
  fft.outer = product(dims, 0, axis);
  fft.inner = product(dims, axis + 1, dims.rank());
  fft.in_size = dims[axis];
  fft.out_size = out[axis];
  if (out.num_elements() == 0) return;
  void* workspace = c.scratch(kernels::fft_workspace_bytes(fft));
  check_kernel(kernels::fft(fft, c.input_data(0), c.output_data(0), c.parallel(), workspace), c.dtype(0));
}

// The adjoint of each of these linear maps is one of them.
std::vector<Attr> adjoint_attrs(const GradientContext& c, Kind kind) {
  Dims dims = c.dims(0);
  if (!dims.known_rank() || dims[normalize_axis(c.int_attr("axis"), dims.rank())] < 0)
    throw unsupported("the gradient needs the size of the axis before running", "input.shape=" + dims.str());
  int64_t size = dims[normalize_axis(c.int_attr("axis"), dims.rank())];
  return {{"axis", c.int_attr("axis")}, {"length", length_of(c, kind, size)}, {"size", size},
          {"scale", c.float_attr("scale")}};
}

void complex_gradient(GradientContext& c) {
  std::vector<Attr> attrs = adjoint_attrs(c, Kind::kComplex);
  attrs.emplace_back("inverse", !c.bool_attr("inverse"));
  c.set_gradient(0, call("fourier", {c.gradient()}, attrs));
}
void real_to_complex_gradient(GradientContext& c) {
  std::vector<Attr> attrs = adjoint_attrs(c, Kind::kRealToComplex);
  attrs.emplace_back("fold", !c.bool_attr("fold"));
  c.set_gradient(0, call("fourier_to_real", {c.gradient()}, attrs));
}
void complex_to_real_gradient(GradientContext& c) {
  std::vector<Attr> attrs = adjoint_attrs(c, Kind::kComplexToReal);
  attrs.emplace_back("fold", !c.bool_attr("fold"));
  attrs.emplace_back("real_part", is_floating(c.dtype(0)));
  c.set_gradient(0, call("fourier_of_real", {c.gradient()}, attrs));
}

TG_OP("fourier(input: T, *, " TG_FOURIER_ATTRS ", inverse: bool = false) -> T")
    .types("T: complex64 complex128")
    .summary("Computes the discrete Fourier transform along an axis.")
    .doc(R"(Element k of the result is the sum of x[j] exp(-2 pi i j k / n) over j.

Args:
  input: a complex tensor of rank 1 or more.
)" TG_FOURIER_ARGS("the size of the axis") R"(  inverse: whether the exponent has the other sign.

Returns:
  A tensor of the same dtype, whose axis has n or `size` elements.
)" TG_FOURIER_RAISES)
    .example(R"(>>> tg.signal.fft(tg.constant([1, 0], tg.complex64)).numpy()
array([1.+0.j, 1.+0.j], dtype=complex64))")
    .samples(R"([{"inputs": [{"dtype": "complex64", "shape": [2, 6]}]},
          {"inputs": [{"dtype": "complex64", "shape": [2, 7, 3]}], "attributes": {"axis": 1, "inverse": true}},
          {"inputs": [{"dtype": "complex64", "shape": [5, 2]}],
           "attributes": {"axis": 0, "length": 8, "size": 4, "scale": 0.5}},
          {"inputs": [{"dtype": "complex64", "shape": [2, 6]}], "attributes": {"length": 4, "size": 5}}])")
    .infer<infer<Kind::kComplex>>()
    .kernel<kernel<Kind::kComplex>>()
    .gradient<complex_gradient>();

TG_OP("fourier_of_real(input: T, *, " TG_FOURIER_ATTRS ", fold: bool = false, real_part: bool = false) -> any")
    .types("T: " TG_FLOATS)
    .summary("Computes the first half of the Fourier transform of real numbers along an axis.")
    .doc(R"(The rest are the conjugates of these n / 2 + 1 elements.

Args:
  input: a tensor of rank 1 or more; float32 or float64.
)" TG_FOURIER_ARGS("the size of the axis") R"(  fold: whether the elements that have a conjugate in the rest count twice.
  real_part: whether the result holds the real parts alone: sums of cosines.

Returns:
  A complex tensor (a real one if `real_part`), whose axis has n / 2 + 1 or `size` elements.
)" TG_FOURIER_RAISES)
    .example(R"(>>> tg.signal.rfft([1., 0., 0., 0.]).numpy()
array([1.+0.j, 1.+0.j, 1.+0.j], dtype=complex64))")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 6]}]},
          {"inputs": [{"dtype": "float32", "shape": [2, 7, 3]}], "attributes": {"axis": 1}},
          {"inputs": [{"dtype": "float32", "shape": [5, 2]}], "attributes": {"axis": 0, "length": 8, "scale": 0.5}},
          {"inputs": [{"dtype": "float32", "shape": [2, 6]}], "attributes": {"length": 5, "size": 2, "fold": true}},
          {"inputs": [{"dtype": "float32", "shape": [2, 4]}], "attributes": {"size": 5, "fold": true}},
          {"inputs": [{"dtype": "float32", "shape": [2, 5]}], "attributes": {"real_part": true}},
          {"inputs": [{"dtype": "float32", "shape": [2, 4]}],
           "attributes": {"size": 4, "fold": true, "real_part": true, "scale": 0.5}}])")
    .infer<infer<Kind::kRealToComplex>>()
    .kernel<kernel<Kind::kRealToComplex>>()
    .gradient<real_to_complex_gradient>();

TG_OP("fourier_to_real(input: T, *, " TG_FOURIER_ATTRS ", fold: bool = false) -> any")
    .types("T: complex64 complex128 " TG_FLOATS)
    .summary("Computes real numbers from the first half of their Fourier transform along an axis, without the factor 1/n.")
    .doc(R"(Args:
  input: a tensor of rank 1 or more: the elements 0 to n / 2; the rest are taken to be their conjugates. Complex, or
    float32 or float64 where all imaginary parts are 0: then the result is a sum of cosines.
)" TG_FOURIER_ARGS("2 (size of the axis - 1)") R"(  fold: whether the elements that have a conjugate in the rest count once.

Returns:
  A real tensor, whose axis has n or `size` elements.
)" TG_FOURIER_RAISES)
    .example(R"(>>> tg.signal.irfft(tg.constant([1, 1, 1], tg.complex64)).numpy()
array([1., 0., 0., 0.], dtype=float32))")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 4]}]},
          {"inputs": [{"dtype": "complex64", "shape": [2, 4]}]},
          {"inputs": [{"dtype": "complex64", "shape": [2, 4, 3]}], "attributes": {"axis": 1, "length": 7}},
          {"inputs": [{"dtype": "complex64", "shape": [5, 2]}], "attributes": {"axis": 0, "size": 5, "scale": 0.125}},
          {"inputs": [{"dtype": "complex64", "shape": [2, 3]}], "attributes": {"length": 6, "size": 7, "fold": true}},
          {"inputs": [{"dtype": "float32", "shape": [2, 3]}],
           "attributes": {"length": 5, "size": 4, "fold": true, "scale": 0.25}}])")
    .infer<infer<Kind::kComplexToReal>>()
    .kernel<kernel<Kind::kComplexToReal>>()
    .gradient<complex_to_real_gradient>();

}  // namespace
}  // namespace tg
