#pragma once
// The figures of a campaign as plain integers, and the questions asked of them.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/strong_id.h"
#include "base/time.h"
#include "domain/failure.h"
#include "domain/lead.h"

namespace headway::domain {

struct StatusCounts {
  std::int64_t sent = 0, failed = 0, pending = 0, partial = 0, total = 0;
  bool operator==(const StatusCounts&) const = default;
};

// Progress in hundredths of a percent, rounded down, so that 10000 is reached only when every
// lead is processed. nullopt when total = 0.
std::optional<int> progress_basis_points(const StatusCounts& c);

// `rate`, `lo`, `hi` are null when den = 0. lo/hi: Wilson score interval, 95 %
// (Wilson 1927), clamped exactly to 0 at num = 0 and to 1 at num = den.
struct Rate {
  std::int64_t num = 0, den = 0;
  std::optional<double> rate, lo, hi;
};
Rate make_rate(std::int64_t num, std::int64_t den);

enum class Band : std::uint8_t { none, low, moderate, high };
std::string_view to_string(Band b);
Band delivery_band(std::int64_t num, std::int64_t den);  // metrics.md; no overflow up to 9e16
// True when the interval of the rate crosses an edge of its band.
bool band_uncertain(const Rate& r);

// Counter values of one campaign (or of a slice of it).
struct Counts {
  std::array<std::int64_t, kCounters> n{};
  std::array<std::int64_t, kFailureClasses> lead_failures{};     // Counter::failed by class
  std::array<std::int64_t, kFailureClasses> message_failures{};  // Counter::undelivered by class
  std::int64_t operator[](Counter c) const { return n[static_cast<std::size_t>(c)]; }
  bool operator==(const Counts&) const = default;
};
StatusCounts status_counts(const Counts& c);
Rate delivery_rate(
    const Counts& c);  // delivered / (delivered + undelivered), suppressed and opted_out left out
Rate response_rate(const Counts& c);    // responded / contacted
Rate conversion_rate(const Counts& c);  // booked / contacted
Rate opt_out_rate(const Counts& c);     // opted_out / contacted
Rate bookings_per_responder(
    const Counts& c);  // booked / responded; may exceed 1: then lo/hi are null

// Open leads by stored place, before reasons are derived.
struct WaitCount {
  Wait wait{};
  AccountId account;  // 0 for fresh
  int zone = 0;       // 0 = the campaign's zone; else an index of the store's zone table
  bool past_due = false;
  std::int64_t n = 0;
};

// Seconds from delivery to reply.
struct TimeToReply {
  std::int64_t n = 0;
  std::optional<std::int64_t> p25_s, median_s, p75_s;  // nearest-rank
};

// The sealed figures of a finished campaign.
struct Seal {
  Instant at{};
  std::string canonical;  // the exact bytes hashed: JSON, keys sorted, no blanks
  std::string sha256;     // 64 hex digits
};
// Canonical form of the delivery results (docs/METRICS.md, "Sealing").
std::string canonical_delivery(CampaignId id, Instant finished_at, const Counts& c);
std::string canonical_outcomes(CampaignId id, Instant closed_at, const Counts& c);

}  // namespace headway::domain
