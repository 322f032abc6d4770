// Running one op: now, or as a node of the graph being traced.
#ifndef TENSEGRA_RUNTIME_DISPATCH_H_
#define TENSEGRA_RUNTIME_DISPATCH_H_

#include <vector>

#include "graph/graph.h"

namespace tg {

std::vector<TensorRef> execute(const tg_op& op, AttrsRef attrs, std::vector<TensorRef> inputs);

// Runs a primitive op on slots; outputs are inferred and allocated. What execute and dynamic instructions share.
struct Slot;
void run_primitive(const tg_op& op, const Attrs& attrs, Slot** inputs, size_t num_inputs, Slot** outputs);

}  // namespace tg

#endif  // TENSEGRA_RUNTIME_DISPATCH_H_
