/* Tensegra C ABI: running one op. */
#ifndef TENSEGRA_C_EAGER_H_
#define TENSEGRA_C_EAGER_H_

#include "tensegra/c/op.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tg_eager_api {
  size_t struct_size;
  /* Runs op now, or adds a node where a graph is being traced on this thread; active tapes record it.
     outputs has room for *num_outputs; on return *num_outputs are set and owned by the caller. */
  tg_status* (*execute)(const tg_op* op, tg_tensor* const* inputs, size_t num_inputs, const tg_attr* attrs,
                        size_t num_attrs, tg_tensor** outputs, size_t* num_outputs);
  /* 1 unless a graph is being traced on this thread. */
  int32_t (*executing_eagerly)(void);
  /* Threads that one kernel may use, the caller among them; 0 asks for the default. */
  tg_status* (*set_num_threads)(int32_t count);
  int32_t (*num_threads)(void);
  /* Bytes held by tensors now, the highest so far, and bytes cached for reuse. */
  void (*memory_info)(int64_t* current, int64_t* peak, int64_t* cached);
} tg_eager_api;

#ifdef __cplusplus
}
#endif
#endif /* TENSEGRA_C_EAGER_H_ */
