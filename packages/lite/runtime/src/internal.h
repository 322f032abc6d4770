/* What the files of the runtime share. Data flows: wire -> model -> interpreter -> ops -> kernels. */
#ifndef TENSEGRA_LITE_INTERNAL_H_
#define TENSEGRA_LITE_INTERNAL_H_

#include <stdbool.h>

#include "tensegra/lite.h"
#include "wire.h"

enum { TGL_INVALID_ARGUMENT = 3, TGL_NOT_FOUND = 5, TGL_RESOURCE_EXHAUSTED = 8, TGL_FAILED_PRECONDITION = 9,
       TGL_UNIMPLEMENTED = 12, TGL_DATA_LOSS = 15 };

/* Fills *error and returns -1. */
int tgl_fail(tgl_error* error, int code, const char* error_code, const char* format, ...)
    __attribute__((format(printf, 4, 5)));

#define TGL_MAX_INPUTS 64

/* A value of the flat graph, as the file describes it. */
typedef struct tgl_value_type {
  int64_t dims[TGL_MAX_RANK]; /* negative: unknown */
  int32_t dtype;
  int32_t rank;
  int32_t weight; /* index into weights, or -1 */
  char name[64];
  int64_t planned_offset; /* from the file's plan; -1: none */
  uint64_t planned_bytes;
} tgl_value_type;

typedef struct tgl_weight {
  const void* data;
  size_t bytes;
  int64_t dims[TGL_MAX_RANK];
  int32_t dtype;
  int32_t rank;
  int32_t axis;        /* of the scales */
  size_t num_scales;   /* 0: not quantized */
  const float* scales; /* owned copy */
  tgl_bytes name;
} tgl_weight;

struct tgl_op;

typedef struct tgl_node {
  const struct tgl_op* op;
  tgl_bytes message; /* of the Node: attributes are read from it */
  char name[64];
  int32_t num_inputs, num_outputs;
  int32_t first_output; /* outputs are consecutive values */
  int32_t inputs[TGL_MAX_INPUTS];
} tgl_node;

struct tgl_model {
  tgl_bytes file;
  bool mapped;
  tgl_value_type* values;
  int32_t num_values, num_inputs, num_outputs;
  int32_t* outputs;
  char (*output_names)[64];
  tgl_node* nodes;
  int32_t num_nodes;
  tgl_weight* weights;
  int32_t num_weights;
  uint64_t planned_arena; /* 0: the file has no plan */
};

/* A value during a run. */
typedef struct tgl_value {
  void* data;
  size_t bytes;
  int64_t dims[TGL_MAX_RANK];
  int32_t dtype;
  int32_t rank;
  const tgl_weight* weight; /* NULL: computed or given */
  int64_t offset;           /* in the arena, -1: elsewhere */
  int32_t base;             /* shares the memory of that value, -1: its own */
  int32_t last_use;
} tgl_value;

/* One step, as its op sees it. */
typedef struct tgl_call {
  const tgl_node* node;
  tgl_value* inputs[TGL_MAX_INPUTS];
  tgl_value* outputs;
  void* scratch;
  size_t scratch_bytes; /* set by prepare: what run needs */
  const char* arithmetic; /* set by prepare */
  bool is_view;         /* set by prepare: output 0 shares input 0's memory */
  tgl_error* error;
} tgl_call;

typedef struct tgl_op {
  const char* name;
  int32_t version;
  int32_t min_inputs, max_inputs;
  /* Checks inputs, sets dims and dtype of the outputs and what run needs. */
  int (*prepare)(tgl_call* call);
  int (*run)(tgl_call* call); /* NULL: a view */
} tgl_op;

/* NULL: not in the lite profile. */
const tgl_op* tgl_find_op(tgl_bytes name);

int64_t tgl_elements(const tgl_value* value);
size_t tgl_dtype_bytes(int32_t dtype);
/* Sets dims, dtype, bytes; refuses sizes that overflow. */
int tgl_set_type(tgl_call* call, tgl_value* value, int32_t dtype, int32_t rank, const int64_t* dims);
int tgl_refuse(tgl_call* call, const char* rule);

/* --- attributes of a node; a missing one gives the fallback --- */
int64_t tgl_attr_int(const tgl_node* node, const char* name, int64_t fallback);
double tgl_attr_float(const tgl_node* node, const char* name, double fallback);
/* Copies at most capacity - 1 bytes. */
void tgl_attr_string(const tgl_node* node, const char* name, const char* fallback, char* out, size_t capacity);
/* The number of integers read into out, -1 where the attribute is missing or too long. */
int tgl_attr_ints(const tgl_node* node, const char* name, int64_t* out, int capacity);

#endif /* TENSEGRA_LITE_INTERNAL_H_ */
