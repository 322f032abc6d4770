#include "ops/recurrent/recurrent.hpp"

namespace tg {
namespace {

constexpr kernels::Cell kCell = kernels::Cell::kGru;

RecurrentDims forward_dims(const Context& c) {
  RecurrentDims d;
  d.gates = 3;
  learn_sizes(c, 0, "x", {&d.batch, &d.steps, &d.inputs});
  learn_sizes(c, 1, "h", {&d.batch, &d.units});
  int64_t width = d.width(), two = 2;
  learn_sizes(c, 2, "kernel", {&d.inputs, &width});
  learn_sizes(c, 3, "recurrent_kernel", {&d.units, &width});
  learn_sizes(c, 4, "bias", {&two, &width});
  learn_sizes(c, 5, "mask", {&d.batch, &d.steps});
  return d;
}

void infer(InferContext& c) {
  RecurrentDims d = forward_dims(c);
  int dtype = c.dtype(0);
  c.set_output(0, dtype, d.sequence());
  c.set_output(1, dtype, d.state());
  c.set_output(2, dtype, d.sequence());
  c.set_output(3, dtype, d.all_gates());
}

void kernel(KernelContext& c) {
  kernels::Recurrent r = recurrent_of(kCell, forward_dims(c), c.bool_attr("go_backwards"));
  kernels::DType dtype = kernel_dtype(c.dtype(0));
  kernels::RecurrentInputs in{c.input_data(0), c.input_data(1), nullptr,            c.input_data(2),
                              c.input_data(3), c.input_data(4), c.input<uint8_t>(5)};
  kernels::RecurrentOutputs out{c.output_data(0), c.output_data(1), nullptr, c.output_data(2), c.output_data(3)};
  void* workspace = c.scratch(kernels::recurrent_workspace_bytes(dtype, r));
  check_kernel(kernels::recurrent(dtype, r, in, out, c.parallel(), workspace), c.dtype(0));
}

// x, h, kernel, recurrent_kernel, bias, mask to what the op gives.
std::vector<Tensor> forward_by_ops(const std::vector<Tensor>& in, bool backwards) {
  Unrolled run(in[0], in[2], in[3], backwards);
  int64_t n = run.units;
  Tensor inputs = matmul_of(in[0], in[2]), h = in[1];
  Tensor bias = call("slice", {in[4], make_tensor<int64_t>({2}, {0, 0}), make_tensor<int64_t>({2}, {1, -1})});
  Tensor state_bias = call("slice", {in[4], make_tensor<int64_t>({2}, {1, 0}), make_tensor<int64_t>({2}, {1, -1})});
  std::vector<Tensor> ys(run.steps), inner(run.steps), gates(run.steps);
  for (int64_t step = 0; step < run.steps; ++step) {
    int64_t t = run.place(step);
    Tensor x = step_of(inputs, t) + bias, s = matmul_of(h, in[3]) + state_bias;
    Tensor z = sigmoid_of(columns_of(x, 0, n) + columns_of(s, 0, n));
    Tensor r = sigmoid_of(columns_of(x, n, 2 * n) + columns_of(s, n, 2 * n));
    inner[t] = columns_of(s, 2 * n, 3 * n);
    Tensor g = tanh_of(columns_of(x, 2 * n, 3 * n) + r * inner[t]);
    Tensor m = call("expand_dims", {step_of(in[5], t)}, {{"axis", 1}});
    h = call("select", {m, z * h + one_minus(z) * g, h});
    ys[t] = h;
    gates[t] = joined({z, r, g});
  }
  Tensor none = call("slice", {inputs, make_tensor<int64_t>({3}, {0, 0, 0}), make_tensor<int64_t>({3}, {-1, -1, n})});
  return {sequence_of(ys, none), h, sequence_of(inner, none), sequence_of(gates, inputs)};
}

// x, h, kernel, recurrent_kernel, mask, y, inner, gates, dy, dlast_h to the gradients, as the kernel does.
std::vector<Tensor> backward_by_ops(const std::vector<Tensor>& in, bool backwards) {
  Unrolled run(in[0], in[2], in[3], backwards);
  int64_t n = run.units;
  Tensor dh = in[9];
  std::vector<Tensor> dgates(run.steps), dstates(run.steps), before(run.steps);
  for (int64_t step = run.steps - 1; step >= 0; --step) {
    int64_t t = run.place(step);
    Tensor h = step == 0 ? in[1] : step_of(in[5], run.place(step - 1));
    Tensor gates = step_of(in[7], t), inner = step_of(in[6], t);
    Tensor z = columns_of(gates, 0, n), r = columns_of(gates, n, 2 * n), g = columns_of(gates, 2 * n, 3 * n);
    Tensor m = call("expand_dims", {step_of(in[4], t)}, {{"axis", 1}});
    dh = dh + step_of(in[8], t);
    Tensor dn = dh * one_minus(z) * one_minus(g * g);
    Tensor dz = dh * (h - g) * z * one_minus(z), dr = dn * inner * r * one_minus(r);
    Tensor all = joined({dz, dr, dn}), states = joined({dz, dr, dn * r});
    Tensor nothing = call("zeros_like", {all});
    dgates[t] = call("select", {m, all, nothing});
    dstates[t] = call("select", {m, states, nothing});
    dh = matmul_of(dstates[t], in[3], false, true) + call("select", {m, dh * z, dh});
    before[t] = h;
  }
  Tensor d = sequence_of(dgates, in[7]);
  Tensor flat = flat_rows(d, 3 * n), states = flat_rows(sequence_of(dstates, in[7]), 3 * n);
  return {matmul_of(d, in[2], false, true),
          dh,
          matmul_of(flat_rows(in[0], run.inputs), flat, true),
          matmul_of(flat_rows(sequence_of(before, in[5]), n), states, true),
          call("stack", {sum_of_rows(flat), sum_of_rows(states)}, {{"axis", 0}})};
}

void gradient(GradientContext& c) {
  bool backwards = c.bool_attr("go_backwards");
  if (c.has_gradient(2) || c.has_gradient(3))
    return gradient_by_ops(c, [&](const std::vector<Tensor>& in) { return forward_by_ops(in, backwards); });
  std::vector<Tensor> g = call_all("gru_grad",
                                   {c.input(0), c.input(1), c.input(2), c.input(3), c.input(5), c.output(0),
                                    c.output(2), c.output(3), c.gradient(0), c.gradient(1)},
                                   {{"go_backwards", backwards}});
  for (size_t i = 0; i < 5; ++i)
    if (c.needs(i)) c.set_gradient(i, g[i]);
}

TG_OP(
    "gru(x: T, h: T, kernel: T, recurrent_kernel: T, bias: T, mask: bool, *, go_backwards: bool = false) "
    "-> T, T, T, T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Runs gated recurrent units over sequences, with the reset gate after the product.")
    .doc(R"(At each step, with a = x[t] kernel + bias[0] and b = h recurrent_kernel + bias[1], each cut into three:
z = sigmoid(a0 + b0), r = sigmoid(a1 + b1), n = tanh(a2 + r * b2), h = z * h + (1 - z) * n. K. Cho et al., "Learning
phrase representations using RNN encoder-decoder", EMNLP 2014, in the form that fuses (reset_after in Keras).

Args:
  x: sequences of shape [batch, steps, inputs]; a floating dtype.
  h: the state before the first step, of shape [batch, units].
  kernel: a tensor of shape [inputs, 3 * units].
  recurrent_kernel: a tensor of shape [units, 3 * units].
  bias: a tensor of shape [2, 3 * units].
  mask: of shape [batch, steps]: where it is false, the step is left out and the state stays.
  go_backwards: whether to run from the last step to the first.

Returns:
  The state after each step, of shape [batch, steps, units] (that after x[:, t] lies at t, backwards too); the last
  state, [batch, units]; b2 at each step; and the gates z, r, n, of shape [batch, steps, 3 * units].

Raises:
  InvalidArgumentError: a rank does not fit (TG-0103), or the sizes do not (TG-0105).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3, 2]}, {"dtype": "float32", "shape": [2, 2]},
                      {"dtype": "float32", "shape": [2, 6]}, {"dtype": "float32", "shape": [2, 6]},
                      {"dtype": "float32", "shape": [2, 6]},
                      {"dtype": "bool", "value": [[true, true, true], [true, true, true]]}]},
          {"inputs": [{"dtype": "float32", "shape": [3, 3, 1]}, {"dtype": "float32", "shape": [3, 2]},
                      {"dtype": "float32", "shape": [1, 6]}, {"dtype": "float32", "shape": [2, 6]},
                      {"dtype": "float32", "shape": [2, 6]},
                      {"dtype": "bool", "value": [[true, true, false], [true, false, true], [false, false, true]]}],
           "attributes": {"go_backwards": true}}])")
    .infer<infer>()
    .widened_kernel<kernel>()
    .gradient<gradient>();

