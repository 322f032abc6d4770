#include "base/allocator.h"

#include <pthread.h>
#include <sys/mman.h>

#include <cstdlib>
#include <mutex>
#include <string>
#include <vector>

#include "base/status.h"

namespace tg {
namespace {

constexpr size_t kAlignment = 64;
constexpr size_t kHuge = size_t{2} << 20;
constexpr int64_t kCacheLimit = int64_t{1} << 30;

// Size classes: four steps per power of two, so at most a quarter is wasted.
struct SizeClass {
  size_t index;
  size_t bytes;
};

SizeClass size_class(size_t bytes) {
  if (bytes <= kAlignment) return {0, kAlignment};
  size_t power = 63 - static_cast<size_t>(__builtin_clzll(bytes - 1));  // 2^power < bytes <= 2^(power+1)
  size_t step = (size_t{1} << power) / 4;
  size_t quarter = (bytes - (size_t{1} << power) + step - 1) / step;    // 1..4
  return {(power - 6) * 4 + quarter, (size_t{1} << power) + quarter * step};
}

class Pool {
 public:
  void* take(size_t bytes) {
    SizeClass size = size_class(bytes);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      current_ += static_cast<int64_t>(size.bytes);
      if (current_ > peak_) peak_ = current_;
      if (size.index < free_.size() && !free_[size.index].empty()) {
        void* data = free_[size.index].back();
        free_[size.index].pop_back();
        cached_ -= static_cast<int64_t>(size.bytes);
        return data;
      }
    }
    void* data = from_system(size.bytes);
    if (data == nullptr) {
      trim();
      data = from_system(size.bytes);
    }
    if (data == nullptr) {
      std::lock_guard<std::mutex> lock(mutex_);
      current_ -= static_cast<int64_t>(size.bytes);
      throw Error(TG_RESOURCE_EXHAUSTED, "TG-0119",
                  "memory ran out. Received: bytes=" + std::to_string(bytes) + ", held by tensors=" +
                      std::to_string(current_) + ", cached=" + std::to_string(cached_));
    }
    return data;
  }

  void give(void* data, size_t bytes) noexcept {
    SizeClass size = size_class(bytes);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      current_ -= static_cast<int64_t>(size.bytes);
      if (cached_ + static_cast<int64_t>(size.bytes) <= kCacheLimit) {
        try {
          if (size.index >= free_.size()) free_.resize(size.index + 1);
          free_[size.index].push_back(data);
          cached_ += static_cast<int64_t>(size.bytes);
          return;
        } catch (...) {
          // No room for the bookkeeping: give the block back to the system.
        }
      }
    }
    std::free(data);
  }

  void trim() {
    std::lock_guard<std::mutex> lock(mutex_);
    for (std::vector<void*>& blocks : free_) {
      for (void* block : blocks) std::free(block);
      blocks.clear();
    }
    cached_ = 0;
  }

  MemoryInfo info() {
    std::lock_guard<std::mutex> lock(mutex_);
    return {current_, peak_, cached_};
  }

  std::mutex& mutex() { return mutex_; }

 private:
  static void* from_system(size_t bytes) {
    // Beyond any address space; also keeps the rounding below from overflowing.
    if (bytes > (size_t{1} << 47)) return nullptr;
    bool huge = bytes >= kHuge;
    size_t alignment = huge ? kHuge : kAlignment;
    void* data = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
#if defined(MADV_HUGEPAGE)
    if (data && huge) madvise(data, bytes, MADV_HUGEPAGE);
#endif
    return data;
  }

  std::mutex mutex_;
  std::vector<std::vector<void*>> free_;
  int64_t current_ = 0, peak_ = 0, cached_ = 0;
};

// Leaked on purpose: tensors may be freed by other static destructors. A fork keeps the lock consistent.
Pool& pool() {
  static Pool* instance = [] {
    Pool* made = new Pool;
    pthread_atfork([] { pool().mutex().lock(); }, [] { pool().mutex().unlock(); }, [] { pool().mutex().unlock(); });
    return made;
  }();
  return *instance;
}

}  // namespace

void* allocate(size_t bytes) { return pool().take(bytes); }
void deallocate(void* data, size_t bytes) noexcept {
  if (data) pool().give(data, bytes);
}
MemoryInfo memory_info() { return pool().info(); }

}  // namespace tg
