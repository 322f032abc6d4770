// Sorting by radix: elements become unsigned integers of the same order. Compiled once.
#include "kernels/sort.h"

#include "kernels/isa.h"

namespace tg::kernels {
namespace {

using base::max_of;
using base::parallel_range;
using base::Tag;

constexpr int64_t kGrain = 8192;
constexpr int64_t kShort = 32;  // shorter rows are sorted by insertion

// An integer of the bits of an element, and its bytes.
template <class U>
U load_bits(const void* x, int64_t i) {
  U bits;
  memcpy(&bits, static_cast<const char*>(x) + i * static_cast<int64_t>(sizeof(U)), sizeof(U));
  return bits;
}

enum class Kind { kUnsigned, kSigned, kFloat };

// Keys whose unsigned order is that of the elements. Floats: `infinity` is the pattern above which numbers are NaN.
template <class U, Kind kind>
struct Keys {
  static constexpr U kTop = static_cast<U>(U(1) << (sizeof(U) * 8 - 1));
  U infinity;
  bool exact;  // whether -0 and 0 differ

  U key(U bits) const {
    if constexpr (kind == Kind::kUnsigned) return bits;
    if constexpr (kind == Kind::kSigned) return bits ^ kTop;
    if (static_cast<U>(bits & ~kTop) > infinity) return static_cast<U>(~U(0));
    if (!exact && bits == kTop) bits = 0;
    return bits & kTop ? static_cast<U>(~bits) : static_cast<U>(bits | kTop);
  }
  U bits(U key) const {
    if constexpr (kind == Kind::kUnsigned) return key;
    if constexpr (kind == Kind::kSigned) return key ^ kTop;
    return key & kTop ? static_cast<U>(key ^ kTop) : static_cast<U>(~key);
  }
};

// f(Keys<...>) for a dtype.
template <class F>
Status with_keys(DType dtype, bool exact, const F& f) {
  switch (dtype) {
    case DType::kBool:
    case DType::kUInt8:
      return f(Keys<uint8_t, Kind::kUnsigned>{0, exact});
    case DType::kUInt16:
      return f(Keys<uint16_t, Kind::kUnsigned>{0, exact});
    case DType::kUInt32:
      return f(Keys<uint32_t, Kind::kUnsigned>{0, exact});
    case DType::kUInt64:
      return f(Keys<uint64_t, Kind::kUnsigned>{0, exact});
    case DType::kInt8:
      return f(Keys<uint8_t, Kind::kSigned>{0, exact});
    case DType::kInt16:
      return f(Keys<uint16_t, Kind::kSigned>{0, exact});
    case DType::kInt32:
      return f(Keys<uint32_t, Kind::kSigned>{0, exact});
    case DType::kInt64:
      return f(Keys<uint64_t, Kind::kSigned>{0, exact});
    case DType::kFloat16:
      return f(Keys<uint16_t, Kind::kFloat>{0x7c00, exact});
    case DType::kBFloat16:
      return f(Keys<uint16_t, Kind::kFloat>{0x7f80, exact});
    case DType::kFloat32:
      return f(Keys<uint32_t, Kind::kFloat>{0x7f800000u, exact});
    case DType::kFloat64:
      return f(Keys<uint64_t, Kind::kFloat>{0x7ff0000000000000u, exact});
    default:
      return Status::kUnsupported;
  }
}

template <class U>
struct Pair {
  U key;
  int32_t place;
};
template <class U>
U key_of(U x) {
  return x;
}
template <class U>
U key_of(const Pair<U>& x) {
  return x.key;
}

// Sorts n elements by their keys, keeping the order of equal ones; the result is in `a` or in `b`, which is returned.
template <class E>
E* radix_sort(E* a, E* b, int64_t n) {
  using U = decltype(key_of(*a));
  if (n <= kShort) {
    for (int64_t i = 1; i < n; ++i) {
      const E moved = a[i];
      int64_t j = i;
      for (; j > 0 && key_of(a[j - 1]) > key_of(moved); --j) a[j] = a[j - 1];
      a[j] = moved;
    }
    return a;
  }
  constexpr int kDigits = static_cast<int>(sizeof(U));
  int64_t counts[kDigits][256];
  memset(counts, 0, sizeof(counts));
  for (int64_t i = 0; i < n; ++i) {
    const U key = key_of(a[i]);
    for (int d = 0; d < kDigits; ++d) ++counts[d][(key >> (8 * d)) & 255];
  }
  for (int d = 0; d < kDigits; ++d) {
    int64_t* count = counts[d];
    if (count[(key_of(a[0]) >> (8 * d)) & 255] == n) continue;  // all alike in this digit
    int64_t start = 0;
    for (int v = 0; v < 256; ++v) {
      const int64_t here = count[v];
      count[v] = start;
      start += here;
    }
    for (int64_t i = 0; i < n; ++i) b[count[(key_of(a[i]) >> (8 * d)) & 255]++] = a[i];
    E* other = a;
    a = b;
    b = other;
  }
  return a;
}

int64_t lanes_of_chunk(int64_t n) { return max_of<int64_t>(1, kGrain / max_of<int64_t>(1, n)); }

// Whether a comes before b, for what is neither bool nor half precision; NaN last.
template <class T>
bool before(T a, T b) {
  return (a < b) | ((b != b) & (a == a));
}

float widened(uint16_t bits, bool brain) {
  uint32_t wide = static_cast<uint32_t>(bits) << 16;
  float value;
  if (!brain) {
    const uint32_t exponent = (bits >> 10) & 31, fraction = bits & 1023, sign = static_cast<uint32_t>(bits >> 15) << 31;
    if (exponent == 0) {
      value = static_cast<float>(fraction) * 5.9604644775390625e-8f;  // 2^-24
      return sign ? -value : value;
    }
    wide = sign | (exponent == 31 ? 255u << 23 : (exponent + 112) << 23) | (fraction << 13);
  }
  memcpy(&value, &wide, sizeof(value));
  return value;
}

template <class T, class L, class I>
void search_rows(const T* sorted, const T* values, int64_t rows, int64_t n, int64_t m, bool right, const L& load,
                 I* out, const Parallel& parallel) {
  parallel_range(parallel, rows * m, 2048, [=](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const T* row = sorted + i / m * n;
      const auto value = load(values[i]);
      int64_t low = 0, size = n;
      while (size > 0) {
        const int64_t half = size / 2;
        const auto middle = load(row[low + half]);
        const bool further = right ? !before(value, middle) : before(middle, value);
        low = further ? low + half + 1 : low;
        size = further ? size - half - 1 : half;
      }
      out[i] = static_cast<I>(low);
    }
  });
}

template <class I>
Status search_as(DType dtype, const void* sorted, const void* values, int64_t rows, int64_t n, int64_t m, bool right,
                 I* out, const Parallel& parallel) {
  if (dtype == DType::kFloat16 || dtype == DType::kBFloat16) {
    const bool brain = dtype == DType::kBFloat16;
    search_rows(static_cast<const uint16_t*>(sorted), static_cast<const uint16_t*>(values), rows, n, m, right,
                [brain](uint16_t bits) { return widened(bits, brain); }, out, parallel);
    return Status::kOk;
  }
  return base::with_number(dtype == DType::kBool ? DType::kUInt8 : dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    search_rows(static_cast<const T*>(sorted), static_cast<const T*>(values), rows, n, m, right,
                [](T value) { return value; }, out, parallel);
    return Status::kOk;
  });
}

