#include "autodiff/tape.h"

#include <algorithm>

#include "autodiff/gradient_call.h"
#include "base/status.h"
#include "graph/graph.h"
#include "tensor/resource.h"

namespace tg {
namespace {

struct ThreadTapes {
  std::vector<tg_tape*> active;
  std::vector<size_t> floors;  // one for each pause: how many tapes were active when it began
  size_t floor() const { return floors.empty() ? 0 : floors.back(); }
};
__attribute__((tls_model("initial-exec"))) thread_local ThreadTapes tapes;
// Whether any tape was started since the last pause: plain data in the static block, read before each op.
__attribute__((tls_model("initial-exec"))) thread_local bool recording = false;
void note_recording() { recording = tapes.active.size() > tapes.floor(); }

int64_t current_graph_id() {
  tg_graph* graph = current_graph();
  return graph ? graph->id : 0;
}

bool records_here(const tg_tape& tape) { return tape.paused == 0 && tape.graph_id == current_graph_id(); }

// The tapes that record here: those started since the last pause.
template <class F>
void each_recording(F function) {
  for (size_t i = tapes.floor(); i < tapes.active.size(); ++i)
    if (records_here(*tapes.active[i])) function(tapes.active[i]);
}

void remove_active(size_t index) {
  tapes.active.erase(tapes.active.begin() + static_cast<std::ptrdiff_t>(index));
  for (size_t& floor : tapes.floors) floor -= floor > index;
}

// A type that gradients flow through; resources stand for their variable's value.
bool carries_gradient(const tg_tensor& tensor) {
  return is_differentiable(tensor.dtype) || tensor.dtype == TG_RESOURCE;
}

// What a gradient begins with: ones like a target. Those of few elements are made here, without a call of an op.
TensorRef ones_of(const TensorRef& target) {
  constexpr int64_t kFew = 64;
  const int64_t count = target->dims.num_elements();
  const bool here = current_graph() == nullptr && target->buffer && target->buffer->device() == nullptr;
  if (!here || count < 0 || count > kFew || (target->dtype != TG_FLOAT32 && target->dtype != TG_FLOAT64))
    return call_unary("ones_like", target);
  TensorRef ones = new_tensor(target->dtype, target->dims);
  if (target->dtype == TG_FLOAT32) std::fill_n(reinterpret_cast<float*>(ones->data()), count, 1.0f);
  else std::fill_n(reinterpret_cast<double*>(ones->data()), count, 1.0);
  return ones;
}

// What a tape keeps of a call.
class TapeCall final : public ForwardCall {
 public:
  explicit TapeCall(const TapeEntry& entry)
      : ForwardCall(*entry.op, entry.attrs, entry.inputs.size(), entry.outputs.size()), entry_(entry) {}
  TensorRef input(size_t index) override { return entry_.inputs[index]; }
  TensorRef output(size_t index) override { return entry_.outputs[index]; }
  int input_dtype(size_t index) override { return entry_.inputs[index]->dtype; }
  const Dims& input_dims(size_t index) override { return entry_.inputs[index]->dims; }

