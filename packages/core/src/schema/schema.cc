#include "schema/schema.h"

#include <cstdlib>
#include <cstring>
#include <map>

#include "base/status.h"

namespace tg {
namespace {

// A cursor over the signature's text.
class Parser {
 public:
  Parser(const std::string& signature, const std::string& types) : text_(signature) { parse_types(types); }

  OpSchema parse() {
    schema_.name = word("the op's name");
    expect('(');
    bool attributes = false;
    while (!accept(')')) {
      if (accept('*')) {
        attributes = true;
      } else if (attributes) {
        schema_.attrs.push_back(parse_attr());
      } else {
        schema_.args.push_back(parse_arg());
      }
      if (!peek(')')) expect(',');
    }
    if (accept('-')) {
      expect('>');
      do {
        parse_result();
        if (!schema_.list_result) ++schema_.num_outputs;
      } while (accept(','));
    }
    skip();
    if (at_ != text_.size()) fail("nothing may follow");
    return std::move(schema_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) {
    throw invalid_argument("TG-0120", "the signature of an op must follow its grammar: " + what,
                           "signature=\"" + text_ + "\", at character " + std::to_string(at_));
  }
  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  bool peek(char c) {
    skip();
    return at_ < text_.size() && text_[at_] == c;
  }
  bool accept(char c) {
    if (!peek(c)) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail(std::string("'") + c + "' is expected");
  }
  std::string word(const char* what) {
    skip();
    size_t start = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_' ||
                                  (text_[at_] == ':' && at_ + 1 < text_.size() && text_[at_ + 1] == ':') ||
                                  (text_[at_] == ':' && at_ > start && text_[at_ - 1] == ':')))
      ++at_;
    if (at_ == start) fail(std::string(what) + " is expected");
    return text_.substr(start, at_ - start);
  }

  void parse_types(const std::string& types) {
    // "T: float32 float64; U: int32 int64"
    size_t start = 0;
    while (start < types.size()) {
      size_t end = types.find(';', start);
      if (end == std::string::npos) end = types.size();
      std::string part = types.substr(start, end - start);
      start = end + 1;
      size_t colon = part.find(':');
      if (colon == std::string::npos) continue;
      TypeVar var;
      for (char c : part.substr(0, colon))
        if (c != ' ' && c != '\n') var.name += c;
      std::string name;
      for (char c : part.substr(colon + 1) + " ") {
        if (c != ' ' && c != '\n') {
          name += c;
        } else if (!name.empty()) {
          var.types |= name == "any" ? kAnyType : type_bit(name);
          name.clear();
        }
      }
      schema_.type_vars.push_back(var);
    }
  }

  TypeSet type_bit(const std::string& name) {
    int dtype = dtype_from_name(name.c_str());
    if (dtype == TG_DTYPE_INVALID) fail("'" + name + "' is neither a dtype nor a type variable");
    return TypeSet{1} << dtype;
  }

  void parse_type(ArgSchema* arg) {
    do {
      std::string name = word("a type");
      if (name == "any") {
        arg->types = kAnyType;
        continue;
      }
      bool found = false;
      for (size_t i = 0; i < schema_.type_vars.size(); ++i)
        if (schema_.type_vars[i].name == name) {
          arg->type_var = static_cast<int>(i);
          arg->types |= schema_.type_vars[i].types;
          found = true;
        }
      if (!found) arg->types |= type_bit(name);
    } while (accept('|'));
  }

  ArgSchema parse_arg() {
    ArgSchema arg;
    arg.name = word("an argument's name");
    expect(':');
    arg.is_list = accept('[');
    if (arg.is_list && schema_.list_arg() >= 0) fail("one list argument is allowed");
    parse_type(&arg);
    if (arg.is_list) expect(']');
    return arg;
  }

