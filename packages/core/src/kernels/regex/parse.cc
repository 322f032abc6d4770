// From a pattern to a program: a parser of RE2's syntax, and a compiler to the instructions that `match.cc` runs.
#include <memory>

#include "kernels/regex/regex.h"
#include "kernels/unicode.h"

namespace tg::kernels {
namespace {

constexpr int32_t kLastRune = 0x10FFFF;
constexpr int kMostRepeats = 1000;     // as in RE2
constexpr size_t kMostInstructions = 100000;
constexpr int kMostDepth = 500;

using Ranges = std::vector<RuneRange>;

struct Node {
  enum Kind { kEmpty, kClass, kAssert, kSequence, kChoice, kRepeat, kGroup } kind = kEmpty;
  Ranges ranges;
  int32_t value = 0;  // kAssert: which; kGroup: number, 0: it does not capture
  int low = 0, high = 0;  // kRepeat; high -1: no end
  bool greedy = true;
  std::vector<std::unique_ptr<Node>> parts;
};
using NodePtr = std::unique_ptr<Node>;

NodePtr make(Node::Kind kind) {
  NodePtr node = std::make_unique<Node>();
  node->kind = kind;
  return node;
}

// Sorted, without overlap.
Ranges tidy(Ranges ranges) {
  for (size_t i = 1; i < ranges.size(); ++i)
    for (size_t k = i; k > 0 && ranges[k].low < ranges[k - 1].low; --k) std::swap(ranges[k], ranges[k - 1]);
  Ranges out;
  for (const RuneRange& range : ranges) {
    if (!out.empty() && range.low <= out.back().high + 1) {
      if (range.high > out.back().high) out.back().high = range.high;
    } else {
      out.push_back(range);
    }
  }
  return out;
}

Ranges inverted(const Ranges& ranges) {
  Ranges out;
  int32_t next = 0;
  for (const RuneRange& range : tidy(ranges)) {
    if (range.low > next) out.push_back({next, range.low - 1});
    next = range.high + 1;
  }
  if (next <= kLastRune) out.push_back({next, kLastRune});
  return out;
}

// With the other cases of its letters.
Ranges folded(const Ranges& ranges) {
  Ranges out = ranges;
  for (const RuneRange& range : ranges) {
    // All scripts with cases lie below; ranges that hold them all need no more.
    const int32_t last = range.high < 0x1E943 ? range.high : 0x1E943;
    for (int32_t rune = range.low; rune <= last; ++rune) {
      const int32_t lower = lower_rune(rune), upper = upper_rune(rune);
      if (lower != rune) out.push_back({lower, lower});
      if (upper != rune) out.push_back({upper, upper});
    }
    if (range.low <= 'k' && range.high >= 'k') out.push_back({0x212A, 0x212A});  // the sign of kelvin
    if (range.low <= 'K' && range.high >= 'K') out.push_back({0x212A, 0x212A});
    if (range.low <= 's' && range.high >= 's') out.push_back({0x17F, 0x17F});  // the long s
    if (range.low <= 'S' && range.high >= 'S') out.push_back({0x17F, 0x17F});
  }
  return tidy(out);
}

const Ranges kDigit = {{'0', '9'}};
const Ranges kSpace = {{'\t', '\n'}, {'\f', '\r'}, {' ', ' '}};
const Ranges kWord = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};

struct NamedClass {
  const char* name;
  Ranges ranges;
};
const NamedClass kPosix[] = {
    {"alnum", {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}},
    {"alpha", {{'A', 'Z'}, {'a', 'z'}}},
    {"ascii", {{0, 0x7F}}},
    {"blank", {{'\t', '\t'}, {' ', ' '}}},
    {"cntrl", {{0, 0x1F}, {0x7F, 0x7F}}},
    {"digit", {{'0', '9'}}},
    {"graph", {{'!', '~'}}},
    {"lower", {{'a', 'z'}}},
    {"print", {{' ', '~'}}},
    {"punct", {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}},
    {"space", {{'\t', '\r'}, {' ', ' '}}},
    {"upper", {{'A', 'Z'}}},
    {"word", {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}},
    {"xdigit", {{'0', '9'}, {'A', 'F'}, {'a', 'f'}}},
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  NodePtr parse() {
    NodePtr node = choice(0);
    if (error_.empty() && at_ < text_.size()) fail("unexpected ')'");
    return node;
  }
  const std::string& error() const { return error_; }
  int groups() const { return groups_; }

 private:
  struct Flags {
    bool fold = false, lines = false, dot_newline = false, swapped = false;
  };

  void fail(const std::string& what) {
    if (error_.empty()) error_ = what;
    at_ = text_.size();
  }
  bool more() const { return at_ < text_.size(); }
  bool accept(std::string_view what) {
    if (text_.substr(at_, what.size()) != what) return false;
    at_ += what.size();
    return true;
  }

  NodePtr choice(int depth) {
    if (depth > kMostDepth) {
      fail("groups are nested too deeply");
      return make(Node::kEmpty);
    }
    NodePtr node = make(Node::kChoice);
    const Flags outside = flags_;
    do {
      node->parts.push_back(sequence(depth));
    } while (accept("|"));
    flags_ = outside;
    return node->parts.size() == 1 ? std::move(node->parts[0]) : std::move(node);
  }

  NodePtr sequence(int depth) {
    NodePtr node = make(Node::kSequence);
    while (more() && text_[at_] != '|' && text_[at_] != ')') {
      if (accept("\\Q")) {
        while (more() && !accept("\\E")) node->parts.push_back(literal(take_rune()));
        continue;
      }
      NodePtr part = atom(depth);
      if (!error_.empty()) break;
      if (part) node->parts.push_back(repeated(std::move(part)));
    }
    return node;
  }

  NodePtr repeated(NodePtr part) {
    bool before = false;
    while (more()) {
      const size_t start = at_;
      int low, high;
      if (accept("*")) low = 0, high = -1;
      else if (accept("+")) low = 1, high = -1;
      else if (accept("?")) low = 0, high = 1;
      else if (text_[at_] == '{' && counts(&low, &high)) {}
      else break;
      if (before) {
        fail("bad repetition operator: '" + std::string(text_.substr(start, 2)) + "'");
        break;
      }
      if (low > kMostRepeats || high > kMostRepeats || (high >= 0 && low > high)) {
        fail("bad repetition counts");
        break;
      }
      NodePtr node = make(Node::kRepeat);
      node->low = low;
      node->high = high;
      node->greedy = accept("?") == flags_.swapped;
      node->parts.push_back(std::move(part));
      part = std::move(node);
      before = true;
    }
    return part;
  }

  // {n} {n,} {n,m}; what is none of them is literal.
  bool counts(int* low, int* high) {
    size_t i = at_ + 1;
    auto number = [&](int* out) {
      const size_t start = i;
      int64_t value = 0;
      for (; i < text_.size() && text_[i] >= '0' && text_[i] <= '9'; ++i)
        if (value <= kMostRepeats) value = value * 10 + (text_[i] - '0');
      *out = static_cast<int>(value);
      return i > start;
    };
    if (!number(low)) return false;
    *high = *low;
    if (i < text_.size() && text_[i] == ',') {
      ++i;
      if (i < text_.size() && text_[i] == '}') *high = -1;
      else if (!number(high)) return false;
    }
    if (i >= text_.size() || text_[i] != '}') return false;
    at_ = i + 1;
    return true;
  }

  int32_t take_rune() {
    int32_t rune = -1;
    if (!more()) return -1;
    at_ += decode_utf8(text_.data() + at_, text_.size() - at_, &rune);
    if (rune < 0) fail("the pattern is not UTF-8");
    return rune;
  }

  NodePtr of_class(Ranges ranges) {
    NodePtr node = make(Node::kClass);
    node->ranges = tidy(std::move(ranges));
    return node;
  }
  NodePtr literal(int32_t rune) {
    Ranges ranges = {{rune, rune}};
    return of_class(flags_.fold ? folded(ranges) : ranges);
  }
  NodePtr assertion(int32_t which) {
    NodePtr node = make(Node::kAssert);
    node->value = which;
    return node;
  }

  // A null result: flags that hold from here on.
  NodePtr atom(int depth) {
    const char c = text_[at_];
    switch (c) {
      case '(':
        return group(depth);
      case '[':
        return bracket();
      case '.':
        ++at_;
        return of_class(flags_.dot_newline ? Ranges{{0, kLastRune}} : Ranges{{0, '\n' - 1}, {'\n' + 1, kLastRune}});
      case '^':
        ++at_;
        return assertion(flags_.lines ? Regex::kBeginLine : Regex::kBeginText);
      case '$':
        ++at_;
        return assertion(flags_.lines ? Regex::kEndLine : Regex::kEndText);
      case '*':
      case '+':
      case '?':
        fail(std::string("no argument for repetition operator: '") + c + "'");
        return nullptr;
      case '\\':
        return escape();
      default: {
        const int32_t rune = take_rune();
        return rune < 0 ? nullptr : literal(rune);
      }
    }
  }

  NodePtr group(int depth) {
    ++at_;
    const Flags outside = flags_;
    NodePtr node = make(Node::kGroup);
    if (accept("?")) {
      if (accept("P<") || (more() && text_[at_] == '<' && at_ + 1 < text_.size() && text_[at_ + 1] != '=' &&
                           text_[at_ + 1] != '!' && accept("<"))) {
        const size_t start = at_;
        while (more() && (isalnum_ascii(text_[at_]) || text_[at_] == '_')) ++at_;
        const std::string name(text_.substr(start, at_ - start));
        if (name.empty() || !accept(">")) {
          fail("invalid named capture group");
          return node;
        }
        for (const std::string& other : names_)
          if (other == name) fail("two capture groups have the name '" + name + "'");
        names_.push_back(name);
        node->value = ++groups_;
      } else {
        bool on = true, any = false;
        while (more() && text_[at_] != ')' && text_[at_] != ':') {
          const char flag = text_[at_++];
          any = true;
          if (flag == 'i') flags_.fold = on;
          else if (flag == 'm') flags_.lines = on;
          else if (flag == 's') flags_.dot_newline = on;
          else if (flag == 'U') flags_.swapped = on;
          else if (flag == '-' && on) on = false, any = false;
          else {
            fail(flag == '=' || flag == '!' || flag == '<'
                     ? "look-around cannot be matched in linear time"
                     : std::string("invalid or unsupported group flag '") + flag + "'");
            return node;
          }
        }
        if (!on && !any) fail("a '-' stands before no flag");
        if (accept(")")) return nullptr;
        if (!accept(":")) fail("missing ')'");
      }
    } else {
      node->value = ++groups_;
    }
    NodePtr inside = choice(depth + 1);
    if (!accept(")")) fail("missing ')'");
    flags_ = outside;
    node->parts.push_back(std::move(inside));
    return node;
  }

  static bool isalnum_ascii(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }

  static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  }

