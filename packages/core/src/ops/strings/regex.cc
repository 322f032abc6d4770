// Regular expressions over strings.
#include <memory>
#include <mutex>
#include <new>

#include "kernels/regex/regex.h"
#include "ops/strings/strings.hpp"
#include "tensegra/mutex.hpp"

namespace tg {
namespace {

// Compiled patterns are kept, since a program uses few of them often.
std::shared_ptr<const kernels::Regex> compiled(std::string_view pattern) {
  static Mutex mutex;
  static std::vector<std::pair<std::string, std::shared_ptr<const kernels::Regex>>> kept;
  constexpr size_t kKept = 16;
  // The child of a fork forgets what another thread was changing.
  const auto check_kept = [] {
    if (mutex.take_abandoned()) new (&kept) std::remove_reference_t<decltype(kept)>;
  };
  {
    std::lock_guard<Mutex> lock(mutex);
    check_kept();
    for (const auto& entry : kept)
      if (entry.first == pattern) return entry.second;
  }
  auto regex = std::make_shared<const kernels::Regex>(pattern);
  if (!regex->error().empty())
    throw invalid_argument("TG-0632", "the pattern must be a regular expression in RE2's syntax",
                           "pattern=" + quoted(pattern) + ": " + regex->error());
  std::lock_guard<Mutex> lock(mutex);
  check_kept();
  if (kept.size() >= kKept) kept.erase(kept.begin());
  kept.emplace_back(std::string(pattern), regex);
  return regex;
}

void infer_match(InferContext& c) {
  require_rank(c.dims(1), 0, "pattern");
  c.set_output(0, TG_BOOL, c.dims(0));
}

void match(KernelContext& c) {
  auto regex = compiled(Strings(c, 1)[0]);
  Strings input(c, 0);
  bool* out = c.output<bool>(0);
  for (int64_t i = 0; i < input.count(); ++i) out[i] = regex->full_match(input[i]);
}

TG_OP("string_regex_full_match(input: string, pattern: string) -> bool")
    .names("strings.regex_full_match")
    .summary("Whether whole strings match a regular expression.")
    .doc(R"(Patterns are in RE2's syntax and matched in time linear in the text. Unicode classes by name (`\pL`) and `\C` are
not there; backreferences and look-around are in no such engine.

Args:
  input: strings, in UTF-8.
  pattern: the regular expression, 0-d.

Returns:
  A bool tensor of the same shape.

Raises:
  InvalidArgumentError: the pattern is no regular expression (TG-0632), or not 0-d (TG-0103).

Source: K. Thompson, "Regular expression search algorithm", 1968; R. Cox, "Regular expression matching: the virtual
machine approach", 2009.
)")
    .example(R"(>>> tg.strings.regex_full_match(["TF lib", "lib TF"], ".*lib$").numpy().tolist()
[True, False])")
    .samples(R"([{"inputs": [{"dtype": "string", "value": ["abab", "aba", ""]}, {"dtype": "string", "value": "(ab)*"}]}])")
    .infer<infer_match>()
    .kernel<match>();

void infer_replace(InferContext& c) {
  require_rank(c.dims(1), 0, "pattern");
  require_rank(c.dims(2), 0, "rewrite");
  c.set_output(0, TG_STRING, c.dims(0));
}

void replace(KernelContext& c) {
  auto regex = compiled(Strings(c, 1)[0]);
  std::string_view rewrite = Strings(c, 2)[0];
  std::string wrong = regex->check_rewrite(rewrite);
  if (!wrong.empty())
    throw invalid_argument("TG-0632", "the rewrite must name groups of the pattern", "rewrite=" + quoted(rewrite) + ": " + wrong);
  bool global = c.bool_attr("replace_global");
  Strings input(c, 0);
  StringBuilder out;
  for (int64_t i = 0; i < input.count(); ++i) {
    regex->replace(input[i], rewrite, global, &out.bytes());
    out.end();
  }
  c.set_output_tensor(0, out.tensor(c.dims(0)));
}

TG_OP("string_regex_replace(input: string, pattern: string, rewrite: string, *, replace_global: bool = true) -> string")
    .names("strings.regex_replace")
    .summary("Replaces what a regular expression matches.")
    .doc(R"(See `regex_full_match` for the syntax.

Args:
  input: strings, in UTF-8.
  pattern: the regular expression, 0-d.
  rewrite: what stands in place of a match, 0-d; \0 is the match, \1 to \9 are its groups, \\ is a backslash.
  replace_global: replace all matches, not the first one alone.

Returns:
  Strings of the same shape.

Raises:
  InvalidArgumentError: the pattern is no regular expression, or the rewrite names groups that it has not (TG-0632), or
    one of them is not 0-d (TG-0103).
)")
    .example(R"(>>> tg.strings.regex_replace("Text with tags.<br /><b>contains html</b>", "<[^>]+>", " ").numpy()
b'Text with tags.  contains html ')")
    .samples(R"([{"inputs": [{"dtype": "string", "value": ["a1b22", "c"]}, {"dtype": "string", "value": "[0-9]+"},
                      {"dtype": "string", "value": "<\\0>"}]},
          {"inputs": [{"dtype": "string", "value": ["key=value; x=y"]}, {"dtype": "string", "value": "(\\w+)=(\\w+);"},
                      {"dtype": "string", "value": "\\2=\\1"}], "attributes": {"replace_global": false}}])")
    .infer<infer_replace>()
    .kernel<replace>();

}  // namespace
}  // namespace tg
