// Regular expressions in RE2's syntax, matched in time linear in the text: an automaton is simulated, nothing backtracks
// (K. Thompson, "Regular expression search algorithm", 1968; R. Cox, "Regular expression matching: the virtual machine
// approach", 2009). Text is UTF-8; a byte that is none matches nothing.
//
// Not there, and refused: Unicode classes by name (\pN, \p{Greek}) and single bytes (\C); what no automaton can do: backreferences, look-around,
// possessive repetition.
#ifndef TENSEGRA_KERNELS_REGEX_REGEX_H_
#define TENSEGRA_KERNELS_REGEX_REGEX_H_

#include <stdint.h>

#include <string>
#include <string_view>
#include <vector>

namespace tg::kernels {

// A range of code points, both ends in it.
struct RuneRange {
  int32_t low, high;
};

class Regex {
 public:
  // Check error() before anything else.
  explicit Regex(std::string_view pattern);

  // Empty: the pattern is good. Else what is wrong with it.
  const std::string& error() const { return error_; }
  // The number of capturing groups.
  int groups() const { return groups_; }

  bool full_match(std::string_view text) const;
  // The leftmost match that begins at `from` or later. places: begin and end of the match and of each group, -1 where a
  // group took no part; 2 * (groups() + 1) of them.
  bool search(std::string_view text, size_t from, std::vector<int64_t>* places) const;

  // Checks that a rewrite names groups that there are; empty: it does, else what is wrong.
  std::string check_rewrite(std::string_view rewrite) const;
  // Appends the text with the first match, or all of them, replaced. \0 to \9 in the rewrite are the groups.
  void replace(std::string_view text, std::string_view rewrite, bool global, std::string* out) const;

  enum class Op : uint8_t { kRunes, kSplit, kJump, kSave, kAssert, kMatch };
  enum Assertion : int32_t { kBeginText, kEndText, kBeginLine, kEndLine, kWordBoundary, kNotWordBoundary };
  struct Instruction {
    Op op;
    int32_t x = 0;  // kSplit: tried first; kJump: to; kSave: slot; kAssert: which; kRunes: index of the class
    int32_t y = 0;  // kSplit: tried second
  };

 private:
  friend class RegexCompiler;
  bool run(std::string_view text, size_t from, bool anchored, bool to_end, std::vector<int64_t>* places) const;

  std::vector<Instruction> program_;
  std::vector<std::vector<RuneRange>> classes_;  // sorted
  std::string error_;
  int groups_ = 0;
};

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_REGEX_REGEX_H_