  // Behind a backslash: \d and the like. False: it is none of them.
  bool perl_class(char c, Ranges* out) {
    Ranges ranges;
    switch (c | 0x20) {
      case 'd': ranges = kDigit; break;
      case 's': ranges = kSpace; break;
      case 'w': ranges = kWord; break;
      default: return false;
    }
    // Classes hold with the other cases of their letters where case is ignored.
    if (flags_.fold && (c | 0x20) == 'w') ranges = folded(ranges);
    if (c >= 'A' && c <= 'Z') ranges = inverted(ranges);
    out->insert(out->end(), ranges.begin(), ranges.end());
    return true;
  }

  // Behind a backslash: one character. -1: an error was set.
  int32_t escaped_rune() {
    if (!more()) {
      fail("trailing '\\'");
      return -1;
    }
    const char c = text_[at_];
    if (c >= '1' && c <= '7' && (at_ + 1 >= text_.size() || text_[at_ + 1] < '0' || text_[at_ + 1] > '7')) {
      fail(std::string("backreferences cannot be matched in linear time: '\\") + c + "'");
      return -1;
    }
    if (c >= '0' && c <= '7') {
      int32_t value = 0;
      for (int i = 0; i < 3 && more() && text_[at_] >= '0' && text_[at_] <= '7'; ++i)
        value = value * 8 + (text_[at_++] - '0');
      return value;
    }
    if (c == 'x') {
      ++at_;
      int64_t value = 0;
      if (accept("{")) {
        int digits = 0;
        for (; more() && hex_digit(text_[at_]) >= 0; ++at_, ++digits)
          if (value <= kLastRune) value = value * 16 + hex_digit(text_[at_]);
        if (digits == 0 || !accept("}") || value > kLastRune) {
          fail("invalid escape sequence: '\\x{'");
          return -1;
        }
        return static_cast<int32_t>(value);
      }
      for (int i = 0; i < 2; ++i) {
        if (!more() || hex_digit(text_[at_]) < 0) {
          fail("invalid escape sequence: '\\x'");
          return -1;
        }
        value = value * 16 + hex_digit(text_[at_++]);
      }
      return static_cast<int32_t>(value);
    }
    static const char from[] = "aftnrv", to[] = "\a\f\t\n\r\v";
    for (int i = 0; i < 6; ++i)
      if (c == from[i]) return ++at_, to[i];
    if (static_cast<unsigned char>(c) < 0x80 && (isalnum_ascii(c))) {
      fail(c == 'p' || c == 'P' ? "Unicode classes by name are not supported: '\\" + std::string(1, c) + "'"
                                : "invalid escape sequence: '\\" + std::string(1, c) + "'");
      return -1;
    }
    return take_rune();
  }

