#include "ops/recurrent/recurrent.hpp"

namespace tg {
namespace {

kernels::Cell cell_of(const Context& c) {
  std::string name = c.string_attr("activation");
  if (name == "tanh") return kernels::Cell::kTanh;
  if (name == "relu") return kernels::Cell::kRelu;
  if (name == "linear") return kernels::Cell::kLinear;
  throw invalid_argument("TG-0106", "activation must be 'tanh', 'relu' or 'linear'", "activation='" + name + "'");
}

RecurrentDims forward_dims(const Context& c) {
  RecurrentDims d;
  cell_of(c);
  learn_sizes(c, 0, "x", {&d.batch, &d.steps, &d.inputs});
  learn_sizes(c, 1, "h", {&d.batch, &d.units});
  learn_sizes(c, 2, "kernel", {&d.inputs, &d.units});
  learn_sizes(c, 3, "recurrent_kernel", {&d.units, &d.units});
  learn_sizes(c, 4, "bias", {&d.units});
  learn_sizes(c, 5, "mask", {&d.batch, &d.steps});
  return d;
}

void infer(InferContext& c) {
  RecurrentDims d = forward_dims(c);
  c.set_output(0, c.dtype(0), d.sequence());
  c.set_output(1, c.dtype(0), d.state());
  c.set_output(2, c.dtype(0), d.sequence());
}

void kernel(KernelContext& c) {
  kernels::Recurrent r = recurrent_of(cell_of(c), forward_dims(c), c.bool_attr("go_backwards"));
  kernels::DType dtype = kernel_dtype(c.dtype(0));
  kernels::RecurrentInputs in{c.input_data(0), c.input_data(1), nullptr,            c.input_data(2),
                              c.input_data(3), c.input_data(4), c.input<uint8_t>(5)};
  kernels::RecurrentOutputs out{c.output_data(0), c.output_data(1), nullptr, nullptr, c.output_data(2)};
  void* workspace = c.scratch(kernels::recurrent_workspace_bytes(dtype, r));
  check_kernel(kernels::recurrent(dtype, r, in, out, c.parallel(), workspace), c.dtype(0));
}

Tensor activated(kernels::Cell cell, const Tensor& x) {
  if (cell == kernels::Cell::kTanh) return tanh_of(x);
  return cell == kernels::Cell::kRelu ? call("relu", {x}) : x;
}

// dy times the slope of the activation where it gave y.
Tensor through(kernels::Cell cell, const Tensor& dy, const Tensor& y) {
  if (cell == kernels::Cell::kTanh) return dy * one_minus(y * y);
  if (cell == kernels::Cell::kLinear) return dy;
  return call("select", {call("greater", {y, scalar_like(y, 0.0)}), dy, call("zeros_like", {dy})});
}

// x, h, kernel, recurrent_kernel, bias, mask to what the op gives.
std::vector<Tensor> forward_by_ops(const std::vector<Tensor>& in, kernels::Cell cell, bool backwards) {
  Unrolled run(in[0], in[2], in[3], backwards);
  Tensor inputs = matmul_of(in[0], in[2]), h = in[1];
  std::vector<Tensor> ys(run.steps), gates(run.steps);
  for (int64_t step = 0; step < run.steps; ++step) {
    int64_t t = run.place(step);
    gates[t] = activated(cell, step_of(inputs, t) + matmul_of(h, in[3]) + in[4]);
    h = call("select", {call("expand_dims", {step_of(in[5], t)}, {{"axis", 1}}), gates[t], h});
    ys[t] = h;
  }
  return {sequence_of(ys, inputs), h, sequence_of(gates, inputs)};
}

// x, h, kernel, recurrent_kernel, mask, y, gates, dy, dlast_h to the gradients, as the kernel does.
std::vector<Tensor> backward_by_ops(const std::vector<Tensor>& in, kernels::Cell cell, bool backwards) {
  Unrolled run(in[0], in[2], in[3], backwards);
  Tensor dh = in[8];
  std::vector<Tensor> dgates(run.steps), before(run.steps);
  for (int64_t step = run.steps - 1; step >= 0; --step) {
    int64_t t = run.place(step);
    Tensor m = call("expand_dims", {step_of(in[4], t)}, {{"axis", 1}});
    dh = dh + step_of(in[7], t);
    Tensor all = through(cell, dh, step_of(in[6], t)), nothing = call("zeros_like", {dh});
    dgates[t] = call("select", {m, all, nothing});
    dh = matmul_of(dgates[t], in[3], false, true) + call("select", {m, nothing, dh});
    before[t] = step == 0 ? in[1] : step_of(in[5], run.place(step - 1));
  }
  Tensor d = sequence_of(dgates, in[6]);
  Tensor flat = flat_rows(d, run.units);
  return {matmul_of(d, in[2], false, true), dh, matmul_of(flat_rows(in[0], run.inputs), flat, true),
          matmul_of(flat_rows(sequence_of(before, in[5]), run.units), flat, true), sum_of_rows(flat)};
}

void gradient(GradientContext& c) {
  kernels::Cell cell = cell_of(c);
  bool backwards = c.bool_attr("go_backwards");
  if (c.has_gradient(2))
    return gradient_by_ops(c, [&](const std::vector<Tensor>& in) { return forward_by_ops(in, cell, backwards); });
  std::vector<Tensor> g = call_all("simple_rnn_grad",
                                   {c.input(0), c.input(1), c.input(2), c.input(3), c.input(5), c.output(0),
                                    c.output(2), c.gradient(0), c.gradient(1)},
                                   {{"activation", c.string_attr("activation")}, {"go_backwards", backwards}});
  for (size_t i = 0; i < 5; ++i)
    if (c.needs(i)) c.set_gradient(i, g[i]);
}

TG_OP(
    "simple_rnn(x: T, h: T, kernel: T, recurrent_kernel: T, bias: T, mask: bool, *, activation: str = 'tanh', "
    "go_backwards: bool = false) -> T, T, T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Runs h = activation(x[t] kernel + h recurrent_kernel + bias) over sequences.")
    .doc(R"(J. Elman, "Finding structure in time", Cognitive Science 14, 1990.

Args:
  x: sequences of shape [batch, steps, inputs]; a floating dtype.
  h: the state before the first step, of shape [batch, units].
  kernel: a tensor of shape [inputs, units].
  recurrent_kernel: a tensor of shape [units, units].
  bias: a vector of `units` numbers.
  mask: of shape [batch, steps]: where it is false, the step is left out and the state stays.
  activation: 'tanh', 'relu' or 'linear'.
  go_backwards: whether to run from the last step to the first.

Returns:
  The state after each step, of shape [batch, steps, units] (that after x[:, t] lies at t, backwards too); the last
  state, [batch, units]; and what the activation gave at each step, masked or not.

Raises:
  InvalidArgumentError: a rank does not fit (TG-0103), the sizes do not (TG-0105), or the activation is not one of these
    (TG-0106).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3, 2]}, {"dtype": "float32", "shape": [2, 3]},
                      {"dtype": "float32", "shape": [2, 3]}, {"dtype": "float32", "shape": [3, 3]},
                      {"dtype": "float32", "shape": [3]},
                      {"dtype": "bool", "value": [[true, true, true], [true, true, true]]}]},
          {"inputs": [{"dtype": "float32", "shape": [3, 3, 1]}, {"dtype": "float32", "shape": [3, 2]},
                      {"dtype": "float32", "shape": [1, 2]}, {"dtype": "float32", "shape": [2, 2]},
                      {"dtype": "float32", "shape": [2]},
                      {"dtype": "bool", "value": [[true, true, false], [true, false, true], [false, false, true]]}],
           "attributes": {"go_backwards": true, "activation": "relu"}}])")
    .infer<infer>()
    .widened_kernel<kernel>()
    .gradient<gradient>();

