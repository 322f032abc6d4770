#include "tensor/event.h"

#include <memory>

#include "capi/capi.h"

namespace tg::capi {
namespace {

tg_status* create(tg_event** out) {
  return guard([&] {
    require(out, "out");
    *out = new tg_event;
  });
}
void retain(tg_event* event) {
  if (event) event->retain();
}
void release(tg_event* event) {
  if (event) event->release();
}
tg_status* signal(tg_event* event, tg_status* error) {
  return guard([&] {
    std::unique_ptr<tg_status> owned(error);
    require(event, "event");
    event->signal(owned.release());
  });
}
int32_t is_ready(const tg_event* event) { return event && event->is_ready(); }
tg_status* wait(tg_event* event) {
  tg_status* carried = nullptr;
  tg_status* failed = guard([&] {
    require(event, "event");
    carried = event->wait();
  });
  return failed ? failed : carried;
}

}  // namespace

const tg_event_api event_api = {sizeof(tg_event_api), create, retain, release, signal, is_ready, wait};

}  // namespace tg::capi
