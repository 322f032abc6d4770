// Drops nodes that nothing needs.
// Before: a valid graph. After: the same results and effects; every node is effectful or leads to a result or effect.
#include "passes/pass.h"

namespace tg {

void drop_dead(tg_graph* graph) {
  std::vector<bool> live(graph->values.size());
  std::vector<bool> keep(graph->nodes.size());
  for (int output : graph->outputs) live[output] = true;
  for (size_t i = graph->nodes.size(); i-- > 0;) {
    const Node& node = graph->nodes[i];
    keep[i] = graph->is_effectful(node);
    for (int output : node.outputs) keep[i] = keep[i] || live[output];
    if (keep[i])
      for (int input : node.inputs) live[input] = true;
  }
  std::vector<int> same(graph->values.size());
  for (size_t i = 0; i < same.size(); ++i) same[i] = static_cast<int>(i);
  rebuild(graph, keep, std::move(same));
}

}  // namespace tg
