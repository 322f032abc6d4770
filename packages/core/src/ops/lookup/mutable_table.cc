// Tables that change: a resource.
#include <map>
#include <mutex>
#include <unordered_map>

#include "ops/state/state.hpp"
#include "ops/strings/strings.hpp"
#include "tensegra/mutex.hpp"

namespace tg {
namespace {

// Keys are bytes; a value is a row of elements, of fixed size or strings, as bytes each.
class Table {
 public:
  Table(int key, int value, Dims row) : key_dtype(key), value_dtype(value), row(std::move(row)) {}
  const int key_dtype, value_dtype;
  const Dims row;  // the shape of one value
  Mutex mutex;
  bool changing = false;  // by who holds the lock
  std::unordered_map<std::string, size_t> places;
  std::vector<std::string> keys;                 // in order of insertion
  std::vector<std::vector<std::string>> values;  // one string for a row of fixed-size elements

  static const tg_resource_type* type() {
    static const tg_resource_type type = {sizeof(tg_resource_type), "table",
                                          [](void* self) { delete static_cast<Table*>(self); }};
    return &type;
  }
};

// Holds the lock of a table.
class Locked {
 public:
  Locked(Table& table, bool changes) : table_(table), lock_(table.mutex), changes_(changes) {
    if (!table.changing) {
      table.changing = changes;
      return;
    }
    // A fork lost the thread that was changing the table: what there is of it is of no use, now and later.
    throw Error(TG_FAILED_PRECONDITION, "TG-0766",
                "a table must not be changed by another thread while the process forks: this child has half of a change. "
                "Make the table anew in the child, or fork while no thread changes it");
  }
  ~Locked() {
    if (changes_) table_.changing = false;
  }

