/* A core as it was at an older minor version: older_core LIBRARY PLUGIN MINOR. Its table ends where that minor's did. It loads
   the plug-in and prints what its init answers. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "tensegra/c/tensegra.h"

static tg_api older;
static tg_status_api older_status;

TG_EXPORT const tg_api* tg_get_api(int32_t major) { return major == older.major ? &older : NULL; }

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  void* core = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  void* symbol = core ? dlsym(core, "tg_get_api") : NULL;
  if (symbol == NULL) return 3;
  const tg_api* (*get_api)(int32_t);
  *(void**)&get_api = symbol;
  older = *get_api(TG_ABI_MAJOR);
  older.minor = atoi(argv[3]);
  older_status = *older.status;
  older_status.struct_size = offsetof(tg_status_api, warn);
  older_status.warn = NULL;
  older_status.set_warning_handler = NULL;
  older.status = &older_status;
  void* plugin = dlopen(argv[2], RTLD_NOW | RTLD_LOCAL);
  symbol = plugin ? dlsym(plugin, TG_PLUGIN_INIT_SYMBOL) : NULL;
  if (symbol == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    return 4;
  }
  tg_plugin_init_fn init;
  *(void**)&init = symbol;
  tg_status* status = init(&older);
  printf("%s %s\n", older.status->error_code(status), older.status->message(status));
  older.status->destroy(status);
  return 0;
}
