// Functions: frozen graphs that run.
#ifndef TENSEGRA_RUNTIME_FUNCTION_H_
#define TENSEGRA_RUNTIME_FUNCTION_H_

#include <memory>
#include <mutex>
#include <vector>

#include "autodiff/gradient_call.h"
#include "autodiff/graph_gradient.h"
#include "graph/graph.h"
#include "runtime/placement.h"
#include "runtime/plan.h"

struct tg_function final : tg::RefCounted {
  // Takes a graph whose outputs are set; verifies it and runs the passes.
  static tg::Ref<tg_function> freeze(std::unique_ptr<tg_graph> graph);

  // A graph that is valid already, as it is: nothing is checked, no pass runs.
  static tg::Ref<tg_function> as_given(std::unique_ptr<tg_graph> graph);

  const tg_graph& graph() const { return *graph_; }

  // Runs, or is inlined into the graph being traced; tapes record it.
  std::vector<tg::TensorRef> call(const std::vector<tg::TensorRef>& inputs);

 private:
  explicit tg_function(std::unique_ptr<tg_graph> graph) : graph_(std::move(graph)) {}

  void check_inputs(const std::vector<tg::TensorRef>& inputs) const;
  std::vector<tg::TensorRef> inline_into(tg_graph* outer, const std::vector<tg::TensorRef>& inputs);
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

  std::unique_ptr<tg_graph> graph_;
  tg::PlanCache plans_;
  tg::PlacedPlans placed_;
  std::mutex gradient_mutex_;
  std::unique_ptr<Differentiable> differentiable_;
};

#endif  // TENSEGRA_RUNTIME_FUNCTION_H_