  NodePtr escape() {
    ++at_;
    if (!more()) {
      fail("trailing '\\'");
      return nullptr;
    }
    const char c = text_[at_];
    Ranges ranges;
    if (perl_class(c, &ranges)) return ++at_, of_class(ranges);
    switch (c) {
      case 'A': return ++at_, assertion(Regex::kBeginText);
      case 'z': return ++at_, assertion(Regex::kEndText);
      case 'b': return ++at_, assertion(Regex::kWordBoundary);
      case 'B': return ++at_, assertion(Regex::kNotWordBoundary);
      case 'C':
        fail("single bytes cannot be matched: '\\C'");
        return nullptr;
      case 'E': return ++at_, make(Node::kEmpty);
      default: break;
    }
    const int32_t rune = escaped_rune();
    return rune < 0 ? nullptr : literal(rune);
  }

  // The name between "[:" and ":]".
  bool posix_class(Ranges* out) {
    const size_t end = text_.find(":]", at_ + 2);
    if (end == std::string_view::npos) return false;
    std::string_view name = text_.substr(at_ + 2, end - at_ - 2);
    const bool negated = !name.empty() && name[0] == '^';
    if (negated) name.remove_prefix(1);
    for (const NamedClass& known : kPosix) {
      if (name != known.name) continue;
      Ranges ranges = flags_.fold ? folded(known.ranges) : known.ranges;
      if (negated) ranges = inverted(ranges);
      out->insert(out->end(), ranges.begin(), ranges.end());
      at_ = end + 2;
      return true;
    }
    fail("invalid character class: '[:" + std::string(name) + ":]'");
    return true;
  }