RecurrentDims backward_dims(const Context& c) {
  RecurrentDims d;
  cell_of(c);
  learn_sizes(c, 0, "x", {&d.batch, &d.steps, &d.inputs});
  learn_sizes(c, 1, "h", {&d.batch, &d.units});
  learn_sizes(c, 2, "kernel", {&d.inputs, &d.units});
  learn_sizes(c, 3, "recurrent_kernel", {&d.units, &d.units});
  learn_sizes(c, 4, "mask", {&d.batch, &d.steps});
  learn_sizes(c, 5, "y", {&d.batch, &d.steps, &d.units});
  learn_sizes(c, 6, "gates", {&d.batch, &d.steps, &d.units});
  learn_sizes(c, 7, "dy", {&d.batch, &d.steps, &d.units});
  learn_sizes(c, 8, "dlast_h", {&d.batch, &d.units});
  return d;
}

void infer_grad(InferContext& c) {
  RecurrentDims d = backward_dims(c);
  int dtype = c.dtype(0);
  c.set_output(0, dtype, {d.batch, d.steps, d.inputs});
  c.set_output(1, dtype, d.state());
  c.set_output(2, dtype, {d.inputs, d.units});
  c.set_output(3, dtype, {d.units, d.units});
  c.set_output(4, dtype, {d.units});
}

