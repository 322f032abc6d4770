// Scatter and gather of rows. Compiled once: memory bounds them at every ISA level.
#include "kernels/scatter.h"

#include "kernels/isa.h"

namespace tg::kernels {
namespace {

using base::max_of;
using base::min_of;
using base::parallel_for;
using base::parallel_range;

template <size_t bytes>
struct Size {
  static constexpr size_t value = bytes;
};

template <class I>
int64_t rows_of(const I* indices, int64_t batch, int64_t count, const int64_t* dims, int32_t depth,
                int64_t* targets) {
  int64_t rows = 1;
  for (int32_t k = 0; k < depth; ++k) rows *= dims[k];
  for (int64_t i = 0; i < batch * count; ++i) {
    int64_t row = 0;
    for (int32_t k = 0; k < depth; ++k) {
      const int64_t index = static_cast<int64_t>(indices[i * depth + k]);
      if (static_cast<uint64_t>(index) >= static_cast<uint64_t>(dims[k])) return i;
      row = row * dims[k] + index;
    }
    targets[i] = i / count * rows + row;
  }
  return -1;
}

template <class T>
T sum_of(T a, T b) {
  if constexpr (base::kIsFloat<T>) {
    return a + b;
  } else {
    return static_cast<T>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
  }
}
template <class T>
T difference_of(T a, T b) {
  if constexpr (base::kIsFloat<T>) {
    return a - b;
  } else {
    return static_cast<T>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
  }
}
template <class T>
T product_of(T a, T b) {
  if constexpr (base::kIsFloat<T>) {
    return a * b;
  } else {
    return static_cast<T>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
  }
}

// Each chunk owns a range of the targets and passes over all updates, which pays for rows that are not short.
template <class F>
void for_owned(const int64_t* targets, int64_t count, int64_t rows, int64_t inner, const Parallel& parallel,
               const F& f) {
  const int64_t ranges =
      inner < 4 ? 1 : max_of<int64_t>(1, min_of<int64_t>(min_of<int64_t>(rows, 8), count * inner / 32768));
  parallel_for(parallel, ranges, [=, &f](int64_t chunk) {
    const int64_t first = rows * chunk / ranges, last = rows * (chunk + 1) / ranges;
    for (int64_t i = 0; i < count; ++i) {
      if (targets[i] >= first && targets[i] < last) f(i, targets[i]);
    }
  });
}

template <class T, class F>
Status combine_rows(const void* updates, const int64_t* targets, int64_t count, int64_t rows, int64_t inner,
                    void* out, const Parallel& parallel, const F& combine) {
  const T* from = static_cast<const T*>(updates);
  T* to = static_cast<T*>(out);
  for_owned(targets, count, rows, inner, parallel, [=](int64_t i, int64_t row) {
    const T* source = from + i * inner;
    T* target = to + row * inner;
    for (int64_t j = 0; j < inner; ++j) target[j] = combine(target[j], source[j]);
  });
  return Status::kOk;
}

template <class T>
Status scatter_as(ScatterOp op, const void* updates, const int64_t* targets, int64_t count, int64_t rows,
                  int64_t inner, void* out, const Parallel& parallel) {
  const auto run = [&](auto combine) {
    return combine_rows<T>(updates, targets, count, rows, inner, out, parallel, combine);
  };
  switch (op) {
    case ScatterOp::kAdd:
      return run([](T a, T b) { return sum_of(a, b); });
    case ScatterOp::kSub:
      return run([](T a, T b) { return difference_of(a, b); });
    case ScatterOp::kMul:
      return run([](T a, T b) { return product_of(a, b); });
    case ScatterOp::kMin:  // NaN if either is NaN
      return run([](T a, T b) { return b < a || b != b ? b : a; });
    case ScatterOp::kMax:
      return run([](T a, T b) { return b > a || b != b ? b : a; });
    default:
      return Status::kUnsupported;
  }
}

template <size_t size>
void permute_elements(const char* x, const int32_t* order, int64_t total, int64_t n, int64_t inner, bool inverse,
                      char* out) {
  for (int64_t i = 0; i < total; ++i) {
    const int64_t other = i / (n * inner) * n * inner + order[i] * inner + i % inner;
    memcpy(out + (inverse ? other : i) * static_cast<int64_t>(size),
           x + (inverse ? i : other) * static_cast<int64_t>(size), size);
  }
}

}  // namespace

Status index_rows(DType index_dtype, const void* indices, int64_t batch, int64_t count, const int64_t* dims,
                  int32_t depth, int64_t* targets, int64_t* bad_position) {
  int64_t bad = -1;
  if (index_dtype == DType::kInt32) {
    bad = rows_of(static_cast<const int32_t*>(indices), batch, count, dims, depth, targets);
  } else if (index_dtype == DType::kInt64) {
    bad = rows_of(static_cast<const int64_t*>(indices), batch, count, dims, depth, targets);
  } else {
    return Status::kUnsupported;
  }
  if (bad < 0) return Status::kOk;
  *bad_position = bad;
  return Status::kBadIndex;
}

void gather_rows(const void* params, int64_t row_bytes, const int64_t* sources, int64_t count, void* out,
                 const Parallel& parallel) {
  const char* from = static_cast<const char*>(params);
  char* to = static_cast<char*>(out);
  const int64_t grain = max_of<int64_t>(1, 65536 / max_of<int64_t>(8, row_bytes));
  const auto copy = [=](auto fixed) {
    constexpr size_t size = decltype(fixed)::value;
    parallel_range(parallel, count, grain, [=](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i)
        memcpy(to + i * row_bytes, from + sources[i] * row_bytes, size ? size : static_cast<size_t>(row_bytes));
    });
  };
  switch (row_bytes) {
    case 0:
      return;
    case 1:
      return copy(Size<1>{});
    case 2:
      return copy(Size<2>{});
    case 4:
      return copy(Size<4>{});
    case 8:
      return copy(Size<8>{});
    default:
      return copy(Size<0>{});
  }
}

