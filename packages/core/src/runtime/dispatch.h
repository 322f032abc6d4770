// Running one op: now, or as a node of the graph being traced.
#ifndef TENSEGRA_RUNTIME_DISPATCH_H_
#define TENSEGRA_RUNTIME_DISPATCH_H_

#include "graph/graph.h"

namespace tg {

// outputs has a place for each output of the op, which has no list of results.
void execute(const tg_op& op, const AttrsRef& attrs, tg_tensor* const* inputs, size_t num_inputs, TensorRef* outputs);

// The same for an op with a list of results.
std::vector<TensorRef> execute_list(const tg_op& op, AttrsRef attrs, std::vector<TensorRef> inputs);

// Runs a primitive op on slots; outputs are inferred and allocated. What execute and dynamic instructions share.
struct Slot;
void run_primitive(const tg_op& op, const Attrs& attrs, Slot** inputs, size_t num_inputs, Slot** outputs,
                   size_t num_outputs, uint64_t dying = 0);

// Called around kernels that execute runs on much memory.
void set_long_run_hooks(void* (*before)(), void (*after)(void*));

}  // namespace tg

#endif  // TENSEGRA_RUNTIME_DISPATCH_H_
