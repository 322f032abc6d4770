// Errors inside C++ code: thrown here, turned into tg_status objects at the C boundary.
#ifndef TENSEGRA_ERROR_HPP_
#define TENSEGRA_ERROR_HPP_

#include <exception>
#include <string>
#include <utility>

#include "tensegra/c/status.h"

namespace tg {

// code: canonical; error_code: the catalogue's ("TG-0102"); message: "rule. Received: name=value".
class Error : public std::exception {
 public:
  Error(int code, std::string error_code, std::string message)
      : code_(code), error_code_(std::move(error_code)), message_(std::move(message)) {}
  const char* what() const noexcept override { return message_.c_str(); }
  int code() const { return code_; }
  const std::string& error_code() const { return error_code_; }
  const std::string& message() const { return message_; }

 private:
  int code_;
  std::string error_code_;
  std::string message_;
};

// invalid_argument("TG-0103", "x must be a matrix", "x.shape=(2,)")
inline Error invalid_argument(const char* error_code, const std::string& rule, const std::string& received = "") {
  return Error(TG_INVALID_ARGUMENT, error_code, received.empty() ? rule + "." : rule + ". Received: " + received);
}

}  // namespace tg

#endif  // TENSEGRA_ERROR_HPP_
