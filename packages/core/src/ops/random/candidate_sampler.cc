#include <cmath>
#include <memory>
#include <unordered_set>

#include "ops/random/random.hpp"

namespace tg {
namespace {

// Words of a stream one by one, and what TensorFlow makes of them.
class Words {
 public:
  explicit Words(kernels::Philox stream) : stream_(stream) {}
  uint32_t word() {
    if (used_ == 4) {
      kernels::philox_next(&stream_, block_);
      used_ = 0;
    }
    return block_[used_++];
  }
  uint64_t long_word() {
    uint64_t low = word();
    return low | static_cast<uint64_t>(word()) << 32;
  }
  // [0, 1): the low 23 bits.
  float single() { return static_cast<float>(word() & 0x7fffffu) * 0x1p-23f; }
  // [0, 1): 20 bits of one word above 32 of the next.
  double real() {
    uint64_t high = word() & 0xfffffu;
    return static_cast<double>(high << 32 | word()) * 0x1p-52;
  }
  uint32_t below(uint32_t n) {
    return below_of<uint32_t>(n, [this] { return word(); });
  }
  uint64_t long_below(uint64_t n) {
    return below_of<uint64_t>(n, [this] { return long_word(); });
  }

 private:
  // [0, n): words that would make small numbers likelier are drawn again.
  template <class T, class Draw>
  static T below_of(T n, const Draw& draw) {
    if ((n & (n - 1)) == 0) return draw() & (n - 1);
    T rejected = static_cast<T>(~T{0} % n) + 1, word;
    do word = draw();
    while (word < rejected);
    return word % n;
  }

  kernels::Philox stream_;
  uint32_t block_[4];
  int used_ = 4;
};

// Classes [0, range) with their probabilities.
class Classes {
 public:
  virtual ~Classes() = default;
  virtual int64_t range() const = 0;
  virtual int64_t draw(Words& words) = 0;
  virtual double probability(int64_t value) const = 0;
  // How many classes can be drawn at all.
  virtual int64_t possible() const { return range(); }
  virtual void learn(const int64_t*, int64_t) {}
};

class UniformClasses final : public Classes {
 public:
  explicit UniformClasses(int64_t range) : range_(range) {}
  int64_t range() const override { return range_; }
  int64_t draw(Words& words) override { return static_cast<int64_t>(words.long_below(static_cast<uint64_t>(range_))); }
  double probability(int64_t) const override { return 1.0 / static_cast<double>(range_); }

 private:
  int64_t range_;
};

// Probabilities that fall as the frequencies of words sorted by frequency do.
class LogUniformClasses final : public Classes {
 public:
  explicit LogUniformClasses(int64_t range) : range_(range), log_range_(std::log1p(static_cast<double>(range))) {}
  int64_t range() const override { return range_; }
  int64_t draw(Words& words) override {
    // Rounding may reach `range` itself.
    return (static_cast<int64_t>(std::exp(words.real() * log_range_)) - 1) % range_;
  }
  double probability(int64_t value) const override {
    double v = static_cast<double>(value);
    return std::log((v + 2.0) / (v + 1.0)) / log_range_;
  }

 private:
  int64_t range_;
  double log_range_;
};

// Given weights, drawn by the alias method (A. Walker, 1977).
class WeightedClasses final : public Classes {
 public:
  explicit WeightedClasses(const float* weights, int64_t count) : weights_(weights, weights + count) {
    double sum = 0;
    for (float weight : weights_) {
      sum += static_cast<double>(weight);
      total_ += weight;
      possible_ += weight > 0;
    }
    size_t n = weights_.size();
    keep_.resize(n, 1.0f);
    alias_.resize(n);
    std::vector<double> share(n);
    std::vector<size_t> high, low;
    for (size_t i = 0; i < n; ++i) {
      alias_[i] = static_cast<int64_t>(i);
      share[i] = static_cast<double>(weights_[i] * static_cast<float>(n)) / sum;
      (share[i] < 1.0 ? low : high).push_back(i);
    }
    while (!high.empty() && !low.empty()) {
      size_t l = low.back(), h = high.back();
      low.pop_back();
      high.pop_back();
      alias_[l] = static_cast<int64_t>(h);
      keep_[l] = static_cast<float>(share[l]);
      share[h] -= 1.0 - share[l];
      (share[h] < 1.0 ? low : high).push_back(h);
    }
  }
  int64_t range() const override { return static_cast<int64_t>(weights_.size()); }
  int64_t possible() const override { return possible_; }
  int64_t draw(Words& words) override {
    float chance = words.single();
    uint32_t at = words.below(static_cast<uint32_t>(weights_.size()));
    return chance < keep_[at] ? static_cast<int64_t>(at) : alias_[at];
  }
  double probability(int64_t value) const override {
    if (value < 0 || value >= range()) return 0;
    return static_cast<double>(weights_[static_cast<size_t>(value)] / total_);
  }