RecurrentDims backward_dims(const Context& c) {
  RecurrentDims d;
  d.gates = 3;
  learn_sizes(c, 0, "x", {&d.batch, &d.steps, &d.inputs});
  learn_sizes(c, 1, "h", {&d.batch, &d.units});
  int64_t width = d.width();
  learn_sizes(c, 2, "kernel", {&d.inputs, &width});
  learn_sizes(c, 3, "recurrent_kernel", {&d.units, &width});
  learn_sizes(c, 4, "mask", {&d.batch, &d.steps});
  learn_sizes(c, 5, "y", {&d.batch, &d.steps, &d.units});
  learn_sizes(c, 6, "inner", {&d.batch, &d.steps, &d.units});
  learn_sizes(c, 7, "gates", {&d.batch, &d.steps, &width});
  learn_sizes(c, 8, "dy", {&d.batch, &d.steps, &d.units});
  learn_sizes(c, 9, "dlast_h", {&d.batch, &d.units});
  return d;
}

void infer_grad(InferContext& c) {
  RecurrentDims d = backward_dims(c);
  int dtype = c.dtype(0);
  c.set_output(0, dtype, {d.batch, d.steps, d.inputs});
  c.set_output(1, dtype, d.state());
  c.set_output(2, dtype, {d.inputs, d.width()});
  c.set_output(3, dtype, {d.units, d.width()});
  c.set_output(4, dtype, {2, d.width()});
}

