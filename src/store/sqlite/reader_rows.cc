#include "store/sqlite/reader_rows.h"

#include <cstring>

#include "store/sqlite/catalog_codec.h"

namespace headway::store::sqlite {

KnownAccount read_account(Connection& db, const Rows& q) {
  KnownAccount k;
  domain::Account& a = k.account;
  k.no = q.i64(0);
  a.id = AccountId{q.i64(1)};
  a.name = q.str(2);
  a.channel = q.str(3);
  a.timezone = q.str(4);
  if (!q.null(5)) a.daily_limit = q.i64(5);
  a.rate_per_second = q.real(6);
  if (auto settings = decode_settings(q.text(7))) {
    a.settings = std::move(*settings);
  } else {
    db.note(settings.error());
  }
  a.simulated = q.i64(8) != 0;
  a.status = static_cast<domain::AccountStatus>(q.i64(9));
  a.status_reason = q.str(10);
  a.status_since = from_ms(q.i64(11));
  a.status_until = q.maybe_at(12);
  a.created_at = from_ms(q.i64(13));
  a.version = q.i64(14);
  k.deleted = !q.null(15);
  return k;
}

domain::Account without_settings(const domain::Account& a) {
  domain::Account b;
  b.id = a.id;
  b.name = a.name;
  b.channel = a.channel;
  b.timezone = a.timezone;
  b.daily_limit = a.daily_limit;
  b.rate_per_second = a.rate_per_second;
  b.status = a.status;
  b.status_reason = a.status_reason;
  b.status_since = a.status_since;
  b.status_until = a.status_until;
  b.created_at = a.created_at;
  b.version = a.version;
  b.simulated = a.simulated;
  return b;
}

void read_campaign_row(Connection& db, const Rows& q, domain::CampaignPlan& plan, bool& simulated) {
  plan.id = CampaignId{q.i64(1)};
  plan.name = q.str(2);
  plan.state = static_cast<domain::CampaignState>(q.i64(3));
  plan.pause_reason = q.str(4);
  if (!q.null(5)) {
    if (auto hours = decode_active_hours(q.text(5))) {
      plan.active_hours = std::move(*hours);
    } else {
      db.note(hours.error());
    }
  }
  if (!q.null(6)) plan.daily_limit = q.i64(6);
  plan.attribution_days = q.i32(7);
  plan.in_doubt_timeout = milliseconds{q.i64(8)};
  plan.created_at = from_ms(q.i64(9));
  plan.started_at = q.maybe_at(10);
  plan.finished_at = q.maybe_at(11);
  plan.version = q.i64(12);
  simulated = q.i64(13) != 0;
  plan.variant_mode = static_cast<domain::VariantMode>(q.i32(14));
  plan.variant_metric = static_cast<domain::VariantMetric>(q.i32(15));
  plan.auto_pause = q.i64(16) != 0;
}

std::optional<domain::Seal> read_seal(const Rows& q, int column) {
  if (q.null(column)) return std::nullopt;
  return domain::Seal{from_ms(q.i64(column)), q.str(column + 1), q.str(column + 2)};
}

void add_count(domain::Counts& counts, std::int64_t counter, std::int64_t failure, std::int64_t n) {
  if (counter < 0 || counter >= domain::kCounters) return;
  counts.n[static_cast<std::size_t>(counter)] += n;
  if (failure < 0 || failure >= domain::kFailureClasses) return;
  const auto at = static_cast<std::size_t>(failure);
  if (counter == static_cast<int>(domain::Counter::failed)) counts.lead_failures[at] += n;
  if (counter == static_cast<int>(domain::Counter::undelivered)) counts.message_failures[at] += n;
}

void add_journal(domain::Counts& counts, std::string_view deltas) {
  for (; deltas.size() >= 6; deltas.remove_prefix(6)) {
    std::uint32_t n = 0;
    for (int i = 3; i >= 0; --i) {
      n = (n << 8) | static_cast<std::uint8_t>(deltas[static_cast<std::size_t>(2 + i)]);
    }
    add_count(counts, static_cast<std::uint8_t>(deltas[0]), static_cast<std::uint8_t>(deltas[1]),
              static_cast<std::int32_t>(n));
  }
}

domain::Person read_person(const Rows& q, int c) {
  domain::Person p;
  p.id = ContactId{q.i64(c)};
  p.name = q.str(c + 1);
  p.email = q.str(c + 2);
  p.phone = q.str(c + 3);
  p.messenger_id = q.str(c + 4);
  p.external_id = q.str(c + 5);
  p.consent = q.str(c + 7);
  p.attributes = q.null(c + 8) ? "{}" : q.str(c + 8);
  return p;
}

ActivityEntry read_activity(const Rows& q) {
  return {q.i64(0), from_ms(q.i64(1)), q.str(2), q.str(3), q.str(4), q.str(5)};
}

ImportJob read_import_job(const Rows& q) {
  ImportJob j;
  j.id = q.i64(0);
  j.collection = CollectionId{q.i64(1)};
  j.state = static_cast<ImportState>(q.i64(2));
  j.error = q.str(3);
  j.rows = q.i64(4);
  j.accepted = q.i64(5);
  j.duplicate = q.i64(6);
  j.rejected = q.i64(7);
  j.bytes = q.i64(8);
  j.bytes_total = q.i64(9);
  j.started_at = from_ms(q.i64(10));
  j.ended_at = q.maybe_at(11);
  return j;
}

}  // namespace headway::store::sqlite
