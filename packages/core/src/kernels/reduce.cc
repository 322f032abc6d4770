// Reductions over axes.
//
// The axes are merged so that kept and reduced ones alternate. What remains is one of two cases: the
// innermost axis is reduced (rows), or kept (columns). A long reduction is cut into pieces whose partial
// results are joined in order. float32 sums run in float32 lanes over short stretches and in float64 across
// stretches.
#include "kernels/reduce.h"

#include "kernels/complex.h"
#include "kernels/isa.h"

namespace tg::kernels::TG_ISA {
namespace {

constexpr int64_t kPiece = 65536;     // elements of a piece
constexpr int64_t kMaxPieces = 64;    // of one result
constexpr int64_t kStretch = 1024;    // elements summed in lanes
constexpr int kFoldBytes = 128;       // of lanes
constexpr int64_t kColumnTile = 1024;  // columns accumulated at a time
constexpr int64_t kNarrow = 256;       // columns of narrow rows taken together, at most
constexpr int64_t kFlushRows = 32;    // rows that the columns add up in the element's type
constexpr int64_t kGrain = 16384;     // elements of a chunk

// The merged axes.
struct Layout {
  int32_t rank = 0;
  int64_t dims[kMaxRank + 1];  // one more for the parts of complex numbers
  int64_t strides[kMaxRank + 1];
  bool reduced[kMaxRank + 1];
  int64_t outputs = 1;  // results
  int64_t count = 1;    // elements of each

  // Kept and reduced axes outside the innermost one.
  int64_t outer_count(bool of_reduced) const {
    int64_t n = 1;
    for (int32_t i = 0; i + 1 < rank; ++i) {
      if (reduced[i] == of_reduced) n *= dims[i];
    }
    return n;
  }

