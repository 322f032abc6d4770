// Offsets in one block of memory for buffers with known lifetimes.
#ifndef TENSEGRA_RUNTIME_ARENA_H_
#define TENSEGRA_RUNTIME_ARENA_H_

#include <cstddef>
#include <map>

namespace tg {

// Hands out the smallest free range that fits; ranges that are given back merge with their neighbours.
class ArenaPlanner {
 public:
  static constexpr size_t kAlignment = 64;

  size_t take(size_t bytes) {
    bytes = rounded(bytes);
    auto best = free_.end();
    for (auto it = free_.begin(); it != free_.end(); ++it)
      if (it->second >= bytes && (best == free_.end() || it->second < best->second)) best = it;
    if (best != free_.end()) {
      size_t offset = best->first, rest = best->second - bytes;
      free_.erase(best);
      if (rest) free_[offset + bytes] = rest;
      return offset;
    }
    // Grow, beginning with a free range at the end.
    size_t offset = end_;
    if (!free_.empty()) {
      auto last = std::prev(free_.end());
      if (last->first + last->second == end_) {
        offset = last->first;
        free_.erase(last);
      }
    }
    end_ = offset + bytes;
    return offset;
  }

  void give(size_t offset, size_t bytes) {
    bytes = rounded(bytes);
    auto it = free_.emplace(offset, bytes).first;
    auto next = std::next(it);
    if (next != free_.end() && it->first + it->second == next->first) {
      it->second += next->second;
      free_.erase(next);
    }
    if (it != free_.begin()) {
      auto previous = std::prev(it);
      if (previous->first + previous->second == it->first) {
        previous->second += it->second;
        free_.erase(it);
      }
    }
  }

  size_t size() const { return end_; }

 private:
  static size_t rounded(size_t bytes) { return bytes == 0 ? kAlignment : (bytes + kAlignment - 1) / kAlignment * kAlignment; }
  std::map<size_t, size_t> free_;  // offset -> bytes
  size_t end_ = 0;
};

}  // namespace tg

#endif  // TENSEGRA_RUNTIME_ARENA_H_
