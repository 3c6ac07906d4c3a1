#include "store/sqlite/record.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

namespace headway::store::sqlite {

struct Records::Sql {
  Connection& db;
  Statement give_account{db,
                         "UPDATE account_day SET used=max(0,used-?3) WHERE account=?1 AND day=?2"};
  Statement give_campaign{
      db, "UPDATE campaign_day SET used=max(0,used-?3) WHERE campaign=?1 AND day=?2"};
};

// Budget to give back: (account or campaign number, day) -> messages.
struct Records::Refunds {
  using Days = std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t>;
  Days accounts, campaigns;
};

Records::Records(Connection& db, People& people)
    : sql_(new Sql{db}), people_(people), messages_(db) {}
Records::~Records() = default;

Result<RecordResult> Records::record(WriteContext& context, const std::vector<Outcome>& outcomes) {
  RecordResult result;
  result.applied.resize(outcomes.size());
  // In key order, whatever the order of the answers; two outcomes of one lead keep theirs.
  std::vector<std::size_t> order(outcomes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return outcomes[a].lead < outcomes[b].lead;
  });
  Refunds refunds;
  Instant last{};
  for (const std::size_t i : order) {
    result.applied[i] = apply(context, outcomes[i], refunds);
    if (result.applied[i]) last = std::max(last, outcomes[i].at);
  }
  for (const auto& [key, n] : refunds.accounts) sql_->give_account.run(key.first, key.second, n);
  for (const auto& [key, n] : refunds.campaigns) sql_->give_campaign.run(key.first, key.second, n);
  Settled settled = context.settle(last);
  result.changed = std::move(settled.changed);
  result.finished = std::move(settled.finished);
  result.plan_version = context.plan_version();
  return result;
}

bool Records::apply(WriteContext& context, const Outcome& o, Refunds& refunds) {
  const auto lead = context.lead(o.lead);
  if (!lead) return false;
  const CampaignEntry* campaign = context.campaign(lead->campaign());
  if (!campaign) return false;
  const domain::LeadState& s = lead->state;
  Result<domain::Transition> t = fail(ErrorKind::conflict, "unknown kind of outcome");
  switch (o.kind) {
    case OutcomeKind::delivered: t = domain::deliver(s, o.attempt, campaign->sequence, o.at); break;
    case OutcomeKind::failed: t = domain::fail_for_good(s, o.attempt, o.failure, o.at); break;
    case OutcomeKind::retry: t = domain::retry_at(s, o.attempt, o.failure, o.due, o.at); break;
    case OutcomeKind::released: t = domain::release(s, o.attempt, o.at); break;
    case OutcomeKind::in_doubt: t = domain::doubt(s, o.attempt, o.at); break;
    case OutcomeKind::held: t = domain::hold(s, o.attempt, o.at); break;
    case OutcomeKind::send_again: t = domain::send_again(s, o.attempt, o.at); break;
  }
  if (!t) return false;
  context.apply(*lead, *t, o.at);

  if (o.kind == OutcomeKind::delivered || o.kind == OutcomeKind::failed) {
    MessageEnd m;
    m.step = s.step;
    m.variant = s.variant;
    m.account = s.account.value;
    m.attempt = s.attempt;
    m.delivered = o.kind == OutcomeKind::delivered;
    m.failure = m.delivered ? domain::FailureClass::none : o.failure;
    m.handed_over_at = o.handed_over_at;
    m.at = o.at;
    m.code = o.code;
    m.text = o.text;
    m.provider_id = o.provider_id;
    messages_.end(context, *lead, *t, m);
    // The provider knows that the person said no: it holds for all that we have of the person.
    if (!m.delivered && o.failure == domain::FailureClass::opted_out) {
      people_.opt_out(context, o.lead, "channel", o.at);
    }
    return true;
  }
  messages_.attempt(o.lead, s, o);
  if (o.kind == OutcomeKind::send_again) context.raise_generation(o.lead);
  // A retry after an unknown outcome may have gone out: its budget stays used.
  const bool not_sent =
      o.kind == OutcomeKind::released ||
      (o.kind == OutcomeKind::retry && o.failure != domain::FailureClass::outcome_unknown);
  if (not_sent && o.account_day != 0) {
    ++refunds.accounts[{s.account.value, o.account_day}];
  }
  if (not_sent && o.campaign_day != 0) ++refunds.campaigns[{campaign->no, o.campaign_day}];
  return true;
}

}  // namespace headway::store::sqlite
