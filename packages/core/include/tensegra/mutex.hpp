// A lock that a forked child can take: it knows the process of its holder. Where that was another thread of the parent,
// which is no thread of the child, whoever locks next gets it, and may ask whether what it protects was being changed.
#ifndef TENSEGRA_MUTEX_HPP_
#define TENSEGRA_MUTEX_HPP_

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace tg {

// For std::lock_guard and std::unique_lock, as std::mutex is.
class Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;

  void lock() {
    uint32_t seen = 0;
    if (!word_.compare_exchange_strong(seen, process() | kLocked, std::memory_order_acquire)) wait(seen);
  }

  bool try_lock() {
    uint32_t seen = 0;
    return word_.compare_exchange_strong(seen, process() | kLocked, std::memory_order_acquire);
  }

  void unlock() {
    if (word_.exchange(0, std::memory_order_release) & kWaited) wake();
  }

  // For the holder: whether the one before it was lost in a fork, so that what the lock protects may be half changed.
  // False when asked again.
  bool take_abandoned() {
    bool was = abandoned_;
    abandoned_ = false;
    return was;
  }

 private:
  static constexpr uint32_t kLocked = 1, kWaited = 2, kProcess = 4;

  // A number of this process, a multiple of kProcess: it grows with each fork.
  static uint32_t process() { return forks_.count.load(std::memory_order_relaxed); }

  void wait(uint32_t seen) {
    for (int tries = 0;; ++tries) {
      const uint32_t mine = process() | kLocked;
      if (seen == 0) {
        // Others may sleep: the next unlock looks for them.
        if (word_.compare_exchange_weak(seen, mine | kWaited, std::memory_order_acquire)) return;
      } else if ((seen & ~kWaited) != mine) {
        if (word_.compare_exchange_weak(seen, mine | kWaited, std::memory_order_acquire)) {
          abandoned_ = true;
          return;
        }
      } else if (tries < kSpins) {
        seen = word_.load(std::memory_order_relaxed);
      } else if ((seen & kWaited) || word_.compare_exchange_weak(seen, seen | kWaited, std::memory_order_relaxed)) {
        sleep(seen | kWaited);
        seen = word_.load(std::memory_order_relaxed);
      }
    }
  }

#if defined(__linux__)
  void sleep(uint32_t seen) { syscall(SYS_futex, reinterpret_cast<uint32_t*>(&word_), FUTEX_WAIT_PRIVATE, seen, nullptr, nullptr, 0); }
  void wake() { syscall(SYS_futex, reinterpret_cast<uint32_t*>(&word_), FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0); }
#else
  void sleep(uint32_t) { std::this_thread::sleep_for(std::chrono::microseconds(50)); }
  void wake() {}
#endif

  struct Forks {
    Forks() {
      pthread_atfork(nullptr, nullptr, [] { forks_.count.fetch_add(kProcess, std::memory_order_relaxed); });
    }
    std::atomic<uint32_t> count{kProcess};
  };
  inline static Forks forks_;
  static constexpr int kSpins = 100;

  std::atomic<uint32_t> word_{0};
  bool abandoned_ = false;
};

}  // namespace tg

#endif  // TENSEGRA_MUTEX_HPP_
