#include "api/import_job.h"

#include <utility>

namespace headway::api {

void read_csv_options(const std::string& encoding, const std::string& delimiter,
                      domain::CsvOptions& options, std::vector<FieldError>& errors) {
  if (!encoding.empty()) {
    const auto known = domain::parse_csv_encoding(encoding);
    if (known) {
      options.encoding = *known;
    } else {
      errors.push_back({"encoding", "Must be utf-8, latin-1 or windows-1252"});
    }
  }
  if (delimiter.empty()) return;
  options.delimiter = domain::parse_csv_delimiter(delimiter);
  if (!options.delimiter) {
    errors.push_back({"delimiter", "Must be a comma, a semicolon, a bar or tab"});
  }
}

ImportBatches::~ImportBatches() {
  if (begun() && !ended_) {
    (void)finish(store::ImportState::interrupted, "The import was given up");
  }
  join();
}

Result<void> ImportBatches::begin(const ImportRequest& request) {
  const auto job =
      imports_.begin(request.name, request.into, request.bytes_total, request.actor, clock_.wall());
  if (!job) return tl::unexpected(job.error());
  job_ = job->id;
  writer_ = std::thread([this] { write_all(); });
  return {};
}

void ImportBatches::person(domain::Person person) {
  filling_.text += person.name.size() + person.email.size() + person.phone.size() +
                   person.messenger_id.size() + person.external_id.size() + person.consent.size() +
                   person.attributes.size();
  filling_.people.push_back(std::move(person));
  if (filling_.full()) hand_over();
}

void ImportBatches::rejection(store::ImportRejection rejection) {
  filling_.text += rejection.reason.size();
  filling_.rejections.push_back(std::move(rejection));
  if (filling_.full()) hand_over();
}

std::optional<Error> ImportBatches::problem() {
  std::lock_guard lock(mutex_);
  return problem_;
}

void ImportBatches::hand_over() {
  filling_.bytes = bytes_;
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return !ready_ || problem_; });
  if (!problem_) ready_ = std::move(filling_);
  filling_ = {};
  wake_.notify_all();
}

void ImportBatches::write_all() {
  while (true) {
    Batch batch;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return ready_ || last_; });
      if (!ready_) return;
      batch = std::move(*ready_);
      ready_.reset();
      wake_.notify_all();
    }
    const auto written =
        imports_.append(job_, batch.people, batch.rejections, batch.bytes, clock_.wall());
    if (written) continue;
    std::lock_guard lock(mutex_);
    problem_ = written.error();
    wake_.notify_all();
    return;
  }
}

void ImportBatches::join() {
  {
    std::lock_guard lock(mutex_);
    last_ = true;
    wake_.notify_all();
  }
  if (writer_.joinable()) writer_.join();
}

Result<store::ImportJob> ImportBatches::finish(store::ImportState state, const std::string& error) {
  hand_over();
  join();
  ended_ = true;
  if (problem_) {
    (void)imports_.end(job_, store::ImportState::failed, problem_->message, clock_.wall());
    return tl::unexpected(*problem_);
  }
  return imports_.end(job_, state, error, clock_.wall());
}

CsvImport::CsvImport(ImportRequest request, store::Imports& imports, runtime::Clock& clock)
    : request_(std::move(request)), batches_(imports, clock), reader_(request_.csv, *this) {}

Result<void> CsvImport::feed(std::string_view chunk) {
  bytes_ += static_cast<std::int64_t>(chunk.size());
  batches_.bytes(bytes_);
  auto fed = reader_.feed(chunk);
  if (!fed) return fed;
  if (const auto problem = batches_.problem()) return tl::unexpected(*problem);
  return {};
}

Result<store::ImportJob> CsvImport::finish() {
  if (auto read = reader_.finish(); !read) return tl::unexpected(read.error());
  if (reader_.rows() == 0) {
    return batches_.finish(store::ImportState::failed, "The file has no rows");
  }
  return batches_.finish(store::ImportState::done, "");
}

std::optional<store::ImportJob> CsvImport::abandon(store::ImportState state,
                                                   const std::string& error) {
  if (!batches_.begun()) return std::nullopt;
  auto job = batches_.finish(state, error);
  if (!job) return std::nullopt;
  return *job;
}

Result<void> CsvImport::header(const std::vector<std::string>& columns) {
  auto map = domain::ImportMap::make(columns, request_.map);
  if (!map) return tl::unexpected(map.error());
  map_ = std::move(*map);
  return batches_.begin(request_);
}

void CsvImport::row(std::int64_t line, const std::vector<std::string>& fields) {
  auto read = map_->row(fields);
  if (auto* person = std::get_if<domain::Person>(&read)) {
    batches_.person(std::move(*person));
  } else {
    auto& rejection = std::get<domain::ImportMap::Rejection>(read);
    batches_.rejection({line, std::move(rejection.column), std::move(rejection.reason)});
  }
}

void CsvImport::reject(std::int64_t line, std::string_view column, std::string_view reason) {
  batches_.rejection({line, std::string(column), std::string(reason)});
}

}  // namespace headway::api
