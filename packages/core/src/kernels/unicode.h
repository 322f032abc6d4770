// Code points: UTF-8, 16 and 32, cases and scripts.
#ifndef TENSEGRA_KERNELS_UNICODE_H_
#define TENSEGRA_KERNELS_UNICODE_H_

#include <stddef.h>
#include <stdint.h>

#include <string>
#include <string_view>

namespace tg::kernels {

// The code point that begins at data, and how many of the size > 0 bytes it takes. -1: bytes that are no UTF-8; what is
// taken then is the part that could have begun a code point (the Unicode Standard, 3.9), at least one byte.
size_t decode_utf8(const char* data, size_t size, int32_t* rune);
// Appends a code point; it must be valid.
void encode_utf8(int32_t rune, std::string* out);
inline bool is_valid_rune(int64_t rune) {
  return rune >= 0 && rune <= 0x10FFFF && (rune < 0xD800 || rune > 0xDFFF);
}

enum class Encoding { kUtf8, kUtf16Be, kUtf16Le, kUtf32Be, kUtf32Le, kAscii, kLatin1, kUnknown };
// By TensorFlow's and the usual names, in any case: "UTF-8", "UTF-16-BE", "utf-16le", "US-ASCII".
Encoding encoding_of(std::string_view name);
size_t decode(Encoding encoding, const char* data, size_t size, int32_t* rune);
void encode(Encoding encoding, int32_t rune, std::string* out);

// The mapping to one code point; the code point itself where there is none, or only one to several.
int32_t lower_rune(int32_t rune);
int32_t upper_rune(int32_t rune);
// Appends the text in the other case, with mappings to several code points; bytes that are no UTF-8 stay.
void append_lower(std::string_view text, std::string* out);
void append_upper(std::string_view text, std::string* out);

// ICU's number of the script; -1: no code point.
int32_t script_of(int32_t rune);

}  // namespace tg::kernels

#endif  // TENSEGRA_KERNELS_UNICODE_H_
