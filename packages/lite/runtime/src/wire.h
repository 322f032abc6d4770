/* The protobuf wire format, read in place. Every bound is checked. */
#ifndef TENSEGRA_LITE_WIRE_H_
#define TENSEGRA_LITE_WIRE_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct tgl_bytes {
  const uint8_t* data;
  size_t size;
} tgl_bytes;

typedef struct tgl_wire {
  const uint8_t* at;
  const uint8_t* end;
  bool bad; /* the bytes end early or break the format; everything after is refused */
  uint32_t field;
  int type;
  uint64_t number; /* wire types 0, 1, 5 */
  tgl_bytes value; /* wire type 2 */
} tgl_wire;

tgl_wire tgl_wire_begin(tgl_bytes bytes);
/* Advances to the next field; false at the end or when bad. */
bool tgl_wire_next(tgl_wire* wire);
int64_t tgl_zigzag(uint64_t raw);
/* Reads repeated integers (packed or single) into out, from *count on. False when there are more than capacity. */
bool tgl_wire_integers(tgl_wire* wire, bool zigzag, int64_t* out, size_t capacity, size_t* count);
/* How many integers a packed field holds (1 for a single one). */
size_t tgl_wire_count(const tgl_wire* wire);

#endif /* TENSEGRA_LITE_WIRE_H_ */
