// What groups of tiles and groups of rows share: how a step runs, and how inputs are read block by block.
#ifndef TENSEGRA_KERNELS_TILE_IMPL_H_
#define TENSEGRA_KERNELS_TILE_IMPL_H_

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "kernels/broadcast.h"
#include "kernels/epilogue.h"
#include "kernels/tile_internal.h"

namespace tg::kernels::TG_ISA {

Status unary(UnaryOp op, DType dtype, const void* x, void* y, int64_t n, const Parallel& parallel);
Status cast(DType from, DType to, const void* x, void* y, int64_t n, const Parallel& parallel);
// The activation as its operations give it one by one, to the bit.
void activate(Activation activation, const float* x, float* y, int64_t n);

constexpr int64_t kStreamedBytes = 8 << 20;  // an output of this size leaves the caches before it is read
constexpr int64_t kNearBytes = 512 << 10;
constexpr int64_t kWidest = 8;               // bytes of an element

struct Loop {
  BinaryRun binary;
  SelectRun select;
};

inline Loop find_loop(const TileStep& step) {
  Loop loop{nullptr, nullptr};
  if (step.kind == TileKind::kBinary) {
    const BinaryOp op = static_cast<BinaryOp>(step.op);
    const bool compares = op >= BinaryOp::kLogicalAnd && op <= BinaryOp::kGreaterEqual;
    loop.binary = compares || step.in == DType::kBool ? find_comparison(op, step.in) : find_arithmetic(op, step.in);
  } else if (step.kind == TileKind::kSelect) {
    loop.select = find_select(dtype_size(step.in));
  }
  return loop;
}

// Where a value's elements are while a tile is worked on.
struct Place {
  char* data;
  int64_t stride;  // 0: one element for all
};

#if defined(__SSE2__)
inline void stream(char* to, const char* from, int64_t bytes) {
  int64_t i = 0;
  for (; i + 16 <= bytes; i += 16)
    _mm_stream_si128(reinterpret_cast<__m128i*>(to + i), _mm_load_si128(reinterpret_cast<const __m128i*>(from + i)));
  memcpy(to + i, from + i, static_cast<size_t>(bytes - i));
}
inline void end_stream() { _mm_sfence(); }
#else
inline void stream(char* to, const char* from, int64_t bytes) { memcpy(to, from, static_cast<size_t>(bytes)); }
inline void end_stream() {}
#endif

inline int num_args(const TileStep& step) {
  return step.kind == TileKind::kSelect ? 3 : step.kind == TileKind::kBinary || step.kind == TileKind::kRowPair ? 2 : 1;
}
inline int64_t size_of(DType dtype) { return static_cast<int64_t>(dtype_size(dtype)); }

// The first element again and again.
inline void spread(char* data, int64_t size, int64_t n) {
  for (int64_t filled = size; filled < n * size;) {
    const int64_t more = min_of(filled, n * size - filled);
    memcpy(data + filled, data, static_cast<size_t>(more));
    filled += more;
  }
}

// An elementwise step on n elements.
inline void run_step(const TileStep& step, const Loop& loop, const Place* args, char* to, int64_t n) {
  switch (step.kind) {
    case TileKind::kBinary: {
      const char* const in[2] = {args[0].data, args[1].data};
      if (args[0].stride == 0 && args[1].stride == 0) {
        loop.binary(in, {1, 1}, to, 1);
        if (n > 1) spread(to, size_of(step.out), n);
        return;
      }
      const int64_t strides[2] = {args[0].stride, args[1].stride};
      loop.binary(in, strides, to, n);
      return;
    }
    case TileKind::kSelect: {
      const char* const in[3] = {args[0].data, args[1].data, args[2].data};
      const int64_t strides[3] = {args[0].stride, args[1].stride, args[2].stride};
      loop.select(in, strides, to, n);
      return;
    }
    default: {
      const int64_t count = args[0].stride == 0 ? 1 : n;
      const Parallel alone;
      if (step.kind == TileKind::kCast) {
        TG_ISA::cast(step.in, step.out, args[0].data, to, count, alone);
      } else if (step.kind == TileKind::kActivation) {
        activate(static_cast<Activation>(step.op), reinterpret_cast<const float*>(args[0].data),
                 reinterpret_cast<float*>(to), count);
      } else {
        TG_ISA::unary(static_cast<UnaryOp>(step.op), step.in, args[0].data, to, count, alone);
      }
      if (count < n) spread(to, size_of(step.out), n);
    }
  }
}

// Reads one input in blocks of at most `room` elements.
class TileReader {
 public:
  // work: memory as tile_work_bytes says, of which it takes its part.
  void set_up(const TileInput& input, const TileSpace& space, int64_t room, char** work) {
    input_ = &input;
    space_ = &space;
    size_ = size_of(input.dtype);
    data_ = static_cast<char*>(const_cast<void*>(input.data));
    access_ = tile_access(input, space, &period_);
    if (access_ != TileAccess::kRepeated) return;
    // So often that a block may begin anywhere in it.
    const int64_t bytes = period_ * size_, wanted = bytes + room * size_;
    for (int64_t filled = 0; filled < wanted;) {
      const int64_t more = min_of(filled == 0 ? bytes : filled, wanted - filled);
      memcpy(*work + filled, filled == 0 ? data_ : *work, static_cast<size_t>(more));
      filled += more;
    }
    data_ = *work;
    *work += round_up(wanted, 64);
  }

