#include "graph/text.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/status.h"
#include "base/utf8.h"

// function "step" {
//   %0 = input "x" float32[-2, 784]
//   %1 = capture resource[]
//   %2 = read_variable(%1) {dtype: float32, shape: [784, 10]} -> float32[784, 10]  # "read_variable:0" train.py:7
//   return %2
// }
namespace tg {
namespace {

std::string dims_text(const TensorType& type) {
  std::string text = dtype_to_name(type.dtype);
  if (!type.dims.known_rank()) return text + "[*]";
  text += "[";
  for (int i = 0; i < type.dims.rank(); ++i) text += (i ? ", " : "") + std::to_string(type.dims[i]);
  return text + "]";
}

std::string escaped(const std::string& text, char quote) {
  std::string out(1, quote);
  char hex[8];
  for (unsigned char c : text) {
    if (c == static_cast<unsigned char>(quote) || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c < 32 || c == 127) {
      std::snprintf(hex, sizeof(hex), "\\x%02x", c);
      out += hex;
    } else {
      out += static_cast<char>(c);
    }
  }
  return out + quote;
}

// The text of a function inside of another's.
std::string indented(const std::string& text) {
  std::string out;
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    out += text[i];
    if (text[i] == '\n') out += "    ";
  }
  return out;
}

// Tensors in full: dtype, dims, bytes in hexadecimal.
std::string attr_text(const AttrValue& value) {
  if (value.kind == TG_ATTR_FUNCTION) return indented(print(value.function->graph()));
  if (value.kind == TG_ATTR_STRING) return escaped(value.s, '\'');
  if (value.kind != TG_ATTR_TENSOR) return value.str();
  std::string text = dims_text({value.tensor->dtype, value.tensor->dims}) + " 0x";
  const unsigned char* data = reinterpret_cast<const unsigned char*>(value.tensor->data());
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < tensor_bytes(*value.tensor); ++i) {
    text += digits[data[i] >> 4];
    text += digits[data[i] & 15];
  }
  return text;
}

class TextParser {
 public:
  TextParser(const std::string& text, const FreezeGraph& freeze) : text_(text), freeze_(freeze) {}

  std::unique_ptr<tg_graph> parse() {
    std::unique_ptr<tg_graph> graph = function();
    skip();
    if (at_ != text_.size()) fail("nothing may follow");
    return graph;
  }

 private:
  std::unique_ptr<tg_graph> function() {
    if (++depth_ > kDeepest) fail("functions lie in each other too deep");
    expect_word("function");
    auto graph = std::make_unique<tg_graph>(quoted('"'));
    expect('{');
    while (!accept_word("return")) statement(graph.get());
    if (!peek('}')) do {
        graph->outputs.push_back(value_number(graph.get()));
      } while (accept(','));
    expect('}');
    graph->renumber();
    --depth_;
    return graph;
  }

