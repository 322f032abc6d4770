#include "passes/pass.h"

#include <atomic>
#include <cstdlib>
#include <memory>

#include "base/status.h"
#include "graph/verify.h"

namespace tg {
namespace {

// Tests ask for the rules of a graph to be checked after every pass.
bool checks_after_each() {
  static const bool wanted = std::getenv("TENSEGRA_VERIFY_PASSES") != nullptr;
  return wanted;
}

void run_one(const Pass& pass, tg_graph* graph) {
  pass.run(graph);
  if (!checks_after_each()) return;
  try {
    verify(*graph);
  } catch (const Error& error) {
    throw Error(error.code(), error.error_code(), error.message() + ", after pass " + pass.name);
  }
}

std::atomic<uint64_t> generation{1};

std::string all_names() {
  std::string text;
  for (const Pass& pass : passes()) text += (text.empty() ? "" : ", ") + std::string(pass.name);
  return text;
}

class Switches {
 public:
  Switches() : on_(new std::atomic<bool>[passes().size()]) {
    for (size_t i = 0; i < passes().size(); ++i) on_[i] = true;
    const char* text = std::getenv("TENSEGRA_PASSES");
    if (text == nullptr) return;
    std::string word;
    for (const char* at = text;; ++at) {
      if (*at != ',' && *at != ' ' && *at != '\0') {
        word += *at;
        continue;
      }
      if (!word.empty()) apply(word);
      word.clear();
      if (*at == '\0') break;
    }
  }
  bool on(size_t index) const { return on_[index].load(std::memory_order_relaxed); }
  void set(const std::string& name, bool enabled) {
    bool found = false;
    for (size_t i = 0; i < passes().size(); ++i)
      if (name == "all" || name == passes()[i].name) {
        on_[i] = enabled;
        found = true;
      }
    if (!found)
      throw Error(TG_NOT_FOUND, "TG-0770",
                  "a pass must be one that there is. Received: " + name + ". There are: " + all_names());
  }

 private:
  void apply(const std::string& word) {
    bool off = word[0] == '-';
    try {
      set(word[0] == '-' || word[0] == '+' ? word.substr(1) : word, !off);
    } catch (const Error& error) {
      // A misspelt variable of the environment is no reason not to start.
      warn("TG-0770", "TENSEGRA_PASSES: " + error.message());
    }
  }
  std::unique_ptr<std::atomic<bool>[]> on_;
};

Switches& switches() {
  static Switches* instance = new Switches;
  return *instance;
}

}  // namespace

const std::vector<Pass>& passes() {
  static const std::vector<Pass> list = {
      {"simplify", "Replaces calls by cheaper ones with the same result.", PassClass::kExact, false, simplify},
      {"fold_constants", "Replaces what is known before running by constants.", PassClass::kExact, true, fold_constants},
      {"merge_common", "Merges nodes that compute the same thing.", PassClass::kExact, true, merge_common},
      {"drop_dead", "Drops nodes that nothing needs.", PassClass::kExact, true, drop_dead},
      {"fuse_patterns", "Recognizes softmax, its logarithm and layer normalization written with other ops.",
       PassClass::kReassociating, false, fuse_patterns},
      {"fold_batch_norm", "Makes a factor and a term for each channel of a normalization by given moments.",
       PassClass::kReassociating, false, fold_batch_norm},
      {"fuse_epilogues", "Lets products and convolutions take along factors, terms and activations that follow.",
       PassClass::kReassociating, false, fuse_epilogues},
      {"pack_weights", "Brings weights of products and convolutions into the order in which kernels read them.",
       PassClass::kReassociating, false, pack_weights},
      {"fuse_reductions", "Runs reductions over the last axes with the elementwise ops around them, row by row.",
       PassClass::kExact, false, fuse_reductions},
      {"fuse_elementwise", "Runs elementwise ops of one shape together, tile by tile.", PassClass::kExact, false,
       fuse_elementwise},
      {"recompute_elementwise", "Computes values of one elementwise group once more in another, rather than keep them.",
       PassClass::kExact, false, recompute_elementwise},
      {"hoist_weights", "Computes once what depends on weights alone, until one changes.", PassClass::kExact, false,
       hoist_weights},
  };
  return list;
}

bool pass_enabled(size_t index) { return switches().on(index); }

void set_pass(const std::string& name, bool enabled) {
  switches().set(name, enabled);
  generation.fetch_add(1);
}

uint64_t passes_generation() { return generation.load(std::memory_order_acquire); }

void run_passes(tg_graph* graph) {
  for (size_t i = 0; i < passes().size(); ++i)
    if (passes()[i].canonical && pass_enabled(i)) run_one(passes()[i], graph);
}

void run_execution_passes(tg_graph* graph) {
  for (size_t i = 0; i < passes().size(); ++i)
    if (pass_enabled(i)) run_one(passes()[i], graph);
}

void rebuild(tg_graph* graph, const std::vector<bool>& keep, std::vector<int> replacement) {
  auto follow = [&replacement](int value) {
    while (replacement[value] != value) value = replacement[value];
    return value;
  };
  std::vector<Node> kept;
  for (size_t i = 0; i < graph->nodes.size(); ++i) {
    if (!keep[i]) continue;
    for (int& input : graph->nodes[i].inputs) input = follow(input);
    kept.push_back(std::move(graph->nodes[i]));
  }
  graph->nodes = std::move(kept);
  for (int& output : graph->outputs) output = follow(output);
  graph->renumber();
}

}  // namespace tg
