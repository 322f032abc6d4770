// Recurrent layers: the inputs' part of all gates is one product; each step then adds the state's part and runs the
// cell by rows. Backwards, the steps give the gradients of the gates; all weights' gradients are products at the end.
#include "kernels/recurrent.h"

#include "kernels/gemm_internal.h"
#include "kernels/vmath.h"

namespace tg::kernels::TG_ISA {
namespace {

constexpr int64_t kGrain = 8192;  // gate elements of a chunk

// ---- activations of a row, in place

template <bool kSigmoid>
void activate(double* x, int64_t n) {
  for (int64_t i = 0; i < n; ++i) x[i] = kSigmoid ? 1 / (1 + exp(-x[i])) : tanh(x[i]);
}

template <bool kSigmoid>
void activate(float* x, int64_t n) {
  for (int64_t i = 0; i < n; i += kLanes) {
    const size_t bytes = static_cast<size_t>(min_of<int64_t>(kLanes, n - i)) * sizeof(float);
    VF v{};
    memcpy(&v, x + i, bytes);
    v = kSigmoid ? vsigmoid(v) : vtanh(v);
    memcpy(x + i, &v, bytes);
  }
}

// ---- cells

// What a cell sees at one step of one example. `gates` holds the inputs' part before and the activated gates after;
// `state` the state's part (without bias).
template <class T>
struct Step {
  int64_t units;
  T* gates;
  const T* state;
  const T* bias;
  const T *h_before, *c_before;
  T *h, *c;  // c: the cell (LSTM), or the state's part of n (GRU)
};

// At one step backwards: dh and dc hold the gradients of the states after it, and get the part of those before it that
// does not pass through the recurrent kernel. dgates is for the inputs' part, dstate for the state's part.
template <class T>
struct BackStep {
  int64_t units;
  const T *gates, *h_before, *c_before, *h, *c;
  T *dh, *dc, *dgates, *dstate;
  T* scratch;  // [units]
};

template <class T>
void lstm(const Step<T>& s) {
  const int64_t n = s.units;
  for (int64_t j = 0; j < 4 * n; ++j) s.gates[j] += s.state[j] + s.bias[j];
  activate<true>(s.gates, 2 * n);
  activate<false>(s.gates + 2 * n, n);
  activate<true>(s.gates + 3 * n, n);
  for (int64_t j = 0; j < n; ++j) s.h[j] = s.c[j] = s.gates[n + j] * s.c_before[j] + s.gates[j] * s.gates[2 * n + j];
  activate<false>(s.h, n);
  for (int64_t j = 0; j < n; ++j) s.h[j] *= s.gates[3 * n + j];
}

template <class T>
void lstm_back(const BackStep<T>& s) {
  const int64_t n = s.units;
  const T *i = s.gates, *f = i + n, *g = f + n, *o = g + n;
  for (int64_t j = 0; j < n; ++j) s.scratch[j] = s.c[j];
  activate<false>(s.scratch, n);
  for (int64_t j = 0; j < n; ++j) {
    const T t = s.scratch[j], dh = s.dh[j];
    const T dc = s.dc[j] + dh * o[j] * (1 - t * t);
    s.dgates[j] = dc * g[j] * i[j] * (1 - i[j]);
    s.dgates[n + j] = dc * s.c_before[j] * f[j] * (1 - f[j]);
    s.dgates[2 * n + j] = dc * i[j] * (1 - g[j] * g[j]);
    s.dgates[3 * n + j] = dh * t * o[j] * (1 - o[j]);
    s.dc[j] = dc * f[j];
    s.dh[j] = 0;
  }
}

template <class T>
void gru(const Step<T>& s) {
  const int64_t n = s.units;
  const T* bias = s.bias + 3 * n;
  for (int64_t j = 0; j < 2 * n; ++j) s.gates[j] += s.bias[j] + (s.state[j] + bias[j]);
  activate<true>(s.gates, 2 * n);
  for (int64_t j = 0; j < n; ++j) {
    s.c[j] = s.state[2 * n + j] + bias[2 * n + j];
    s.gates[2 * n + j] += s.bias[2 * n + j] + s.gates[n + j] * s.c[j];
  }
  activate<false>(s.gates + 2 * n, n);
  for (int64_t j = 0; j < n; ++j) {
    const T z = s.gates[j];
    s.h[j] = z * s.h_before[j] + (1 - z) * s.gates[2 * n + j];
  }
}

template <class T>
void gru_back(const BackStep<T>& s) {
  const int64_t n = s.units;
  const T *z = s.gates, *r = z + n, *g = r + n;
  for (int64_t j = 0; j < n; ++j) {
    const T dh = s.dh[j];
    const T dn = dh * (1 - z[j]) * (1 - g[j] * g[j]);
    s.dgates[j] = s.dstate[j] = dh * (s.h_before[j] - g[j]) * z[j] * (1 - z[j]);
    s.dgates[n + j] = s.dstate[n + j] = dn * s.c[j] * r[j] * (1 - r[j]);
    s.dgates[2 * n + j] = dn;
    s.dstate[2 * n + j] = dn * r[j];
    s.dh[j] = dh * z[j];
  }
}

template <class T>
void simple(Cell cell, const Step<T>& s) {
  const int64_t n = s.units;
  for (int64_t j = 0; j < n; ++j) s.gates[j] += s.state[j] + s.bias[j];
  if (cell == Cell::kTanh) activate<false>(s.gates, n);
  if (cell == Cell::kRelu)
    for (int64_t j = 0; j < n; ++j) s.gates[j] = s.gates[j] < 0 ? 0 : s.gates[j];
  for (int64_t j = 0; j < n; ++j) s.h[j] = s.gates[j];
}

template <class T>
void simple_back(Cell cell, const BackStep<T>& s) {
  for (int64_t j = 0; j < s.units; ++j) {
    const T y = s.gates[j];
    const T slope = cell == Cell::kTanh ? 1 - y * y : cell == Cell::kRelu ? static_cast<T>(y > 0) : 1;
    s.dgates[j] = s.dh[j] * slope;
    s.dh[j] = 0;
  }
}

template <class T>
void run_cell(Cell cell, const Step<T>& s) {
  if (cell == Cell::kLstm) lstm(s);
  else if (cell == Cell::kGru) gru(s);
  else simple(cell, s);
}

template <class T>
void run_cell_back(Cell cell, const BackStep<T>& s) {
  if (cell == Cell::kLstm) lstm_back(s);
  else if (cell == Cell::kGru) gru_back(s);
  else simple_back(cell, s);
}

// ---- the sequence

// Hands out 64-byte aligned parts of a workspace; without one, only measures.
class Parts {
 public:
  explicit Parts(void* workspace) : at_(static_cast<char*>(workspace)) {}
  char* bytes(size_t count) {
    char* part = at_ == nullptr ? nullptr : at_ + used_;
    used_ += (count + 63) / 64 * 64;
    return part;
  }
  template <class T>
  T* take(int64_t count) {
    return reinterpret_cast<T*>(bytes(static_cast<size_t>(count) * sizeof(T)));
  }
  size_t used() const { return used_; }

