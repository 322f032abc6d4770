#include "base/status.h"

namespace tg {

tg_status* make_status(int code, const std::string& error_code, const std::string& message) noexcept {
  // Out of memory while reporting: one static object stands in; destroy leaves it alone.
  static tg_status out_of_memory{TG_RESOURCE_EXHAUSTED, "TG-0119", "memory ran out."};
  try {
    return new tg_status{code, error_code, message};
  } catch (...) {
    return &out_of_memory;
  }
}

void throw_status(tg_status* status, const char* where) {
  if (status == nullptr) return;
  std::string message = status->message;
  if (where && message.compare(0, 1, "[") != 0) message = "[" + std::string(where) + "] " + message;
  Error error(status->code, status->error_code, message);
  delete status;
  throw error;
}

}  // namespace tg
