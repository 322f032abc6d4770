#include "schema/attr.h"

#include <cstdio>
#include <cstring>

#include "base/status.h"
#include "tensor/device_memory.h"

namespace tg {
namespace {

bool same_tensor(const TensorRef& x, const TensorRef& y) {
  if (x.get() == y.get()) return true;
  if (!x || !y || x->dtype != y->dtype || x->dims != y->dims || !x->buffer || !y->buffer) return false;
  size_t bytes = tensor_bytes(*x);
  return bytes == tensor_bytes(*y) && std::memcmp(x->data(), y->data(), bytes) == 0;
}

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

}  // namespace

bool AttrValue::operator==(const AttrValue& o) const {
  // Bit patterns, so that NaN equals itself and 0.0 differs from -0.0.
  return kind == o.kind && i == o.i && std::memcmp(&f, &o.f, sizeof(f)) == 0 && s == o.s && ints == o.ints &&
         floats == o.floats && same_tensor(tensor, o.tensor) && function.get() == o.function.get();
}

void AttrValue::view(const char* name, tg_attr* out) const {
  *out = tg_attr{};
  out->struct_size = sizeof(tg_attr);
  out->name = name;
  out->kind = kind;
  out->i = i;
  out->f = f;
  if (kind == TG_ATTR_STRING) out->s = s.c_str(), out->count = s.size();
  if (kind == TG_ATTR_INTS) out->ints = ints.data(), out->count = ints.size();
  if (kind == TG_ATTR_FLOATS) out->floats = floats.data(), out->count = floats.size();
  out->tensor = tensor.get();
  out->function = reinterpret_cast<tg_function*>(function.get());
}

std::string AttrValue::str() const {
  char text[40];
  switch (kind) {
    case TG_ATTR_NONE: return "none";
    case TG_ATTR_INT: return std::to_string(i);
    case TG_ATTR_BOOL: return i ? "true" : "false";
    case TG_ATTR_FLOAT: std::snprintf(text, sizeof(text), "%.17g", f); return text;
    case TG_ATTR_STRING: return quoted(s);
    case TG_ATTR_DTYPE: {
      const char* name = dtype_to_name(static_cast<int>(i));
      return name ? name : "invalid";
    }
    case TG_ATTR_INTS: {
      std::string out = "[";
      for (size_t k = 0; k < ints.size(); ++k) out += (k ? ", " : "") + std::to_string(ints[k]);
      return out + "]";
    }
    case TG_ATTR_FLOATS: {
      std::string out = "[";
      for (size_t k = 0; k < floats.size(); ++k) {
        std::snprintf(text, sizeof(text), "%.17g", floats[k]);
        out += (k ? ", " : "") + std::string(text);
      }
      return out + "]";
    }
    case TG_ATTR_TENSOR: return "<" + type_text(tensor->dtype, tensor->dims) + ">";
    default: return "<function>";
  }
}

void set_attr(const AttrValue& from, AttrValue* value) {
  switch (from.kind) {
    case TG_ATTR_NONE:
    case TG_ATTR_INT:
    case TG_ATTR_DTYPE:
    case TG_ATTR_BOOL:
    case TG_ATTR_FLOAT:
      value->kind = from.kind;
      value->i = from.i;
      value->f = from.f;
      break;
    default: *value = from;
  }
}

void set_attr(const tg_attr& attr, AttrValue* to) {
  AttrValue& value = *to;
  value.kind = attr.kind;
  switch (attr.kind) {
    case TG_ATTR_NONE: break;
    case TG_ATTR_INT:
    case TG_ATTR_DTYPE: value.i = attr.i; break;
    case TG_ATTR_BOOL: value.i = attr.i != 0; break;
    case TG_ATTR_FLOAT: value.f = attr.f; break;
    case TG_ATTR_STRING:
      if (attr.count) value.s.assign(attr.s, attr.count);
      break;
    case TG_ATTR_INTS: value.ints.assign(attr.ints, attr.ints + attr.count); break;
    case TG_ATTR_FLOATS: value.floats.assign(attr.floats, attr.floats + attr.count); break;
    case TG_ATTR_TENSOR:
      if (attr.tensor->is_symbolic())
        throw invalid_argument("TG-0118", "an attribute holds a tensor with data, not a value of a graph",
                               "value of " + type_text(attr.tensor->dtype, attr.tensor->dims));
      value.tensor = to_host(attr.tensor);
      break;
    case TG_ATTR_FUNCTION:
      value.function = Ref<FunctionBase>::share(reinterpret_cast<FunctionBase*>(attr.function));
      break;
    default:
      throw invalid_argument("TG-0111", "an attribute must be of a known kind", "kind=" + std::to_string(attr.kind));
  }
}

}  // namespace tg
