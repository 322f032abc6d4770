// The gradient of a function that is written with ops, for gradient callbacks whose formula is such a function.
#ifndef TENSEGRA_OPS_VJP_HPP_
#define TENSEGRA_OPS_VJP_HPP_

#include "tensegra/op.hpp"

namespace tg {

// Gradients of sum over k of sum(f(inputs)[k] * output_gradients[k]); an output gradient may be empty (none flows), and
// so are the results of inputs that nothing depends on. Tapes of the caller see all of it, so higher orders follow.
template <class F>
std::vector<Tensor> vjp(const std::vector<Tensor>& inputs, const std::vector<Tensor>& output_gradients, const F& f) {
  struct Tape {
    Tape() { check(api().tape->create(0, 0, &handle)); }
    ~Tape() { api().tape->destroy(handle); }
    tg_tape* handle = nullptr;
  } tape;
  struct Recording {
    explicit Recording(tg_tape* tape) : tape(tape) { check(api().tape->start(tape)); }
    ~Recording() {
      if (tg_status* status = api().tape->stop(tape)) api().status->destroy(status);
    }
    tg_tape* tape;
  };
  // Two inputs may be one tensor, and each must get its own share.
  std::vector<Tensor> own;
  for (const Tensor& input : inputs) own.push_back(call("identity", {input}));
  std::vector<Tensor> results;
  {
    Recording recording(tape.handle);
    for (const Tensor& input : own)
      if (is_differentiable(input.dtype())) check(api().tape->watch(tape.handle, input.get()));
    results = f(own);
  }
  std::vector<tg_tensor*> targets, gradients, sources;
  for (size_t i = 0; i < results.size(); ++i) {
    if (!output_gradients[i]) continue;
    targets.push_back(results[i].get());
    gradients.push_back(output_gradients[i].get());
  }
  for (const Tensor& input : own)
    if (is_differentiable(input.dtype())) sources.push_back(input.get());
  std::vector<tg_tensor*> found(sources.size(), nullptr);
  check(api().tape->gradient(tape.handle, targets.data(), targets.size(), sources.data(), sources.size(),
                             gradients.data(), found.data()));
  std::vector<Tensor> result;
  size_t next = 0;
  for (const Tensor& input : own)
    result.push_back(is_differentiable(input.dtype()) ? Tensor::adopt(found[next++]) : Tensor());
  return result;
}

// Sets the gradients of all inputs of an op by those of f, which computes what the op does, with ops.
template <class F>
void gradient_by_ops(GradientContext& c, const F& f) {
  std::vector<Tensor> inputs, gradients;
  for (size_t i = 0; i < c.num_inputs(); ++i) inputs.push_back(c.input(i));
  for (size_t i = 0; i < c.num_outputs(); ++i) gradients.push_back(c.has_gradient(i) ? c.gradient(i) : Tensor());
  std::vector<Tensor> found = vjp(inputs, gradients, f);
  for (size_t i = 0; i < found.size(); ++i)
    if (found[i] && c.needs(i)) c.set_gradient(i, found[i]);
}

}  // namespace tg

#endif  // TENSEGRA_OPS_VJP_HPP_
