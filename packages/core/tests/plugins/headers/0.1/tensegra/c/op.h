/* Tensegra C ABI: operations. An op library registers tg_op_def structs; core's own ops use the same door. */
#ifndef TENSEGRA_C_OP_H_
#define TENSEGRA_C_OP_H_

#include "tensegra/c/resource.h"
#include "tensegra/c/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tg_op tg_op;             /* a registered op; lives until the process ends */
typedef struct tg_op_context tg_op_context; /* one call of one callback; valid until the callback returns */
typedef struct tg_function tg_function;

typedef enum tg_attr_kind {
  TG_ATTR_NONE = 0, /* an optional attribute that is absent */
  TG_ATTR_INT = 1,
  TG_ATTR_FLOAT = 2,
  TG_ATTR_BOOL = 3,
  TG_ATTR_STRING = 4,
  TG_ATTR_DTYPE = 5,
  TG_ATTR_INTS = 6,
  TG_ATTR_FLOATS = 7,
  TG_ATTR_TENSOR = 8,
  TG_ATTR_FUNCTION = 9
} tg_attr_kind;

/* One named attribute; only the fields of its kind are read. The filler owns what it points to. */
typedef struct tg_attr {
  size_t struct_size;
  const char* name;
  int64_t i;            /* INT, BOOL, DTYPE */
  double f;             /* FLOAT */
  const char* s;        /* STRING, count bytes */
  const int64_t* ints;  /* INTS, count */
  const double* floats; /* FLOATS, count */
  size_t count;
  tg_tensor* tensor;     /* TENSOR */
  tg_function* function; /* FUNCTION */
  int32_t kind;
  int32_t reserved;
} tg_attr;

typedef enum tg_op_effect {
  TG_EFFECT_NONE = 0,
  TG_EFFECT_READS = 1,  /* reads a resource: keeps its place among writes */
  TG_EFFECT_WRITES = 2, /* changes a resource: never dropped, never moved */
  TG_EFFECT_RANDOM = 4  /* draws from hidden state: never merged or folded */
} tg_op_effect;

typedef enum tg_fusion_class {
  TG_FUSION_OPAQUE = 0,
  TG_FUSION_ELEMENTWISE = 1,
  TG_FUSION_BROADCAST = 2,
  TG_FUSION_REDUCTION = 3,
  TG_FUSION_CONTRACTION = 4, /* matmul, convolution: takes an epilogue */
  TG_FUSION_VIEW = 5         /* the output shares input 0's memory */
} tg_fusion_class;

/* Returns NULL or an error, which core then owns. Must not throw. */
typedef tg_status* (*tg_op_callback)(tg_op_context* context);

/* Filled by the op's author, copied by register_op; strings must be UTF-8.
   signature: "name(x: T, ys: [T], shape: int32|int64, *, axis: int = -1, perm: ints?, kind: str = 'a') -> T, int64"
   types:     "T: float32 float64; U: int32 int64"
   names:     public Python names, "math.add add"
   samples:   JSON list of calls, [{"inputs": [...], "attributes": {...}}], used by the generic tests and the docs */
typedef struct tg_op_def {
  size_t struct_size;
  const char* signature;
  const char* types;
  const char* names;
  const char* summary;
  const char* doc;     /* arguments, shapes, errors, source */
  const char* example; /* doctest lines */
  const char* since;
  const char* samples;
  /* Sets dtype and dims of every output from the inputs' (symbolic dims allowed). Not for composites. */
  tg_op_callback infer;
  /* Computes the outputs. NULL: a composite. */
  tg_op_callback kernel;
  /* Writes the op with other ops. NULL: a primitive. */
  tg_op_callback compose;
  /* From output gradients to input gradients, with ops. NULL: not differentiable. */
  tg_op_callback gradient;
  /* Calls set_cost. NULL: bytes of inputs and outputs, no arithmetic. */
  tg_op_callback cost;
  int32_t version; /* grows when the meaning changes; an old version keeps its meaning */
  int32_t effects; /* tg_op_effect bits */
  int32_t fusion;  /* tg_fusion_class */
  int32_t in_place; /* index of an input whose buffer output 0 may take over, or -1 */
} tg_op_def;

/* A range of chunks to run in parallel; fn may be called from several threads, each chunk once. */
typedef void (*tg_chunk_fn)(void* arg, int64_t chunk);

typedef struct tg_op_api {
  size_t struct_size;
  /* Registers; a second op of the same name is refused. */
  tg_status* (*register_op)(const tg_op_def* def);
  /* NOT_FOUND names the nearest known op. */
  tg_status* (*find)(const char* name, const tg_op** out);
  size_t (*count)(void);
  const tg_op* (*at)(size_t index); /* in order of name */
  /* The definition as registered; owned by core. */
  const tg_op_def* (*definition)(const tg_op* op);
  const char* (*name)(const tg_op* op);

  /* --- inside callbacks --- */
  size_t (*num_inputs)(tg_op_context* context);
  size_t (*num_outputs)(tg_op_context* context);
  /* What an input is. data is NULL during inference and for graph values. */
  tg_status* (*input)(tg_op_context* context, size_t index, tg_tensor_desc* desc);
  /* infer: a host-readable value of the input where it is known before running, else data == NULL. */
  tg_status* (*constant_input)(tg_op_context* context, size_t index, tg_tensor_desc* desc);
  /* An attribute with defaults filled in. The result lives as long as the context. */
  tg_status* (*attr)(tg_op_context* context, const char* name, tg_attr* out);
  /* infer: sets output index. kernel: for outputs whose shape inference could not know. */
  tg_status* (*set_output_type)(tg_op_context* context, size_t index, int32_t dtype, int32_t rank,
                                const int64_t* dims);
  /* kernel: the memory to write output index to. */
  tg_status* (*output)(tg_op_context* context, size_t index, tg_tensor_desc* desc);
  /* kernel: 64-byte aligned scratch memory, freed after the callback. */
  tg_status* (*scratch)(tg_op_context* context, size_t bytes, void** out);
  /* kernel: runs chunks on core's pool; the caller takes part; returns when all are done. */
  void (*parallel)(tg_op_context* context, int64_t chunks, tg_chunk_fn fn, void* arg);

  /* kernel, gradient, compose: input as a tensor; the caller owns a reference. */
  tg_status* (*input_tensor)(tg_op_context* context, size_t index, tg_tensor** out);
  /* kernel, compose: output index is this tensor (a reference is taken). */
  tg_status* (*set_output_tensor)(tg_op_context* context, size_t index, tg_tensor* tensor);
  /* gradient: an output of the forward call; the caller owns a reference. */
  tg_status* (*output_tensor)(tg_op_context* context, size_t index, tg_tensor** out);
  /* gradient: the gradient of an output; *out is NULL where nothing depends on it; the caller owns a reference. */
  tg_status* (*output_gradient)(tg_op_context* context, size_t index, tg_tensor** out);
  /* gradient: 1 where somebody needs the gradient of that input. */
  int32_t (*needs_gradient)(tg_op_context* context, size_t index);
  /* gradient: a reference is taken; NULL: no gradient. */
  tg_status* (*set_input_gradient)(tg_op_context* context, size_t index, tg_tensor* gradient);
  /* cost: arithmetic operations and bytes moved. */
  tg_status* (*set_cost)(tg_op_context* context, double operations, double bytes);
} tg_op_api;

#ifdef __cplusplus
}
#endif
#endif /* TENSEGRA_C_OP_H_ */
