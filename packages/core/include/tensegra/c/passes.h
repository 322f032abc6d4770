/* Tensegra C ABI, an extension: the passes that prepare graphs, and what graphs cost. Not part of the major's table; its
   own table is what tg_get_api(TG_PASSES_API) gives, cast, or NULL where a library does not have it. */
#ifndef TENSEGRA_C_PASSES_H_
#define TENSEGRA_C_PASSES_H_

#include "tensegra/c/function.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TG_PASSES_API 1001

/* One of the passes; its texts live as long as the library. */
typedef struct tg_pass_view {
  size_t struct_size;
  const char* name;
  const char* summary;
  int32_t exact; /* 1: results stay the same bit for bit; 0: rounding may differ */
  int32_t enabled;
} tg_pass_view;

/* What one run of a function costs, by the shapes of its inputs. */
typedef struct tg_graph_statistics {
  size_t struct_size;
  size_t num_nodes;
  size_t num_instructions; /* what is left to run where the shapes are known */
  double operations;       /* arithmetic */
  double bytes;            /* read and written by its ops */
  size_t arena_bytes;      /* memory of intermediate values, planned in advance */
  size_t peak_bytes;       /* the most that is alive at once: intermediate values and results */
} tg_graph_statistics;

typedef struct tg_passes_api {
  size_t struct_size;
  /* How many passes there are. */
  size_t (*num_passes)(void);
  /* Fills *view, whose struct_size the caller has set. OUT_OF_RANGE: there is no such pass (TG-0107). */
  tg_status* (*pass)(size_t index, tg_pass_view* view);
  /* Switches a pass on or off, for all functions and from their next run on. NOT_FOUND names the passes (TG-0770). */
  tg_status* (*set_pass)(const char* name, int32_t enabled);
  /* The text of what runs: the graph after all passes. It may hold ops that no file holds. */
  tg_status* (*print_optimized)(tg_function* function, tg_text_fn fn, void* context);
  /* What a run with these inputs (arguments, without captures) costs: as written, or, with optimized set, after all
     passes. Fills *out, whose struct_size the caller has set. */
  tg_status* (*statistics)(tg_function* function, tg_tensor* const* inputs, size_t num_inputs, int32_t optimized,
                           tg_graph_statistics* out);
} tg_passes_api;

#ifdef __cplusplus
}
#endif
#endif /* TENSEGRA_C_PASSES_H_ */
