/* Tensegra C ABI: errors as returned objects. */
#ifndef TENSEGRA_C_STATUS_H_
#define TENSEGRA_C_STATUS_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The canonical codes, with gRPC's numbers. */
typedef enum tg_code {
  TG_OK = 0,
  TG_CANCELLED = 1,
  TG_UNKNOWN = 2,
  TG_INVALID_ARGUMENT = 3,
  TG_DEADLINE_EXCEEDED = 4,
  TG_NOT_FOUND = 5,
  TG_ALREADY_EXISTS = 6,
  TG_PERMISSION_DENIED = 7,
  TG_RESOURCE_EXHAUSTED = 8,
  TG_FAILED_PRECONDITION = 9,
  TG_ABORTED = 10,
  TG_OUT_OF_RANGE = 11,
  TG_UNIMPLEMENTED = 12,
  TG_INTERNAL = 13,
  TG_UNAVAILABLE = 14,
  TG_DATA_LOSS = 15,
  TG_UNAUTHENTICATED = 16
} tg_code;

/* An error. Functions return NULL for success, else an object that the caller owns and destroys. */
typedef struct tg_status tg_status;

typedef struct tg_status_api {
  size_t struct_size;
  /* Makes an error; the strings are copied. error_code is a catalogue code such as "TG-0102". Thread-safe. */
  tg_status* (*create)(int32_t code, const char* error_code, const char* message);
  /* Destroys an error; NULL is allowed. */
  void (*destroy)(tg_status* status);
  /* One of tg_code; TG_OK for NULL. */
  int32_t (*code)(const tg_status* status);
  /* Owned by the status; "" for NULL. */
  const char* (*message)(const tg_status* status);
  /* The catalogue code; owned by the status; "" for NULL. */
  const char* (*error_code)(const tg_status* status);

  /* --- appended in minor 2 --- */
  /* Tells the user of something that is slow or odd but no error. An error says that whoever listens made it one; it is
     the caller's, who hands it on. Thread-safe. */
  tg_status* (*warn)(const char* error_code, const char* message);
  /* Who listens to warnings, process-wide; may be called on any thread. NULL: they are written to stderr, as at first. */
  void (*set_warning_handler)(tg_status* (*handler)(void* context, const char* error_code, const char* message),
                              void* context);
} tg_status_api;

#ifdef __cplusplus
}
#endif
#endif /* TENSEGRA_C_STATUS_H_ */
