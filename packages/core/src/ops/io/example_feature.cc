// One feature of tf.train.Example and SequenceExample messages.
#include "ops/io/wire.hpp"

namespace tg {
namespace {

int feature_dtype(const Context& c) {
  int dtype = c.dtype_attr("dtype");
  if (dtype != TG_FLOAT32 && dtype != TG_INT64 && dtype != TG_STRING)
    throw invalid_argument("TG-0106", "features are float32, int64 or string", std::string("dtype=") + dtype_name(dtype));
  return dtype;
}

void infer(InferContext& c) {
  int dtype = feature_dtype(c);
  int64_t count = c.dims(0).num_elements();
  int64_t rows = c.bool_attr("sequence") || count < 0 ? TG_DIM_UNKNOWN : count + 1;
  c.set_output(0, dtype, {TG_DIM_UNKNOWN});
  c.set_output(1, TG_INT64, {rows});
  c.set_output(2, TG_INT64, {count < 0 ? TG_DIM_UNKNOWN : count + 1});
  c.set_output(3, TG_BOOL, {count < 0 ? TG_DIM_UNKNOWN : count});
}

class Collector {
 public:
  Collector(int dtype, std::string key) : dtype_(dtype), key_(std::move(key)) {}

  // A Feature: one of a list of bytes, of floats, or of integers.
  void feature(std::string_view message) {
    MessageReader reader(message, "Feature");
    WireField field;
    uint32_t wanted = dtype_ == TG_STRING ? 1 : dtype_ == TG_FLOAT32 ? 2 : 3;
    while (reader.next(&field)) {
      if (field.type != 2 || field.number > 3) continue;
      if (field.number != wanted) {
        if (!field.bytes.empty())
          throw invalid_argument("TG-0653", "a feature must have the dtype asked for",
                                 "key=" + quoted(key_) + ", dtype=" + dtype_name(dtype_) + ", found " +
                                     (field.number == 1 ? "strings" : field.number == 2 ? "floats" : "integers"));
        continue;
      }
      list(field.bytes);
    }
    splits.push_back(count());
  }
  void end_row() { splits.push_back(count()); }
  int64_t count() const {
    return dtype_ == TG_STRING ? strings.count() : static_cast<int64_t>(dtype_ == TG_FLOAT32 ? floats.size() : ints.size());
  }

  StringBuilder strings;
  std::vector<float> floats;
  std::vector<int64_t> ints, splits = {0};

 private:
  void list(std::string_view message) {
    MessageReader reader(message, "a list of a Feature");
    WireField field;
    while (reader.next(&field)) {
      if (field.number != 1) continue;
      if (dtype_ == TG_STRING) {
        if (field.type != 2) throw reader.wrong();
        strings.add(field.bytes);
      } else if (field.type == 2) {  // packed
        MessageReader packed(field.bytes, "a list of a Feature");
        while (packed.more()) number(dtype_ == TG_INT64 ? packed.varint() : packed.fixed(4));
      } else if (field.type == (dtype_ == TG_INT64 ? 0u : 5u)) {
        number(field.value);
      } else {
        throw reader.wrong();
      }
    }
  }
  void number(uint64_t value) {
    if (dtype_ == TG_INT64) return ints.push_back(static_cast<int64_t>(value));
    float single;
    std::memcpy(&single, &value, sizeof(single));
    floats.push_back(single);
  }
  int dtype_;
  std::string key_;
};

// The value of a key in a map of messages, the last one given; false: it is not there.
bool entry(std::string_view map, std::string_view key, const char* message, std::string_view* value) {
  MessageReader reader(map, message);
  WireField field;
  bool found = false;
  while (reader.next(&field)) {
    if (field.number != 1 || field.type != 2) continue;
    MessageReader pair(field.bytes, message);
    WireField part;
    std::string_view own, held;
    while (pair.next(&part)) {
      if (part.type != 2) continue;
      if (part.number == 1) own = part.bytes;
      if (part.number == 2) held = part.bytes;
    }
    if (own == key) *value = held, found = true;
  }
  return found;
}

// The bytes of a message in a message; several of them are one behind the other.
std::string member(std::string_view message, uint32_t number, const char* name) {
  MessageReader reader(message, name);
  WireField field;
  std::string bytes;
  while (reader.next(&field))
    if (field.number == number && field.type == 2) bytes.append(field.bytes);
  return bytes;
}

void kernel(KernelContext& c) {
  int dtype = feature_dtype(c);
  std::string key = c.string_attr("key");
  bool sequence = c.bool_attr("sequence");
  Strings input(c, 0);
  Collector collector(dtype, key);
  std::vector<int64_t> outer = {0};
  Dims flags = {input.count()};
  c.set_output_type(3, TG_BOOL, flags);
  bool* there = input.count() > 0 ? c.output<bool>(3) : nullptr;
  for (int64_t i = 0; i < input.count(); ++i) {
    const char* message = sequence ? "SequenceExample" : "Example";
    std::string map = member(input[i], sequence ? 2 : 1, message);
    std::string_view value;
    there[i] = entry(map, key, message, &value);
    if (sequence) {
      MessageReader list(value, "FeatureList");
      WireField field;
      while (list.next(&field))
        if (field.number == 1 && field.type == 2) collector.feature(field.bytes);
      outer.push_back(static_cast<int64_t>(collector.splits.size()) - 1);
    } else if (there[i]) {
      collector.feature(value);
    } else {
      collector.end_row();
    }
  }
  int64_t count = collector.count();
  if (dtype == TG_STRING) c.set_output_tensor(0, collector.strings.tensor({count}));
  else if (dtype == TG_FLOAT32) c.set_output_tensor(0, make_tensor<float>({count}, collector.floats));
  else c.set_output_tensor(0, make_tensor<int64_t>({count}, collector.ints));
  int64_t rows = static_cast<int64_t>(collector.splits.size());
  c.set_output_tensor(1, make_tensor<int64_t>({rows}, collector.splits));
  if (!sequence)
    for (int64_t i = 1; i <= input.count(); ++i) outer.push_back(i);
  c.set_output_tensor(2, make_tensor<int64_t>({input.count() + 1}, outer));
}

TG_OP("string_example_feature(serialized: string, *, key: str, dtype: dtype, sequence: bool = false)"
      " -> attr.dtype, int64, int64, bool")
    .summary("One feature of Example messages, or of the lists of SequenceExample messages.")
    .doc(R"(Args:
  serialized: messages, a vector.
  key: the name of the feature.
  dtype: float32, int64 or string.
  sequence: look in the lists of a SequenceExample; its context reads as an Example does.

Returns:
  The values of all messages one behind the other; the row splits of the features; which features belong to which
  message, as row splits (each message has one where `sequence` is false); and whether each message has the key.

Raises:
  InvalidArgumentError: bytes are no message (TG-0651), a feature has another dtype (TG-0653), or the dtype is not one
    of these (TG-0106).
)")
    .samples(R"([{"inputs": [{"dtype": "string", "value": [""]}], "attributes": {"key": "x", "dtype": "int64"}}])")
    .infer<infer>()
    .kernel<kernel>();

}  // namespace
}  // namespace tg
