#include "runtime/function.h"

#include <algorithm>
#include <utility>

#include "autodiff/tape.h"
#include "base/small_vector.h"
#include "base/status.h"
#include "device/device.h"
#include "graph/text.h"
#include "graph/verify.h"
#include "passes/pass.h"
#include "runtime/control.h"
#include "runtime/dispatch.h"
#include "runtime/watch.h"
#include "tensegra/shape.hpp"
#include "tensor/resource.h"

using tg::TensorRef;

namespace tg {

std::unique_ptr<tg_graph> copy_graph(const tg_graph& graph) {
  auto copy = std::make_unique<tg_graph>(graph.name);
  copy->values = graph.values;
  copy->nodes = graph.nodes;
  copy->inputs = graph.inputs;
  copy->captures = graph.captures;
  copy->outputs = graph.outputs;
  copy->sources = graph.sources;
  copy->continue_numbers();
  return copy;
}

}  // namespace tg

tg::Ref<tg_function> tg_function::freeze(std::unique_ptr<tg_graph> graph) {
  graph->renumber();
  tg::verify(*graph);
  tg::run_passes(graph.get());
  tg::verify(*graph);
  auto function = tg::Ref<tg_function>::adopt(new tg_function(std::move(graph)));
  if (tg::holds_gradients(*function->graph_)) {
    function->runnable_ = tg::copy_graph(*function->graph_);
    tg::forget_gradients(function->runnable_.get());
    tg::run_passes(function->runnable_.get());
  }
  for (const tg::Node& node : function->runnable().nodes)
    function->effects_ |= tg::effects_of(*node.op, *node.attrs);
  for (const tg::Node& node : function->graph_->nodes) {
    if (!node.op->schema.has_functions) continue;
    for (const tg::AttrValue& attr : *node.attrs)
      if (attr.function) function->depth_ = std::max(function->depth_, attr.function->depth() + 1);
  }
  if (function->depth_ > kDeepest)
    throw tg::invalid_argument("TG-0512", "[" + function->graph_->name + "] functions lie in each other at most " +
                                              std::to_string(kDeepest) + " deep",
                               "a depth of " + std::to_string(function->depth_));
  return function;
}

tg::Ref<tg_function> tg_function::parse(const std::string& text) {
  return freeze(tg::parse_graph(text, [](std::unique_ptr<tg_graph> graph) { return freeze(std::move(graph)); }));
}

tg::Ref<tg_function> tg_function::as_given(std::unique_ptr<tg_graph> graph) {
  return tg::Ref<tg_function>::adopt(new tg_function(std::move(graph)));
}

void tg_function::check_inputs(const std::vector<TensorRef>& inputs) const {
  const tg_graph& g = *graph_;
  if (inputs.size() != g.inputs.size())
    throw tg::invalid_argument("TG-0303", "[" + g.name + "] a function takes the arguments that it was made for",
                               std::to_string(inputs.size()) + " arguments for " + std::to_string(g.inputs.size()));
  std::vector<std::pair<int64_t, int64_t>> symbols;  // the sizes of symbols, as found so far
  for (size_t i = 0; i < inputs.size(); ++i) {
    const tg::TensorType& want = g.values[g.inputs[i].value].type;
    bool fits = inputs[i]->dtype == want.dtype && tg::dims_compatible(inputs[i]->dims, want.dims);
    for (int k = 0; fits && k < want.dims.rank() && inputs[i]->dims.known_rank(); ++k) {
      if (want.dims[k] >= TG_DIM_UNKNOWN || inputs[i]->dims[k] < 0) continue;
      auto known = std::find_if(symbols.begin(), symbols.end(),
                                [&](const auto& symbol) { return symbol.first == want.dims[k]; });
      if (known == symbols.end()) symbols.emplace_back(want.dims[k], inputs[i]->dims[k]);
      else fits = known->second == inputs[i]->dims[k];
    }
    if (!fits)
      throw tg::invalid_argument("TG-0303", "[" + g.name + "] argument '" + g.inputs[i].name + "' must be " +
                                                tg::type_text(want.dtype, want.dims),
                                 g.inputs[i].name + "=" + tg::type_text(inputs[i]->dtype, inputs[i]->dims));
  }
}

