#include "kernels/lapack.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <initializer_list>

namespace tg::kernels {
namespace {

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
char problem[4608] = "";
void* library = nullptr;

struct Locked {
  Locked() { pthread_mutex_lock(&mutex); }
  ~Locked() { pthread_mutex_unlock(&mutex); }
};

void* symbol(const char* name) {
  char text[80];
  for (const char* prefix : {"scipy_", ""}) {
    snprintf(text, sizeof(text), "%s%s_", prefix, name);
    if (void* found = dlsym(library, text)) return found;
  }
  return nullptr;
}

void load() {
  const char* path = getenv("TENSEGRA_LAPACK");
  if (path == nullptr || *path == '\0') {
    snprintf(problem, sizeof(problem), "no library");
    return;
  }
  library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    snprintf(problem, sizeof(problem), "%s", dlerror());
    return;
  }
  // By its C name, which takes the number itself.
  for (const char* name : {"scipy_openblas_set_num_threads", "openblas_set_num_threads"})
    if (void* found = dlsym(library, name)) return reinterpret_cast<void (*)(int)>(found)(1);
}

}  // namespace

void* lapack_routine(const char* name) {
  Locked locked;
  if (library == nullptr) load();
  if (library == nullptr) return nullptr;
  void* found = symbol(name);
  if (found == nullptr) snprintf(problem, sizeof(problem), "a library without %s", name);
  return found;
}

const char* lapack_problem() { return problem; }

}  // namespace tg::kernels
