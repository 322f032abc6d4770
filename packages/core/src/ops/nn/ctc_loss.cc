#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "ops/common.hpp"
#include "ops/vjp.hpp"

namespace tg {
namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

struct Sizes {
  int64_t time = TG_DIM_UNKNOWN, batch = TG_DIM_UNKNOWN, classes = TG_DIM_UNKNOWN, labels = TG_DIM_UNKNOWN;
};

int64_t batch_of(int64_t known, const Dims& dims, int axis, const char* name) {
  int64_t size = dims.known_rank() ? dims[axis] : TG_DIM_UNKNOWN;
  if (!sizes_compatible(known, size))
    throw invalid_argument("TG-0105", std::string(name) + " must have the batch of logits",
                           std::string(name) + ".shape=" + dims.str() + ", batch=" + text_of(known));
  return known >= 0 ? known : size;
}

Sizes sizes_of(const Context& c) {
  require_rank(c.dims(0), 3, "logits");
  require_rank(c.dims(1), 2, "labels");
  require_rank(c.dims(2), 1, "label_length");
  require_rank(c.dims(3), 1, "logit_length");
  Sizes s;
  if (c.dims(0).known_rank()) s.time = c.dims(0)[0], s.batch = c.dims(0)[1], s.classes = c.dims(0)[2];
  if (c.dims(1).known_rank()) s.labels = c.dims(1)[1];
  s.batch = batch_of(s.batch, c.dims(1), 0, "labels");
  s.batch = batch_of(s.batch, c.dims(2), 0, "label_length");
  s.batch = batch_of(s.batch, c.dims(3), 0, "logit_length");
  int64_t blank = c.int_attr("blank_index");
  if (blank < 0 || (s.classes >= 0 && blank >= s.classes))
    throw invalid_argument("TG-0106", "blank_index must be a class",
                           "blank_index=" + text_of(blank) + ", logits.shape=" + c.dims(0).str());
  return s;
}

void infer(InferContext& c) {
  Sizes s = sizes_of(c);
  c.set_output(0, c.dtype(0), {s.batch});
  c.set_output(1, c.dtype(0), {s.time, s.batch, s.classes});
}

void require_within(const int32_t* values, int64_t count, int64_t most, const char* name, int64_t least = 0) {
  for (int64_t i = 0; i < count; ++i)
    if (values[i] < least || values[i] > most)
      throw out_of_range(std::string(name) + " must lie in [0, " + text_of(most) + "]",
                         std::string(name) + "[" + text_of(i) + "]=" + text_of(values[i]) + " (counted row by row)");
}

double log_add(double a, double b) {
  if (a < b) std::swap(a, b);
  return b == kNever ? a : a + std::log1p(std::exp(b - a));
}

// One example: forward and backward over the labels with blanks between them (A. Graves et al., 2006).
template <class T>
struct Example {
  const T* logits;  // of the first step
  int64_t step;     // elements from one step to the next
  int64_t time, classes, states;
  const int32_t* labels;
  int32_t blank;
  double *alpha, *emit, *beta, *norm;  // [time, states] twice, [2, states], [time]

  int32_t label(int64_t s) const { return s % 2 == 0 ? blank : labels[s / 2]; }
  bool skips(int64_t s) const { return s >= 2 && label(s) != blank && label(s) != label(s - 2); }

  void normalize() {
    for (int64_t t = 0; t < time; ++t) {
      const T* row = logits + t * step;
      double top = kNever, sum = 0;
      for (int64_t k = 0; k < classes; ++k) top = std::max(top, static_cast<double>(row[k]));
      for (int64_t k = 0; k < classes; ++k) sum += std::exp(static_cast<double>(row[k]) - top);
      norm[t] = top + std::log(sum);
      for (int64_t s = 0; s < states; ++s) emit[t * states + s] = static_cast<double>(row[label(s)]) - norm[t];
    }
  }

  // The logarithm of the probability of the labels.
  double forward() {
    if (time == 0) return states == 1 ? 0.0 : kNever;
    for (int64_t s = 0; s < states; ++s) alpha[s] = s < 2 ? emit[s] : kNever;
    for (int64_t t = 1; t < time; ++t) {
      const double* last = alpha + (t - 1) * states;
      for (int64_t s = 0; s < states; ++s) {
        double sum = last[s];
        if (s >= 1) sum = log_add(sum, last[s - 1]);
        if (skips(s)) sum = log_add(sum, last[s - 2]);
        alpha[t * states + s] = sum + emit[t * states + s];
      }
    }
    const double* last = alpha + (time - 1) * states;
    return states == 1 ? last[0] : log_add(last[states - 1], last[states - 2]);
  }