std::vector<TensorRef> tg_function::call(const std::vector<TensorRef>& inputs) {
  check_inputs(inputs);
  if (tg_graph* outer = tg::current_graph()) return tg::inline_graph(*graph_, outer, inputs);
  for (const tg::Capture& capture : graph_->captures)
    if (capture.tensor->is_symbolic())
      throw tg::Error(TG_INVALID_ARGUMENT, "TG-0118",
                      "[" + graph_->name + "] it uses a value of an outer function and can only be called inside of it.");
  for (const TensorRef& input : inputs)
    if (input->is_symbolic())
      throw tg::Error(TG_INVALID_ARGUMENT, "TG-0118",
                      "[" + graph_->name + "] a value of a graph cannot be used outside of it.");
  if (!tg::any_tape_records()) return run(inputs);
  for (const tg::Capture& capture : graph_->captures) tg::tapes_see_variable(capture.tensor.get());
  return run_recorded(inputs);
}

std::vector<TensorRef> tg::inline_graph(const tg_graph& graph, tg_graph* outer, const std::vector<TensorRef>& inputs) {
  std::vector<TensorRef> values(graph.values.size());
  for (size_t i = 0; i < inputs.size(); ++i) values[i] = inputs[i];
  for (const tg::Capture& capture : graph.captures) values[capture.value] = outer->import(capture.tensor.get());
  int saved_source = outer->current_source;
  for (const tg::Node& node : graph.nodes) {
    if (node.source >= 0) outer->set_source(graph.sources[node.source].c_str());
    tg::ScopedDevice there(node.device ? node.device : tg::current_device());
    if (node.op->schema.list_result) {
      std::vector<TensorRef> list;
      for (int input : node.inputs) list.push_back(values[input]);
      list = tg::execute_list(*node.op, node.attrs, std::move(list));
      for (size_t k = 0; k < list.size(); ++k) values[node.outputs[k]] = list[k];
      continue;
    }
    tg::SmallVector<tg_tensor*, 4> node_inputs;
    for (int input : node.inputs) node_inputs.push_back(values[input].get());
    tg::SmallVector<TensorRef, 2> made(node.outputs.size());
    tg::execute(*node.op, node.attrs, node_inputs.data(), node_inputs.size(), made.data());
    for (size_t k = 0; k < made.size(); ++k) values[node.outputs[k]] = made[k];
  }
  outer->current_source = saved_source;
  std::vector<TensorRef> results;
  for (int output : graph.outputs) results.push_back(values[output]);
  return results;
}

tg_function::Executable& tg_function::executable() {
  const uint64_t wanted = tg::passes_generation();
  if (Executable* current = executable_.load(std::memory_order_acquire))
    if (current->generation == wanted) return *current;
  std::lock_guard<tg::Mutex> lock(executable_mutex_);
  if (executable_mutex_.take_abandoned()) new (&executables_) std::vector<std::unique_ptr<Executable>>;  // after a fork
  if (Executable* current = executable_.load())
    if (current->generation == wanted) return *current;
  auto made = std::make_unique<Executable>();
  made->generation = wanted;
  made->graph = tg::copy_graph(runnable());
  struct Lifted {  // passes may run ops, which belong to no graph, no tape and no device
    Lifted() {
      tg::enter_graph(nullptr);
      tg::pause_tapes();
    }
    ~Lifted() {
      tg::resume_tapes();
      tg::leave_graph();
    }
    tg::ScopedDevice host{nullptr};
  };
  {
    Lifted lifted;
    tg::run_execution_passes(made->graph.get());
  }
  if (!executables_.empty()) executables_.back()->plans.clear();
  executables_.push_back(std::move(made));
  executable_.store(executables_.back().get(), std::memory_order_release);
  return *executables_.back();
}

const tg_graph& tg_function::optimized() { return *executable().graph; }

tg_function::Planned tg_function::plan(const std::vector<TensorRef>& inputs) {
  // Who looks for NaN wants to be told the op that the program called.
  if (!(tg::watching.load(std::memory_order_relaxed) & tg::kWatchNumerics)) {
    try {
      Executable& copy = executable();
      return {copy.graph.get(), copy.plans.get(*copy.graph, inputs)};
    } catch (const tg::Error&) {
      // The error that the program as written has is the one to tell.
    }
  }
  return {&runnable(), plan_as_written(inputs)};
}

std::vector<TensorRef> tg_function::run(const std::vector<TensorRef>& inputs) {
  std::vector<TensorRef> with_captures;
  const std::vector<TensorRef>* all = &inputs;
  if (!graph_->captures.empty()) {
    with_captures.reserve(inputs.size() + graph_->captures.size());
    with_captures = inputs;
    for (const tg::Capture& capture : graph_->captures) with_captures.push_back(capture.tensor);
    all = &with_captures;
  }
  if (tg::devices_present() && tg::PlacedPlans::concerns(runnable(), *all))
    return placed_.run(runnable(), plan_as_written(*all), *all);
  Planned planned = plan(*all);
  return tg::run_plan(*planned.graph, *planned.plan, *all);
}

