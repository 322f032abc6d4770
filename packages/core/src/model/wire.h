// The protobuf wire format: a bounds-checked reader and a writer. Source: protobuf's encoding specification.
#ifndef TENSEGRA_MODEL_WIRE_H_
#define TENSEGRA_MODEL_WIRE_H_

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/utf8.h"

namespace tg {

[[noreturn]] inline void damaged(const std::string& field, const std::string& what) {
  throw Error(TG_DATA_LOSS, "TG-0402",
              "every field of a saved model must be within its bounds: " + what + ". Received: field=" + field);
}

// Walks the fields of one message: while (reader.next()) switch (reader.field()) { ... }
class WireReader {
 public:
  WireReader(std::string_view bytes, const char* message) : bytes_(bytes), message_(message) {}

  bool next() {
    if (at_ == bytes_.size()) return false;
    uint64_t key = varint();
    field_ = key >> 3;
    type_ = static_cast<int>(key & 7);
    if (field_ == 0 || field_ > 536870911) fail("the field number is out of range");
    value_ = {};
    number_ = 0;
    switch (type_) {
      case 0: number_ = varint(); break;
      case 1: number_ = fixed(8); break;
      case 2: {
        uint64_t length = varint();
        if (length > bytes_.size() - at_) fail("its length goes past the end");
        value_ = bytes_.substr(at_, length);
        at_ += length;
        break;
      }
      case 5: number_ = fixed(4); break;
      default: fail("its wire type is unknown");
    }
    return true;
  }

  uint64_t field() const { return field_; }
  std::string_view bytes() { return expect(2), value_; }
  std::string text() {
    if (!is_utf8(bytes())) fail("its text is not UTF-8");
    return std::string(value_);
  }
  int64_t integer() { return expect(0), static_cast<int64_t>(number_); }
  int32_t int32() { return static_cast<int32_t>(integer()); }
  bool boolean() { return integer() != 0; }
  int64_t zigzag() { return expect(0), unzigzag(number_); }
  double float64() {
    expect(1);
    double value;
    std::memcpy(&value, &number_, sizeof(value));
    return value;
  }
  // Repeated numbers, packed or one by one.
  void integers(std::vector<int64_t>* out, bool zigzag_coded = false) {
    auto add = [&](uint64_t raw) { out->push_back(zigzag_coded ? unzigzag(raw) : static_cast<int64_t>(raw)); };
    if (type_ == 0) return add(number_);
    WireReader packed(bytes(), message_);
    packed.field_ = field_;
    while (packed.at_ < packed.bytes_.size()) add(packed.varint());
  }
  void doubles(std::vector<double>* out) {
    if (type_ == 1) return out->push_back(float64());
    std::string_view raw = bytes();
    if (raw.size() % 8) fail("its length is no multiple of 8");
    size_t count = raw.size() / 8, old = out->size();
    out->resize(old + count);
    if (count) std::memcpy(out->data() + old, raw.data(), raw.size());
  }
  void floats(std::vector<float>* out) {
    std::string_view raw = type_ == 5 ? std::string_view(reinterpret_cast<const char*>(&number_), 4) : bytes();
    if (raw.size() % 4) fail("its length is no multiple of 4");
    size_t count = raw.size() / 4, old = out->size();
    out->resize(old + count);
    if (count) std::memcpy(out->data() + old, raw.data(), raw.size());
  }
  [[noreturn]] void fail(const std::string& what) const {
    damaged(std::string(message_) + "." + std::to_string(field_), what);
  }

 private:
  static int64_t unzigzag(uint64_t raw) { return static_cast<int64_t>(raw >> 1) ^ -static_cast<int64_t>(raw & 1); }
  void expect(int type) {
    if (type_ != type) fail("its wire type is not that of the schema");
  }
  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at_ == bytes_.size()) fail("the file ends inside of a number");
      uint8_t byte = static_cast<uint8_t>(bytes_[at_++]);
      value |= static_cast<uint64_t>(byte & 127) << shift;
      if (byte < 128) return value;
    }
    fail("a number has more than 64 bits");
  }
  uint64_t fixed(size_t size) {
    if (bytes_.size() - at_ < size) fail("the file ends inside of a number");
    uint64_t value = 0;
    std::memcpy(&value, bytes_.data() + at_, size);
    at_ += size;
    return value;
  }

  std::string_view bytes_;
  const char* message_;
  size_t at_ = 0;
  uint64_t field_ = 0, number_ = 0;
  int type_ = 0;
  std::string_view value_;
};

// Appends fields to a buffer. Values that are the default are left out, as proto3 does, except in oneofs.
class WireWriter {
 public:
  const std::string& bytes() const { return bytes_; }

  void integer(int field, int64_t value, bool always = false) {
    if (value == 0 && !always) return;
    key(field, 0);
    varint(static_cast<uint64_t>(value));
  }
  void zigzag(int field, int64_t value, bool always = false) {
    if (value == 0 && !always) return;
    key(field, 0);
    varint(zigzag_of(value));
  }
  void float64(int field, double value, bool always = false) {
    if (value == 0 && !always) return;
    key(field, 1);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  void text(int field, std::string_view value, bool always = false) {
    if (value.empty() && !always) return;
    key(field, 2);
    varint(value.size());
    bytes_.append(value);
  }
  void message(int field, const WireWriter& value) { text(field, value.bytes_, true); }
  template <class List>
  void integers(int field, const List& values, bool zigzag_coded = false) {
    WireWriter packed;
    for (auto value : values)
      packed.varint(zigzag_coded ? zigzag_of(value) : static_cast<uint64_t>(static_cast<int64_t>(value)));
    text(field, packed.bytes_);
  }
  void doubles(int field, const std::vector<double>& values) {
    text(field, {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double)});
  }

 private:
  static uint64_t zigzag_of(int64_t value) {
    return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
  }
  void key(int field, int type) { varint(static_cast<uint64_t>(field) << 3 | static_cast<uint64_t>(type)); }
  void varint(uint64_t value) {
    while (value >= 128) {
      bytes_.push_back(static_cast<char>(value | 128));
      value >>= 7;
    }
    bytes_.push_back(static_cast<char>(value));
  }
  std::string bytes_;
};

}  // namespace tg

#endif  // TENSEGRA_MODEL_WIRE_H_
