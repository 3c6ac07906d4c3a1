#pragma once
// Keys, audit, remembered answers, and the store's own health. Blocking and thread-safe, as catalog.h.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/strong_id.h"
#include "base/time.h"
#include "domain/user.h"
#include "store/reader.h"

namespace headway::store {

struct ApiKeyRow {
  ApiKeyId id;
  std::string name;
  std::string prefix;  // "mf_1a2b", to tell keys apart
  int rate_limit_per_minute = 600;
  domain::Role role = domain::Role::owner;  // may as much as a user of this role
  Instant created_at{};
  std::optional<Instant> last_used_at, revoked_at;
};
struct AuditRow {
  std::int64_t id = 0;
  Instant at{};
  std::string actor, action, object, detail;
};
struct RememberedAnswer {
  std::string request_hash;  // SHA-256 of method, path and body
  int status = 0;            // 0 = still being worked on
  std::string body;
};

class Access {
 public:
  virtual ~Access() = default;
  // `key_hash`: SHA-256 of the whole key, hex. The key itself never reaches the store.
  virtual Result<ApiKeyRow> create_key(const std::string& name, const std::string& key_hash,
                                       const std::string& prefix, int rate_limit_per_minute,
                                       domain::Role role, const std::string& actor,
                                       Instant now) = 0;
  virtual Result<std::optional<ApiKeyRow>> find_key(
      const std::string& key_hash) = 0;  // [cheap]; not the revoked
  virtual Result<Page<ApiKeyRow>> keys(const Paging& p) = 0;
  virtual Result<void> revoke_key(ApiKeyId id, const std::string& actor, Instant now) = 0;
  virtual Result<void> touch_key(ApiKeyId id, Instant now) = 0;  // at most once a minute per key

  virtual Result<Page<AuditRow>> audit(const Paging& p) = 0;

  // Idempotency-Key. Reserve answers nullopt when this call now owns the key; else what is remembered.
  // Kept for 24 h, at most 100,000. `key`: of a key or of a user; both come from one sequence.
  virtual Result<std::optional<RememberedAnswer>> reserve_answer(ApiKeyId key,
                                                                 const std::string& idempotency_key,
                                                                 const std::string& request_hash,
                                                                 Instant now) = 0;
  virtual Result<void> remember_answer(ApiKeyId key, const std::string& idempotency_key, int status,
                                       const std::string& body) = 0;
  virtual Result<void> forget_answer(ApiKeyId key,
                                     const std::string& idempotency_key) = 0;  // after a 5xx

  struct Health {
    bool writable = false;
    std::string problem;  // for a person: "disk full", "read-only", "damaged: ..."
    std::int64_t schema_version = 0, file_bytes = 0, wal_bytes = 0, commits = 0, commit_queue = 0;
  };
  virtual Health health() = 0;  // never blocks
};

// `headway verify`: recounts every counter from the ledger.
struct Difference {
  std::string what;  // "campaign 12: delivered (account 3, step 1)"
  std::int64_t stored = 0, recounted = 0;
};
struct VerifyReport {
  std::int64_t leads = 0, messages = 0, counters = 0;  // checked
  std::vector<Difference> differences;                 // the first 1,000
  std::int64_t differences_total = 0;
};
class Verifier {
 public:
  virtual ~Verifier() = default;
  // On one snapshot, beside a running engine. progress(done, total) every ~100 ms; false cancels.
  virtual Result<VerifyReport> verify(
      const std::function<bool(std::int64_t, std::int64_t)>& progress) = 0;
};

}  // namespace headway::store
