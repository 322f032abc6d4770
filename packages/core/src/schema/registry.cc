#include "schema/registry.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "base/small_vector.h"
#include "base/status.h"
#include "tensegra/mutex.hpp"

namespace tg {
namespace {

struct Registry {
  Mutex mutex;
  std::unordered_map<std::string_view, std::unique_ptr<tg_op>> by_name;
  std::unordered_map<std::string_view, std::unique_ptr<tg_op>> internal;
  std::vector<const tg_op*> sorted;
};

Registry& registry() {
  static Registry* instance = new Registry;  // leaked: ops live until the process ends
  return *instance;
}

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string type_names(TypeSet types) {
  std::string text;
  for (int dtype = 1; dtype <= TG_RESOURCE; ++dtype)
    if (types >> dtype & 1) text += (text.empty() ? "" : ", ") + std::string(dtype_to_name(dtype));
  return text;
}

// Points def's strings at copies that op owns.
void own_strings(tg_op* op) {
  const char* tg_op_def::*fields[] = {&tg_op_def::signature, &tg_op_def::types,   &tg_op_def::names,
                                      &tg_op_def::summary,   &tg_op_def::doc,     &tg_op_def::example,
                                      &tg_op_def::since,     &tg_op_def::samples};
  op->text.reserve(std::size(fields));
  for (auto field : fields) {
    op->text.emplace_back(op->def.*field ? op->def.*field : "");
    op->def.*field = op->text.back().c_str();
  }
}

void check_definition(const tg_op& op) {
  bool primitive = op.def.kernel != nullptr || op.is_view();
  const char* problem = nullptr;
  if (!primitive && !op.def.compose) problem = "an op has a kernel or is composed of others";
  else if (primitive && !op.def.infer) problem = "an op with a kernel needs shape inference";
  else if (op.def.version < 1) problem = "versions begin with 1";
  else if (op.def.in_place >= static_cast<int>(op.schema.args.size())) problem = "in_place must name an input";
  if (problem) throw invalid_argument("TG-0120", problem, "op=" + op.name);
}

// Describes the schema in the C interface's terms.
void describe_schema(tg_op* op) {
  for (const ArgSchema& arg : op->schema.args)
    op->c_args.push_back({sizeof(tg_arg_schema), arg.name.c_str(), arg.types, arg.type_var, arg.is_list});
  for (const AttrSchema& attr : op->schema.attrs) {
    tg_attr_schema& made = op->c_attrs.emplace_back();
    made.struct_size = sizeof(tg_attr_schema);
    made.name = attr.name.c_str();
    attr.default_value.view(made.name, &made.default_value);
    made.kind = attr.kind;
    made.optional = attr.optional;
    made.has_default = attr.has_default;
  }
  op->c_schema = {sizeof(tg_op_schema), op->name.c_str(),    op->c_args.data(),      op->c_args.size(),
                  op->c_attrs.data(),   op->c_attrs.size(), op->schema.num_outputs};
}

}  // namespace

namespace {

std::unique_ptr<tg_op> make_op(const tg_op_def& def) {
  if (def.struct_size < sizeof(size_t) * 2 || def.struct_size > sizeof(tg_op_def))
    throw invalid_argument("TG-0504", "struct_size of tg_op_def must be one that this version knows",
                           "struct_size=" + std::to_string(def.struct_size));
  auto op = std::make_unique<tg_op>();
  std::memset(&op->def, 0, sizeof(op->def));
  std::memcpy(&op->def, &def, def.struct_size);
  own_strings(op.get());
  op->schema = parse_schema(op->def.signature, op->def.types);
  op->name = op->schema.name;
  describe_schema(op.get());
  check_definition(*op);

  auto defaults = std::make_shared<Attrs>();
  bool complete = true;
  for (const AttrSchema& attr : op->schema.attrs) {
    complete = complete && (attr.optional || attr.has_default);
    defaults->push_back(attr.default_value);
  }
  if (complete) op->defaults = std::move(defaults);
  return op;
}

}  // namespace

const tg_op* find_internal_op(std::string_view name) {
  Registry& all = registry();
  std::lock_guard<Mutex> lock(all.mutex);
  auto found = all.internal.find(name);
  if (found == all.internal.end()) throw internal_error("there is no op " + std::string(name));
  return found->second.get();
}

const tg_op* register_op(const tg_op_def& def) {
  std::unique_ptr<tg_op> op = make_op(def);
  Registry& all = registry();
  std::lock_guard<Mutex> lock(all.mutex);
  if (all.by_name.count(op->name))
    throw invalid_argument("TG-0120", "the name of an op must be free", "op=" + op->name);
  const tg_op* result = op.get();
  if (op->name[0] == '_') {
    op->internal = true;
    all.internal.emplace(std::string_view(result->name), std::move(op));
    return result;
  }
  all.sorted.insert(std::upper_bound(all.sorted.begin(), all.sorted.end(), result,
                                     [](const tg_op* x, const tg_op* y) { return x->name < y->name; }),
                    result);
  all.by_name.emplace(std::string_view(result->name), std::move(op));
  return result;
}

const tg_op* find_op_or_null(std::string_view name) {
  Registry& all = registry();
  std::lock_guard<Mutex> lock(all.mutex);
  auto found = all.by_name.find(name);
  return found == all.by_name.end() ? nullptr : found->second.get();
}

const tg_op* find_op(std::string_view name) {
  if (const tg_op* op = find_op_or_null(name)) return op;
  std::string nearest;
  size_t best = name.size() / 2 + 2;
  for (const tg_op* op : all_ops()) {
    size_t distance = edit_distance(name, op->name);
    if (distance < best) best = distance, nearest = op->name;
  }
  throw Error(TG_NOT_FOUND, "TG-0112",
              "an op must be registered before it is used. Received: op=" + std::string(name) +
                  (nearest.empty() ? "" : ". Nearest: " + nearest));
}

std::vector<const tg_op*> all_ops() {
  Registry& all = registry();
  std::lock_guard<Mutex> lock(all.mutex);
  return all.sorted;
}

void check_inputs(const tg_op& op, const int* dtypes, size_t count) {
  const OpSchema& schema = op.schema;
  int list = schema.list_arg();
  bool fits = list < 0 ? count == schema.args.size() : count + 1 >= schema.args.size();
  if (!fits)
    throw invalid_argument("TG-0110", "an op must be called with the inputs of its signature",
                           std::to_string(count) + " inputs for " + op.def.signature);
  size_t list_length = list < 0 ? 0 : count + 1 - schema.args.size();
  int bound[8] = {};
  const ArgSchema* bound_by[8] = {};
  size_t input = 0;
  for (const ArgSchema& arg : schema.args) {
    size_t repeat = arg.is_list ? list_length : 1;
    for (size_t k = 0; k < repeat; ++k, ++input) {
      int dtype = dtypes[input];
      if (arg.types != kAnyType && !(arg.types >> dtype & 1))
        throw invalid_argument("TG-0102", arg.name + " must be one of " + type_names(arg.types),
                               arg.name + ".dtype=" + (dtype_to_name(dtype) ? dtype_to_name(dtype) : "invalid"));
      if (arg.type_var < 0) continue;
      int& variable = bound[arg.type_var];
      if (variable == 0) {
        variable = dtype;
        bound_by[arg.type_var] = &arg;
      } else if (variable != dtype) {
        throw invalid_argument("TG-0102", bound_by[arg.type_var]->name + " and " + arg.name + " must have one dtype",
                               bound_by[arg.type_var]->name + ".dtype=" + dtype_to_name(variable) + ", " + arg.name +
                                   ".dtype=" + dtype_to_name(dtype));
      }
    }
  }
}

AttrsRef resolve_attrs(const tg_op& op, const tg_attr* attrs, size_t count) {
  if (count == 0 && op.defaults) return op.defaults;
  const OpSchema& schema = op.schema;
  auto resolved = std::make_shared<Attrs>(schema.attrs.size());
  SmallVector<bool, 16> given(schema.attrs.size());
  for (size_t k = 0; k < count; ++k) {
    int index = schema.attr_index(attrs[k].name);
    if (index < 0)
      throw invalid_argument("TG-0111", "attributes must be those of the signature",
                             std::string(attrs[k].name) + " for " + op.def.signature);
    const AttrSchema& attr = schema.attrs[index];
    AttrValue& value = (*resolved)[index];
    if (given[index]) value = AttrValue();
    set_attr(attrs[k], &value);
    if (value.kind == TG_ATTR_INT && attr.kind == TG_ATTR_FLOAT) {
      value.kind = TG_ATTR_FLOAT;
      value.f = static_cast<double>(value.i);
      value.i = 0;
    }
    if (value.kind == TG_ATTR_INT && attr.kind == TG_ATTR_INTS) {
      value.kind = TG_ATTR_INTS;
      value.ints = {value.i};
      value.i = 0;
    }
    if (value.kind != attr.kind && !(value.kind == TG_ATTR_NONE && attr.optional))
      throw invalid_argument("TG-0111", "attribute " + attr.name + " must be of the kind that the signature gives",
                             attr.name + "=" + value.str() + " for " + op.def.signature);
    if (value.kind == TG_ATTR_DTYPE && dtype_to_name(static_cast<int>(value.i)) == nullptr)
      throw invalid_argument("TG-0111", "attribute " + attr.name + " must be a dtype",
                             attr.name + "=" + std::to_string(value.i) + " for " + op.def.signature);
    given[index] = true;
  }
  for (size_t i = 0; i < schema.attrs.size(); ++i) {
    if (given[i]) continue;
    const AttrSchema& attr = schema.attrs[i];
    if (!attr.has_default && !attr.optional)
      throw invalid_argument("TG-0111", "attribute " + attr.name + " must be given",
                             std::string("a call of ") + op.def.signature);
    set_attr(attr.default_value, &(*resolved)[i]);
  }
  return resolved;
}

}  // namespace tg
