// Graph passes: each takes a valid graph to a valid graph, whatever the shapes. They run once.
//
// The first ones run when a graph is frozen, on the graph that gradients, files and devices see. The others run on a copy
// of it that is made when it first runs here: what they put into that copy reaches nobody else.
#ifndef TENSEGRA_PASSES_PASS_H_
#define TENSEGRA_PASSES_PASS_H_

#include <string>
#include <vector>

#include "graph/graph.h"

namespace tg {

enum class PassClass {
  kExact,          // results stay the same, bit for bit
  kReassociating,  // rounding may differ
};

struct Pass {
  const char* name;
  const char* summary;
  PassClass pass_class;
  bool canonical;  // runs on the graph that everybody sees, too
  void (*run)(tg_graph* graph);
};

// In the order in which they run.
const std::vector<Pass>& passes();

// Those of the graph that everybody sees.
void run_passes(tg_graph* graph);
// All, on the copy that runs.
void run_execution_passes(tg_graph* graph);

// Switches: TENSEGRA_PASSES, a list of "-name" (off), "+name" (on), "-all" and "+all", says how they begin.
bool pass_enabled(size_t index);
void set_pass(const std::string& name, bool enabled);  // throws TG-0770
// Grows with each change of a switch.
uint64_t passes_generation();

// One per file.
void simplify(tg_graph* graph);
void fold_constants(tg_graph* graph);
void merge_common(tg_graph* graph);
void drop_dead(tg_graph* graph);
void fuse_patterns(tg_graph* graph);
void fold_batch_norm(tg_graph* graph);
void fuse_epilogues(tg_graph* graph);
void pack_weights(tg_graph* graph);
void fuse_reductions(tg_graph* graph);
void fuse_elementwise(tg_graph* graph);
void recompute_elementwise(tg_graph* graph);
void hoist_weights(tg_graph* graph);

// For passes: keeps the marked nodes; value i is read from replacement[i] (itself where equal) from now on.
void rebuild(tg_graph* graph, const std::vector<bool>& keep, std::vector<int> replacement);

}  // namespace tg

#endif  // TENSEGRA_PASSES_PASS_H_
