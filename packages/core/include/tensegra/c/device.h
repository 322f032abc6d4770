/* Tensegra C ABI: devices. The CPU is registered through this table too. */
#ifndef TENSEGRA_C_DEVICE_H_
#define TENSEGRA_C_DEVICE_H_

#include "tensegra/c/function.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Filled by the plug-in and copied by register_device; what it points to must live until the process ends. Any callback
   may run on several threads at once; none may throw. An error that a callback returns belongs to core.

   Work may be asynchronous: a callback that has only queued its work hands out an unsignalled event in *done, of which
   core owns one reference, and signals it when the work is finished or has failed. NULL in *done says that all is done.
   Core keeps the memory of every input and output until then. What a callback gets besides memory (descriptors, dims,
   contexts) ends with the callback. An input may not be ready yet: where its descriptor's event belongs to work that
   was queued earlier on the same ordinal, a device with one queue in order need not wait for it; a failure of it must
   become the failure of the work that reads it. */
typedef struct tg_device_def {
  size_t struct_size;
  const char* type; /* upper case letters and digits: "CPU", "NULL", "CUDA" */
  void* self;       /* handed back to each callback */
  /* May be NULL. Core never takes a device back: it is called where registration is refused, and else not. */
  void (*destroy)(void* self);
  /* The number of devices of this type, asked once. */
  int32_t (*count)(void* self);
  int32_t memory_kind; /* tg_memory_kind of its allocations; TG_MEMORY_DEVICE: core never reads or writes through them */
  int32_t reserved;
  /* Memory of that device, aligned to 64 bytes; bytes is not 0. An address of it can be added to. */
  tg_status* (*allocate)(void* self, int32_t ordinal, size_t bytes, void** out);
  /* Called once for each allocation, when no work of core's uses it any more, from any thread. */
  void (*deallocate)(void* self, int32_t ordinal, void* data, size_t bytes);
  /* Copies of bytes (not 0) from and to memory of the host. */
  tg_status* (*copy_from_host)(void* self, int32_t ordinal, const void* host, void* device, size_t bytes,
                               tg_event** done);
  /* As copy_from_host, the other way. */
  tg_status* (*copy_to_host)(void* self, int32_t ordinal, const void* device, void* host, size_t bytes,
                             tg_event** done);
  /* 1 where execute, or compile as one node of a graph, can take the op with inputs of these dtypes. NULL: none. */
  int32_t (*supports)(void* self, const tg_op* op, const int32_t* dtypes, size_t num_inputs);

  /* --- appended in minor 2; NULL where the device does not do it --- */
  /* Runs one op, or queues it. context offers input (memory of this device), constant_input (memory of the host; may
     wait), attr, set_output_type and output (memory of this device). Where op is a composite (kernel == NULL) no type
     is inferred: set_output_type comes before output. */
  tg_status* (*execute)(void* self, int32_t ordinal, const tg_op* op, tg_op_context* context, tg_event** done);
  /* Prepares a function, all of whose nodes are supported and all of whose types are static, to be run many times.
     function is retained by whoever keeps it. UNIMPLEMENTED: core runs the nodes one by one. */
  tg_status* (*compile)(void* self, int32_t ordinal, tg_function* function, void** executable);
  /* Runs what compile made, or queues it; inputs and outputs are memory of this device, in the function's order. */
  tg_status* (*run)(void* self, int32_t ordinal, void* executable, const tg_tensor_desc* inputs, size_t num_inputs,
                    const tg_tensor_desc* outputs, size_t num_outputs, tg_event** done);
  /* Called once for each executable, when no run of it is under way in a callback; queued work may still use it. */
  void (*destroy_executable)(void* self, void* executable);
} tg_device_def;

typedef struct tg_device_api {
  size_t struct_size;
  /* Adds the devices of one type; a type is registered once. Thread-safe. */
  tg_status* (*register_device)(const tg_device_def* def);
  /* All devices, the CPU first. They live until the process ends; their numbers stay. */
  size_t (*count)(void);
  /* NULL behind the last one. */
  tg_device* (*at)(size_t index);
  /* By name, "CPU:0", or by type, which means the first of it; case does not matter. NOT_FOUND lists the names. */
  tg_status* (*find)(const char* name, tg_device** out);
  /* "NULL:0" and "NULL"; static; NULL for NULL. */
  const char* (*name)(const tg_device* device);
  /* "NULL"; static; NULL for NULL. */
  const char* (*type)(const tg_device* device);

  /* --- appended in minor 2 --- */
  /* The tensor in the memory of a device (NULL: the host): itself where it lies there, else a copy, which may still be
     under way. Strings and resources stay on the host. The caller owns a reference to *out. */
  tg_status* (*copy)(tg_tensor* tensor, tg_device* device, tg_tensor** out);
  /* Ops that this thread calls run on device until the matching leave, and so do the nodes that it adds to a graph.
     Calls nest. NULL: where their inputs are, else on the CPU. */
  tg_status* (*enter)(tg_device* device);
  /* Ends the innermost enter of this thread. FAILED_PRECONDITION: there is none (TG-0202). */
  tg_status* (*leave)(void);
  /* The innermost one that this thread entered, or NULL. */
  tg_device* (*current)(void);
} tg_device_api;

#ifdef __cplusplus
}
#endif
#endif /* TENSEGRA_C_DEVICE_H_ */
