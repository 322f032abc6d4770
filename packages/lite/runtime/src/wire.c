#include "wire.h"

#include <string.h>

static uint64_t varint(tgl_wire* wire) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (wire->at == wire->end) break;
    uint8_t byte = *wire->at++;
    value |= (uint64_t)(byte & 127) << shift;
    if (byte < 128) return value;
  }
  wire->bad = true;
  return 0;
}

static uint64_t fixed(tgl_wire* wire, size_t size) {
  uint64_t value = 0;
  if ((size_t)(wire->end - wire->at) < size) {
    wire->bad = true;
    return 0;
  }
  memcpy(&value, wire->at, size);
  wire->at += size;
  return value;
}

tgl_wire tgl_wire_begin(tgl_bytes bytes) {
  tgl_wire wire = {0};
  wire.at = bytes.data;
  wire.end = bytes.size ? bytes.data + bytes.size : bytes.data;
  return wire;
}

bool tgl_wire_next(tgl_wire* wire) {
  if (wire->bad || wire->at == wire->end) return false;
  uint64_t key = varint(wire);
  if (wire->bad || key >> 3 == 0 || key >> 3 > 536870911) {
    wire->bad = true;
    return false;
  }
  wire->field = (uint32_t)(key >> 3);
  wire->type = (int)(key & 7);
  wire->number = 0;
  wire->value = (tgl_bytes){wire->at, 0};
  switch (wire->type) {
    case 0: wire->number = varint(wire); break;
    case 1: wire->number = fixed(wire, 8); break;
    case 5: wire->number = fixed(wire, 4); break;
    case 2: {
      uint64_t length = varint(wire);
      if (wire->bad || length > (uint64_t)(wire->end - wire->at)) {
        wire->bad = true;
        return false;
      }
      wire->value = (tgl_bytes){wire->at, (size_t)length};
      wire->at += length;
      break;
    }
    default: wire->bad = true;
  }
  return !wire->bad;
}

int64_t tgl_zigzag(uint64_t raw) { return (int64_t)(raw >> 1) ^ -(int64_t)(raw & 1); }

bool tgl_wire_integers(tgl_wire* wire, bool zigzag, int64_t* out, size_t capacity, size_t* count) {
  if (wire->type == 0) {
    if (*count >= capacity) return false;
    out[(*count)++] = zigzag ? tgl_zigzag(wire->number) : (int64_t)wire->number;
    return true;
  }
  if (wire->type != 2) return wire->bad = true, false;
  tgl_wire packed = tgl_wire_begin(wire->value);
  while (packed.at != packed.end) {
    uint64_t raw = varint(&packed);
    if (packed.bad) return wire->bad = true, false;
    if (*count >= capacity) return false;
    out[(*count)++] = zigzag ? tgl_zigzag(raw) : (int64_t)raw;
  }
  return true;
}

size_t tgl_wire_count(const tgl_wire* wire) {
  if (wire->type != 2) return 1;
  size_t count = 0;
  for (size_t i = 0; i < wire->value.size; ++i) count += wire->value.data[i] < 128;
  return count;
}
