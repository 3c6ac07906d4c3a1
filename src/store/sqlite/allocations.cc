#include "store/sqlite/allocations.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "domain/allocation/allocation.h"
#include "domain/schedule.h"
#include "store/analysis.h"

namespace headway::store::sqlite {

namespace json = boost::json;
using domain::VariantMode;

namespace {

constexpr std::int64_t kFirstLook = 20;
constexpr std::size_t kCampaignsACall = 10;
constexpr milliseconds kDay{86'400'000};

domain::Counter first_look_counter(domain::VariantMetric m) {
  switch (m) {
    case domain::VariantMetric::response: return domain::Counter::responded;
    case domain::VariantMetric::conversion: return domain::Counter::booked;
    case domain::VariantMetric::delivery: return domain::Counter::undelivered;
  }
  return domain::Counter::responded;
}

std::string percent(double share) {
  const auto tenths = static_cast<std::int64_t>(share * 1000 + 0.5);
  if (tenths % 10 == 0) return std::to_string(tenths / 10) + " %";
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

double thousandths(double v) {
  return static_cast<double>(static_cast<std::int64_t>(v * 1000 + 0.5)) / 1000;
}

}  // namespace

std::string encode_shares(const Shares& shares) {
  json::object object;
  for (const auto& [variant, parts] : shares) object[std::to_string(variant)] = parts;
  return json::serialize(object);
}

Result<Shares> decode_shares(std::string_view text) {
  boost::system::error_code error;
  const json::value value = json::parse(text, error);
  if (error || !value.is_object())
    return fail(ErrorKind::corrupt, "Shares of variants are damaged");
  Shares shares;
  for (const auto& [key, parts] : value.get_object()) {
    std::int64_t variant = 0;
    const auto [end, bad] = std::from_chars(key.data(), key.data() + key.size(), variant);
    if (bad != std::errc{} || end != key.data() + key.size() || !parts.is_int64()) {
      return fail(ErrorKind::corrupt, "Shares of variants are damaged");
    }
    shares[variant] = parts.get_int64();
  }
  return shares;
}

void read_shares(Connection& db, Rows& entries, domain::CampaignPlan& plan) {
  while (entries.next()) {
    const auto step = static_cast<std::size_t>(entries.i64(0));
    if (step < 1 || step > plan.steps.size()) continue;
    domain::Step& s = plan.steps[step - 1];
    s.epoch = entries.i32(1);
    if (static_cast<VariantMode>(entries.i32(2)) == VariantMode::fixed) continue;
    const auto shares = decode_shares(entries.text(4));
    if (!shares) {
      db.note(shares.error());
      return;
    }
    for (domain::Variant& v : s.variants) {
      const auto it = shares->find(v.id.value);
      v.parts = it == shares->end() ? 0 : it->second;
    }
  }
}

std::map<int, Allocations::InForce> Allocations::in_force(std::int64_t campaign) {
  std::map<int, InForce> out;
  Rows rows = sql_.in_force.rows(campaign);
  while (rows.next()) {
    InForce f;
    f.epoch = rows.i32(1);
    f.mode = static_cast<VariantMode>(rows.i32(2));
    f.metric = static_cast<domain::VariantMetric>(rows.i32(3));
    if (auto shares = decode_shares(rows.text(4))) {
      f.shares = std::move(*shares);
    } else {
      sql_.db.note(shares.error());
    }
    out.emplace(rows.i32(0), std::move(f));
  }
  return out;
}

void Allocations::write(std::int64_t campaign, int step, const InForce& before, const InForce& next,
                        const std::string& evidence, Instant now) {
  sql_.log.run(campaign, step, before.epoch + 1, now, next.mode, next.metric,
               encode_shares(next.shares), evidence);
}

void Allocations::plan_changed(std::int64_t campaign, Instant now) {
  InForce next;
  {
    Rows row = sql_.mode.rows(campaign);
    if (!row.next()) return;
    next.mode = static_cast<VariantMode>(row.i32(0));
    next.metric = static_cast<domain::VariantMetric>(row.i32(1));
  }
  std::map<int, Shares> weights;
  {
    Rows rows = sql_.variants.rows(campaign);
    while (rows.next()) weights[rows.i32(0)][rows.i64(1)] = rows.i64(2);
  }
  const auto have = in_force(campaign);
  for (const auto& [step, by_weight] : weights) {
    next.shares = by_weight;
    if (next.mode != VariantMode::fixed) {
      std::erase_if(next.shares, [](const auto& s) { return s.second <= 0; });
      for (auto& [variant, parts] : next.shares) parts = 1;
    }
    const auto it = have.find(step);
    const InForce before = it == have.end() ? InForce{} : it->second;
    bool same = before.epoch >= 0 && before.mode == next.mode && before.metric == next.metric;
    if (next.mode == VariantMode::fixed) {
      same = same && before.shares == next.shares;
    } else {  // what was learnt about these very texts stays
      const auto same_variant = [](const auto& a, const auto& b) { return a.first == b.first; };
      same = same && std::equal(before.shares.begin(), before.shares.end(), next.shares.begin(),
                                next.shares.end(), same_variant);
    }
    if (!same) write(campaign, step, before, next, "{}", now);
  }
}

bool Allocations::is_due(const Rows& running, Instant now) {
  const auto metric = static_cast<domain::VariantMetric>(running.i32(2));
  if (const auto last = running.maybe_at(4)) {
    const domain::Zone zone = domain::Zone::find(running.str(3)).value_or(domain::Zone());
    return domain::day_number(zone, now) > domain::day_number(zone, *last);
  }
  const auto started = running.maybe_at(5);
  if (started && now >= *started + kDay) return true;
  return sql_.reactions.value(0, running.i64(0), first_look_counter(metric)) >= kFirstLook;
}

Result<AllocationProgress> Allocations::allocate_due(WriteContext& context, Instant now) {
  AllocationProgress progress;
  context.flush();  // what this transaction counted belongs to the evidence
  std::vector<Due> due;
  {
    Rows rows = sql_.running.rows();
    while (rows.next() && !progress.more) {
      if (!is_due(rows, now)) continue;
      if (due.size() == kCampaignsACall) {
        progress.more = true;
        continue;
      }
      due.push_back({rows.i64(0), static_cast<VariantMode>(rows.i32(1)),
                     static_cast<domain::VariantMetric>(rows.i32(2))});
    }
  }
  for (const Due& campaign : due) {
    sql_.looked.run(campaign.no, now);
    CampaignEntry* entry = context.campaign(campaign.no);
    if (entry == nullptr || !allocate(context, campaign, now)) continue;
    context.bump_campaign(*entry);
    progress.changed.push_back(entry->id);
  }
  progress.plan_version = context.plan_version();
  return progress;
}

bool Allocations::allocate(WriteContext& context, const Due& campaign, Instant now) {
  std::map<int, std::map<std::int64_t, std::string>> names;  // drawable variants by step
  {
    Rows rows = sql_.variants.rows(campaign.no);
    while (rows.next()) {
      if (rows.i64(2) > 0) names[rows.i32(0)][rows.i64(1)] = rows.str(3);
    }
  }
  std::map<int, std::vector<domain::allocation::Cell>> cells;
  {
    Rows rows = sql_.days.rows(campaign.no);
    while (rows.next()) {
      cells[rows.i32(0)].push_back({VariantId{rows.i64(1)}, rows.i32(2), rows.i64(3),
                                    static_cast<domain::Counter>(rows.i32(4)), rows.i32(5),
                                    rows.i64(6)});
    }
  }
  std::map<domain::Counter, double> workspace;
  {
    Rows rows = sql_.workspace.rows();
    while (rows.next()) workspace[static_cast<domain::Counter>(rows.i32(0))] = rows.real(1);
  }
  const bool delivery = campaign.metric == domain::VariantMetric::delivery;
  const double of =
      delivery ? workspace[domain::Counter::delivered] + workspace[domain::Counter::undelivered]
               : workspace[domain::Counter::delivered];
  const double good = delivery ? workspace[domain::Counter::delivered]
                               : workspace[first_look_counter(campaign.metric)];

  bool moved = false;
  const auto have = in_force(campaign.no);
  for (const auto& [step, variants] : names) {
    const auto before = have.find(step);
    if (variants.size() < 2 || before == have.end()) continue;
    domain::allocation::Question q;
    q.mode = campaign.mode;
    q.metric = campaign.metric;
    for (const auto& [id, name] : variants) q.variants.push_back(VariantId{id});
    q.cells = std::move(cells[step]);
    q.today = day_of(now);
    q.lag_ends.assign(std::begin(kLagEndsDays), std::end(kLagEndsDays));
    if (good > 0 && good < of) q.usual = good / of;
    const domain::allocation::Answer answer = domain::allocation::allocate(q);

    InForce next;
    next.mode = campaign.mode;
    next.metric = campaign.metric;
    json::array arms;
    std::string shares, chances;
    for (const domain::allocation::Arm& a : answer.arms) {
      const std::string& name = variants.at(a.variant.value);
      next.shares[a.variant.value] = answer.even ? 1 : a.parts;
      arms.push_back({{"variant", to_string(a.variant)},
                      {"successes", a.successes},
                      {"tries", thousandths(a.tries)},
                      {"p_best", a.p_best}});
      const double share =
          static_cast<double>(a.parts) / static_cast<double>(domain::allocation::kPartsInAll);
      shares += (shares.empty() ? "" : ", ") + name + " " + percent(share);
      chances += (chances.empty() ? "" : ", ") + name + " " + percent(a.p_best);
    }
    if (next.shares == before->second.shares) continue;
    moved = true;
    const json::object evidence{{"arms", arms},
                                {"usual", q.usual ? json::value(*q.usual) : json::value()}};
    write(campaign.no, step, before->second, next, json::serialize(evidence), now);
    context.activity(campaign.no, "variants.shares", "engine",
                     "Variant shares of step " + std::to_string(step) + ": " + shares +
                         " (chance of being the best: " + chances + ")",
                     "{\"step\":" + std::to_string(step) + "}", now);
  }
  return moved;
}

}  // namespace headway::store::sqlite
