// Matrix multiplication of floats and integers.
#include "kernels/gemm.h"

#include "kernels/gemm_impl.h"

namespace tg::kernels::TG_ISA {
namespace {

template <class F>
Status with_element(DType dtype, const F& f) {
  switch (dtype) {
    case DType::kFloat32:
      return f(Tag<float>{});
    case DType::kFloat64:
      return f(Tag<double>{});
    case DType::kInt32:
      return f(Tag<uint32_t>{});  // unsigned: wraps
    case DType::kInt64:
      return f(Tag<uint64_t>{});
    default:
      return Status::kUnsupported;
  }
}

constexpr int64_t kVectorBlock = 2048;  // columns of a matrix that one chunk adds up

// sums[r][i] = sum over p of matrix[r, p] * x[i, p], all rows contiguous. Each sum is made in the same order for any
// numbers of rows and of x.
template <class T, int rows, int count>
inline void dot_rows(const T* matrix, int64_t ld, const T* x, int64_t ldx, int64_t k, T (*sums)[4]) {
  using V = Vec<T>;
  constexpr int64_t lanes = VecOf<T>::kLanes;
  V acc[rows][count][2] = {};
  int64_t p = 0;
  for (; p + 2 * lanes <= k; p += 2 * lanes) {
#pragma GCC unroll 2
    for (int u = 0; u < 2; ++u) {
#pragma GCC unroll 4
      for (int r = 0; r < rows; ++r) {
        const V from = load<V>(matrix + r * ld + p + u * lanes);
#pragma GCC unroll 4
        for (int i = 0; i < count; ++i) acc[r][i][u] += from * load<V>(x + i * ldx + p + u * lanes);
      }
    }
  }
  for (int r = 0; r < rows; ++r) {
    for (int i = 0; i < count; ++i) {
      T lane[lanes], tail = 0;
      store(lane, acc[r][i][0] + acc[r][i][1]);
      for (int64_t q = p; q < k; ++q) tail += matrix[r * ld + q] * x[i * ldx + q];
      for (int64_t half = lanes / 2; half > 0; half /= 2) {
        for (int64_t l = 0; l < half; ++l) lane[l] += lane[l + half];
      }
      sums[r][i] = lane[0] + tail;
    }
  }
}

// y[j * step] (+)= sum over p of matrix[j, p] * x[p]; rows of the matrix are contiguous. Four of them at a time: memory
// gives more to several streams. done(begin, end) is called when these y are complete.
template <class T, class Done>
void rows_times_vector(const T* matrix, int64_t ld, const T* x, int64_t rows, int64_t k, T* y, int64_t step,
                       bool accumulate, const Parallel& parallel, const Done& done) {
  const int64_t grain = max_of<int64_t>(1, kSerialWork / 4 / k);
  parallel_range(parallel, rows, grain, [=, &done](int64_t begin, int64_t end) {
    T sums[4][4];
    for (int64_t j = begin; j < end;) {
      const int64_t count = end - j >= 4 ? 4 : 1;
      if (count == 4) dot_rows<T, 4, 1>(matrix + j * ld, ld, x, 0, k, sums);
      else dot_rows<T, 1, 1>(matrix + j * ld, ld, x, 0, k, sums);
      for (int64_t r = 0; r < count; ++r) {
        T* to = y + (j + r) * step;
        *to = accumulate ? *to + sums[r][0] : sums[r][0];
      }
      j += count;
    }
    done(begin, end);
  });
}

// c[i, j] (+)= sum over p of a[i, p] * b[j, p] for a few rows i: b is read once.
template <class T>
void few_rows_times_rows(const T* a, int64_t lda, const T* b, int64_t ldb, int64_t m, int64_t n, int64_t k, T* c,
                         int64_t ldc, bool accumulate, const Parallel& parallel, const Finish<T>& finish) {
  const int64_t grain = max_of<int64_t>(2, kSerialWork / (m * k));
  parallel_range(parallel, n, grain, [=](int64_t begin, int64_t end) {
    T sums[4][4];
    for (int64_t j = begin; j < end;) {
      const int64_t rows = end - j >= 2 ? 2 : 1;
      const T* from = b + j * ldb;
      for (int64_t i = 0; i < m;) {
        const int64_t count = m - i >= 4 ? 4 : m - i >= 2 ? 2 : 1;
        const T* x = a + i * lda;
        if (rows == 2 && count == 4) dot_rows<T, 2, 4>(from, ldb, x, lda, k, sums);
        else if (rows == 2 && count == 2) dot_rows<T, 2, 2>(from, ldb, x, lda, k, sums);
        else if (rows == 2) dot_rows<T, 2, 1>(from, ldb, x, lda, k, sums);
        else if (count == 4) dot_rows<T, 1, 4>(from, ldb, x, lda, k, sums);
        else if (count == 2) dot_rows<T, 1, 2>(from, ldb, x, lda, k, sums);
        else dot_rows<T, 1, 1>(from, ldb, x, lda, k, sums);
        for (int64_t r = 0; r < rows; ++r) {
          for (int64_t s = 0; s < count; ++s) {
            T* to = c + (i + s) * ldc + j + r;
            *to = accumulate ? *to + sums[r][s] : sums[r][s];
          }
        }
        i += count;
      }
      j += rows;
    }
    finish(0, m, begin, end);
  });
}

// sums[j] += sum over r < 8 of x[r] * rows[r * ld + j]. The processor sees eight streams and fetches ahead by itself:
// asking for the next rows takes the pace down to two thirds.
template <class T>
inline void add_eight(const T* x, const T* rows, int64_t ld, int64_t n, T* sums) {
  using V = Vec<T>;
  constexpr int64_t lanes = VecOf<T>::kLanes;
  T by[8];
  for (int r = 0; r < 8; ++r) by[r] = x[r];
  int64_t j = 0;
  for (; j + lanes <= n; j += lanes) {
    V sum = load<V>(sums + j);
#pragma GCC unroll 8
    for (int r = 0; r < 8; ++r) sum += by[r] * load<V>(rows + r * ld + j);
    store(sums + j, sum);
  }
  for (; j < n; ++j) {
    T sum = sums[j];
#pragma GCC unroll 8
    for (int r = 0; r < 8; ++r) sum += by[r] * rows[r * ld + j];
    sums[j] = sum;
  }
}

// y[j] (+)= sum over p of x[p] * matrix[p, j].
template <class T, class Done>
void vector_times_rows(const T* x, const T* matrix, int64_t ld, int64_t k, int64_t columns, T* y, bool accumulate,
                       const Parallel& parallel, const Done& done) {
  // Long runs, but an even number of equal chunks.
  const int64_t least = k * columns <= kSerialWork / 4 ? 1 : k * columns < kSerialWork * 4 ? 2 : 4;
  const int64_t grain = round_up(ceil_div(columns, least * ceil_div(columns, least * kVectorBlock)), 64);
  parallel_range(parallel, columns, grain, [=, &done](int64_t begin, int64_t end) {
    for (int64_t j0 = begin; j0 < end; j0 += kVectorBlock) {
      const int64_t n = min_of(kVectorBlock, end - j0);
      T sums[kVectorBlock];
      for (int64_t j = 0; j < n; ++j) sums[j] = 0;
      int64_t p = 0;
      for (; p + 8 <= k; p += 8) add_eight(x + p, matrix + p * ld + j0, ld, n, sums);
      for (; p < k; ++p) {
        const T* row = matrix + p * ld + j0;
        for (int64_t j = 0; j < n; ++j) sums[j] += x[p] * row[j];
      }
      for (int64_t j = 0; j < n; ++j) y[j0 + j] = accumulate ? y[j0 + j] + sums[j] : sums[j];
    }
    done(begin, end);
  });
}

template <int n>
struct Count {
  static constexpr int kValue = n;
};

constexpr int64_t kFewRows = 8;       // rows of A that are multiplied at a time
// Columns of B that one chunk reads in a run. Their sums stay in the nearest cache; of long runs the processor fetches
// ahead by itself, short ones are asked for.
template <int m>
constexpr int64_t kFewColumns = m <= 4 ? 1024 : 512;
constexpr int64_t kFewMatrix = 1 << 18;  // elements of B from which on that pays

// sums[i][j] += sum over r < rows of x[i][r] * b[r * ldb + j]
template <class T, int m, int rows>
inline void add_few(const T* a, int64_t row_a, int64_t column_a, const T* b, int64_t ldb, int64_t columns, T* sums) {
  using V = Vec<T>;
  constexpr int64_t lanes = VecOf<T>::kLanes;
  constexpr int nv = 2;
  T x[m][rows];
  for (int i = 0; i < m; ++i) {
    for (int r = 0; r < rows; ++r) x[i][r] = a[i * row_a + r * column_a];
  }
  int64_t j = 0;
  for (; j + nv * lanes <= columns; j += nv * lanes) {
    if constexpr (m > 4) {
#pragma GCC unroll 8
      for (int r = 0; r < rows; ++r) __builtin_prefetch(b + (2 * rows + r) * ldb + j);
    }
    V bv[rows][nv];
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r) {
#pragma GCC unroll 2
      for (int v = 0; v < nv; ++v) bv[r][v] = load<V>(b + r * ldb + j + v * lanes);
    }
#pragma GCC unroll 8
    for (int i = 0; i < m; ++i) {
      T* to = sums + i * kFewColumns<m> + j;
      V sum[nv];
#pragma GCC unroll 2
      for (int v = 0; v < nv; ++v) sum[v] = load<V>(to + v * lanes);
#pragma GCC unroll 8
      for (int r = 0; r < rows; ++r) {
#pragma GCC unroll 2
        for (int v = 0; v < nv; ++v) sum[v] += x[i][r] * bv[r][v];
      }
#pragma GCC unroll 2
      for (int v = 0; v < nv; ++v) store(to + v * lanes, sum[v]);
    }
  }
  for (; j < columns; ++j) {
    for (int i = 0; i < m; ++i) {
      for (int r = 0; r < rows; ++r) sums[i * kFewColumns<m> + j] += x[i][r] * b[r * ldb + j];
    }
  }
}

// c[i, j] (+)= sum over p of a[i, p] * b[p, j] for a few rows i: memory gives the pace, so B is read once, in long runs.
// The order of the sums is that of the tiles.
template <class T, int m>
void few_rows_times_matrix(const T* a, int64_t row_a, int64_t column_a, const T* b, int64_t ldb, int64_t k, int64_t n,
                           T* c, int64_t ldc, bool accumulate, const Parallel& parallel, const Finish<T>& finish) {
  parallel_range(parallel, n, kFewColumns<m>, [=](int64_t begin, int64_t end) {
    for (int64_t j0 = begin; j0 < end; j0 += kFewColumns<m>) {
      const int64_t columns = min_of(kFewColumns<m>, end - j0);
      alignas(64) T sums[m * kFewColumns<m>];
      for (int64_t p0 = 0; p0 < k; p0 += Sizes<Plain<T>>::kKc) {
        const int64_t p1 = min_of(k, p0 + Sizes<Plain<T>>::kKc);
        memset(sums, 0, sizeof(sums));
        int64_t p = p0;
        for (; p + 4 <= p1; p += 4)
          add_few<T, m, 4>(a + p * column_a, row_a, column_a, b + p * ldb + j0, ldb, columns, sums);
        for (; p < p1; ++p)
          add_few<T, m, 1>(a + p * column_a, row_a, column_a, b + p * ldb + j0, ldb, columns, sums);
        for (int i = 0; i < m; ++i) {
          T* to = c + i * ldc + j0;
          const T* sum = sums + i * kFewColumns<m>;
          for (int64_t j = 0; j < columns; ++j) to[j] = accumulate || p0 > 0 ? to[j] + sum[j] : sum[j];
        }
      }
      finish(0, m, j0, j0 + columns);
    }
  });
}

template <class T>
const T* contiguous(const T* x, int64_t stride, int64_t n, void* workspace) {
  if (stride == 1) return x;
  T* copy = static_cast<T*>(workspace);
  for (int64_t i = 0; i < n; ++i) copy[i] = x[i * stride];
  return copy;
}

bool takes_vector_path(int64_t m, int64_t n, int64_t k) { return (m == 1 || n == 1) && k > 0; }

// Worth it where B is too large for the nearer caches: tiles are faster on what is there already.
bool takes_few_rows(int64_t m, int64_t n, int64_t k) {
  return m >= 2 && m <= kFewRows && n >= 64 && k >= 16 && k * n >= kFewMatrix;
}

// What one small call costs is all but the arithmetic: nothing is packed, no chunks are made.
template <class T>
bool takes_tiny_path(bool trans_a, bool trans_b, int64_t m, int64_t n, int64_t k, bool accumulate) {
  return !trans_a && !trans_b && !accumulate && n % VecOf<T>::kLanes == 0 && k > 0 && k <= 64 && m <= 64 && n <= 64 &&
         m * n * k <= 4096;
}

// Some rows of a small product, with the sums that the tiles have.
template <class T, int rows>
void tiny_rows(int64_t n, int64_t k, const T* a, int64_t lda, const T* b, int64_t ldb, T* c, int64_t ldc) {
  using V = Vec<T>;
  for (int64_t j = 0; j < n; j += VecOf<T>::kLanes) {
    V sum[rows] = {};
    for (int64_t p = 0; p < k; ++p) {
      const V row = load<V>(b + p * ldb + j);
#pragma GCC unroll 4
      for (int i = 0; i < rows; ++i) sum[i] = Plain<T>::multiply_add(sum[i], a[i * lda + p], row);
    }
#pragma GCC unroll 4
    for (int i = 0; i < rows; ++i) store(c + i * ldc + j, sum[i]);
  }
}

template <class T>
void multiply_any(bool trans_a, bool trans_b, int64_t m, int64_t n, int64_t k, const T* a, int64_t lda, const T* b,
                  int64_t ldb, T* c, int64_t ldc, bool accumulate, const Epilogue* epilogue, const Parallel& parallel,
                  void* workspace) {
  const Finish<T> finish{epilogue, c, ldc};
  if (takes_vector_path(m, n, k)) {
    const auto columns = [=](int64_t begin, int64_t end) { finish(0, 1, begin, end); };
    const auto rows = [=](int64_t begin, int64_t end) { finish(begin, end, 0, 1); };
    if (m == 1) {
      const T* x = contiguous(a, trans_a ? lda : 1, k, workspace);
      if (trans_b) return rows_times_vector(b, ldb, x, n, k, c, 1, accumulate, parallel, columns);
      return vector_times_rows(x, b, ldb, k, n, c, accumulate, parallel, columns);
    }
    const T* x = contiguous(b, trans_b ? 1 : ldb, k, workspace);
    if (!trans_a) return rows_times_vector(a, lda, x, m, k, c, ldc, accumulate, parallel, rows);
    if (ldc == 1) return vector_times_rows(x, a, lda, k, m, c, accumulate, parallel, rows);
  }
  if (takes_tiny_path<T>(trans_a, trans_b, m, n, k, accumulate)) {
    int64_t i = 0;
    for (; i + 4 <= m; i += 4) tiny_rows<T, 4>(n, k, a + i * lda, lda, b, ldb, c + i * ldc, ldc);
    for (; i < m; ++i) tiny_rows<T, 1>(n, k, a + i * lda, lda, b, ldb, c + i * ldc, ldc);
    return finish(0, m, 0, n);
  }
  if (trans_b && !trans_a && takes_few_rows(m, n, k))
    return few_rows_times_rows(a, lda, b, ldb, m, n, k, c, ldc, accumulate, parallel, finish);
  if (!trans_b && takes_few_rows(m, n, k)) {
    const int64_t row_a = trans_a ? 1 : lda, column_a = trans_a ? lda : 1;
    const auto rows = [&](auto count) {
      few_rows_times_matrix<T, decltype(count)::kValue>(a, row_a, column_a, b, ldb, k, n, c, ldc, accumulate, parallel,
                                                        finish);
    };
    switch (m) {
      case 2:
        return rows(Count<2>{});
      case 3:
        return rows(Count<3>{});
      case 4:
        return rows(Count<4>{});
      case 5:
        return rows(Count<5>{});
      case 6:
        return rows(Count<6>{});
      case 7:
        return rows(Count<7>{});
      default:
        return rows(Count<8>{});
    }
  }
  Job<Plain<T>> job{};
  job.m = m;
  job.n = n;
  job.k = k;
  job.a = trans_a ? View<T>{a, 1, lda} : View<T>{a, lda, 1};
  job.b = trans_b ? View<T>{b, 1, ldb} : View<T>{b, ldb, 1};
  job.c = c;
  job.ldc = ldc;
  job.accumulate = accumulate;
  job.epilogue = epilogue;
  multiply(job, parallel, workspace);
}

template <class T>
size_t workspace_of(bool trans_a, int64_t m, int64_t n, int64_t k) {
  const size_t vector = takes_vector_path(m, n, k) ? static_cast<size_t>(k) * sizeof(T) : 0;
  return max_of(vector, multiply_workspace<Plain<T>>(trans_a, m, n, k, false));
}

// Whether whole products of a batch are handed out as chunks.
bool batch_is_chunked(int64_t batch, int64_t m, int64_t n, int64_t k) {
  return batch > 1 && m <= kSkinnyRows * 2 && m * n * k <= (int64_t(1) << 25);
}

constexpr int64_t kBatchChunks = 64;

int64_t batch_grain(int64_t batch, int64_t m, int64_t n, int64_t k) {
  const int64_t by_work = kSerialWork / 2 / max_of<int64_t>(1, m * n * k);
  return max_of(max_of<int64_t>(1, by_work), ceil_div(batch, kBatchChunks));
}

}  // namespace

