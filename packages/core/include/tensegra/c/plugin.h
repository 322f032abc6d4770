/* Tensegra C ABI: shared libraries that bring ops or devices. */
#ifndef TENSEGRA_C_PLUGIN_H_
#define TENSEGRA_C_PLUGIN_H_

#include "tensegra/c/status.h"
#include "tensegra/c/version.h"

#ifdef __cplusplus
extern "C" {
#endif

struct tg_api;

/* What a plug-in exports under the name "tg_plugin_init": registers its ops and devices through api. */
typedef tg_status* (*tg_plugin_init_fn)(const struct tg_api* api);
#define TG_PLUGIN_INIT_SYMBOL "tg_plugin_init"

/* The minor version that a plug-in needs of core, by default that of its headers: TG_PLUGIN() and the init of a plug-in in
   C compare it with api->minor before anything else. A plug-in that uses less says so with -DTG_PLUGIN_MINOR=1 and then
   loads into older cores too. */
#ifndef TG_PLUGIN_MINOR
#define TG_PLUGIN_MINOR TG_ABI_MINOR
#endif

typedef struct tg_plugin_api {
  size_t struct_size;
  /* Loads the library and calls its init once; a second load of the same path does nothing. The library stays loaded,
     also where its init fails. Thread-safe. FAILED_PRECONDITION: it cannot be loaded, or is no plug-in. */
  tg_status* (*load)(const char* path);
} tg_plugin_api;

#ifdef __cplusplus
}
#endif
#endif /* TENSEGRA_C_PLUGIN_H_ */
