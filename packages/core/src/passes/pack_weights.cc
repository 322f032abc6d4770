// Weights of products and convolutions are brought into the order in which kernels read them.
// Before: a valid graph. After: the same results; products by a matrix of weights, and convolutions with such filters,
// read packed weights, as far as there is a packed form.
#include "passes/pass.h"
#include "passes/rewriter.h"
#include "passes/weights.h"

namespace tg {
namespace {

constexpr int64_t kSmallestMatrix = 1024;  // elements: below that packing saves nothing

class Packer {
 public:
  explicit Packer(tg_graph* graph) : rewriter_(graph), weights_(weight_values(*graph)) {}
  void run() {
    rewriter_.run([this](Node& node) {
      if (node.device) return true;
      if (node.op->name == "matmul" || node.op->name == "_fused_matmul") pack_matrix(node);
      else if (node.op->name == "conv2d" || node.op->name == "_fused_conv2d") pack_filters(node);
      return true;
    });
  }

 private:
  static const AttrValue& attr(const Node& node, const char* name) {
    return (*node.attrs)[static_cast<size_t>(node.op->schema.attr_index(name))];
  }

  // The attributes of another op, those of the same name taken over.
  static std::shared_ptr<Attrs> attrs_for(const tg_op& op, const Node& from) {
    auto attrs = std::make_shared<Attrs>();
    for (const AttrSchema& schema : op.schema.attrs) {
      const int given = from.op->schema.attr_index(schema.name.c_str());
      attrs->push_back(given >= 0 ? (*from.attrs)[static_cast<size_t>(given)] : schema.default_value);
    }
    return attrs;
  }
  static void set(const tg_op& op, Attrs* attrs, const char* name, int64_t value) {
    (*attrs)[static_cast<size_t>(op.schema.attr_index(name))].i = value;
  }

  bool is_weight(int value) const { return static_cast<size_t>(value) < weights_.size() && weights_[value]; }

  void pack_matrix(Node& node) {
    const int b = node.inputs[1];
    const TensorType a_type = rewriter_.type(node.inputs[0]), b_type = rewriter_.type(b);
    if (!is_weight(b) || is_weight(node.inputs[0]) || a_type.dtype != TG_FLOAT32 || !a_type.dims.known_rank() ||
        a_type.dims.rank() < 2 || !b_type.dims.is_static() || b_type.dims.rank() != 2 ||
        b_type.dims.num_elements() < kSmallestMatrix || attr(node, "transpose_a").i != 0)
      return;
    if (node.op->name == "matmul" && (attr(node, "adjoint_a").i != 0 || attr(node, "adjoint_b").i != 0)) return;
    const bool turned = attr(node, "transpose_b").i != 0;
    static const tg_op* pack = find_internal_op("_pack_matmul");
    static const tg_op* product = find_internal_op("_fused_matmul");
    node.inputs[1] = rewriter_.add(*pack, attrs_for(*pack, node), {b}, node);
    std::shared_ptr<Attrs> attrs = attrs_for(*product, node);
    set(*product, attrs.get(), "packed", 1);
    set(*product, attrs.get(), "transpose_b", 0);
    set(*product, attrs.get(), "inner", b_type.dims[turned ? 1 : 0]);
    set(*product, attrs.get(), "columns", b_type.dims[turned ? 0 : 1]);
    node.op = product;
    node.attrs = std::move(attrs);
  }

  void pack_filters(Node& node) {
    const int filters = node.inputs[1];
    const TensorType x = rewriter_.type(node.inputs[0]), f = rewriter_.type(filters);
    if (!is_weight(filters) || is_weight(node.inputs[0]) || x.dtype != TG_FLOAT32 || !f.dims.is_static() ||
        !x.dims.known_rank() || attr(node, "data_format").s != "NHWC")
      return;
    for (int i = 1; i < 4; ++i)
      if (x.dims[i] < 0) return;
    static const tg_op* pack = find_internal_op("_pack_conv2d");
    static const tg_op* convolve = find_internal_op("_fused_conv2d");
    std::shared_ptr<Attrs> how = attrs_for(*pack, node);
    (*how)[static_cast<size_t>(pack->schema.attr_index("image"))].ints = {1, x.dims[1], x.dims[2], x.dims[3]};
    const int packed = rewriter_.add(*pack, std::move(how), {filters}, node);
    if (rewriter_.type(packed).dims.num_elements() == 0) return;  // the filter is read as it is
    std::shared_ptr<Attrs> attrs = attrs_for(*convolve, node);
    set(*convolve, attrs.get(), "packed", 1);
    node.inputs.push_back(packed);
    node.op = convolve;
    node.attrs = std::move(attrs);
  }

  Rewriter rewriter_;
  std::vector<bool> weights_;
};

}  // namespace

void pack_weights(tg_graph* graph) {
  if (changes_state(*graph)) return;  // they would be packed again at every call
  Packer(graph).run();
  merge_common(graph);
  drop_dead(graph);
}

}  // namespace tg
