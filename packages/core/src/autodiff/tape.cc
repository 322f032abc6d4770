#include "autodiff/tape.h"

#include <algorithm>
#include <unordered_map>

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
thread_local ThreadTapes tapes;

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

}  // namespace

void start_tape(tg_tape* tape) {
  tape->graph_id = current_graph_id();
  tapes.active.push_back(tape);
}

void stop_tape(tg_tape* tape) {
  auto found = std::find(tapes.active.rbegin(), tapes.active.rend(), tape);
  if (found == tapes.active.rend())
    throw Error(TG_FAILED_PRECONDITION, "TG-0202", "a tape must be started, on this thread, before it is stopped.");
  remove_active(static_cast<size_t>(std::next(found).base() - tapes.active.begin()));
}

void forget_tape(tg_tape* tape) {
  for (size_t i = tapes.active.size(); i-- > 0;)
    if (tapes.active[i] == tape) remove_active(i);
}

void pause_tapes() { tapes.floors.push_back(tapes.active.size()); }
void resume_tapes() {
  if (!tapes.floors.empty()) tapes.floors.pop_back();
}

bool any_tape_records() { return count_recording_tapes() > 0; }

int count_recording_tapes() {
  int count = 0;
  each_recording([&count](tg_tape*) { ++count; });
  return count;
}

void record_on_tapes(const TapeEntry& entry) {
  each_recording([&entry](tg_tape* tape) {
    bool wanted = false;
    for (const TensorRef& input : entry.inputs)
      wanted = wanted || (carries_gradient(*input) && tape->is_watched(input->id));
    if (!wanted) return;
    bool any_output = false;
    for (const TensorRef& output : entry.outputs) {
      if (!is_differentiable(output->dtype)) continue;
      tape->watched.insert(output->id);
      any_output = true;
    }
    if (any_output) tape->entries.push_back(entry);
  });
}

void tapes_see_variable(tg_tensor* handle) {
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

  std::unordered_map<int64_t, TensorRef> gradients;
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
    accumulate(targets[i]->id, seed ? seed : tg::call_unary("ones_like", targets[i]));
  }
  std::unordered_set<int64_t> wanted;
  for (const TensorRef& source : sources)
    if (is_watched(source->id)) wanted.insert(source->id);

  // Only entries that lead back to a source matter; find them forwards, then walk them backwards.
  std::unordered_set<int64_t> reached(wanted);
  std::vector<bool> useful(entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    for (const TensorRef& input : entries[i].inputs) useful[i] = useful[i] || reached.count(input->id);
    if (useful[i])
      for (const TensorRef& output : entries[i].outputs) reached.insert(output->id);
  }

  for (size_t i = entries.size(); i-- > 0;) {
    if (!useful[i]) continue;
    const tg::TapeEntry& entry = entries[i];
    std::vector<TensorRef> output_gradients;
    bool any = false;
    for (const TensorRef& output : entry.outputs) {
      auto found = gradients.find(output->id);
      output_gradients.push_back(found == gradients.end() ? nullptr : found->second);
      any = any || output_gradients.back();
      // Used up, unless it was asked for: a source may be an intermediate.
      if (found != gradients.end() && !wanted.count(output->id)) gradients.erase(found);
    }
    if (!any) continue;
    std::vector<TensorRef> input_gradients;
    if (entry.custom) {
      input_gradients = (*entry.custom)(output_gradients);
    } else {
      std::vector<bool> needed;
      for (const TensorRef& input : entry.inputs) needed.push_back(reached.count(input->id) != 0);
      tg::ForwardCall call{entry.op,
                           entry.attrs,
                           entry.inputs.size(),
                           entry.outputs.size(),
                           [&entry](size_t k) { return entry.inputs[k]; },
                           [&entry](size_t k) { return entry.outputs[k]; },
                           [&entry](size_t k) {
                             return tg::TensorType{entry.inputs[k]->dtype, entry.inputs[k]->dims};
                           }};
      input_gradients = tg::call_gradient(call, output_gradients, needed);
    }
    for (size_t k = 0; k < input_gradients.size() && k < entry.inputs.size(); ++k)
      if (input_gradients[k] && reached.count(entry.inputs[k]->id))
        accumulate(entry.inputs[k]->id, input_gradients[k]);
  }

  std::vector<TensorRef> results;
  for (const TensorRef& source : sources) {
    auto found = gradients.find(source->id);
    results.push_back(found == gradients.end() ? nullptr : found->second);
  }
  if (!persistent) {
    entries.clear();
    watched.clear();
  }
  return results;
}
