/* Tensegra C ABI: saved models. */
#ifndef TENSEGRA_C_MODEL_H_
#define TENSEGRA_C_MODEL_H_

#include "tensegra/c/function.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A loaded model: functions, signatures, variables. Thread-safe once loaded. */
typedef struct tg_model tg_model;

typedef struct tg_model_options {
  size_t struct_size;
  int32_t no_mmap;  /* 1: copy weights into memory (for files that others may truncate) */
  int32_t reserved;
} tg_model_options;

typedef struct tg_model_api {
  size_t struct_size;
  void (*destroy)(tg_model* model);
  /* Loads a directory; options may be NULL. Runs no code of the file; checks every bound. */
  tg_status* (*load)(const char* directory, const tg_model_options* options, tg_model** out);
  size_t (*num_signatures)(const tg_model* model);
  const char* (*signature_name)(const tg_model* model, size_t index);
  /* NOT_FOUND lists the names there are. */
  tg_status* (*find_signature)(const tg_model* model, const char* name, size_t* index);
  size_t (*signature_num_inputs)(const tg_model* model, size_t index);
  size_t (*signature_num_outputs)(const tg_model* model, size_t index);
  /* Name and type of an input or output; pointers live as long as the model. */
  tg_status* (*signature_input)(const tg_model* model, size_t index, size_t input, const char** name,
                                tg_tensor_desc* desc);
  tg_status* (*signature_output)(const tg_model* model, size_t index, size_t output, const char** name,
                                 tg_tensor_desc* desc);
  /* Inputs in the signature's order; outputs are owned by the caller. */
  tg_status* (*run)(tg_model* model, size_t index, tg_tensor* const* inputs, size_t num_inputs,
                    tg_tensor** outputs, size_t num_outputs);
  /* By name; the caller owns a reference. */
  tg_status* (*function)(const tg_model* model, const char* name, tg_function** out);
  /* The value or the variable (a resource tensor) that object number is; the caller owns a reference. */
  tg_status* (*object_tensor)(const tg_model* model, size_t object, tg_tensor** out);
  /* The whole SavedModel message as read; owned by the model. */
  tg_status* (*proto)(const tg_model* model, const void** bytes, size_t* size);
} tg_model_api;

#ifdef __cplusplus
}
#endif
#endif /* TENSEGRA_C_MODEL_H_ */
