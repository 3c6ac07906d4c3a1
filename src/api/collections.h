#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "api/json_writer.h"
#include "store/catalog.h"

namespace headway::api {

void write_job(JsonWriter& w, const std::optional<store::ImportJob>& job);  // "job": {...} or null
std::string csv_cell(std::string_view text);  // quoted where it must be (RFC 4180)

}  // namespace headway::api