 private:
  char* at_;
  size_t used_ = 0;
};

size_t most(size_t a, size_t b) { return a < b ? b : a; }

template <class T>
struct ForwardParts {
  char *packed, *inner;
  T* state;
  size_t bytes;

  ForwardParts(DType dtype, const Recurrent& r, void* workspace) {
    Parts parts(workspace);
    packed = parts.bytes(TG_ISA::gemm_packed_b_bytes(dtype, r.units, r.width()));
    state = parts.take<T>(r.batch * r.width());
    inner = parts.bytes(
        most(TG_ISA::gemm_workspace_bytes(dtype, false, false, r.batch * r.steps, r.width(), r.inputs),
             TG_ISA::gemm_with_packed_b_workspace_bytes(dtype, false, r.batch, r.width(), r.units)));
    bytes = parts.used();
  }
};

// Where the states before a step lie: the first step has them in a matrix of their own.
template <class T>
struct Before {
  const T* data;
  int64_t stride;  // from one example to the next
};

template <class T>
Before<T> before(const Recurrent& r, const T* first, const T* all, int64_t step) {
  if (step == 0) return {first, r.units};
  const int64_t t = r.backwards ? r.steps - step : step - 1;
  return {all + t * r.units, r.steps * r.units};
}

int64_t place_of(const Recurrent& r, int64_t step) { return r.backwards ? r.steps - 1 - step : step; }

template <class F>
void for_examples(const Recurrent& r, const Parallel& parallel, const F& f) {
  parallel_range(parallel, r.batch, max_of<int64_t>(1, kGrain / max_of<int64_t>(1, r.width())),
                 [&](int64_t begin, int64_t end) {
                   for (int64_t b = begin; b < end; ++b) f(b);
                 });
}

template <class T>
void forward(DType dtype, const Recurrent& r, const RecurrentInputs& in, const RecurrentOutputs& out,
             const Parallel& parallel, void* workspace) {
  const ForwardParts<T> parts(dtype, r, workspace);
  const int64_t width = r.width(), n = r.units;
  T *y = static_cast<T*>(out.y), *aux = static_cast<T*>(out.aux), *gates = static_cast<T*>(out.gates);
  const bool has_aux = aux != nullptr, has_cells = r.cell == Cell::kLstm;
  TG_ISA::gemm(dtype, false, false, r.batch * r.steps, width, r.inputs, in.x, r.inputs, in.kernel, width, gates, width,
               false, parallel, parts.inner);
  TG_ISA::gemm_pack_b(dtype, false, n, width, in.recurrent_kernel, width, parts.packed, parallel);
  for (int64_t step = 0; step < r.steps; ++step) {
    const int64_t t = place_of(r, step);
    const Before<T> h = before(r, static_cast<const T*>(in.h0), y, step);
    const Before<T> c = has_cells ? before(r, static_cast<const T*>(in.c0), aux, step) : Before<T>{nullptr, 0};
    TG_ISA::gemm_with_packed_b(dtype, false, r.batch, width, n, h.data, h.stride, parts.packed, parts.state, width,
                               false, parallel, parts.inner);
    for_examples(r, parallel, [&](int64_t b) {
      const int64_t at = b * r.steps + t;
      Step<T> s;
      s.units = n;
      s.gates = gates + at * width;
      s.state = parts.state + b * width;
      s.bias = static_cast<const T*>(in.bias);
      s.h_before = h.data + b * h.stride;
      s.c_before = has_cells ? c.data + b * c.stride : nullptr;
      s.h = y + at * n;
      s.c = has_aux ? aux + at * n : nullptr;
      run_cell(r.cell, s);
      if (in.mask[at]) return;
      memcpy(s.h, s.h_before, static_cast<size_t>(n) * sizeof(T));
      if (has_cells) memcpy(s.c, s.c_before, static_cast<size_t>(n) * sizeof(T));
    });
  }
  const Before<T> h = before(r, static_cast<const T*>(in.h0), y, r.steps);
  for (int64_t b = 0; b < r.batch; ++b)
    memcpy(static_cast<T*>(out.last_h) + b * n, h.data + b * h.stride, static_cast<size_t>(n) * sizeof(T));
  if (!has_cells) return;
  const Before<T> c = before(r, static_cast<const T*>(in.c0), aux, r.steps);
  for (int64_t b = 0; b < r.batch; ++b)
    memcpy(static_cast<T*>(out.last_c) + b * n, c.data + b * c.stride, static_cast<size_t>(n) * sizeof(T));
}

template <class T>
struct BackwardParts {
  char *packed, *inner;
  T *dgates, *dstate, *h_before, *dh, *dc, *scratch;
  size_t bytes;

