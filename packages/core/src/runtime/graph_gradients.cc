#include "runtime/graph_gradients.h"

#include <algorithm>
#include <map>
#include <set>

#include "autodiff/gradient_call.h"
#include "base/small_vector.h"
#include "base/status.h"
#include "runtime/control.h"
#include "tensor/resource.h"

namespace tg {
namespace {

using Key = std::pair<int64_t, int>;  // a graph and a value of it

class Entered {
 public:
  explicit Entered(tg_graph* graph) { enter_graph(graph); }
  ~Entered() { leave_graph(); }
  Entered(const Entered&) = delete;
};

// A value of a graph as the tensor that tapes and captures know.
TensorRef value_of(tg_graph* graph, int number) {
  for (const Capture& capture : graph->captures)
    if (capture.value == number) return graph->capture(TensorRef(capture.tensor).get());
  const Value& value = graph->values[static_cast<size_t>(number)];
  return new_symbolic(graph->id, number, value.type.dtype, value.type.dims, value.id);
}

class GraphGradients {
 public:
  GraphGradients(tg_graph* graph, const std::vector<TensorRef>& xs, const std::vector<TensorRef>& stops)
      : graph_(graph), graphs_(graphs_around(graph)) {
    for (const TensorRef& x : xs) {
      if (x->is_symbolic()) sources_.insert({x->graph_id, x->value});
      else concrete_sources_.insert(x->id);
    }
    for (const TensorRef& stop : stops) {
      if (stop->is_symbolic()) stops_.insert({stop->graph_id, stop->value});
      else concrete_stops_.insert(stop->id);
    }
    for (auto graph_around = graphs_.rbegin(); graph_around != graphs_.rend(); ++graph_around) mark(*graph_around);
  }

  bool reaches(const tg_tensor& value) const {
    auto found = reached_.find(value.graph_id);
    return found != reached_.end() && found->second[static_cast<size_t>(value.value)];
  }
  void add(const Key& key, const TensorRef& gradient) {
    TensorRef& sum = gradients_[key];
    sum = sum ? add_gradients(sum, gradient) : gradient;
  }

  void run() {
    for (tg_graph* around : graphs_) {
      for (size_t i = sizes_[around->id]; i-- > 0;) visit(around, i);
      hand_out(around);
    }
  }

  TensorRef result(const tg_tensor& x) {
    if (x.is_symbolic()) {
      auto found = gradients_.find({x.graph_id, x.value});
      return found == gradients_.end() ? nullptr : found->second;
    }
    auto found = concrete_.find(x.id);
    return found == concrete_.end() ? nullptr : found->second;
  }

 private:
  static std::vector<tg_graph*> graphs_around(tg_graph* graph) {
    std::vector<tg_graph*> found{graph};
    for (tg_graph* around : entered_graphs())
      if (around && std::find(found.begin(), found.end(), around) == found.end()) found.push_back(around);
    return found;
  }

  // Which values of a graph depend on a source. Values of graphs around it are marked already.
  void mark(tg_graph* graph) {
    sizes_[graph->id] = graph->nodes.size();
    std::vector<bool>& reached = reached_[graph->id];
    reached.resize(graph->values.size());
    auto flows = [&](int value) {
      int dtype = graph->values[static_cast<size_t>(value)].type.dtype;
      return is_differentiable(dtype) || dtype == TG_RESOURCE;
    };
    auto stopped = [&](int value) { return stops_.count({graph->id, value}) > 0; };
    auto is_source = [&](int value) { return sources_.count({graph->id, value}) > 0; };
    for (const GraphInput& input : graph->inputs) reached[static_cast<size_t>(input.value)] = is_source(input.value);
    for (const Capture& capture : graph->captures) {
      const tg_tensor& tensor = *capture.tensor;
      const bool stops_here = tensor.is_symbolic() ? stops_.count({tensor.graph_id, tensor.value}) > 0
                                                   : concrete_stops_.count(tensor.id) > 0;
      const bool matters = tensor.is_symbolic() ? reaches(tensor) : concrete_sources_.count(tensor.id) > 0;
      const bool wanted = tensor.is_symbolic() ? sources_.count({tensor.graph_id, tensor.value}) > 0 : matters;
      reached[static_cast<size_t>(capture.value)] =
          flows(capture.value) && (is_source(capture.value) || wanted || (matters && !stops_here));
    }
    for (const Node& node : graph->nodes) {
      bool any = constant_source(node) != 0;
      for (int input : node.inputs) any = any || reached[static_cast<size_t>(input)];
      for (int output : node.outputs)
        reached[static_cast<size_t>(output)] = flows(output) && (is_source(output) || (any && !stopped(output)));
    }
  }

  // The id of the tensor that a node puts into the graph as a constant, where its gradient is asked for; else 0.
  int64_t constant_source(const Node& node) const {
    static const tg_op* constant = find_op("constant");
    if (node.op != constant || concrete_sources_.empty()) return 0;
    const TensorRef& tensor = (*node.attrs)[static_cast<size_t>(constant->schema.attr_index("value"))].tensor;
    return tensor && concrete_sources_.count(tensor->id) ? tensor->id : 0;
  }