void grad_kernel(KernelContext& c) {
  RecurrentDims d = backward_dims(c);
  d.all_gates();
  kernels::Recurrent r = recurrent_of(kCell, d, c.bool_attr("go_backwards"));
  kernels::DType dtype = kernel_dtype(c.dtype(0));
  kernels::RecurrentInputs in{c.input_data(0), c.input_data(1), nullptr,            c.input_data(2),
                              c.input_data(3), nullptr,         c.input<uint8_t>(4)};
  // The kernel reads what the forward run wrote.
  kernels::RecurrentOutputs out{const_cast<void*>(c.input_data(5)), nullptr, nullptr,
                                const_cast<void*>(c.input_data(6)), const_cast<void*>(c.input_data(7))};
  kernels::RecurrentGradients g{c.input_data(8),  c.input_data(9), nullptr,          c.output_data(0), c.output_data(1),
                                nullptr,          c.output_data(2), c.output_data(3), c.output_data(4)};
  void* workspace = c.scratch(kernels::recurrent_grad_workspace_bytes(dtype, r));
  check_kernel(kernels::recurrent_grad(dtype, r, in, out, g, c.parallel(), workspace), c.dtype(0));
}

void grad_gradient(GradientContext& c) {
  bool backwards = c.bool_attr("go_backwards");
  gradient_by_ops(c, [&](const std::vector<Tensor>& in) { return backward_by_ops(in, backwards); });
}

TG_OP(
    "gru_grad(x: T, h: T, kernel: T, recurrent_kernel: T, mask: bool, y: T, inner: T, gates: T, dy: T, dlast_h: T, *, "
    "go_backwards: bool = false) -> T, T, T, T, T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Computes the gradients of gru, step by step from the end.")
    .doc(R"(Args:
  x: as in gru.
  h: as in gru.
  kernel: as in gru.
  recurrent_kernel: as in gru.
  mask: as in gru.
  y: gru's states.
  inner: its third result.
  gates: its gates.
  dy: the gradient of the states.
  dlast_h: the gradient of the last state.
  go_backwards: as in gru.

Returns:
  The gradients of `x`, `h`, `kernel`, `recurrent_kernel` and the bias.

Raises:
  InvalidArgumentError: a rank does not fit (TG-0103), or the sizes do not (TG-0105).
  UnimplementedError: its own gradient is wanted where the number of steps is not known (TG-0590).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 2, 1]}, {"dtype": "float32", "shape": [2, 2]},
                      {"dtype": "float32", "shape": [1, 6]}, {"dtype": "float32", "shape": [2, 6]},
                      {"dtype": "bool", "value": [[true, true], [false, true]]},
                      {"dtype": "float32", "shape": [2, 2, 2]}, {"dtype": "float32", "shape": [2, 2, 2]},
                      {"dtype": "float32", "shape": [2, 2, 6], "low": 0.1, "high": 0.9},
                      {"dtype": "float32", "shape": [2, 2, 2]}, {"dtype": "float32", "shape": [2, 2]}]}])")
    .infer<infer_grad>()
    .widened_kernel<grad_kernel>()
    .gradient<grad_gradient>();

}  // namespace
}  // namespace tg
