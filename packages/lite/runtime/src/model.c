/* Reads and checks the one-file container. docs/formats/lite.md describes it. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

/* The header: magic, then little-endian uint64: offset and size of the message, offset and size of the weights. */
static const char kMagic[8] = "TGLITE\1";
enum { kHeaderBytes = 64, kMaxValues = 1 << 20 };

const char* tgl_version(void) { return TGL_VERSION; }

static int damaged(tgl_error* error, const char* field, const char* what) {
  return tgl_fail(error, TGL_DATA_LOSS, "TG-6001",
                  "every field of a lite model must be within its bounds: %s. Received: field=%s", what, field);
}

static void copy_name(char out[64], tgl_bytes name) {
  size_t size = name.size < 63 ? name.size : 63;
  memcpy(out, name.data, size);
  out[size] = 0;
}

static bool same_bytes(tgl_bytes a, tgl_bytes b) { return a.size == b.size && memcmp(a.data, b.data, a.size) == 0; }

size_t tgl_dtype_bytes(int32_t dtype) {
  switch (dtype) {
    case TGL_BOOL:
    case TGL_INT8:
    case TGL_UINT8: return 1;
    case TGL_INT32:
    case TGL_FLOAT32: return 4;
    case TGL_INT64: return 8;
    default: return 0;
  }
}

/* Bytes of a dense tensor; false on overflow or an unknown dtype. */
static bool dense_bytes(int32_t dtype, int32_t rank, const int64_t* dims, size_t* bytes) {
  size_t total = tgl_dtype_bytes(dtype);
  if (total == 0) return false;
  for (int32_t i = 0; i < rank; ++i)
    if (dims[i] < 0 || __builtin_mul_overflow(total, (size_t)dims[i], &total) || total > (size_t)INT64_MAX) return false;
  *bytes = total;
  return true;
}

static int read_value_type(tgl_bytes bytes, tgl_value_type* out, tgl_error* error) {
  memset(out, 0, sizeof(*out));
  out->weight = -1;
  out->planned_offset = -1;
  tgl_wire in = tgl_wire_begin(bytes);
  size_t rank = 0;
  while (tgl_wire_next(&in)) switch (in.field) {
      case 1: out->dtype = (int32_t)in.number; break;
      case 2:
        if (in.number) return damaged(error, "ValueType.unknown_rank", "the lite profile needs known ranks");
        break;
      case 3:
        if (!tgl_wire_integers(&in, true, out->dims, TGL_MAX_RANK, &rank))
          return damaged(error, "ValueType.dims", "a shape has at most 8 dimensions");
        break;
      case 4: copy_name(out->name, in.value); break;
      default: break;
    }
  if (in.bad) return damaged(error, "ValueType", "the message ends early");
  if (tgl_dtype_bytes(out->dtype) == 0) return damaged(error, "ValueType.dtype", "the lite profile does not have it");
  out->rank = (int32_t)rank;
  return 0;
}

static int read_quantization(tgl_bytes bytes, tgl_weight* out, tgl_error* error) {
  tgl_wire in = tgl_wire_begin(bytes);
  while (tgl_wire_next(&in)) switch (in.field) {
      case 1: {
        if (in.type != 2 || in.value.size % 4 || out->scales)
          return damaged(error, "Quantization.scales", "one packed list of floats is expected");
        float* scales = malloc(in.value.size ? in.value.size : 1);
        if (!scales) return tgl_fail(error, TGL_RESOURCE_EXHAUSTED, "TG-6005", "memory ran out");
        memcpy(scales, in.value.data, in.value.size);
        out->scales = scales;
        out->num_scales = in.value.size / 4;
        break;
      }
      case 2:
        for (size_t i = 0; i < in.value.size; ++i)
          if (in.value.data[i]) return damaged(error, "Quantization.zero_points", "weights have zero points of 0");
        break;
      case 3: out->axis = (int32_t)in.number; break;
      default: break;
    }
  return in.bad ? damaged(error, "Quantization", "the message ends early") : 0;
}

