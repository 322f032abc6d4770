#include "base/allocator.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
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
// What a thread keeps for itself.
constexpr size_t kLargestSmall = 16384;
constexpr size_t kSmallClasses = 33;
constexpr size_t kKeptBytes = 65536;  // per size
constexpr uint32_t kKeptBlocks = 256;
constexpr size_t kObjectClasses = 13;  // of the engine's own objects: up to 512 bytes
constexpr int64_t kReportStep = 65536;  // a thread reports what it holds in steps of this

// Under a sanitizer each block is one of the system's, of exactly the bytes asked for, and goes back at once: what is read
// behind its end, or after it was freed, is seen, and what is never freed too.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kCaching = false;
#else
constexpr bool kCaching = true;
#endif

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

uint32_t kept_blocks(size_t bytes) {
  size_t count = kKeptBytes / bytes;
  return count < kKeptBlocks ? static_cast<uint32_t>(count) : kKeptBlocks;
}

// The first number in a file; -1 where there is none.
int64_t number_in(const char* path) {
  long long number = -1;
  if (std::FILE* file = std::fopen(path, "r")) {
    if (std::fscanf(file, "%lld", &number) != 1) number = -1;
    std::fclose(file);
  }
  return number;
}

int64_t machine_memory() {
  int64_t pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGE_SIZE);
  int64_t bytes = pages > 0 && page > 0 ? pages * page : int64_t{1} << 47;
  for (const char* path : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    int64_t limit = number_in(path);
    if (limit > 0) bytes = std::min(bytes, limit);
  }
  return bytes;
}

// A block of the system without the room behind it that alignment would give.
void* exactly(size_t bytes) {
  void* data = nullptr;
  return posix_memalign(&data, kAlignment, bytes == 0 ? 1 : bytes) == 0 ? data : nullptr;
}

struct ThreadCache;

// What all threads share.
class Pool {
 public:
  Pool() : limit_(machine_memory()) {}

  void* take(SizeClass size, size_t asked) {
    void* data = reuse(size);
    if (data) return data;
    if (!fits(size.bytes)) trim();
    if (fits(size.bytes)) data = from_system(kCaching ? size.bytes : asked);
    if (data == nullptr) {
      trim();
      if (fits(size.bytes)) data = from_system(kCaching ? size.bytes : asked);
    }
    if (data == nullptr) refuse(asked);
    return data;
  }

  void give(void* data, SizeClass size) noexcept {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      int64_t cached = cached_.load(std::memory_order_relaxed) + static_cast<int64_t>(size.bytes);
      if (kCaching && cached <= kCacheLimit && cached + current_.load(std::memory_order_relaxed) <= limit_) {
        try {
          if (size.index >= free_.size()) free_.resize(size.index + 1);
          free_[size.index].push_back(data);
          cached_.store(cached, std::memory_order_relaxed);
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
    cached_.store(0, std::memory_order_relaxed);
  }

  // Adds to what tensors hold.
  void report(int64_t bytes) {
    int64_t now = current_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
    int64_t peak = peak_.load(std::memory_order_relaxed);
    while (now > peak && !peak_.compare_exchange_weak(peak, now, std::memory_order_relaxed)) {
    }
  }

  void set_limit(int64_t bytes) {
    std::lock_guard<std::mutex> lock(mutex_);
    limit_ = bytes == 0 ? machine_memory() : bytes;
  }
  void reset_peak() {
    MemoryInfo now = info();
    peak_.store(now.current, std::memory_order_relaxed);
  }
  MemoryInfo info();
  void join(ThreadCache* cache) {
    std::lock_guard<std::mutex> lock(mutex_);
    threads_.push_back(cache);
  }
  void leave(ThreadCache* cache) {
    std::lock_guard<std::mutex> lock(mutex_);
    threads_.erase(std::remove(threads_.begin(), threads_.end(), cache), threads_.end());
  }
  // In the child of a fork the other threads are gone, and what they kept with them.
  void forget_other_threads();

  std::mutex& mutex() { return mutex_; }

 private:
  void* reuse(SizeClass size) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (size.index >= free_.size() || free_[size.index].empty()) return nullptr;
    void* data = free_[size.index].back();
    free_[size.index].pop_back();
    cached_.fetch_sub(static_cast<int64_t>(size.bytes), std::memory_order_relaxed);
    return data;
  }

  bool fits(size_t bytes) {
    std::lock_guard<std::mutex> lock(mutex_);
    int64_t held = current_.load(std::memory_order_relaxed) + cached_.load(std::memory_order_relaxed);
    return bytes < size_t{1} << 62 && static_cast<int64_t>(bytes) <= limit_ - held;
  }

  [[noreturn]] void refuse(size_t bytes) {
    MemoryInfo now = info();
    throw Error(TG_RESOURCE_EXHAUSTED, "TG-0119",
                "memory must suffice for what is asked for. Received: bytes=" + std::to_string(bytes) +
                    ", held by tensors=" + std::to_string(now.current) + ", cached=" + std::to_string(now.cached) +
                    ", limit=" + std::to_string(now.limit) +
                    ". Use smaller batches, or free tensors that are no longer needed");
  }

  static void* from_system(size_t bytes) {
    // Beyond any address space; also keeps the rounding below from overflowing.
    if (bytes > (size_t{1} << 47)) return nullptr;
    bool huge = bytes >= kHuge;
    size_t alignment = huge ? kHuge : kAlignment;
    if (!kCaching) return exactly(bytes);
    void* data = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
#if defined(MADV_HUGEPAGE)
    if (data && huge) madvise(data, bytes, MADV_HUGEPAGE);
#endif
    return data;
  }

  std::mutex mutex_;
  std::vector<std::vector<void*>> free_;
  std::vector<ThreadCache*> threads_;
  std::atomic<int64_t> current_{0}, peak_{0}, cached_{0};
  int64_t limit_;
};

// Leaked on purpose: tensors may be freed by other static destructors. A fork keeps the lock consistent.
Pool& pool() {
  static Pool* instance = [] {
    Pool* made = new Pool;
    pthread_atfork([] { pool().mutex().lock(); }, [] { pool().mutex().unlock(); },
                   [] { pool().forget_other_threads(); });
    return made;
  }();
  return *instance;
}

// Memory of the engine's own small objects, cut from slabs: what a tape keeps by the million costs no call of the system
// for each. Free ones are linked through their first word, go from thread to thread in chains, and are never given back.
class Objects {
 public:
  static constexpr uint32_t kChain = 64;

