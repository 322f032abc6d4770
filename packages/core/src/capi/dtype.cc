#include "tensor/dtype.h"

#include "capi/capi.h"

namespace tg::capi {

const tg_dtype_api dtype_api = {sizeof(tg_dtype_api), [](int32_t dtype) { return dtype_size(dtype); },
                                [](int32_t dtype) { return dtype_to_name(dtype); },
                                [](const char* name) -> int32_t { return dtype_from_name(name); }};

}  // namespace tg::capi