uint64_t mixed(uint64_t key) {  // the finalizer of MurmurHash3
  key ^= key >> 33;
  key *= 0xff51afd7ed558ccdu;
  key ^= key >> 33;
  key *= 0xc4ceb9fe1a85ec53u;
  return key ^ (key >> 33);
}

int64_t table_size(int64_t n) {
  int64_t size = 16;
  while (size < 2 * n) size *= 2;
  return size;
}

}  // namespace

size_t sort_workspace_bytes(DType dtype, int64_t size) { return 2 * dtype_size(dtype) * static_cast<size_t>(size); }

size_t argsort_workspace_bytes(DType dtype, int64_t size) {
  return 2 * (dtype_size(dtype) == 8 ? 16 : 8) * static_cast<size_t>(size);
}

Status sort(DType dtype, const void* x, int64_t outer, int64_t n, int64_t inner, bool descending, void* out,
            void* workspace, const Parallel& parallel) {
  return with_keys(dtype, true, [&](auto keys) {
    using U = decltype(keys.key(0));
    const U flip = descending ? static_cast<U>(~U(0)) : U(0);
    U* work = static_cast<U*>(workspace);
    U* to = static_cast<U*>(out);
    parallel_range(parallel, outer * inner, lanes_of_chunk(n), [=](int64_t begin, int64_t end) {
      for (int64_t lane = begin; lane < end; ++lane) {
        const int64_t offset = lane / inner * n * inner + lane % inner;
        U* a = work + lane * 2 * n;
        for (int64_t i = 0; i < n; ++i) a[i] = keys.key(load_bits<U>(x, offset + i * inner)) ^ flip;
        const U* done = radix_sort(a, a + n, n);
        for (int64_t i = 0; i < n; ++i) to[offset + i * inner] = keys.bits(done[i] ^ flip);
      }
    });
    return Status::kOk;
  });
}