 private:
  const TapeEntry& entry_;
};

}  // namespace

void start_tape(tg_tape* tape) {
  tape->graph_id = current_graph_id();
  tapes.active.push_back(tape);
  note_recording();
}

void stop_tape(tg_tape* tape) {
  auto found = std::find(tapes.active.rbegin(), tapes.active.rend(), tape);
  if (found == tapes.active.rend())
    throw Error(TG_FAILED_PRECONDITION, "TG-0202", "a tape must be started, on this thread, before it is stopped.");
  remove_active(static_cast<size_t>(std::next(found).base() - tapes.active.begin()));
  note_recording();
}

void forget_tape(tg_tape* tape) {
  for (size_t i = tapes.active.size(); i-- > 0;)
    if (tapes.active[i] == tape) remove_active(i);
  note_recording();
}

void pause_tapes() {
  tapes.floors.push_back(tapes.active.size());
  note_recording();
}
void resume_tapes() {
  if (!tapes.floors.empty()) tapes.floors.pop_back();
  note_recording();
}

bool any_tape_records() { return recording && count_recording_tapes() > 0; }

bool any_tape_watches(const tg_tensor& tensor) {
  bool any = false;
  if (carries_gradient(tensor))
    each_recording([&](const tg_tape* tape) { any = any || tape->is_watched(tensor.id); });
  return any;
}

int count_recording_tapes() {
  int count = 0;
  each_recording([&count](tg_tape*) { ++count; });
  return count;
}

namespace {

// Offers a call to each tape that records here; make fills the entry of one that wants it.
template <class Make>
void record(tg_tensor* const* inputs, size_t num_inputs, const TensorRef* outputs, size_t num_outputs, Make&& make) {
  each_recording([&](tg_tape* tape) {
    bool wanted = false;
    for (size_t i = 0; i < num_inputs && !wanted; ++i)
      wanted = carries_gradient(*inputs[i]) && tape->is_watched(inputs[i]->id);
    if (!wanted) return;
    bool any_output = false;
    for (size_t i = 0; i < num_outputs; ++i) {
      if (!is_differentiable(outputs[i]->dtype)) continue;
      tape->watched.insert(outputs[i]->id);
      any_output = true;
    }
    if (!any_output) return;
    TapeEntry& entry = tape->entries.emplace_back();
    make(&entry);
    entry.inputs.resize(num_inputs);
    for (size_t i = 0; i < num_inputs; ++i) entry.inputs[i] = TensorRef::share(inputs[i]);
    entry.outputs.resize(num_outputs);
    for (size_t i = 0; i < num_outputs; ++i) entry.outputs[i] = outputs[i];
  });
}

}  // namespace

void record_on_tapes(const tg_op& op, const AttrsRef& attrs, tg_tensor* const* inputs, size_t num_inputs,
                     const TensorRef* outputs, size_t num_outputs) {
  record(inputs, num_inputs, outputs, num_outputs, [&](TapeEntry* entry) {
    entry->op = &op;
    entry->attrs = attrs;
  });
}

void record_on_tapes(std::shared_ptr<CustomGradient> custom, tg_tensor* const* inputs, size_t num_inputs,
                     const TensorRef* outputs, size_t num_outputs) {
  record(inputs, num_inputs, outputs, num_outputs, [&](TapeEntry* entry) { entry->custom = custom; });
}

void extend_on_tapes(const AttrsRef& attrs, const std::vector<TensorRef>& outputs) {
  for (tg_tape* tape : tapes.active) {
    for (TapeEntry& entry : tape->entries) {
      if (entry.custom || entry.outputs.empty() || entry.outputs[0]->id != outputs[0]->id) continue;
      entry.attrs = attrs;
      for (size_t k = entry.outputs.size(); k < outputs.size(); ++k) {
        entry.outputs.push_back(outputs[k]);
        if (is_differentiable(outputs[k]->dtype)) tape->watched.insert(outputs[k]->id);
      }
    }
  }
}

void tapes_see_variable(tg_tensor* handle) {
  if (!recording) return;
  Variable* variable = variable_of(*handle);
  if (!variable || !variable->trainable || !is_differentiable(variable->dtype)) return;
  each_recording([handle](tg_tape* tape) {
    if (tape->watch_accessed && tape->watched.insert(handle->id).second)
      tape->variables.push_back(TensorRef::share(handle));
  });
}

}  // namespace tg

void tg_tape::watch(tg_tensor* tensor) {
  if (!tg::carries_gradient(*tensor))
    throw tg::invalid_argument("TG-0203", "gradients are taken with respect to floating-point tensors",
                               "tensor of " + tg::type_text(tensor->dtype, tensor->dims));
  watched.insert(tensor->id);
}

