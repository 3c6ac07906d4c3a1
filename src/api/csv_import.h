#pragma once
// A CSV file, chunk by chunk, into a collection: the one way in for uploads and for the command line.
// Memory is one batch, whatever the size of the file. Good rows are kept when others are bad, and what
// was appended before a cut-off or a failure is kept as well; the job says so.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/csv.h"
#include "domain/import_row.h"
#include "domain/person.h"
#include "runtime/clock.h"
#include "store/catalog.h"

namespace headway::api {

struct CsvImportOptions {
  std::string map;  // as domain::ImportMap::make takes it
  domain::CsvOptions csv;
};

// "map", "encoding" and "delimiter" as clients write them; field errors under those names.
Result<CsvImportOptions> csv_import_options(std::string map, std::string_view encoding,
                                            std::string_view delimiter);

class CsvImport final : private domain::CsvSink {
 public:
  // `job`: running, from Imports::begin. The references outlive this object.
  CsvImport(store::Imports& imports, const runtime::Clock& clock, store::ImportJob job,
            CsvImportOptions options);

  // Blocks while a batch is written. After an error every further call returns it; the caller then
  // calls abandon().
  Result<void> feed(std::string_view chunk);
  // The whole file was fed: appends the rest and ends the job, as `failed` when there was no usable
  // header or no row at all.
  Result<store::ImportJob> finish();
  // The file ended too early or was given up: keeps what is complete, ends the job with this state and reason.
  Result<store::ImportJob> abandon(store::ImportState state, std::string_view why);

  const store::ImportJob& job() const { return job_; }

 private:
  static constexpr std::size_t kBatchRows = 5000;
  static constexpr std::size_t kBatchBytes = 4 << 20;

  Result<void> header(const std::vector<std::string>& columns) override;
  void row(std::int64_t line, const std::vector<std::string>& fields) override;
  void reject(std::int64_t line, std::string_view column, std::string_view reason) override;
  Result<void> flush_when_full();
  Result<void> flush();
  Result<store::ImportJob> end(store::ImportState state, std::string_view why);

  store::Imports& imports_;
  const runtime::Clock& clock_;
  store::ImportJob job_;
  CsvImportOptions options_;
  domain::CsvReader reader_;
  std::optional<domain::ImportMap> map_;
  std::vector<domain::Person> people_;
  std::vector<store::ImportRejection> rejections_;
  std::size_t batch_bytes_ = 0;
  std::int64_t bytes_ = 0;  // fed so far
};

}  // namespace headway::api
