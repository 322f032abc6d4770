// The one pool of worker threads. Chunks are claimed one by one and the caller takes part, so results can only depend
// on how the work was cut into chunks (from shapes alone), never on how many threads there are.
#ifndef TENSEGRA_BASE_THREAD_POOL_H_
#define TENSEGRA_BASE_THREAD_POOL_H_

#include <cstdint>

namespace tg {

// Calls fn(arg, chunk) once for each chunk in [0, chunks); returns when all are done. fn must not throw.
// Inside a chunk, or while another thread uses the pool, it runs serially on the caller.
void parallel_for(int64_t chunks, void (*fn)(void* arg, int64_t chunk), void* arg);

// Threads used, the caller among them. 0 asks for the default: the CPUs of this process (affinity, cgroup quota, or
// TENSEGRA_NUM_THREADS).
void set_num_threads(int count);
int num_threads();

// Denormal floats are flushed to zero in this scope, as in every worker: they cost up to a hundred times more.
class ScopedFlushDenormals {
 public:
  ScopedFlushDenormals();
  ~ScopedFlushDenormals();
  ScopedFlushDenormals(const ScopedFlushDenormals&) = delete;
  ScopedFlushDenormals& operator=(const ScopedFlushDenormals&) = delete;

 private:
  uint32_t saved_;
};

}  // namespace tg

#endif  // TENSEGRA_BASE_THREAD_POOL_H_