static int read_weight(tgl_model* model, tgl_bytes section, tgl_bytes bytes, tgl_weight* out, tgl_error* error) {
  tgl_wire in = tgl_wire_begin(bytes);
  uint64_t offset = 0, length = 0;
  size_t rank = 0;
  (void)model;
  while (tgl_wire_next(&in)) switch (in.field) {
      case 1: out->name = in.value; break;
      case 2: out->dtype = (int32_t)in.number; break;
      case 3:
        if (!tgl_wire_integers(&in, false, out->dims, TGL_MAX_RANK, &rank))
          return damaged(error, "Weight.dims", "a shape has at most 8 dimensions");
        break;
      case 5: offset = in.number; break;
      case 6: length = in.number; break;
      case 7:
        if (read_quantization(in.value, out, error)) return -1;
        break;
      default: break;
    }
  if (in.bad) return damaged(error, "Weight", "the message ends early");
  out->rank = (int32_t)rank;
  size_t needed = 0;
  if (!dense_bytes(out->dtype, out->rank, out->dims, &needed) || needed != length)
    return damaged(error, "Weight.length", "it does not fit the shape");
  if (offset > section.size || length > section.size - offset)
    return damaged(error, "Weight.offset", "it goes past the end of the file");
  if (offset % 8) return damaged(error, "Weight.offset", "it is not aligned");
  if (out->num_scales) {
    bool fits = out->dtype == TGL_INT8 && out->axis >= 0 && out->axis < out->rank &&
                (uint64_t)out->dims[out->axis] == out->num_scales;
    if (!fits) return damaged(error, "Weight.quantization", "there must be one scale per slice of an int8 weight");
  }
  out->data = section.data + offset;
  out->bytes = needed;
  return 0;
}

static int find_weight(const tgl_model* model, tgl_bytes name, tgl_error* error) {
  for (int32_t i = 0; i < model->num_weights; ++i)
    if (same_bytes(model->weights[i].name, name)) return i;
  return damaged(error, "TensorValue.weight", "no weight has that name");
}

/* A constant node's weight: attribute "value" with a TensorValue that names a weight. */
static int constant_weight(const tgl_model* model, tgl_bytes node, tgl_error* error) {
  tgl_wire in = tgl_wire_begin(node);
  while (tgl_wire_next(&in)) {
    if (in.field != 4) continue;
    tgl_wire attribute = tgl_wire_begin(in.value);
    while (tgl_wire_next(&attribute)) {
      if (attribute.field != 9) continue;
      tgl_wire tensor = tgl_wire_begin(attribute.value);
      while (tgl_wire_next(&tensor))
        if (tensor.field == 4 && tensor.type == 2) return find_weight(model, tensor.value, error);
    }
  }
  return damaged(error, "Node.attributes", "a constant names its weight");
}

static int read_node(tgl_model* model, tgl_bytes bytes, tgl_node* node, int32_t* next_value, tgl_error* error) {
  static const tgl_op constant = {"constant", 1, 0, 0, NULL, NULL};
  tgl_wire in = tgl_wire_begin(bytes);
  tgl_bytes op_name = {NULL, 0};
  int64_t inputs[TGL_MAX_INPUTS];
  size_t num_inputs = 0;
  int32_t version = 0;
  node->message = bytes;
  node->first_output = *next_value;
  while (tgl_wire_next(&in)) switch (in.field) {
      case 1: op_name = in.value; break;
      case 2: version = (int32_t)in.number; break;
      case 3:
        if (!tgl_wire_integers(&in, false, inputs, TGL_MAX_INPUTS, &num_inputs))
          return damaged(error, "Node.inputs", "a node has at most 64 inputs");
        break;
      case 5:
        if (*next_value >= model->num_values) return damaged(error, "Node.outputs", "there are too many");
        if (read_value_type(in.value, &model->values[*next_value], error)) return -1;
        ++*next_value;
        ++node->num_outputs;
        break;
      case 6: copy_name(node->name, in.value); break;
      default: break;
    }
  if (in.bad) return damaged(error, "Node", "the message ends early");
  for (size_t i = 0; i < num_inputs; ++i) {
    if (inputs[i] < 0 || inputs[i] >= node->first_output)
      return damaged(error, "Node.inputs", "a node reads a value that is not made before it");
    node->inputs[i] = (int32_t)inputs[i];
  }
  node->num_inputs = (int32_t)num_inputs;
  if (op_name.size == 8 && memcmp(op_name.data, "constant", 8) == 0) {
    int weight = constant_weight(model, bytes, error);
    if (weight < 0) return -1;
    if (node->num_outputs != 1 || num_inputs != 0) return damaged(error, "Node", "a constant has one output");
    model->values[node->first_output].weight = weight;
    node->op = &constant;
    return 0;
  }
  node->op = tgl_find_op(op_name);
  if (node->op == NULL || node->op->version < version)
    return tgl_fail(error, TGL_NOT_FOUND, "TG-6002",
                    "the runtime must have every op of the model, in its version. Received: op=%.*s version %d",
                    (int)(op_name.size < 64 ? op_name.size : 64), (const char*)op_name.data, (int)version);
  if (node->num_inputs < node->op->min_inputs || node->num_inputs > node->op->max_inputs || node->num_outputs != 1)
    return damaged(error, "Node.inputs", "their number is not that of the op");
  return 0;
}

