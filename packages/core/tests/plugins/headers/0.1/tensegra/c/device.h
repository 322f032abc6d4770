/* Tensegra C ABI: devices. The CPU is registered through this table too. */
#ifndef TENSEGRA_C_DEVICE_H_
#define TENSEGRA_C_DEVICE_H_

#include "tensegra/c/function.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Filled by the plug-in; must outlive the process's use of it. */
typedef struct tg_device_def {
  size_t struct_size;
  const char* type;        /* "CPU", "NULL", "CUDA" */
  void* self;              /* handed back to each callback */
  void (*destroy)(void* self);
  int32_t (*count)(void* self);
  int32_t memory_kind;     /* tg_memory_kind of its allocations */
  int32_t reserved;
  tg_status* (*allocate)(void* self, int32_t ordinal, size_t bytes, void** out);
  void (*deallocate)(void* self, int32_t ordinal, void* data, size_t bytes);
  /* Asynchronous copies; *done may be set to NULL when finished on return, else the caller owns it. */
  tg_status* (*copy_from_host)(void* self, int32_t ordinal, const void* host, void* device, size_t bytes,
                               tg_event** done);
  tg_status* (*copy_to_host)(void* self, int32_t ordinal, const void* device, void* host, size_t bytes,
                             tg_event** done);
  /* 1 when the op can run there. NULL: it takes whatever core's host kernels take. */
  int32_t (*supports)(void* self, const tg_op* op);
} tg_device_def;

typedef struct tg_device_api {
  size_t struct_size;
  tg_status* (*register_device)(const tg_device_def* def);
  size_t (*count)(void);
  tg_device* (*at)(size_t index);
  tg_status* (*find)(const char* name, tg_device** out); /* "CPU:0" */
  const char* (*name)(const tg_device* device);
  const char* (*type)(const tg_device* device);
} tg_device_api;

#ifdef __cplusplus
}
#endif
#endif /* TENSEGRA_C_DEVICE_H_ */
