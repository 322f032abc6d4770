#include <algorithm>
#include <cmath>
#include <queue>

#include "ops/common.hpp"

namespace tg {
namespace {

struct Candidate {
  float score;
  int32_t box;
  size_t seen;  // chosen boxes that it was compared with already
};

// The best score first; of equal ones the earlier box.
struct Worse {
  bool operator()(const Candidate& x, const Candidate& y) const {
    return x.score < y.score || (x.score == y.score && x.box > y.box);
  }
};

float overlap_of_boxes(const float* boxes, int32_t i, int32_t j) {
  const float* a = boxes + 4 * i;
  const float* b = boxes + 4 * j;
  float a_top = std::min(a[0], a[2]), a_bottom = std::max(a[0], a[2]);
  float a_left = std::min(a[1], a[3]), a_right = std::max(a[1], a[3]);
  float b_top = std::min(b[0], b[2]), b_bottom = std::max(b[0], b[2]);
  float b_left = std::min(b[1], b[3]), b_right = std::max(b[1], b[3]);
  float area_a = (a_bottom - a_top) * (a_right - a_left), area_b = (b_bottom - b_top) * (b_right - b_left);
  if (area_a <= 0 || area_b <= 0) return 0;
  float height = std::max(std::min(a_bottom, b_bottom) - std::max(a_top, b_top), 0.f);
  float width = std::max(std::min(a_right, b_right) - std::max(a_left, b_left), 0.f);
  return height * width / (area_a + area_b - height * width);
}

// Takes boxes by score; each overlap with a box taken before lowers the score (sigma > 0) or rules the box out.
template <class Overlap>
void choose(const float* scores, int64_t count, int64_t most, float threshold, float score_threshold, float sigma,
            const Overlap& overlap, std::vector<int32_t>* chosen, std::vector<float>* chosen_scores) {
  std::priority_queue<Candidate, std::vector<Candidate>, Worse> queue;
  for (int64_t i = 0; i < count; ++i)
    if (scores[i] > score_threshold) queue.push({scores[i], static_cast<int32_t>(i), 0});
  while (static_cast<int64_t>(chosen->size()) < most && !queue.empty()) {
    Candidate next = queue.top();
    queue.pop();
    const float before = next.score;
    bool out = false;
    // Later choices overlap more probably.
    for (size_t k = chosen->size(); k-- > next.seen && !out;) {
      const float similarity = overlap(next.box, (*chosen)[k]);
      if (sigma > 0) {
        next.score *= similarity <= threshold ? std::exp(-0.5f / sigma * similarity * similarity) : 0.f;
        out = next.score <= score_threshold;
      } else {
        out = similarity > threshold;
      }
    }
    next.seen = chosen->size();
    if (out) continue;
    if (next.score == before) {
      chosen->push_back(next.box);
      chosen_scores->push_back(next.score);
    } else if (next.score > score_threshold) {
      queue.push(next);
    }
  }
}

void write(KernelContext& c, const std::vector<int32_t>& chosen, const std::vector<float>& scores) {
  Dims dims(std::vector<int64_t>{static_cast<int64_t>(chosen.size())});
  c.set_output_type(0, TG_INT32, dims);
  std::copy(chosen.begin(), chosen.end(), c.output<int32_t>(0));
  if (c.num_outputs() < 2) return;
  c.set_output_type(1, TG_FLOAT32, dims);
  std::copy(scores.begin(), scores.end(), c.output<float>(1));
}

int64_t checked_most(KernelContext& c) {
  int64_t most = c.ints(2)[0];
  if (most < 0)
    throw invalid_argument("TG-0109", "max_output_size must not be negative", "max_output_size=" + text_of(most));
  return most;
}

void check_scores(const Dims& boxes, const Dims& scores) {
  require_rank(scores, 1, "scores");
  if (boxes.known_rank() && scores.known_rank() && !sizes_compatible(boxes[0], scores[0]))
    throw invalid_argument("TG-0105", "there must be one score for each box",
                           "boxes " + boxes.str() + ", scores " + scores.str());
}

void infer(InferContext& c) {
  Dims boxes = c.dims(0);
  require_rank(boxes, 2, "boxes");
  if (boxes.known_rank() && !sizes_compatible(boxes[1], 4))
    throw invalid_argument("TG-0105", "a box has four coordinates", "boxes.shape=" + boxes.str());
  check_scores(boxes, c.dims(1));
  require_rank(c.dims(2), 0, "max_output_size");
  c.set_output(0, TG_INT32, Dims::unknown(1));
  c.set_output(1, TG_FLOAT32, Dims::unknown(1));
}

void kernel(KernelContext& c) {
  std::vector<int32_t> chosen;
  std::vector<float> scores;
  const float* boxes = c.input<float>(0);
  float threshold = static_cast<float>(c.float_attr("iou_threshold"));
  if (!(threshold >= 0 && threshold <= 1))
    throw invalid_argument("TG-0107", "iou_threshold must lie in [0, 1]", "iou_threshold=" + std::to_string(threshold));
  choose(c.input<float>(1), c.dims(1)[0], checked_most(c), threshold,
         static_cast<float>(c.float_attr("score_threshold")), static_cast<float>(c.float_attr("soft_nms_sigma")),
         [boxes](int32_t i, int32_t j) { return overlap_of_boxes(boxes, i, j); }, &chosen, &scores);
  write(c, chosen, scores);
}

TG_OP("non_max_suppression(boxes: float32, scores: float32, max_output_size: int32|int64, *, iou_threshold: float = 0.5, "
      "score_threshold: float = -inf, soft_nms_sigma: float = 0.0) -> int32, float32")
    .summary("Chooses boxes by score, without those that overlap a chosen one too much.")
    .doc(R"(Args:
  boxes: a float32 tensor (boxes, 4): two opposite corners, y before x.
  scores: a float32 tensor (boxes,).
  max_output_size: how many boxes at most, a scalar.
  iou_threshold: the intersection over union above which a box is left out, in [0, 1].
  score_threshold: boxes whose score is not greater are left out.
  soft_nms_sigma: if positive, overlaps lower scores by exp(-iou^2 / (2 sigma)) (N. Bodla et al., "Soft-NMS", 2017).

Returns:
  The indices of the boxes chosen, int32, and their scores, float32.

Raises:
  InvalidArgumentError: shapes do not fit (TG-0103, TG-0105), a threshold is out of range (TG-0107), or the size is
    negative (TG-0109).
)")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [6, 4], "low": 0.0, "high": 1.0},
                     {"dtype": "float32", "shape": [6], "low": 0.0, "high": 1.0}, {"dtype": "int32", "value": 3}]}])")
    .infer<infer>()
    .kernel<kernel>();