  // A chain of kChain free ones.
  void* take(size_t index, size_t bytes) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      std::vector<void*>& chains = chains_[index];
      if (!chains.empty()) {
        void* first = chains.back();
        chains.pop_back();
        return first;
      }
    }
    char* slab = static_cast<char*>(std::aligned_alloc(kAlignment, kChain * bytes));
    if (slab == nullptr) throw std::bad_alloc();
    for (uint32_t i = 0; i < kChain; ++i)
      *reinterpret_cast<void**>(slab + i * bytes) = i + 1 < kChain ? slab + (i + 1) * bytes : nullptr;
    return slab;
  }
  void give(size_t index, void* chain) noexcept {
    std::lock_guard<std::mutex> lock(mutex_);
    try {
      chains_[index].push_back(chain);
    } catch (...) {
      // No room for the bookkeeping: these stay unused.
    }
  }

  std::mutex& mutex() { return mutex_; }

 private:
  std::mutex mutex_;
  std::vector<void*> chains_[kObjectClasses];
};

Objects& objects() {
  static Objects* instance = [] {
    Objects* made = new Objects;
    pthread_atfork([] { objects().mutex().lock(); }, [] { objects().mutex().unlock(); },
                   [] { objects().mutex().unlock(); });
    return made;
  }();
  return *instance;
}

// Free small blocks of one thread, linked through their first word, and what it has not reported yet. Only the owner
// writes; others read the two sums.
struct ThreadCache {
  struct List {
    void* first = nullptr;
    uint32_t count = 0;
  };
  List lists[kSmallClasses];
  // Of free objects: one in use, and one full chain behind it.
  List near[kObjectClasses], far[kObjectClasses];
  std::atomic<int64_t> held{0};    // by tensors, since the last report
  std::atomic<int64_t> cached{0};

  static void add(std::atomic<int64_t>& sum, int64_t bytes) {
    sum.store(sum.load(std::memory_order_relaxed) + bytes, std::memory_order_relaxed);
  }
  void count(int64_t bytes) {
    int64_t now = held.load(std::memory_order_relaxed) + bytes;
    if (now > kReportStep || now < -kReportStep) {
      pool().report(now);
      now = 0;
    }
    held.store(now, std::memory_order_relaxed);
  }
  void* take(SizeClass size) {
    List& list = lists[size.index];
    void* data = list.first;
    if (data == nullptr) return nullptr;
    list.first = *static_cast<void**>(data);
    --list.count;
    add(cached, -static_cast<int64_t>(size.bytes));
    return data;
  }
  bool give(void* data, SizeClass size) {
    List& list = lists[size.index];
    if (list.count >= kept_blocks(size.bytes)) return false;
    *static_cast<void**>(data) = list.first;
    list.first = data;
    ++list.count;
    add(cached, static_cast<int64_t>(size.bytes));
    return true;
  }
  void* take_object(SizeClass size) {
    List& list = near[size.index];
    if (list.first == nullptr) {
      if (far[size.index].first != nullptr) {
        list = std::exchange(far[size.index], List());
      } else {
        list = {objects().take(size.index, size.bytes), Objects::kChain};
      }
    }
    void* data = list.first;
    list.first = *static_cast<void**>(data);
    --list.count;
    return data;
  }
  void give_object(void* data, SizeClass size) noexcept {
    List& list = near[size.index];
    if (list.count == Objects::kChain) {
      if (far[size.index].first != nullptr) objects().give(size.index, far[size.index].first);
      far[size.index] = std::exchange(list, List());
    }
    *static_cast<void**>(data) = list.first;
    list.first = data;
    ++list.count;
  }
  // Whole chains go to other threads; what is left of one stays unused.
  void hand_over_objects() {
    for (size_t i = 0; i < kObjectClasses; ++i)
      if (far[i].first != nullptr) objects().give(i, std::exchange(far[i], List()).first);
  }
  void empty() {
    for (List& list : lists) {
      while (list.first) std::free(std::exchange(list.first, *static_cast<void**>(list.first)));
      list.count = 0;
    }
    cached.store(0, std::memory_order_relaxed);
  }
};

