// Writing an op in one file, in tree or out of tree: contexts for the callbacks and the registration.
//
//   static void infer(tg::InferContext& c) { c.set_output(0, c.dtype(0), c.dims(0)); }
//   static void kernel(tg::KernelContext& c) { ... c.input<float>(0) ... c.output<float>(0) ... }
//   static void gradient(tg::GradientContext& c) { c.set_gradient(0, c.gradient(0) * ...); }
//
//   TG_OP("square(x: T) -> T")
//       .types("T: float32 float64 int32 int64")
//       .names("math.square square")
//       .summary("Squares each element.")
//       .infer<infer>().kernel<kernel>().gradient<gradient>().fusion(TG_FUSION_ELEMENTWISE);
//
// A plug-in ends one of its files with TG_PLUGIN() to export its entry point.
#ifndef TENSEGRA_OP_HPP_
#define TENSEGRA_OP_HPP_

#include <optional>
#include <string>
#include <vector>

#include "tensegra/call.hpp"
#include "tensegra/shape.hpp"

namespace tg {

namespace internal {

// Stands between a kernel and a call whose tensors are halves: the kernel sees float32 copies of the inputs, and what
// it writes to float32 stand-ins of the outputs is rounded at the end.
class WideCall {
 public:
  // Is any input float16 or bfloat16?
  static bool needed(tg_op_context* context) {
    size_t count = api().op->num_inputs(context);
    for (size_t i = 0; i < count; ++i)
      if (is_half(describe(context, i).dtype)) return true;
    return false;
  }

  explicit WideCall(tg_op_context* context) : context_(context), outputs_(api().op->num_outputs(context)) {
    size_t count = api().op->num_inputs(context);
    for (size_t i = 0; i < count; ++i) {
      tg_tensor_desc desc = describe(context, i);
      if (is_half(desc.dtype)) {
        int64_t size = Dims(desc.dims, desc.rank).num_elements();
        void* wide = scratch(size);
        check(api().dtype->convert(desc.dtype, TG_FLOAT32, static_cast<const char*>(desc.data) + desc.byte_offset, wide,
                                   size));
        stand_in(&desc, wide);
      }
      inputs_.push_back(desc);
    }
  }

  const tg_tensor_desc& input(size_t i) const { return inputs_.at(i); }
  void set_output_type(size_t i, int dtype, const Dims& dims) {
    // A kernel that says the dtype of its input speaks of the stand-in.
    for (size_t k = 0; k < inputs_.size() && dtype == TG_FLOAT32; ++k) {
      int original = describe(context_, k).dtype;
      if (is_half(original)) dtype = original;
    }
    check(api().op->set_output_type(context_, i, dtype, dims.rank(), dims.data()));
  }
  void output(size_t i, tg_tensor_desc* desc) {
    if (!is_half(desc->dtype)) return;
    Output& output = outputs_.at(i);
    if (output.wide == nullptr) {
      output.size = Dims(desc->dims, desc->rank).num_elements();
      output.dtype = desc->dtype;
      output.target = static_cast<char*>(desc->data) + desc->byte_offset;
      output.wide = scratch(output.size);
    }
    stand_in(desc, output.wide);
  }
  // Rounds what was written.
  void finish() const {
    for (const Output& output : outputs_)
      if (output.wide) check(api().dtype->convert(TG_FLOAT32, output.dtype, output.wide, output.target, output.size));
  }

 private:
  struct Output {
    void* wide = nullptr;
    void* target = nullptr;
    int64_t size = 0;
    int dtype = 0;
  };
  static tg_tensor_desc describe(tg_op_context* context, size_t i) {
    tg_tensor_desc desc{};
    desc.struct_size = sizeof(desc);
    check(api().op->input(context, i, &desc));
    return desc;
  }
  static void stand_in(tg_tensor_desc* desc, void* wide) {
    desc->data = wide;
    desc->byte_offset = 0;
    desc->dtype = TG_FLOAT32;
  }
  void* scratch(int64_t count) const {
    void* out = nullptr;
    check(api().op->scratch(context_, static_cast<size_t>(count) * sizeof(float), &out));
    return out;
  }

