#include "domain/report/figures.h"

#include <set>

#include "base/hash.h"
#include "base/text.h"

namespace headway::domain::report {

void Figures::add(const std::string& name, std::int64_t n) {
  if (n == 0) return;
  const auto it = n_.try_emplace(name, 0).first;
  it->second += n;
  if (it->second == 0) n_.erase(it);
}

std::int64_t Figures::operator[](const std::string& name) const {
  const auto it = n_.find(name);
  return it == n_.end() ? 0 : it->second;
}

void add_totals(Figures& f, const Counts& c) {
  const StatusCounts s = status_counts(c);
  f.add("leads.total", s.total);
  f.add("leads.sent", s.sent);
  f.add("leads.failed", s.failed);
  f.add("leads.pending", s.pending);
  f.add("leads.partial", s.partial);
  f.add("leads.contacted", c[Counter::contacted]);
  f.add("leads.responded", c[Counter::responded]);
  f.add("leads.booked", c[Counter::booked]);
  f.add("leads.opted_out", c[Counter::opted_out]);
  f.add("messages.delivered", c[Counter::delivered]);
  f.add("messages.undelivered", c[Counter::undelivered]);
  for (std::size_t i = 1; i < kFailureClasses; ++i) {
    const std::string name(to_string(static_cast<FailureClass>(i)));
    f.add("lead_failures." + name, c.lead_failures[i]);
    f.add("message_failures." + name, c.message_failures[i]);
  }
}

void add_slice(Figures& f, const std::string& prefix, const Counts& c) {
  f.add(prefix + ".delivered", c[Counter::delivered]);
  f.add(prefix + ".undelivered", c[Counter::undelivered]);
}

std::string canonical(CampaignId id, const Figures& f) {
  std::string out = R"({"campaign_id":)";
  append_json_string(out, to_string(id));
  out += R"(,"figures":{)";
  bool first = true;
  for (const auto& [name, n] : f.all()) {
    if (!first) out += ',';
    first = false;
    append_json_string(out, name);
    out += ':' + std::to_string(n);
  }
  out += "}}";
  return out;
}

std::string seal_of(const std::string& canonical) { return sha256_hex(canonical); }

std::vector<Difference> differences(const Figures& reported, const Figures& recounted) {
  std::set<std::string> names;
  for (const auto& [name, n] : reported.all()) names.insert(name);
  for (const auto& [name, n] : recounted.all()) names.insert(name);
  std::vector<Difference> found;
  for (const std::string& name : names) {
    if (reported[name] != recounted[name]) found.push_back({name, reported[name], recounted[name]});
  }
  return found;
}

}  // namespace headway::domain::report
