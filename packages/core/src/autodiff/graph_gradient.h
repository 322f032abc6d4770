// The gradient of a whole graph, as a second graph.
#ifndef TENSEGRA_AUTODIFF_GRAPH_GRADIENT_H_
#define TENSEGRA_AUTODIFF_GRAPH_GRADIENT_H_

#include <memory>
#include <utility>
#include <vector>

#include "graph/graph.h"

namespace tg {

// backward takes a gradient for each float output of the forward graph (in order), then the forward values listed in
// `needed`; it returns a gradient for each input and capture listed in `results`.
struct GraphGradient {
  std::unique_ptr<tg_graph> backward;
  std::vector<int> seeds;    // positions among the forward outputs that get a gradient
  std::vector<int> needed;   // forward value numbers
  // Forward outputs (positions) that depend on an op without gradient: asking for theirs is refused.
  std::vector<std::pair<int, const tg_op*>> refused;
  std::vector<int> results;  // forward value numbers of inputs and captures, one per output of backward
};

// What a gradient is taken of and with respect to; null: everything.
struct GradientScope {
  const std::vector<bool>* inputs = nullptr;   // one for each input of the graph: does anybody want its gradient?
  const std::vector<bool>* outputs = nullptr;  // one for each output: does it get one?
};

// Values that gradients reach on their way to a float input or a trainable variable.
std::vector<bool> reached_values(const tg_graph& forward, const GradientScope& scope);

GraphGradient build_gradient(const tg_graph& forward, const GradientScope& scope = {});

}  // namespace tg

#endif  // TENSEGRA_AUTODIFF_GRAPH_GRADIENT_H_