  NodePtr bracket() {
    ++at_;
    const bool negated = accept("^");
    Ranges ranges;
    for (bool first = true;; first = false) {
      if (!more()) {
        fail("missing ']'");
        return nullptr;
      }
      if (text_[at_] == ']' && !first) break;
      if (text_.substr(at_, 2) == "[:" && posix_class(&ranges)) continue;
      if (text_[at_] == '\\' && at_ + 1 < text_.size() && perl_class(text_[at_ + 1], &ranges)) {
        at_ += 2;
        continue;
      }
      const int32_t low = bracket_rune();
      int32_t high = low;
      if (error_.empty() && at_ + 1 < text_.size() && text_[at_] == '-' && text_[at_ + 1] != ']') {
        ++at_;
        high = bracket_rune();
        if (error_.empty() && high < low) fail("invalid character class range");
      }
      if (!error_.empty()) return nullptr;
      Ranges range = {{low, high}};
      if (flags_.fold) range = folded(range);
      ranges.insert(ranges.end(), range.begin(), range.end());
    }
    ++at_;
    return of_class(negated ? inverted(ranges) : ranges);
  }

  int32_t bracket_rune() {
    if (accept("\\")) return escaped_rune();
    return take_rune();
  }

  std::string_view text_;
  size_t at_ = 0;
  Flags flags_;
  std::string error_;
  std::vector<std::string> names_;
  int groups_ = 0;
};

}  // namespace

