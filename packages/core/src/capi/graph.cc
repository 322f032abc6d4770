#include "graph/graph.h"

#include "capi/capi.h"
#include "runtime/graph_gradients.h"
#include "tensegra/c/graph.h"
#include "tensor/device_memory.h"

namespace tg::capi {
namespace {

tg_status* create(const char* name, tg_graph** out) {
  return guard([&] {
    require(out, "out");
    *out = new tg_graph(name ? name : "graph");
  });
}
void destroy(tg_graph* graph) {
  if (graph) forget_graph(graph);
  delete graph;
}
tg_status* enter(tg_graph* graph) {
  return guard([&] {
    enter_graph(graph);
    enter_device(nullptr);  // where a function is called from says nothing of where its nodes run
  });
}
tg_status* leave() {
  return guard([] {
    leave_graph();
    leave_device();
  });
}
tg_status* add_input(tg_graph* graph, const char* name, int32_t dtype, int32_t rank, const int64_t* dims,
                     tg_tensor** out) {
  return guard([&] {
    require(graph, "graph");
    require(out, "out");
    if (!dtype_to_name(dtype))
      throw invalid_argument("TG-0102", "an input has a dtype", "dtype number=" + std::to_string(dtype));
    *out = graph->add_input(name ? name : "", dtype, dims_from_c(rank, dims)).detach();
  });
}
tg_status* capture(tg_graph* graph, tg_tensor* tensor, tg_tensor** out) {
  return guard([&] {
    require(graph, "graph");
    require(tensor, "tensor");
    require(out, "out");
    *out = graph->import(tensor).detach();
  });
}
tg_status* set_source(tg_graph* graph, const char* source) {
  return guard([&] {
    require(graph, "graph");
    graph->set_source(source);
  });
}
size_t num_nodes(const tg_graph* graph) { return graph ? graph->nodes.size() : 0; }
tg_status* gradients(tg_graph* graph, tg_tensor* const* ys, size_t num_ys, tg_tensor* const* xs, size_t num_xs,
                     tg_tensor* const* seeds, tg_tensor* const* stops, size_t num_stops, tg_tensor** results) {
  return guard([&] {
    require(graph, "graph");
    if (num_xs) require(results, "results");
    std::vector<TensorRef> weights(num_ys);
    for (size_t i = 0; seeds && i < num_ys; ++i)
      if (seeds[i]) weights[i] = TensorRef::share(seeds[i]);
    std::vector<TensorRef> made = add_graph_gradients(graph, tensors_from_c(ys, num_ys), tensors_from_c(xs, num_xs),
                                                      weights, tensors_from_c(stops, num_stops));
    for (size_t i = 0; i < made.size(); ++i) results[i] = made[i].detach();
  });
}

}  // namespace

const tg_graph_api graph_api = {sizeof(tg_graph_api), create,  destroy,    enter,    leave,
                                add_input,            capture, set_source, num_nodes,
                                gradients};

}  // namespace tg::capi