std::vector<tg::TensorRef> tg_tape::gradient(const std::vector<tg::TensorRef>& targets,
                                             const std::vector<tg::TensorRef>& sources,
                                             const std::vector<tg::TensorRef>& target_gradients) {
  using tg::TensorRef;
  if (used && !persistent)
    throw tg::Error(TG_FAILED_PRECONDITION, "TG-0201", "a tape that is not persistent gives gradients once.");
  used = true;
  struct Pause {
    explicit Pause(tg_tape* tape) : tape(tape) { ++tape->paused; }
    ~Pause() { --tape->paused; }
    tg_tape* tape;
  } pause(this);

  tg::IdMap<TensorRef> gradients;
  auto accumulate = [&gradients](int64_t id, const TensorRef& gradient) {
    TensorRef& sum = gradients[id];
    sum = sum ? tg::add_gradients(sum, gradient) : gradient;
  };
  for (size_t i = 0; i < targets.size(); ++i) {
    if (!tg::is_differentiable(targets[i]->dtype))
      throw tg::invalid_argument("TG-0203", "gradients are taken of floating-point tensors",
                                 "target of " + tg::type_text(targets[i]->dtype, targets[i]->dims));
    if (!is_watched(targets[i]->id)) continue;
    TensorRef seed = i < target_gradients.size() ? target_gradients[i] : nullptr;
    accumulate(targets[i]->id, seed ? seed : tg::ones_of(targets[i]));
  }
  tg::IdSet wanted;
  for (const TensorRef& source : sources)
    if (is_watched(source->id)) wanted.insert(source->id);

  // Only entries that lead back to a source matter; find them forwards, then walk them backwards.
  tg::IdSet reached;
  for (const TensorRef& source : sources)
    if (wanted.contains(source->id)) reached.insert(source->id);
  tg::SmallVector<bool, 64> useful(entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    for (const TensorRef& input : entries[i].inputs) useful[i] = useful[i] || reached.contains(input->id);
    if (useful[i])
      for (const TensorRef& output : entries[i].outputs) reached.insert(output->id);
  }

  tg::SmallVector<TensorRef, 2> output_gradients;
  tg::SmallVector<TensorRef, 4> input_gradients;
  tg::SmallVector<bool, 8> needed;
  for (size_t i = entries.size(); i-- > 0;) {
    if (!useful[i]) continue;
    const tg::TapeEntry& entry = entries[i];
    output_gradients.clear();
    bool any = false;
    for (const TensorRef& output : entry.outputs) {
      TensorRef* found = gradients.find(output->id);
      // Used up, unless it was asked for: a source may be an intermediate.
      if (found == nullptr) output_gradients.push_back(nullptr);
      else if (wanted.contains(output->id)) output_gradients.push_back(*found);
      else output_gradients.push_back(std::move(*found));
      any = any || output_gradients.back();
    }
    if (!any) continue;
    input_gradients.clear();
    input_gradients.resize(entry.inputs.size());
    if (entry.custom) {
      std::vector<TensorRef> given;
      for (TensorRef& gradient : output_gradients) given.push_back(std::move(gradient));
      std::vector<TensorRef> made = (*entry.custom)(given);
      for (size_t k = 0; k < made.size() && k < input_gradients.size(); ++k) input_gradients[k] = std::move(made[k]);
    } else {
      needed.clear();
      for (const TensorRef& input : entry.inputs) needed.push_back(reached.contains(input->id));
      tg::TapeCall call(entry);
      tg::call_gradient(call, output_gradients.data(), needed.data(), input_gradients.data());
    }
    for (size_t k = 0; k < input_gradients.size(); ++k)
      if (input_gradients[k] && reached.contains(entry.inputs[k]->id))
        accumulate(entry.inputs[k]->id, input_gradients[k]);
  }

  std::vector<TensorRef> results;
  for (const TensorRef& source : sources) {
    TensorRef* found = gradients.find(source->id);
    results.push_back(found == nullptr ? nullptr : *found);
  }
  if (!persistent) {
    entries.clear();
    watched.clear();
  }
  return results;
}
