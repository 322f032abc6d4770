// Runs groups of elementwise operations tile by tile.
#include "kernels/tile.h"

#include "kernels/tile_impl.h"
#include "kernels/vmath.h"

namespace tg::kernels::TG_ISA {
namespace {

constexpr int64_t kTileGrain = 16384;  // elements of a chunk
constexpr int kMostValues = kMostTileInputs + kMostTileSteps;

bool is_number(DType dtype) {
  return (dtype >= DType::kInt8 && dtype <= DType::kUInt64) || dtype == DType::kFloat32 || dtype == DType::kFloat64;
}

// A product that is rounded before it is added to something.
inline VF rounded(VF product) {
#if defined(__SSE2__)
  asm("" : "+x"(product));
#elif defined(__aarch64__)
  asm("" : "+w"(product));
#else
  volatile VF kept = product;
  product = kept;
#endif
  return product;
}

template <Activation activation>
inline VF formula(VF v) {
  if constexpr (activation == Activation::kSilu) return v * vsigmoid(v);
  if constexpr (activation == Activation::kGeluErf) return (v * 0.5f) * (verf(v * 0.7071067811865476f) + 1.0f);
  return (v * 0.5f) * (vtanh((v + rounded((v * v * v) * 0.044715f)) * 0.7978845608028654f) + 1.0f);
}

template <Activation activation>
void activate_all(const float* x, float* y, int64_t n) {
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(y + i, formula<activation>(load<VF>(x + i)));
  if (i == n) return;
  VF v{};
  memcpy(&v, x + i, static_cast<size_t>(n - i) * sizeof(float));
  v = formula<activation>(v);
  memcpy(y + i, &v, static_cast<size_t>(n - i) * sizeof(float));
}

class Tiles {
 public:
  Tiles(const TileProgram& program, const TileInput* inputs, void* const* outputs, const TileSpace& space, char* work)
      : program_(program), outputs_(outputs) {
    int64_t widest = 1, bytes = 0;
    for (int32_t k = 0; k < program.num_inputs; ++k) {
      readers_[k].set_up(inputs[k], space, kTile, &work);
      single_[k] = readers_[k].single();
      if (readers_[k].dense()) bytes += space.size * readers_[k].size();
    }
    far_ = bytes > kNearBytes;
    for (int32_t i = 0; i < program.num_steps; ++i) {
      const TileStep& step = program.steps[i];
      const int32_t value = program.num_inputs + i;
      loops_[i] = find_loop(step);
      widest = max_of(widest, size_of(step.out));
      output_of_[value] = -1;
      single_[value] = true;
      for (int k = 0; k < num_args(step); ++k) single_[value] = single_[value] && single_[step.args[k]];
    }
    spacing_ = kTile * widest;
    for (int32_t k = 0; k < program.num_outputs; ++k) {
      const int32_t value = program.outputs[k];
      output_of_[value] = k;
      single_[value] = false;  // all of it is written
      streams_[k] = space.size * out_size(k) >= kStreamedBytes && reinterpret_cast<uintptr_t>(outputs[k]) % 16 == 0;
    }
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
    bool first = true, streamed = false;
    for (int64_t at = begin; at < end; at += kTile) {
      const int64_t n = min_of(kTile, end - at);
      for (int32_t k = 0; k < program_.num_inputs; ++k) places[k] = readers_[k].place(at, n, gathered[k], far_);
      for (int32_t k = 0; k < program_.num_outputs; ++k)
        if (!streams_[k]) places[program_.outputs[k]].data = static_cast<char*>(outputs_[k]) + at * out_size(k);
      for (int32_t i = 0; i < program_.num_steps; ++i) {
        const int32_t value = program_.num_inputs + i;
        if (single_[value] && !first) continue;
        const TileStep& step = program_.steps[i];
        Place args[3];
        for (int k = 0; k < num_args(step); ++k) args[k] = places[step.args[k]];
        run_step(step, loops_[i], args, places[value].data, single_[value] ? 1 : n);
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
  int64_t out_size(int32_t k) const { return size_of(program_.steps[program_.outputs[k] - program_.num_inputs].out); }

  // Values that are no longer read give their registers to later ones.
  void place_registers() {
    int32_t last_use[kMostTileSteps];
    for (int32_t i = 0; i < program_.num_steps; ++i) {
      const TileStep& step = program_.steps[i];
      last_use[i] = output_of_[program_.num_inputs + i] >= 0 ? program_.num_steps : i;
      for (int k = 0; k < num_args(step); ++k)
        if (step.args[k] >= program_.num_inputs) last_use[step.args[k] - program_.num_inputs] = max_of(last_use[step.args[k] - program_.num_inputs], i);
    }
    // What is computed once for all tiles has a place that no other step writes to, before it or after.
    bool taken[kMostTileSteps] = {};
    int32_t kept = 0;
    for (int32_t i = 0; i < program_.num_steps; ++i)
      if (single_[program_.num_inputs + i]) taken[register_of_[i] = kept++] = true;
    for (int32_t i = 0; i < program_.num_steps; ++i) {
      if (single_[program_.num_inputs + i]) continue;
      int32_t free = 0;
      while (taken[free]) ++free;
      taken[free] = true;
      register_of_[i] = free;
      for (int32_t j = 0; j <= i; ++j)
        if (last_use[j] == i && !single_[program_.num_inputs + j]) taken[register_of_[j]] = false;
    }
  }

  const TileProgram& program_;
  void* const* outputs_;
  TileReader readers_[kMostTileInputs];
  Loop loops_[kMostTileSteps];
  int32_t register_of_[kMostTileSteps];
  bool streams_[kMostTileOutputs];
  bool single_[kMostValues];
  int64_t spacing_;  // bytes from register to register
  bool far_;         // the inputs are not in the nearest caches
  int32_t output_of_[kMostValues];
};

}  // namespace

void activate(Activation activation, const float* x, float* y, int64_t n) {
  if (activation == Activation::kSilu) activate_all<Activation::kSilu>(x, y, n);
  else if (activation == Activation::kGeluErf) activate_all<Activation::kGeluErf>(x, y, n);
  else activate_all<Activation::kGeluTanh>(x, y, n);
}

bool tile_supports(const TileStep& step) {
  const bool half = step.kind == TileKind::kCast || step.kind == TileKind::kSelect;  // they take these as they are
  const auto width = [half](DType dtype) {
    return dtype == DType::kBool || is_number(dtype) ||
           (half && (dtype == DType::kFloat16 || dtype == DType::kBFloat16));
  };
  if (!width(step.in) || !width(step.out)) return false;
  switch (step.kind) {
    case TileKind::kBinary:
    case TileKind::kSelect: {
      const Loop loop = find_loop(step);
      return loop.binary != nullptr || loop.select != nullptr;
    }
    case TileKind::kCast:
      return true;
    case TileKind::kActivation:
      return step.in == DType::kFloat32 && step.out == DType::kFloat32 &&
             step.op >= static_cast<int32_t>(Activation::kGeluTanh);
    case TileKind::kReduce:
    case TileKind::kRow:
    case TileKind::kRowPair:
      return false;
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
