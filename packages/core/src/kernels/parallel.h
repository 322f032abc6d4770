// How a kernel asks its caller for threads.
#ifndef TENSEGRA_KERNELS_PARALLEL_H_
#define TENSEGRA_KERNELS_PARALLEL_H_

#include <stdint.h>

namespace tg::kernels {

// `run` must call fn(arg, chunk) once for each chunk in [0, chunks), on any threads in any order, and return
// when all are done. A null `run` means: serially, on this thread. Kernels choose `chunks` from shapes alone
// and let no result depend on who ran a chunk, so that results do not depend on the number of threads.
struct Parallel {
  void* self = nullptr;
  void (*run)(void* self, int64_t chunks, void (*fn)(void* arg, int64_t chunk), void* arg) = nullptr;
};

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_PARALLEL_H_