  bool single() const { return access_ == TileAccess::kSingle; }
  bool dense() const { return access_ == TileAccess::kDense; }
  bool gathers() const { return access_ == TileAccess::kGathered; }
  int64_t size() const { return size_; }

  // Where elements [at, at + n) are; what has to be gathered is gathered there. ahead: the next block is asked for, too.
  Place place(int64_t at, int64_t n, char* gathered, bool ahead) const {
    switch (access_) {
      case TileAccess::kDense: {
        char* from = data_ + at * size_;
        for (int64_t line = 0; ahead && line < n * size_; line += 64) __builtin_prefetch(from + n * size_ + line);
        return {from, 1};
      }
      case TileAccess::kRepeated:
        return {data_ + at % period_ * size_, 1};
      case TileAccess::kGathered:
        gather(at, n, gathered);
        return {gathered, 1};
      default:
        return {data_, 0};
    }
  }

 private:
  void gather(int64_t at, int64_t n, char* to) const {
    const TileSpace& space = *space_;
    const TileInput& input = *input_;
    const int32_t last = space.rank - 1;
    const int64_t inner = space.dims[last], stride = input.strides[last];
    int64_t coord[kMaxRank], offset = 0, rest = at;
    for (int32_t axis = last; axis >= 0; --axis) {
      coord[axis] = rest % space.dims[axis];
      rest /= space.dims[axis];
      if (axis != last) offset += coord[axis] * input.strides[axis];
    }
    for (int64_t filled = 0; filled < n;) {
      const int64_t run = min_of(inner - coord[last], n - filled);
      copy_run_of(static_cast<size_t>(size_), data_ + (offset + coord[last] * stride) * size_, stride,
                  to + filled * size_, run);
      filled += run;
      coord[last] = 0;
      for (int32_t axis = last - 1; axis >= 0; --axis) {
        offset += input.strides[axis];
        if (++coord[axis] < space.dims[axis]) break;
        coord[axis] = 0;
        offset -= space.dims[axis] * input.strides[axis];
      }
    }
  }

  const TileInput* input_;
  const TileSpace* space_;
  char* data_;
  int64_t size_, period_;
  TileAccess access_;
};

}  // namespace tg::kernels::TG_ISA

#endif  // TENSEGRA_KERNELS_TILE_IMPL_H_
