#pragma once
// The figures of a report as one flat list of named integers, their canonical form and its hash, and what
// differs between two of them. Pure.
//
// Names: "leads.total|sent|failed|pending|partial", "leads.contacted|responded|booked|opted_out",
// "lead_failures.CLASS", "messages.delivered|undelivered", "message_failures.CLASS", and the messages again by
// "account.ID.", "step.N." and "variant.ID." with delivered or undelivered behind. Zeros are left out, so that equal
// facts have equal bytes.
//
// Canonical form: a JSON object with ascending keys and no blanks: {"campaign_id":"..","figures":{..}}. SHA-256 is
// taken over these bytes; it is the same for the same figures, whenever and in whatever format they are reported.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/strong_id.h"
#include "domain/figures.h"

namespace headway::domain::report {

class Figures {
 public:
  void add(const std::string& name, std::int64_t n);
  std::int64_t operator[](const std::string& name) const;
  const std::map<std::string, std::int64_t>& all() const { return n_; }
  bool operator==(const Figures&) const = default;

 private:
  std::map<std::string, std::int64_t> n_;  // without zeros
};

// From counters: totals, then slices of one kind ("account.17", "step.1", "variant.4").
void add_totals(Figures& f, const Counts& c);
void add_slice(Figures& f, const std::string& prefix, const Counts& c);

std::string canonical(CampaignId id, const Figures& f);
std::string seal_of(const std::string& canonical);  // SHA-256, 64 hex digits

struct Difference {
  std::string name;
  std::int64_t reported = 0, recounted = 0;
};
std::vector<Difference> differences(const Figures& reported, const Figures& recounted);

}  // namespace headway::domain::report
