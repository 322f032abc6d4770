// The readable text form of a graph.
#ifndef TENSEGRA_GRAPH_TEXT_H_
#define TENSEGRA_GRAPH_TEXT_H_

#include <functional>
#include <memory>
#include <string>

#include "graph/graph.h"

namespace tg {

std::string print(const tg_graph& graph);
// Makes a function, which an attribute holds, of its graph.
using FreezeGraph = std::function<Ref<FunctionBase>(std::unique_ptr<tg_graph>)>;
// Reads what print wrote; a graph with captures is refused. Throws TG-0306 with the line.
std::unique_ptr<tg_graph> parse_graph(const std::string& text, const FreezeGraph& freeze);

}  // namespace tg

#endif  // TENSEGRA_GRAPH_TEXT_H_
