// Broadcast plans and facts about dtypes. Compiled once.
#include <string.h>

#include "kernels/elementwise.h"

namespace tg::kernels {

size_t dtype_size(DType dtype) {
  switch (dtype) {
    case DType::kBool:
    case DType::kInt8:
    case DType::kUInt8:
      return 1;
    case DType::kInt16:
    case DType::kUInt16:
    case DType::kFloat16:
    case DType::kBFloat16:
      return 2;
    case DType::kInt32:
    case DType::kUInt32:
    case DType::kFloat32:
      return 4;
    case DType::kInt64:
    case DType::kUInt64:
    case DType::kFloat64:
    case DType::kComplex64:
      return 8;
    case DType::kComplex128:
      return 16;
  }
  return 0;
}

namespace {

constexpr int kInputs = 3;

Status make_plan(const int64_t* const dims[kInputs], const int32_t ranks[kInputs], int inputs,
                 BroadcastPlan* plan) {
  memset(plan, 0, sizeof(*plan));
  int32_t out_rank = 0;
  for (int i = 0; i < inputs; ++i) {
    if (ranks[i] < 0 || ranks[i] > kMaxRank) return Status::kBadShape;
    if (ranks[i] > out_rank) out_rank = ranks[i];
  }
  plan->out_rank = out_rank;
  int64_t strides[kInputs][kMaxRank] = {};
  int64_t next[kInputs] = {1, 1, 1};
  plan->size = 1;
  for (int32_t axis = out_rank - 1; axis >= 0; --axis) {
    int64_t size[kInputs];
    int64_t out = 1;
    for (int i = 0; i < inputs; ++i) {
      const int32_t own = axis - (out_rank - ranks[i]);
      size[i] = own >= 0 ? dims[i][own] : 1;
      if (size[i] == 1 || size[i] == out) continue;
      if (out != 1) return Status::kBadShape;
      out = size[i];
    }
    for (int i = 0; i < inputs; ++i) {
      strides[i][axis] = size[i] == 1 ? 0 : next[i];
      next[i] *= size[i];
    }
    plan->out_dims[axis] = out;
    plan->size *= out;
  }
  // Merge an axis into its inner neighbour when all inputs walk the two as one.
  int32_t merged = 0;
  int64_t merged_dims[kMaxRank];
  int64_t merged_strides[kInputs][kMaxRank];  // innermost first
  for (int32_t axis = out_rank - 1; axis >= 0; --axis) {
    if (plan->out_dims[axis] == 1) continue;
    bool joins = merged > 0;
    for (int i = 0; i < inputs && joins; ++i) {
      const int64_t inner = merged_strides[i][merged - 1];
      joins = strides[i][axis] == (inner == 0 ? 0 : inner * merged_dims[merged - 1]);
    }
    if (joins) {
      merged_dims[merged - 1] *= plan->out_dims[axis];
    } else {
      merged_dims[merged] = plan->out_dims[axis];
      for (int i = 0; i < inputs; ++i) merged_strides[i][merged] = strides[i][axis];
      ++merged;
    }
  }
  if (merged == 0) {
    merged = 1;
    merged_dims[0] = 1;
    for (int i = 0; i < inputs; ++i) merged_strides[i][0] = 1;
  }
  plan->rank = merged;
  for (int32_t axis = 0; axis < merged; ++axis) {
    plan->dims[axis] = merged_dims[merged - 1 - axis];
    for (int i = 0; i < inputs; ++i) plan->strides[i][axis] = merged_strides[i][merged - 1 - axis];
  }
  return Status::kOk;
}

}  // namespace

Status make_broadcast_plan(const int64_t* dims_a, int32_t rank_a, const int64_t* dims_b, int32_t rank_b,
                           BroadcastPlan* plan) {
  const int64_t* const dims[kInputs] = {dims_a, dims_b, nullptr};
  const int32_t ranks[kInputs] = {rank_a, rank_b, 0};
  return make_plan(dims, ranks, 2, plan);
}

Status make_broadcast_plan3(const int64_t* dims_a, int32_t rank_a, const int64_t* dims_b, int32_t rank_b,
                            const int64_t* dims_c, int32_t rank_c, BroadcastPlan* plan) {
  const int64_t* const dims[kInputs] = {dims_a, dims_b, dims_c};
  const int32_t ranks[kInputs] = {rank_a, rank_b, rank_c};
  return make_plan(dims, ranks, 3, plan);
}

BroadcastPlan make_same_shape_plan(int64_t n) {
  BroadcastPlan plan;
  memset(&plan, 0, sizeof(plan));
  plan.rank = 1;
  plan.out_rank = 1;
  plan.size = n;
  plan.dims[0] = n;
  plan.out_dims[0] = n;
  for (int i = 0; i < kInputs; ++i) plan.strides[i][0] = 1;
  return plan;
}

}  // namespace tg::kernels
