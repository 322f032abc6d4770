// Merges nodes that compute the same thing from the same values.
// Before: a valid graph. After: the same results; no two effect-free nodes have equal op, attributes and inputs.
#include <map>

#include "passes/pass.h"

namespace tg {

void merge_common(tg_graph* graph) {
  std::vector<int> replacement(graph->values.size());
  for (size_t i = 0; i < replacement.size(); ++i) replacement[i] = static_cast<int>(i);
  std::vector<bool> keep(graph->nodes.size(), true);
  std::map<std::pair<const tg_op*, std::vector<int>>, std::vector<size_t>> seen;
  for (size_t i = 0; i < graph->nodes.size(); ++i) {
    const Node& node = graph->nodes[i];
    if (effects_of(*node.op, *node.attrs) != TG_EFFECT_NONE) continue;
    std::vector<int> inputs;
    for (int input : node.inputs) inputs.push_back(replacement[input]);
    std::vector<size_t>& candidates = seen[{node.op, inputs}];
    for (size_t other : candidates) {
      if (!(*graph->nodes[other].attrs == *node.attrs)) continue;
      keep[i] = false;
      for (size_t k = 0; k < node.outputs.size(); ++k) replacement[node.outputs[k]] = graph->nodes[other].outputs[k];
      break;
    }
    if (keep[i]) candidates.push_back(i);
  }
  rebuild(graph, keep, std::move(replacement));
}

}  // namespace tg
