// Calling ops from C++: now, or as nodes where a graph is being traced; tapes record both.
#ifndef TENSEGRA_CALL_HPP_
#define TENSEGRA_CALL_HPP_

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "tensegra/tensor.hpp"

namespace tg {

// One attribute of a call: {"axis", -1}, {"keepdims", true}, {"perm", std::vector<int64_t>{1, 0}}, {"mode", "SAME"}.
class Attr {
 public:
  Attr(const char* name, int value) : Attr(name, static_cast<int64_t>(value)) {}
  Attr(const char* name, int64_t value) { set(name, TG_ATTR_INT).i = value; }
  Attr(const char* name, bool value) { set(name, TG_ATTR_BOOL).i = value; }
  Attr(const char* name, double value) { set(name, TG_ATTR_FLOAT).f = value; }
  Attr(const char* name, const char* value) : Attr(name, std::string(value)) {}
  Attr(const char* name, std::string value) : text_(std::move(value)) { set(name, TG_ATTR_STRING); }
  Attr(const char* name, std::vector<int64_t> value) : ints_(std::move(value)) { set(name, TG_ATTR_INTS); }
  static Attr dtype(const char* name, int value) {
    Attr attr(name, static_cast<int64_t>(value));
    attr.attr_.kind = TG_ATTR_DTYPE;
    return attr;
  }
  // Valid while this object stays where it is.
  tg_attr view() const {
    tg_attr attr = attr_;
    if (attr.kind == TG_ATTR_STRING) attr.s = text_.data(), attr.count = text_.size();
    if (attr.kind == TG_ATTR_INTS) attr.ints = ints_.data(), attr.count = ints_.size();
    return attr;
  }

 private:
  tg_attr& set(const char* name, int kind) {
    attr_.struct_size = sizeof(tg_attr);
    attr_.name = name;
    attr_.kind = kind;
    return attr_;
  }
  tg_attr attr_{};
  std::string text_;
  std::vector<int64_t> ints_;
};

inline std::vector<Tensor> call_all(const char* name, const std::vector<Tensor>& inputs,
                                    const std::vector<Attr>& attrs = {}, size_t max_outputs = 16) {
  const tg_op* op = nullptr;
  check(api().op->find(name, &op));
  std::vector<tg_tensor*> handles;
  for (const Tensor& input : inputs) handles.push_back(input.get());
  std::vector<tg_attr> views;
  for (const Attr& attr : attrs) views.push_back(attr.view());
  std::vector<tg_tensor*> outputs(max_outputs, nullptr);
  size_t count = max_outputs;
  check(api().eager->execute(op, handles.data(), handles.size(), views.data(), views.size(), outputs.data(), &count));
  std::vector<Tensor> results;
  for (size_t i = 0; i < count; ++i) results.push_back(Tensor::adopt(outputs[i]));
  return results;
}

// The first output.
inline Tensor call(const char* name, const std::vector<Tensor>& inputs, const std::vector<Attr>& attrs = {}) {
  return call_all(name, inputs, attrs)[0];
}

// Shorthands for what gradients are made of.
inline Tensor operator+(const Tensor& x, const Tensor& y) { return call("add", {x, y}); }
inline Tensor operator-(const Tensor& x, const Tensor& y) { return call("subtract", {x, y}); }
inline Tensor operator*(const Tensor& x, const Tensor& y) { return call("multiply", {x, y}); }
inline Tensor operator/(const Tensor& x, const Tensor& y) { return call("divide", {x, y}); }
inline Tensor operator-(const Tensor& x) { return call("negative", {x}); }

inline Tensor make_scalar(int dtype, double value) {
  if (dtype == TG_FLOAT64) return make_tensor<double>({}, {value});
  if (dtype == TG_FLOAT32) return make_tensor<float>({}, {static_cast<float>(value)});
  if (dtype == TG_INT32) return make_tensor<int32_t>({}, {static_cast<int32_t>(value)});
  if (dtype == TG_INT64) return make_tensor<int64_t>({}, {static_cast<int64_t>(value)});
  return call("cast", {make_tensor<double>({}, {value})}, {Attr::dtype("dtype", dtype)});
}
// A 0-d constant of x's dtype: x * scalar_like(x, 0.5)
inline Tensor scalar_like(const Tensor& x, double value) { return make_scalar(x.dtype(), value); }
// Sums gradient down to the shape that like has: undoes broadcasting.
inline Tensor sum_to_like(const Tensor& gradient, const Tensor& like) {
  Dims have = gradient.dims(), want = like.dims();
  bool same = want.known_rank() && have == want;  // equal symbols are equal sizes
  for (int64_t size : want) same = same && size != TG_DIM_UNKNOWN;
  if (same) return gradient;
  return call("sum_to_like", {gradient, like});
}

}  // namespace tg

#endif  // TENSEGRA_CALL_HPP_