enum class State : uint8_t { kNew, kRunning, kEnded };
// Plain data in the static block: reading it is one instruction.
__attribute__((tls_model("initial-exec"))) thread_local ThreadCache* cache = nullptr;
__attribute__((tls_model("initial-exec"))) thread_local State state = State::kNew;

// Runs at the end of a thread; what is freed later goes to the pool at once.
struct AtThreadEnd {
  ~AtThreadEnd() {
    ThreadCache* mine = std::exchange(cache, nullptr);
    state = State::kEnded;
    if (mine == nullptr) return;
    pool().leave(mine);
    pool().report(mine->held.load(std::memory_order_relaxed));
    mine->empty();
    mine->hand_over_objects();
    delete mine;
  }
};

ThreadCache* make_cache() {
  if (state != State::kNew) return nullptr;
  static thread_local AtThreadEnd at_end;
  (void)at_end;
  ThreadCache* made = new (std::nothrow) ThreadCache;
  if (made == nullptr) return nullptr;
  pool().join(made);
  state = State::kRunning;
  return cache = made;
}

inline ThreadCache* this_thread() { return cache != nullptr ? cache : make_cache(); }

MemoryInfo Pool::info() {
  std::lock_guard<std::mutex> lock(mutex_);
  MemoryInfo info{current_.load(), peak_.load(), cached_.load(), limit_};
  for (ThreadCache* thread : threads_) {
    info.current += thread->held.load(std::memory_order_relaxed);
    info.cached += thread->cached.load(std::memory_order_relaxed);
  }
  if (info.current > info.peak) peak_.store(info.peak = info.current);
  return info;
}

void Pool::forget_other_threads() {
  for (ThreadCache* thread : threads_)
    if (thread != cache) current_.fetch_add(thread->held.load());
  threads_.clear();
  if (cache != nullptr) threads_.push_back(cache);
  mutex_.unlock();
}

}  // namespace

void* allocate(size_t bytes) {
  SizeClass size = size_class(bytes);
  if (kCaching && size.bytes <= kLargestSmall) {
    if (ThreadCache* mine = this_thread()) {
      void* data = mine->take(size);
      if (data == nullptr) data = pool().take(size, bytes);
      mine->count(static_cast<int64_t>(size.bytes));
      return data;
    }
  }
  void* data = pool().take(size, bytes);
  pool().report(static_cast<int64_t>(size.bytes));
  return data;
}

void deallocate(void* data, size_t bytes) noexcept {
  if (data == nullptr) return;
  SizeClass size = size_class(bytes);
  if (kCaching && size.bytes <= kLargestSmall) {
    if (ThreadCache* mine = this_thread()) {
      mine->count(-static_cast<int64_t>(size.bytes));
      if (!mine->give(data, size)) pool().give(data, size);
      return;
    }
  }
  pool().report(-static_cast<int64_t>(size.bytes));
  pool().give(data, size);
}

void* allocate_object(size_t bytes) {
  SizeClass size = size_class(bytes);
  if (kCaching && size.index < kObjectClasses) {
    if (ThreadCache* mine = this_thread()) return mine->take_object(size);
  }
  void* data = exactly(kCaching ? size.bytes : bytes);
  if (data == nullptr) throw std::bad_alloc();
  return data;
}

void deallocate_object(void* data, size_t bytes) noexcept {
  if (data == nullptr) return;
  SizeClass size = size_class(bytes);
  if (!kCaching || size.index >= kObjectClasses) return std::free(data);
  if (ThreadCache* mine = this_thread()) mine->give_object(data, size);
}

MemoryInfo memory_info() { return pool().info(); }
void reset_memory_peak() { pool().reset_peak(); }
void set_memory_limit(int64_t bytes) {
  if (bytes < 0)
    throw invalid_argument("TG-0601", "the limit of memory must be at least 1 byte, or 0 for the default",
                           "bytes=" + std::to_string(bytes));
  pool().set_limit(bytes);
}
void trim_memory() {
  if (ThreadCache* mine = this_thread()) mine->empty();
  pool().trim();
}

}  // namespace tg
