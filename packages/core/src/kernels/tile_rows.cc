// Runs groups of operations on rows, block of rows by block.
#include "kernels/tile_rows.h"

#include "kernels/tile_impl.h"

namespace tg::kernels::TG_ISA {

Status reduce_rows(ReduceOp op, DType dtype, const void* x, int64_t rows, int64_t n, void* out);
bool tile_supports(const TileStep& step);
Status softmax(DType dtype, const void* x, int64_t rows, int64_t n, void* y, const Parallel& parallel);
Status log_softmax(DType dtype, const void* x, int64_t rows, int64_t n, void* y, const Parallel& parallel);
Status softmax_grad(DType dtype, const void* y, const void* dy, int64_t rows, int64_t n, void* dx, const Parallel& parallel);
Status log_softmax_grad(DType dtype, const void* y, const void* dy, int64_t rows, int64_t n, void* dx,
                        const Parallel& parallel);

namespace {

constexpr int64_t kRowGrain = 16384;       // elements of a chunk
constexpr int64_t kMemory = 192 << 10;     // of a thread, for the values of a block
constexpr int kMostValues = kMostTileInputs + kMostTileSteps;
constexpr int kMostMoves = 2 * kMostTileSteps + kMostTileInputs;

bool is_elementwise(const TileStep& step) {
  return step.kind != TileKind::kReduce && step.kind != TileKind::kRow && step.kind != TileKind::kRowPair;
}

template <class T, class Index>
void one_hot_rows(const Place& at, int64_t rows, int64_t n, T* to) {
  const Index* index = reinterpret_cast<const Index*>(at.data);
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t i = 0; i < n; ++i) to[r * n + i] = 0;
    const int64_t on = index[r * at.stride];
    if (on >= 0 && on < n) to[r * n + on] = 1;
  }
}

template <class T>
Status one_hot(DType index_dtype, const Place& at, int64_t rows, int64_t n, void* to) {
  if (index_dtype == DType::kInt32) one_hot_rows<T, int32_t>(at, rows, n, static_cast<T*>(to));
  else if (index_dtype == DType::kInt64) one_hot_rows<T, int64_t>(at, rows, n, static_cast<T*>(to));
  else return Status::kUnsupported;
  return Status::kOk;
}

Status run_row_op(const TileStep& step, const Place* args, int64_t rows, int64_t n, void* to) {
  const Parallel alone;
  switch (static_cast<RowOp>(step.op)) {
    case RowOp::kSoftmax:
      return TG_ISA::softmax(step.in, args[0].data, rows, n, to, alone);
    case RowOp::kLogSoftmax:
      return TG_ISA::log_softmax(step.in, args[0].data, rows, n, to, alone);
    case RowOp::kSoftmaxGrad:
      return TG_ISA::softmax_grad(step.in, args[1].data, args[0].data, rows, n, to, alone);
    case RowOp::kLogSoftmaxGrad:
      return TG_ISA::log_softmax_grad(step.in, args[1].data, args[0].data, rows, n, to, alone);
    default:
      if (step.out == DType::kFloat32) return one_hot<float>(step.in, args[0], rows, n, to);
      if (step.out == DType::kFloat64) return one_hot<double>(step.in, args[0], rows, n, to);
      return Status::kUnsupported;
  }
}

// What is done to a block, in order: a step, or (step < 0) repeating the number of each row of a value.
struct Move {
  int32_t step;
  int32_t value;  // whose number is repeated
  int64_t offset;  // of the result in the memory of a block
};

// The moves, and where in the memory of a block everything is.
class Layout {
 public:
  Layout(const RowProgram& program, const DType* input_dtypes, int64_t n)
      : program_(program), rows_(max_of<int64_t>(1, row_block(n) / n)) {
    int64_t widest = 1;
    for (int32_t k = 0; k < program.num_inputs; ++k) widest = max_of(widest, size_of(input_dtypes[k]));
    for (int32_t i = 0; i < program.num_steps; ++i) widest = max_of(widest, size_of(program.steps[i].out));
    elements_bytes_ = round_up(rows_ * n * widest, 64);
    numbers_bytes_ = round_up(rows_ * kWidest, 64);
    for (int32_t v = 0; v < kMostValues; ++v) repeated_[v] = -1;
    for (int32_t i = 0; i < program.num_steps; ++i) {
      const TileStep& step = program.steps[i];
      const bool wide = is_elementwise(step) && level(program.num_inputs + i) == RowLevel::kElements;
      for (int k = 0; wide && rows_ > 1 && k < num_args(step); ++k) {
        const int32_t arg = step.args[k];
        if (level(arg) == RowLevel::kElements || repeated_[arg] >= 0) continue;
        repeated_[arg] = num_moves_;
        moves_[num_moves_++] = {-1, arg, 0};
      }
      move_of_[i] = num_moves_;
      moves_[num_moves_++] = {i, -1, 0};
    }
    place_all();
  }

