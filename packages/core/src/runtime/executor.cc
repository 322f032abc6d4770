#include <exception>
#include <mutex>
#include <new>

#include "base/small_vector.h"
#include "base/status.h"
#include "base/thread_pool.h"
#include "runtime/dispatch.h"
#include "runtime/kernel_call.h"
#include "runtime/plan.h"
#include "runtime/watch.h"

namespace tg {
namespace {

class Run final : public SpareRun {
 public:
  Run(const tg_graph& graph, const Plan& plan) : graph_(graph), plan_(plan), slots_(plan.values.size()) {
    for (size_t i = num_inputs(); i < slots_.size(); ++i)
      if (plan.values[i].place == Place::kConstant) slots_[i].set(plan.values[i].constant);
    for (const Instruction& instruction : plan.instructions) {
      for (int input : instruction.node->inputs) places_.push_back(&slots_[input]);
      for (int output : instruction.node->outputs) places_.push_back(&slots_[output]);
    }
  }

  size_t num_inputs() const { return graph_.inputs.size() + graph_.captures.size(); }
  Slot& slot(size_t value) { return slots_[value]; }

  void go(std::vector<TensorRef>* results) {
    InGraph in_graph;
    ScopedFlushDenormals flush;
    if (plan_.arena_bytes && !arena_) arena_ = make_ref<Buffer>(plan_.arena_bytes);
    const Instruction* instruction = plan_.instructions.data();
    try {
      Slot** places = places_.data();
      const Instruction* end = instruction + plan_.instructions.size();
      if (plan_.hoisted) {
        const Instruction* hoisted = instruction + plan_.hoisted_begin;
        for (; instruction != hoisted; ++instruction) places = step(*instruction, places);
        hoisted = plan_.instructions.data() + plan_.hoisted_end;
        if (take_kept()) {
          for (; instruction != hoisted; ++instruction)
            places += instruction->node->inputs.size() + instruction->node->outputs.size();
        } else {
          for (; instruction != hoisted; ++instruction) places = step(*instruction, places);
          keep();
        }
      }
      auto chain = plan_.chains.begin();
      while (instruction != end) {
        if (chain != plan_.chains.end() && instruction == plan_.instructions.data() + chain->begin) {
          places = run_chain(*chain, places);
          instruction = plan_.instructions.data() + chain->end;
          ++chain;
          continue;
        }
        places = step(*instruction, places);
        ++instruction;
      }
    } catch (const Error& error) {
      std::string text = error.message();
      if (instruction->node->source >= 0) text += ". At " + graph_.sources[instruction->node->source];
      throw Error(error.code(), error.error_code(), text);
    }
    results->clear();
    results->reserve(graph_.outputs.size());
    for (size_t k = 0; k < graph_.outputs.size(); ++k) results->push_back(result(k));
  }

  // Lets go of everything but the inputs from number `keep` on.
  void forget(size_t keep) {
    for (size_t i = 0; i < slots_.size(); ++i)
      if ((i < keep || i >= num_inputs()) && plan_.values[i].place != Place::kConstant) {
        slots_[i].tensor = nullptr;
        slots_[i].data = nullptr;
      }
  }
  void forget_arena() { arena_ = nullptr; }

 private:
  // With the lock held: the child of a fork does not touch what another thread was changing.
  void check_kept() {
    if (plan_.hoisted->mutex.take_abandoned()) new (&plan_.hoisted->kept) std::shared_ptr<const Hoisted::Kept>;
  }

  // Sets what was computed from weights alone, if they are still the same tensors.
  bool take_kept() {
    std::shared_ptr<const Hoisted::Kept> kept;
    {
      std::lock_guard<Mutex> lock(plan_.hoisted->mutex);
      check_kept();
      kept = plan_.hoisted->kept;
    }
    if (!kept || kept->weights.size() != plan_.hoisted_weights.size() || kept->numbers != plan_.hoisted_values)
      return false;
    for (size_t i = 0; i < kept->weights.size(); ++i) {
      const tg_tensor& was = *kept->weights[i];
      const tg_tensor* is = slots_[plan_.hoisted_weights[i]].tensor.get();
      if (!is || is->buffer.get() != was.buffer.get() || is->byte_offset != was.byte_offset || is->dtype != was.dtype ||
          !(is->dims == was.dims))
        return false;
    }
    for (size_t i = 0; i < kept->values.size(); ++i) slots_[plan_.hoisted_values[i]].set(kept->values[i]);
    return true;
  }

