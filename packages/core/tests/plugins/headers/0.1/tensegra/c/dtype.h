/* Tensegra C ABI: element types. The numbers are part of the saved-model format. */
#ifndef TENSEGRA_C_DTYPE_H_
#define TENSEGRA_C_DTYPE_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tg_dtype {
  TG_DTYPE_INVALID = 0,
  TG_BOOL = 1,
  TG_INT8 = 2,
  TG_INT16 = 3,
  TG_INT32 = 4,
  TG_INT64 = 5,
  TG_UINT8 = 6,
  TG_UINT16 = 7,
  TG_UINT32 = 8,
  TG_UINT64 = 9,
  TG_FLOAT16 = 10,
  TG_BFLOAT16 = 11,
  TG_FLOAT32 = 12,
  TG_FLOAT64 = 13,
  TG_COMPLEX64 = 14,
  TG_COMPLEX128 = 15,
  TG_STRING = 16,   /* immutable: count+1 int64 offsets, then the bytes */
  TG_INT4 = 17,     /* packed, two to a byte; weights only */
  TG_RESOURCE = 18  /* a reference to a tg_resource; always 0-d */
} tg_dtype;

typedef struct tg_dtype_api {
  size_t struct_size;
  /* Bytes per element; 0 for string, resource and packed types. */
  size_t (*size)(int32_t dtype);
  /* "float32"; a static string; NULL for an unknown number. */
  const char* (*name)(int32_t dtype);
  /* The dtype of that name, or TG_DTYPE_INVALID. */
  int32_t (*from_name)(const char* name);
} tg_dtype_api;

#ifdef __cplusplus
}
#endif
#endif /* TENSEGRA_C_DTYPE_H_ */
