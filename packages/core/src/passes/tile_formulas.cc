#include "passes/tile_formulas.h"

#include "kernels/epilogue.h"
#include "passes/tile_group.h"

namespace tg {
namespace {

using kernels::Activation;
using kernels::BinaryOp;
using kernels::TileKind;
using kernels::TileStep;
using kernels::UnaryOp;

class Formulas {
 public:
  Formulas(const std::vector<Value>& values, const std::vector<int>& inputs, std::vector<TileStep>& steps,
           std::vector<int64_t>& outputs)
      : values_(values), inputs_(inputs), steps_(steps), outputs_(outputs), uses_(inputs.size() + steps.size(), 0),
        gone_(steps.size(), false) {
    for (const TileStep& step : steps_)
      for (int k = 0; k < num_args(step.kind); ++k) ++uses_[static_cast<size_t>(step.args[k])];
    for (int64_t output : outputs_) ++uses_[static_cast<size_t>(output)];
  }

  void run() {
    bool any = false;
    for (size_t i = 0; i < steps_.size(); ++i) {
      if (!is(steps_[i], BinaryOp::kMul)) continue;
      for (int k = 0; k < 2; ++k)
        if (silu(steps_[i], steps_[i].args[k], steps_[i].args[1 - k]) ||
            gelu(steps_[i], steps_[i].args[k], steps_[i].args[1 - k])) {
          any = true;
          break;
        }
    }
    if (any) leave_out();
  }

 private:
  static bool is_float(const TileStep& step) {
    return step.in == kernels::DType::kFloat32 && step.out == kernels::DType::kFloat32;
  }
  static bool is(const TileStep& step, BinaryOp op) {
    return step.kind == TileKind::kBinary && step.op == static_cast<int32_t>(op) && is_float(step);
  }
  static bool is(const TileStep& step, UnaryOp op) {
    return step.kind == TileKind::kUnary && step.op == static_cast<int32_t>(op) && is_float(step);
  }

  // The step that makes a value which one other step alone reads, if it is of this op; else null.
  template <class Op>
  const TileStep* only(int32_t value, Op op) const {
    const size_t inputs = inputs_.size();
    if (static_cast<size_t>(value) < inputs || uses_[static_cast<size_t>(value)] != 1) return nullptr;
    const TileStep& step = steps_[static_cast<size_t>(value) - inputs];
    return is(step, op) ? &step : nullptr;
  }
  bool is_number(int32_t value, double number) const {
    if (static_cast<size_t>(value) >= inputs_.size()) return false;
    const TensorRef& constant = values_[static_cast<size_t>(inputs_[static_cast<size_t>(value)])].constant;
    return constant && constant->dtype == TG_FLOAT32 && constant->dims.num_elements() == 1 &&
           *reinterpret_cast<const float*>(constant->data()) == static_cast<float>(number);
  }
  // The argument beside a number; -1 if there is none.
  int32_t beside(const TileStep* step, double number) const {
    if (step == nullptr) return -1;
    if (is_number(step->args[1], number)) return step->args[0];
    return is_number(step->args[0], number) ? step->args[1] : -1;
  }
  static int32_t beside_value(const TileStep* step, int32_t value) {
    if (step == nullptr) return -1;
    return step->args[0] == value ? step->args[1] : step->args[1] == value ? step->args[0] : -1;
  }
  size_t place(const TileStep* step) const { return static_cast<size_t>(step - steps_.data()); }

  void become(TileStep& step, Activation activation, int32_t x, std::initializer_list<const TileStep*> parts) {
    for (const TileStep* part : parts) gone_[place(part)] = true;
    step.kind = TileKind::kActivation;
    step.op = static_cast<int32_t>(activation);
    step.args[0] = x;
    step.args[1] = step.args[2] = 0;
  }

  // x * sigmoid(x)
  bool silu(TileStep& step, int32_t x, int32_t weight) {
    const TileStep* gate = only(weight, UnaryOp::kSigmoid);
    if (gate == nullptr || gate->args[0] != x) return false;
    become(step, Activation::kSilu, x, {gate});
    return true;
  }

  // (0.5 * x) * (1 + weight), the weight being erf(x / sqrt(2)) or tanh(sqrt(2 / pi) * (x + 0.044715 * ((x * x) * x)))
  bool gelu(TileStep& step, int32_t half_x, int32_t raised_weight) {
    const TileStep *half = only(half_x, BinaryOp::kMul), *raised = only(raised_weight, BinaryOp::kAdd);
    const int32_t x = beside(half, 0.5), weight = beside(raised, 1.0);
    if (x < 0 || weight < 0) return false;
    if (const TileStep* erf = only(weight, UnaryOp::kErf)) {
      const TileStep* scaled = only(erf->args[0], BinaryOp::kMul);
      if (beside(scaled, 0.7071067811865476) != x) return false;
      become(step, Activation::kGeluErf, x, {half, raised, erf, scaled});
      return true;
    }
    const TileStep* tanh = only(weight, UnaryOp::kTanh);
    const TileStep* scaled = tanh == nullptr ? nullptr : only(tanh->args[0], BinaryOp::kMul);
    const int32_t inner = beside(scaled, 0.7978845608028654);
    const TileStep* sum = inner < 0 ? nullptr : only(inner, BinaryOp::kAdd);
    const int32_t small = beside_value(sum, x);
    const TileStep* cubic = small < 0 ? nullptr : only(small, BinaryOp::kMul);
    const int32_t cube = beside(cubic, 0.044715);
    const TileStep* third = cube < 0 ? nullptr : only(cube, BinaryOp::kMul);
    const int32_t square = beside_value(third, x);
    const TileStep* second = square < 0 ? nullptr : only(square, BinaryOp::kMul);
    if (second == nullptr || second->args[0] != x || second->args[1] != x) return false;
    become(step, Activation::kGeluTanh, x, {half, raised, tanh, scaled, sum, cubic, third, second});
    return true;
  }

  void leave_out() {
    const size_t inputs = inputs_.size();
    std::vector<int32_t> number(inputs + steps_.size());
    std::vector<TileStep> kept;
    for (size_t v = 0; v < number.size(); ++v) {
      number[v] = static_cast<int32_t>(v < inputs ? v : inputs + kept.size());
      if (v < inputs || gone_[v - inputs]) continue;
      TileStep step = steps_[v - inputs];
      for (int k = 0; k < num_args(step.kind); ++k) step.args[k] = number[static_cast<size_t>(step.args[k])];
      kept.push_back(step);
    }
    steps_ = std::move(kept);
    for (int64_t& output : outputs_) output = number[static_cast<size_t>(output)];
  }

  const std::vector<Value>& values_;
  const std::vector<int>& inputs_;
  std::vector<TileStep>& steps_;
  std::vector<int64_t>& outputs_;
  std::vector<int> uses_;  // how often each value is read
  std::vector<bool> gone_;
};

}  // namespace

void join_formulas(const std::vector<Value>& values, const std::vector<int>& inputs, std::vector<TileStep>* steps,
                   std::vector<int64_t>* outputs) {
  Formulas(values, inputs, *steps, *outputs).run();
}

}  // namespace tg