size_t gemm_workspace_bytes(DType dtype, bool trans_a, bool, int64_t m, int64_t n, int64_t k) {
  size_t bytes = 0;
  with_element(dtype, [&](auto tag) {
    bytes = workspace_of<typename decltype(tag)::type>(trans_a, m, n, k);
    return Status::kOk;
  });
  return bytes;
}

Status gemm(DType dtype, bool trans_a, bool trans_b, int64_t m, int64_t n, int64_t k, const void* a,
            int64_t lda, const void* b, int64_t ldb, void* c, int64_t ldc, bool accumulate,
            const Parallel& parallel, void* workspace) {
  return with_element(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    multiply_any(trans_a, trans_b, m, n, k, static_cast<const T*>(a), lda, static_cast<const T*>(b), ldb,
                 static_cast<T*>(c), ldc, accumulate, nullptr, parallel, workspace);
    return Status::kOk;
  });
}

size_t gemm_batched_workspace_bytes(DType dtype, bool trans_a, bool trans_b, int64_t batch, int64_t m,
                                    int64_t n, int64_t k) {
  const size_t one = TG_ISA::gemm_workspace_bytes(dtype, trans_a, trans_b, m, n, k);
  if (!batch_is_chunked(batch, m, n, k)) return one;
  const int64_t chunks = ceil_div(batch, batch_grain(batch, m, n, k));
  return static_cast<size_t>(round_up(static_cast<int64_t>(one), 64) * chunks);
}

