#include "base/thread_pool.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#else
#include <condition_variable>
#endif

#include "base/status.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace tg {
namespace {

constexpr std::chrono::microseconds kSpin(5);

void pause_cpu() {
#if defined(__x86_64__)
  _mm_pause();
#endif
}

// A number that threads sleep on.
class Word {
 public:
  std::atomic<uint32_t> value{0};

#if defined(__linux__)
  // Returns at once unless the number is `expected`, and at times for no reason.
  void wait(uint32_t expected) { futex(FUTEX_WAIT_PRIVATE, expected); }
  void wake() { futex(FUTEX_WAKE_PRIVATE, 1); }

 private:
  static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t), "a futex is 4 bytes");
  void futex(int operation, uint32_t number) {
    syscall(SYS_futex, reinterpret_cast<uint32_t*>(&value), operation, number, nullptr, nullptr, 0);
  }
#else
  void wait(uint32_t expected) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return value.load() != expected; });
  }
  void wake() {
    { std::lock_guard<std::mutex> lock(mutex_); }
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
#endif
};

// True as soon as `ready` is, false when it was not for as long as threads spin.
template <class Ready>
bool spin(const Ready& ready) {
  const auto deadline = std::chrono::steady_clock::now() + kSpin;
  do {
    for (int i = 0; i < 8; ++i) {
      if (ready()) return true;
      pause_cpu();
    }
  } while (std::chrono::steady_clock::now() < deadline);
  return false;
}

thread_local bool inside_chunk = false;

// One job at a time. Its number and the next chunk to be claimed share one word, so that a claim succeeds only while its
// job lasts: nobody needs to join a job or to leave it, and a worker that wakes too late has cost nothing.
class Pool {
 public:
  explicit Pool(int threads) : threads_(threads), workers_(static_cast<size_t>(threads) - 1) {
    for (auto& worker : workers_) {
      worker = std::make_unique<Worker>();
      worker->thread = std::thread([this, own = worker.get()] { run(*own); });
    }
  }
  // Ends the workers once the running job is done. Whoever still holds the pool finds it busy for ever.
  void retire() {
    while (busy_.exchange(true, std::memory_order_acquire)) std::this_thread::yield();
    stopping_.store(true);
    for (auto& worker : workers_) rouse(*worker);
    for (auto& worker : workers_) worker->thread.join();
  }

  int threads() const { return threads_; }

  // False where another caller has the pool.
  bool run_job(int64_t chunks, void (*fn)(void*, int64_t), void* arg) {
    if (busy_.exchange(true, std::memory_order_acquire)) return false;
    inside_chunk = true;
    for (int64_t first = 0; first < chunks; first += kMostChunks)
      run_part(first, static_cast<uint32_t>(std::min(kMostChunks, chunks - first)), fn, arg);
    inside_chunk = false;
    busy_.store(false, std::memory_order_release);
    return true;
  }

 private:
  static constexpr uint32_t kClosed = 0xffffffff;  // no chunk can be claimed
  static constexpr int64_t kMostChunks = int64_t{1} << 30;

  struct Worker {
    alignas(64) Word asleep;  // 1 while it sleeps
    std::thread thread;
  };

  static uint32_t number_of(uint64_t state) { return static_cast<uint32_t>(state >> 32); }
  static uint32_t next_of(uint64_t state) { return static_cast<uint32_t>(state); }

  static void rouse(Worker& worker) {
    if (worker.asleep.value.load() == 1 && worker.asleep.value.exchange(0) == 1) worker.asleep.wake();
  }

