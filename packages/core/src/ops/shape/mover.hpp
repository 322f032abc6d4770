// Ops that move elements without looking at them take strings too: they move the numbers of the strings, which then
// become the strings again.
#ifndef TENSEGRA_OPS_MOVER_HPP_
#define TENSEGRA_OPS_MOVER_HPP_

#include "ops/common.hpp"
#include "ops/strings/strings.hpp"

namespace tg {

inline void require_movable(int dtype) {
  if (dtype != TG_STRING) element_size(dtype);
}

// To a kernel that moves elements, strings are int64: 0 is the empty string, the others count through all inputs.
class MoveContext : public KernelContext {
 public:
  explicit MoveContext(const KernelContext& c) : KernelContext(c) {
    int64_t next = 1;
    for (size_t i = 0; i < num_inputs(); ++i) {
      if (Context::dtype(i) != TG_STRING) continue;
      strings_.emplace_back(KernelContext::input_data(i), num_elements(i));
      first_.push_back(next);
      inputs_.resize(i + 1);
      for (int64_t k = 0; k < num_elements(i); ++k) inputs_[i].push_back(next++);
      // An empty tensor has an address all the same.
      inputs_[i].push_back(0);
    }
  }
  bool of_strings() const { return !strings_.empty(); }

  int dtype(size_t i) const {
    int dtype = Context::dtype(i);
    return dtype == TG_STRING ? TG_INT64 : dtype;
  }
  const void* input_data(size_t i) const {
    return i < inputs_.size() && !inputs_[i].empty() ? inputs_[i].data() : KernelContext::input_data(i);
  }
  template <class T>
  const T* input(size_t i) const {
    return static_cast<const T*>(input_data(i));
  }
  void set_output_type(size_t i, int dtype, const Dims& dims) {
    if (!of_strings()) return KernelContext::set_output_type(i, dtype, dims);
    dims_ = dims;
    given_ = true;
  }
  void* output_data(size_t i) {
    if (!of_strings()) return KernelContext::output_data(i);
    if (output_.empty()) output_.resize(static_cast<size_t>(output_dims(i).num_elements()) + 1);
    return output_.data();
  }
  template <class T>
  T* output(size_t i) {
    return static_cast<T*>(output_data(i));
  }
  Dims output_dims(size_t i) const { return given_ ? dims_ : KernelContext::output_dims(i); }

  // The strings of the numbers that the kernel has written.
  void finish() {
    if (!of_strings()) return;
    output_data(0);
    Dims dims = output_dims(0);
    StringBuilder out;
    for (int64_t i = 0; i < dims.num_elements(); ++i) {
      int64_t number = output_[static_cast<size_t>(i)];
      if (number == 0) {
        out.add("");
        continue;
      }
      size_t k = first_.size() - 1;
      while (first_[k] > number) --k;
      out.add(strings_[k][number - first_[k]]);
    }
    set_output_tensor(0, out.tensor(dims));
  }

 private:
  std::vector<Strings> strings_;              // of the inputs that hold strings
  std::vector<int64_t> first_;                // the number of the first string of each
  std::vector<std::vector<int64_t>> inputs_;  // by input
  std::vector<int64_t> output_;
  Dims dims_;
  bool given_ = false;
};

template <void (*F)(MoveContext&)>
void moving(KernelContext& c) {
  MoveContext mover(c);
  F(mover);
  mover.finish();
}

}  // namespace tg

#endif  // TENSEGRA_OPS_MOVER_HPP_
