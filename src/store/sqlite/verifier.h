#pragma once
// `headway verify`: recounts every counter from the ledger tables, on one snapshot of a connection of its own.
// Knows nothing of domain/lead.cc's deltas: what a counter means is written here a second time, from
// docs/METRICS.md and the tables of facts.

#include <string>

#include "store/access.h"

namespace headway::store::sqlite {

class SqliteVerifier final : public Verifier {
 public:
  SqliteVerifier(std::string path, std::string vfs)
      : path_(std::move(path)), vfs_(std::move(vfs)) {}

  Result<VerifyReport> verify(
      const std::function<bool(std::int64_t, std::int64_t)>& progress) override;

 private:
  const std::string path_, vfs_;
};

}  // namespace headway::store::sqlite
