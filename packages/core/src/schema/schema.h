// An op's signature, parsed from its text: the one source for checking, wrappers, documentation and serialization.
#ifndef TENSEGRA_SCHEMA_SCHEMA_H_
#define TENSEGRA_SCHEMA_SCHEMA_H_

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "schema/attr.h"

namespace tg {

// A set of dtypes, one bit each; kAnyType takes everything, also types to come.
using TypeSet = uint64_t;
constexpr TypeSet kAnyType = ~TypeSet{0};

struct ArgSchema {
  std::string name;
  TypeSet types = 0;
  int type_var = -1;  // index into OpSchema::type_vars; arguments of one variable share a dtype
  bool is_list = false;
};

struct AttrSchema {
  std::string name;
  int kind = TG_ATTR_NONE;
  bool optional = false;     // may be absent
  bool has_default = false;
  AttrValue default_value;
};

struct TypeVar {
  std::string name;
  TypeSet types = 0;
};

struct OpSchema {
  std::string name;
  std::vector<ArgSchema> args;
  std::vector<AttrSchema> attrs;
  std::vector<TypeVar> type_vars;
  size_t num_outputs = 0;      // as far as the signature says
  bool list_result = false;    // "-> [any]": inference says how many outputs there are
  bool has_functions = false;  // among the attributes
  // For each attribute, the pointer by which it was asked for last: op files ask with the same literals each time.
  mutable std::vector<std::atomic<const char*>> asked;

  int attr_index(const char* name) const;         // -1: none
  int list_arg() const;                           // -1: none
};

// Throws TG-0120, which says where the text is wrong.
OpSchema parse_schema(const std::string& signature, const std::string& types);

}  // namespace tg

#endif  // TENSEGRA_SCHEMA_SCHEMA_H_
