#include "base/status.h"

#include <cstdio>
#include <mutex>

#include "tensegra/mutex.hpp"

namespace tg {
namespace {

// Stands in where there is no memory to report that there is none.
tg_status& out_of_memory() {
  static tg_status status{TG_RESOURCE_EXHAUSTED, "TG-0119", "memory ran out."};
  return status;
}

Mutex handler_mutex;
WarningHandler warning_handler = nullptr;
void* warning_context = nullptr;

}  // namespace

tg_status* make_status(int code, const std::string& error_code, const std::string& message) noexcept {
  try {
    return new tg_status{code, error_code, message};
  } catch (...) {
    return &out_of_memory();
  }
}

void destroy_status(tg_status* status) noexcept {
  if (status != &out_of_memory()) delete status;
}

void warn(const char* error_code, const std::string& message) {
  WarningHandler handler;
  void* context;
  {
    std::lock_guard<Mutex> lock(handler_mutex);
    handler = warning_handler;
    context = warning_context;
  }
  if (handler) return throw_status(handler(context, error_code, message.c_str()));
  std::fprintf(stderr, "tensegra: warning: %s (%s)\n", message.c_str(), error_code);
}

void set_warning_handler(WarningHandler handler, void* context) {
  std::lock_guard<Mutex> lock(handler_mutex);
  warning_handler = handler;
  warning_context = context;
}

void throw_status(tg_status* status, const char* where) {
  if (status == nullptr) return;
  std::string message = status->message;
  if (where && message.compare(0, 1, "[") != 0) message = "[" + std::string(where) + "] " + message;
  Error error(status->code, status->error_code, message);
  destroy_status(status);
  throw error;
}

}  // namespace tg
