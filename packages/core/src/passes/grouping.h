// For passes that join nodes into groups which run as one: who is in which group, which may be joined, and the graph after.
#ifndef TENSEGRA_PASSES_GROUPING_H_
#define TENSEGRA_PASSES_GROUPING_H_

#include <functional>
#include <vector>

#include "graph/graph.h"

namespace tg {

// Every size is a number or a symbol: equal dims are equal shapes.
bool fully_known(const Dims& dims);

class Grouping {
 public:
  using Members = std::vector<int>;  // nodes in order

  explicit Grouping(tg_graph* graph);

  // -1: none.
  int group_of(int node) const { return group_of_[node]; }
  const Members& members(int group) const { return groups_[group]; }
  int num_groups() const { return static_cast<int>(groups_.size()); }
  void begin(int node);
  // Its nodes are in no group any more.
  void dissolve(int group);
  // Makes one group of two, unless `fits` refuses or a way would lead out of the group and back into it.
  void join(int into, int from, const std::function<bool(const Members&)>& fits);
  // The values that a group takes from outside, and those that somebody outside needs.
  void describe(const Members& members, std::vector<int>* inputs, std::vector<int>* outputs) const;
  // Puts what `make` gives in the place of each group of several nodes. The order of effects stays.
  void rewrite(const std::function<Node(const Members&)>& make);

 private:
  void order_effects();
  bool leaves_and_returns(const Members& members, int one, int other) const;

  tg_graph& graph_;
  std::vector<bool> is_result_;
  std::vector<std::vector<int>> readers_;    // of each value
  std::vector<std::vector<int>> followers_;  // of each node: what has to come later
  std::vector<int> group_of_;
  std::vector<Members> groups_;
};

}  // namespace tg

#endif  // TENSEGRA_PASSES_GROUPING_H_
