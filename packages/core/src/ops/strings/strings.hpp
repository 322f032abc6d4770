// Reading string tensors (count + 1 offsets, then the bytes) and making them.
#ifndef TENSEGRA_OPS_STRINGS_HPP_
#define TENSEGRA_OPS_STRINGS_HPP_

#include <string>
#include <string_view>
#include <vector>

#include "ops/common.hpp"

namespace tg {

class Strings {
 public:
  Strings(const void* data, int64_t count)
      : offsets_(static_cast<const int64_t*>(data)),
        bytes_(reinterpret_cast<const char*>(offsets_ + count + 1)),
        count_(count) {}
  Strings(const KernelContext& c, size_t input) : Strings(c.input_data(input), c.num_elements(input)) {}
  int64_t count() const { return count_; }
  std::string_view operator[](int64_t i) const {
    return {bytes_ + offsets_[i], static_cast<size_t>(offsets_[i + 1] - offsets_[i])};
  }
  // All bytes of all strings.
  int64_t size() const { return offsets_[count_] - offsets_[0]; }

 private:
  const int64_t* offsets_;
  const char* bytes_;
  int64_t count_;
};

class StringBuilder {
 public:
  StringBuilder() : offsets_{0} {}
  void add(std::string_view text) {
    bytes_.append(text);
    end();
  }
  // Bytes are appended to the string that the next call of `end` completes.
  std::string& bytes() { return bytes_; }
  void end() { offsets_.push_back(static_cast<int64_t>(bytes_.size())); }
  int64_t count() const { return static_cast<int64_t>(offsets_.size()) - 1; }

  Tensor tensor(const Dims& dims) const {
    tg_tensor* out = nullptr;
    check(api().tensor->create_strings(dims.rank(), dims.data(), offsets_.data(), bytes_.data(), &out));
    return Tensor::adopt(out);
  }

 private:
  std::vector<int64_t> offsets_;
  std::string bytes_;
};

// Where an element of a broadcast result comes from.
inline int64_t broadcast_place(int64_t i, const Dims& to, const Dims& from) {
  int64_t index = 0, step = 1;
  for (int k = 1; k <= to.rank(); ++k) {
    int64_t coordinate = i % to[to.rank() - k];
    i /= to[to.rank() - k];
    if (k > from.rank()) continue;
    if (from[from.rank() - k] != 1) index += coordinate * step;
    step *= from[from.rank() - k];
  }
  return index;
}

// What a user sees of a string in a message: quoted, cut, and without bytes that a terminal would not show.
inline std::string quoted(std::string_view text) {
  std::string shown = "'";
  for (char c : text.substr(0, 60)) shown += static_cast<unsigned char>(c) < 32 || c == 127 ? '?' : c;
  return shown + (text.size() > 60 ? "...'" : "'");
}

}  // namespace tg

#endif  // TENSEGRA_OPS_STRINGS_HPP_
