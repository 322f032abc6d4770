// What is computed from weights alone is computed once and kept until a weight changes.
// Before: a valid graph. After: the same results; in a function that changes no state, the nodes that read weights come
// first, those that compute from them alone next, and graph.hoisted says which.
#include "passes/pass.h"
#include "passes/weights.h"

namespace tg {

void hoist_weights(tg_graph* graph) {
  static const tg_op* read = find_op("read_variable");
  graph->hoisted = nullptr;
  if (changes_state(*graph)) return;
  const std::vector<bool> weights = weight_values(*graph);
  std::vector<bool> early(graph->values.size(), false);  // known before any other node runs
  for (size_t i = 0; i < graph->inputs.size() + graph->captures.size(); ++i)
    early[i] = weights[i] || graph->values[i].type.dtype == TG_RESOURCE;
  std::vector<Node> sources, kept, rest;
  bool any = false;
  for (Node& node : graph->nodes) {
    bool first = node.outputs.size() == 1 && weights[node.outputs[0]];
    for (int input : node.inputs) first = first && early[input];
    if (!first) {
      rest.push_back(std::move(node));
      continue;
    }
    early[node.outputs[0]] = true;
    if (node.op == read || node.inputs.empty()) {
      sources.push_back(std::move(node));
    } else {
      any = any || !node.op->is_view();
      kept.push_back(std::move(node));
    }
  }
  auto hoisted = std::make_shared<Hoisted>();
  hoisted->begin = static_cast<int>(sources.size());
  hoisted->end = static_cast<int>(sources.size() + kept.size());
  graph->nodes = std::move(sources);
  for (Node& node : kept) graph->nodes.push_back(std::move(node));
  for (Node& node : rest) graph->nodes.push_back(std::move(node));
  graph->renumber();
  if (any) graph->hoisted = std::move(hoisted);
}

}  // namespace tg
