#include "kernels/softmax.h"
#include "ops/common.hpp"

namespace tg {
namespace {

void require_logits(const Dims& logits) {
  if (logits.known_rank() && logits.rank() == 0)
    throw invalid_argument("TG-0103", "logits must have at least 1 dimension", "logits.shape=()");
}

Dims without_classes(Dims dims) {
  if (dims.known_rank()) dims.erase(dims.rank() - 1);
  return dims;
}

Error label_shape_error(const Dims& labels, const Dims& logits) {
  return invalid_argument("TG-0105", "the shapes of labels and logits must fit",
                          "labels.shape=" + labels.str() + ", logits.shape=" + logits.str());
}

// The gradient of the logits, from those of the loss and of its own gradient.
Tensor logits_gradient(const GradientContext& c) {
  Tensor result;
  if (c.has_gradient(0)) result = call("expand_dims", {c.gradient(0)}, {{"axis", -1}}) * c.output(1);
  if (c.has_gradient(1)) {
    Tensor second = call("softmax_grad", {c.gradient(1), call("softmax", {c.input(1)})});
    result = result ? result + second : second;
  }
  return result;
}

void infer(InferContext& c) {
  Dims labels = c.dims(0), logits = c.dims(1);
  require_logits(logits);
  if (!dims_compatible(labels, logits)) throw label_shape_error(labels, logits);
  Dims dims = merge_dims(logits, labels);
  c.set_output(0, c.dtype(1), without_classes(dims));
  c.set_output(1, c.dtype(1), dims);
}

void kernel(KernelContext& c) {
  Dims dims = c.dims(1);
  if (c.dims(0) != dims) throw label_shape_error(c.dims(0), dims);
  check_kernel(kernels::softmax_cross_entropy(kernel_dtype(c.dtype(1)), c.input_data(1), c.input_data(0),
                                              product(dims, 0, dims.rank() - 1), dims[dims.rank() - 1],
                                              c.output_data(0), c.output_data(1), c.parallel()),
               c.dtype(1));
}

void gradient(GradientContext& c) {
  if (c.needs(1)) c.set_gradient(1, logits_gradient(c));
  if (!c.needs(0)) return;
  Tensor result;
  if (c.has_gradient(0))
    result = -(call("expand_dims", {c.gradient(0)}, {{"axis", -1}}) * call("log_softmax", {c.input(1)}));
  if (c.has_gradient(1)) result = result ? result - c.gradient(1) : -c.gradient(1);
  c.set_gradient(0, result);
}

TG_OP("softmax_cross_entropy(labels: T, logits: T) -> T, T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Computes the cross entropy between labels and softmax(logits) along the last axis, and its gradient.")
    .doc(R"(Args:
  labels: probabilities of the classes; a floating-point dtype.
  logits: unnormalized log probabilities, of the same shape and dtype.

Returns:
  The cross entropy, -sum(labels * log_softmax(logits)), without the last axis; and its gradient with respect to the
  logits where the labels add up to 1, softmax(logits) - labels.

Raises:
  InvalidArgumentError: the shapes differ (TG-0105), or are 0-d (TG-0103).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "value": [[0.2, 0.5, 0.3], [1.0, 0.0, 0.0]]},
                      {"dtype": "float32", "shape": [2, 3]}]},
          {"inputs": [{"dtype": "float32", "value": [0.25, 0.75]}, {"dtype": "float32", "shape": [2]}]}])")
    .infer<infer>()
    .widened_kernel<kernel>()
    .gradient<gradient>();

void infer_sparse(InferContext& c) {
  Dims labels = c.dims(0), logits = c.dims(1);
  require_logits(logits);
  if (!dims_compatible(labels, without_classes(logits))) throw label_shape_error(labels, logits);
  c.set_output(0, c.dtype(1), merge_dims(without_classes(logits), labels));
  c.set_output(1, c.dtype(1), logits);
}

void sparse_kernel(KernelContext& c) {
  Dims dims = c.dims(1);
  if (c.dims(0) != without_classes(dims)) throw label_shape_error(c.dims(0), dims);
  int64_t bad = 0, classes = dims[dims.rank() - 1];
  kernels::Status status = kernels::sparse_softmax_cross_entropy(
      kernel_dtype(c.dtype(1)), c.input_data(1), kernel_dtype(c.dtype(0)), c.input_data(0),
      product(dims, 0, dims.rank() - 1), classes, c.output_data(0), c.output_data(1), &bad, c.parallel());
  if (status == kernels::Status::kBadIndex) {
    int64_t label = c.dtype(0) == TG_INT64 ? c.input<int64_t>(0)[bad] : c.input<int32_t>(0)[bad];
    throw out_of_range("a label must lie in [0, classes)", "labels[" + text_of(bad) + "]=" + text_of(label) +
                                                               " (counted row by row), classes=" + text_of(classes));
  }
  check_kernel(status, c.dtype(1));
}

void sparse_gradient(GradientContext& c) {
  if (c.needs(1)) c.set_gradient(1, logits_gradient(c));
}

TG_OP("sparse_softmax_cross_entropy(labels: U, logits: T) -> T, T")
    .types("T: " TG_ALL_FLOATS "; U: int32 int64")
    .summary(
        "Computes the cross entropy between class numbers and softmax(logits) along the last axis, and its gradient.")
    .doc(R"(Args:
  labels: the number of the right class, in [0, classes); int32 or int64.
  logits: unnormalized log probabilities, of shape labels.shape + [classes]; a floating-point dtype.

Returns:
  The cross entropy, -log_softmax(logits)[label], of the shape of `labels`; and its gradient with respect to the logits.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0105), or logits is 0-d (TG-0103).
  OutOfRangeError: a label is outside [0, classes) (TG-0107).
)")
    .samples(R"([{"inputs": [{"dtype": "int32", "value": [2, 0]}, {"dtype": "float32", "shape": [2, 3]}]},
          {"inputs": [{"dtype": "int64", "value": [[1], [2]]}, {"dtype": "float32", "shape": [2, 1, 3]}]}])")
    .infer<infer_sparse>()
    .widened_kernel<sparse_kernel>()
    .gradient<sparse_gradient>();

}  // namespace
}  // namespace tg
