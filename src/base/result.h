#pragma once
// Errors are values with a cause a person can act on. `Result<T>` is the only way a
// function reports an expected failure; exceptions are reserved for exhausted memory
// and for third-party code, and are caught at thread and request roots only.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace headway {

enum class ErrorKind {
  invalid,      // the input is wrong; `fields` names what and why
  not_found,    // the thing named does not exist in this workspace
  conflict,     // the state forbids it, or a fence or version is stale; nothing was changed
  unavailable,  // could not be tried or was certainly not applied; trying again is safe
  ambiguous,    // may or may not have been applied; must be settled by reading back
  too_large,    // over a stated size limit
  forbidden,    // the caller may not do this
  corrupt,      // stored bytes are damaged; a person must act
  internal,     // a defect of ours
};

struct FieldError {
  std::string field;  // dotted path as the client wrote it: "steps.0.delay"
  std::string message;
  bool operator==(const FieldError&) const = default;
};

struct [[nodiscard]] Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;             // one sentence, no personal data
  std::vector<FieldError> fields;  // only with ErrorKind::invalid
};

template <class T = void>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorKind kind, std::string message) {
  return tl::unexpected<Error>(Error{kind, std::move(message), {}});
}
inline tl::unexpected<Error> invalid(std::string field, std::string message) {
  Error e{ErrorKind::invalid, "Invalid request", {}};
  e.fields.push_back({std::move(field), std::move(message)});
  return tl::unexpected<Error>(std::move(e));
}
inline tl::unexpected<Error> invalid(std::vector<FieldError> fields) {
  return tl::unexpected<Error>(Error{ErrorKind::invalid, "Invalid request", std::move(fields)});
}

std::string_view to_string(ErrorKind kind);

}  // namespace headway
