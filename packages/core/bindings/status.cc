// From the engine's errors to Python exceptions and back.
#include "native.h"

namespace tgpy {

namespace {

PyObject* error_factory = nullptr;
const char kParked[] = "TG-0001: parked";

struct Parked {
  PyObject* type = nullptr;
  PyObject* value = nullptr;
  PyObject* trace = nullptr;
};
thread_local Parked parked;

void set_python_error(int code, const char* error_code, const char* message) {
  if (error_factory == nullptr) {
    PyErr_Format(PyExc_RuntimeError, "%s (%s)", message, error_code);
    return;
  }
  // A message may quote a damaged file.
  PyObject* text = PyUnicode_DecodeUTF8(message, static_cast<Py_ssize_t>(std::strlen(message)), "replace");
  if (text == nullptr) return;
  PyObject* error = PyObject_CallFunction(error_factory, "isN", code, error_code, text);
  if (error == nullptr) return;  // the factory's own error is what the caller sees
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(error)), error);
  Py_DECREF(error);
}

}  // namespace

void set_error_factory(py::object factory) {
  Py_XDECREF(error_factory);
  error_factory = factory.release().ptr();
}

void raise(tg_status* status) {
  if (status == nullptr) return;
  const char* message = api().status->message(status);
  if (parked.type != nullptr && std::strstr(message, kParked) != nullptr) {
    PyErr_Restore(parked.type, parked.value, parked.trace);
    parked = Parked();
  } else {
    set_python_error(api().status->code(status), api().status->error_code(status), message);
  }
  api().status->destroy(status);
  throw py::error_already_set();
}

void fail(int code, const char* error_code, const std::string& message) {
  set_python_error(code, error_code, message.c_str());
  throw py::error_already_set();
}

tg_status* park_python_error() {
  Py_XDECREF(parked.type);
  Py_XDECREF(parked.value);
  Py_XDECREF(parked.trace);
  PyErr_Fetch(&parked.type, &parked.value, &parked.trace);
  return api().status->create(TG_UNKNOWN, "TG-0001", kParked);
}

void translate_exception() noexcept {
  try {
    throw;
  } catch (py::error_already_set& error) {
    error.restore();
  } catch (const py::builtin_exception& error) {
    error.set_error();
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::exception& error) {
    set_python_error(TG_INTERNAL, "TG-0001", error.what());
  } catch (...) {
    set_python_error(TG_INTERNAL, "TG-0001", "an unknown C++ exception");
  }
}

std::string brief(py::handle value) {
  const size_t limit = 80;
  PyObject* text = PyObject_Repr(value.ptr());
  if (text == nullptr) {
    PyErr_Clear();
    return std::string("<") + Py_TYPE(value.ptr())->tp_name + ">";
  }
  Py_ssize_t size = 0;
  const char* utf8 = PyUnicode_AsUTF8AndSize(text, &size);
  std::string result = utf8 != nullptr ? std::string(utf8, static_cast<size_t>(size)) : std::string("<unprintable>");
  if (utf8 == nullptr) PyErr_Clear();
  Py_DECREF(text);
  if (result.size() > limit) {
    size_t end = limit;
    while (end > 0 && (static_cast<unsigned char>(result[end]) & 0xC0) == 0x80) --end;  // whole characters
    result = result.substr(0, end) + "...";
  }
  return result;
}

}  // namespace tgpy