tg_function::Differentiable& tg_function::differentiable() {
  std::lock_guard<tg::Mutex> lock(gradient_mutex_);
  if (differentiable_) return *differentiable_;
  auto made = std::make_unique<Differentiable>();
  tg::pause_tapes();
  std::unique_ptr<tg_graph> forward = tg::copy_graph(*graph_);
  try {
    tg::record_nodes(forward.get(), {});
    made->gradient = tg::build_gradient(*forward);
  } catch (...) {
    tg::resume_tapes();
    throw;
  }
  tg::resume_tapes();
  for (int value : made->gradient.needed) forward->outputs.push_back(value);
  made->forward = freeze(std::move(forward));
  made->backward = freeze(std::move(made->gradient.backward));
  differentiable_ = std::move(made);
  return *differentiable_;
}

std::vector<TensorRef> tg_function::call_backward(const std::vector<TensorRef>& output_gradients,
                                                  const std::vector<TensorRef>& outputs,
                                                  const std::vector<TensorRef>& saved) {
  Differentiable& d = differentiable();
  for (auto [position, op] : d.gradient.refused)
    if (static_cast<size_t>(position) < output_gradients.size() && output_gradients[position]) throw tg::no_gradient(*op);
  std::vector<TensorRef> arguments;
  for (int seed : d.gradient.seeds)
    arguments.push_back(output_gradients[seed] ? output_gradients[seed]
                                               : tg::call_unary("zeros_like", outputs[seed]));
  arguments.insert(arguments.end(), saved.begin(), saved.end());
  std::vector<TensorRef> made = d.backward->call(arguments);
  std::vector<TensorRef> input_gradients(graph_->inputs.size() + graph_->captures.size());
  for (size_t i = 0; i < made.size(); ++i) input_gradients[d.gradient.results[i]] = made[i];
  return input_gradients;
}

std::vector<TensorRef> tg_function::run_recorded(const std::vector<TensorRef>& inputs) {
  // Level k + 1 returns what level k returns and what its gradient reads. Everything that a gradient reads is thus an
  // output of what is recorded, and gradients of gradients flow through it. A tape can ask for one order, so that there
  // are as many levels as tapes; nothing is computed again, which would repeat effects and see variables as they are by then.
  struct Level {
    tg::Ref<tg_function> function;
    size_t num_outputs;
  };
  std::vector<Level> levels{{tg::Ref<tg_function>::share(this), graph_->outputs.size()}};
  for (int order = tg::count_recording_tapes(); order > 0; --order) {
    tg::Ref<tg_function> next = levels.back().function->differentiable().forward;
    size_t count = next->graph_->outputs.size();
    levels.push_back({std::move(next), count});
  }
  std::vector<TensorRef> all = inputs;
  for (const tg::Capture& capture : graph_->captures) all.push_back(capture.tensor);
  std::vector<TensorRef> results = levels.back().function->run(inputs);

  // Where a gradient reads an input, that keeps its identity, and is not an output of the call.
  std::vector<TensorRef> recorded = results;
  for (size_t k = 0; k + 1 < levels.size(); ++k) {
    const std::vector<int>& needed = levels[k].function->differentiable().gradient.needed;
    for (size_t i = 0; i < needed.size(); ++i) {
      if (static_cast<size_t>(needed[i]) >= all.size()) continue;
      results[levels[k].num_outputs + i] = all[needed[i]];
      recorded[levels[k].num_outputs + i] = tg::new_symbolic(0, -1, TG_BOOL, {});
    }
  }
  auto gradient = std::make_shared<tg::CustomGradient>(
      [levels, results](const std::vector<TensorRef>& output_gradients) {
        size_t end = output_gradients.size(), k = 0;
        while (end > 0 && !output_gradients[end - 1]) --end;
        while (k + 1 < levels.size() && levels[k].num_outputs < end) ++k;
        if (k + 1 == levels.size()) throw tg::internal_error("more gradients of gradients than tapes");
        auto at = [&results](size_t index) { return results.begin() + static_cast<std::ptrdiff_t>(index); };
        size_t begin = levels[k].num_outputs;
        return levels[k].function->call_backward(output_gradients, results,
                                                 {at(begin), at(levels[k + 1].num_outputs)});
      });
  std::vector<tg_tensor*> handles;
  for (const TensorRef& tensor : all) handles.push_back(tensor.get());
  tg::record_on_tapes(gradient, handles.data(), handles.size(), recorded.data(), recorded.size());
  results.resize(graph_->outputs.size());
  return results;
}
