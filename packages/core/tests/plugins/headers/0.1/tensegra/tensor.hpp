// C++ conveniences over c/tensor.h: shapes, dtypes, and an owning tensor handle.
#ifndef TENSEGRA_TENSOR_HPP_
#define TENSEGRA_TENSOR_HPP_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "tensegra/c/tensegra.h"
#include "tensegra/error.hpp"

namespace tg {

TG_LOCAL inline const tg_api& api() {
  static const tg_api* table = tg_get_api(TG_ABI_MAJOR);
  return *table;
}

// Throws what a C function returned, if it is an error.
inline void check(tg_status* status) {
  if (status == nullptr) return;
  Error error(api().status->code(status), api().status->error_code(status), api().status->message(status));
  api().status->destroy(status);
  throw error;
}

inline const char* dtype_name(int dtype) {
  const char* name = api().dtype->name(dtype);
  return name ? name : "invalid";
}
inline bool is_floating(int dtype) { return dtype >= TG_FLOAT16 && dtype <= TG_FLOAT64; }
inline bool is_complex(int dtype) { return dtype == TG_COMPLEX64 || dtype == TG_COMPLEX128; }
inline bool is_integer(int dtype) { return (dtype >= TG_INT8 && dtype <= TG_UINT64) || dtype == TG_INT4; }
inline bool is_differentiable(int dtype) { return is_floating(dtype) || is_complex(dtype); }

template <class T>
constexpr int dtype_of();
template <> constexpr int dtype_of<bool>() { return TG_BOOL; }
template <> constexpr int dtype_of<int8_t>() { return TG_INT8; }
template <> constexpr int dtype_of<int16_t>() { return TG_INT16; }
template <> constexpr int dtype_of<int32_t>() { return TG_INT32; }
template <> constexpr int dtype_of<int64_t>() { return TG_INT64; }
template <> constexpr int dtype_of<uint8_t>() { return TG_UINT8; }
template <> constexpr int dtype_of<uint16_t>() { return TG_UINT16; }
template <> constexpr int dtype_of<uint32_t>() { return TG_UINT32; }
template <> constexpr int dtype_of<uint64_t>() { return TG_UINT64; }
template <> constexpr int dtype_of<float>() { return TG_FLOAT32; }
template <> constexpr int dtype_of<double>() { return TG_FLOAT64; }

// A shape. rank -1: unknown. A size below 0: unknown (-1) or a symbol (-2 and below; equal symbols are equal sizes).
class Dims {
 public:
  Dims() : rank_(0) {}
  Dims(std::initializer_list<int64_t> sizes) : Dims(sizes.begin(), static_cast<int>(sizes.size())) {}
  Dims(const int64_t* sizes, int rank) : rank_(rank) {
    if (rank > TG_MAX_RANK)
      throw invalid_argument("TG-0103", "a tensor has at most 8 dimensions", "rank=" + std::to_string(rank));
    for (int i = 0; i < rank; ++i) sizes_[i] = sizes[i];
  }
  explicit Dims(const std::vector<int64_t>& sizes) : Dims(sizes.data(), static_cast<int>(sizes.size())) {}
  static Dims unknown_rank() {
    Dims dims;
    dims.rank_ = -1;
    return dims;
  }
  // Known rank, every size unknown.
  static Dims unknown(int rank) {
    Dims dims;
    for (int i = 0; i < rank; ++i) dims.push_back(TG_DIM_UNKNOWN);
    return dims;
  }

  int rank() const { return rank_; }
  bool known_rank() const { return rank_ >= 0; }
  int64_t operator[](int i) const { return sizes_[i]; }
  int64_t& operator[](int i) { return sizes_[i]; }
  const int64_t* data() const { return sizes_; }
  const int64_t* begin() const { return sizes_; }
  const int64_t* end() const { return sizes_ + (rank_ > 0 ? rank_ : 0); }
  void push_back(int64_t size) {
    if (rank_ >= TG_MAX_RANK) throw invalid_argument("TG-0103", "a tensor has at most 8 dimensions", "rank=9");
    sizes_[rank_++] = size;
  }
  void insert(int at, int64_t size) {
    push_back(0);
    for (int i = rank_ - 1; i > at; --i) sizes_[i] = sizes_[i - 1];
    sizes_[at] = size;
  }
  void erase(int at) {
    for (int i = at; i + 1 < rank_; ++i) sizes_[i] = sizes_[i + 1];
    --rank_;
  }
  // Every size is a number.
  bool is_static() const {
    if (rank_ < 0) return false;
    for (int64_t size : *this)
      if (size < 0) return false;
    return true;
  }
  // Product of the sizes; -1 where not static.
  int64_t num_elements() const {
    if (!is_static()) return -1;
    int64_t count = 1;
    for (int64_t size : *this) count *= size;
    return count;
  }
  bool operator==(const Dims& other) const {
    if (rank_ != other.rank_) return false;
    for (int i = 0; i < rank_; ++i)
      if (sizes_[i] != other.sizes_[i]) return false;
    return true;
  }
  bool operator!=(const Dims& other) const { return !(*this == other); }
  // "(2, ?, 3)"
  std::string str() const {
    if (rank_ < 0) return "<unknown>";
    std::string text = "(";
    for (int i = 0; i < rank_; ++i) {
      if (i) text += ", ";
      text += sizes_[i] < 0 ? "?" : std::to_string(sizes_[i]);
    }
    return text + (rank_ == 1 ? ",)" : ")");
  }

 private:
  int rank_;
  int64_t sizes_[TG_MAX_RANK] = {};
};

// Owns one reference to a tensor.
class Tensor {
 public:
  Tensor() = default;
  static Tensor adopt(tg_tensor* handle) {
    Tensor tensor;
    tensor.handle_ = handle;
    return tensor;
  }
  static Tensor share(tg_tensor* handle) {
    if (handle) api().tensor->retain(handle);
    return adopt(handle);
  }
  Tensor(const Tensor& other) : handle_(other.handle_) {
    if (handle_) api().tensor->retain(handle_);
  }
  Tensor(Tensor&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Tensor& operator=(Tensor other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Tensor() {
    if (handle_) api().tensor->release(handle_);
  }

  tg_tensor* get() const { return handle_; }
  tg_tensor* release() { return std::exchange(handle_, nullptr); }
  explicit operator bool() const { return handle_ != nullptr; }

  tg_tensor_desc describe() const {
    tg_tensor_desc desc{};
    desc.struct_size = sizeof(desc);
    check(api().tensor->describe(handle_, &desc));
    return desc;
  }
  int dtype() const { return describe().dtype; }
  Dims dims() const {
    tg_tensor_desc desc = describe();
    return desc.rank < 0 ? Dims::unknown_rank() : Dims(desc.dims, desc.rank);
  }
  bool is_symbolic() const { return api().tensor->is_symbolic(handle_) != 0; }

 private:
  tg_tensor* handle_ = nullptr;
};

// A concrete tensor with these values.
template <class T>
Tensor make_tensor(const Dims& dims, const std::vector<T>& values) {
  tg_tensor* out = nullptr;
  check(api().tensor->create_copy(dtype_of<T>(), dims.rank(), dims.data(), values.data(), values.size() * sizeof(T), &out));
  return Tensor::adopt(out);
}

}  // namespace tg

#endif  // TENSEGRA_TENSOR_HPP_