  [[noreturn]] void fail(const std::string& what) {
    size_t line = 1;
    for (size_t i = 0; i < at_ && i < text_.size(); ++i) line += text_[i] == '\n';
    throw invalid_argument("TG-0306", "the text form of a graph must follow its grammar: " + what,
                           "line " + std::to_string(line));
  }
  void skip() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  bool peek(char c) { return skip(), at_ < text_.size() && text_[at_] == c; }
  bool accept(char c) { return peek(c) ? ++at_, true : false; }
  void expect(char c) {
    if (!accept(c)) fail(std::string("'") + c + "' is expected");
  }
  std::string word() {
    skip();
    size_t start = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_' ||
                                  (text_[at_] == ':' && at_ + 1 < text_.size() && text_[at_ + 1] == ':' && ++at_)))
      ++at_;
    if (start == at_) fail("a word is expected");
    return text_.substr(start, at_ - start);
  }
  bool accept_word(const char* wanted) {
    skip();
    size_t length = std::strlen(wanted);
    if (text_.compare(at_, length, wanted) != 0) return false;
    at_ += length;
    return true;
  }
  void expect_word(const char* wanted) {
    if (!accept_word(wanted)) fail(std::string("'") + wanted + "' is expected");
  }
  std::string quoted(char quote) {
    expect(quote);
    std::string out;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        ++at_;
        if (text_[at_] == 'x' && at_ + 2 < text_.size()) {
          out += static_cast<char>(std::strtol(text_.substr(at_ + 1, 2).c_str(), nullptr, 16));
          at_ += 3;
          continue;
        }
      }
      out += text_[at_++];
    }
    expect(quote);
    return out;
  }
  int64_t integer() {
    skip();
    char* end = nullptr;
    errno = 0;
    long long value = std::strtoll(text_.c_str() + at_, &end, 10);
    if (end == text_.c_str() + at_) fail("an integer is expected");
    if (errno == ERANGE) fail("an integer has 64 bits");
    at_ = static_cast<size_t>(end - text_.c_str());
    return value;
  }
  double real() {
    skip();
    char* end = nullptr;
    double value = std::strtod(text_.c_str() + at_, &end);
    if (end == text_.c_str() + at_) fail("a number is expected");
    at_ = static_cast<size_t>(end - text_.c_str());
    return value;
  }
  int value_number(tg_graph* graph) {
    expect('%');
    int64_t value = integer();
    if (value < 0 || value >= static_cast<int64_t>(graph->values.size())) fail("that value is not made yet");
    return static_cast<int>(value);
  }
  int dtype() {
    std::string name = word();
    int found = dtype_from_name(name.c_str());
    if (found == TG_DTYPE_INVALID) fail("'" + name + "' is no dtype");
    return found;
  }
  TensorType type() {
    TensorType out;
    out.dtype = dtype();
    expect('[');
    if (accept('*')) {
      out.dims = Dims::unknown_rank();
      expect(']');
      return out;
    }
    while (!accept(']')) {
      out.dims.push_back(integer());
      if (!peek(']')) expect(',');
    }
    return out;
  }

  AttrValue attr_value(const AttrSchema& schema) {
    AttrValue value;
    if (accept_word("none")) return value;
    value.kind = schema.kind;
    switch (schema.kind) {
      case TG_ATTR_INT: value.i = integer(); break;
      case TG_ATTR_FLOAT: value.f = real(); break;
      case TG_ATTR_BOOL:
        value.i = accept_word("true");
        if (!value.i) expect_word("false");
        break;
      case TG_ATTR_STRING: value.s = quoted('\''); break;
      case TG_ATTR_DTYPE: value.i = dtype(); break;
      case TG_ATTR_INTS:
      case TG_ATTR_FLOATS:
        expect('[');
        while (!accept(']')) {
          if (schema.kind == TG_ATTR_INTS) value.ints.push_back(integer());
          else value.floats.push_back(real());
          if (!peek(']')) expect(',');
        }
        break;
      case TG_ATTR_TENSOR: value.tensor = tensor(); break;
      case TG_ATTR_FUNCTION: value.function = freeze_(function()); break;
      default: fail("this kind of attribute has no text form");
    }
    return value;
  }

  TensorRef tensor() {
    TensorType described = type();
    expect_word("0x");
    std::string bytes;
    auto digit = [this](char c) {
      if (c >= '0' && c <= '9') return c - '0';
      if (c >= 'a' && c <= 'f') return c - 'a' + 10;
      fail("hexadecimal digits are expected");
    };
    while (at_ + 1 < text_.size() && std::isxdigit(static_cast<unsigned char>(text_[at_]))) {
      bytes += static_cast<char>(digit(text_[at_]) * 16 + digit(text_[at_ + 1]));
      at_ += 2;
    }
    if (described.dtype == TG_STRING) {
      size_t header = static_cast<size_t>(described.dims.num_elements() + 1) * sizeof(int64_t);
      if (!described.dims.is_static() || bytes.size() < header) fail("the string tensor is too short");
      std::vector<int64_t> offsets(header / sizeof(int64_t));
      std::memcpy(offsets.data(), bytes.data(), header);
      if (offsets.front() != 0 || offsets.back() != static_cast<int64_t>(bytes.size() - header))
        fail("the string offsets do not fit");
      return new_string_tensor(described.dims, offsets.data(), bytes.data() + header);
    }
    return new_tensor_copy(described.dtype, described.dims, bytes.data(), bytes.size());
  }

  void statement(tg_graph* graph) {
    std::vector<int64_t> results;
    if (peek('%')) {
      do {
        expect('%');
        results.push_back(integer());
      } while (accept(','));
      expect('=');
    }
    std::string name = word();
    size_t before = graph->values.size();
    if (name == "input") {
      std::string input = quoted('"');
      TensorType described = type();
      graph->add_input(input, described.dtype, described.dims);
    } else if (name == "capture") {
      fail("captures cannot be read from text");
    } else {
      node(graph, name);
    }
    if (graph->values.size() - before != results.size()) fail("the number of results does not fit the op");
    for (size_t i = 0; i < results.size(); ++i)
      if (results[i] != static_cast<int64_t>(before + i)) fail("values are numbered in order");
  }

  void node(tg_graph* graph, const std::string& name) {
    const tg_op* op = find_op(name);
    std::vector<TensorRef> inputs;
    std::vector<int> dtypes;
    expect('(');
    while (!accept(')')) {
      int value = value_number(graph);
      const TensorType& known = graph->values[value].type;
      inputs.push_back(new_symbolic(graph->id, value, known.dtype, known.dims));
      dtypes.push_back(known.dtype);
      if (!peek(')')) expect(',');
    }
    check_inputs(*op, dtypes.data(), dtypes.size());
    auto attrs = std::make_shared<Attrs>();
    for (const AttrSchema& schema : op->schema.attrs) attrs->push_back(schema.default_value);
    if (accept('{'))
      while (!accept('}')) {
        std::string attr = word();
        int index = op->schema.attr_index(attr.c_str());
        if (index < 0) fail("'" + attr + "' is no attribute of " + name);
        expect(':');
        (*attrs)[index] = attr_value(op->schema.attrs[index]);
        if (!peek('}')) expect(',');
      }
    std::vector<TensorRef> made = graph->add_node(*op, attrs, inputs);
    if (accept('-')) {
      expect('>');
      for (size_t i = 0; i < made.size(); ++i) {
        if (i) expect(',');
        graph->values[made[i]->value].type = type();
      }
    }
    graph->set_source(nullptr);
    graph->nodes.back().source = -1;
    if (accept('#')) {
      graph->nodes.back().name = quoted('"');
      size_t end = text_.find('\n', at_);
      if (end == std::string::npos) end = text_.size();
      std::string source = text_.substr(at_, end - at_);
      at_ = end;
      if (source.size() > 1) {
        if (source[0] != ' ') fail("a blank is needed between a node's name and its source");
        graph->set_source(source.c_str() + 1);
        graph->nodes.back().source = graph->current_source;
      }
    }
  }

  static constexpr int kDeepest = 64;
  const std::string& text_;
  const FreezeGraph& freeze_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

