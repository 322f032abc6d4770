// Tensors as TensorFlow's TensorProto messages.
#include "ops/io/wire.hpp"

namespace tg {
namespace {

// Our dtypes by the numbers of TensorFlow's DataType.
struct Pair {
  int dtype, number;
};
constexpr Pair kTypes[] = {{TG_FLOAT32, 1},    {TG_FLOAT64, 2}, {TG_INT32, 3},      {TG_UINT8, 4},  {TG_INT16, 5},
                           {TG_INT8, 6},       {TG_STRING, 7},  {TG_COMPLEX64, 8},  {TG_INT64, 9},  {TG_BOOL, 10},
                           {TG_BFLOAT16, 14},  {TG_UINT16, 17}, {TG_COMPLEX128, 18}, {TG_FLOAT16, 19},
                           {TG_UINT32, 22},    {TG_UINT64, 23}};

int number_of(int dtype) {
  for (const Pair& pair : kTypes)
    if (pair.dtype == dtype) return pair.number;
  throw unsupported("tensors of this dtype are not written", std::string("dtype=") + dtype_name(dtype));
}

void infer_serialize(InferContext& c) {
  number_of(c.dtype(0));
  c.set_output(0, TG_STRING, {});
}

void serialize(KernelContext& c) {
  int dtype = c.dtype(0);
  Dims dims = c.dims(0);
  std::string shape, message;
  for (int64_t size : dims) {
    std::string dim;
    if (size != 0) put_number(1, static_cast<uint64_t>(size), &dim);
    put_bytes(2, dim, &shape);
  }
  put_number(1, static_cast<uint64_t>(number_of(dtype)), &message);
  put_bytes(2, shape, &message);
  if (dtype == TG_STRING) {
    Strings input(c, 0);
    for (int64_t i = 0; i < input.count(); ++i) put_bytes(8, input[i], &message);
  } else if (dims.num_elements() > 0) {
    put_bytes(4, {c.input<char>(0), static_cast<size_t>(dims.num_elements()) * element_size(dtype)}, &message);
  }
  StringBuilder out;
  out.add(message);
  c.set_output_tensor(0, out.tensor({}));
}

TG_OP("serialize_tensor(tensor: any) -> string")
    .names("io.serialize_tensor")
    .summary("Writes a tensor as a TensorProto message.")
    .doc(R"(Args:
  tensor: a tensor.

Returns:
  A 0-d string, which `parse_tensor`, and TensorFlow, read.

Raises:
  UnimplementedError: the dtype is a resource (TG-0121).
)")
    .example(R"(>>> tg.io.parse_tensor(tg.io.serialize_tensor([1, 2]), tg.int32).numpy().tolist()
[1, 2])")
    .samples(R"([{"inputs": [{"dtype": "uint8", "value": [[1, 2, 100]]}]},
          {"inputs": [{"dtype": "string", "value": ["", "a"]}]}])")
    .infer<infer_serialize>()
    .kernel<serialize>();

void infer_parse(InferContext& c) {
  require_rank(c.dims(0), 0, "serialized");
  number_of(c.dtype_attr("out_type"));
  c.set_output(0, c.dtype_attr("out_type"), Dims::unknown_rank());
}

Dims shape_of(std::string_view bytes) {
  std::vector<int64_t> sizes;
  MessageReader reader(bytes, "TensorShapeProto");
  WireField field;
  while (reader.next(&field)) {
    if (field.number == 3 && field.type == 0 && field.value != 0) throw reader.wrong();
    if (field.number != 2) continue;
    if (field.type != 2) throw reader.wrong();
    MessageReader inner(field.bytes, "TensorShapeProto.Dim");
    WireField size;
    int64_t value = 0;
    while (inner.next(&size))
      if (size.number == 1 && size.type == 0) value = static_cast<int64_t>(size.value);
    sizes.push_back(value);
  }
  return checked_dims(sizes);
}

// The element that a field of repeated numbers holds, as the bytes of our dtype.
void append_element(int dtype, uint64_t value, std::string* out) {
  size_t size = element_size(dtype);
  if (is_complex(dtype)) size /= 2;
  out->append(reinterpret_cast<const char*>(&value), size);
}

// In which field a dtype stands, and how: 0 varints, 1 and 5 fixed bytes.
struct Place {
  uint32_t field, type;
};
Place place_of(int dtype) {
  switch (dtype) {
    case TG_FLOAT32: return {5, 5};
    case TG_FLOAT64: return {6, 1};
    case TG_COMPLEX64: return {9, 5};
    case TG_COMPLEX128: return {12, 1};
    case TG_INT64: return {10, 0};
    case TG_BOOL: return {11, 0};
    case TG_FLOAT16:
    case TG_BFLOAT16: return {13, 0};
    case TG_UINT32: return {16, 0};
    case TG_UINT64: return {17, 0};
    default: return {7, 0};
  }
}

void parse(KernelContext& c) {
  int dtype = c.dtype_attr("out_type");
  MessageReader reader(Strings(c, 0)[0], "TensorProto");
  WireField field;
  Dims dims;
  int64_t found = 0;
  std::string elements;
  StringBuilder strings;
  Place place = place_of(dtype);
  bool content = false;
  while (reader.next(&field)) {
    if (field.number == 1 && field.type == 0) {
      found = static_cast<int64_t>(field.value);
    } else if (field.number == 2 && field.type == 2) {
      dims = shape_of(field.bytes);
    } else if (field.number == 4 && field.type == 2) {
      elements.assign(field.bytes);
      content = !field.bytes.empty();
    } else if (field.number == 8 && field.type == 2 && dtype == TG_STRING) {
      strings.add(field.bytes);
    } else if (field.number == place.field && !content && dtype != TG_STRING) {
      if (field.type == place.type) {
        append_element(dtype, field.value, &elements);
      } else if (field.type == 2) {  // packed
        MessageReader packed(field.bytes, "TensorProto");
        while (packed.more())
          append_element(dtype, place.type == 0 ? packed.varint() : packed.fixed(place.type == 1 ? 8 : 4), &elements);
      }
    }
  }
  if (found != number_of(dtype))
    throw invalid_argument("TG-0652", "the message must hold a tensor of out_type",
                           std::string("out_type=") + dtype_name(dtype) + ", DataType " + text_of(found));
  int64_t count = dims.num_elements();
  auto wrong_count = [&](int64_t have) {
    return invalid_argument("TG-0652", "the message must hold as many elements as its shape says",
                            text_of(have) + " for shape " + dims.str());
  };
  if (dtype == TG_STRING) {
    if (strings.count() != count && (strings.count() != 1 || count > (int64_t{1} << 24))) throw wrong_count(strings.count());
    if (strings.count() == count) return c.set_output_tensor(0, strings.tensor(dims));
    StringBuilder repeated;
    for (int64_t i = 0; i < count; ++i) repeated.add(strings.bytes());
    return c.set_output_tensor(0, repeated.tensor(dims));
  }
  size_t size = element_size(dtype), have = elements.size() / size;
  // The last element stands for all behind it, and none for zeros.
  bool fits = elements.size() % size == 0 && static_cast<int64_t>(have) <= count;
  if (!fits || (content && static_cast<int64_t>(have) != count)) throw wrong_count(static_cast<int64_t>(have));
  c.set_output_type(0, dtype, dims);
  if (count == 0) return;
  char* out = c.output<char>(0);
  std::memcpy(out, elements.data(), elements.size());
  for (int64_t i = static_cast<int64_t>(have); i < count; ++i) {
    char* to = out + static_cast<size_t>(i) * size;
    if (have == 0) std::memset(to, 0, size);
    else std::memcpy(to, out + (have - 1) * size, size);
  }
  if (dtype == TG_BOOL)
    for (int64_t i = 0; i < count; ++i) out[i] = out[i] != 0;
}

TG_OP("parse_tensor(serialized: string, *, out_type: dtype) -> attr.out_type")
    .names("io.parse_tensor")
    .summary("Reads a tensor from a TensorProto message.")
    .doc(R"(Args:
  serialized: the message, 0-d.
  out_type: the dtype of the tensor.

Returns:
  The tensor.

Raises:
  InvalidArgumentError: the bytes are no message (TG-0651), or one of a tensor of another dtype or number of elements
    (TG-0652), or `serialized` is not 0-d (TG-0103).
)")
    .samples(R"([{"inputs": [{"dtype": "string",
                       "value": "\u0008\u0003\u0012\u0004\u0012\u0002\u0008\u0002:\u0002\u0005\u0006"}],
           "attributes": {"out_type": "int32"}}])")
    .infer<infer_parse>()
    .kernel<parse>();

}  // namespace
}  // namespace tg
