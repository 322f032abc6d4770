#include "kernels/unicode.h"

#include "kernels/unicode_tables.h"

namespace tg::kernels {
namespace {

using unicode::CaseRun;
using unicode::LongCase;

template <size_t N>
int32_t mapped(const CaseRun (&runs)[N], int32_t rune) {
  size_t low = 0, high = N;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (runs[middle].last < rune) low = middle + 1;
    else high = middle;
  }
  // Runs of every other code point may interleave with the next one.
  for (size_t i = low; i < N && i < low + 2; ++i)
    if (rune >= runs[i].first && rune <= runs[i].last && (rune - runs[i].first) % runs[i].step == 0)
      return rune + runs[i].delta;
  return rune;
}

template <size_t N>
const LongCase* long_case(const LongCase (&cases)[N], int32_t rune) {
  for (const LongCase& entry : cases)
    if (entry.rune == rune) return &entry;
  return nullptr;
}

template <class One, class Many>
void append_mapped(std::string_view text, std::string* out, const One& one, const Many& many) {
  for (size_t at = 0; at < text.size();) {
    int32_t rune = -1;
    const size_t size = decode_utf8(text.data() + at, text.size() - at, &rune);
    if (rune < 0) {
      out->append(text, at, size);
    } else if (const LongCase* entry = rune < 0x80 ? nullptr : many(rune)) {
      for (int32_t to : entry->to)
        if (to != 0) encode_utf8(to, out);
    } else {
      encode_utf8(one(rune), out);
    }
    at += size;
  }
}

uint32_t byte_at(const char* data, size_t i) { return static_cast<uint8_t>(data[i]); }

size_t decode_utf16(bool big, const char* data, size_t size, int32_t* rune) {
  *rune = -1;
  if (size < 2) return size;
  auto unit = [&](size_t i) { return big ? byte_at(data, i) << 8 | byte_at(data, i + 1) : byte_at(data, i + 1) << 8 | byte_at(data, i); };
  const uint32_t first = unit(0);
  if (first < 0xD800 || first > 0xDFFF) return *rune = static_cast<int32_t>(first), 2;
  if (first > 0xDBFF || size < 4) return 2;
  const uint32_t second = unit(2);
  if (second < 0xDC00 || second > 0xDFFF) return 2;
  *rune = static_cast<int32_t>(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
  return 4;
}

size_t decode_utf32(bool big, const char* data, size_t size, int32_t* rune) {
  *rune = -1;
  if (size < 4) return size;
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value |= byte_at(data, i) << (big ? 24 - 8 * i : 8 * i);
  if (is_valid_rune(value)) *rune = static_cast<int32_t>(value);
  return 4;
}

}  // namespace

size_t decode_utf8(const char* data, size_t size, int32_t* rune) {
  const uint32_t first = byte_at(data, 0);
  *rune = -1;
  if (first < 0x80) return *rune = static_cast<int32_t>(first), 1;
  const size_t more = first >= 0xC2 && first <= 0xDF ? 1 : first >= 0xE0 && first <= 0xEF ? 2 : first >= 0xF0 && first <= 0xF4 ? 3 : 0;
  if (more == 0) return 1;
  int32_t value = static_cast<int32_t>(first & (0x3Fu >> more));
  for (size_t i = 1; i <= more; ++i) {
    if (i >= size) return i;
    const uint32_t next = byte_at(data, i);
    // The second byte tells overlong forms, surrogates and what lies beyond the last code point.
    const uint32_t low = i > 1 ? 0x80 : first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const uint32_t high = i > 1 ? 0xBF : first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (next < low || next > high) return i;
    value = value << 6 | static_cast<int32_t>(next & 0x3F);
  }
  *rune = value;
  return more + 1;
}

void encode_utf8(int32_t rune, std::string* out) {
  auto put = [&](int32_t byte) { out->push_back(static_cast<char>(byte)); };
  if (rune < 0x80) return put(rune);
  if (rune < 0x800) {
    put(0xC0 | rune >> 6);
  } else {
    if (rune < 0x10000) {
      put(0xE0 | rune >> 12);
    } else {
      put(0xF0 | rune >> 18);
      put(0x80 | (rune >> 12 & 0x3F));
    }
    put(0x80 | (rune >> 6 & 0x3F));
  }
  put(0x80 | (rune & 0x3F));
}

Encoding encoding_of(std::string_view name) {
  std::string plain;
  for (char c : name)
    if (c != '-' && c != '_' && c != ' ') plain += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  if (plain == "UTF8") return Encoding::kUtf8;
  if (plain == "UTF16BE" || plain == "UTF16") return Encoding::kUtf16Be;
  if (plain == "UTF16LE") return Encoding::kUtf16Le;
  if (plain == "UTF32BE" || plain == "UTF32") return Encoding::kUtf32Be;
  if (plain == "UTF32LE") return Encoding::kUtf32Le;
  if (plain == "USASCII" || plain == "ASCII") return Encoding::kAscii;
  if (plain == "ISO88591" || plain == "LATIN1") return Encoding::kLatin1;
  return Encoding::kUnknown;
}

size_t decode(Encoding encoding, const char* data, size_t size, int32_t* rune) {
  switch (encoding) {
    case Encoding::kUtf16Be: return decode_utf16(true, data, size, rune);
    case Encoding::kUtf16Le: return decode_utf16(false, data, size, rune);
    case Encoding::kUtf32Be: return decode_utf32(true, data, size, rune);
    case Encoding::kUtf32Le: return decode_utf32(false, data, size, rune);
    case Encoding::kAscii: return *rune = byte_at(data, 0) < 0x80 ? static_cast<int32_t>(byte_at(data, 0)) : -1, 1;
    case Encoding::kLatin1: return *rune = static_cast<int32_t>(byte_at(data, 0)), 1;
    default: return decode_utf8(data, size, rune);
  }
}

void encode(Encoding encoding, int32_t rune, std::string* out) {
  auto put = [&](int32_t value, int bytes, bool big) {
    for (int i = 0; i < bytes; ++i) out->push_back(static_cast<char>(value >> 8 * (big ? bytes - 1 - i : i)));
  };
  const bool big = encoding == Encoding::kUtf16Be || encoding == Encoding::kUtf32Be;
  switch (encoding) {
    case Encoding::kUtf16Be:
    case Encoding::kUtf16Le:
      if (rune < 0x10000) return put(rune, 2, big);
      put(0xD800 + ((rune - 0x10000) >> 10), 2, big);
      return put(0xDC00 + ((rune - 0x10000) & 0x3FF), 2, big);
    case Encoding::kUtf32Be:
    case Encoding::kUtf32Le:
      return put(rune, 4, big);
    default:
      return encode_utf8(rune, out);
  }
}

int32_t lower_rune(int32_t rune) {
  if (rune < 0x80) return rune >= 'A' && rune <= 'Z' ? rune + 32 : rune;
  return mapped(unicode::kLowerRuns, rune);
}
int32_t upper_rune(int32_t rune) {
  if (rune < 0x80) return rune >= 'a' && rune <= 'z' ? rune - 32 : rune;
  return mapped(unicode::kUpperRuns, rune);
}
void append_lower(std::string_view text, std::string* out) {
  append_mapped(text, out, lower_rune, [](int32_t rune) { return long_case(unicode::kLowerLong, rune); });
}
void append_upper(std::string_view text, std::string* out) {
  append_mapped(text, out, upper_rune, [](int32_t rune) { return long_case(unicode::kUpperLong, rune); });
}

int32_t script_of(int32_t rune) {
  if (rune < 0 || rune > 0x10FFFF) return -1;
  size_t low = 0, high = sizeof(unicode::kScripts) / sizeof(unicode::kScripts[0]);
  while (high - low > 1) {
    const size_t middle = (low + high) / 2;
    if (unicode::kScripts[middle].first <= rune) low = middle;
    else high = middle;
  }
  return unicode::kScripts[low].script;
}

}  // namespace tg::kernels
