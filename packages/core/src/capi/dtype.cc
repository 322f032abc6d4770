#include "tensor/dtype.h"

#include "base/thread_pool.h"
#include "capi/capi.h"
#include "kernels/elementwise.h"

namespace tg::capi {
namespace {

tg_status* convert(int32_t from, int32_t to, const void* source, void* target, int64_t count) {
  return guard([&] {
    if (count > 0) require(source, "source"), require(target, "target");
    kernels::Parallel pool;
    pool.run = [](void*, int64_t chunks, void (*fn)(void*, int64_t), void* arg) { parallel_for(chunks, fn, arg); };
    if (kernels::cast(static_cast<kernels::DType>(from), static_cast<kernels::DType>(to), source, target, count,
                      pool) != kernels::Status::kOk)
      throw Error(TG_UNIMPLEMENTED, "TG-0121",
                  std::string("only numbers can be converted. Received: from=") + dtype_to_name(from) +
                      ", to=" + dtype_to_name(to));
  });
}

}  // namespace

const tg_dtype_api dtype_api = {sizeof(tg_dtype_api), [](int32_t dtype) { return dtype_size(dtype); },
                                [](int32_t dtype) { return dtype_to_name(dtype); },
                                [](const char* name) -> int32_t { return dtype_from_name(name); }, convert};

}  // namespace tg::capi