 private:
  Table& table_;
  std::lock_guard<Mutex> lock_;
  bool changes_;
};

Table& table_of(const Resource& resource) {
  const tg_resource_type* type = api().resource->type(resource.get());
  if (type != Table::type()) throw invalid_argument("TG-0501", "the resource must be a table", std::string("a ") + type->name);
  return *static_cast<Table*>(api().resource->self(resource.get()));
}

bool is_key(int dtype) { return dtype == TG_STRING || dtype == TG_INT32 || dtype == TG_INT64; }

int dtype_attr(const Context& c, const char* name, bool key) {
  int dtype = c.dtype_attr(name);
  bool ok = key ? is_key(dtype) : dtype == TG_STRING || (dtype > 0 && dtype <= TG_COMPLEX128);
  if (!ok)
    throw invalid_argument("TG-0106", key ? "keys are int32, int64 or string" : "values are numbers, bools or strings",
                           std::string(name) + "=" + dtype_name(dtype));
  return dtype;
}

void infer_create(InferContext& c) {
  dtype_attr(c, "key_dtype", true);
  dtype_attr(c, "value_dtype", false);
  checked_dims(c.ints_attr("value_shape"));
  c.set_output(0, TG_RESOURCE, {});
}

void create(KernelContext& c) {
  auto* table = new Table(dtype_attr(c, "key_dtype", true), dtype_attr(c, "value_dtype", false),
                          checked_dims(c.ints_attr("value_shape")));
  tg_resource* resource = nullptr;
  check(api().resource->create(Table::type(), table, &resource));
  tg_tensor* tensor = nullptr;
  tg_status* status = api().resource->to_tensor(resource, &tensor);
  api().resource->release(resource);
  check(status);
  c.set_output_tensor(0, Tensor::adopt(tensor));
}

TG_OP("mutable_table(*, key_dtype: dtype, value_dtype: dtype, value_shape: ints?) -> resource")
    .summary("Makes an empty table that can change.")
    .doc(R"(Args:
  key_dtype: int32, int64 or string.
  value_dtype: the dtype of the values.
  value_shape: the shape of one value; absent: 0-d.

Returns:
  A resource that holds the table.

Raises:
  InvalidArgumentError: a dtype is not one of these (TG-0106), or a size is negative (TG-0109).
)")
    .infer<infer_create>()
    .kernel<create>()
    .effects(TG_EFFECT_RANDOM);

// The bytes of element i of an input.
std::string bytes_of(const KernelContext& c, size_t input, int64_t i, int64_t count = 1) {
  if (c.dtype(input) == TG_STRING) return std::string(Strings(c, input)[i]);
  size_t size = element_size(c.dtype(input));
  return std::string(c.input<char>(input) + static_cast<size_t>(i) * size, size * static_cast<size_t>(count));
}

void require_dtype(int found, int wanted, const char* what) {
  if (found != wanted)
    throw invalid_argument("TG-0102", std::string(what) + " must have the dtype of the table",
                           std::string(dtype_name(found)) + " for a table of " + dtype_name(wanted));
}

void insert(KernelContext& c) {
  Resource resource(c.input_tensor(0));
  Table& table = table_of(resource);
  require_dtype(c.dtype(1), table.key_dtype, "keys");
  require_dtype(c.dtype(2), table.value_dtype, "values");
  Dims wanted = c.dims(1);
  for (int64_t size : table.row) wanted.push_back(size);
  if (c.dims(2) != wanted)
    throw invalid_argument("TG-0105", "values must have the shape of keys, followed by that of a value",
                           "values.shape=" + c.dims(2).str() + ", wanted " + wanted.str());
  int64_t width = table.row.num_elements();
  Locked lock(table, true);
  for (int64_t i = 0; i < c.num_elements(1); ++i) {
    std::vector<std::string> value;
    if (table.value_dtype == TG_STRING)
      for (int64_t k = 0; k < width; ++k) value.push_back(bytes_of(c, 2, i * width + k));
    else value.push_back(bytes_of(c, 2, i * width, width));
    std::string key = bytes_of(c, 1, i);
    auto [place, added] = table.places.emplace(key, table.keys.size());
    if (added) {
      table.keys.push_back(key);
      table.values.push_back(std::move(value));
    } else {
      table.values[place->second] = std::move(value);
    }
  }
}

TG_OP("table_insert(table: resource, keys: any, values: any)")
    .summary("Puts keys with their values into a table, in place of the values that they have.")
    .doc(R"(Args:
  table: the table.
  keys: keys of any shape.
  values: their values.

Raises:
  InvalidArgumentError: the dtypes are not those of the table (TG-0102), the shapes do not fit (TG-0105), or the resource
    is no table (TG-0501).
)")
    .infer<infer_nothing>()
    .kernel<insert>()
    .effects(TG_EFFECT_WRITES);

void remove(KernelContext& c) {
  Resource resource(c.input_tensor(0));
  Table& table = table_of(resource);
  require_dtype(c.dtype(1), table.key_dtype, "keys");
  Locked lock(table, true);
  for (int64_t i = 0; i < c.num_elements(1); ++i) {
    auto found = table.places.find(bytes_of(c, 1, i));
    if (found == table.places.end()) continue;
    // The last entry takes the place that is free now.
    size_t place = found->second, last = table.keys.size() - 1;
    table.places.erase(found);
    if (place != last) {
      table.keys[place] = std::move(table.keys[last]);
      table.values[place] = std::move(table.values[last]);
      table.places[table.keys[place]] = place;
    }
    table.keys.pop_back();
    table.values.pop_back();
  }
}

TG_OP("table_remove(table: resource, keys: any)")
    .summary("Takes keys out of a table; those that are not there do not matter.")
    .doc(R"(Args:
  table: the table.
  keys: keys of any shape.

Raises:
  InvalidArgumentError: the dtype is not that of the table (TG-0102), or the resource is no table (TG-0501).
)")
    .infer<infer_nothing>()
    .kernel<remove>()
    .effects(TG_EFFECT_WRITES);

void infer_lookup(InferContext& c) {
  Dims dims = c.dims(1);
  if (dims.known_rank())
    for (int64_t size : c.ints_attr("value_shape")) dims.push_back(size);
  c.set_output(0, c.dtype(2), dims);
}

void lookup(KernelContext& c) {
  Resource resource(c.input_tensor(0));
  Table& table = table_of(resource);
  require_dtype(c.dtype(1), table.key_dtype, "keys");
  require_dtype(c.dtype(2), table.value_dtype, "default_value");
  Dims dims = c.dims(1);
  for (int64_t size : table.row) dims.push_back(size);
  if (c.dims(2) != table.row || Dims(c.ints_attr("value_shape")) != table.row)
    throw invalid_argument("TG-0105", "default_value must have the shape of a value",
                           "default_value.shape=" + c.dims(2).str() + ", wanted " + table.row.str());
  int64_t width = table.row.num_elements(), count = c.num_elements(1);
  Locked lock(table, false);
  StringBuilder strings;
  char* out = nullptr;
  size_t bytes = 0;
  if (table.value_dtype != TG_STRING) {
    bytes = element_size(table.value_dtype) * static_cast<size_t>(width);
    if (count * width > 0) out = c.output<char>(0);
  }
  for (int64_t i = 0; i < count; ++i) {
    auto found = table.places.find(bytes_of(c, 1, i));
    if (table.value_dtype == TG_STRING) {
      for (int64_t k = 0; k < width; ++k)
        strings.add(found == table.places.end() ? std::string_view(Strings(c, 2)[k])
                                                : std::string_view(table.values[found->second][static_cast<size_t>(k)]));
    } else if (bytes > 0) {
      const char* from =
          found == table.places.end() ? c.input<char>(2) : table.values[found->second][0].data();
      std::copy(from, from + bytes, out + static_cast<size_t>(i) * bytes);
    }
  }
  if (table.value_dtype == TG_STRING) c.set_output_tensor(0, strings.tensor(dims));
}

TG_OP("table_lookup(table: resource, keys: any, default_value: any, *, value_shape: ints?) -> any")
    .summary("The values of keys.")
    .doc(R"(Args:
  table: the table.
  keys: keys of any shape.
  default_value: the value of those that are not there.
  value_shape: the shape of one value; absent: 0-d.

Returns:
  The values, of the shape of `keys` followed by that of a value.

Raises:
  InvalidArgumentError: the dtypes are not those of the table (TG-0102), the default value has not the shape of a value
    (TG-0105), or the resource is no table (TG-0501).
)")
    .infer<infer_lookup>()
    .kernel<lookup>()
    .effects(TG_EFFECT_READS);

void infer_size(InferContext& c) { c.set_output(0, TG_INT64, {}); }

void size(KernelContext& c) {
  Resource resource(c.input_tensor(0));
  Table& table = table_of(resource);
  Locked lock(table, false);
  *c.output<int64_t>(0) = static_cast<int64_t>(table.keys.size());
}

TG_OP("table_size(table: resource) -> int64")
    .summary("How many keys a table has.")
    .doc(R"(Args:
  table: the table.

Returns:
  A 0-d int64 tensor.

Raises:
  InvalidArgumentError: the resource is no table (TG-0501).
)")
    .infer<infer_size>()
    .kernel<size>()
    .effects(TG_EFFECT_READS);

void infer_export(InferContext& c) {
  Dims values = {TG_DIM_UNKNOWN};
  for (int64_t size : c.ints_attr("value_shape")) values.push_back(size);
  c.set_output(0, c.dtype_attr("key_dtype"), {TG_DIM_UNKNOWN});
  c.set_output(1, c.dtype_attr("value_dtype"), values);
}

Tensor tensor_of(int dtype, const Dims& dims, const std::vector<std::string>& parts) {
  StringBuilder all;
  for (const std::string& part : parts) all.add(part);
  if (dtype == TG_STRING) return all.tensor(dims);
  tg_tensor* out = nullptr;
  check(api().tensor->create_copy(dtype, dims.rank(), dims.data(), all.bytes().data(), all.bytes().size(), &out));
  return Tensor::adopt(out);
}

void export_all(KernelContext& c) {
  Resource resource(c.input_tensor(0));
  Table& table = table_of(resource);
  require_dtype(c.dtype_attr("key_dtype"), table.key_dtype, "key_dtype");
  require_dtype(c.dtype_attr("value_dtype"), table.value_dtype, "value_dtype");
  Locked lock(table, false);
  int64_t count = static_cast<int64_t>(table.keys.size());
  Dims dims = {count};
  for (int64_t size : table.row) dims.push_back(size);
  std::vector<std::string> values;
  for (const auto& row : table.values) values.insert(values.end(), row.begin(), row.end());
  c.set_output_tensor(0, tensor_of(table.key_dtype, {count}, table.keys));
  c.set_output_tensor(1, tensor_of(table.value_dtype, dims, values));
}

TG_OP("table_export(table: resource, *, key_dtype: dtype, value_dtype: dtype, value_shape: ints?)"
      " -> attr.key_dtype, attr.value_dtype")
    .summary("All keys and values of a table.")
    .doc(R"(Args:
  table: the table.
  key_dtype: the dtype of its keys.
  value_dtype: the dtype of its values.
  value_shape: the shape of one value; absent: 0-d.

Returns:
  The keys and their values, in no particular order.

Raises:
  InvalidArgumentError: the dtypes are not those of the table (TG-0102), or the resource is no table (TG-0501).
)")
    .infer<infer_export>()
    .kernel<export_all>()
    .effects(TG_EFFECT_READS);

}  // namespace
}  // namespace tg