void grad_kernel(KernelContext& c) {
  kernels::Recurrent r = recurrent_of(cell_of(c), backward_dims(c), c.bool_attr("go_backwards"));
  kernels::DType dtype = kernel_dtype(c.dtype(0));
  kernels::RecurrentInputs in{c.input_data(0), c.input_data(1), nullptr,            c.input_data(2),
                              c.input_data(3), nullptr,         c.input<uint8_t>(4)};
  // The kernel reads what the forward run wrote.
  kernels::RecurrentOutputs out{const_cast<void*>(c.input_data(5)), nullptr, nullptr, nullptr,
                                const_cast<void*>(c.input_data(6))};
  kernels::RecurrentGradients g{c.input_data(7), c.input_data(8), nullptr,          c.output_data(0), c.output_data(1),
                                nullptr,         c.output_data(2), c.output_data(3), c.output_data(4)};
  void* workspace = c.scratch(kernels::recurrent_grad_workspace_bytes(dtype, r));
  check_kernel(kernels::recurrent_grad(dtype, r, in, out, g, c.parallel(), workspace), c.dtype(0));
}

void grad_gradient(GradientContext& c) {
  kernels::Cell cell = cell_of(c);
  bool backwards = c.bool_attr("go_backwards");
  gradient_by_ops(c, [&](const std::vector<Tensor>& in) { return backward_by_ops(in, cell, backwards); });
}

TG_OP(
    "simple_rnn_grad(x: T, h: T, kernel: T, recurrent_kernel: T, mask: bool, y: T, gates: T, dy: T, dlast_h: T, *, "
    "activation: str = 'tanh', go_backwards: bool = false) -> T, T, T, T, T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Computes the gradients of simple_rnn, step by step from the end.")
    .doc(R"(Args:
  x: as in simple_rnn.
  h: as in simple_rnn.
  kernel: as in simple_rnn.
  recurrent_kernel: as in simple_rnn.
  mask: as in simple_rnn.
  y: simple_rnn's states.
  gates: its third result.
  dy: the gradient of the states.
  dlast_h: the gradient of the last state.
  activation: as in simple_rnn.
  go_backwards: as in simple_rnn.

Returns:
  The gradients of `x`, `h`, `kernel`, `recurrent_kernel` and the bias.

Raises:
  InvalidArgumentError: a rank does not fit (TG-0103), the sizes do not (TG-0105), or the activation is not one of these
    (TG-0106).
  UnimplementedError: its own gradient is wanted where the number of steps is not known (TG-0590).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 2, 1]}, {"dtype": "float32", "shape": [2, 2]},
                      {"dtype": "float32", "shape": [1, 2]}, {"dtype": "float32", "shape": [2, 2]},
                      {"dtype": "bool", "value": [[true, true], [false, true]]},
                      {"dtype": "float32", "shape": [2, 2, 2]}, {"dtype": "float32", "shape": [2, 2, 2]},
                      {"dtype": "float32", "shape": [2, 2, 2]}, {"dtype": "float32", "shape": [2, 2]}]},
          {"inputs": [{"dtype": "float32", "shape": [1, 2, 1]}, {"dtype": "float32", "shape": [1, 2]},
                      {"dtype": "float32", "shape": [1, 2]}, {"dtype": "float32", "shape": [2, 2]},
                      {"dtype": "bool", "value": [[true, true]]},
                      {"dtype": "float32", "shape": [1, 2, 2]}, {"dtype": "float32", "shape": [1, 2, 2]},
                      {"dtype": "float32", "shape": [1, 2, 2]}, {"dtype": "float32", "shape": [1, 2]}],
           "attributes": {"activation": "relu", "go_backwards": true}}])")
    .infer<infer_grad>()
    .widened_kernel<grad_kernel>()
    .gradient<grad_gradient>();

}  // namespace
}  // namespace tg