  int64_t bytes() const { return bytes_; }
  int64_t rows() const { return rows_; }
  int32_t num_moves() const { return num_moves_; }
  const Move& move(int32_t m) const { return moves_[m]; }
  const Move& move_of_step(int32_t i) const { return moves_[move_of_[i]]; }
  // The move that repeats the numbers of a value, or null where they need not be.
  const Move* repeated(int32_t value) const { return repeated_[value] < 0 ? nullptr : &moves_[repeated_[value]]; }
  int64_t gathered(int32_t input) const { return gathered_[input]; }
  RowLevel level(int32_t value) const { return program_.levels[value]; }

 private:
  bool holds_numbers(const Move& move) const {
    return move.step >= 0 && level(program_.num_inputs + move.step) == RowLevel::kNumber;
  }

  // Values that are no longer read give their places to later ones.
  void place_all() {
    int32_t last_use[kMostMoves];
    for (int32_t m = 0; m < num_moves_; ++m) last_use[m] = m;
    const auto use = [&](int32_t value, int32_t at, bool elements) {
      if (elements && repeated_[value] >= 0) last_use[repeated_[value]] = max_of(last_use[repeated_[value]], at);
      else if (value >= program_.num_inputs)
        last_use[move_of_[value - program_.num_inputs]] = max_of(last_use[move_of_[value - program_.num_inputs]], at);
    };
    for (int32_t m = 0; m < num_moves_; ++m) {
      const Move& move = moves_[m];
      if (move.step < 0) {
        use(move.value, m, false);
        continue;
      }
      const TileStep& step = program_.steps[move.step];
      for (int k = 0; k < num_args(step); ++k) use(step.args[k], m, is_elementwise(step) && !holds_numbers(move));
    }
    for (int32_t k = 0; k < program_.num_outputs; ++k)
      last_use[move_of_[program_.outputs[k] - program_.num_inputs]] = num_moves_;
    int32_t slot_of[kMostMoves], most[2] = {0, 0};
    bool taken[2][kMostMoves] = {};
    for (int32_t m = 0; m < num_moves_; ++m) {
      const int kind = holds_numbers(moves_[m]);
      int32_t free = 0;
      while (taken[kind][free]) ++free;
      taken[kind][free] = true;
      slot_of[m] = free;
      most[kind] = max_of(most[kind], free + 1);
      for (int32_t j = 0; j <= m; ++j)
        if (last_use[j] == m) taken[holds_numbers(moves_[j])][slot_of[j]] = false;
    }
    const int64_t numbers_begin = most[0] * elements_bytes_;
    for (int32_t m = 0; m < num_moves_; ++m)
      moves_[m].offset = holds_numbers(moves_[m]) ? numbers_begin + slot_of[m] * numbers_bytes_
                                                  : slot_of[m] * elements_bytes_;
    bytes_ = numbers_begin + most[1] * numbers_bytes_;
    for (int32_t k = 0; k < program_.num_inputs; ++k) {
      gathered_[k] = bytes_;
      bytes_ += level(k) == RowLevel::kElements ? elements_bytes_ : numbers_bytes_;
    }
  }

  const RowProgram& program_;
  int64_t rows_;  // of a block
  int64_t elements_bytes_, numbers_bytes_, bytes_ = 0;
  int32_t num_moves_ = 0;
  Move moves_[kMostMoves];
  int32_t move_of_[kMostTileSteps];
  int32_t repeated_[kMostValues];
  int64_t gathered_[kMostTileInputs];
};

class Rows {
 public:
  Rows(const RowProgram& program, const Layout& layout, const TileInput* inputs, void* const* outputs,
       const TileSpace& elements, const TileSpace& numbers, int64_t n, char* work)
      : program_(program), layout_(layout), outputs_(outputs), n_(n) {
    int64_t bytes = 0;
    for (int32_t k = 0; k < program.num_inputs; ++k) {
      const bool wide = program.levels[k] == RowLevel::kElements;
      readers_[k].set_up(inputs[k], wide ? elements : numbers, row_block(n), &work);
      if (wide && readers_[k].dense()) bytes += elements.size * readers_[k].size();
    }
    far_ = bytes > kNearBytes;
    for (int32_t i = 0; i < program.num_steps; ++i) loops_[i] = find_loop(program.steps[i]);
    for (int32_t k = 0; k < program.num_outputs; ++k) {
      const int64_t size = out_size(k);
      first_[k] = 0;
      while (program.outputs[first_[k]] != program.outputs[k]) ++first_[k];
      streams_[k] = is_wide(k) && elements.size * size >= kStreamedBytes && n * size % 16 == 0 &&
                    reinterpret_cast<uintptr_t>(outputs[k]) % 16 == 0;
    }
  }

