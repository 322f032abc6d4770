#include "tensegra/c/plugin.h"

#include <dlfcn.h>

#include <mutex>
#include <set>
#include <string>

#include "capi/capi.h"
#include "tensegra/mutex.hpp"

namespace tg::capi {
namespace {

Mutex loading;
std::set<void*> loaded;

// Python loads the library for itself alone. What plug-ins need of it, tg_get_api, has to be seen by them: then they link
// to nothing.
void show_own_symbol() {
  Dl_info self{};
  if (dladdr(reinterpret_cast<const void*>(&tg_get_api), &self) && self.dli_fname)
    if (void* library = dlopen(self.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_GLOBAL)) dlclose(library);
}

tg_status* load(const char* path) {
  return guard([&] {
    require(path, "path");
    std::lock_guard<Mutex> lock(loading);
    show_own_symbol();
    void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr)
      throw Error(TG_FAILED_PRECONDITION, "TG-0503",
                  std::string("a plug-in is a shared library that can be loaded. Received: ") + dlerror());
    if (loaded.count(library)) return;
    auto init = reinterpret_cast<tg_plugin_init_fn>(dlsym(library, TG_PLUGIN_INIT_SYMBOL));
    if (init == nullptr)
      throw Error(TG_FAILED_PRECONDITION, "TG-0503",
                  std::string("a plug-in exports " TG_PLUGIN_INIT_SYMBOL ". Received: ") + path + ", which does not");
    throw_status(init(tg_get_api(TG_ABI_MAJOR)), path);
    loaded.insert(library);
  });
}

}  // namespace

const tg_plugin_api plugin_api = {sizeof(tg_plugin_api), load};

}  // namespace tg::capi
