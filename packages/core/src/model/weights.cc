#include "model/weights.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/status.h"

namespace tg {
namespace {

[[noreturn]] void wrong(const std::string& path, const std::string& what) {
  throw Error(TG_DATA_LOSS, "TG-0405",
              "the weight files must be those that saved_model.pb names, with their sizes: " + what +
                  ". Received: " + path);
}

struct File {
  explicit File(const std::string& path) : descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (descriptor >= 0) close(descriptor);
  }
  int descriptor;
};

struct Mapping {
  void* data;
  size_t bytes;
};

}  // namespace

Ref<Buffer> open_weights(const std::string& path, uint64_t size, bool mmap_wanted) {
  File file(path);
  if (file.descriptor < 0) wrong(path, std::strerror(errno));
  struct stat info;
  if (fstat(file.descriptor, &info) != 0 || !S_ISREG(info.st_mode)) wrong(path, "it is no regular file");
  if (static_cast<uint64_t>(info.st_size) != size)
    wrong(path, "its size is " + std::to_string(info.st_size) + " instead of " + std::to_string(size));
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
  size_t done = 0;
  while (done < bytes) {
    ssize_t count = read(file.descriptor, static_cast<char*>(buffer->data()) + done, bytes - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) wrong(path, count < 0 ? std::strerror(errno) : "it ends early");
    done += static_cast<size_t>(count);
  }
  return buffer;
}

}  // namespace tg