  // What the gradient function of a node reads: its own copies, since the graph grows meanwhile.
  class Call final : public ForwardCall {
   public:
    Call(tg_graph* graph, tg_graph* into, const Node& node)
        : ForwardCall(*node.op, node.attrs, node.inputs.size(), node.outputs.size()), graph_(graph), into_(into),
          node_(node) {
      for (int input : node.inputs) types_.push_back(graph->values[static_cast<size_t>(input)].type);
    }
    TensorRef input(size_t index) override { return take(node_.inputs[index]); }
    TensorRef output(size_t index) override { return take(node_.outputs[index]); }
    int input_dtype(size_t index) override { return types_[index].dtype; }
    const Dims& input_dims(size_t index) override { return types_[index].dims; }

   private:
    TensorRef take(int value) { return into_->import(value_of(graph_, value).get()); }

    tg_graph* graph_;
    tg_graph* into_;
    const Node& node_;
    std::vector<TensorType> types_;
  };

  void visit(tg_graph* graph, size_t index) {
    const std::vector<bool>& reached = reached_[graph->id];
    std::vector<TensorRef> output_gradients;
    size_t end = 0;
    for (int output : graph->nodes[index].outputs) {
      auto found = gradients_.find({graph->id, output});
      const bool flows = found != gradients_.end() && !stops_.count({graph->id, output});
      output_gradients.push_back(flows ? found->second : nullptr);
      if (flows) end = output_gradients.size();
    }
    if (end == 0) return;
    if (int64_t id = constant_source(graph->nodes[index])) return add_concrete(id, output_gradients[0]);
    std::vector<bool> needed;
    for (int input : graph->nodes[index].inputs) needed.push_back(reached[static_cast<size_t>(input)]);
    if (std::find(needed.begin(), needed.end(), true) == needed.end()) return;
    if (!graph->nodes[index].op->def.gradient) throw no_gradient(*graph->nodes[index].op);
    record_node(graph, index, needed, end);
    const Node node = graph->nodes[index];
    output_gradients.resize(node.outputs.size());
    SmallVector<bool, 8> flags;
    for (bool each : needed) flags.push_back(each);
    Call call(graph, graph_, node);
    SmallVector<TensorRef, 4> input_gradients(node.inputs.size());
    call_gradient(call, output_gradients.data(), flags.data(), input_gradients.data());
    for (size_t k = 0; k < input_gradients.size(); ++k)
      if (input_gradients[k] && needed[k]) add({graph->id, node.inputs[k]}, graph_->import(input_gradients[k].get()));
  }

  void add_concrete(int64_t id, const TensorRef& gradient) {
    TensorRef& sum = concrete_[id];
    sum = sum ? add_gradients(sum, gradient) : gradient;
  }

  // Gradients of captures belong to what was captured.
  void hand_out(tg_graph* graph) {
    for (size_t i = 0; i < graph->captures.size(); ++i) {
      const Capture capture = graph->captures[i];
      auto found = gradients_.find({graph->id, capture.value});
      if (found == gradients_.end()) continue;
      const TensorRef gradient = found->second;
      if (capture.tensor->is_symbolic()) add({capture.tensor->graph_id, capture.tensor->value}, gradient);
      else if (concrete_sources_.count(capture.tensor->id)) add_concrete(capture.tensor->id, gradient);
    }
  }

  tg_graph* const graph_;
  const std::vector<tg_graph*> graphs_;  // innermost first
  std::set<Key> sources_, stops_;
  std::set<int64_t> concrete_sources_, concrete_stops_;
  std::map<int64_t, std::vector<bool>> reached_;
  std::map<int64_t, size_t> sizes_;  // how many nodes there were
  std::map<Key, TensorRef> gradients_;
  std::map<int64_t, TensorRef> concrete_;
};

}  // namespace

std::vector<TensorRef> add_graph_gradients(tg_graph* graph, const std::vector<TensorRef>& ys,
                                           const std::vector<TensorRef>& xs, const std::vector<TensorRef>& seeds,
                                           const std::vector<TensorRef>& stops) {
  Entered entered(graph);
  std::vector<TensorRef> targets;
  for (const TensorRef& y : ys) {
    if (!is_differentiable(y->dtype))
      throw invalid_argument("TG-0203", "[gradients] gradients are taken of floating-point tensors",
                             "target of " + type_text(y->dtype, y->dims));
    targets.push_back(graph->import(y.get()));
  }
  GraphGradients gradients(graph, xs, stops);
  for (size_t i = 0; i < targets.size(); ++i) {
    if (!gradients.reaches(*targets[i])) continue;
    TensorRef seed = i < seeds.size() ? seeds[i] : nullptr;
    seed = seed ? graph->import(seed.get()) : call_unary("ones_like", targets[i]);
    gradients.add({graph->id, targets[i]->value}, seed);
  }
  gradients.run();
  std::vector<TensorRef> results;
  for (const TensorRef& x : xs) results.push_back(gradients.result(*x));
  return results;
}

}  // namespace tg