/* First pass over the function: how much room there has to be. */
static int count_function(tgl_model* model, tgl_bytes function, tgl_error* error) {
  tgl_wire in = tgl_wire_begin(function);
  size_t values = 0, nodes = 0, inputs = 0, outputs = 0;
  while (tgl_wire_next(&in)) {
    if (in.field == 2) ++values, ++inputs;
    if (in.field == 3 && in.number != 0) return damaged(error, "Function.num_captures", "the lite profile has none");
    if (in.field == 6) outputs += tgl_wire_count(&in);
    if (in.field != 5) continue;
    ++nodes;
    tgl_wire node = tgl_wire_begin(in.value);
    while (tgl_wire_next(&node)) values += node.field == 5;
    if (node.bad) return damaged(error, "Node", "the message ends early");
  }
  if (in.bad) return damaged(error, "Function", "the message ends early");
  if (values > kMaxValues || outputs > kMaxValues) return damaged(error, "Function", "it has too many values");
  model->num_values = (int32_t)values;
  model->num_nodes = (int32_t)nodes;
  model->num_inputs = (int32_t)inputs;
  model->num_outputs = (int32_t)outputs;
  model->values = calloc(values + 1, sizeof(tgl_value_type));
  model->nodes = calloc(nodes + 1, sizeof(tgl_node));
  model->outputs = calloc(outputs + 1, sizeof(int32_t));
  model->output_names = calloc(outputs + 1, sizeof(*model->output_names));
  if (!model->values || !model->nodes || !model->outputs || !model->output_names)
    return tgl_fail(error, TGL_RESOURCE_EXHAUSTED, "TG-6005", "memory ran out");
  return 0;
}

static int read_function(tgl_model* model, tgl_bytes function, tgl_error* error) {
  if (count_function(model, function, error)) return -1;
  int32_t next_value = 0, next_node = 0;
  tgl_wire in = tgl_wire_begin(function);
  while (tgl_wire_next(&in))
    if (in.field == 2 && read_value_type(in.value, &model->values[next_value++], error)) return -1;
  in = tgl_wire_begin(function);
  while (tgl_wire_next(&in))
    if (in.field == 5 && read_node(model, in.value, &model->nodes[next_node++], &next_value, error)) return -1;
  int64_t* outputs = malloc(sizeof(int64_t) * ((size_t)model->num_outputs + 1));
  if (!outputs) return tgl_fail(error, TGL_RESOURCE_EXHAUSTED, "TG-6005", "memory ran out");
  size_t count = 0;
  bool fits = true;
  in = tgl_wire_begin(function);
  while (tgl_wire_next(&in))
    if (in.field == 6) fits = fits && tgl_wire_integers(&in, false, outputs, (size_t)model->num_outputs, &count);
  for (size_t i = 0; i < count; ++i) {
    fits = fits && outputs[i] >= 0 && outputs[i] < model->num_values;
    if (fits) model->outputs[i] = (int32_t)outputs[i];
  }
  free(outputs);
  return fits ? 0 : damaged(error, "Function.outputs", "a result is not a value of the function");
}

/* Names come from the one signature; its order is that of the function. */
static int read_signature(tgl_model* model, tgl_bytes signature, tgl_error* error) {
  tgl_wire in = tgl_wire_begin(signature);
  int32_t inputs = 0, outputs = 0;
  tgl_value_type type;
  while (tgl_wire_next(&in)) {
    if (in.field != 3 && in.field != 4) continue;
    if (read_value_type(in.value, &type, error)) return -1;
    if (in.field == 3 && inputs < model->num_inputs) memcpy(model->values[inputs++].name, type.name, 64);
    else if (in.field == 4 && outputs < model->num_outputs) memcpy(model->output_names[outputs++], type.name, 64);
    else return damaged(error, "Signature", "it does not fit the function");
  }
  return in.bad ? damaged(error, "Signature", "the message ends early") : 0;
}

static int read_plan(tgl_model* model, tgl_bytes plan, tgl_error* error) {
  tgl_wire in = tgl_wire_begin(plan);
  int32_t value = 0;
  while (tgl_wire_next(&in)) {
    if (in.field == 2) model->planned_arena = in.number;
    if (in.field != 3) continue;
    if (value >= model->num_values) return damaged(error, "LiteProfile.values", "there are too many");
    tgl_wire place = tgl_wire_begin(in.value);
    tgl_value_type* out = &model->values[value++];
    while (tgl_wire_next(&place)) {
      if (place.field == 1) out->planned_offset = (int64_t)place.number;
      if (place.field == 2) out->planned_bytes = place.number;
    }
    if (place.bad) return damaged(error, "LiteValue", "the message ends early");
  }
  return in.bad ? damaged(error, "LiteProfile", "the message ends early") : 0;
}

