/* Tensegra C ABI: graphs. */
#ifndef TENSEGRA_C_GRAPH_H_
#define TENSEGRA_C_GRAPH_H_

#include "tensegra/c/op.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A list of nodes in program order. Being built by one thread, then frozen inside a function. */
typedef struct tg_graph tg_graph;

typedef struct tg_graph_api {
  size_t struct_size;
  /* An empty graph; the caller owns *out. name may be NULL. */
  tg_status* (*create)(const char* name, tg_graph** out);
  /* Also while it is entered: nothing is traced any more then. NULL is allowed. */
  void (*destroy)(tg_graph* graph);
  /* Calls of execute on this thread add nodes to graph until the matching leave. enter(NULL) lifts out of tracing. */
  tg_status* (*enter)(tg_graph* graph);
  /* Ends the innermost enter of this thread. FAILED_PRECONDITION: there is none (TG-0202). */
  tg_status* (*leave)(void);
  /* An argument. dims may hold TG_DIM_UNKNOWN or symbols; rank -1 is unknown. The caller owns *out. */
  tg_status* (*add_input)(tg_graph* graph, const char* name, int32_t dtype, int32_t rank, const int64_t* dims,
                          tg_tensor** out);
  /* The value that stands for a concrete tensor inside graph (a capture); the same one each time. */
  tg_status* (*capture)(tg_graph* graph, tg_tensor* tensor, tg_tensor** out);
  /* The source line that the next nodes are blamed on, "file.py:12"; NULL clears it. */
  tg_status* (*set_source)(tg_graph* graph, const char* source);
  /* So far; 0 for NULL. */
  size_t (*num_nodes)(const tg_graph* graph);
  /* Adds to graph, which this thread has entered, what computes d sum(ys * seeds) / d xs. ys, xs and stops are values of
     it or of graphs entered around it, or tensors that it captured. seeds may be NULL (ones), as may its entries. Nothing
     flows through stops. results[i] is owned by the caller, NULL where xs[i] does not matter. Appended in minor 3. */
  tg_status* (*gradients)(tg_graph* graph, tg_tensor* const* ys, size_t num_ys, tg_tensor* const* xs, size_t num_xs,
                          tg_tensor* const* seeds, tg_tensor* const* stops, size_t num_stops, tg_tensor** results);
} tg_graph_api;

#ifdef __cplusplus
}
#endif
#endif /* TENSEGRA_C_GRAPH_H_ */