  BackwardParts(DType dtype, const Recurrent& r, void* workspace) {
    Parts parts(workspace);
    const int64_t rows = r.batch * r.steps, width = r.width();
    packed = parts.bytes(TG_ISA::gemm_packed_b_bytes(dtype, width, r.units));
    dgates = parts.take<T>(rows * width);
    // Only a GRU treats the state's part otherwise than the inputs'.
    dstate = r.cell == Cell::kGru ? parts.take<T>(rows * width) : dgates;
    h_before = parts.take<T>(rows * r.units);
    dh = parts.take<T>(r.batch * r.units);
    dc = parts.take<T>(r.batch * r.units);
    scratch = parts.take<T>(r.batch * r.units);
    size_t most_inner = TG_ISA::gemm_with_packed_b_workspace_bytes(dtype, false, r.batch, r.units, width);
    most_inner = most(most_inner, TG_ISA::gemm_workspace_bytes(dtype, false, true, rows, r.inputs, width));
    most_inner = most(most_inner, TG_ISA::gemm_workspace_bytes(dtype, true, false, r.inputs, width, rows));
    most_inner = most(most_inner, TG_ISA::gemm_workspace_bytes(dtype, true, false, r.units, width, rows));
    inner = parts.bytes(most_inner);
    bytes = parts.used();
  }
};

template <class T>
void sum_rows(const T* x, int64_t rows, int64_t n, T* sum, const Parallel& parallel) {
  constexpr int64_t columns = 64;
  parallel_for(parallel, ceil_div(n, columns), [&](int64_t chunk) {
    const int64_t first = chunk * columns, last = min_of(n, first + columns);
    for (int64_t j = first; j < last; ++j) sum[j] = 0;
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t j = first; j < last; ++j) sum[j] += x[row * n + j];
  });
}

template <class T>
void backward(DType dtype, const Recurrent& r, const RecurrentInputs& in, const RecurrentOutputs& out,
              const RecurrentGradients& g, const Parallel& parallel, void* workspace) {
  const BackwardParts<T> parts(dtype, r, workspace);
  const int64_t width = r.width(), n = r.units, rows = r.batch * r.steps;
  const T *y = static_cast<const T*>(out.y), *aux = static_cast<const T*>(out.aux);
  const T *gates = static_cast<const T*>(out.gates), *dy = static_cast<const T*>(g.dy);
  const bool has_cells = r.cell == Cell::kLstm;
  const size_t row_bytes = static_cast<size_t>(n) * sizeof(T), state_bytes = static_cast<size_t>(r.batch) * row_bytes;
  if (state_bytes > 0) {
    memcpy(parts.dh, g.dlast_h, state_bytes);
    if (has_cells) memcpy(parts.dc, g.dlast_c, state_bytes);
  }
  TG_ISA::gemm_pack_b(dtype, true, width, n, in.recurrent_kernel, width, parts.packed, parallel);
  for (int64_t step = r.steps - 1; step >= 0; --step) {
    const int64_t t = place_of(r, step);
    const Before<T> h = before(r, static_cast<const T*>(in.h0), y, step);
    const Before<T> c = has_cells ? before(r, static_cast<const T*>(in.c0), aux, step) : Before<T>{nullptr, 0};
    for_examples(r, parallel, [&](int64_t b) {
      const int64_t at = b * r.steps + t;
      BackStep<T> s;
      s.units = n;
      s.gates = gates + at * width;
      s.h_before = h.data + b * h.stride;
      s.c_before = has_cells ? c.data + b * c.stride : nullptr;
      s.h = y + at * n;
      s.c = aux == nullptr ? nullptr : aux + at * n;
      s.dh = parts.dh + b * n;
      s.dc = parts.dc + b * n;
      s.dgates = parts.dgates + at * width;
      s.dstate = parts.dstate + at * width;
      s.scratch = parts.scratch + b * n;
      if (n > 0) memcpy(parts.h_before + at * n, s.h_before, row_bytes);
      for (int64_t j = 0; j < n; ++j) s.dh[j] += dy[at * n + j];
      if (in.mask[at]) return run_cell_back(r.cell, s);
      for (int64_t j = 0; j < width; ++j) s.dgates[j] = s.dstate[j] = 0;
    });
    TG_ISA::gemm_with_packed_b(dtype, false, r.batch, n, width, parts.dstate + t * width, r.steps * width, parts.packed,
                               parts.dh, n, true, parallel, parts.inner);
  }
  if (state_bytes > 0) {
    memcpy(g.dh0, parts.dh, state_bytes);
    if (has_cells) memcpy(g.dc0, parts.dc, state_bytes);
  }
  TG_ISA::gemm(dtype, false, true, rows, r.inputs, width, parts.dgates, width, in.kernel, width, g.dx, r.inputs, false,
               parallel, parts.inner);
  TG_ISA::gemm(dtype, true, false, r.inputs, width, rows, in.x, r.inputs, parts.dgates, width, g.dkernel, width, false,
               parallel, parts.inner);
  TG_ISA::gemm(dtype, true, false, n, width, rows, parts.h_before, n, parts.dstate, width, g.drecurrent_kernel, width,
               false, parallel, parts.inner);
  sum_rows(parts.dgates, rows, width, static_cast<T*>(g.dbias), parallel);
  if (r.cell == Cell::kGru) sum_rows(parts.dstate, rows, width, static_cast<T*>(g.dbias) + width, parallel);
}

}  // namespace

