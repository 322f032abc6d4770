// The gradient tape: what was computed from watched tensors, in order.
#ifndef TENSEGRA_AUTODIFF_TAPE_H_
#define TENSEGRA_AUTODIFF_TAPE_H_

#include <functional>
#include <memory>
#include <vector>

#include "base/id_map.h"
#include "schema/registry.h"

namespace tg {

using CustomGradient = std::function<std::vector<TensorRef>(const std::vector<TensorRef>& output_gradients)>;

struct TapeEntry {
  const tg_op* op = nullptr;  // null: custom
  AttrsRef attrs;
  SmallVector<TensorRef, 3> inputs;
  SmallVector<TensorRef, 1> outputs;
  std::shared_ptr<CustomGradient> custom;
};

}  // namespace tg

struct tg_tape {
  tg_tape(bool persistent, bool watch_accessed) : persistent(persistent), watch_accessed(watch_accessed) {}

  const bool persistent;
  const bool watch_accessed;
  bool used = false;
  int paused = 0;
  int64_t graph_id = 0;  // records only what happens in the graph (0: eagerly) where it was started
  std::vector<tg::TapeEntry> entries;
  tg::IdSet watched;
  std::vector<tg::TensorRef> variables;  // trainable ones, in order of first reading

  void watch(tg_tensor* tensor);
  bool is_watched(int64_t id) const { return watched.contains(id); }
  std::vector<tg::TensorRef> gradient(const std::vector<tg::TensorRef>& targets,
                                      const std::vector<tg::TensorRef>& sources,
                                      const std::vector<tg::TensorRef>& target_gradients);
};

namespace tg {

void start_tape(tg_tape* tape);
void stop_tape(tg_tape* tape);  // throws TG-0202
void forget_tape(tg_tape* tape);  // it goes: stopped, however often it was started here
void pause_tapes();
void resume_tapes();

// Does any tape of this thread record here? The cheap test before anything else.
bool any_tape_records();
// Whether one that records here watches the tensor.
bool any_tape_watches(const tg_tensor& tensor);
// How many do: a gradient of so high an order can be asked of what is recorded now.
int count_recording_tapes();
// Offers a call to every tape that records; each keeps it when an input is watched.
void record_on_tapes(const tg_op& op, const AttrsRef& attrs, tg_tensor* const* inputs, size_t num_inputs,
                     const TensorRef* outputs, size_t num_outputs);
// The same for a call with a gradient of its own.
void record_on_tapes(std::shared_ptr<CustomGradient> custom, tg_tensor* const* inputs, size_t num_inputs,
                     const TensorRef* outputs, size_t num_outputs);
// A call in a graph got more results, and other attributes: entries for it on the active tapes follow.
void extend_on_tapes(const AttrsRef& attrs, const std::vector<TensorRef>& outputs);
// A variable is about to be read: tapes that watch what is accessed do so.
void tapes_see_variable(tg_tensor* handle);

}  // namespace tg

#endif  // TENSEGRA_AUTODIFF_TAPE_H_
