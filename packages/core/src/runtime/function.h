// Functions: frozen graphs that run.
#ifndef TENSEGRA_RUNTIME_FUNCTION_H_
#define TENSEGRA_RUNTIME_FUNCTION_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "autodiff/gradient_call.h"
#include "autodiff/graph_gradient.h"
#include "graph/graph.h"
#include "runtime/placement.h"
#include "runtime/plan.h"

struct tg_function final : tg::FunctionBase {
  // Takes a graph whose outputs are set; verifies it and runs the passes.
  static tg::Ref<tg_function> freeze(std::unique_ptr<tg_graph> graph);

  // A graph that is valid already, as it is: nothing is checked, no pass runs.
  static tg::Ref<tg_function> as_given(std::unique_ptr<tg_graph> graph);

  // Reads the text form, with the functions in it.
  static tg::Ref<tg_function> parse(const std::string& text);

  const tg_graph& graph() const override { return *graph_; }
  // What runs: the graph without what only gradients need.
  const tg_graph& runnable() const { return runnable_ ? *runnable_ : *graph_; }
  // How many functions may lie in each other.
  static constexpr int kDeepest = 32;

  // Throws TG-0303 where the inputs are not those it is made for.
  void check_inputs(const std::vector<tg::TensorRef>& inputs) const;

  // What runs here for inputs (arguments, then captures): the graph after all passes, with its plan.
  struct Planned {
    const tg_graph* graph;  // lives as long as the function
    std::shared_ptr<const tg::Plan> plan;
  };
  Planned plan(const std::vector<tg::TensorRef>& inputs);
  // The plan of runnable(): what devices see, and what tells the errors of shapes that do not fit.
  std::shared_ptr<const tg::Plan> plan_as_written(const std::vector<tg::TensorRef>& inputs) {
    return plans_.get(runnable(), inputs);
  }
  // The graph after all passes; lives as long as the function.
  const tg_graph& optimized();

  // Runs, or is inlined into the graph being traced; tapes record it.
  std::vector<tg::TensorRef> call(const std::vector<tg::TensorRef>& inputs);

 private:
  explicit tg_function(std::unique_ptr<tg_graph> graph) : graph_(std::move(graph)) {}

  std::vector<tg::TensorRef> run(const std::vector<tg::TensorRef>& inputs);
  std::vector<tg::TensorRef> run_recorded(const std::vector<tg::TensorRef>& inputs);
  // Gradients of inputs and captures; saved are the forward values that backward reads.
  std::vector<tg::TensorRef> call_backward(const std::vector<tg::TensorRef>& output_gradients,
                                           const std::vector<tg::TensorRef>& outputs,
                                           const std::vector<tg::TensorRef>& saved);

  // What a recorded call needs besides: made at the first one.
  struct Differentiable {
    tg::GraphGradient gradient;
    tg::Ref<tg_function> forward;   // also returns what backward reads
    tg::Ref<tg_function> backward;
  };
  Differentiable& differentiable();

  // The copy that runs, after the passes that are switched on.
  struct Executable {
    uint64_t generation;
    std::unique_ptr<tg_graph> graph;
    tg::PlanCache plans;
  };
  Executable& executable();

  std::unique_ptr<tg_graph> graph_;
  std::unique_ptr<tg_graph> runnable_;  // null: the same
  tg::PlanCache plans_;
  tg::Mutex executable_mutex_;
  std::atomic<Executable*> executable_{nullptr};
  std::vector<std::unique_ptr<Executable>> executables_;  // the last one is in use; earlier ones may still run
  tg::PlacedPlans placed_;
  tg::Mutex gradient_mutex_;
  std::unique_ptr<Differentiable> differentiable_;
};

namespace tg {

std::unique_ptr<tg_graph> copy_graph(const tg_graph& graph);
// Adds the nodes of a graph to the one being traced; its captures are imported.
std::vector<TensorRef> inline_graph(const tg_graph& graph, tg_graph* into, const std::vector<TensorRef>& inputs);

}  // namespace tg

#endif  // TENSEGRA_RUNTIME_FUNCTION_H_
