#include "base/thread_pool.h"

#include <pthread.h>
#include <sched.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

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

struct Job {
  void (*fn)(void*, int64_t);
  void* arg;
  int64_t chunks;
  std::atomic<int64_t> next{0};

  void work() {
    for (int64_t chunk = next.fetch_add(1, std::memory_order_relaxed); chunk < chunks;
         chunk = next.fetch_add(1, std::memory_order_relaxed))
      fn(arg, chunk);
  }
};

thread_local bool inside_chunk = false;

class Pool {
 public:
  explicit Pool(int threads) : threads_(threads) {
    for (int i = 1; i < threads; ++i) workers_.emplace_back([this] { run(); });
  }
  ~Pool() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
      generation_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    for (std::thread& worker : workers_) worker.join();
  }

  int threads() const { return threads_; }

  // False where another caller has the pool.
  bool run_job(Job& job) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (job_ != nullptr) return false;
      job_ = &job;
      generation_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    inside_chunk = true;
    job.work();
    inside_chunk = false;
    // Workers that have not joined by now find no job; only those that did are waited for.
    std::unique_lock<std::mutex> lock(mutex_);
    job_ = nullptr;
    done_.wait(lock, [this] { return active_ == 0; });
    return true;
  }

 private:
  void run() {
    ScopedFlushDenormals flush;
    inside_chunk = true;
    int64_t seen = 0;
    while (true) {
      auto deadline = std::chrono::steady_clock::now() + kSpin;
      while (generation_.load(std::memory_order_acquire) == seen && std::chrono::steady_clock::now() < deadline)
        pause_cpu();
      Job* job = nullptr;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return stopping_ || generation_.load(std::memory_order_relaxed) != seen; });
        if (stopping_) return;
        seen = generation_.load(std::memory_order_relaxed);
        job = job_;
        if (job == nullptr) continue;
        ++active_;
      }
      job->work();
      {
        std::lock_guard<std::mutex> lock(mutex_);
        if (--active_ == 0) done_.notify_all();
      }
    }
  }

  const int threads_;
  std::vector<std::thread> workers_;
  std::mutex mutex_;
  std::condition_variable wake_, done_;
  Job* job_ = nullptr;
  int active_ = 0;
  bool stopping_ = false;
  std::atomic<int64_t> generation_{0};
};

int default_threads() {
  if (const char* text = std::getenv("TENSEGRA_NUM_THREADS")) {
    int count = std::atoi(text);
    if (count >= 1 && count <= 1024) return count;
  }
  int count = static_cast<int>(std::thread::hardware_concurrency());
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) count = CPU_COUNT(&set);
  if (std::FILE* file = std::fopen("/sys/fs/cgroup/cpu.max", "r")) {
    long long quota = 0, period = 0;
    if (std::fscanf(file, "%lld %lld", &quota, &period) == 2 && quota > 0 && period > 0) {
      int limit = static_cast<int>((quota + period - 1) / period);
      if (limit < count) count = limit;
    }
    std::fclose(file);
  }
#endif
  return count < 1 ? 1 : count;
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
    if (pool->threads() > 1) {
      Job job{fn, arg, chunks};
      if (pool->run_job(job)) return;
    }
  }
  for (int64_t chunk = 0; chunk < chunks; ++chunk) fn(arg, chunk);
}

void set_num_threads(int count) {
  if (count < 0 || count > 1024)
    throw invalid_argument("TG-0601", "the number of threads must lie in [0, 1024]", "count=" + std::to_string(count));
  Pool* old = nullptr;
  {
    std::lock_guard<std::mutex> lock(pool_mutex);
    wanted_threads = count;
    old = the_pool.exchange(nullptr);
  }
  delete old;
}

int num_threads() { return get_pool()->threads(); }

ScopedFlushDenormals::ScopedFlushDenormals() : saved_(0) {
#if defined(__x86_64__)
  saved_ = _mm_getcsr();
  _mm_setcsr(saved_ | 0x8040);
#endif
}
ScopedFlushDenormals::~ScopedFlushDenormals() {
#if defined(__x86_64__)
  _mm_setcsr(saved_);
#endif
}

}  // namespace tg
