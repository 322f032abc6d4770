// Events: signalled once, perhaps with an error.
#ifndef TENSEGRA_TENSOR_EVENT_H_
#define TENSEGRA_TENSOR_EVENT_H_

#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/ref.h"
#include "base/status.h"
#include "tensegra/c/event.h"

struct tg_event final : tg::RefCounted {
  void signal(tg_status* error) {  // takes ownership of error
    std::vector<tg::Ref<tg::RefCounted>> kept;  // let go without the lock: it may be the last reference
    std::lock_guard<std::mutex> lock(mutex_);
    if (ready_) {
      tg::destroy_status(error);
      throw tg::Error(TG_FAILED_PRECONDITION, "TG-0505", "an event is signalled once.");
    }
    ready_ = true;
    kept.swap(kept_);
    if (error) {
      error_ = *error;
      failed_ = true;
      tg::destroy_status(error);
    }
    done_.notify_all();
  }
  // Holds what the work uses until it is done.
  void keep(tg::Ref<tg::RefCounted> object) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!ready_) kept_.push_back(std::move(object));
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
  std::vector<tg::Ref<tg::RefCounted>> kept_;
};

#endif  // TENSEGRA_TENSOR_EVENT_H_