  void run(int64_t begin, int64_t end) const {
    alignas(64) char memory[kMemory];
    Place places[kMostValues];
    bool streamed = false;
    for (int64_t row = begin; row < end; row += layout_.rows()) {
      const int64_t rows = min_of(layout_.rows(), end - row);
      for (int32_t k = 0; k < program_.num_inputs; ++k) {
        const int64_t each = layout_.level(k) == RowLevel::kElements ? n_ : 1;
        places[k] = readers_[k].place(row * each, rows * each, memory + layout_.gathered(k), far_ && each > 1);
      }
      for (int32_t i = 0; i < program_.num_steps; ++i)
        places[program_.num_inputs + i] = {memory + layout_.move_of_step(i).offset, 1};
      for (int32_t k = 0; k < program_.num_outputs; ++k)
        if (!streams_[k] && first_[k] == k) places[program_.outputs[k]].data = to_of(k, row);
      for (int32_t m = 0; m < layout_.num_moves(); ++m) move(layout_.move(m), places, memory, rows);
      for (int32_t k = 0; k < program_.num_outputs; ++k) {
        const char* made = places[program_.outputs[k]].data;
        if (streams_[k]) {
          stream(to_of(k, row), made, rows * n_ * out_size(k));
          streamed = true;
        } else if (first_[k] != k) {
          memcpy(to_of(k, row), made, static_cast<size_t>(rows * (is_wide(k) ? n_ : 1) * out_size(k)));
        }
      }
    }
    if (streamed) end_stream();
  }

 private:
  bool is_wide(int32_t k) const { return layout_.level(program_.outputs[k]) == RowLevel::kElements; }
  int64_t out_size(int32_t k) const { return size_of(program_.steps[program_.outputs[k] - program_.num_inputs].out); }
  char* to_of(int32_t k, int64_t row) const {
    return static_cast<char*>(outputs_[k]) + row * (is_wide(k) ? n_ : 1) * out_size(k);
  }

  void move(const Move& move, const Place* places, char* memory, int64_t rows) const {
    if (move.step < 0) {
      const Place& from = places[move.value];
      const int64_t size = move.value < program_.num_inputs
                               ? readers_[move.value].size()
                               : size_of(program_.steps[move.value - program_.num_inputs].out);
      for (int64_t r = 0; r < rows; ++r)
        copy_run_of(static_cast<size_t>(size), from.data + r * from.stride * size, 0, memory + move.offset + r * n_ * size,
                    n_);
      return;
    }
    const TileStep& step = program_.steps[move.step];
    const int32_t value = program_.num_inputs + move.step;
    char* to = places[value].data;
    if (step.kind == TileKind::kReduce) {
      TG_ISA::reduce_rows(static_cast<ReduceOp>(step.op), step.in, places[step.args[0]].data, rows, n_, to);
      return;
    }
    if (!is_elementwise(step)) {
      Place pair[2];
      for (int k = 0; k < num_args(step); ++k) pair[k] = places[step.args[k]];
      run_row_op(step, pair, rows, n_, to);
      return;
    }
    const bool wide = layout_.level(value) == RowLevel::kElements;
    Place args[3];
    for (int k = 0; k < num_args(step); ++k) {
      args[k] = places[step.args[k]];
      if (!wide || layout_.level(step.args[k]) == RowLevel::kElements) continue;
      const Move* repeated = layout_.repeated(step.args[k]);
      if (repeated != nullptr) args[k] = {memory + repeated->offset, 1};
      else args[k].stride = 0;  // a block is one row
    }
    run_step(step, loops_[move.step], args, to, wide ? rows * n_ : rows);
  }

  const RowProgram& program_;
  const Layout& layout_;
  void* const* outputs_;
  int64_t n_;
  TileReader readers_[kMostTileInputs];
  Loop loops_[kMostTileSteps];
  bool streams_[kMostTileOutputs];
  int32_t first_[kMostTileOutputs];  // the first output that is the same value
  bool far_;
};

}  // namespace

bool row_step_supports(const TileStep& step) {
  if (is_elementwise(step)) return TG_ISA::tile_supports(step);
  if (step.kind != TileKind::kReduce) {
    const Place none[2] = {};
    const bool changes = step.in != step.out && step.op != static_cast<int32_t>(RowOp::kOneHot);
    return !changes && run_row_op(step, none, 0, 1, nullptr) == Status::kOk;
  }
  return TG_ISA::reduce_rows(static_cast<ReduceOp>(step.op), step.in, nullptr, 0, 1, nullptr) == Status::kOk;
}

bool rows_fit(const RowProgram& program, const DType* input_dtypes, int64_t n) {
  return Layout(program, input_dtypes, n).bytes() <= kMemory;
}

Status run_rows(const RowProgram& program, const TileInput* inputs, void* const* outputs, const TileSpace& elements,
                const TileSpace& numbers, int64_t n, void* work, const Parallel& parallel) {
  DType dtypes[kMostTileInputs];
  for (int32_t k = 0; k < program.num_inputs; ++k) dtypes[k] = inputs[k].dtype;
  const Layout layout(program, dtypes, n);
  if (layout.bytes() > kMemory) return Status::kBadShape;
  const Rows rows(program, layout, inputs, outputs, elements, numbers, n, static_cast<char*>(work));
  const int64_t grain = max_of<int64_t>(1, kRowGrain / n / layout.rows()) * layout.rows();
  parallel_range(parallel, elements.size / n, grain, [&](int64_t begin, int64_t end) { rows.run(begin, end); });
  return Status::kOk;
}

}  // namespace tg::kernels::TG_ISA