  tg_op_context* context_;
  std::vector<tg_tensor_desc> inputs_;
  std::vector<Output> outputs_;
};

}  // namespace internal

// What every callback may ask.
class Context {
 public:
  explicit Context(tg_op_context* context) : context_(context) {}
  size_t num_inputs() const { return api().op->num_inputs(context_); }
  size_t num_outputs() const { return api().op->num_outputs(context_); }
  int dtype(size_t i) const { return input_desc(i).dtype; }
  Dims dims(size_t i) const {
    tg_tensor_desc desc = input_desc(i);
    return desc.rank < 0 ? Dims::unknown_rank() : Dims(desc.dims, desc.rank);
  }
  tg_tensor_desc input_desc(size_t i) const {
    if (wide_) return wide_->input(i);
    tg_tensor_desc desc{};
    desc.struct_size = sizeof(desc);
    check(api().op->input(context_, i, &desc));
    return desc;
  }

  tg_attr attr(const char* name) const {
    tg_attr attr{};
    attr.struct_size = sizeof(attr);
    check(api().op->attr(context_, name, &attr));
    return attr;
  }
  bool has(const char* name) const { return attr(name).kind != TG_ATTR_NONE; }
  int64_t int_attr(const char* name) const { return attr(name).i; }
  bool bool_attr(const char* name) const { return attr(name).i != 0; }
  double float_attr(const char* name) const { return attr(name).f; }
  int dtype_attr(const char* name) const { return static_cast<int>(attr(name).i); }
  std::string string_attr(const char* name) const {
    tg_attr a = attr(name);
    return std::string(a.s, a.count);
  }
  // Absent: empty.
  std::vector<int64_t> ints_attr(const char* name) const {
    tg_attr a = attr(name);
    return a.kind == TG_ATTR_NONE ? std::vector<int64_t>() : std::vector<int64_t>(a.ints, a.ints + a.count);
  }

 protected:
  tg_op_context* context_;
  internal::WideCall* wide_ = nullptr;
};

class InferContext : public Context {
 public:
  using Context::Context;
  // The values of an integer input where known before running (a shape, say).
  std::optional<std::vector<int64_t>> constant_ints(size_t i) const {
    tg_tensor_desc desc{};
    desc.struct_size = sizeof(desc);
    check(api().op->constant_input(context_, i, &desc));
    if (desc.data == nullptr) return std::nullopt;
    return read_ints(desc);
  }
  std::optional<double> constant_number(size_t i) const {
    tg_tensor_desc desc{};
    desc.struct_size = sizeof(desc);
    check(api().op->constant_input(context_, i, &desc));
    if (desc.data == nullptr) return std::nullopt;
    return read_number(desc);
  }
  void set_output(size_t i, int dtype, const Dims& dims) {
    check(api().op->set_output_type(context_, i, dtype, dims.rank(), dims.data()));
  }
};

class KernelContext : public Context {
 public:
  using Context::Context;
  // Runs a float32 kernel on a call of halves.
  template <void (*F)(KernelContext&)>
  void widened() {
    if (!internal::WideCall::needed(context_)) return F(*this);
    internal::WideCall wide(context_);
    KernelContext inner(context_);
    inner.wide_ = &wide;
    F(inner);
    wide.finish();
  }
  template <class T>
  const T* input(size_t i) const {
    return static_cast<const T*>(input_data(i));
  }
  const void* input_data(size_t i) const {
    tg_tensor_desc desc = input_desc(i);
    return static_cast<const char*>(desc.data) + desc.byte_offset;
  }
  int64_t num_elements(size_t i) const { return dims(i).num_elements(); }
  std::vector<int64_t> ints(size_t i) const { return read_ints(input_desc(i)); }
  double number(size_t i) const { return read_number(input_desc(i)); }

  // Only for outputs whose shape inference could not know.
  void set_output_type(size_t i, int dtype, const Dims& dims) {
    if (wide_) return wide_->set_output_type(i, dtype, dims);
    check(api().op->set_output_type(context_, i, dtype, dims.rank(), dims.data()));
  }
  template <class T>
  T* output(size_t i) const {
    return static_cast<T*>(output_data(i));
  }
  void* output_data(size_t i) const {
    tg_tensor_desc desc = output_desc(i);
    return static_cast<char*>(desc.data) + desc.byte_offset;
  }
  Dims output_dims(size_t i) const {
    tg_tensor_desc desc = output_desc(i);
    return Dims(desc.dims, desc.rank);
  }
  void* scratch(size_t bytes) const {
    void* out = nullptr;
    check(api().op->scratch(context_, bytes, &out));
    return out;
  }
  Tensor input_tensor(size_t i) const {
    tg_tensor* out = nullptr;
    check(api().op->input_tensor(context_, i, &out));
    return Tensor::adopt(out);
  }
  void set_output_tensor(size_t i, const Tensor& tensor) {
    check(api().op->set_output_tensor(context_, i, tensor.get()));
  }