  void parse_result() {
    if (accept('[')) {
      if (word("a type") != "any" || schema_.num_outputs > 0 || peek(',')) fail("a list of results is '-> [any]', alone");
      expect(']');
      schema_.list_result = true;
      return;
    }
    if (schema_.list_result) fail("a list of results stands alone");
    std::string name = word("a result type");
    if (accept('.')) {  // attr.dtype: the dtype that an attribute gives
      word("an attribute's name");
      return;
    }
    if (name == "any") return;
    for (const TypeVar& var : schema_.type_vars)
      if (var.name == name) return;
    type_bit(name);
    while (accept('|')) word("a type");
  }

  AttrSchema parse_attr() {
    static const std::map<std::string, int> kinds = {
        {"int", TG_ATTR_INT},   {"float", TG_ATTR_FLOAT},   {"bool", TG_ATTR_BOOL},     {"str", TG_ATTR_STRING},
        {"dtype", TG_ATTR_DTYPE}, {"ints", TG_ATTR_INTS},   {"floats", TG_ATTR_FLOATS}, {"tensor", TG_ATTR_TENSOR},
        {"function", TG_ATTR_FUNCTION}};
    AttrSchema attr;
    attr.name = word("an attribute's name");
    expect(':');
    std::string kind = word("an attribute's kind");
    auto found = kinds.find(kind);
    if (found == kinds.end()) fail("'" + kind + "' is no kind of attribute");
    attr.kind = found->second;
    schema_.has_functions = schema_.has_functions || attr.kind == TG_ATTR_FUNCTION;
    attr.optional = accept('?');
    if (accept('=')) {
      attr.has_default = true;
      attr.default_value = parse_default(attr.kind);
    }
    return attr;
  }

  double number() {
    skip();
    const char* begin = text_.c_str() + at_;
    char* end = nullptr;
    double value = std::strtod(begin, &end);
    if (end == begin) fail("a number is expected");
    at_ += static_cast<size_t>(end - begin);
    return value;
  }

  AttrValue parse_default(int kind) {
    AttrValue value;
    value.kind = kind;
    if (kind == TG_ATTR_STRING) {
      expect('\'');
      size_t end = text_.find('\'', at_);
      if (end == std::string::npos) fail("the closing quote is missing");
      value.s = text_.substr(at_, end - at_);
      at_ = end + 1;
    } else if (kind == TG_ATTR_BOOL) {
      value.i = word("true or false") == "true";
    } else if (kind == TG_ATTR_DTYPE) {
      value.i = dtype_from_name(word("a dtype").c_str());
    } else if (kind == TG_ATTR_INT) {
      value.i = static_cast<int64_t>(number());
    } else if (kind == TG_ATTR_FLOAT) {
      value.f = number();
    } else if (kind == TG_ATTR_INTS || kind == TG_ATTR_FLOATS) {
      expect('[');
      while (!accept(']')) {
        double item = number();
        if (kind == TG_ATTR_INTS) value.ints.push_back(static_cast<int64_t>(item));
        else value.floats.push_back(item);
        if (!peek(']')) expect(',');
      }
    } else {
      fail("this kind has no literal form");
    }
    return value;
  }

  const std::string text_;
  size_t at_ = 0;
  OpSchema schema_;
};

}  // namespace

int OpSchema::attr_index(const char* wanted) const {
  for (size_t i = 0; i < asked.size(); ++i)
    if (asked[i].load(std::memory_order_relaxed) == wanted && std::strcmp(attrs[i].name.c_str(), wanted) == 0)
      return static_cast<int>(i);
  for (size_t i = 0; i < attrs.size(); ++i) {
    if (attrs[i].name != wanted) continue;
    if (i < asked.size()) asked[i].store(wanted, std::memory_order_relaxed);
    return static_cast<int>(i);
  }
  return -1;
}

int OpSchema::list_arg() const {
  for (size_t i = 0; i < args.size(); ++i)
    if (args[i].is_list) return static_cast<int>(i);
  return -1;
}

OpSchema parse_schema(const std::string& signature, const std::string& types) {
  OpSchema schema = Parser(signature, types).parse();
  schema.asked = std::vector<std::atomic<const char*>>(schema.attrs.size());
  return schema;
}

}  // namespace tg
