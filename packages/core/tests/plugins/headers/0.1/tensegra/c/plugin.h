/* Tensegra C ABI: shared libraries that bring ops or devices. */
#ifndef TENSEGRA_C_PLUGIN_H_
#define TENSEGRA_C_PLUGIN_H_

#include "tensegra/c/status.h"

#ifdef __cplusplus
extern "C" {
#endif

struct tg_api;

/* What a plug-in exports under the name "tg_plugin_init": registers its ops and devices through api. */
typedef tg_status* (*tg_plugin_init_fn)(const struct tg_api* api);
#define TG_PLUGIN_INIT_SYMBOL "tg_plugin_init"

typedef struct tg_plugin_api {
  size_t struct_size;
  /* Loads the library and calls its init once; a second load of the same path does nothing. */
  tg_status* (*load)(const char* path);
} tg_plugin_api;

#ifdef __cplusplus
}
#endif
#endif /* TENSEGRA_C_PLUGIN_H_ */