Status argsort(DType dtype, const void* x, int64_t outer, int64_t n, int64_t inner, bool descending, int32_t* out,
               void* workspace, const Parallel& parallel) {
  return with_keys(dtype, false, [&](auto keys) {
    using U = decltype(keys.key(0));
    const U flip = descending ? static_cast<U>(~U(0)) : U(0);
    Pair<U>* work = static_cast<Pair<U>*>(workspace);
    parallel_range(parallel, outer * inner, lanes_of_chunk(n), [=](int64_t begin, int64_t end) {
      for (int64_t lane = begin; lane < end; ++lane) {
        const int64_t offset = lane / inner * n * inner + lane % inner;
        Pair<U>* a = work + lane * 2 * n;
        for (int64_t i = 0; i < n; ++i) {
          const U key = keys.key(load_bits<U>(x, offset + i * inner)) ^ flip;
          a[i] = Pair<U>{key, static_cast<int32_t>(i)};
        }
        const Pair<U>* done = radix_sort(a, a + n, n);
        for (int64_t i = 0; i < n; ++i) out[offset + i * inner] = done[i].place;
      }
    });
    return Status::kOk;
  });
}

Status search_sorted(DType dtype, const void* sorted, const void* values, int64_t rows, int64_t n, int64_t m,
                     bool right, DType out_dtype, void* out, const Parallel& parallel) {
  if (out_dtype == DType::kInt32)
    return search_as(dtype, sorted, values, rows, n, m, right, static_cast<int32_t*>(out), parallel);
  if (out_dtype == DType::kInt64)
    return search_as(dtype, sorted, values, rows, n, m, right, static_cast<int64_t*>(out), parallel);
  return Status::kUnsupported;
}

size_t unique_workspace_bytes(int64_t n) { return static_cast<size_t>(table_size(n)) * sizeof(int64_t); }

int64_t unique(DType dtype, const void* x, int64_t n, int64_t* first, int64_t* group, void* workspace) {
  const int64_t size = table_size(n);
  int64_t* table = static_cast<int64_t*>(workspace);
  memset(table, 0xff, static_cast<size_t>(size) * sizeof(int64_t));
  int64_t found = 0;
  const Status status = with_keys(dtype, false, [&](auto keys) {
    using U = decltype(keys.key(0));
    for (int64_t i = 0; i < n; ++i) {
      const U key = keys.key(load_bits<U>(x, i));
      const bool nan = keys.infinity != 0 && key == static_cast<U>(~U(0));
      int64_t slot = static_cast<int64_t>(mixed(key)) & (size - 1);
      int64_t number = -1;
      while (!nan && table[slot] >= 0) {
        if (keys.key(load_bits<U>(x, first[table[slot]])) == key) {
          number = table[slot];
          break;
        }
        slot = (slot + 1) & (size - 1);
      }
      if (number < 0) {
        number = found++;
        first[number] = i;
        if (!nan) table[slot] = number;
      }
      group[i] = number;
    }
    return Status::kOk;
  });
  return status == Status::kOk ? found : -1;
}

}  // namespace tg::kernels
