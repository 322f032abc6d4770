// A vector whose first N items lie inside of it: what one call of an op needs seldom leaves the stack.
#ifndef TENSEGRA_BASE_SMALL_VECTOR_H_
#define TENSEGRA_BASE_SMALL_VECTOR_H_

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace tg {

// T must be nothrow-movable. Moving one moves the items that lie inside, so pointers to items do not survive it.
template <class T, size_t N>
class SmallVector {
 public:
  SmallVector() = default;
  explicit SmallVector(size_t size) { resize(size); }
  SmallVector(SmallVector&& other) noexcept { take(other); }
  SmallVector& operator=(SmallVector&& other) noexcept {
    if (this != &other) {
      free_all();
      take(other);
    }
    return *this;
  }
  ~SmallVector() { free_all(); }

  T* data() { return items_; }
  const T* data() const { return items_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](size_t i) { return items_[i]; }
  const T& operator[](size_t i) const { return items_[i]; }
  T& back() { return items_[size_ - 1]; }
  T* begin() { return items_; }
  T* end() { return items_ + size_; }
  const T* begin() const { return items_; }
  const T* end() const { return items_ + size_; }

  template <class... Args>
  T& emplace_back(Args&&... args) {
    if (size_ == capacity_) grow(capacity_ * 2);
    T* item = new (items_ + size_) T{std::forward<Args>(args)...};
    ++size_;
    return *item;
  }
  void push_back(T value) { emplace_back(std::move(value)); }
  void resize(size_t size) {
    if (size > capacity_) grow(size);
    while (size_ < size) new (items_ + size_++) T();
    while (size_ > size) items_[--size_].~T();
  }
  void clear() { resize(0); }

 private:
  T* inside() { return reinterpret_cast<T*>(inside_); }
  void grow(size_t capacity) {
    T* more = std::allocator<T>().allocate(capacity);
    for (size_t i = 0; i < size_; ++i) {
      new (more + i) T(std::move(items_[i]));
      items_[i].~T();
    }
    if (items_ != inside()) std::allocator<T>().deallocate(items_, capacity_);
    items_ = more;
    capacity_ = capacity;
  }
  void take(SmallVector& other) noexcept {
    if (other.items_ != other.inside()) {
      items_ = std::exchange(other.items_, other.inside());
      capacity_ = std::exchange(other.capacity_, N);
      size_ = std::exchange(other.size_, 0);
      return;
    }
    items_ = inside();
    capacity_ = N;
    size_ = other.size_;
    for (size_t i = 0; i < size_; ++i) new (items_ + i) T(std::move(other.items_[i]));
    other.clear();
  }
  void free_all() {
    clear();
    if (items_ != inside()) std::allocator<T>().deallocate(items_, capacity_);
    items_ = inside();
    capacity_ = N;
  }

  T* items_ = inside();
  size_t size_ = 0;
  size_t capacity_ = N;
  alignas(T) unsigned char inside_[N * sizeof(T)];
};

}  // namespace tg

#endif  // TENSEGRA_BASE_SMALL_VECTOR_H_