class RegexCompiler {
 public:
  explicit RegexCompiler(Regex* regex) : regex_(regex) {}

  void compile(const Node& root) {
    save(0);
    add(root);
    save(1);
    emit(Regex::Op::kMatch);
    if (too_large_) regex_->error_ = "the pattern is too large";
  }

 private:
  int32_t here() const { return static_cast<int32_t>(regex_->program_.size()); }
  int32_t emit(Regex::Op op, int32_t x = 0, int32_t y = 0) {
    if (regex_->program_.size() >= kMostInstructions) {
      too_large_ = true;
      return 0;
    }
    Regex::Instruction instruction;
    instruction.op = op;
    instruction.x = x;
    instruction.y = y;
    regex_->program_.push_back(instruction);
    return here() - 1;
  }
  void save(int32_t slot) { emit(Regex::Op::kSave, slot); }
  // A choice between the next instruction and one to be named later.
  void set_split(int32_t at, int32_t next, int32_t other, bool greedy) {
    regex_->program_[static_cast<size_t>(at)].x = greedy ? next : other;
    regex_->program_[static_cast<size_t>(at)].y = greedy ? other : next;
  }

  void add(const Node& node) {
    if (too_large_) return;
    switch (node.kind) {
      case Node::kEmpty:
        return;
      case Node::kClass:
        regex_->classes_.push_back(node.ranges);
        emit(Regex::Op::kRunes, static_cast<int32_t>(regex_->classes_.size()) - 1);
        return;
      case Node::kAssert:
        emit(Regex::Op::kAssert, node.value);
        return;
      case Node::kSequence:
        for (const NodePtr& part : node.parts) add(*part);
        return;
      case Node::kGroup:
        if (node.value > 0) save(2 * node.value);
        add(*node.parts[0]);
        if (node.value > 0) save(2 * node.value + 1);
        return;
      case Node::kChoice: {
        std::vector<int32_t> ends;
        for (size_t i = 0; i < node.parts.size(); ++i) {
          const bool last = i + 1 == node.parts.size();
          const int32_t split = last ? 0 : emit(Regex::Op::kSplit);
          const int32_t start = here();
          add(*node.parts[i]);
          if (last || too_large_) break;
          ends.push_back(emit(Regex::Op::kJump));
          set_split(split, start, here(), true);
        }
        for (int32_t end : ends) regex_->program_[static_cast<size_t>(end)].x = here();
        return;
      }
      case Node::kRepeat:
        return repeat(node);
    }
  }

  void repeat(const Node& node) {
    const Node& part = *node.parts[0];
    for (int i = 0; i < node.low && !too_large_; ++i) {
      // The last of x+ loops back.
      if (node.high < 0 && i + 1 == node.low) {
        const int32_t start = here();
        add(part);
        const int32_t split = emit(Regex::Op::kSplit);
        set_split(split, start, here(), node.greedy);
        return;
      }
      add(part);
    }
    if (node.high < 0) {
      const int32_t split = emit(Regex::Op::kSplit);
      add(part);
      emit(Regex::Op::kJump, split);
      set_split(split, split + 1, here(), node.greedy);
      return;
    }
    std::vector<int32_t> splits;
    for (int i = node.low; i < node.high && !too_large_; ++i) {
      splits.push_back(emit(Regex::Op::kSplit));
      add(part);
    }
    for (int32_t split : splits) set_split(split, split + 1, here(), node.greedy);
  }

  Regex* regex_;
  bool too_large_ = false;
};

Regex::Regex(std::string_view pattern) {
  Parser parser(pattern);
  NodePtr root = parser.parse();
  error_ = parser.error();
  groups_ = parser.groups();
  if (error_.empty()) RegexCompiler(this).compile(*root);
}

}  // namespace tg::kernels