 private:
  std::vector<float> weights_, keep_;
  std::vector<int64_t> alias_;
  float total_ = 0;
  int64_t possible_ = 0;
};

// Weights that begin at 1 and grow with each class seen; sums are kept in a binary indexed tree (P. Fenwick, 1994).
class LearnedClasses final : public Classes {
 public:
  explicit LearnedClasses(int64_t range) : weights_(static_cast<size_t>(range), 1), tree_(weights_.size() + 1) {
    for (size_t i = 1; i < tree_.size(); ++i) tree_[i] = static_cast<int64_t>(i & (~i + 1));
    total_ = range;
    while (top_ * 2 <= weights_.size()) top_ *= 2;
  }
  int64_t range() const override { return static_cast<int64_t>(weights_.size()); }
  int64_t draw(Words& words) override {
    int64_t left = static_cast<int64_t>(words.below(static_cast<uint32_t>(total_)));
    size_t at = 0;
    for (size_t step = top_; step > 0; step /= 2) {
      if (at + step < tree_.size() && tree_[at + step] <= left) {
        at += step;
        left -= tree_[at];
      }
    }
    return static_cast<int64_t>(at);
  }
  double probability(int64_t value) const override {
    if (value < 0 || value >= range()) return 0;
    return static_cast<double>(static_cast<float>(weights_[static_cast<size_t>(value)]) / static_cast<float>(total_));
  }
  void learn(const int64_t* seen, int64_t count) override {
    for (int64_t i = 0; i < count; ++i) {
      if (seen[i] < 0 || seen[i] >= range() || total_ >= (int64_t{1} << 31)) continue;
      ++weights_[static_cast<size_t>(seen[i])];
      ++total_;
      for (size_t k = static_cast<size_t>(seen[i]) + 1; k < tree_.size(); k += k & (~k + 1)) ++tree_[k];
    }
  }

