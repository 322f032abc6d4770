// The plan of a graph for concrete input shapes: every type, a place in one arena for every intermediate, and a flat
// list of instructions.
#ifndef TENSEGRA_RUNTIME_PLAN_H_
#define TENSEGRA_RUNTIME_PLAN_H_

#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

#include "graph/graph.h"
#include "runtime/image_chain.h"
#include "tensegra/mutex.hpp"

namespace tg {

// Where a value lives during a run.
enum class Place {
  kInput,     // given by the caller or captured
  kConstant,  // known when planned
  kArena,     // at an offset of the run's arena
  kTensor,    // a tensor of its own: a result, or what a kernel hands over
  kChain,     // between the nodes of a chain: some images at a time, `offset` bytes for each into the chain's memory
  kAlias,     // the memory of another value (views, in-place updates)
  kDynamic,   // its shape is known only when it is computed
};

struct PlannedValue {
  TensorType type;
  Place place = Place::kDynamic;
  size_t offset = 0;       // kArena, kChain
  size_t bytes = 0;
  int base = -1;           // kAlias: the value whose memory it is
  TensorRef constant;      // kConstant
};

struct Instruction {
  enum Kind {
    kKernel,
    kView,
    kDynamic,  // infers when it runs
  };
  const Node* node;
  Kind kind;
  uint64_t dying;            // bit i: nothing reads input i afterwards
  std::vector<int> release;  // values whose tensors are let go afterwards
};

// The slots and the arena of a run, kept for the next one.
class SpareRun {
 public:
  virtual ~SpareRun() = default;
};

struct Plan {
  Plan() = default;
  Plan(const Plan&) = delete;
  ~Plan() { delete spare.load(); }

  std::vector<PlannedValue> values;
  std::vector<Instruction> instructions;
  std::vector<bool> handed_over;  // of each result: nobody else needs the tensor after the run
  // Instructions that compute from weights alone: what they read from outside, and what others read of them.
  std::shared_ptr<Hoisted> hoisted;
  size_t hoisted_begin = 0, hoisted_end = 0;
  std::vector<int> hoisted_weights, hoisted_values;
  std::vector<ImageChain> chains;  // in the order in which they run, none within what is hoisted
  size_t arena_bytes = 0;
  size_t peak_bytes = 0;          // the most that is alive at once, results among it
  mutable std::atomic<SpareRun*> spare{nullptr};
};

std::shared_ptr<const Plan> make_plan(const tg_graph& graph, const std::vector<TensorRef>& inputs);

// A plan being run, once or again and again with other inputs of the same types.
class PlanRun {
 public:
  PlanRun(const tg_graph& graph, std::shared_ptr<const Plan> plan);
  ~PlanRun();
  // inputs: arguments, then captures. What is bound stays bound until it is bound anew or forgotten.
  void bind(size_t input, TensorRef value);
  // Runs, and lets go of everything but the inputs from number `keep` on.
  void go(size_t keep, std::vector<TensorRef>* results);
  // Whether the plan is one for the first inputs.
  bool fits(const std::vector<TensorRef>& inputs, size_t count) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Runs a plan. inputs: arguments, then captures.
std::vector<TensorRef> run_plan(const tg_graph& graph, const Plan& plan, const std::vector<TensorRef>& inputs);

// Plans by input shapes; the least recently used goes first.
class PlanCache {
 public:
  std::shared_ptr<const Plan> get(const tg_graph& graph, const std::vector<TensorRef>& inputs);
  void clear();

 private:
  static constexpr size_t kCapacity = 32;
  struct Entry {
    std::vector<TensorType> key;
    std::shared_ptr<const Plan> plan;
  };
  Mutex mutex_;
  void check_whole();
  std::list<Entry> entries_;  // most recent first
};

}  // namespace tg

#endif  // TENSEGRA_RUNTIME_PLAN_H_
