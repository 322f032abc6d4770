// tg_status objects and the one place where exceptions become them.
#ifndef TENSEGRA_BASE_STATUS_H_
#define TENSEGRA_BASE_STATUS_H_

#include <new>
#include <string>

#include "tensegra/error.hpp"

struct tg_status {
  int32_t code;
  std::string error_code;
  std::string message;
};

namespace tg {

tg_status* make_status(int code, const std::string& error_code, const std::string& message) noexcept;
void destroy_status(tg_status* status) noexcept;

// Tells the user through the handler, or stderr. Throws where the listener makes it an error.
void warn(const char* error_code, const std::string& message);
using WarningHandler = tg_status* (*)(void* context, const char* error_code, const char* message);
void set_warning_handler(WarningHandler handler, void* context);

// Throws what a callback returned, and destroys it. where is put in front: "[add] ...".
void throw_status(tg_status* status, const char* where = nullptr);

// Runs body; exceptions become the returned status.
template <class F>
tg_status* guard(F&& body) noexcept {
  try {
    body();
    return nullptr;
  } catch (const Error& error) {
    return make_status(error.code(), error.error_code(), error.message());
  } catch (const std::bad_alloc&) {
    return make_status(TG_RESOURCE_EXHAUSTED, "TG-0119", "memory ran out.");
  } catch (const std::exception& error) {
    return make_status(TG_INTERNAL, "TG-0001", error.what());
  } catch (...) {
    return make_status(TG_INTERNAL, "TG-0001", "an unknown C++ exception.");
  }
}

inline Error internal_error(const std::string& text) { return Error(TG_INTERNAL, "TG-0001", text + "."); }

}  // namespace tg

#endif  // TENSEGRA_BASE_STATUS_H_
