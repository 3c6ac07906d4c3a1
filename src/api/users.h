#pragma once
// A user as the API takes and answers one.

#include <optional>
#include <string>

#include "api/json_reader.h"
#include "api/json_writer.h"
#include "store/users.h"

namespace headway::api {

void write_user(JsonWriter& w, const store::UserRow& user);

// name, email and password, all required; what is wrong is noted in `f`. The password, for hashing.
std::optional<std::string> read_new_user(Fields& f, store::NewUser& user);

}  // namespace headway::api
