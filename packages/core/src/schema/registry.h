// The registered ops.
#ifndef TENSEGRA_SCHEMA_REGISTRY_H_
#define TENSEGRA_SCHEMA_REGISTRY_H_

#include <string>
#include <string_view>
#include <vector>

#include "schema/schema.h"

struct tg_op {
  std::string name;
  tg::OpSchema schema;
  tg_op_def def;            // strings point into text below
  std::vector<std::string> text;
  tg::AttrsRef defaults;    // what a call without attributes gets; null where some have none
  tg_op_schema c_schema;    // the same schema for the C interface; points into it
  std::vector<tg_arg_schema> c_args;
  std::vector<tg_attr_schema> c_attrs;
  bool internal = false;    // made by passes alone: known to the engine, in no list and in no file

  bool is_composite() const { return def.kernel == nullptr && def.compose != nullptr; }
  bool is_view() const { return def.fusion == TG_FUSION_VIEW; }
};

namespace tg {

const tg_op* register_op(const tg_op_def& def);  // throws TG-0120
const tg_op* find_op(std::string_view name);     // throws TG-0112, naming the nearest
const tg_op* find_op_or_null(std::string_view name);
// What only passes put into graphs: its name begins with "_", and no file, text or caller reaches it.
const tg_op* find_internal_op(std::string_view name);
std::vector<const tg_op*> all_ops();             // in order of name

// Checks count and dtypes of a call's inputs: TG-0110, TG-0102.
void check_inputs(const tg_op& op, const int* dtypes, size_t count);
// Attributes in schema order with defaults filled in: TG-0111.
AttrsRef resolve_attrs(const tg_op& op, const tg_attr* attrs, size_t count);

// The tg_op_effect bits of a call: those of the op, and those of the functions among its attributes.
inline int effects_of(const tg_op& op, const Attrs& attrs) {
  int effects = op.def.effects;
  if (op.schema.has_functions)
    for (const AttrValue& attr : attrs)
      if (attr.function) effects |= attr.function->effects();
  return effects;
}

}  // namespace tg

#endif  // TENSEGRA_SCHEMA_REGISTRY_H_