  void keep() {
    auto kept = std::make_shared<Hoisted::Kept>();
    kept->numbers = plan_.hoisted_values;
    for (int value : plan_.hoisted_weights) {
      kept->weights.push_back(slots_[value].tensor);
      if (!kept->weights.back() || !kept->weights.back()->buffer) return;
    }
    for (int value : plan_.hoisted_values) {
      kept->values.push_back(slots_[value].tensor);
      if (!kept->values.back()) return;
    }
    std::lock_guard<Mutex> lock(plan_.hoisted->mutex);
    check_kept();
    plan_.hoisted->kept = std::move(kept);
  }

  // Runs one; places are its slots. Returns those of the next one.
  Slot** step(const Instruction& instruction, Slot** places) {
    const Node& node = *instruction.node;
    Slot** outputs = places + node.inputs.size();
    if (instruction.kind == Instruction::kDynamic) {
      run_primitive(*node.op, *node.attrs, places, node.inputs.size(), outputs, node.outputs.size(), instruction.dying);
    } else {
      for (int output : node.outputs) prepare(output);
      if (instruction.kind == Instruction::kKernel) {
        KernelCall(*node.op, *node.attrs, places, node.inputs.size(), outputs, node.outputs.size(), instruction.dying)
            .run();
      } else {
        // Most often the memory is shared already.
        const Slot& view = *outputs[0];
        if (!view.data && !(view.tensor && view.tensor->resource))
          run_primitive(*node.op, *node.attrs, places, node.inputs.size(), outputs, node.outputs.size());
      }
    }
    for (int value : instruction.release) slots_[value].tensor = nullptr;
    return outputs + node.outputs.size();
  }

  // Takes images through the instructions of a chain, a few at a time. Returns the places of the next instruction.
  Slot** run_chain(const ImageChain& chain, Slot** places) {
    for (int output : chain.outputs) prepare(output);
    // Whoever watches wants to see each kernel once.
    const bool watched = watching.load(std::memory_order_relaxed) != 0;
    struct Job {
      Run* run;
      const ImageChain& chain;
      Slot** places;
      int64_t at_a_time;
      Mutex mutex;
      std::exception_ptr error;
    } job{this, chain, places, watched ? chain.images : chain.images_at_a_time(num_threads()), {}, nullptr};
    const auto part = [](void* arg, int64_t index) {
      Job& job = *static_cast<Job*>(arg);
      try {
        const int64_t first = index * job.at_a_time;
        job.run->run_images(job.chain, job.places, first, std::min(job.at_a_time, job.chain.images - first));
      } catch (...) {
        std::lock_guard<Mutex> lock(job.mutex);
        if (!job.error) job.error = std::current_exception();
      }
    };
    const int64_t parts = (chain.images + job.at_a_time - 1) / job.at_a_time;
    if (parts == 1) part(&job, 0);
    else parallel_for(parts, part, &job);
    if (job.error) std::rethrow_exception(job.error);
    for (size_t i = chain.begin; i < chain.end; ++i) {
      const Instruction& instruction = plan_.instructions[i];
      for (int value : instruction.release) slots_[value].tensor = nullptr;
      places += instruction.node->inputs.size() + instruction.node->outputs.size();
    }
    return places;
  }

