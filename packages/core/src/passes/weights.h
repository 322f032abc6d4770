// Which values a function computes from its weights alone: the same at every call, until a weight is changed.
#ifndef TENSEGRA_PASSES_WEIGHTS_H_
#define TENSEGRA_PASSES_WEIGHTS_H_

#include <vector>

#include "graph/graph.h"

namespace tg {

// By value: constants, captured tensors, what is read from variables in a function that changes no state, and what is
// computed from these without drawing random numbers.
std::vector<bool> weight_values(const tg_graph& graph);
bool changes_state(const tg_graph& graph);

}  // namespace tg

#endif  // TENSEGRA_PASSES_WEIGHTS_H_
