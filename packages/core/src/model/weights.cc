#include "model/weights.h"

#include <algorithm>
#include <cstring>

#include "model/files.h"
#include "model/wire.h"
#include "tensor/dtype.h"

namespace tg {
namespace {

int64_t count_of(const WeightMessage& weight) {
  if (weight.dims.size() > TG_MAX_RANK) damaged("Weight.dims", "a shape has at most 8 dimensions");
  int64_t count = 1;
  for (int64_t size : weight.dims)
    if (size < 0 || __builtin_mul_overflow(count, size, &count)) damaged("Weight.dims", "a size is out of range");
  return count;
}

int stored_number(int dtype, const char* data, int64_t i) {
  if (dtype == TG_INT8) return static_cast<int8_t>(data[i]);
  if (dtype == TG_UINT8) return static_cast<uint8_t>(data[i]);
  int nibble = static_cast<uint8_t>(data[i / 2]) >> (i % 2 * 4) & 15;
  return nibble < 8 ? nibble : nibble - 16;
}

void check_quantization(const WeightMessage& weight, int64_t count) {
  if (weight.dtype != TG_INT4 && weight.dtype != TG_INT8 && weight.dtype != TG_UINT8)
    damaged("Weight.quantization", "'" + weight.name + "' must be stored as int4, int8 or uint8");
  size_t scales = weight.scales.size();
  if (scales == 0) damaged("Quantization.scales", "'" + weight.name + "' has none");
  if (scales > 1) {
    bool fits = weight.axis >= 0 && weight.axis < static_cast<int64_t>(weight.dims.size()) &&
                weight.dims[static_cast<size_t>(weight.axis)] == static_cast<int64_t>(scales);
    if (!fits && count > 0) damaged("Quantization.scales", "'" + weight.name + "' needs one scale, or one for each slice");
  }
  if (!weight.zero_points.empty() && weight.zero_points.size() != scales)
    damaged("Quantization.zero_points", "'" + weight.name + "' needs as many as scales, or none");
  for (int64_t zero : weight.zero_points)
    if (zero < -256 || zero > 256) damaged("Quantization.zero_points", "one of '" + weight.name + "' is out of range");
}

}  // namespace

Weights::Weights(const std::string& directory, const std::vector<FileMessage>& files,
                 std::vector<WeightMessage> weights, bool mmap) {
  for (const FileMessage& file : files) buffers_.push_back(open_weights(directory, file.name, file.size, mmap));
  for (WeightMessage& weight : weights) {
    check_place(weight);
    std::string name = weight.name;
    entries_.emplace(std::move(name), Entry{std::move(weight), nullptr});
  }
  check_overlaps();
}

void Weights::check_place(const WeightMessage& weight) const {
  if (weight.file < 0 || weight.file >= static_cast<int64_t>(buffers_.size()))
    damaged("Weight.file", "'" + weight.name + "' lies in a file that is not listed");
  const size_t room = buffers_[static_cast<size_t>(weight.file)]->bytes();
  if (weight.offset > room || weight.length > room - weight.offset)
    damaged("Weight.offset", "'" + weight.name + "' goes past the end of its file");
  int64_t count = count_of(weight);
  if (weight.dtype == TG_STRING) {
    if (static_cast<uint64_t>(count) >= weight.length / 8)
      damaged("Weight.length", "'" + weight.name + "' is too short for its strings");
  } else {
    size_t bytes = 0, element = dtype_size(weight.dtype);
    if (weight.dtype == TG_INT4) bytes = static_cast<size_t>(count / 2 + count % 2);
    else if (element == 0) damaged("Weight.dtype", "'" + weight.name + "' has no dense elements");
    else if (__builtin_mul_overflow(static_cast<size_t>(count), element, &bytes)) bytes = SIZE_MAX;
    if (bytes != weight.length) damaged("Weight.length", "'" + weight.name + "' has another length than its shape needs");
    if (element && weight.offset % std::min<size_t>(element, 8))
      damaged("Weight.offset", "'" + weight.name + "' is not aligned");
  }
  if (weight.quantized) check_quantization(weight, count);
}

void Weights::check_overlaps() const {
  std::vector<const WeightMessage*> sorted;
  for (const auto& entry : entries_)
    if (entry.second.message.length) sorted.push_back(&entry.second.message);
  std::sort(sorted.begin(), sorted.end(), [](const WeightMessage* a, const WeightMessage* b) {
    return a->file != b->file ? a->file < b->file : a->offset < b->offset;
  });
  for (size_t i = 1; i < sorted.size(); ++i)
    if (sorted[i]->file == sorted[i - 1]->file && sorted[i]->offset - sorted[i - 1]->offset < sorted[i - 1]->length)
      damaged("Weight.offset", "'" + sorted[i]->name + "' lies over '" + sorted[i - 1]->name + "'");
}

TensorRef Weights::get(const std::string& name) {
  auto found = entries_.find(name);
  if (found == entries_.end()) damaged("Weight.name", "'" + name + "' is referred to but not there");
  Entry& entry = found->second;
  if (!entry.tensor) entry.tensor = read(entry.message);
  return entry.tensor;
}

TensorRef Weights::read(const WeightMessage& weight) const {
  const Ref<Buffer>& buffer = buffers_[static_cast<size_t>(weight.file)];
  const char* data = static_cast<const char*>(buffer->data()) + weight.offset;
  if (weight.dtype == TG_STRING) return read_strings(weight, data);
  if (weight.quantized) return dequantized(weight, data);
  if (weight.dtype == TG_INT4) return new_tensor_copy(TG_INT4, Dims(weight.dims), data, weight.length);
  return new_tensor_on(buffer, static_cast<int64_t>(weight.offset), weight.dtype, Dims(weight.dims));
}

TensorRef Weights::read_strings(const WeightMessage& weight, const char* data) const {
  Dims dims(weight.dims);
  uint64_t entries = static_cast<uint64_t>(dims.num_elements()) + 1;
  std::vector<int64_t> offsets(entries);
  std::memcpy(offsets.data(), data, entries * 8);
  int64_t previous = 0, room = static_cast<int64_t>(weight.length - entries * 8);
  if (offsets[0] != 0) damaged("Weight", "the first string of '" + weight.name + "' does not begin at 0");
  for (int64_t offset : offsets) {
    if (offset < previous || offset > room) damaged("Weight", "a string of '" + weight.name + "' goes past the end");
    previous = offset;
  }
  return new_string_tensor(dims, offsets.data(), data + entries * 8);
}

TensorRef Weights::dequantized(const WeightMessage& weight, const char* data) const {
  TensorRef out = new_tensor(TG_FLOAT32, Dims(weight.dims));
  float* real = reinterpret_cast<float*>(out->data());
  const int64_t count = Dims(weight.dims).num_elements();
  const size_t slices = weight.scales.size();
  int64_t inner = 1;  // elements that lie together and have one scale
  for (size_t k = static_cast<size_t>(weight.axis) + 1; slices > 1 && k < weight.dims.size(); ++k) inner *= weight.dims[k];
  for (int64_t i = 0; i < count; ++i) {
    size_t slice = slices > 1 ? static_cast<size_t>(i / inner) % slices : 0;
    int zero = weight.zero_points.empty() ? 0 : static_cast<int>(weight.zero_points[slice]);
    real[i] = weight.scales[slice] * static_cast<float>(stored_number(weight.dtype, data, i) - zero);
  }
  return out;
}

}  // namespace tg
