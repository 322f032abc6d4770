// Gradients within a graph that is being built.
#ifndef TENSEGRA_RUNTIME_GRAPH_GRADIENTS_H_
#define TENSEGRA_RUNTIME_GRAPH_GRADIENTS_H_

#include <vector>

#include "graph/graph.h"

namespace tg {

// Adds to `graph` what computes d sum(ys * seeds) / d xs, and returns its values: null where an x does not matter.
// The xs may be values of graphs around it that are being built, and tensors that it captured. seeds: null for ones.
// Nothing flows through `stops`. Throws TG-0113 for an op without gradient, TG-0203 for a y that is no float.
std::vector<TensorRef> add_graph_gradients(tg_graph* graph, const std::vector<TensorRef>& ys,
                                           const std::vector<TensorRef>& xs, const std::vector<TensorRef>& seeds,
                                           const std::vector<TensorRef>& stops);

}  // namespace tg

#endif  // TENSEGRA_RUNTIME_GRAPH_GRADIENTS_H_
