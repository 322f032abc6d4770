/* Tensegra C ABI: running one op. */
#ifndef TENSEGRA_C_EAGER_H_
#define TENSEGRA_C_EAGER_H_

#include "tensegra/c/op.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is held in the memory of the host. */
typedef struct tg_memory_info {
  size_t struct_size;
  int64_t current; /* bytes that tensors hold, rounded up to the allocator's sizes */
  int64_t peak;    /* the most since the start or the last reset; may miss up to 64 kB of each thread */
  int64_t cached;  /* bytes that are kept for reuse */
  int64_t limit;   /* what current and cached may reach together */
} tg_memory_info;

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
  /* How many that are now. */
  int32_t (*num_threads)(void);
  /* Bytes held by tensors now, the highest so far, and bytes cached for reuse. */
  void (*memory_info)(int64_t* current, int64_t* peak, int64_t* cached);

  /* --- appended in minor 2 --- */
  /* Called before and after each kernel that works on much memory, on the thread of its caller, and not while functions
     or composites hold locks of core: a binding lets go of its interpreter there. after gets what before returned.
     Process-wide; NULL: none. */
  void (*set_long_run_hooks)(void* (*before)(void), void (*after)(void* token));
  /* Fills *info, whose struct_size the caller has set. */
  tg_status* (*memory)(tg_memory_info* info);
  /* peak becomes what is held now. */
  void (*reset_memory_peak)(void);
  /* 0: what the machine or its control group has, the default. Beyond the limit an allocation fails (TG-0119). */
  tg_status* (*set_memory_limit)(int64_t bytes);
  /* Gives memory that is kept for reuse back to the system. */
  void (*trim_memory)(void);
} tg_eager_api;

#ifdef __cplusplus
}
#endif
#endif /* TENSEGRA_C_EAGER_H_ */
