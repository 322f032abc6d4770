// Runs groups of elementwise operations tile by tile.
#include "kernels/tile.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "kernels/broadcast.h"
#include "kernels/tile_internal.h"

namespace tg::kernels::TG_ISA {

Status unary(UnaryOp op, DType dtype, const void* x, void* y, int64_t n, const Parallel& parallel);
Status cast(DType from, DType to, const void* x, void* y, int64_t n, const Parallel& parallel);

namespace {

constexpr int64_t kTileGrain = 16384;        // elements of a chunk
constexpr int64_t kStreamedBytes = 8 << 20;  // an output of this size leaves the caches before it is read
constexpr int64_t kNearBytes = 512 << 10;
constexpr int kMostValues = kMostTileInputs + kMostTileSteps;
constexpr int64_t kWidest = 8;               // bytes of an element

struct Loop {
  BinaryRun binary;
  SelectRun select;
};

bool compares(BinaryOp op) { return op >= BinaryOp::kLogicalAnd && op <= BinaryOp::kGreaterEqual; }

bool is_number(DType dtype) {
  return (dtype >= DType::kInt8 && dtype <= DType::kUInt64) || dtype == DType::kFloat32 || dtype == DType::kFloat64;
}

Loop find_loop(const TileStep& step) {
  Loop loop{nullptr, nullptr};
  if (step.kind == TileKind::kBinary) {
    const BinaryOp op = static_cast<BinaryOp>(step.op);
    loop.binary = compares(op) || step.in == DType::kBool ? find_comparison(op, step.in) : find_arithmetic(op, step.in);
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
void stream(char* to, const char* from, int64_t bytes) {
  int64_t i = 0;
  for (; i + 16 <= bytes; i += 16)
    _mm_stream_si128(reinterpret_cast<__m128i*>(to + i), _mm_load_si128(reinterpret_cast<const __m128i*>(from + i)));
  memcpy(to + i, from + i, static_cast<size_t>(bytes - i));
}
void end_stream() { _mm_sfence(); }
#else
void stream(char* to, const char* from, int64_t bytes) { memcpy(to, from, static_cast<size_t>(bytes)); }
void end_stream() {}
#endif

class Tiles {
 public:
  Tiles(const TileProgram& program, const TileInput* inputs, void* const* outputs, const TileSpace& space, char* work)
      : program_(program), inputs_(inputs), outputs_(outputs), space_(space) {
    for (int32_t k = 0; k < program.num_inputs; ++k) set_up_input(k, &work);
    for (int32_t i = 0; i < program.num_steps; ++i) loops_[i] = find_loop(program.steps[i]);
    for (int32_t i = 0; i < program.num_steps; ++i) {
      const TileStep& step = program.steps[i];
      const int32_t value = program.num_inputs + i;
      const int args = num_args(step);
      output_of_[value] = -1;
      single_[value] = true;
      for (int k = 0; k < args; ++k) single_[value] = single_[value] && single_[step.args[k]];
    }
    for (int32_t k = 0; k < program.num_outputs; ++k) {
      const int32_t value = program.outputs[k];
      output_of_[value] = k;
      single_[value] = false;  // all of it is written
      const int64_t bytes = space.size * size_of(program.steps[value - program.num_inputs].out);
      streams_[k] = bytes >= kStreamedBytes && reinterpret_cast<uintptr_t>(outputs[k]) % 16 == 0;
    }
    int64_t widest = 1, bytes = 0;
    for (int32_t i = 0; i < program.num_steps; ++i) widest = max_of(widest, size_of(program.steps[i].out));
    spacing_ = kTile * widest;
    for (int32_t k = 0; k < program.num_inputs; ++k)
      if (access_[k] == TileAccess::kDense) bytes += space.size * sizes_[k];
    far_ = bytes > kNearBytes;
    place_registers();
  }

  Status run(int64_t begin, int64_t end) const {
    alignas(64) char registers[kMostTileSteps * kTile * kWidest];
    alignas(64) char gathered[kMostTileInputs][kTile * kWidest];
    Place places[kMostValues];
    for (int32_t i = 0; i < program_.num_steps; ++i) {
      const int32_t value = program_.num_inputs + i;
      places[value] = {registers + register_of_[i] * spacing_, single_[value] ? 0 : 1};
    }
    for (int32_t k = 0; k < program_.num_inputs; ++k) places[k] = {gathered[k], access_[k] == TileAccess::kSingle ? 0 : 1};
    for (int32_t k = 0; k < program_.num_inputs; ++k)
      if (access_[k] == TileAccess::kSingle) places[k].data = data_[k];
    const Parallel alone;
    bool first = true, streamed = false;
    for (int64_t at = begin; at < end; at += kTile) {
      const int64_t n = min_of(kTile, end - at);
      for (int32_t k = 0; k < program_.num_inputs; ++k) {
        const int64_t size = sizes_[k];
        switch (access_[k]) {
          case TileAccess::kDense:
            places[k].data = data_[k] + at * size;
            for (int64_t line = 0; far_ && line < kTile * size; line += 64)
              __builtin_prefetch(places[k].data + kTile * size + line);
            break;
          case TileAccess::kRepeated:
            places[k].data = data_[k] + at % periods_[k] * size;
            break;
          case TileAccess::kGathered:
            gather(k, at, n, gathered[k]);
            break;
          case TileAccess::kSingle:
            break;
        }
      }
      for (int32_t k = 0; k < program_.num_outputs; ++k)
        if (!streams_[k]) places[program_.outputs[k]].data = static_cast<char*>(outputs_[k]) + at * out_size(k);
      for (int32_t i = 0; i < program_.num_steps; ++i) {
        const int32_t value = program_.num_inputs + i;
        if (single_[value] && !first) continue;
        step(i, places, single_[value] ? 1 : n, alone);
      }
      for (int32_t k = 0; k < program_.num_outputs; ++k) {
        if (!streams_[k]) continue;
        stream(static_cast<char*>(outputs_[k]) + at * out_size(k), places[program_.outputs[k]].data, n * out_size(k));
        streamed = true;
      }
      first = false;
    }
    if (streamed) end_stream();
    return Status::kOk;
  }

 private:
  static int num_args(const TileStep& step) {
    return step.kind == TileKind::kSelect ? 3 : step.kind == TileKind::kBinary ? 2 : 1;
  }
  static int64_t size_of(DType dtype) { return static_cast<int64_t>(dtype_size(dtype)); }
  int64_t out_size(int32_t k) const { return size_of(program_.steps[program_.outputs[k] - program_.num_inputs].out); }

  void set_up_input(int32_t k, char** work) {
    const TileInput& input = inputs_[k];
    const int64_t size = size_of(input.dtype);
    sizes_[k] = size;
    data_[k] = static_cast<char*>(const_cast<void*>(input.data));
    access_[k] = tile_access(input, space_, &periods_[k]);
    single_[k] = access_[k] == TileAccess::kSingle;
    if (access_[k] != TileAccess::kRepeated) return;
    // So often that a tile may begin anywhere in it.
    const int64_t bytes = periods_[k] * size, wanted = bytes + kTile * size;
    for (int64_t filled = 0; filled < wanted;) {
      const int64_t more = min_of(filled == 0 ? bytes : filled, wanted - filled);
      memcpy(*work + filled, filled == 0 ? data_[k] : *work, static_cast<size_t>(more));
      filled += more;
    }
    data_[k] = *work;
    *work += round_up(wanted, 64);
  }

  // Values that are no longer read give their registers to later ones.
  void place_registers() {
    int32_t last_use[kMostTileSteps];
    for (int32_t i = 0; i < program_.num_steps; ++i) {
      const TileStep& step = program_.steps[i];
      last_use[i] = output_of_[program_.num_inputs + i] >= 0 ? program_.num_steps : i;
      for (int k = 0; k < num_args(step); ++k)
        if (step.args[k] >= program_.num_inputs) last_use[step.args[k] - program_.num_inputs] = max_of(last_use[step.args[k] - program_.num_inputs], i);
    }
    // What is computed once for all tiles keeps its place.
    for (int32_t i = 0; i < program_.num_steps; ++i)
      if (single_[program_.num_inputs + i]) last_use[i] = program_.num_steps;
    bool taken[kMostTileSteps] = {};
    for (int32_t i = 0; i < program_.num_steps; ++i) {
      int32_t free = 0;
      while (taken[free]) ++free;
      taken[free] = true;
      register_of_[i] = free;
      for (int32_t j = 0; j <= i; ++j)
        if (last_use[j] == i) taken[register_of_[j]] = false;
    }
  }

  void step(int32_t i, Place* places, int64_t n, const Parallel& alone) const {
    const TileStep& step = program_.steps[i];
    char* to = places[program_.num_inputs + i].data;
    const Place& a = places[step.args[0]];
    switch (step.kind) {
      case TileKind::kBinary: {
        const Place& b = places[step.args[1]];
        const char* const in[2] = {a.data, b.data};
        int64_t strides[2] = {a.stride, b.stride};
        if (a.stride == 0 && b.stride == 0) {
          loops_[i].binary(in, {1, 1}, to, 1);
          if (n > 1) spread(to, size_of(step.out), n);
          return;
        }
        loops_[i].binary(in, strides, to, n);
        return;
      }
      case TileKind::kSelect: {
        const char* const in[3] = {a.data, places[step.args[1]].data, places[step.args[2]].data};
        const int64_t strides[3] = {a.stride, places[step.args[1]].stride, places[step.args[2]].stride};
        loops_[i].select(in, strides, to, n);
        return;
      }
      default: {
        const int64_t count = a.stride == 0 ? 1 : n;
        if (step.kind == TileKind::kCast) {
          TG_ISA::cast(step.in, step.out, a.data, to, count, alone);
        } else {
          TG_ISA::unary(static_cast<UnaryOp>(step.op), step.in, a.data, to, count, alone);
        }
        if (count < n) spread(to, size_of(step.out), n);
      }
    }
  }

  // The first element again and again.
  static void spread(char* data, int64_t size, int64_t n) {
    for (int64_t filled = size; filled < n * size;) {
      const int64_t more = min_of(filled, n * size - filled);
      memcpy(data + filled, data, static_cast<size_t>(more));
      filled += more;
    }
  }

  void gather(int32_t k, int64_t at, int64_t n, char* to) const {
    const TileInput& input = inputs_[k];
    const int32_t last = space_.rank - 1;
    const int64_t inner = space_.dims[last], size = sizes_[k], stride = input.strides[last];
    int64_t coord[kMaxRank], offset = 0, rest = at;
    for (int32_t axis = last; axis >= 0; --axis) {
      coord[axis] = rest % space_.dims[axis];
      rest /= space_.dims[axis];
      if (axis != last) offset += coord[axis] * input.strides[axis];
    }
    for (int64_t filled = 0; filled < n;) {
      const int64_t run = min_of(inner - coord[last], n - filled);
      copy_run_of(static_cast<size_t>(size), data_[k] + (offset + coord[last] * stride) * size, stride, to + filled * size, run);
      filled += run;
      coord[last] = 0;
      for (int32_t axis = last - 1; axis >= 0; --axis) {
        offset += input.strides[axis];
        if (++coord[axis] < space_.dims[axis]) break;
        coord[axis] = 0;
        offset -= space_.dims[axis] * input.strides[axis];
      }
    }
  }

  const TileProgram& program_;
  const TileInput* inputs_;
  void* const* outputs_;
  const TileSpace& space_;
  Loop loops_[kMostTileSteps];
  int32_t register_of_[kMostTileSteps];
  bool streams_[kMostTileOutputs];
  TileAccess access_[kMostTileInputs];
  char* data_[kMostTileInputs];
  int64_t periods_[kMostTileInputs];
  int64_t sizes_[kMostTileInputs];
  bool single_[kMostValues];
  int64_t spacing_;  // bytes from register to register
  bool far_;         // the inputs are not in the nearest caches
  int32_t output_of_[kMostValues];
};

}  // namespace

bool tile_supports(const TileStep& step) {
  const auto width = [](DType dtype) { return dtype == DType::kBool || is_number(dtype); };
  if (!width(step.in) || !width(step.out)) return false;
  switch (step.kind) {
    case TileKind::kBinary:
    case TileKind::kSelect: {
      const Loop loop = find_loop(step);
      return loop.binary != nullptr || loop.select != nullptr;
    }
    case TileKind::kCast:
      return true;
    default: {
      // What can fail, or has no loop for the dtype, says so for nothing, too.
      const UnaryOp op = static_cast<UnaryOp>(step.op);
      const bool real = step.in == DType::kFloat32 || step.in == DType::kFloat64;
      if (op == UnaryOp::kReciprocal && !real) return false;
      return TG_ISA::unary(op, step.in, nullptr, nullptr, 0, Parallel()) == Status::kOk;
    }
  }
}

Status run_tiles(const TileProgram& program, const TileInput* inputs, void* const* outputs, const TileSpace& space,
                 void* work, const Parallel& parallel) {
  const Tiles tiles(program, inputs, outputs, space, static_cast<char*>(work));
  parallel_range(parallel, space.size, kTileGrain, [&](int64_t begin, int64_t end) { tiles.run(begin, end); });
  return Status::kOk;
}

}  // namespace tg::kernels::TG_ISA