 private:
  std::vector<int32_t> weights_;
  std::vector<int64_t> tree_;
  int64_t total_ = 0;
  size_t top_ = 1;
};

// A resource: one set of classes, which calls on several threads share.
struct CandidateTable {
  Mutex mutex;
  std::unique_ptr<Classes> classes;
};

const tg_resource_type* table_type() {
  static const tg_resource_type type = {sizeof(tg_resource_type), "candidate_table",
                                        [](void* self) { delete static_cast<CandidateTable*>(self); }};
  return &type;
}

std::unique_ptr<Classes> make_classes(const KernelContext& c) {
  std::string kind = c.string_attr("kind");
  int64_t range = c.int_attr("range_max");
  if (kind == "unigram") {
    const float* weights = c.input<float>(0);
    int64_t count = c.num_elements(0);
    bool any = false, ok = count < (int64_t{1} << 31);
    for (int64_t i = 0; i < count; ++i) {
      ok = ok && weights[i] >= 0 && std::isfinite(weights[i]);
      any = any || weights[i] > 0;
    }
    if (!ok || !any)
      throw invalid_argument("TG-0591", "weights of classes must be finite, not negative, and not all 0",
                             text_of(count) + " weights");
    return std::make_unique<WeightedClasses>(weights, count);
  }
  int64_t most = kind == "learned" ? (int64_t{1} << 31) - 1 : std::numeric_limits<int64_t>::max() / 4;
  if (range < 1 || range > most)
    throw invalid_argument("TG-0591", "range_max must be positive, and below 2^31 for learned classes",
                           "range_max=" + text_of(range));
  if (kind == "uniform") return std::make_unique<UniformClasses>(range);
  if (kind == "log_uniform") return std::make_unique<LogUniformClasses>(range);
  if (kind == "learned") return std::make_unique<LearnedClasses>(range);
  throw invalid_argument("TG-0106", "kind must be 'uniform', 'log_uniform', 'unigram' or 'learned'",
                         "kind='" + kind + "'");
}

void infer_table(InferContext& c) {
  require_rank(c.dims(0), 1, "weights");
  c.set_output(0, TG_RESOURCE, {});
}

void table_kernel(KernelContext& c) {
  auto table = std::make_unique<CandidateTable>();
  table->classes = make_classes(c);
  tg_resource* resource = nullptr;
  check(api().resource->create(table_type(), table.release(), &resource));
  tg_tensor* tensor = nullptr;
  tg_status* status = api().resource->to_tensor(resource, &tensor);
  api().resource->release(resource);
  check(status);
  c.set_output_tensor(0, Tensor::adopt(tensor));
}

TG_OP("candidate_table(weights: float32, *, kind: str, range_max: int) -> resource")
    .summary("Makes the classes that candidate_sampler draws from.")
    .doc(R"(Args:
  weights: for 'unigram' a weight for each class; not used otherwise.
  kind: 'uniform'; 'log_uniform', class k with probability log((k + 2) / (k + 1)) / log(range_max + 1); 'unigram', by
    the weights; 'learned', by how often a class was true so far, plus 1.
  range_max: the number of classes, where there are no weights.

Returns:
  A resource.

Raises:
  InvalidArgumentError: another kind (TG-0106), weights or a range that no class can be drawn from (TG-0591).
)")
    .infer<infer_table>()
    .kernel<table_kernel>()
    .effects(TG_EFFECT_RANDOM);

void require_count(const Context& c) {
  int64_t count = c.int_attr("num_sampled");
  if (count < 1 || count > (int64_t{1} << 31))
    throw invalid_argument("TG-0106", "num_sampled must be positive", "num_sampled=" + text_of(count));
}

void infer(InferContext& c) {
  require_rank(c.dims(2), 2, "true_classes");
  require_count(c);
  int64_t count = c.int_attr("num_sampled");
  c.set_output(0, TG_INT64, {count});
  c.set_output(1, TG_FLOAT32, c.dims(2).known_rank() ? c.dims(2) : Dims::unknown(2));
  c.set_output(2, TG_FLOAT32, {count});
}

// How often a class of this probability is expected among the candidates.
float expected_count(double probability, int64_t count, int64_t tries) {
  if (tries == count) return static_cast<float>(probability * static_cast<double>(count));
  return static_cast<float>(-std::expm1(static_cast<double>(tries) * std::log1p(-probability)));
}

void require_classes(const KernelContext& c, const Classes& classes) {
  const int64_t* truth = c.input<int64_t>(2);
  for (int64_t i = 0; i < c.num_elements(2); ++i)
    if (truth[i] < 0 || truth[i] >= classes.range())
      throw out_of_range("a true class must lie in [0, range_max)",
                         "true_classes[" + text_of(i) + "]=" + text_of(truth[i]) +
                             " (counted row by row), range_max=" + text_of(classes.range()));
}

void sample(KernelContext& c, Classes& classes, kernels::Philox stream) {
  int64_t count = c.int_attr("num_sampled"), tries = count;
  int64_t* candidates = c.output<int64_t>(0);
  Words words(stream);
  if (c.bool_attr("unique")) {
    if (count > classes.possible())
      throw invalid_argument("TG-0591", "there must be as many classes as unique candidates are wanted",
                             "num_sampled=" + text_of(count) + ", classes=" + text_of(classes.possible()));
    // Classes that are next to impossible would be waited for without end.
    const int64_t most = 100000000 + 1000 * count;
    std::unordered_set<int64_t> used;
    tries = 0;
    for (int64_t i = 0; i < count;) {
      if (++tries > most)
        throw invalid_argument("TG-0591", "unique candidates must be likely enough to be drawn",
                               text_of(i) + " of " + text_of(count) + " after " + text_of(most) + " draws");
      int64_t value = classes.draw(words);
      if (used.insert(value).second) candidates[i++] = value;
    }
  } else {
    for (int64_t i = 0; i < count; ++i) candidates[i] = classes.draw(words);
  }
  const int64_t* truth = c.input<int64_t>(2);
  int64_t true_count = c.num_elements(2);
  for (int64_t i = 0; i < true_count; ++i)
    c.output<float>(1)[i] = expected_count(classes.probability(truth[i]), count, tries);
  for (int64_t i = 0; i < count; ++i)
    c.output<float>(2)[i] = expected_count(classes.probability(candidates[i]), count, tries);
  classes.learn(truth, true_count);
}

void kernel(KernelContext& c) {
  require_count(c);
  tg_resource* resource = nullptr;
  check(api().resource->from_tensor(c.input_tensor(1).get(), &resource));
  struct Hold {
    tg_resource* resource;
    ~Hold() { api().resource->release(resource); }
  } hold{resource};
  const tg_resource_type* type = api().resource->type(resource);
  if (type != table_type())
    throw invalid_argument("TG-0501", "the resource must be a candidate table", std::string("a ") + type->name);
  auto& table = *static_cast<CandidateTable*>(api().resource->self(resource));
  // What a call may use of its stream, as TensorFlow reserves it: 2048 words for each candidate.
  uint64_t blocks = static_cast<uint64_t>(c.int_attr("num_sampled")) * 512;
  require_classes(c, *table.classes);
  std::lock_guard<Mutex> lock(table.mutex);
  sample(c, *table.classes, reserve(c, 0, blocks));
}

TG_OP(
    "candidate_sampler(state: resource, table: resource, true_classes: int64, *, num_sampled: int, unique: bool) "
    "-> int64, float32, float32")
    .summary("Draws classes to compare the true ones with, and says how often each was to be expected.")
    .doc(R"(Args:
  state: a random state, which moves on.
  table: a candidate table; a 'learned' one counts the true classes after the draws.
  true_classes: the true classes of each example, of shape [batch, number of true classes]; int64.
  num_sampled: how many candidates to draw.
  unique: whether a class is drawn at most once.

Returns:
  The candidates, of shape [num_sampled]; how often each true class was to be expected among them, of the shape of
  `true_classes`; and the same for the candidates.

Raises:
  InvalidArgumentError: `true_classes` is no matrix (TG-0103), `num_sampled` is not positive (TG-0106), there are too
    few classes or too unlikely ones (TG-0591), or a resource is of another type (TG-0501).
  OutOfRangeError: a true class is outside of the classes (TG-0107).

Source: Y. Bengio, J. Senecal, "Quick training of probabilistic neural nets by importance sampling", AISTATS 2003; the
draws follow TensorFlow's.
)")
    .infer<infer>()
    .kernel<kernel>()
    .effects(TG_EFFECT_RANDOM | TG_EFFECT_WRITES);

}  // namespace
}  // namespace tg
