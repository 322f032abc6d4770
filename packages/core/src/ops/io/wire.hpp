// The wire form of protocol buffers, as much as ops need: reading fields with every bound checked, and writing them.
#ifndef TENSEGRA_OPS_WIRE_HPP_
#define TENSEGRA_OPS_WIRE_HPP_

#include <cstring>
#include <string>
#include <string_view>

#include "ops/strings/strings.hpp"

namespace tg {

struct WireField {
  uint32_t number = 0;
  uint32_t type = 0;       // 0: varint, 1: 8 bytes, 2: bytes, 5: 4 bytes
  uint64_t value = 0;      // of a varint, or of fixed bytes
  std::string_view bytes;  // of type 2
};

// Another class than the reader of saved models, and so of another name: both would be one to the linker.
class MessageReader {
 public:
  MessageReader(std::string_view data, const char* message) : data_(data), message_(message) {}

  bool next(WireField* field) {
    if (at_ >= data_.size()) return false;
    uint64_t tag = varint();
    field->number = static_cast<uint32_t>(tag >> 3);
    field->type = tag & 7;
    switch (field->type) {
      case 0: field->value = varint(); break;
      case 1: field->value = fixed(8); break;
      case 5: field->value = fixed(4); break;
      case 2: {
        uint64_t size = varint();
        if (size > data_.size() - at_) throw wrong();
        field->bytes = data_.substr(at_, static_cast<size_t>(size));
        at_ += static_cast<size_t>(size);
        break;
      }
      default: throw wrong();
    }
    if (field->number == 0) throw wrong();
    return true;
  }
  bool more() const { return at_ < data_.size(); }
  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (at_ >= data_.size()) throw wrong();
      uint8_t byte = static_cast<uint8_t>(data_[at_++]);
      if (shift < 64) value |= uint64_t{byte & 127u} << shift;
      if (byte < 128) return value;
    }
    throw wrong();
  }
  uint64_t fixed(size_t size) {
    if (size > data_.size() - at_) throw wrong();
    uint64_t value = 0;
    std::memcpy(&value, data_.data() + at_, size);
    at_ += size;
    return value;
  }
  Error wrong() const {
    return invalid_argument("TG-0651", std::string("the bytes must be a message ") + message_,
                            text_of(static_cast<int64_t>(data_.size())) + " bytes, wrong at byte " +
                                text_of(static_cast<int64_t>(at_)));
  }

 private:
  std::string_view data_;
  const char* message_;
  size_t at_ = 0;
};

inline void put_varint(uint64_t value, std::string* out) {
  for (; value >= 128; value >>= 7) *out += static_cast<char>((value & 127) | 128);
  *out += static_cast<char>(value);
}
inline void put_number(uint32_t field, uint64_t value, std::string* out) {
  put_varint(field << 3, out);
  put_varint(value, out);
}
inline void put_bytes(uint32_t field, std::string_view bytes, std::string* out) {
  put_varint(field << 3 | 2, out);
  put_varint(bytes.size(), out);
  out->append(bytes);
}

}  // namespace tg

#endif  // TENSEGRA_OPS_WIRE_HPP_
