// Whether bytes are UTF-8, as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
#ifndef TENSEGRA_BASE_UTF8_H_
#define TENSEGRA_BASE_UTF8_H_

#include <string_view>

namespace tg {

inline bool is_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const unsigned char lead = static_cast<unsigned char>(text[i]);
    size_t length = 0;
    if (lead < 0x80) length = 1;
    else if (lead >= 0xC2 && lead < 0xE0) length = 2;
    else if (lead >= 0xE0 && lead < 0xF0) length = 3;
    else if (lead >= 0xF0 && lead < 0xF5) length = 4;
    if (length == 0 || length > text.size() - i) return false;
    unsigned lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    for (size_t k = 1; k < length; ++k) {
      const unsigned char next = static_cast<unsigned char>(text[i + k]);
      if (next < lowest || next > highest) return false;
      lowest = 0x80, highest = 0xBF;
    }
    i += length;
  }
  return true;
}

}  // namespace tg

#endif  // TENSEGRA_BASE_UTF8_H_
