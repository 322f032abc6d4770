/* Tensegra C ABI: gradient tapes. */
#ifndef TENSEGRA_C_TAPE_H_
#define TENSEGRA_C_TAPE_H_

#include "tensegra/c/op.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Records differentiable calls made on the thread where it is active. Not thread-safe. */
typedef struct tg_tape tg_tape;

/* From output gradients to input gradients; entries may be NULL. Fills input_gradients with owned references. */
typedef tg_status* (*tg_gradient_fn)(void* context, tg_tensor* const* output_gradients, size_t num_outputs,
                                     tg_tensor** input_gradients, size_t num_inputs);

typedef struct tg_tape_api {
  size_t struct_size;
  /* watch_accessed: trainable variables are watched when read. */
  tg_status* (*create)(int32_t persistent, int32_t watch_accessed, tg_tape** out);
  /* Also while it records. NULL is allowed. */
  void (*destroy)(tg_tape* tape);
  /* Starts and stops recording on this thread; calls nest and pair up. */
  tg_status* (*start)(tg_tape* tape);
  /* FAILED_PRECONDITION: it was not started on this thread (TG-0202). */
  tg_status* (*stop)(tg_tape* tape);
  /* Records what is computed from tensor from now on. */
  tg_status* (*watch)(tg_tape* tape, tg_tensor* tensor);
  /* d sum(targets * target_gradients) / d sources. target_gradients may be NULL (ones), as may its entries.
     results[i] is owned by the caller, NULL where sources[i] does not matter. */
  tg_status* (*gradient)(tg_tape* tape, tg_tensor* const* targets, size_t num_targets, tg_tensor* const* sources,
                         size_t num_sources, tg_tensor* const* target_gradients, tg_tensor** results);
  /* Records a call with its own gradient on all active tapes; release(context) is called once, at the end. */
  tg_status* (*record_custom)(const char* name, tg_tensor* const* inputs, size_t num_inputs,
                              tg_tensor* const* outputs, size_t num_outputs, tg_gradient_fn gradient,
                              void (*release)(void* context), void* context);
  /* The trainable variables (resource tensors) that were read while recording, in order of first reading.
     Call with capacity 0 to ask for *count. Results are owned by the caller. */
  tg_status* (*watched_variables)(tg_tape* tape, tg_tensor** out, size_t capacity, size_t* count);
  /* Pauses the tapes that are active on this thread, until the matching resume; tapes started since then record. */
  void (*pause_all)(void);
  /* Ends the innermost pause_all of this thread. */
  void (*resume_all)(void);
} tg_tape_api;

#ifdef __cplusplus
}
#endif
#endif /* TENSEGRA_C_TAPE_H_ */
