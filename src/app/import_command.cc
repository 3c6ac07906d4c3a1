#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

#include "api/csv_import.h"
#include "app/commands.h"
#include "app/local_store.h"
#include "app/progress_bar.h"

namespace headway::app {
namespace {

constexpr int kRejectionsShown = 20;

struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

void print_rejections(store::Imports& imports, const store::ImportJob& job) {
  const auto rows = imports.rejections(job.id, 0, kRejectionsShown);
  if (!rows || rows->empty()) return;
  std::puts("Rejected:");
  for (const store::ImportRejection& r : *rows) {
    std::printf("  line %lld%s%s: %s\n", static_cast<long long>(r.line),
                r.column.empty() ? "" : ", column ", r.column.c_str(), r.reason.c_str());
  }
  if (job.rejected > static_cast<std::int64_t>(rows->size())) {
    std::printf("  and %lld more\n",
                static_cast<long long>(job.rejected - static_cast<std::int64_t>(rows->size())));
  }
}

}  // namespace

int run_import(const ImportOptions& options) {
  auto csv = api::csv_import_options(options.map, options.encoding, options.delimiter);
  if (!csv) {
    report_error(csv.error());
    return kUsage;
  }
  const bool from_stdin = options.file == "-";
  const File file(from_stdin ? stdin : std::fopen(options.file.c_str(), "rbe"));
  if (!file) {
    std::fprintf(stderr, "headway: cannot read %s\n", options.file.c_str());
    return kFailed;
  }
  std::error_code unknown_size;
  const auto size = from_stdin ? 0 : std::filesystem::file_size(options.file, unknown_size);
  const std::int64_t bytes_total = from_stdin || unknown_size ? 0 : static_cast<std::int64_t>(size);

  const auto local = LocalStore::open(options.data, false);
  if (!local) return report_error(local.error());
  store::Imports& imports = (*local)->store().imports();
  const std::string name =
      !options.name.empty() ? options.name : std::filesystem::path(options.file).stem().string();
  auto job = imports.begin(name, std::nullopt, bytes_total, "cli", (*local)->clock().wall());
  if (!job) return report_error(job.error());

  api::CsvImport import(imports, (*local)->clock(), *job, std::move(*csv));
  std::array<char, 256 * 1024> buffer{};
  std::int64_t read_bytes = 0;
  Result<store::ImportJob> ended = *job;
  {
    ProgressBar bar("Importing");
    while (true) {
      const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), file.get());
      if (n == 0) break;
      if (auto fed = import.feed({buffer.data(), n}); !fed) {
        static_cast<void>(import.abandon(store::ImportState::failed, fed.error().message));
        return report_error(fed.error());
      }
      read_bytes += static_cast<std::int64_t>(n);
      bar.show(read_bytes, bytes_total);
    }
    ended = std::ferror(file.get()) != 0 ? import.abandon(store::ImportState::failed,
                                                          "The file could not be read to its end")
                                         : import.finish();
  }
  if (!ended) return report_error(ended.error());
  std::printf("%s: %lld people accepted, %lld duplicates, %lld rows rejected. Collection %s.\n",
              name.c_str(), static_cast<long long>(ended->accepted),
              static_cast<long long>(ended->duplicate), static_cast<long long>(ended->rejected),
              to_string(ended->collection).c_str());
  print_rejections(imports, *ended);
  if (ended->state != store::ImportState::done) {
    std::fprintf(stderr, "headway: %s\n", ended->error.c_str());
    return kFailed;
  }
  return ended->accepted + ended->duplicate == 0 ? kWrong : kDone;
}

}  // namespace headway::app
