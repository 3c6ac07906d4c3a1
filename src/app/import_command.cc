#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <vector>

#include "api/import_job.h"
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
  api::ImportRequest request;
  request.actor = "cli";
  request.map = options.map;
  std::vector<FieldError> wrong;
  api::read_csv_options(options.encoding, options.delimiter, request.csv, wrong);
  if (!wrong.empty()) {
    const Result<void> refused = invalid(std::move(wrong));
    report_error(refused.error());
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
  request.bytes_total = from_stdin || unknown_size ? 0 : static_cast<std::int64_t>(size);
  const std::int64_t bytes_total = request.bytes_total;
  request.name =
      !options.name.empty() ? options.name : std::filesystem::path(options.file).stem().string();
  const std::string name = request.name;

  const auto local = LocalStore::open(options.data, false);
  if (!local) return report_error(local.error());
  store::Imports& imports = (*local)->store().imports();
  api::CsvImport import(std::move(request), imports, (*local)->clock());
  const auto give_up = [&import](const Error& error) {
    import.abandon(store::ImportState::failed, error.message);
    return report_error(error);
  };
  std::vector<char> buffer(256 * 1024);
  std::int64_t read_bytes = 0;
  ProgressBar bar("Importing");
  while (true) {
    const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), file.get());
    if (n == 0) break;
    if (auto fed = import.feed({buffer.data(), n}); !fed) return give_up(fed.error());
    read_bytes += static_cast<std::int64_t>(n);
    bar.show(read_bytes, bytes_total);
  }
  if (std::ferror(file.get()) != 0) {
    return give_up({ErrorKind::unavailable, "The file could not be read to its end", {}});
  }
  const auto ended = import.finish();
  if (!ended) return give_up(ended.error());
  bar.clear();
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
