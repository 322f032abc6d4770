#include "passes/pass.h"

namespace tg {

const std::vector<Pass>& passes() {
  static const std::vector<Pass> list = {
      {"fold_constants", PassClass::kExact, fold_constants},
      {"merge_common", PassClass::kExact, merge_common},
      {"drop_dead", PassClass::kExact, drop_dead},
  };
  return list;
}

void run_passes(tg_graph* graph) {
  for (const Pass& pass : passes()) pass.run(graph);
}

void rebuild(tg_graph* graph, const std::vector<bool>& keep, std::vector<int> replacement) {
  auto follow = [&replacement](int value) {
    while (replacement[value] != value) value = replacement[value];
    return value;
  };
  std::vector<Node> kept;
  for (size_t i = 0; i < graph->nodes.size(); ++i) {
    if (!keep[i]) continue;
    for (int& input : graph->nodes[i].inputs) input = follow(input);
    kept.push_back(std::move(graph->nodes[i]));
  }
  graph->nodes = std::move(kept);
  for (int& output : graph->outputs) output = follow(output);
  graph->renumber();
}

}  // namespace tg
