/* Tensegra lite: runs a converted model from one file, with one block of memory. C11, nothing but libc and libm.

   tgl_model* model; tgl_interpreter* run; tgl_error error;
   tgl_model_map("digits.tgl", &model, &error);
   tgl_interpreter_create(model, &run, &error);
   tgl_allocate(run, &error);
   memcpy(tgl_input(run, 0)->data, pixels, tgl_input(run, 0)->bytes);
   tgl_invoke(run, &error);
   const float* scores = tgl_output(run, 0)->data;

   Functions return 0, or -1 with *error filled (error may be NULL). A model is read-only and may serve several
   interpreters in several threads; an interpreter belongs to one thread at a time. */
#ifndef TENSEGRA_LITE_H_
#define TENSEGRA_LITE_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define TGL_EXPORT __declspec(dllexport)
#else
#define TGL_EXPORT __attribute__((visibility("default")))
#endif

#define TGL_MAX_RANK 8

/* The numbers are those of tensegra/c/dtype.h. */
enum {
  TGL_BOOL = 1,
  TGL_INT8 = 2,
  TGL_INT32 = 4,
  TGL_INT64 = 5,
  TGL_UINT8 = 6,
  TGL_FLOAT32 = 12
};

typedef struct tgl_model tgl_model;
typedef struct tgl_interpreter tgl_interpreter;

/* Filled by the runtime; nothing to free. code: one of the canonical status codes (gRPC's numbers). */
typedef struct tgl_error {
  int32_t code;
  char error_code[12]; /* "TG-6001" */
  char message[240];
} tgl_error;

/* An input or output. data is valid between tgl_allocate and the next resize. */
typedef struct tgl_tensor {
  const char* name;
  void* data;
  size_t bytes;
  int64_t dims[TGL_MAX_RANK]; /* -1: unknown until tgl_resize_input */
  int32_t dtype;
  int32_t rank;
} tgl_tensor;

/* What one step computes, and in which arithmetic ("int8" or "float32"). */
typedef struct tgl_step_info {
  const char* op;
  const char* name;
  const char* arithmetic;
} tgl_step_info;

TGL_EXPORT const char* tgl_version(void);

/* bytes must stay unchanged and alive until the model is closed. Every bound in it is checked. */
TGL_EXPORT int tgl_model_open(const void* bytes, size_t size, tgl_model** out, tgl_error* error);
/* Maps the file. */
TGL_EXPORT int tgl_model_map(const char* path, tgl_model** out, tgl_error* error);
/* Closes a model that no interpreter uses any more; NULL is allowed. */
TGL_EXPORT void tgl_model_close(tgl_model* model);

TGL_EXPORT int tgl_interpreter_create(const tgl_model* model, tgl_interpreter** out, tgl_error* error);
TGL_EXPORT void tgl_interpreter_destroy(tgl_interpreter* interpreter);

TGL_EXPORT int32_t tgl_num_inputs(const tgl_interpreter* interpreter);
TGL_EXPORT int32_t tgl_num_outputs(const tgl_interpreter* interpreter);
/* NULL for an index that does not exist. */
TGL_EXPORT const tgl_tensor* tgl_input(const tgl_interpreter* interpreter, int32_t index);
TGL_EXPORT const tgl_tensor* tgl_output(const tgl_interpreter* interpreter, int32_t index);
/* Sets the shape of an input; tgl_allocate must follow. Known sizes of the model cannot change. */
TGL_EXPORT int tgl_resize_input(tgl_interpreter* interpreter, int32_t index, int32_t rank, const int64_t* dims,
                                tgl_error* error);
/* Infers all shapes and makes the arena. */
TGL_EXPORT int tgl_allocate(tgl_interpreter* interpreter, tgl_error* error);
TGL_EXPORT int tgl_invoke(tgl_interpreter* interpreter, tgl_error* error);

/* --- what a person or the converter wants to know --- */
/* 1 where the runtime has an op of that name. */
TGL_EXPORT int32_t tgl_supports_op(const char* name);
TGL_EXPORT int32_t tgl_num_steps(const tgl_interpreter* interpreter);
TGL_EXPORT int tgl_step(const tgl_interpreter* interpreter, int32_t index, tgl_step_info* info);
TGL_EXPORT size_t tgl_arena_bytes(const tgl_interpreter* interpreter);
TGL_EXPORT int32_t tgl_num_values(const tgl_interpreter* interpreter);
/* Where a value lies in the arena after tgl_allocate; offset -1: elsewhere. */
TGL_EXPORT int tgl_value_place(const tgl_interpreter* interpreter, int32_t value, int64_t* offset, size_t* bytes);

#ifdef __cplusplus
}
#endif
#endif /* TENSEGRA_LITE_H_ */
