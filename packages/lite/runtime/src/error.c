#include <stdarg.h>
#include <stdio.h>

#include "internal.h"

int tgl_fail(tgl_error* error, int code, const char* error_code, const char* format, ...) {
  if (error == NULL) return -1;
  error->code = code;
  snprintf(error->error_code, sizeof(error->error_code), "%s", error_code);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(error->message, sizeof(error->message), format, arguments);
  va_end(arguments);
  return -1;
}
