#pragma once
// One import: people and rejections come in, go to the store in batches beside the reading, and are
// kept whatever happens to the rest. Used by POST /leads/import and `headway import`.

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.h"
#include "domain/csv.h"
#include "domain/import_row.h"
#include "runtime/clock.h"
#include "store/catalog.h"

namespace headway::api {

struct ImportRequest {
  std::string name;
  std::optional<CollectionId> into;
  std::int64_t bytes_total = 0;  // 0 = unknown
  std::string actor;
  std::string map;
  domain::CsvOptions csv;
};
// From what clients write; errors under "encoding" and "delimiter".
void read_csv_options(const std::string& encoding, const std::string& delimiter,
                      domain::CsvOptions& options, std::vector<FieldError>& errors);

// Batches on their way to the store: one is written while the next is read.
class ImportBatches {
 public:
  ImportBatches(store::Imports& imports, runtime::Clock& clock)
      : imports_(imports), clock_(clock) {}
  ~ImportBatches();  // as finish(interrupted)
  ImportBatches(const ImportBatches&) = delete;
  ImportBatches& operator=(const ImportBatches&) = delete;

  Result<void> begin(const ImportRequest& request);
  bool begun() const { return job_ != 0; }
  void person(domain::Person person);
  void rejection(store::ImportRejection rejection);
  void bytes(std::int64_t so_far) { bytes_ = so_far; }
  // The store's failure, if it refused a batch: nothing more is taken then.
  std::optional<Error> problem();
  // Everything read so far is written; then the job ends so.
  Result<store::ImportJob> finish(store::ImportState state, const std::string& error);

 private:
  // Whichever comes first; up to three batches are in memory.
  static constexpr std::size_t kRowsMax = 5000, kTextBytesMax = 4 << 20;
  struct Batch {
    std::vector<domain::Person> people;
    std::vector<store::ImportRejection> rejections;
    std::size_t text = 0;    // bytes in them
    std::int64_t bytes = 0;  // of the source, read so far
    bool full() const {
      return people.size() + rejections.size() >= kRowsMax || text >= kTextBytesMax;
    }
  };
  void hand_over();
  void write_all();
  void join();

  store::Imports& imports_;
  runtime::Clock& clock_;
  std::int64_t job_ = 0;
  std::int64_t bytes_ = 0;
  Batch filling_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::optional<Batch> ready_;
  bool last_ = false, ended_ = false;
  std::optional<Error> problem_;
  std::thread writer_;
};

// CSV into batches.
class CsvImport final : private domain::CsvSink {
 public:
  CsvImport(ImportRequest request, store::Imports& imports, runtime::Clock& clock);
  // Errors: the file cannot be read as a whole, or the store refuses. Then call abandon().
  Result<void> feed(std::string_view chunk);
  Result<store::ImportJob> finish();
  // Ends the job with what was read so far, when it was begun at all.
  std::optional<store::ImportJob> abandon(store::ImportState state, const std::string& error);

 private:
  Result<void> header(const std::vector<std::string>& columns) override;
  void row(std::int64_t line, const std::vector<std::string>& fields) override;
  void reject(std::int64_t line, std::string_view column, std::string_view reason) override;

  ImportRequest request_;
  ImportBatches batches_;
  domain::CsvReader reader_;
  std::optional<domain::ImportMap> map_;
  std::int64_t bytes_ = 0;
};

}  // namespace headway::api
