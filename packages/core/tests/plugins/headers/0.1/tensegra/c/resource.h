/* Tensegra C ABI: resources are state that graphs refer to (variables, tables, queues, iterators, random state). */
#ifndef TENSEGRA_C_RESOURCE_H_
#define TENSEGRA_C_RESOURCE_H_

#include "tensegra/c/tensor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Reference-counted. A graph holds it through a 0-d tensor of dtype TG_RESOURCE. */
typedef struct tg_resource tg_resource;

/* Filled by whoever defines the kind; must outlive every resource of it. */
typedef struct tg_resource_type {
  size_t struct_size;
  const char* name; /* "variable", "vendor::queue" */
  /* Called once, when the last reference goes. */
  void (*destroy)(void* self);
} tg_resource_type;

typedef struct tg_resource_api {
  size_t struct_size;
  void (*retain)(tg_resource* resource);
  void (*release)(tg_resource* resource);
  /* Takes ownership of self; the caller owns one reference to *out. */
  tg_status* (*create)(const tg_resource_type* type, void* self, tg_resource** out);
  /* The type it was made with: compare the pointer, then cast self. */
  const tg_resource_type* (*type)(const tg_resource* resource);
  void* (*self)(const tg_resource* resource);
  /* The tensor that stands for it in calls and graphs (always the same one); the caller owns a reference. */
  tg_status* (*to_tensor)(tg_resource* resource, tg_tensor** out);
  /* The resource of a concrete resource tensor; the caller owns a reference. */
  tg_status* (*from_tensor)(const tg_tensor* tensor, tg_resource** out);
  /* Variables. dims may hold TG_DIM_UNKNOWN; every value must agree. initial may be NULL (uninitialised). */
  tg_status* (*variable_create)(const char* name, int32_t dtype, int32_t rank, const int64_t* dims,
                                int32_t trainable, tg_tensor* initial, tg_resource** out);
  /* The current value; the caller owns a reference. */
  tg_status* (*variable_read)(tg_resource* variable, tg_tensor** out);
  tg_status* (*variable_assign)(tg_resource* variable, tg_tensor* value);
} tg_resource_api;

#ifdef __cplusplus
}
#endif
#endif /* TENSEGRA_C_RESOURCE_H_ */