std::string print(const tg_graph& graph) {
  std::string text = "function " + escaped(graph.name, '"') + " {\n";
  auto number = [](int value) { return "%" + std::to_string(value); };
  for (const GraphInput& input : graph.inputs)
    text += "  " + number(input.value) + " = input " + escaped(input.name, '"') + " " +
            dims_text(graph.values[input.value].type) + "\n";
  for (const Capture& capture : graph.captures)
    text += "  " + number(capture.value) + " = capture " + dims_text(graph.values[capture.value].type) + "\n";
  for (const Node& node : graph.nodes) {
    std::string line, types;
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      line += (i ? ", " : "") + number(node.outputs[i]);
      types += (i ? ", " : "") + dims_text(graph.values[node.outputs[i]].type);
    }
    if (!node.outputs.empty()) line += " = ";
    line += node.op->name + "(";
    for (size_t i = 0; i < node.inputs.size(); ++i) line += (i ? ", " : "") + number(node.inputs[i]);
    line += ")";
    std::string attrs;
    for (size_t k = 0; k < node.attrs->size(); ++k) {
      if ((*node.attrs)[k] == node.op->schema.attrs[k].default_value) continue;
      attrs += (attrs.empty() ? "" : ", ") + node.op->schema.attrs[k].name + ": " + attr_text((*node.attrs)[k]);
    }
    if (!attrs.empty()) line += " {" + attrs + "}";
    if (!types.empty()) line += " -> " + types;
    line += "  # " + escaped(node.name, '"');
    if (node.source >= 0) line += " " + graph.sources[node.source];
    text += "  " + line + "\n";
  }
  text += "  return";
  for (size_t i = 0; i < graph.outputs.size(); ++i) text += (i ? ", " : " ") + number(graph.outputs[i]);
  return text + "\n}\n";
}

std::unique_ptr<tg_graph> parse_graph(const std::string& text, const FreezeGraph& freeze) {
  if (!is_utf8(text)) throw Error(TG_INVALID_ARGUMENT, "TG-0306", "the text of a graph is UTF-8.");
  return TextParser(text, freeze).parse();
}

}  // namespace tg
