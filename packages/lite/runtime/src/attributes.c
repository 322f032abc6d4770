/* Attributes are read from the node's message when a step is prepared. */
#include <string.h>

#include "internal.h"

/* The Attribute message of that name; a null one where it is missing. */
static tgl_bytes find(const tgl_node* node, const char* name) {
  tgl_wire in = tgl_wire_begin(node->message);
  size_t length = strlen(name);
  while (tgl_wire_next(&in)) {
    if (in.field != 4 || in.type != 2) continue;
    tgl_wire attribute = tgl_wire_begin(in.value);
    while (tgl_wire_next(&attribute))
      if (attribute.field == 1 && attribute.value.size == length && memcmp(attribute.value.data, name, length) == 0)
        return in.value;
  }
  return (tgl_bytes){NULL, 0};
}

int64_t tgl_attr_int(const tgl_node* node, const char* name, int64_t fallback) {
  tgl_wire in = tgl_wire_begin(find(node, name));
  while (tgl_wire_next(&in)) {
    if (in.field == 2 && in.type == 0) return tgl_zigzag(in.number);
    if ((in.field == 4 || in.field == 6) && in.type == 0) return (int64_t)in.number;
  }
  return fallback;
}

double tgl_attr_float(const tgl_node* node, const char* name, double fallback) {
  tgl_wire in = tgl_wire_begin(find(node, name));
  while (tgl_wire_next(&in))
    if (in.field == 3 && in.type == 1) memcpy(&fallback, &in.number, sizeof(fallback));
  return fallback;
}

void tgl_attr_string(const tgl_node* node, const char* name, const char* fallback, char* out, size_t capacity) {
  tgl_bytes value = {(const uint8_t*)fallback, strlen(fallback)};
  tgl_wire in = tgl_wire_begin(find(node, name));
  while (tgl_wire_next(&in))
    if (in.field == 5 && in.type == 2) value = in.value;
  size_t size = value.size < capacity - 1 ? value.size : capacity - 1;
  memcpy(out, value.data, size);
  out[size] = 0;
}

int tgl_attr_ints(const tgl_node* node, const char* name, int64_t* out, int capacity) {
  tgl_wire in = tgl_wire_begin(find(node, name));
  while (tgl_wire_next(&in)) {
    if (in.field != 7 || in.type != 2) continue;
    tgl_wire list = tgl_wire_begin(in.value);
    size_t count = 0;
    while (tgl_wire_next(&list))
      if (list.field == 1 && !tgl_wire_integers(&list, true, out, (size_t)capacity, &count)) return -1;
    return (int)count;
  }
  return -1;
}