Status gemm_batched(DType dtype, bool trans_a, bool trans_b, int64_t batch, int64_t m, int64_t n, int64_t k,
                    const void* a, int64_t stride_a, const void* b, int64_t stride_b, void* c,
                    int64_t stride_c, const Parallel& parallel, void* workspace) {
  return with_element(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const int64_t lda = trans_a ? m : k;
    const int64_t ldb = trans_b ? k : n;
    const auto one = [&](int64_t i, const Parallel& threads, void* scratch) {
      multiply_any(trans_a, trans_b, m, n, k, static_cast<const T*>(a) + i * stride_a, lda,
                   static_cast<const T*>(b) + i * stride_b, ldb, static_cast<T*>(c) + i * stride_c, n, false,
                   nullptr, threads, scratch);
    };
    if (!batch_is_chunked(batch, m, n, k)) {
      for (int64_t i = 0; i < batch; ++i) one(i, parallel, workspace);
      return Status::kOk;
    }
    const int64_t bytes = round_up(static_cast<int64_t>(workspace_of<T>(trans_a, m, n, k)), 64);
    const int64_t grain = batch_grain(batch, m, n, k);
    parallel_for(parallel, ceil_div(batch, grain), [&](int64_t chunk) {
      const int64_t end = min_of(batch, (chunk + 1) * grain);
      for (int64_t i = chunk * grain; i < end; ++i)
        one(i, Parallel{}, static_cast<char*>(workspace) + chunk * bytes);
    });
    return Status::kOk;
  });
}

