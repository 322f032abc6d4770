#include "ops/recurrent/recurrent.hpp"

namespace tg {
namespace {

constexpr kernels::Cell kCell = kernels::Cell::kLstm;

RecurrentDims forward_dims(const Context& c) {
  RecurrentDims d;
  d.gates = 4;
  learn_sizes(c, 0, "x", {&d.batch, &d.steps, &d.inputs});
  learn_sizes(c, 1, "h", {&d.batch, &d.units});
  learn_sizes(c, 2, "c", {&d.batch, &d.units});
  int64_t width = d.width();
  learn_sizes(c, 3, "kernel", {&d.inputs, &width});
  learn_sizes(c, 4, "recurrent_kernel", {&d.units, &width});
  learn_sizes(c, 5, "bias", {&width});
  learn_sizes(c, 6, "mask", {&d.batch, &d.steps});
  return d;
}

void infer(InferContext& c) {
  RecurrentDims d = forward_dims(c);
  int dtype = c.dtype(0);
  c.set_output(0, dtype, d.sequence());
  c.set_output(1, dtype, d.state());
  c.set_output(2, dtype, d.state());
  c.set_output(3, dtype, d.sequence());
  c.set_output(4, dtype, d.all_gates());
}

void kernel(KernelContext& c) {
  kernels::Recurrent r = recurrent_of(kCell, forward_dims(c), c.bool_attr("go_backwards"));
  kernels::DType dtype = kernel_dtype(c.dtype(0));
  kernels::RecurrentInputs in{c.input_data(0), c.input_data(1), c.input_data(2),    c.input_data(3),
                              c.input_data(4), c.input_data(5), c.input<uint8_t>(6)};
  kernels::RecurrentOutputs out{c.output_data(0), c.output_data(1), c.output_data(2), c.output_data(3),
                                c.output_data(4)};
  void* workspace = c.scratch(kernels::recurrent_workspace_bytes(dtype, r));
  check_kernel(kernels::recurrent(dtype, r, in, out, c.parallel(), workspace), c.dtype(0));
}

// x, h, c, kernel, recurrent_kernel, bias, mask to what the op gives.
std::vector<Tensor> forward_by_ops(const std::vector<Tensor>& in, bool backwards) {
  Unrolled run(in[0], in[3], in[4], backwards);
  int64_t n = run.units;
  Tensor inputs = matmul_of(in[0], in[3]), h = in[1], cell = in[2];
  std::vector<Tensor> ys(run.steps), cells(run.steps), gates(run.steps);
  for (int64_t step = 0; step < run.steps; ++step) {
    int64_t t = run.place(step);
    Tensor z = step_of(inputs, t) + matmul_of(h, in[4]) + in[5];
    Tensor i = sigmoid_of(columns_of(z, 0, n)), f = sigmoid_of(columns_of(z, n, 2 * n));
    Tensor g = tanh_of(columns_of(z, 2 * n, 3 * n)), o = sigmoid_of(columns_of(z, 3 * n, 4 * n));
    Tensor next = f * cell + i * g;
    Tensor m = call("expand_dims", {step_of(in[6], t)}, {{"axis", 1}});
    h = call("select", {m, o * tanh_of(next), h});
    cell = call("select", {m, next, cell});
    ys[t] = h;
    cells[t] = cell;
    gates[t] = joined({i, f, g, o});
  }
  Tensor none = call("slice", {inputs, make_tensor<int64_t>({3}, {0, 0, 0}), make_tensor<int64_t>({3}, {-1, -1, n})});
  return {sequence_of(ys, none), h, cell, sequence_of(cells, none), sequence_of(gates, inputs)};
}

// x, h, c, kernel, recurrent_kernel, mask, y, cells, gates, dy, dlast_h, dlast_c to the gradients, as the kernel does.
std::vector<Tensor> backward_by_ops(const std::vector<Tensor>& in, bool backwards) {
  Unrolled run(in[0], in[3], in[4], backwards);
  int64_t n = run.units;
  Tensor dh = in[10], dc = in[11];
  std::vector<Tensor> dgates(run.steps), before(run.steps);
  for (int64_t step = run.steps - 1; step >= 0; --step) {
    int64_t t = run.place(step);
    Tensor h_before = step == 0 ? in[1] : step_of(in[6], run.place(step - 1));
    Tensor c_before = step == 0 ? in[2] : step_of(in[7], run.place(step - 1));
    Tensor gates = step_of(in[8], t), c_tanh = tanh_of(step_of(in[7], t));
    Tensor i = columns_of(gates, 0, n), f = columns_of(gates, n, 2 * n);
    Tensor g = columns_of(gates, 2 * n, 3 * n), o = columns_of(gates, 3 * n, 4 * n);
    Tensor m = call("expand_dims", {step_of(in[5], t)}, {{"axis", 1}});
    dh = dh + step_of(in[9], t);
    Tensor inner = dc + dh * o * one_minus(c_tanh * c_tanh);
    Tensor all = joined({inner * g * i * one_minus(i), inner * c_before * f * one_minus(f),
                         inner * i * one_minus(g * g), dh * c_tanh * o * one_minus(o)});
    all = call("select", {m, all, call("zeros_like", {all})});
    dh = matmul_of(all, in[4], false, true) + call("select", {m, call("zeros_like", {dh}), dh});
    dc = call("select", {m, inner * f, dc});
    dgates[t] = all;
    before[t] = h_before;
  }
  Tensor d = sequence_of(dgates, in[8]);
  Tensor flat = flat_rows(d, 4 * n);
  return {matmul_of(d, in[3], false, true),
          dh,
          dc,
          matmul_of(flat_rows(in[0], run.inputs), flat, true),
          matmul_of(flat_rows(sequence_of(before, in[6]), n), flat, true),
          sum_of_rows(flat)};
}

void gradient(GradientContext& c) {
  bool backwards = c.bool_attr("go_backwards");
  if (c.has_gradient(3) || c.has_gradient(4))
    return gradient_by_ops(c, [&](const std::vector<Tensor>& in) { return forward_by_ops(in, backwards); });
  std::vector<Tensor> g = call_all("lstm_grad",
                                   {c.input(0), c.input(1), c.input(2), c.input(3), c.input(4), c.input(6), c.output(0),
                                    c.output(3), c.output(4), c.gradient(0), c.gradient(1), c.gradient(2)},
                                   {{"go_backwards", backwards}});
  for (size_t i = 0; i < 6; ++i)
    if (c.needs(i)) c.set_gradient(i, g[i]);
}

TG_OP(
    "lstm(x: T, h: T, c: T, kernel: T, recurrent_kernel: T, bias: T, mask: bool, *, go_backwards: bool = false) "
    "-> T, T, T, T, T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Runs a long short-term memory over sequences.")
    .doc(R"(At each step, with z = x[t] kernel + h recurrent_kernel + bias cut into i, f, g, o:
c = sigmoid(f) * c + sigmoid(i) * tanh(g), h = sigmoid(o) * tanh(c). S. Hochreiter, J. Schmidhuber, "Long short-term
memory", Neural Computation 9, 1997, with the forget gate of F. Gers et al., 2000.

Args:
  x: sequences of shape [batch, steps, inputs]; a floating dtype.
  h: the output before the first step, of shape [batch, units].
  c: the cell before the first step, of shape [batch, units].
  kernel: a tensor of shape [inputs, 4 * units].
  recurrent_kernel: a tensor of shape [units, 4 * units].
  bias: a vector of 4 * units numbers.
  mask: of shape [batch, steps]: where it is false, the step is left out and the states stay.
  go_backwards: whether to run from the last step to the first.

Returns:
  The output after each step, of shape [batch, steps, units] (that after x[:, t] lies at t, backwards too); the last
  output and the last cell, [batch, units]; the cell after each step; and the gates, of shape [batch, steps, 4 * units].

Raises:
  InvalidArgumentError: a rank does not fit (TG-0103), or the sizes do not (TG-0105).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 3, 2]}, {"dtype": "float32", "shape": [2, 2]},
                      {"dtype": "float32", "shape": [2, 2]}, {"dtype": "float32", "shape": [2, 8]},
                      {"dtype": "float32", "shape": [2, 8]}, {"dtype": "float32", "shape": [8]},
                      {"dtype": "bool", "value": [[true, true, true], [true, true, true]]}]},
          {"inputs": [{"dtype": "float32", "shape": [3, 3, 1]}, {"dtype": "float32", "shape": [3, 2]},
                      {"dtype": "float32", "shape": [3, 2]}, {"dtype": "float32", "shape": [1, 8]},
                      {"dtype": "float32", "shape": [2, 8]}, {"dtype": "float32", "shape": [8]},
                      {"dtype": "bool", "value": [[true, true, false], [true, false, true], [false, false, true]]}],
           "attributes": {"go_backwards": true}}])")
    .infer<infer>()
    .widened_kernel<kernel>()
    .gradient<gradient>();