  // Converts to any struct of {void* self; void (*run)(void*, int64_t, tg_chunk_fn, void*)}.
  struct ParallelRef {
    tg_op_context* context;
    template <class P>
    operator P() const {
      P parallel{};
      parallel.self = context;
      parallel.run = [](void* self, int64_t chunks, tg_chunk_fn fn, void* arg) {
        api().op->parallel(static_cast<tg_op_context*>(self), chunks, fn, arg);
      };
      return parallel;
    }
  };
  ParallelRef parallel() const { return {context_}; }

 private:
  tg_tensor_desc output_desc(size_t i) const {
    tg_tensor_desc desc{};
    desc.struct_size = sizeof(desc);
    check(api().op->output(context_, i, &desc));
    if (wide_) wide_->output(i, &desc);
    return desc;
  }
};

class GradientContext : public Context {
 public:
  using Context::Context;
  Tensor input(size_t i) const {
    tg_tensor* out = nullptr;
    check(api().op->input_tensor(context_, i, &out));
    return Tensor::adopt(out);
  }
  Tensor output(size_t i = 0) const {
    tg_tensor* out = nullptr;
    check(api().op->output_tensor(context_, i, &out));
    return Tensor::adopt(out);
  }
  bool has_gradient(size_t i = 0) const {
    tg_tensor* out = nullptr;
    check(api().op->output_gradient(context_, i, &out));
    return static_cast<bool>(Tensor::adopt(out));
  }
  // The gradient of an output; zeros where nothing depends on it.
  Tensor gradient(size_t i = 0) const {
    tg_tensor* out = nullptr;
    check(api().op->output_gradient(context_, i, &out));
    return out ? Tensor::adopt(out) : call("zeros_like", {output(i)});
  }
  bool needs(size_t i) const { return api().op->needs_gradient(context_, i) != 0; }
  void set_gradient(size_t i, const Tensor& gradient) {
    check(api().op->set_input_gradient(context_, i, gradient.get()));
  }
};

class ComposeContext : public Context {
 public:
  using Context::Context;
  Tensor input(size_t i) const {
    tg_tensor* out = nullptr;
    check(api().op->input_tensor(context_, i, &out));
    return Tensor::adopt(out);
  }
  void set_output(size_t i, const Tensor& tensor) {
    check(api().op->set_output_tensor(context_, i, tensor.get()));
  }
};

class CostContext : public Context {
 public:
  using Context::Context;
  void set_cost(double operations, double bytes) { check(api().op->set_cost(context_, operations, bytes)); }
};

namespace internal {

template <class C, void (*F)(C&)>
tg_status* guarded(tg_op_context* context) noexcept {
  try {
    C wrapped(context);
    F(wrapped);
    return nullptr;
  } catch (const Error& error) {
    return api().status->create(error.code(), error.error_code().c_str(), error.what());
  } catch (const std::bad_alloc&) {
    return api().status->create(TG_RESOURCE_EXHAUSTED, "TG-0119", "memory ran out");
  } catch (const std::exception& error) {
    return api().status->create(TG_INTERNAL, "TG-0001", error.what());
  } catch (...) {
    return api().status->create(TG_INTERNAL, "TG-0001", "an unknown C++ exception");
  }
}

template <void (*F)(KernelContext&)>
void widened(KernelContext& context) {
  context.widened<F>();
}

TG_LOCAL inline std::vector<tg_op_def>& pending_ops() {
  static std::vector<tg_op_def> ops;
  return ops;
}

}  // namespace internal

// A plug-in may call only what the core that loads it has.
inline void require_minor(const tg_api& api, int minor) {
  if (api.minor < minor)
    throw Error(TG_FAILED_PRECONDITION, "TG-0753",
                "a plug-in is loaded by a core that has the minor version it needs. Received: minor=" +
                    std::to_string(minor) + ", and tensegra-core " + api.release + " has " + std::to_string(api.major) +
                    "." + std::to_string(api.minor) + ". Update tensegra-core, or build with -DTG_PLUGIN_MINOR=" +
                    std::to_string(api.minor) + " where that suffices.");
}

// Registers the ops of this library; called once by core or by TG_PLUGIN's entry point.
inline void register_pending_ops(const tg_api& api) {
  for (const tg_op_def& def : internal::pending_ops()) check(api.op->register_op(&def));
  internal::pending_ops().clear();
}

// Collects one definition; the strings must be literals.
class OpRegistration {
 public:
  explicit OpRegistration(const char* signature) {
    index_ = internal::pending_ops().size();
    tg_op_def def{};
    def.struct_size = sizeof(def);
    def.signature = signature;
    def.types = def.names = def.summary = def.doc = def.example = def.samples = "";
    def.since = "2.0";
    def.version = 1;
    def.in_place = -1;
    internal::pending_ops().push_back(def);
  }
  OpRegistration& types(const char* text) { return def().types = text, *this; }
  OpRegistration& names(const char* text) { return def().names = text, *this; }
  OpRegistration& summary(const char* text) { return def().summary = text, *this; }
  OpRegistration& doc(const char* text) { return def().doc = text, *this; }
  OpRegistration& example(const char* text) { return def().example = text, *this; }
  OpRegistration& since(const char* text) { return def().since = text, *this; }
  OpRegistration& samples(const char* json) { return def().samples = json, *this; }
  OpRegistration& version(int value) { return def().version = value, *this; }
  OpRegistration& effects(int bits) { return def().effects = bits, *this; }
  OpRegistration& fusion(int value) { return def().fusion = value, *this; }
  OpRegistration& in_place(int input) { return def().in_place = input, *this; }
  template <void (*F)(InferContext&)>
  OpRegistration& infer() { return def().infer = internal::guarded<InferContext, F>, *this; }
  template <void (*F)(KernelContext&)>
  OpRegistration& kernel() { return def().kernel = internal::guarded<KernelContext, F>, *this; }
  // A kernel of float32 (and wider types) that also serves float16 and bfloat16: where an input is a half, the kernel
  // sees float32 copies of such inputs, and its float32 results are rounded to the half outputs, to nearest even.
  // Inputs, outputs and attributes of other dtypes pass as they are. Not for kernels that hand on tensors
  // (input_tensor, set_output_tensor).
  template <void (*F)(KernelContext&)>
  OpRegistration& widened_kernel() { return kernel<internal::widened<F>>(); }
  template <void (*F)(ComposeContext&)>
  OpRegistration& compose() { return def().compose = internal::guarded<ComposeContext, F>, *this; }
  template <void (*F)(GradientContext&)>
  OpRegistration& gradient() { return def().gradient = internal::guarded<GradientContext, F>, *this; }
  template <void (*F)(CostContext&)>
  OpRegistration& cost() { return def().cost = internal::guarded<CostContext, F>, *this; }

 private:
  tg_op_def& def() { return internal::pending_ops()[index_]; }
  size_t index_;
};

}  // namespace tg

#define TG_OP_NAME_(line) tg_op_registration_##line
#define TG_OP_AT_(line, signature) \
  static const ::tg::OpRegistration TG_OP_NAME_(line) = ::tg::OpRegistration(signature)
#define TG_OP_EXPAND_(line, signature) TG_OP_AT_(line, signature)
#define TG_OP(signature) TG_OP_EXPAND_(__LINE__, signature)

#define TG_PLUGIN()                                                                                \
  extern "C" TG_EXPORT tg_status* tg_plugin_init(const tg_api* api) {                              \
    try {                                                                                          \
      ::tg::require_minor(*api, TG_PLUGIN_MINOR);                                                  \
      ::tg::register_pending_ops(*api);                                                            \
      return nullptr;                                                                              \
    } catch (const ::tg::Error& error) {                                                           \
      return api->status->create(error.code(), error.error_code().c_str(), error.what());          \
    } catch (...) {                                                                                \
      return api->status->create(TG_INTERNAL, "TG-0001", "the plug-in's registration failed");     \
    }                                                                                              \
  }

#endif  // TENSEGRA_OP_HPP_
