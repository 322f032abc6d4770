/* Tensegra C ABI: tensors. */
#ifndef TENSEGRA_C_TENSOR_H_
#define TENSEGRA_C_TENSOR_H_

#include "tensegra/c/dtype.h"
#include "tensegra/c/event.h"
#include "tensegra/c/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Immutable, reference-counted, thread-safe. Either concrete (has data) or a value of a graph being traced. */
typedef struct tg_tensor tg_tensor;
typedef struct tg_device tg_device;

typedef enum tg_memory_kind { TG_MEMORY_HOST = 0, TG_MEMORY_HOST_PINNED = 1, TG_MEMORY_DEVICE = 2 } tg_memory_kind;

/* Limits that every reader may rely on. */
#define TG_MAX_RANK 8
/* An unknown size in dims of a graph value; smaller numbers are symbols, equal when equal. */
#define TG_DIM_UNKNOWN (-1)

/* What a tensor is. Filled by core; pointers stay valid while the tensor lives. */
typedef struct tg_tensor_desc {
  size_t struct_size;
  void* data;             /* first byte of the buffer, NULL for graph values; never written through */
  const int64_t* dims;    /* rank entries */
  const int64_t* strides; /* bytes, rank entries; NULL: dense row-major */
  int64_t byte_offset;    /* of element 0 from data */
  tg_device* device;      /* NULL: the host */
  tg_event* ready;        /* NULL: ready now; else wait before reading */
  int32_t dtype;
  int32_t rank;           /* -1: unknown (graph values only) */
  int32_t memory_kind;
  int32_t reserved;
} tg_tensor_desc;

typedef struct tg_tensor_api {
  size_t struct_size;
  /* One reference more. NULL is allowed. */
  void (*retain)(tg_tensor* tensor);
  /* One reference less; the last one frees the memory, or calls the release that was given with it. NULL is allowed. */
  void (*release)(tg_tensor* tensor);
  /* An uninitialised dense host tensor; *data is where the creator, and nobody later, writes. */
  tg_status* (*create)(int32_t dtype, int32_t rank, const int64_t* dims, void** data, tg_tensor** out);
  /* Copies dense row-major host data of exactly the size the shape needs. */
  tg_status* (*create_copy)(int32_t dtype, int32_t rank, const int64_t* dims, const void* data, size_t bytes,
                            tg_tensor** out);
  /* Shares memory: desc is copied, data stays the caller's until release(context) is called, once. Dense only;
     data must be naturally aligned. */
  tg_status* (*create_shared)(const tg_tensor_desc* desc, void (*release)(void* context), void* context,
                              tg_tensor** out);
  /* Strings: count = product of dims; offsets has count+1 entries into bytes. Copied. */
  tg_status* (*create_strings)(int32_t rank, const int64_t* dims, const int64_t* offsets, const char* bytes,
                               tg_tensor** out);
  /* Fills *desc, whose struct_size the caller has set. */
  tg_status* (*describe)(const tg_tensor* tensor, tg_tensor_desc* desc);
  /* 1 for a value of a graph, 0 for a concrete tensor. */
  int32_t (*is_symbolic)(const tg_tensor* tensor);
  /* Unique for the life of the process. */
  int64_t (*id)(const tg_tensor* tensor);
  /* Bytes of the dense data (strings: offsets and bytes); 0 for graph values. */
  size_t (*byte_size)(const tg_tensor* tensor);
} tg_tensor_api;

#ifdef __cplusplus
}
#endif
#endif /* TENSEGRA_C_TENSOR_H_ */