size_t recurrent_workspace_bytes(DType dtype, const Recurrent& r) {
  size_t bytes = 0;
  with_float(dtype, [&](auto tag) {
    bytes = ForwardParts<typename decltype(tag)::type>(dtype, r, nullptr).bytes;
    return Status::kOk;
  });
  return bytes;
}

Status recurrent(DType dtype, const Recurrent& r, const RecurrentInputs& in, const RecurrentOutputs& out,
                 const Parallel& parallel, void* workspace) {
  return with_float(dtype, [&](auto tag) {
    if (r.batch > 0 && r.units > 0)
      forward<typename decltype(tag)::type>(dtype, r, in, out, parallel, workspace);
    return Status::kOk;
  });
}

size_t recurrent_grad_workspace_bytes(DType dtype, const Recurrent& r) {
  size_t bytes = 0;
  with_float(dtype, [&](auto tag) {
    bytes = BackwardParts<typename decltype(tag)::type>(dtype, r, nullptr).bytes;
    return Status::kOk;
  });
  return bytes;
}

Status recurrent_grad(DType dtype, const Recurrent& r, const RecurrentInputs& in, const RecurrentOutputs& out,
                      const RecurrentGradients& gradients, const Parallel& parallel, void* workspace) {
  return with_float(dtype, [&](auto tag) {
    backward<typename decltype(tag)::type>(dtype, r, in, out, gradients, parallel, workspace);
    return Status::kOk;
  });
}

}  // namespace tg::kernels::TG_ISA
