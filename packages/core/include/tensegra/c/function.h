/* Tensegra C ABI: functions are frozen graphs that run. */
#ifndef TENSEGRA_C_FUNCTION_H_
#define TENSEGRA_C_FUNCTION_H_

#include "tensegra/c/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Receives text; the pointer is valid during the call only. */
typedef void (*tg_text_fn)(void* context, const char* text, size_t size);

/* A node as a reader sees it: valid while its function lives. */
typedef struct tg_node_view {
  size_t struct_size;
  const char* op;
  const char* name;
  const char* source;
  const int64_t* inputs;  /* value numbers */
  const int64_t* outputs; /* value numbers */
  size_t num_inputs;
  size_t num_outputs;
  size_t num_attrs;
} tg_node_view;

typedef struct tg_function_api {
  size_t struct_size;
  /* One reference more. NULL is allowed. */
  void (*retain)(tg_function* function);
  /* One reference less; the last one destroys it. NULL is allowed. */
  void (*release)(tg_function* function);
  /* Freezes graph (which is emptied), verifies it and runs the shape-independent passes. */
  tg_status* (*create)(tg_graph* graph, tg_tensor* const* outputs, size_t num_outputs, tg_function** out);
  /* Owned by the function; NULL for NULL. */
  const char* (*name)(const tg_function* function);
  size_t (*num_inputs)(const tg_function* function);   /* arguments, without captures */
  /* Values of outside that the graph holds: they come behind the arguments. */
  size_t (*num_captures)(const tg_function* function);
  /* 0 for NULL, as all counts. */
  size_t (*num_outputs)(const tg_function* function);
  /* After the passes. */
  size_t (*num_nodes)(const tg_function* function);
  /* Arguments, captures and outputs of nodes. */
  size_t (*num_values)(const tg_function* function);
  /* desc->data is NULL; dims may be symbolic. index counts arguments, then captures, then node outputs. */
  tg_status* (*value_type)(const tg_function* function, size_t index, tg_tensor_desc* desc);
  /* The name of an argument; owned by the function; NULL behind the last one. */
  const char* (*input_name)(const tg_function* function, size_t index);
  /* The number of the value that output index is. OUT_OF_RANGE: there is no such output (TG-0107). */
  tg_status* (*output_value)(const tg_function* function, size_t index, int64_t* value);
  /* Fills *view, whose struct_size the caller has set; its inputs and outputs are valid until the next node on this
     thread. */
  tg_status* (*node)(const tg_function* function, size_t index, tg_node_view* view);
  /* Attribute index of a node, in the order of the signature; owned by the function. */
  tg_status* (*node_attr)(const tg_function* function, size_t node, size_t index, tg_attr* out);
  /* A captured tensor; the caller owns a reference. */
  tg_status* (*capture)(const tg_function* function, size_t index, tg_tensor** out);
  /* Runs; inside a trace it is inlined; tapes record it. outputs has num_outputs places, owned by the caller. */
  tg_status* (*call)(tg_function* function, tg_tensor* const* inputs, size_t num_inputs, tg_tensor** outputs,
                     size_t num_outputs);
  /* Checks every rule that a valid graph keeps. */
  tg_status* (*verify)(const tg_function* function);
  /* The readable text form; parse reads it back (functions without captures). */
  tg_status* (*print)(const tg_function* function, tg_text_fn fn, void* context);
  /* From the text form; the caller owns *out. INVALID_ARGUMENT says the line (TG-0306). */
  tg_status* (*parse)(const char* text, size_t size, tg_function** out);
  /* The Function message of saved_model.proto, without capture bindings. */
  tg_status* (*serialize)(const tg_function* function, tg_text_fn fn, void* context);
  /* Reads a Function message and binds captures (num_captures of it). */
  tg_status* (*deserialize)(const void* bytes, size_t size, tg_tensor* const* captures, size_t num_captures,
                            tg_function** out);
} tg_function_api;

#ifdef __cplusplus
}
#endif
#endif /* TENSEGRA_C_FUNCTION_H_ */
