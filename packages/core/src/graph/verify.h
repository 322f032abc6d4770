// The executable specification of a valid graph.
#ifndef TENSEGRA_GRAPH_VERIFY_H_
#define TENSEGRA_GRAPH_VERIFY_H_

#include "graph/graph.h"

namespace tg {

// Throws TG-0301, which names the node and the rule.
void verify(const tg_graph& graph);

}  // namespace tg

#endif  // TENSEGRA_GRAPH_VERIFY_H_
