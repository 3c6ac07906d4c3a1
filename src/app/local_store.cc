#include "app/local_store.h"

#include <filesystem>
#include <system_error>

namespace headway::app {

std::string database_path(const std::string& data) {
  return (std::filesystem::path(data) / "headway.db").string();
}

Result<std::unique_ptr<LocalStore>> LocalStore::open(const std::string& data, bool read_only,
                                                     int readers) {
  std::error_code problem;
  if (read_only) {
    if (!std::filesystem::exists(database_path(data), problem)) {
      return fail(ErrorKind::not_found,
                  "There is no Headway database in " + data + ". Name its folder with --data.");
    }
  } else if (std::filesystem::create_directories(data, problem); problem) {
    return fail(ErrorKind::unavailable,
                "Cannot make the folder " + data + ": " + problem.message());
  }
  std::unique_ptr<LocalStore> local(new LocalStore);
  store::sqlite::Options options;
  options.path = database_path(data);
  options.read_only = read_only;
  options.readers = readers;
  auto opened =
      store::sqlite::SqliteStore::open(options, local->executor_, local->clock_, local->entropy_);
  if (!opened) return tl::unexpected(opened.error());
  local->store_ = std::move(*opened);
  return local;
}

}  // namespace headway::app