  void run_part(int64_t first, uint32_t chunks, void (*fn)(void*, int64_t), void* arg) {
    const uint64_t number = number_of(state_.load(std::memory_order_relaxed)) + uint64_t{1};
    // Closed first: whoever reads the new job below with the old number cannot claim.
    state_.store(number << 32 | kClosed, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    first_.store(first, std::memory_order_relaxed);
    chunks_.store(chunks, std::memory_order_relaxed);
    fn_.store(fn, std::memory_order_relaxed);
    arg_.store(arg, std::memory_order_relaxed);
    finished_.value.store(0, std::memory_order_relaxed);
    waiting_.store(false, std::memory_order_relaxed);
    state_.store(number << 32);
    size_t wanted = chunks - 1;
    for (size_t i = 0; i < workers_.size() && wanted > 0; ++i, --wanted) rouse(*workers_[i]);

    uint32_t own = 0;
    for (uint64_t state = state_.load(); next_of(state) < chunks;) {
      if (!state_.compare_exchange_weak(state, state + 1)) continue;
      fn(arg, first + next_of(state));
      ++own;
      state = state_.load();
    }
    const uint32_t others = chunks - own;
    const auto done = [&] { return finished_.value.load() == others; };
    if (done() || spin(done)) return;
    waiting_.store(true);
    for (uint32_t count = finished_.value.load(); count != others; count = finished_.value.load())
      finished_.wait(count);
  }

  // Claims chunks of the job that `state` belongs to.
  void take_part(uint64_t state) {
    const uint32_t number = number_of(state);
    const int64_t first = first_.load(std::memory_order_relaxed);
    const uint32_t chunks = chunks_.load(std::memory_order_relaxed);
    const auto fn = fn_.load(std::memory_order_relaxed);
    void* arg = arg_.load(std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_acquire);
    while (number_of(state) == number && next_of(state) < chunks) {
      if (!state_.compare_exchange_weak(state, state + 1)) continue;
      fn(arg, first + next_of(state));
      finished_.value.fetch_add(1);
      if (waiting_.load()) finished_.wake();
      state = state_.load();
    }
  }

  void run(Worker& worker) {
    ScopedFlushDenormals flush;
    inside_chunk = true;
    uint32_t seen = 0;
    const auto something = [&] {
      return stopping_.load(std::memory_order_relaxed) ||
             (number_of(state_.load(std::memory_order_acquire)) != seen && next_of(state_.load()) != kClosed);
    };
    while (true) {
      if (!spin(something)) {
        worker.asleep.value.store(1);
        if (something()) worker.asleep.value.store(0);
        while (worker.asleep.value.load() == 1) worker.asleep.wait(1);
      }
      if (stopping_.load()) return;
      const uint64_t state = state_.load();
      if (next_of(state) == kClosed) continue;
      seen = number_of(state);
      take_part(state);
    }
  }

  const int threads_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::atomic<bool> busy_{false}, stopping_{false};
  alignas(64) std::atomic<uint64_t> state_{kClosed};
  std::atomic<int64_t> first_{0};
  std::atomic<uint32_t> chunks_{0};
  std::atomic<void (*)(void*, int64_t)> fn_{nullptr};
  std::atomic<void*> arg_{nullptr};
  alignas(64) Word finished_;  // chunks that workers have finished
  std::atomic<bool> waiting_{false};
};

#if defined(__linux__)
bool read_numbers(const char* path, long long* numbers, int count) {
  std::FILE* file = std::fopen(path, "r");
  if (file == nullptr) return false;
  int found = 0;
  while (found < count && std::fscanf(file, "%lld", numbers + found) == 1) ++found;
  std::fclose(file);
  return found == count;
}
#endif

int default_threads() {
  if (const char* text = std::getenv("TENSEGRA_NUM_THREADS")) {
    int count = std::atoi(text);
    if (count >= 1 && count <= 1024) return count;
  }
  int count = static_cast<int>(std::thread::hardware_concurrency());
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) count = CPU_COUNT(&set);
  const auto limit = [&count](long long quota, long long period) {
    if (quota > 0 && period > 0) count = static_cast<int>(std::min<long long>(count, (quota + period - 1) / period));
  };
  long long numbers[2];
  if (read_numbers("/sys/fs/cgroup/cpu.max", numbers, 2)) {
    limit(numbers[0], numbers[1]);
  } else if (read_numbers("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", numbers, 1) &&
             read_numbers("/sys/fs/cgroup/cpu/cpu.cfs_period_us", numbers + 1, 1)) {
    limit(numbers[0], numbers[1]);
  }
#endif
  return std::max(count, 1);
}

std::mutex pool_mutex;
std::atomic<Pool*> the_pool{nullptr};
int wanted_threads = 0;

// After a fork the child has no workers: the old pool is abandoned and a new one is made at the next use.
void forget_pool_in_child() {
  new (&pool_mutex) std::mutex;
  the_pool.store(nullptr);
}

Pool* get_pool() {
  Pool* pool = the_pool.load(std::memory_order_acquire);
  if (pool) return pool;
  std::lock_guard<std::mutex> lock(pool_mutex);
  pool = the_pool.load();
  if (pool) return pool;
  static bool registered = (pthread_atfork(nullptr, nullptr, forget_pool_in_child), true);
  (void)registered;
  // Leaked at exit on purpose: joining threads from static destructors can hang.
  pool = new Pool(wanted_threads > 0 ? wanted_threads : default_threads());
  the_pool.store(pool, std::memory_order_release);
  return pool;
}

}  // namespace

void parallel_for(int64_t chunks, void (*fn)(void*, int64_t), void* arg) {
  if (chunks > 1 && !inside_chunk) {
    Pool* pool = get_pool();
    if (pool->threads() > 1 && pool->run_job(chunks, fn, arg)) return;
  }
  for (int64_t chunk = 0; chunk < chunks; ++chunk) fn(arg, chunk);
}

void set_num_threads(int count) {
  if (count < 0 || count > 1024)
    throw invalid_argument("TG-0601", "the number of threads must lie in [0, 1024]", "count=" + std::to_string(count));
  // Kept, since other threads may be about to use it.
  static auto* retired = new std::vector<Pool*>;
  Pool* old = nullptr;
  {
    std::lock_guard<std::mutex> lock(pool_mutex);
    wanted_threads = count;
    old = the_pool.exchange(nullptr);
    if (old != nullptr) retired->push_back(old);
  }
  if (old != nullptr) old->retire();
}

int num_threads() { return get_pool()->threads(); }

ScopedFlushDenormals::ScopedFlushDenormals() : saved_(0) {
#if defined(__x86_64__)
  saved_ = _mm_getcsr();
  if ((saved_ & 0x8040) != 0x8040) _mm_setcsr(saved_ | 0x8040);
#endif
}
ScopedFlushDenormals::~ScopedFlushDenormals() {
#if defined(__x86_64__)
  if ((saved_ & 0x8040) != 0x8040) _mm_setcsr(saved_);
#endif
}

}  // namespace tg