  __attribute__((noinline)) int64_t offset(bool of_reduced, int64_t position) const {
    int64_t at = 0;
    for (int32_t i = rank - 2; i >= 0; --i) {
      if (reduced[i] != of_reduced) continue;
      at += position % dims[i] * strides[i];
      position /= dims[i];
    }
    return at;
  }
};

Layout make_layout(const int64_t* dims, int32_t rank, uint32_t axis_mask) {
  Layout layout;
  for (int32_t i = 0; i < rank; ++i) {
    const bool reduced = (axis_mask >> i & 1) != 0;
    (reduced ? layout.count : layout.outputs) *= dims[i];
    if (dims[i] == 1) continue;
    if (layout.rank > 0 && layout.reduced[layout.rank - 1] == reduced) {
      layout.dims[layout.rank - 1] *= dims[i];
    } else {
      layout.dims[layout.rank] = dims[i];
      layout.reduced[layout.rank++] = reduced;
    }
  }
  if (layout.rank == 0) {
    layout.rank = 1;
    layout.dims[0] = 1;
    layout.reduced[0] = true;
  }
  int64_t next = 1;
  for (int32_t i = layout.rank - 1; i >= 0; --i) {
    layout.strides[i] = next;
    next *= layout.dims[i];
  }
  return layout;
}

int64_t pieces_of(const Layout& layout) {
  if (layout.outputs * layout.count < 2 * kPiece || layout.outputs >= kMaxPieces * 256) return 1;
  const int64_t by_size = (layout.count + kPiece / 2) / kPiece;
  const int64_t wanted = ceil_div(kMaxPieces, layout.reduced[layout.rank - 1]
                                                  ? layout.outputs
                                                  : layout.outputs / layout.dims[layout.rank - 1] *
                                                        ceil_div(layout.dims[layout.rank - 1], kColumnTile));
  const bool rows = layout.reduced[layout.rank - 1];
  const int64_t outer = layout.outer_count(true);
  const int64_t splittable = rows && outer == 1 ? layout.dims[layout.rank - 1] / kStretch : outer;
  const int64_t by_total = layout.outputs * layout.count / kPiece;
  return max_of<int64_t>(1,
                         min_of(min_of(wanted, splittable), max_of(by_size, min_of(by_total, kMaxPieces))));
}

// How an operation joins. Acc is what partial results are kept in; `step` takes elements or vectors of them.
template <class T>
struct Sum {
  using Acc = T;
  static T identity() { return 0; }
  template <class V>
  static V step(V a, V b) {
    return V(a + b);
  }
};
template <>
struct Sum<float> {
  using Acc = double;
  static float identity() { return 0; }
  template <class V>
  static V step(V a, V b) {
    return V(a + b);
  }
};
template <class T>
struct Prod {
  using Acc = T;
  static T identity() { return 1; }
  template <class V>
  static V step(V a, V b) {
    return V(a * b);
  }
};
template <class T>
struct Max {
  using Acc = T;
  static T identity() { return lowest_of<T>(); }
  template <class V>
  static V step(V a, V b) {
    return (a > b) | (a != a) ? a : b;
  }
};
template <class T>
struct Min {
  using Acc = T;
  static T identity() { return highest_of<T>(); }
  template <class V>
  static V step(V a, V b) {
    return (a < b) | (a != a) ? a : b;
  }
};

template <class T, class Op>
typename Op::Acc reduce_stretch(const T* x, int64_t n) {
  using V = Vec<T>;
  constexpr int lanes = VecOf<T>::kLanes;
  constexpr int fold = kFoldBytes / static_cast<int>(sizeof(T));  // the same at every ISA level
  alignas(64) T lane[fold];
  for (int i = 0; i < fold; ++i) lane[i] = Op::identity();
  V acc[fold / lanes];
#pragma GCC unroll 8
  for (int v = 0; v < fold / lanes; ++v) acc[v] = load<V>(lane + v * lanes);
  int64_t p = 0;
  for (; p + fold <= n; p += fold) {
#pragma GCC unroll 8
    for (int v = 0; v < fold / lanes; ++v) acc[v] = Op::step(acc[v], load<V>(x + p + v * lanes));
  }
#pragma GCC unroll 8
  for (int v = 0; v < fold / lanes; ++v) store(lane + v * lanes, acc[v]);
  for (int i = 0; p < n; ++p, ++i) lane[i] = Op::step(lane[i], x[p]);
#pragma GCC unroll 1
  for (int half = fold / 2; half > 1; half /= 2) {
    for (int i = 0; i < half; ++i) lane[i] = Op::step(lane[i], lane[i + half]);
  }
  using Acc = typename Op::Acc;
  return Op::step(static_cast<Acc>(lane[0]), static_cast<Acc>(lane[1]));
}

template <class T, class Op>
__attribute__((noinline)) typename Op::Acc reduce_row(const T* x, int64_t n) {
  using Acc = typename Op::Acc;
  Acc acc = Op::identity();
  if (n < kFoldBytes / static_cast<int64_t>(sizeof(T))) {
    for (int64_t i = 0; i < n; ++i) acc = Op::step(acc, static_cast<Acc>(x[i]));
    return acc;
  }
  for (int64_t p = 0; p < n; p += kStretch)
    acc = Op::step(acc, reduce_stretch<T, Op>(x + p, min_of(kStretch, n - p)));
  return acc;
}

// Innermost axis reduced. Emits (result, piece, value).
template <class T, class Op, class Emit>
void reduce_rows(const T* x, const Layout& layout, int64_t pieces, const Parallel& parallel,
                 const Emit& emit) {
  const int64_t length = layout.dims[layout.rank - 1];
  const int64_t outer = layout.outer_count(true);
  const bool splits_row = outer == 1;
  const int64_t stretch = splits_row ? round_up(ceil_div(length, pieces), kStretch) : length;
  const int64_t rows = splits_row ? 1 : ceil_div(outer, pieces);
  const int64_t grain = max_of<int64_t>(1, kGrain * pieces / max_of<int64_t>(1, layout.count));
  parallel_range(parallel, layout.outputs * pieces, grain, [&](int64_t begin, int64_t end) {
    for (int64_t t = begin; t < end; ++t) {
      const int64_t result = t / pieces;
      const int64_t piece = t % pieces;
      const T* base = x + layout.offset(false, result);
      typename Op::Acc acc = Op::identity();
      if (splits_row) {
        const int64_t from = min_of(length, piece * stretch);
        acc = reduce_row<T, Op>(base + from, min_of(length, from + stretch) - from);
      } else {
        const int64_t last = min_of(outer, (piece + 1) * rows);
        for (int64_t r = piece * rows; r < last; ++r) {
          acc = Op::step(acc, reduce_row<T, Op>(base + layout.offset(true, r), length));
        }
      }
      emit(result, piece, acc);
    }
  });
}

// Innermost axis kept.
template <class T, class Op, class Emit>
void reduce_columns(const T* x, const Layout& layout, int64_t pieces, const Parallel& parallel,
                    const Emit& emit) {
  using Acc = typename Op::Acc;
  const int64_t width = layout.dims[layout.rank - 1];
  const int64_t outer = layout.outer_count(true);
  const int64_t rows = ceil_div(outer, pieces);
  // Narrow rows that lie one after another are taken several at a time, as one wide row, and folded at the
  // end.
  const bool dense = layout.rank >= 2 && layout.reduced[layout.rank - 2] &&
                     layout.outer_count(true) == layout.dims[layout.rank - 2];
  const int64_t together =
      dense && width <= kNarrow / 4 ? min_of(kNarrow / width, max_of<int64_t>(1, rows / 2)) : 1;
  const int64_t span = width * together;
  const int64_t tiles = ceil_div(span, kColumnTile);
  const int64_t work = rows * min_of(width, kColumnTile);
  const int64_t kept = layout.outputs / width;
  parallel_range(parallel, kept * tiles * pieces, max_of<int64_t>(1, kGrain / max_of<int64_t>(1, work)),
                 [&](int64_t begin, int64_t end) {
                   for (int64_t t = begin; t < end; ++t) {
                     const int64_t piece = t % pieces;
                     const int64_t column = t / pieces % tiles * kColumnTile;
                     const int64_t result = t / pieces / tiles;
                     const int64_t n = min_of(kColumnTile, span - column);
                     const T* base = x + layout.offset(false, result) + column;
                     Acc total[kColumnTile];
                     T part[kColumnTile];
                     for (int64_t j = 0; j < n; ++j) total[j] = Op::identity();
                     int64_t r = min_of(outer, piece * rows);
                     const int64_t last = min_of(outer, r + rows);
                     const int64_t whole = last - (last - r) % together;
                     while (r < whole) {
                       const int64_t stop = min_of(whole, r + kFlushRows * together);
                       for (int64_t j = 0; j < n; ++j) part[j] = Op::identity();
                       for (; r + 4 * together <= stop; r += 4 * together) {
                         const T* row[4];
                         for (int64_t i = 0; i < 4; ++i) row[i] = base + layout.offset(true, r + i * together);
                         for (int64_t j = 0; j < n; ++j) {
                           part[j] = Op::step(part[j], Op::step(Op::step(row[0][j], row[1][j]),
                                                                Op::step(row[2][j], row[3][j])));
                         }
                       }
                       for (; r < stop; r += together) {
                         const T* row = base + layout.offset(true, r);
                         for (int64_t j = 0; j < n; ++j) part[j] = Op::step(part[j], row[j]);
                       }
                       for (int64_t j = 0; j < n; ++j)
                         total[j] = Op::step(total[j], static_cast<Acc>(part[j]));
                     }
                     for (; r < last; ++r) {
                       const T* row = base + layout.offset(true, r);
                       for (int64_t j = 0; j < width; ++j)
                         total[j] = Op::step(total[j], static_cast<Acc>(row[j]));
                     }
                     for (int64_t k = 1; k < together; ++k) {
                       for (int64_t j = 0; j < width; ++j)
                         total[j] = Op::step(total[j], total[k * width + j]);
                     }
                     const int64_t columns = together > 1 ? width : n;
                     for (int64_t j = 0; j < columns; ++j) emit(result * width + column + j, piece, total[j]);
                   }
                 });
}

template <class T>
T mean_of(T sum, int64_t count) {
  if constexpr (kIsFloat<T>) {
    return sum / static_cast<T>(count);
  } else {
    if (count == 0) return 0;
    if constexpr (kIsSigned<T>) return static_cast<T>(static_cast<int64_t>(sum) / count);
    return static_cast<T>(static_cast<uint64_t>(sum) / static_cast<uint64_t>(count));
  }
}

template <class T, class Op>
Status reduce_as(bool mean, const T* x, const Layout& layout, T* out, const Parallel& parallel,
                 void* workspace) {
  using Acc = typename Op::Acc;
  const auto finish = [&](Acc acc) -> T {
    if (mean) return static_cast<T>(mean_of<Acc>(acc, layout.count));
    return static_cast<T>(acc);
  };
  if (layout.outputs == 0) return Status::kOk;
  if (layout.count == 0) {
    for (int64_t i = 0; i < layout.outputs; ++i) out[i] = finish(Op::identity());
    return Status::kOk;
  }
  const int64_t pieces = pieces_of(layout);
  Acc* partial = static_cast<Acc*>(workspace);
  const int64_t outputs = layout.outputs;
  const auto emit = [&](int64_t result, int64_t piece, Acc acc) {
    if (pieces == 1) {
      out[result] = finish(acc);
    } else {
      partial[piece * outputs + result] = acc;
    }
  };
  if (layout.reduced[layout.rank - 1]) {
    reduce_rows<T, Op>(x, layout, pieces, parallel, emit);
  } else {
    reduce_columns<T, Op>(x, layout, pieces, parallel, emit);
  }
  if (pieces == 1) return Status::kOk;
  for (int64_t i = 0; i < outputs; ++i) {
    Acc acc = partial[i];
    for (int64_t piece = 1; piece < pieces; ++piece) acc = Op::step(acc, partial[piece * outputs + i]);
    out[i] = finish(acc);
  }
  return Status::kOk;
}

template <class T, class Op>
Status reduce_rows_as(bool mean, const void* x, int64_t rows, int64_t n, void* out) {
  for (int64_t r = 0; r < rows; ++r) {
    const typename Op::Acc acc = reduce_row<T, Op>(static_cast<const T*>(x) + r * n, n);
    static_cast<T*>(out)[r] = static_cast<T>(mean ? mean_of<typename Op::Acc>(acc, n) : acc);
  }
  return Status::kOk;
}

bool is_complex(DType dtype) { return dtype == DType::kComplex64 || dtype == DType::kComplex128; }

// Complex numbers add up part by part: the parts are one more axis, which is kept.
const int64_t* with_parts(const int64_t* dims, int32_t* rank, int64_t (&parts)[kMaxRank + 1]) {
  for (int32_t i = 0; i < *rank; ++i) parts[i] = dims[i];
  parts[(*rank)++] = 2;
  return parts;
}

}  // namespace

size_t reduce_workspace_bytes(ReduceOp, DType dtype, const int64_t* dims, int32_t rank, uint32_t axis_mask) {
  int64_t parts[kMaxRank + 1];
  if (is_complex(dtype)) dims = with_parts(dims, &rank, parts);
  const Layout layout = make_layout(dims, rank, axis_mask);
  if (layout.outputs == 0 || layout.count == 0) return 0;
  const int64_t pieces = pieces_of(layout);
  return pieces == 1 ? 0 : static_cast<size_t>(pieces * layout.outputs) * sizeof(double);
}

Status reduce_rows(ReduceOp op, DType dtype, const void* x, int64_t rows, int64_t n, void* out) {
  if (op == ReduceOp::kAll || op == ReduceOp::kAny) {
    if (dtype != DType::kBool) return Status::kUnsupported;
    return op == ReduceOp::kAny ? reduce_rows_as<uint8_t, Max<uint8_t>>(false, x, rows, n, out)
                                : reduce_rows_as<uint8_t, Min<uint8_t>>(false, x, rows, n, out);
  }
  return with_number(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    switch (op) {
      case ReduceOp::kSum:
        return reduce_rows_as<T, Sum<T>>(false, x, rows, n, out);
      case ReduceOp::kMean:
        return reduce_rows_as<T, Sum<T>>(true, x, rows, n, out);
      case ReduceOp::kProd:
        return reduce_rows_as<T, Prod<T>>(false, x, rows, n, out);
      case ReduceOp::kMax:
        return reduce_rows_as<T, Max<T>>(false, x, rows, n, out);
      case ReduceOp::kMin:
        return reduce_rows_as<T, Min<T>>(false, x, rows, n, out);
      default:
        return Status::kUnsupported;
    }
  });
}

