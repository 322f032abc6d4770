#include "autodiff/tape.h"

#include "capi/capi.h"
#include "tensegra/c/tape.h"

namespace tg::capi {
namespace {

tg_status* create(int32_t persistent, int32_t watch_accessed, tg_tape** out) {
  return guard([&] {
    require(out, "out");
    *out = new tg_tape(persistent != 0, watch_accessed != 0);
  });
}
void destroy(tg_tape* tape) {
  if (tape) forget_tape(tape);
  delete tape;
}
tg_status* start(tg_tape* tape) {
  return guard([&] {
    require(tape, "tape");
    start_tape(tape);
  });
}
tg_status* stop(tg_tape* tape) {
  return guard([&] {
    require(tape, "tape");
    stop_tape(tape);
  });
}
tg_status* watch(tg_tape* tape, tg_tensor* tensor) {
  return guard([&] {
    require(tape, "tape");
    require(tensor, "tensor");
    tape->watch(tensor);
  });
}

tg_status* gradient(tg_tape* tape, tg_tensor* const* targets, size_t num_targets, tg_tensor* const* sources,
                    size_t num_sources, tg_tensor* const* target_gradients, tg_tensor** results) {
  return guard([&] {
    require(tape, "tape");
    if (num_sources) require(results, "results");
    std::vector<TensorRef> seeds;
    if (target_gradients) seeds = tensors_from_c(target_gradients, num_targets, true);
    std::vector<TensorRef> made =
        tape->gradient(tensors_from_c(targets, num_targets), tensors_from_c(sources, num_sources), seeds);
    for (size_t i = 0; i < made.size(); ++i) results[i] = made[i].detach();
  });
}

// Keeps a C callback and lets its context go with the last user.
struct CustomCall {
  tg_gradient_fn fn;
  void (*release)(void*);
  void* context;
  size_t num_inputs;
  ~CustomCall() {
    if (release) release(context);
  }
};

tg_status* record_custom(const char* name, tg_tensor* const* inputs, size_t num_inputs, tg_tensor* const* outputs,
                         size_t num_outputs, tg_gradient_fn fn, void (*release)(void*), void* context) {
  // Made first, so that the context is let go on every path.
  std::shared_ptr<CustomCall> call;
  tg_status* status = guard([&] { call = std::make_shared<CustomCall>(CustomCall{fn, nullptr, context, num_inputs}); });
  if (status) {
    if (release) release(context);
    return status;
  }
  call->release = release;
  return guard([&] {
    require(reinterpret_cast<const void*>(fn), "gradient");
    auto gradient = std::make_shared<CustomGradient>([call](const std::vector<TensorRef>& output_gradients) {
      std::vector<tg_tensor*> given;
      for (const TensorRef& tensor : output_gradients) given.push_back(tensor.get());
      std::vector<tg_tensor*> made(call->num_inputs, nullptr);
      tg_status* failed = call->fn(call->context, given.data(), given.size(), made.data(), made.size());
      std::vector<TensorRef> owned;
      for (tg_tensor* tensor : made) owned.push_back(TensorRef::adopt(tensor));
      throw_status(failed);
      return owned;
    });
    (void)name;
    std::vector<TensorRef> made = tensors_from_c(outputs, num_outputs);
    for (size_t i = 0; i < num_inputs; ++i) require(inputs[i], "a tensor");
    record_on_tapes(gradient, inputs, num_inputs, made.data(), made.size());
  });
}

tg_status* watched_variables(tg_tape* tape, tg_tensor** out, size_t capacity, size_t* count) {
  return guard([&] {
    require(tape, "tape");
    require(count, "count");
    *count = tape->variables.size();
    if (capacity && *count) require(out, "out");
    for (size_t i = 0; i < capacity && i < *count; ++i) {
      out[i] = tape->variables[i].get();
      out[i]->retain();
    }
  });
}

}  // namespace

const tg_tape_api tape_api = {sizeof(tg_tape_api), create,        destroy,           start,
                              stop,                watch,         gradient,          record_custom,
                              watched_variables,   pause_tapes,   resume_tapes};

}  // namespace tg::capi
