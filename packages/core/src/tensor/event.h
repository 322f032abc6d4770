// Events: signalled once, perhaps with an error.
#ifndef TENSEGRA_TENSOR_EVENT_H_
#define TENSEGRA_TENSOR_EVENT_H_

#include <condition_variable>
#include <mutex>
#include <string>

#include "base/ref.h"
#include "base/status.h"
#include "tensegra/c/event.h"

struct tg_event final : tg::RefCounted {
  void signal(tg_status* error) {  // takes ownership of error
    std::lock_guard<std::mutex> lock(mutex_);
    if (ready_) {
      delete error;
      throw tg::Error(TG_FAILED_PRECONDITION, "TG-0505", "an event is signalled once.");
    }
    ready_ = true;
    if (error) {
      error_ = *error;
      failed_ = true;
      delete error;
    }
    done_.notify_all();
  }
  bool is_ready() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return ready_;
  }
  tg_status* wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [this] { return ready_; });
    return failed_ ? tg::make_status(error_.code, error_.error_code, error_.message) : nullptr;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable done_;
  bool ready_ = false, failed_ = false;
  tg_status error_{};
};

#endif  // TENSEGRA_TENSOR_EVENT_H_
