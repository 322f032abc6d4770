#include "tensegra/c/passes.h"

#include "capi/capi.h"
#include "graph/text.h"
#include "passes/pass.h"
#include "runtime/function.h"
#include "runtime/statistics.h"

namespace tg::capi {
namespace {

size_t num_passes() { return passes().size(); }

tg_status* pass(size_t index, tg_pass_view* view) {
  return guard([&] {
    require_struct(view, sizeof(tg_pass_view), "tg_pass_view");
    if (index >= passes().size())
      throw Error(TG_OUT_OF_RANGE, "TG-0107", "a pass must exist. Received: index=" + std::to_string(index) + " of " +
                                                  std::to_string(passes().size()));
    const Pass& found = passes()[index];
    view->name = found.name;
    view->summary = found.summary;
    view->exact = found.pass_class == PassClass::kExact;
    view->enabled = pass_enabled(index);
  });
}

tg_status* switch_pass(const char* name, int32_t enabled) {
  return guard([&] {
    require(name, "name");
    set_pass(name, enabled != 0);
  });
}

tg_status* print_optimized(tg_function* function, tg_text_fn fn, void* context) {
  return guard([&] {
    require(function, "function");
    require(reinterpret_cast<const void*>(fn), "fn");
    std::string text = print(function->optimized());
    fn(context, text.data(), text.size());
  });
}

tg_status* statistics(tg_function* function, tg_tensor* const* inputs, size_t count, int32_t optimized,
                      tg_graph_statistics* out) {
  return guard([&] {
    require(function, "function");
    require_struct(out, sizeof(tg_graph_statistics), "tg_graph_statistics");
    std::vector<TensorRef> all = tensors_from_c(inputs, count);
    function->check_inputs(all);
    for (const Capture& captured : function->graph().captures) all.push_back(captured.tensor);
    tg_function::Planned planned = optimized ? function->plan(all)
                                             : tg_function::Planned{&function->runnable(), function->plan_as_written(all)};
    GraphStatistics found = statistics_of(*planned.graph, *planned.plan);
    out->num_nodes = found.num_nodes;
    out->num_instructions = found.num_instructions;
    out->operations = found.operations;
    out->bytes = found.bytes;
    out->arena_bytes = found.arena_bytes;
    out->peak_bytes = found.peak_bytes;
  });
}

}  // namespace

const tg_passes_api passes_api = {sizeof(tg_passes_api), num_passes, pass, switch_pass, print_optimized, statistics};

}  // namespace tg::capi
