// Whole files, and names of files by pattern.
#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "kernels/text_hash.h"
#include "ops/strings/strings.hpp"

namespace tg {
namespace {

Error file_error(const std::string& what, const std::string& path) {
  int code = errno == ENOENT ? TG_NOT_FOUND : errno == EACCES ? TG_PERMISSION_DENIED : TG_UNKNOWN;
  return Error(code, errno == ENOENT ? "TG-0641" : "TG-0645",
               what + ". Received: filename=" + quoted(path) + " (" + std::strerror(errno) + ")");
}

class File {
 public:
  File(const std::string& path, const char* mode) : file_(std::fopen(path.c_str(), mode)) {}
  ~File() {
    if (file_) std::fclose(file_);
  }
  std::FILE* get() const { return file_; }
  bool close() {
    std::FILE* file = file_;
    file_ = nullptr;
    return std::fclose(file) == 0;
  }

 private:
  std::FILE* file_;
};

void infer_read(InferContext& c) {
  require_rank(c.dims(0), 0, "filename");
  c.set_output(0, TG_STRING, {});
}

void read(KernelContext& c) {
  std::string path(Strings(c, 0)[0]);
  struct stat status;
  if (stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) errno = EISDIR;
  else errno = 0;
  if (errno == EISDIR) throw file_error("a file is read, not a directory", path);
  File file(path, "rb");
  if (!file.get()) throw file_error("the file must be there and readable", path);
  StringBuilder out;
  char buffer[65536];
  while (size_t size = std::fread(buffer, 1, sizeof(buffer), file.get())) out.bytes().append(buffer, size);
  if (std::ferror(file.get())) throw file_error("the file must be readable", path);
  out.end();
  c.set_output_tensor(0, out.tensor({}));
}

TG_OP("read_file(filename: string) -> string")
    .names("io.read_file")
    .summary("The bytes of a file.")
    .doc(R"(Args:
  filename: the path, 0-d.

Returns:
  A 0-d string.

Raises:
  NotFoundError: there is no such file (TG-0641).
  PermissionDeniedError: the file must not be read (TG-0645).
  UnknownError: the system reports something else (TG-0645).
)")
    .infer<infer_read>()
    .kernel<read>()
    .effects(TG_EFFECT_READS | TG_EFFECT_RANDOM);

void infer_write(InferContext& c) {
  require_rank(c.dims(0), 0, "filename");
  require_rank(c.dims(1), 0, "contents");
}

void write(KernelContext& c) {
  std::string path(Strings(c, 0)[0]);
  std::string_view contents = Strings(c, 1)[0];
  for (size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1))
    if (mkdir(path.substr(0, at).c_str(), 0777) != 0 && errno != EEXIST)
      throw file_error("the directory must be there or may be made", path.substr(0, at));
  File file(path, "wb");
  if (!file.get()) throw file_error("the file must be writable", path);
  bool ok = std::fwrite(contents.data(), 1, contents.size(), file.get()) == contents.size();
  if (!file.close() || !ok) throw file_error("the file must be writable", path);
}

TG_OP("write_file(filename: string, contents: string)")
    .names("io.write_file")
    .summary("Writes bytes to a file; directories are made where they are missing.")
    .doc(R"(Args:
  filename: the path, 0-d.
  contents: the bytes, 0-d.

Raises:
  NotFoundError: the path cannot be (TG-0641).
  PermissionDeniedError: the file must not be written (TG-0645).
  UnknownError: the system reports something else (TG-0645).
)")
    .infer<infer_write>()
    .kernel<write>()
    .effects(TG_EFFECT_WRITES);

void infer_matching(InferContext& c) {
  if (c.dims(0).known_rank() && c.dims(0).rank() > 1)
    throw invalid_argument("TG-0103", "pattern must be 0-d or a vector", "pattern.shape=" + c.dims(0).str());
  c.set_output(0, TG_STRING, {TG_DIM_UNKNOWN});
}

void matching(KernelContext& c) {
  Strings patterns(c, 0);
  std::vector<std::string> found;
  for (int64_t i = 0; i < patterns.count(); ++i) {
    glob_t result{};
    int status = glob(std::string(patterns[i]).c_str(), 0, nullptr, &result);
    for (size_t k = 0; status == 0 && k < result.gl_pathc; ++k) found.emplace_back(result.gl_pathv[k]);
    globfree(&result);
    if (status == GLOB_NOSPACE) throw std::bad_alloc();
  }
  std::sort(found.begin(), found.end());
  StringBuilder out;
  for (const std::string& name : found) out.add(name);
  c.set_output_tensor(0, out.tensor({out.count()}));
}

TG_OP("matching_files(pattern: string) -> string")
    .names("io.matching_files")
    .summary("The names of files that match patterns, sorted.")
    .doc(R"(Args:
  pattern: patterns as a shell has them (`*`, `?`, `[a-z]`), 0-d or a vector; wildcards match within a part of the path.

Returns:
  A vector of names.

Raises:
  InvalidArgumentError: `pattern` has more than one dimension (TG-0103).
)")
    .infer<infer_matching>()
    .kernel<matching>()
    .effects(TG_EFFECT_READS | TG_EFFECT_RANDOM);

void infer_crc(InferContext& c) { c.set_output(0, TG_UINT32, c.dims(0)); }

void crc(KernelContext& c) {
  Strings input(c, 0);
  uint32_t* out = c.output<uint32_t>(0);
  for (int64_t i = 0; i < input.count(); ++i) out[i] = kernels::crc32c(input[i].data(), input[i].size());
}

TG_OP("string_crc32c(input: string) -> uint32")
    .summary("The CRC-32C checksums of strings (RFC 3720).")
    .doc(R"(Args:
  input: strings.

Returns:
  A uint32 tensor of the same shape.
)")
    .samples(R"([{"inputs": [{"dtype": "string", "value": ["", "123456789"]}]}])")
    .infer<infer_crc>()
    .kernel<crc>();

}  // namespace
}  // namespace tg
