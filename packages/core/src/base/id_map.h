// A hash table from tensor ids to small values, without an allocation until it holds more than a few.
#ifndef TENSEGRA_BASE_ID_MAP_H_
#define TENSEGRA_BASE_ID_MAP_H_

#include <cstdint>
#include <utility>

#include "base/small_vector.h"

namespace tg {

// Ids are positive. Open addressing; entries are never removed one by one.
template <class V>
class IdMap {
 public:
  V* find(int64_t id) {
    Entry* entry = place(id);
    return entry->id == id ? &entry->value : nullptr;
  }
  bool contains(int64_t id) const { return const_cast<IdMap*>(this)->find(id) != nullptr; }
  // The value of id, made where there is none; second: whether it is new.
  std::pair<V*, bool> insert(int64_t id) {
    Entry* entry = place(id);
    if (entry->id == id) return {&entry->value, false};
    if ((size_ + 1) * 2 > entries_.size()) {
      grow();
      entry = place(id);
    }
    entry->id = id;
    ++size_;
    return {&entry->value, true};
  }
  V& operator[](int64_t id) { return *insert(id).first; }
  void clear() {
    entries_ = Entries(kFirst);
    size_ = 0;
  }
  size_t size() const { return size_; }

 private:
  static constexpr size_t kFirst = 16;
  struct Entry {
    int64_t id = 0;
    V value{};
  };
  using Entries = SmallVector<Entry, kFirst>;

  Entry* place(int64_t id) {
    size_t mask = entries_.size() - 1;
    size_t at = static_cast<size_t>(static_cast<uint64_t>(id) * 0x9E3779B97F4A7C15u >> 32) & mask;
    while (entries_[at].id != 0 && entries_[at].id != id) at = (at + 1) & mask;
    return &entries_[at];
  }
  void grow() {
    Entries old = std::move(entries_);
    entries_ = Entries(old.size() * 2);
    for (Entry& entry : old) {
      if (entry.id == 0) continue;
      Entry* to = place(entry.id);
      to->id = entry.id;
      to->value = std::move(entry.value);
    }
  }

  Entries entries_{kFirst};
  size_t size_ = 0;
};

struct Nothing {};
using IdSet = IdMap<Nothing>;

}  // namespace tg

#endif  // TENSEGRA_BASE_ID_MAP_H_
