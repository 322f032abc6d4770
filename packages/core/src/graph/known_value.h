// Values that are known before a graph runs: shapes of shapes, and small results of constants.
#ifndef TENSEGRA_GRAPH_KNOWN_VALUE_H_
#define TENSEGRA_GRAPH_KNOWN_VALUE_H_

#include "graph/graph.h"

namespace tg {

// The value of output 0 of a call, or null where it depends on more than shapes and small constants.
TensorRef known_value(const tg_op& op, const Attrs& attrs, const InferInput* inputs, size_t num_inputs,
                      const TensorType& output);

}  // namespace tg

#endif  // TENSEGRA_GRAPH_KNOWN_VALUE_H_
