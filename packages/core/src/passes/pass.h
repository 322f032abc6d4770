// Graph passes: each takes a valid graph to a valid graph. Shape-independent; they run once, when a graph is frozen.
#ifndef TENSEGRA_PASSES_PASS_H_
#define TENSEGRA_PASSES_PASS_H_

#include <vector>

#include "graph/graph.h"

namespace tg {

enum class PassClass {
  kExact,          // results stay the same, bit for bit
  kReassociating,  // rounding may differ
};

struct Pass {
  const char* name;
  PassClass pass_class;
  void (*run)(tg_graph* graph);
};

// In the order in which they run.
const std::vector<Pass>& passes();
void run_passes(tg_graph* graph);

// One per file.
void fold_constants(tg_graph* graph);
void merge_common(tg_graph* graph);
void drop_dead(tg_graph* graph);

// For passes: keeps the marked nodes; value i is read from replacement[i] (itself where equal) from now on.
void rebuild(tg_graph* graph, const std::vector<bool>& keep, std::vector<int> replacement);

}  // namespace tg

#endif  // TENSEGRA_PASSES_PASS_H_