  // gradient = softmax - how likely each class is at each step, given the labels.
  void backward(double total, T* gradient) {
    double *next = beta, *now = beta + states;
    for (int64_t t = time - 1; t >= 0; --t) {
      T* row = gradient + t * step;
      for (int64_t k = 0; k < classes; ++k)
        row[k] = static_cast<T>(std::exp(static_cast<double>(logits[t * step + k]) - norm[t]));
      for (int64_t s = states - 1; s >= 0; --s) {
        if (t == time - 1) {
          now[s] = s >= states - 2 ? 0.0 : kNever;
        } else {
          const double* ahead = emit + (t + 1) * states;
          double sum = next[s] + ahead[s];
          if (s + 1 < states) sum = log_add(sum, next[s + 1] + ahead[s + 1]);
          if (s + 2 < states && skips(s + 2)) sum = log_add(sum, next[s + 2] + ahead[s + 2]);
          now[s] = sum;
        }
        row[label(s)] -= static_cast<T>(std::exp(alpha[t * states + s] + now[s] - total));
      }
      std::swap(now, next);
    }
  }
};

template <class T>
void run(KernelContext& c) {
  Sizes s = sizes_of(c);
  const int32_t *labels = c.input<int32_t>(1), *label_length = c.input<int32_t>(2), *lengths = c.input<int32_t>(3);
  require_within(label_length, s.batch, s.labels, "label_length");
  require_within(lengths, s.batch, s.time, "logit_length");
  for (int64_t b = 0; b < s.batch; ++b) require_within(labels + b * s.labels, label_length[b], s.classes - 1, "labels");
  const int64_t states = 2 * s.labels + 1;
  Dims cells = checked_dims({s.batch, 2 * s.time * states + 2 * states + s.time});
  auto* scratch = static_cast<double*>(c.scratch(static_cast<size_t>(cells.num_elements()) * sizeof(double)));
  T *loss = c.output<T>(0), *gradient = c.output<T>(1);
  std::fill(gradient, gradient + c.output_dims(1).num_elements(), T(0));
  auto one = [&](int64_t b) {
    double* own = scratch + b * cells[1];
    Example<T> example{c.input<T>(0) + b * s.classes, s.batch * s.classes, lengths[b], s.classes,
                       2 * int64_t{label_length[b]} + 1, labels + b * s.labels,
                       static_cast<int32_t>(c.int_attr("blank_index")),
                       own, own + s.time * states, own + 2 * s.time * states, own + 2 * s.time * states + 2 * states};
    example.normalize();
    double total = example.forward();
    loss[b] = static_cast<T>(-total);
    if (total != kNever) example.backward(total, gradient + b * s.classes);
  };
  kernels::Parallel parallel = c.parallel();
  parallel.run(parallel.self, s.batch, [](void* f, int64_t b) { (*static_cast<decltype(one)*>(f))(b); }, &one);
}

void kernel(KernelContext& c) {
  if (c.dtype(0) == TG_FLOAT32) run<float>(c);
  else run<double>(c);
}

// ---- with ops, for derivatives of the gradient

Tensor at_step(const Tensor& x, int64_t t) { return call("gather", {x, make_tensor<int64_t>({}, {t})}); }
Tensor shifted(const Tensor& x, int64_t by, double fill) {
  return call("slice",
              {call("pad", {x}, {{"paddings", std::vector<int64_t>{0, 0, by, 0}}, {"constant_values", fill}}),
               make_tensor<int64_t>({2}, {0, 0}), make_tensor<int64_t>({2}, {-1, x.dims()[1]})});
}

std::vector<Tensor> loss_by_ops(const std::vector<Tensor>& in, int64_t blank) {
  const Tensor &logits = in[0], &labels = in[1];
  Dims dims = logits.dims(), label_dims = labels.dims();
  if (!dims.is_static() || !label_dims.is_static())
    throw Error(TG_UNIMPLEMENTED, "TG-0590",
                "second derivatives of ctc_loss need known sizes. Received: logits.shape=" + dims.str() +
                    ", labels.shape=" + label_dims.str());
  constexpr double never = -1e30;
  int64_t time = dims[0], batch = dims[1], states = 2 * label_dims[1] + 1;
  int dtype = logits.dtype();
  auto whole = [](int64_t value) { return make_scalar(TG_INT32, static_cast<double>(value)); };
  Tensor none = whole(blank);
  Tensor blanks = call("fill", {make_tensor<int64_t>({2}, {batch, label_dims[1]}), none});
  Tensor pairs = call("reshape", {call("stack", {blanks, labels}, {{"axis", 2}}),
                                  make_tensor<int64_t>({2}, {batch, states - 1})});
  Tensor end = call("fill", {make_tensor<int64_t>({2}, {batch, 1}), none});
  Tensor path = call("concat", {pairs, end}, {{"axis", 1}});
  Tensor chosen = call("one_hot", {path}, {{"depth", dims[2]}, Attr::dtype("dtype", dtype)});
  Tensor number = make_scalar(dtype, never);
  Tensor is_label = call("not_equal", {path, none});
  Tensor skip = call("logical_and", {is_label, call("not_equal", {path, shifted(path, 2, -1.0)})});
  Tensor rows = call("log_softmax", {logits});
  Tensor places = call("range", {whole(0), whole(states), whole(1)});
  Tensor start = call("less", {places, whole(2)});
  Tensor alpha, zero_path = call("select", {call("equal", {places, whole(0)}), make_scalar(dtype, 0), number});
  zero_path = call("broadcast_to", {zero_path, make_tensor<int64_t>({2}, {batch, states})});
  for (int64_t t = 0; t < time; ++t) {
    Tensor emit = call("reduce_sum", {chosen * call("expand_dims", {at_step(rows, t)}, {{"axis", 1}})},
                       {{"axis", std::vector<int64_t>{2}}});
    Tensor live = call("expand_dims", {call("less", {whole(t), in[3]})}, {{"axis", 1}});
    Tensor next;
    if (t == 0) {
      next = call("select", {start, emit, number});
      alpha = zero_path;
    } else {
      Tensor two = call("select", {skip, shifted(alpha, 2, never), number});
      Tensor from = call("stack", {alpha, shifted(alpha, 1, never), two}, {{"axis", 0}});
      next = call("reduce_logsumexp", {from}, {{"axis", std::vector<int64_t>{0}}}) + emit;
    }
    alpha = call("select", {live, next, alpha});
  }
  if (time == 0) alpha = zero_path;
  Tensor last = call("expand_dims", {in[2] + in[2]}, {{"axis", 1}});
  Tensor ends = call("logical_or", {call("equal", {places, last}), call("equal", {places + whole(1), last})});
  return {-call("reduce_logsumexp", {call("select", {ends, alpha, number})}, {{"axis", std::vector<int64_t>{1}}})};
}

std::vector<Tensor> both_by_ops(const std::vector<Tensor>& in, int64_t blank) {
  std::vector<Tensor> loss = loss_by_ops(in, blank);
  Tensor ones = call("ones_like", {loss[0]});
  Tensor gradient = vjp(in, {ones}, [&](const std::vector<Tensor>& own) { return loss_by_ops(own, blank); })[0];
  return {loss[0], gradient};
}

void gradient(GradientContext& c) {
  int64_t blank = c.int_attr("blank_index");
  if (c.has_gradient(1))
    return gradient_by_ops(c, [&](const std::vector<Tensor>& in) { return both_by_ops(in, blank); });
  Tensor g = call("expand_dims", {call("expand_dims", {c.gradient(0)}, {{"axis", 0}})}, {{"axis", 2}});
  c.set_gradient(0, g * c.output(1));
}

TG_OP(
    "ctc_loss(logits: T, labels: int32, label_length: int32, logit_length: int32, *, blank_index: int = 0) -> T, T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Computes how unlikely labels are whose places in a sequence are unknown, and the gradient of that.")
    .doc(R"(A. Graves et al., "Connectionist temporal classification", ICML 2006.

Args:
  logits: unnormalized log probabilities of the classes at each step, of shape [time, batch, classes]; a floating dtype.
  labels: the classes in order, of shape [batch, most labels]; int32.
  label_length: how many labels of each row count, of shape [batch]; int32.
  logit_length: how many steps of each example count, of shape [batch]; int32.
  blank_index: the class that stands for no label.

Returns:
  The negative logarithm of the labels' probability, of shape [batch], infinite where there are too few steps for them;
  and its gradient with respect to the logits, of their shape, 0 where it is infinite.

Raises:
  InvalidArgumentError: a rank does not fit (TG-0103), the batches differ (TG-0105), or `blank_index` is no class
    (TG-0106).
  OutOfRangeError: a label is no class, or a length too great (TG-0107).
  UnimplementedError: derivatives of the gradient are wanted where sizes are not known (TG-0590).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [4, 2, 3]}, {"dtype": "int32", "value": [[1, 2], [2, 2]]},
                      {"dtype": "int32", "value": [2, 1]}, {"dtype": "int32", "value": [4, 3]}]},
          {"inputs": [{"dtype": "float32", "shape": [4, 2, 3]}, {"dtype": "int32", "value": [[1, 1], [0, 1]]},
                      {"dtype": "int32", "value": [2, 2]}, {"dtype": "int32", "value": [4, 2]}],
           "attributes": {"blank_index": 2}}])")
    .infer<infer>()
    .widened_kernel<kernel>()
    .gradient<gradient>();

}  // namespace
}  // namespace tg
