#include "api/csv_import.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

namespace headway::api {

Result<CsvImportOptions> csv_import_options(std::string map, std::string_view encoding,
                                            std::string_view delimiter) {
  CsvImportOptions options;
  options.map = std::move(map);
  std::vector<FieldError> errors;
  if (!encoding.empty()) {
    if (const auto known = domain::parse_csv_encoding(encoding)) {
      options.csv.encoding = *known;
    } else {
      errors.push_back({"encoding", "Must be utf-8, latin-1 or windows-1252"});
    }
  }
  if (!delimiter.empty()) {
    options.csv.delimiter = domain::parse_csv_delimiter(delimiter);
    if (!options.csv.delimiter) {
      errors.push_back({"delimiter", "Must be a comma, a semicolon, a bar or tab"});
    }
  }
  if (!errors.empty()) return invalid(std::move(errors));
  return options;
}

CsvImport::CsvImport(store::Imports& imports, const runtime::Clock& clock, store::ImportJob job,
                     CsvImportOptions options)
    : imports_(imports),
      clock_(clock),
      job_(std::move(job)),
      options_(std::move(options)),
      reader_(options_.csv, *this) {}

Result<void> CsvImport::feed(std::string_view chunk) {
  // In pieces, so that one huge chunk does not make one huge batch.
  constexpr std::size_t kPiece = 256 * 1024;
  while (!chunk.empty()) {
    const std::string_view piece = chunk.substr(0, kPiece);
    chunk.remove_prefix(piece.size());
    bytes_ += static_cast<std::int64_t>(piece.size());
    if (auto read = reader_.feed(piece); !read) return read;
    if (auto written = flush_when_full(); !written) return written;
  }
  return {};
}

Result<store::ImportJob> CsvImport::finish() {
  if (auto read = reader_.finish(); !read) {
    return abandon(store::ImportState::failed, read.error().fields.empty()
                                                   ? read.error().message
                                                   : read.error().fields.front().message);
  }
  if (auto written = flush(); !written) return tl::unexpected(written.error());
  if (reader_.rows() == 0) return end(store::ImportState::failed, "The file has no rows");
  return end(store::ImportState::done, "");
}

Result<store::ImportJob> CsvImport::abandon(store::ImportState state, std::string_view why) {
  if (auto written = flush(); !written) return tl::unexpected(written.error());
  return end(state, why);
}

Result<void> CsvImport::header(const std::vector<std::string>& columns) {
  auto map = domain::ImportMap::make(columns, options_.map);
  if (!map) return tl::unexpected(map.error());
  map_ = std::move(*map);
  return {};
}

void CsvImport::row(std::int64_t line, const std::vector<std::string>& fields) {
  auto read = map_->row(fields);
  if (auto* rejected = std::get_if<domain::ImportMap::Rejection>(&read)) {
    rejections_.push_back({line, std::move(rejected->column), std::move(rejected->reason)});
    return;
  }
  for (const std::string& field : fields) batch_bytes_ += field.size();
  people_.push_back(std::move(std::get<domain::Person>(read)));
}

void CsvImport::reject(std::int64_t line, std::string_view column, std::string_view reason) {
  rejections_.push_back({line, std::string(column), std::string(reason)});
}

Result<void> CsvImport::flush_when_full() {
  const bool full = people_.size() >= kBatchRows || rejections_.size() >= kBatchRows ||
                    batch_bytes_ >= kBatchBytes;
  return full ? flush() : Result<void>{};
}

Result<void> CsvImport::flush() {
  // A piece may hold more rows than a call to the store takes.
  constexpr std::size_t kCallRows = 10'000;
  std::size_t done = 0;
  do {
    const std::size_t n = std::min(kCallRows, people_.size() - done);
    const std::vector<domain::Person> part(
        std::make_move_iterator(people_.begin() + static_cast<std::ptrdiff_t>(done)),
        std::make_move_iterator(people_.begin() + static_cast<std::ptrdiff_t>(done + n)));
    auto appended = imports_.append(job_.id, part, rejections_, bytes_, clock_.wall());
    if (!appended) return tl::unexpected(appended.error());
    job_ = std::move(*appended);
    rejections_.clear();
    done += n;
  } while (done < people_.size());
  people_.clear();
  batch_bytes_ = 0;
  return {};
}

Result<store::ImportJob> CsvImport::end(store::ImportState state, std::string_view why) {
  auto ended = imports_.end(job_.id, state, std::string(why), clock_.wall());
  if (ended) job_ = *ended;
  return ended;
}

}  // namespace headway::api
