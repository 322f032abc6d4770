/* Tensegra C ABI: events say when asynchronous work is done. */
#ifndef TENSEGRA_C_EVENT_H_
#define TENSEGRA_C_EVENT_H_

#include "tensegra/c/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Reference-counted; starts unsignalled; is signalled once, perhaps with an error. Thread-safe. */
typedef struct tg_event tg_event;

typedef struct tg_event_api {
  size_t struct_size;
  /* The caller owns one reference to *out. */
  tg_status* (*create)(tg_event** out);
  void (*retain)(tg_event* event);
  void (*release)(tg_event* event);
  /* Signals success (error == NULL) or failure; takes ownership of error. A second signal is refused. */
  tg_status* (*signal)(tg_event* event, tg_status* error);
  /* 1 when signalled, else 0; never blocks. */
  int32_t (*is_ready)(const tg_event* event);
  /* Blocks until signalled; returns a copy of the error it was signalled with, or NULL. */
  tg_status* (*wait)(tg_event* event);
} tg_event_api;

#ifdef __cplusplus
}
#endif
#endif /* TENSEGRA_C_EVENT_H_ */
