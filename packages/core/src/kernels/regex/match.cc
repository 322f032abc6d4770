// Runs the automaton: one pass over the text, all threads side by side, in order of preference.
#include "kernels/regex/regex.h"
#include "kernels/unicode.h"

namespace tg::kernels {
namespace {

bool is_word(int32_t rune) {
  return (rune >= '0' && rune <= '9') || (rune >= 'A' && rune <= 'Z') || (rune >= 'a' && rune <= 'z') || rune == '_';
}

bool contains(const std::vector<RuneRange>& ranges, int32_t rune) {
  size_t low = 0, high = ranges.size();
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (rune > ranges[middle].high) low = middle + 1;
    else if (rune < ranges[middle].low) high = middle;
    else return true;
  }
  return false;
}

// The threads that wait at one place of the text, each instruction once.
struct Threads {
  std::vector<int32_t> order;    // instructions, preferred ones first
  std::vector<int32_t> mark;     // by instruction: in which generation it was added
  std::vector<int64_t> places;   // by instruction: the captures
  int32_t generation = 0;

  Threads(size_t instructions, size_t slots) : mark(instructions, -1), places(instructions * slots) {}
  void clear() {
    order.clear();
    ++generation;
  }
};

}  // namespace

bool Regex::run(std::string_view text, size_t from, bool anchored, bool to_end, std::vector<int64_t>* places) const {
  const size_t slots = places ? static_cast<size_t>(2 * (groups_ + 1)) : 0;
  Threads current(program_.size(), slots), next(program_.size(), slots);
  current.clear();
  std::vector<int64_t> captures(slots, -1), best;
  bool found = false;
  // What remains to be followed: an instruction, or (negative) a slot to be set back to a value.
  struct Todo {
    int32_t pc;
    int64_t value;
  };
  std::vector<Todo> stack;
  auto holds = [&](int32_t assertion, size_t at) {
    switch (assertion) {
      case kBeginText: return at == 0;
      case kEndText: return at == text.size();
      case kBeginLine: return at == 0 || text[at - 1] == '\n';
      case kEndLine: return at == text.size() || text[at] == '\n';
      default: {
        const bool before = at > 0 && is_word(static_cast<uint8_t>(text[at - 1]));
        const bool after = at < text.size() && is_word(static_cast<uint8_t>(text[at]));
        return (before != after) == (assertion == kWordBoundary);
      }
    }
  };
  auto add = [&](Threads* threads, int32_t start, size_t at) {
    stack.push_back({start, 0});
    while (!stack.empty()) {
      const Todo todo = stack.back();
      stack.pop_back();
      if (todo.pc < 0) {
        captures[static_cast<size_t>(-todo.pc - 1)] = todo.value;
        continue;
      }
      const size_t pc = static_cast<size_t>(todo.pc);
      if (threads->mark[pc] == threads->generation) continue;
      threads->mark[pc] = threads->generation;
      const Instruction& instruction = program_[pc];
      switch (instruction.op) {
        case Op::kJump:
          stack.push_back({instruction.x, 0});
          break;
        case Op::kSplit:
          stack.push_back({instruction.y, 0});
          stack.push_back({instruction.x, 0});
          break;
        case Op::kSave:
          if (static_cast<size_t>(instruction.x) < slots) {
            stack.push_back({-instruction.x - 1, captures[static_cast<size_t>(instruction.x)]});
            captures[static_cast<size_t>(instruction.x)] = static_cast<int64_t>(at);
          }
          stack.push_back({todo.pc + 1, 0});
          break;
        case Op::kAssert:
          if (holds(instruction.x, at)) stack.push_back({todo.pc + 1, 0});
          break;
        default:
          threads->order.push_back(todo.pc);
          for (size_t k = 0; k < slots; ++k) threads->places[pc * slots + k] = captures[k];
      }
    }
  };
  // The saves of a path are undone in the order in which they were made, since the stack is; the next path begins clean.
  for (size_t at = from;;) {
    if (!found && (!anchored || at == from)) {
      for (int64_t& place : captures) place = -1;
      add(&current, 0, at);
    }
    if (current.order.empty() && (found || anchored)) break;
    int32_t rune = -1;
    const size_t size = at < text.size() ? decode_utf8(text.data() + at, text.size() - at, &rune) : 0;
    next.clear();
    for (size_t i = 0; i < current.order.size(); ++i) {
      const size_t pc = static_cast<size_t>(current.order[i]);
      const Instruction& instruction = program_[pc];
      if (instruction.op == Op::kMatch) {
        if (to_end && at != text.size()) continue;
        found = true;
        best.assign(current.places.begin() + static_cast<int64_t>(pc * slots),
                    current.places.begin() + static_cast<int64_t>((pc + 1) * slots));
        break;  // threads of less preference are cut off
      }
      if (at >= text.size()) continue;
      if (rune < 0 || !contains(classes_[static_cast<size_t>(instruction.x)], rune)) continue;
      for (size_t k = 0; k < slots; ++k) captures[k] = current.places[pc * slots + k];
      add(&next, static_cast<int32_t>(pc) + 1, at + size);
    }
    if (at >= text.size()) break;
    at += size;
    std::swap(current, next);
    if (current.order.empty() && (found || anchored)) break;
  }
  if (found && places) *places = best;
  return found;
}

bool Regex::full_match(std::string_view text) const { return run(text, 0, true, true, nullptr); }

bool Regex::search(std::string_view text, size_t from, std::vector<int64_t>* places) const {
  return run(text, from, false, false, places);
}

std::string Regex::check_rewrite(std::string_view rewrite) const {
  for (size_t i = 0; i < rewrite.size(); ++i) {
    if (rewrite[i] != '\\') continue;
    if (++i == rewrite.size()) return "it ends with a single backslash";
    const char c = rewrite[i];
    if (c == '\\') continue;
    if (c < '0' || c > '9') return std::string("a backslash stands before '") + c + "', not a digit or a backslash";
    if (c - '0' > groups_)
      return "it names group " + std::string(1, c) + " of " + std::to_string(groups_);
  }
  return "";
}

void Regex::replace(std::string_view text, std::string_view rewrite, bool global, std::string* out) const {
  std::vector<int64_t> places;
  size_t copied = 0, from = 0;
  int64_t last_end = -1;
  while (from <= text.size() && search(text, from, &places)) {
    const size_t begin = static_cast<size_t>(places[0]), end = static_cast<size_t>(places[1]);
    if (begin == end && places[0] == last_end) {
      // An empty match right behind a match is none: go one character further.
      if (from >= text.size()) break;
      int32_t rune = -1;
      from = begin + (begin < text.size() ? decode_utf8(text.data() + begin, text.size() - begin, &rune) : 1);
      last_end = -1;
      continue;
    }
    out->append(text, copied, begin - copied);
    for (size_t i = 0; i < rewrite.size(); ++i) {
      if (rewrite[i] != '\\' || i + 1 == rewrite.size()) {
        out->push_back(rewrite[i]);
        continue;
      }
      const char c = rewrite[++i];
      if (c < '0' || c > '9') {
        out->push_back(c);
        continue;
      }
      const size_t group = static_cast<size_t>(c - '0');
      if (2 * group + 1 < places.size() && places[2 * group] >= 0)
        out->append(text, static_cast<size_t>(places[2 * group]),
                    static_cast<size_t>(places[2 * group + 1] - places[2 * group]));
    }
    copied = end;
    from = end;
    last_end = places[1];
    if (!global) break;
  }
  out->append(text, copied, text.size() - copied);
}

}  // namespace tg::kernels
