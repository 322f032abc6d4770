#include "passes/grouping.h"

#include <algorithm>
#include <queue>
#include <utility>

namespace tg {

bool fully_known(const Dims& dims) {
  if (!dims.known_rank()) return false;
  for (int64_t size : dims)
    if (size == TG_DIM_UNKNOWN) return false;
  return true;
}

Grouping::Grouping(tg_graph* graph)
    : graph_(*graph),
      is_result_(graph->values.size()),
      readers_(graph->values.size()),
      followers_(graph->nodes.size()),
      group_of_(graph->nodes.size(), -1) {
  const size_t count = graph_.nodes.size();
  for (size_t i = 0; i < count; ++i)
    for (int input : graph_.nodes[i].inputs) readers_[input].push_back(static_cast<int>(i));
  for (int output : graph_.outputs) is_result_[output] = true;
  order_effects();
  for (size_t i = 0; i < count; ++i)
    for (int output : graph_.nodes[i].outputs)
      for (int reader : readers_[output]) followers_[i].push_back(reader);
}

void Grouping::begin(int node) {
  group_of_[node] = static_cast<int>(groups_.size());
  groups_.push_back({node});
}

void Grouping::dissolve(int group) {
  for (int node : groups_[group]) group_of_[node] = -1;
  groups_[group].clear();
}

void Grouping::join(int into, int from, const std::function<bool(const Members&)>& fits) {
  Members members = groups_[into];
  members.insert(members.end(), groups_[from].begin(), groups_[from].end());
  std::sort(members.begin(), members.end());
  if (!fits(members) || leaves_and_returns(members, into, from)) return;
  for (int node : groups_[from]) group_of_[node] = into;
  groups_[into] = std::move(members);
  groups_[from].clear();
}

// Who changes state comes after all who read it before, and before all who read it later.
void Grouping::order_effects() {
  int writer = -1;
  std::vector<int> since;
  for (size_t i = 0; i < graph_.nodes.size(); ++i) {
    const int effects = effects_of(*graph_.nodes[i].op, *graph_.nodes[i].attrs);
    if (effects == TG_EFFECT_NONE) continue;
    if (writer >= 0) followers_[writer].push_back(static_cast<int>(i));
    if (effects == TG_EFFECT_READS) {
      since.push_back(static_cast<int>(i));
      continue;
    }
    for (int reader : since) followers_[reader].push_back(static_cast<int>(i));
    since.clear();
    writer = static_cast<int>(i);
  }
}

void Grouping::describe(const Members& members, std::vector<int>* inputs, std::vector<int>* outputs) const {
  auto inside = [&](int node) { return std::binary_search(members.begin(), members.end(), node); };
  for (int node : members) {
    for (int input : graph_.nodes[node].inputs) {
      const int maker = graph_.values[input].node;
      if (maker >= 0 && inside(maker)) continue;
      if (std::find(inputs->begin(), inputs->end(), input) == inputs->end()) inputs->push_back(input);
    }
    const int output = graph_.nodes[node].outputs[0];
    bool needed = is_result_[output];
    for (int reader : readers_[output]) needed = needed || !inside(reader);
    if (needed) outputs->push_back(output);
  }
}

// Whether a way leads out of the group and back into it, through nodes and other groups.
bool Grouping::leaves_and_returns(const Members& members, int one, int other) const {
  std::vector<bool> seen(graph_.nodes.size(), false);
  std::vector<int> open;
  auto inside = [&](int node) { return group_of_[node] >= 0 && (group_of_[node] == one || group_of_[node] == other); };
  bool returns = false;
  auto visit = [&](int node, bool from_inside) {
    if (inside(node)) {
      returns = returns || !from_inside;
      return;
    }
    if (seen[node]) return;
    if (group_of_[node] < 0) {
      seen[node] = true;
      open.push_back(node);
      return;
    }
    for (int member : groups_[group_of_[node]])
      if (!seen[member]) {
        seen[member] = true;
        open.push_back(member);
      }
  };
  for (int node : members)
    for (int next : followers_[node]) visit(next, true);
  while (!open.empty() && !returns) {
    const int node = open.back();
    open.pop_back();
    for (int next : followers_[node]) visit(next, false);
  }
  return returns;
}

void Grouping::rewrite(const std::function<Node(const Members&)>& make) {
  // What nobody reads is not worth a group, which would have no results.
  for (int group = 0; group < num_groups(); ++group) {
    std::vector<int> inputs, outputs;
    describe(groups_[group], &inputs, &outputs);
    if (outputs.empty()) dissolve(group);
  }
  const int count = static_cast<int>(graph_.nodes.size());
  // A unit is a group or a node; it comes where its last node was, or later where it waits for another unit.
  std::vector<int> unit_of(count, -1);
  std::vector<std::vector<int>> units;
  bool any = false;
  for (int i = 0; i < count; ++i) {
    if (unit_of[i] >= 0) continue;
    const int unit = static_cast<int>(units.size());
    units.push_back({});
    if (group_of_[i] < 0) units.back() = {i};
    else units.back() = groups_[group_of_[i]];
    for (int member : units.back()) unit_of[member] = unit;
    any = any || units.back().size() > 1;
  }
  if (!any) return;
  std::vector<int> waits(units.size(), 0);
  std::vector<std::vector<int>> next(units.size());
  for (int i = 0; i < count; ++i)
    for (int follower : followers_[i]) {
      if (unit_of[follower] == unit_of[i]) continue;
      next[unit_of[i]].push_back(unit_of[follower]);
      ++waits[unit_of[follower]];
    }
  using Ready = std::pair<int, int>;  // the number of the last node, the unit
  std::priority_queue<Ready, std::vector<Ready>, std::greater<Ready>> ready;
  for (size_t u = 0; u < units.size(); ++u)
    if (waits[u] == 0) ready.push({units[u].back(), static_cast<int>(u)});
  std::vector<Node> ordered;
  while (!ready.empty()) {
    const int unit = ready.top().second;
    ready.pop();
    ordered.push_back(units[unit].size() == 1 ? std::move(graph_.nodes[units[unit][0]]) : make(units[unit]));
    for (int follower : next[unit])
      if (--waits[follower] == 0) ready.push({units[follower].back(), follower});
  }
  graph_.nodes = std::move(ordered);
  graph_.renumber();
}

}  // namespace tg