void overlaps_infer(InferContext& c) {
  Dims overlaps = c.dims(0);
  require_rank(overlaps, 2, "overlaps");
  if (overlaps.known_rank() && !sizes_compatible(overlaps[0], overlaps[1]))
    throw invalid_argument("TG-0105", "overlaps must be square", "overlaps.shape=" + overlaps.str());
  check_scores(overlaps, c.dims(1));
  require_rank(c.dims(2), 0, "max_output_size");
  c.set_output(0, TG_INT32, Dims::unknown(1));
}

void overlaps_kernel(KernelContext& c) {
  std::vector<int32_t> chosen;
  std::vector<float> scores;
  const float* overlaps = c.input<float>(0);
  const int64_t count = c.dims(1)[0];
  choose(c.input<float>(1), count, checked_most(c), static_cast<float>(c.float_attr("overlap_threshold")),
         static_cast<float>(c.float_attr("score_threshold")), 0.f,
         [overlaps, count](int32_t i, int32_t j) { return overlaps[i * count + j]; }, &chosen, &scores);
  write(c, chosen, scores);
}

TG_OP("non_max_suppression_overlaps(overlaps: float32, scores: float32, max_output_size: int32|int64, *, "
      "overlap_threshold: float = 0.5, score_threshold: float = -inf) -> int32")
    .names("image.non_max_suppression_overlaps")
    .summary("Chooses boxes by score, without those whose given overlap with a chosen one is too large.")
    .doc(R"(Args:
  overlaps: a float32 tensor (boxes, boxes).
  scores: a float32 tensor (boxes,).
  max_output_size: how many boxes at most, a scalar.
  overlap_threshold: the overlap above which a box is left out.
  score_threshold: boxes whose score is not greater are left out.

Returns:
  The indices of the boxes chosen, int32.

Raises:
  InvalidArgumentError: shapes do not fit (TG-0103, TG-0105), or the size is negative (TG-0109).
)")
    .example(R"(>>> tg.image.non_max_suppression_overlaps([[1., 0.9], [0.9, 1.]], [0.2, 0.8], 2).numpy().tolist()
[1])")
    .samples(R"([{"inputs": [{"dtype": "float32", "shape": [5, 5], "low": 0.0, "high": 1.0},
                     {"dtype": "float32", "shape": [5], "low": 0.0, "high": 1.0}, {"dtype": "int64", "value": 3}]}])")
    .infer<overlaps_infer>()
    .kernel<overlaps_kernel>();

}  // namespace
}  // namespace tg
