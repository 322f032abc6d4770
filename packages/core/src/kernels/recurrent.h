// Recurrent layers over whole sequences; float32 and float64. All arrays are dense and batch-major.
#ifndef TENSEGRA_KERNELS_RECURRENT_H_
#define TENSEGRA_KERNELS_RECURRENT_H_

#include "kernels/dtype.h"
#include "kernels/parallel.h"

namespace tg::kernels {

enum class Cell : int32_t {
  kLstm,    // gates i, f, g, o; bias [4 units]; aux: the cells
  kGru,     // gates z, r, n; bias [2, 3 units], of the input and of the state; aux: the state's part of n
  kTanh,    // one gate; bias [units]; no aux
  kRelu,    // as kTanh
  kLinear,  // as kTanh
};

inline int64_t gates_of(Cell cell) { return cell == Cell::kLstm ? 4 : cell == Cell::kGru ? 3 : 1; }

struct Recurrent {
  Cell cell;
  int64_t batch, steps, inputs, units;
  bool backwards;  // from the last step to the first

  int64_t width() const { return gates_of(cell) * units; }
};

// What a run reads: x [batch, steps, inputs], the states that it starts with [batch, units] (c for LSTM only),
// kernel [inputs, width], recurrent_kernel [units, width], bias, mask [batch, steps]: where it is 0, the states stay.
struct RecurrentInputs {
  const void *x, *h0, *c0, *kernel, *recurrent_kernel, *bias;
  const uint8_t* mask;
};

// What it writes: y [batch, steps, units], the state after each step; the last states [batch, units]; and what the
// gradient needs: aux [batch, steps, units] and gates [batch, steps, width], after their activations.
struct RecurrentOutputs {
  void *y, *last_h, *last_c, *aux, *gates;
};

size_t recurrent_workspace_bytes(DType dtype, const Recurrent& r);
Status recurrent(DType dtype, const Recurrent& r, const RecurrentInputs& in, const RecurrentOutputs& out,
                 const Parallel& parallel, void* workspace);

// The gradients of all inputs but the mask, from those of y and the last states.
struct RecurrentGradients {
  const void *dy, *dlast_h, *dlast_c;
  void *dx, *dh0, *dc0, *dkernel, *drecurrent_kernel, *dbias;
};

size_t recurrent_grad_workspace_bytes(DType dtype, const Recurrent& r);
Status recurrent_grad(DType dtype, const Recurrent& r, const RecurrentInputs& in, const RecurrentOutputs& out,
                      const RecurrentGradients& gradients, const Parallel& parallel, void* workspace);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_RECURRENT_H_
