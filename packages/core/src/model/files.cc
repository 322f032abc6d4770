#include "model/files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/status.h"

namespace tg {
namespace {

// Messages of protobuf end here.
constexpr int64_t kLargestMessage = (int64_t{1} << 31) - 1;
// Without waiting: a pipe under the name of a file must not hold a reader up.
constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;

[[noreturn]] void wrong(const std::string& path, const std::string& what) {
  throw Error(TG_DATA_LOSS, "TG-0405",
              "the files of a model must be those that saved_model.pb names, with their sizes: " + what +
                  ". Received: " + path);
}

std::string reason_of(int error) { return error == ELOOP ? "it is a symbolic link" : std::strerror(error); }

struct File {
  explicit File(int descriptor) : descriptor(descriptor) {}
  ~File() {
    if (descriptor >= 0) close(descriptor);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int descriptor;
};

struct Mapping {
  void* data;
  size_t bytes;
};

void check_size(const File& file, const std::string& path, uint64_t size) {
  struct stat info;
  if (fstat(file.descriptor, &info) != 0 || !S_ISREG(info.st_mode)) wrong(path, "it is no regular file");
  if (static_cast<uint64_t>(info.st_size) != size)
    wrong(path, "its size is " + std::to_string(info.st_size) + " instead of " + std::to_string(size));
}

// Fills a block; how much there was.
size_t read_all(int descriptor, char* block, size_t bytes, int* error) {
  size_t done = 0;
  while (done < bytes) {
    ssize_t count = read(descriptor, block + done, bytes - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) *error = errno;
    if (count <= 0) break;
    done += static_cast<size_t>(count);
  }
  return done;
}

}  // namespace

std::string read_model_file(const std::string& directory) {
  const std::string path = directory + "/saved_model.pb";
  auto fail = [&](const std::string& what) {
    throw Error(TG_NOT_FOUND, "TG-0401",
                "a saved model is a directory with a saved_model.pb. Received: " + path + " (" + what + ")");
  };
  File file(open(path.c_str(), kFlags));
  if (file.descriptor < 0) fail(reason_of(errno));
  struct stat info;
  if (fstat(file.descriptor, &info) != 0 || !S_ISREG(info.st_mode)) fail("it is no regular file");
  if (info.st_size > kLargestMessage) fail("it is larger than 2 GB, which no message can be");
  std::string bytes(static_cast<size_t>(info.st_size), '\0');
  int error = 0;
  bytes.resize(read_all(file.descriptor, &bytes[0], bytes.size(), &error));
  if (error) fail(std::strerror(error));
  return bytes;
}

Ref<Buffer> open_weights(const std::string& directory, const std::string& name, uint64_t size, bool mmap_wanted) {
  const std::string path = directory + "/" + name;
  File file(open(path.c_str(), kFlags));
  if (file.descriptor < 0) wrong(path, reason_of(errno));
  check_size(file, path, size);
  size_t bytes = static_cast<size_t>(size);
  if (bytes == 0) return make_ref<Buffer>(size_t{0});
  if (mmap_wanted) {
    void* data = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, file.descriptor, 0);
    if (data != MAP_FAILED) {
      auto* mapping = new Mapping{data, bytes};
      return make_ref<Buffer>(data, bytes, [](void* context) {
        auto* done = static_cast<Mapping*>(context);
        munmap(done->data, done->bytes);
        delete done;
      }, mapping);
    }
    // A file system without mapping: read it.
  }
  Ref<Buffer> buffer = make_ref<Buffer>(bytes);
  int error = 0;
  if (read_all(file.descriptor, static_cast<char*>(buffer->data()), bytes, &error) < bytes)
    wrong(path, error ? std::strerror(error) : "it ends early");
  return buffer;
}

std::string find_asset(const std::string& directory, const std::string& name, uint64_t size) {
  const std::string path = directory + "/assets/" + name;
  int at = open((directory + "/assets").c_str(), kFlags | O_DIRECTORY);
  for (size_t begin = 0; at >= 0 && begin <= name.size();) {
    size_t end = std::min(name.find('/', begin), name.size());
    File parent(at);
    at = openat(parent.descriptor, name.substr(begin, end - begin).c_str(), kFlags);
    begin = end + 1;
  }
  int error = errno;
  File file(at);
  if (file.descriptor < 0) wrong(path, reason_of(error));
  check_size(file, path, size);
  return path;
}

}  // namespace tg
