/* Tensegra C ABI: the whole interface. One required symbol, tg_get_api; one table per major version; append only.
   Thread safety and ownership are stated at each function; where nothing is said, a function may be called from any
   thread and strings returned live as long as the object they came from. No function throws. */
#ifndef TENSEGRA_C_TENSEGRA_H_
#define TENSEGRA_C_TENSEGRA_H_

#include "tensegra/c/device.h"
#include "tensegra/c/dtype.h"
#include "tensegra/c/eager.h"
#include "tensegra/c/event.h"
#include "tensegra/c/function.h"
#include "tensegra/c/graph.h"
#include "tensegra/c/model.h"
#include "tensegra/c/op.h"
#include "tensegra/c/plugin.h"
#include "tensegra/c/resource.h"
#include "tensegra/c/status.h"
#include "tensegra/c/tape.h"
#include "tensegra/c/tensor.h"
#include "tensegra/c/version.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tg_api {
  size_t struct_size;
  int32_t major;
  int32_t minor;
  const char* release; /* "2.0.0" */
  const tg_status_api* status;
  const tg_dtype_api* dtype;
  const tg_event_api* event;
  const tg_tensor_api* tensor;
  const tg_resource_api* resource;
  const tg_op_api* op;
  const tg_eager_api* eager;
  const tg_tape_api* tape;
  const tg_graph_api* graph;
  const tg_function_api* function;
  const tg_model_api* model;
  const tg_device_api* device;
  const tg_plugin_api* plugin;
} tg_api;

/* The table of that major version, or NULL where this library does not have it. */
TG_EXPORT const tg_api* tg_get_api(int32_t major);

#ifdef __cplusplus
}
#endif
#endif /* TENSEGRA_C_TENSEGRA_H_ */
