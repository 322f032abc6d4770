#include "passes/weights.h"

namespace tg {

bool changes_state(const tg_graph& graph) {
  for (const Node& node : graph.nodes)
    if (effects_of(*node.op, *node.attrs) & TG_EFFECT_WRITES) return true;
  return false;
}

std::vector<bool> weight_values(const tg_graph& graph) {
  static const tg_op* read = find_op("read_variable");
  const bool writes = changes_state(graph);
  std::vector<bool> known(graph.values.size(), false);
  for (const Capture& capture : graph.captures)
    known[capture.value] = capture.tensor && !capture.tensor->is_symbolic() && capture.tensor->buffer;
  for (const Node& node : graph.nodes) {
    bool all = node.device == nullptr && node.outputs.size() == 1;
    if (node.op == read) {
      all = all && !writes;
    } else {
      all = all && effects_of(*node.op, *node.attrs) == TG_EFFECT_NONE && !node.op->schema.has_functions;
      for (int input : node.inputs) all = all && known[input];
    }
    for (int output : node.outputs) known[output] = all;
  }
  return known;
}

}  // namespace tg
