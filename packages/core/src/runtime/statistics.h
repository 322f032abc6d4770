// What a run of a planned graph costs.
#ifndef TENSEGRA_RUNTIME_STATISTICS_H_
#define TENSEGRA_RUNTIME_STATISTICS_H_

#include "runtime/plan.h"

namespace tg {

struct GraphStatistics {
  size_t num_nodes = 0;
  size_t num_instructions = 0;
  double operations = 0;  // as far as its ops can tell
  double bytes = 0;       // read and written by kernels
  size_t arena_bytes = 0;
  size_t peak_bytes = 0;
};

GraphStatistics statistics_of(const tg_graph& graph, const Plan& plan);

}  // namespace tg

#endif  // TENSEGRA_RUNTIME_STATISTICS_H_