static int read_message(tgl_model* model, tgl_bytes message, tgl_bytes weights, tgl_error* error) {
  tgl_bytes function = {NULL, 0}, signature = {NULL, 0}, plan = {NULL, 0}, profile = {NULL, 0};
  int32_t version = 0, functions = 0;
  size_t num_weights = 0;
  tgl_wire in = tgl_wire_begin(message);
  while (tgl_wire_next(&in)) switch (in.field) {
      case 1: version = (int32_t)in.number; break;
      case 3: profile = in.value; break;
      case 5: function = in.value, ++functions; break;
      case 6: signature = in.value; break;
      case 9: ++num_weights; break;
      case 12: plan = in.value; break;
      default: break;
    }
  if (in.bad) return damaged(error, "SavedModel", "the message ends early");
  if (version != 1)
    return tgl_fail(error, TGL_FAILED_PRECONDITION, "TG-6003",
                    "the runtime reads format version 1. Received: format_version=%d", (int)version);
  if (profile.size != 4 || memcmp(profile.data, "lite", 4) != 0)
    return damaged(error, "SavedModel.profile", "it is not the lite profile");
  if (functions != 1) return damaged(error, "SavedModel.functions", "the lite profile has one");
  if (num_weights > kMaxValues) return damaged(error, "SavedModel.weights", "there are too many");
  model->weights = calloc(num_weights + 1, sizeof(tgl_weight));
  if (!model->weights) return tgl_fail(error, TGL_RESOURCE_EXHAUSTED, "TG-6005", "memory ran out");
  in = tgl_wire_begin(message);
  while (tgl_wire_next(&in))
    if (in.field == 9 && read_weight(model, weights, in.value, &model->weights[model->num_weights++], error)) return -1;
  if (read_function(model, function, error)) return -1;
  if (signature.data && read_signature(model, signature, error)) return -1;
  return plan.data ? read_plan(model, plan, error) : 0;
}

int tgl_model_open(const void* bytes, size_t size, tgl_model** out, tgl_error* error) {
  const uint8_t* file = bytes;
  uint64_t header[4];
  if (file == NULL || size < kHeaderBytes || memcmp(file, kMagic, 8) != 0)
    return tgl_fail(error, TGL_DATA_LOSS, "TG-6001",
                    "a lite model begins with its 64-byte header. Received: %zu bytes that do not", size);
  if ((uintptr_t)file % 8)
    return tgl_fail(error, TGL_INVALID_ARGUMENT, "TG-6004", "the bytes of a model must be 8-byte aligned");
  memcpy(header, file + 8, sizeof(header));
  for (int i = 0; i < 4; i += 2)
    if (header[i] > size || header[i + 1] > size - header[i] || header[i] % 8)
      return damaged(error, "header", "a section goes past the end of the file or is not aligned");
  tgl_model* model = calloc(1, sizeof(tgl_model));
  if (!model) return tgl_fail(error, TGL_RESOURCE_EXHAUSTED, "TG-6005", "memory ran out");
  model->file = (tgl_bytes){file, size};
  tgl_bytes message = {file + header[0], (size_t)header[1]}, weights = {file + header[2], (size_t)header[3]};
  if (read_message(model, message, weights, error)) {
    tgl_model_close(model);
    return -1;
  }
  *out = model;
  return 0;
}

int tgl_model_map(const char* path, tgl_model** out, tgl_error* error) {
  int file = open(path, O_RDONLY);
  struct stat info;
  if (file < 0 || fstat(file, &info) != 0 || !S_ISREG(info.st_mode)) {
    if (file >= 0) close(file);
    return tgl_fail(error, TGL_NOT_FOUND, "TG-6006", "a lite model is a readable file. Received: %s", path);
  }
  size_t size = (size_t)info.st_size;
  void* data = size ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0) : NULL;
  close(file);
  if (data == MAP_FAILED)
    return tgl_fail(error, TGL_RESOURCE_EXHAUSTED, "TG-6005", "the file could not be mapped. Received: %s", path);
  if (tgl_model_open(data, size, out, error)) {
    if (data) munmap(data, size);
    return -1;
  }
  (*out)->mapped = true;
  return 0;
}

void tgl_model_close(tgl_model* model) {
  if (!model) return;
  for (int32_t i = 0; i < model->num_weights; ++i) free((void*)model->weights[i].scales);
  if (model->mapped) munmap((void*)model->file.data, model->file.size);
  free(model->values);
  free(model->nodes);
  free(model->outputs);
  free(model->output_names);
  free(model->weights);
  free(model);
}