RecurrentDims backward_dims(const Context& c) {
  RecurrentDims d;
  d.gates = 4;
  learn_sizes(c, 0, "x", {&d.batch, &d.steps, &d.inputs});
  learn_sizes(c, 1, "h", {&d.batch, &d.units});
  learn_sizes(c, 2, "c", {&d.batch, &d.units});
  int64_t width = d.width();
  learn_sizes(c, 3, "kernel", {&d.inputs, &width});
  learn_sizes(c, 4, "recurrent_kernel", {&d.units, &width});
  learn_sizes(c, 5, "mask", {&d.batch, &d.steps});
  learn_sizes(c, 6, "y", {&d.batch, &d.steps, &d.units});
  learn_sizes(c, 7, "cells", {&d.batch, &d.steps, &d.units});
  learn_sizes(c, 8, "gates", {&d.batch, &d.steps, &width});
  learn_sizes(c, 9, "dy", {&d.batch, &d.steps, &d.units});
  learn_sizes(c, 10, "dlast_h", {&d.batch, &d.units});
  learn_sizes(c, 11, "dlast_c", {&d.batch, &d.units});
  return d;
}

void infer_grad(InferContext& c) {
  RecurrentDims d = backward_dims(c);
  int dtype = c.dtype(0);
  c.set_output(0, dtype, {d.batch, d.steps, d.inputs});
  c.set_output(1, dtype, d.state());
  c.set_output(2, dtype, d.state());
  c.set_output(3, dtype, {d.inputs, d.width()});
  c.set_output(4, dtype, {d.units, d.width()});
  c.set_output(5, dtype, {d.width()});
}

