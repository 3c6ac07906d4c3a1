#include "domain/figures.h"

#include <cmath>
#include <utility>

#include "base/text.h"

namespace headway::domain {
namespace {

constexpr double kZ95 = 1.959963984540054;  // 97.5 % quantile of the normal distribution
constexpr double kLowEdge = 0.80;
constexpr double kHighEdge = 0.95;

std::size_t index(FailureClass c) { return static_cast<std::size_t>(c); }

// A canonical JSON object: the caller adds keys in ascending order.
class CanonicalObject {
 public:
  void add(std::string_view key, std::int64_t value) {
    name(key);
    out_ += std::to_string(value);
  }
  void add(std::string_view key, std::string_view value) {
    name(key);
    append_json_string(out_, value);
  }
  void add_object(std::string_view key, CanonicalObject value) {
    name(key);
    out_ += std::move(value).finish();
  }
  std::string finish() && {
    if (out_.empty()) out_ = "{";
    out_ += '}';
    return std::move(out_);
  }

 private:
  void name(std::string_view key) {
    out_ += out_.empty() ? '{' : ',';
    append_json_string(out_, key);
    out_ += ':';
  }
  std::string out_;
};

// Classes that occurred, by name in ascending order.
CanonicalObject by_class(const std::array<std::int64_t, kFailureClasses>& counts) {
  std::map<std::string_view, std::int64_t> sorted;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] != 0) sorted.emplace(to_string(static_cast<FailureClass>(i)), counts[i]);
  }
  CanonicalObject object;
  for (const auto& [name, n] : sorted) object.add(name, n);
  return object;
}

}  // namespace

std::optional<int> progress_basis_points(const StatusCounts& c) {
  if (c.total <= 0) return std::nullopt;
  return static_cast<int>((c.sent + c.failed) * 10'000 / c.total);
}

// Wilson (1927): the two p with (p^ - p)^2 = z^2 p (1 - p) / n, solved for p.
Rate make_rate(std::int64_t num, std::int64_t den) {
  Rate r{num, den, {}, {}, {}};
  if (den <= 0) return r;
  const double n = static_cast<double>(den);
  const double p = static_cast<double>(num) / n;
  r.rate = p;
  if (num < 0 || num > den) return r;
  const double z2 = kZ95 * kZ95;
  const double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double half = kZ95 / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  r.lo = num == 0 ? 0.0 : std::max(0.0, centre - half);
  r.hi = num == den ? 1.0 : std::min(1.0, centre + half);
  return r;
}

std::string_view to_string(Band b) {
  switch (b) {
    case Band::none: return "none";
    case Band::low: return "low";
    case Band::moderate: return "moderate";
    case Band::high: return "high";
  }
  return "none";
}

Band delivery_band(std::int64_t num, std::int64_t den) {
  if (den <= 0) return Band::none;
  if (num * 100 > den * 95) return Band::high;
  if (num * 100 < den * 80) return Band::low;
  return Band::moderate;
}

bool band_uncertain(const Rate& r) {
  if (!r.lo || !r.hi) return false;
  const auto crosses = [&](double edge) { return *r.lo<edge&& * r.hi> edge; };
  return crosses(kLowEdge) || crosses(kHighEdge);
}

StatusCounts status_counts(const Counts& c) {
  StatusCounts s;
  s.total = c[Counter::enrolled];
  s.sent = c[Counter::sent];
  s.failed = c[Counter::failed];
  s.partial = c[Counter::partial];
  s.pending = s.total - s.sent - s.failed - s.partial;
  return s;
}

Rate delivery_rate(const Counts& c) {
  const std::int64_t failed = c[Counter::undelivered] -
                              c.message_failures[index(FailureClass::suppressed)] -
                              c.message_failures[index(FailureClass::opted_out)];
  return make_rate(c[Counter::delivered], c[Counter::delivered] + failed);
}
Rate response_rate(const Counts& c) {
  return make_rate(c[Counter::responded], c[Counter::contacted]);
}
Rate conversion_rate(const Counts& c) {
  return make_rate(c[Counter::booked], c[Counter::contacted]);
}
Rate opt_out_rate(const Counts& c) {
  return make_rate(c[Counter::opted_out], c[Counter::contacted]);
}
Rate bookings_per_responder(const Counts& c) {
  return make_rate(c[Counter::booked], c[Counter::responded]);
}

std::string canonical_delivery(CampaignId id, Instant finished_at, const Counts& c) {
  const StatusCounts s = status_counts(c);
  CanonicalObject counts;
  counts.add("failed", s.failed);
  counts.add("partial", s.partial);
  counts.add("pending", s.pending);
  counts.add("sent", s.sent);
  counts.add("total", s.total);
  CanonicalObject out;
  out.add("campaign_id", to_string(id));
  out.add("contacted", c[Counter::contacted]);
  out.add_object("counts", std::move(counts));
  out.add("delivered", c[Counter::delivered]);
  out.add("finished_at", format_rfc3339(finished_at));
  out.add_object("lead_failures", by_class(c.lead_failures));
  out.add_object("message_failures", by_class(c.message_failures));
  out.add("undelivered", c[Counter::undelivered]);
  return std::move(out).finish();
}

std::string canonical_outcomes(CampaignId id, Instant closed_at, const Counts& c) {
  CanonicalObject out;
  out.add("auto_replies", c[Counter::auto_replies]);
  out.add("booked", c[Counter::booked]);
  out.add("campaign_id", to_string(id));
  out.add("closed_at", format_rfc3339(closed_at));
  out.add("contacted", c[Counter::contacted]);
  out.add("opted_out", c[Counter::opted_out]);
  out.add("replies", c[Counter::replies]);
  out.add("responded", c[Counter::responded]);
  return std::move(out).finish();
}

}  // namespace headway::domain
