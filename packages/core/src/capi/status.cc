#include "base/status.h"

#include "capi/capi.h"

namespace tg::capi {
namespace {

tg_status* create(int32_t code, const char* error_code, const char* message) {
  return make_status(code, error_code ? error_code : "", message ? message : "");
}
void destroy(tg_status* status) { destroy_status(status); }
int32_t code(const tg_status* status) { return status ? status->code : TG_OK; }
const char* message(const tg_status* status) { return status ? status->message.c_str() : ""; }
const char* error_code(const tg_status* status) { return status ? status->error_code.c_str() : ""; }
tg_status* warn_user(const char* error_code, const char* message) {
  return guard([&] {
    require(message, "message");
    warn(error_code ? error_code : "", message);
  });
}

}  // namespace

const tg_status_api status_api = {sizeof(tg_status_api), create,     destroy,  code,
                                  message,               error_code, warn_user, set_warning_handler};

}  // namespace tg::capi