size_t gemm_packed_b_bytes(DType dtype, int64_t k, int64_t n) {
  size_t bytes = 0;
  with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    bytes = static_cast<size_t>(k * round_up(n, Sizes<Plain<T>>::kNr)) * sizeof(T);
    return Status::kOk;
  });
  return bytes;
}

Status gemm_pack_b(DType dtype, bool trans_b, int64_t k, int64_t n, const void* b, int64_t ldb, void* packed,
                   const Parallel& parallel) {
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* data = static_cast<const T*>(b);
    const View<T> view = trans_b ? View<T>{data, 1, ldb} : View<T>{data, ldb, 1};
    pack_all_columns<Plain<T>>(view, k, n, static_cast<T*>(packed), parallel);
    return Status::kOk;
  });
}

size_t gemm_with_packed_b_workspace_bytes(DType dtype, bool trans_a, int64_t m, int64_t n, int64_t k) {
  size_t bytes = 0;
  with_float(dtype, [&](auto tag) {
    bytes = multiply_workspace<Plain<typename decltype(tag)::type>>(trans_a, m, n, k, true);
    return Status::kOk;
  });
  return bytes;
}

namespace {

template <class T>
void multiply_packed(bool trans_a, int64_t m, int64_t n, int64_t k, const T* a, int64_t lda, const T* packed_b, T* c,
                     int64_t ldc, bool accumulate, const Epilogue* epilogue, const Parallel& parallel,
                     void* workspace) {
  Job<Plain<T>> job{};
  job.m = m;
  job.n = n;
  job.k = k;
  job.a = trans_a ? View<T>{a, 1, lda} : View<T>{a, lda, 1};
  job.packed_b = packed_b;
  job.c = c;
  job.ldc = ldc;
  job.accumulate = accumulate;
  job.epilogue = epilogue;
  multiply(job, parallel, workspace);
}

}  // namespace

