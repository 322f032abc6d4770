// Unions, intersections and differences of sets that are rows.
#include <algorithm>
#include <map>
#include <set>

#include "ops/strings/strings.hpp"

namespace tg {
namespace {

using Group = std::vector<int64_t>;

std::string operation_attr(const Context& c) {
  std::string operation = c.string_attr("operation");
  if (operation != "union" && operation != "intersection" && operation != "difference")
    throw invalid_argument("TG-0106", "operation must be 'union', 'intersection' or 'difference'",
                           "operation=" + quoted(operation));
  return operation;
}

void infer(InferContext& c) {
  operation_attr(c);
  int64_t width = TG_DIM_UNKNOWN;
  for (size_t i : {size_t{0}, size_t{2}}) {
    require_rank(c.dims(i), 2, "groups");
    require_rank(c.dims(i + 1), 1, "values");
    if (c.dims(i).known_rank() && c.dims(i + 1).known_rank() && !sizes_compatible(c.dims(i)[0], c.dims(i + 1)[0]))
      throw invalid_argument("TG-0105", "there must be a group for each value",
                             "groups.shape=" + c.dims(i).str() + ", values.shape=" + c.dims(i + 1).str());
    if (!c.dims(i).known_rank()) continue;
    if (!sizes_compatible(width, c.dims(i)[1]))
      throw invalid_argument("TG-0105", "groups must have equally many coordinates",
                             "groups.shape=" + c.dims(i).str() + " beside " + text_of(width) + " columns");
    if (c.dims(i)[1] >= 0) width = c.dims(i)[1];
  }
  c.set_output(0, TG_INT64, {TG_DIM_UNKNOWN, width < 0 ? TG_DIM_UNKNOWN : width + 1});
  c.set_output(1, c.dtype(1), {TG_DIM_UNKNOWN});
  c.set_output(2, TG_INT64, {});
}

template <class T, class Get>
std::map<Group, std::set<T>> sets_of(const KernelContext& c, size_t groups, const Get& get) {
  std::map<Group, std::set<T>> sets;
  const int64_t* rows = c.input<int64_t>(groups);
  int64_t width = c.dims(groups)[1];
  for (int64_t i = 0; i < c.num_elements(groups + 1); ++i)
    sets[Group(rows + i * width, rows + (i + 1) * width)].insert(get(groups + 1, i));
  return sets;
}

template <class T, class Get, class Emit>
void operate(KernelContext& c, const Get& get, const Emit& emit) {
  std::string operation = operation_attr(c);
  auto a = sets_of<T>(c, 0, get), b = sets_of<T>(c, 2, get);
  int64_t width = c.dims(0)[1], longest = 0;
  std::vector<int64_t> indices;
  std::vector<T> values;
  if (operation == "union")
    for (const auto& entry : b) a[entry.first];
  for (const auto& [group, own] : a) {
    static const std::set<T> none;
    auto found = b.find(group);
    const std::set<T>& other = found == b.end() ? none : found->second;
    std::vector<T> result;
    auto out = std::back_inserter(result);
    if (operation == "union") std::set_union(own.begin(), own.end(), other.begin(), other.end(), out);
    else if (operation == "intersection") std::set_intersection(own.begin(), own.end(), other.begin(), other.end(), out);
    else std::set_difference(own.begin(), own.end(), other.begin(), other.end(), out);
    for (size_t k = 0; k < result.size(); ++k) {
      indices.insert(indices.end(), group.begin(), group.end());
      indices.push_back(static_cast<int64_t>(k));
      values.push_back(result[k]);
    }
    longest = std::max(longest, static_cast<int64_t>(result.size()));
  }
  int64_t count = static_cast<int64_t>(values.size());
  c.set_output_tensor(0, make_tensor<int64_t>({count, width + 1}, indices));
  emit(values);
  c.set_output_tensor(2, make_tensor<int64_t>({}, {longest}));
}

template <class T>
void numbers(KernelContext& c) {
  operate<T>(c, [&](size_t input, int64_t i) { return c.input<T>(input)[i]; },
             [&](const std::vector<T>& values) {
               c.set_output_tensor(1, make_tensor<T>({static_cast<int64_t>(values.size())}, values));
             });
}

void kernel(KernelContext& c) {
  switch (c.dtype(1)) {
    case TG_INT8: return numbers<int8_t>(c);
    case TG_INT16: return numbers<int16_t>(c);
    case TG_INT32: return numbers<int32_t>(c);
    case TG_INT64: return numbers<int64_t>(c);
    case TG_UINT8: return numbers<uint8_t>(c);
    case TG_UINT16: return numbers<uint16_t>(c);
    default:
      operate<std::string>(c, [&](size_t input, int64_t i) { return std::string(Strings(c, input)[i]); },
                           [&](const std::vector<std::string>& values) {
                             StringBuilder out;
                             for (const std::string& value : values) out.add(value);
                             c.set_output_tensor(1, out.tensor({out.count()}));
                           });
  }
}

TG_OP("set_operation(groups_a: int64, values_a: T, groups_b: int64, values_b: T, *, operation: str) -> int64, T, int64")
    .types("T: int8 int16 int32 int64 uint8 uint16 string")
    .summary("Unions, intersections or differences of sets.")
    .doc(R"(Args:
  groups_a: the coordinates of the set of each value, shape [count, columns].
  values_a: the elements of the first sets.
  groups_b: the same for the second ones.
  values_b: their elements.
  operation: 'union', 'intersection' or 'difference'.

Returns:
  The coordinates of the set of each result with its number in there, the results in rising order, and the size of the
  greatest set.

Raises:
  InvalidArgumentError: the shapes do not fit (TG-0105, TG-0103), or the operation is another one (TG-0106).
)")
    .samples(R"([{"inputs": [{"dtype": "int64", "value": [[0], [0], [1]]}, {"dtype": "int32", "value": [3, 1, 2]},
                      {"dtype": "int64", "value": [[0], [1], [1]]}, {"dtype": "int32", "value": [3, 2, 5]}],
           "attributes": {"operation": "union"}}])")
    .infer<infer>()
    .kernel<kernel>();

}  // namespace
}  // namespace tg
