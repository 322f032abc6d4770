/* Tensegra C ABI: watching kernels while they run. All functions may be called from any thread. */
#ifndef TENSEGRA_C_PROFILER_H_
#define TENSEGRA_C_PROFILER_H_

#include "tensegra/c/op.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One run of one kernel. */
typedef struct tg_kernel_record {
  size_t struct_size;
  const char* op;     /* lives until the process ends */
  int64_t start_ns;   /* on the system's monotonic clock */
  int64_t end_ns;
  int64_t bytes;      /* of inputs and outputs */
  double operations;  /* arithmetic ones as the op's cost function says; negative where it has none */
  int64_t thread;     /* the system's number of the calling thread */
  int32_t in_graph;   /* 1: run by a function's plan */
  int32_t reserved;
} tg_kernel_record;

/* Called by collect once for each record, in order of their ends; the record lives until it returns. */
typedef void (*tg_record_fn)(void* context, const tg_kernel_record* record);

typedef struct tg_profiler_api {
  size_t struct_size;
  /* Begins to record kernels of all threads. FAILED_PRECONDITION where it records already. Keeps at most max_records
     records, the first ones; the rest is counted. */
  tg_status* (*start)(size_t max_records);
  /* Ends recording and hands the records over; *dropped is how many there were beyond max_records.
     FAILED_PRECONDITION where it does not record. */
  tg_status* (*stop)(tg_record_fn function, void* context, size_t* dropped);
  /* Not 0: each kernel's floating-point results are looked through, and NaN or infinity is an error that names the op
     (and the source line where a graph runs). Process-wide. */
  void (*set_check_numerics)(int32_t enabled);
  /* 1 while results are looked through. */
  int32_t (*check_numerics)(void);
} tg_profiler_api;

#ifdef __cplusplus
}
#endif
#endif /* TENSEGRA_C_PROFILER_H_ */