Status gemm_with_packed_b(DType dtype, bool trans_a, int64_t m, int64_t n, int64_t k, const void* a, int64_t lda,
                          const void* packed_b, void* c, int64_t ldc, bool accumulate, const Parallel& parallel,
                          void* workspace) {
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    multiply_packed(trans_a, m, n, k, static_cast<const T*>(a), lda, static_cast<const T*>(packed_b),
                    static_cast<T*>(c), ldc, accumulate, nullptr, parallel, workspace);
    return Status::kOk;
  });
}

size_t gemm_fused_workspace_bytes(DType dtype, bool trans_a, bool trans_b, int64_t m, int64_t n, int64_t k,
                                  bool packed) {
  return packed ? TG_ISA::gemm_with_packed_b_workspace_bytes(dtype, trans_a, m, n, k)
                : TG_ISA::gemm_workspace_bytes(dtype, trans_a, trans_b, m, n, k);
}

Status gemm_fused(DType dtype, bool trans_a, bool trans_b, int64_t m, int64_t n, int64_t k, const void* a, int64_t lda,
                  const void* b, int64_t ldb, const void* packed_b, void* c, int64_t ldc, const Epilogue& epilogue,
                  const Parallel& parallel, void* workspace) {
  const Epilogue* steps = epilogue.empty() ? nullptr : &epilogue;
  if (steps != nullptr && dtype != DType::kFloat32) return Status::kUnsupported;
  return with_float(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T *x = static_cast<const T*>(a), *y = static_cast<const T*>(b), *packed = static_cast<const T*>(packed_b);
    T* to = static_cast<T*>(c);
    if (packed != nullptr) multiply_packed(trans_a, m, n, k, x, lda, packed, to, ldc, false, steps, parallel, workspace);
    else multiply_any(trans_a, trans_b, m, n, k, x, lda, y, ldb, to, ldc, false, steps, parallel, workspace);
    return Status::kOk;
  });
}

}  // namespace tg::kernels::TG_ISA