Status scatter_rows(ScatterOp op, DType dtype, const void* updates, const int64_t* targets, int64_t count,
                    int64_t rows, int64_t inner, void* out, const Parallel& parallel) {
  const bool complex = dtype == DType::kComplex64 || dtype == DType::kComplex128;
  if (complex && (op == ScatterOp::kAdd || op == ScatterOp::kSub))  // part by part
    return scatter_rows(op, dtype == DType::kComplex64 ? DType::kFloat32 : DType::kFloat64, updates, targets, count, rows,
                        2 * inner, out, parallel);
  if (op != ScatterOp::kAssign) {
    return base::with_number(dtype, [&](auto tag) {
      return scatter_as<typename decltype(tag)::type>(op, updates, targets, count, rows, inner, out, parallel);
    });
  }
  const size_t size = dtype_size(dtype);
  if (size == 0) return Status::kUnsupported;
  const int64_t bytes = inner * static_cast<int64_t>(size);
  const char* from = static_cast<const char*>(updates);
  char* to = static_cast<char*>(out);
  for_owned(targets, count, rows, inner, parallel, [=](int64_t i, int64_t row) {
    memcpy(to + row * bytes, from + i * bytes, static_cast<size_t>(bytes));
  });
  return Status::kOk;
}

Status permute(size_t elem_size, const void* x, const int32_t* order, int64_t outer, int64_t n, int64_t inner,
               bool inverse, void* out, int64_t* bad_position) {
  const int64_t total = outer * n * inner;
  for (int64_t i = 0; i < total; ++i) {
    if (static_cast<uint64_t>(order[i]) < static_cast<uint64_t>(n)) continue;
    *bad_position = i;
    return Status::kBadIndex;
  }
  const char* from = static_cast<const char*>(x);
  char* to = static_cast<char*>(out);
  switch (elem_size) {
    case 1:
      permute_elements<1>(from, order, total, n, inner, inverse, to);
      break;
    case 2:
      permute_elements<2>(from, order, total, n, inner, inverse, to);
      break;
    case 4:
      permute_elements<4>(from, order, total, n, inner, inverse, to);
      break;
    case 8:
      permute_elements<8>(from, order, total, n, inner, inverse, to);
      break;
    case 16:
      permute_elements<16>(from, order, total, n, inner, inverse, to);
      break;
    default:
      return Status::kUnsupported;
  }
  return Status::kOk;
}

}  // namespace tg::kernels
