// Memory of its own, and the queue.
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

#include "null_device.hpp"

namespace null_device {
namespace {

constexpr uintptr_t kShift = uintptr_t{1} << 62;

// One thread for each device. It lives until the process ends, as the device does.
class Queue {
 public:
  Queue() {
    std::thread([this] { work(); }).detach();
  }
  void push(std::function<void()> task) {
    std::lock_guard<std::mutex> lock(mutex_);
    tasks_.push_back(std::move(task));
    wake_.notify_one();
  }

 private:
  void work() {
    for (;;) {
      std::function<void()> task;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [this] { return !tasks_.empty(); });
        task = std::move(tasks_.front());
        tasks_.pop_front();
      }
      task();
    }
  }
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
};

Queue& queue(int32_t ordinal) {
  static Queue* queues = new Queue[kOrdinals];  // never destroyed: its threads use it to the end
  return queues[ordinal];
}

}  // namespace

void* to_device(void* host) { return reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(host) + kShift); }
void* to_host(const void* device) { return reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(device) - kShift); }

tg_status* allocate(void*, int32_t, size_t bytes, void** out) {
  void* host = std::aligned_alloc(64, (bytes + 63) / 64 * 64);
  if (host == nullptr) return api->status->create(TG_RESOURCE_EXHAUSTED, "TG-0119", "the null device is full.");
  *out = to_device(host);
  return nullptr;
}

void deallocate(void*, int32_t, void* data, size_t) { std::free(to_host(data)); }

tg_status* enqueue(int32_t ordinal, std::vector<tg_event*> reads, std::function<void()> work, tg_event** done) {
  tg_event* event = nullptr;
  if (tg_status* failed = api->event->create(&event)) return failed;
  api->event->retain(event);  // one reference for core, one for the queue
  for (tg_event* read : reads) api->event->retain(read);
  queue(ordinal).push([event, reads = std::move(reads), work = std::move(work)] {
    tg_status* error = nullptr;
    for (tg_event* read : reads) {
      tg_status* failed = api->event->wait(read);  // an earlier piece of work, or one of another device
      if (error == nullptr) error = failed;
      else api->status->destroy(failed);
      api->event->release(read);
    }
    if (error == nullptr) work();
    api->status->destroy(api->event->signal(event, error));
    api->event->release(event);
  });
  *done = event;
  return nullptr;
}

tg_status* copy_from_host(void*, int32_t ordinal, const void* host, void* device, size_t bytes, tg_event** done) {
  return enqueue(ordinal, {}, [=] { std::memcpy(to_host(device), host, bytes); }, done);
}

tg_status* copy_to_host(void*, int32_t ordinal, const void* device, void* host, size_t bytes, tg_event** done) {
  return enqueue(ordinal, {}, [=] { std::memcpy(host, to_host(device), bytes); }, done);
}

}  // namespace null_device