Status reduce(ReduceOp op, DType dtype, const void* x, const int64_t* dims, int32_t rank, uint32_t axis_mask,
              void* out, const Parallel& parallel, void* workspace) {
  if (rank < 0 || rank > kMaxRank) return Status::kBadShape;
  int64_t parts[kMaxRank + 1];
  if (is_complex(dtype)) {
    if (op == ReduceOp::kProd) return complex_prod(dtype, x, dims, rank, axis_mask, out, parallel);
    if (op != ReduceOp::kSum && op != ReduceOp::kMean) return Status::kUnsupported;
    dims = with_parts(dims, &rank, parts);
    dtype = dtype == DType::kComplex64 ? DType::kFloat32 : DType::kFloat64;
  }
  const Layout layout = make_layout(dims, rank, axis_mask);
  if (op == ReduceOp::kAll || op == ReduceOp::kAny) {
    if (dtype != DType::kBool) return Status::kUnsupported;
    const uint8_t* from = static_cast<const uint8_t*>(x);
    uint8_t* to = static_cast<uint8_t*>(out);
    if (op == ReduceOp::kAny)
      return reduce_as<uint8_t, Max<uint8_t>>(false, from, layout, to, parallel, workspace);
    const Status status = reduce_as<uint8_t, Min<uint8_t>>(false, from, layout, to, parallel, workspace);
    for (int64_t i = 0; layout.count == 0 && i < layout.outputs; ++i) to[i] = 1;
    return status;
  }
  return with_number(dtype, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const T* from = static_cast<const T*>(x);
    T* to = static_cast<T*>(out);
    switch (op) {
      case ReduceOp::kSum:
        return reduce_as<T, Sum<T>>(false, from, layout, to, parallel, workspace);
      case ReduceOp::kMean:
        return reduce_as<T, Sum<T>>(true, from, layout, to, parallel, workspace);
      case ReduceOp::kProd:
        return reduce_as<T, Prod<T>>(false, from, layout, to, parallel, workspace);
      case ReduceOp::kMax:
        return reduce_as<T, Max<T>>(false, from, layout, to, parallel, workspace);
      case ReduceOp::kMin:
        return reduce_as<T, Min<T>>(false, from, layout, to, parallel, workspace);
      default:
        return Status::kUnsupported;
    }
  });
}

}  // namespace tg::kernels::TG_ISA