void grad_kernel(KernelContext& c) {
  RecurrentDims d = backward_dims(c);
  d.all_gates();
  kernels::Recurrent r = recurrent_of(kCell, d, c.bool_attr("go_backwards"));
  kernels::DType dtype = kernel_dtype(c.dtype(0));
  kernels::RecurrentInputs in{c.input_data(0), c.input_data(1), c.input_data(2),    c.input_data(3),
                              c.input_data(4), nullptr,         c.input<uint8_t>(5)};
  // The kernel reads what the forward run wrote.
  kernels::RecurrentOutputs out{const_cast<void*>(c.input_data(6)), nullptr, nullptr,
                                const_cast<void*>(c.input_data(7)), const_cast<void*>(c.input_data(8))};
  kernels::RecurrentGradients g{c.input_data(9),  c.input_data(10), c.input_data(11), c.output_data(0),
                                c.output_data(1), c.output_data(2), c.output_data(3), c.output_data(4),
                                c.output_data(5)};
  void* workspace = c.scratch(kernels::recurrent_grad_workspace_bytes(dtype, r));
  check_kernel(kernels::recurrent_grad(dtype, r, in, out, g, c.parallel(), workspace), c.dtype(0));
}

void grad_gradient(GradientContext& c) {
  bool backwards = c.bool_attr("go_backwards");
  gradient_by_ops(c, [&](const std::vector<Tensor>& in) { return backward_by_ops(in, backwards); });
}

TG_OP(
    "lstm_grad(x: T, h: T, c: T, kernel: T, recurrent_kernel: T, mask: bool, y: T, cells: T, gates: T, dy: T, "
    "dlast_h: T, dlast_c: T, *, go_backwards: bool = false) -> T, T, T, T, T, T")
    .types("T: " TG_ALL_FLOATS)
    .summary("Computes the gradients of lstm, step by step from the end.")
    .doc(R"(Args:
  x: as in lstm.
  h: as in lstm.
  c: as in lstm.
  kernel: as in lstm.
  recurrent_kernel: as in lstm.
  mask: as in lstm.
  y: lstm's outputs.
  cells: its cells.
  gates: its gates.
  dy: the gradient of the outputs.
  dlast_h: the gradient of the last output.
  dlast_c: the gradient of the last cell.
  go_backwards: as in lstm.

Returns:
  The gradients of `x`, `h`, `c`, `kernel`, `recurrent_kernel` and the bias.

Raises:
  InvalidArgumentError: a rank does not fit (TG-0103), or the sizes do not (TG-0105).
  UnimplementedError: its own gradient is wanted where the number of steps is not known (TG-0590).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [2, 2, 1]}, {"dtype": "float32", "shape": [2, 2]},
                      {"dtype": "float32", "shape": [2, 2]}, {"dtype": "float32", "shape": [1, 8]},
                      {"dtype": "float32", "shape": [2, 8]},
                      {"dtype": "bool", "value": [[true, true], [false, true]]},
                      {"dtype": "float32", "shape": [2, 2, 2]}, {"dtype": "float32", "shape": [2, 2, 2]},
                      {"dtype": "float32", "shape": [2, 2, 8], "low": 0.1, "high": 0.9},
                      {"dtype": "float32", "shape": [2, 2, 2]}, {"dtype": "float32", "shape": [2, 2]},
                      {"dtype": "float32", "shape": [2, 2]}]}])")
    .infer<infer_grad>()
    .widened_kernel<grad_kernel>()
    .gradient<grad_gradient>();

}  // namespace
}  // namespace tg