  void run_images(const ImageChain& chain, Slot** places, int64_t first, int64_t count) {
    const Ref<Buffer> between = chain.bytes ? make_ref<Buffer>(chain.bytes * static_cast<size_t>(count)) : nullptr;
    const auto images_of = [&](int number, Slot* slot) {
      const PlannedValue& planned = plan_.values[number];
      slot->dtype = planned.type.dtype;
      slot->dims = planned.type.dims;
      slot->dims[0] = count;
      if (planned.place == Place::kChain) {
        slot->data = static_cast<char*>(between->data()) + planned.offset * static_cast<size_t>(count);
      } else {
        const size_t bytes = dense_bytes(planned.type.dtype, planned.type.dims.num_elements() / chain.images);
        slot->data = slots_[number].data + bytes * static_cast<size_t>(first);
      }
    };
    for (size_t i = chain.begin; i < chain.end; ++i) {
      const Node& node = *plan_.instructions[i].node;
      const size_t inputs = node.inputs.size();
      SmallVector<Slot, 8> own(inputs + 1);
      SmallVector<Slot*, 8> slots(inputs + 1);
      for (size_t k = 0; k <= inputs; ++k) {
        const bool sliced = k == inputs || reads_images(node, k);
        slots[k] = sliced ? &own[k] : places[k];
        if (sliced) images_of(k == inputs ? node.outputs[0] : node.inputs[k], &own[k]);
      }
      KernelCall(*node.op, *node.attrs, slots.data(), inputs, slots.data() + inputs, 1).run();
      places += inputs + 1;
    }
  }

  void prepare(int value) {
    const PlannedValue& planned = plan_.values[value];
    Slot& slot = slots_[value];
    slot.dtype = planned.type.dtype;
    slot.dims = planned.type.dims;
    if (slot.tensor) slot.tensor = nullptr;
    slot.data = nullptr;
    if (planned.place == Place::kArena) {
      slot.data = static_cast<char*>(arena_->data()) + planned.offset;
    } else if (planned.place == Place::kAlias) {
      const Slot& base = slots_[planned.base];
      slot.data = base.data;
      if (base.tensor)
        slot.tensor = base.tensor->resource ? base.tensor : new_view(base.tensor.get(), planned.type.dims);
    }
  }

  // A result is a tensor that the caller owns alone as far as identity goes.
  TensorRef result(size_t index) {
    Slot& slot = slots_[graph_.outputs[index]];
    if (!slot.tensor) throw internal_error("a result has no tensor");
    if (slot.tensor->resource) return slot.tensor;
    if (plan_.handed_over[index] && slot.tensor->unique() && slot.tensor->dims == slot.dims)
      return std::move(slot.tensor);
    return new_view(slot.tensor.get(), slot.dims);
  }

  const tg_graph& graph_;
  const Plan& plan_;
  std::vector<Slot> slots_;
  std::vector<Slot*> places_;  // of each instruction in turn: inputs, outputs
  Ref<Buffer> arena_;
};

// A larger arena goes back to the allocator after each run.
constexpr size_t kKeptArena = 256 * 1024;

}  // namespace

std::vector<TensorRef> run_plan(const tg_graph& graph, const Plan& plan, const std::vector<TensorRef>& inputs) {
  std::unique_ptr<Run> run(static_cast<Run*>(plan.spare.exchange(nullptr, std::memory_order_acq_rel)));
  if (!run) run = std::make_unique<Run>(graph, plan);
  for (size_t i = 0; i < inputs.size(); ++i) run->slot(i).set(inputs[i]);
  std::vector<TensorRef> results;
  run->go(&results);
  run->forget(inputs.size());
  if (plan.arena_bytes > kKeptArena) run->forget_arena();
  SpareRun* none = nullptr;
  if (plan.spare.compare_exchange_strong(none, run.get(), std::memory_order_acq_rel)) run.release();
  return results;
}

struct PlanRun::State {
  State(const tg_graph& graph, std::shared_ptr<const Plan> plan) : plan(std::move(plan)), run(graph, *this->plan) {}
  std::shared_ptr<const Plan> plan;
  Run run;
};

PlanRun::PlanRun(const tg_graph& graph, std::shared_ptr<const Plan> plan)
    : state_(std::make_unique<State>(graph, std::move(plan))) {}
PlanRun::~PlanRun() = default;

void PlanRun::bind(size_t input, TensorRef value) {
  Slot& slot = state_->run.slot(input);
  slot.dtype = value->dtype;
  slot.dims = value->dims;
  slot.data = value->data();
  slot.tensor = std::move(value);
}

void PlanRun::go(size_t keep, std::vector<TensorRef>* results) {
  state_->run.go(results);
  state_->run.forget(keep);
}

bool PlanRun::fits(const std::vector<TensorRef>& inputs, size_t count) const {
  for (size_t i = 0; i < count; ++i)
    if (inputs[i]->dims != state_->plan->values[i].type.dims) return false;
  return true;
}

}  // namespace tg
