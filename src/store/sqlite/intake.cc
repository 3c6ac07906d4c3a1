#include "store/sqlite/intake.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "base/text.h"
#include "domain/draw.h"
#include "store/sqlite/intake_sql.h"

namespace headway::store::sqlite {
namespace {

bool tells_sending(EventType t) { return t == EventType::sent || t == EventType::failed; }

EventAnswer rejected(std::string why) { return {EventVerdict::rejected, std::move(why)}; }

constexpr std::size_t kEventIdMax = 200;

}  // namespace

Intake::Intake(Connection& db, People& people)
    : people_(people), messages_(db), sql_(new Sql{db}) {}
Intake::~Intake() = default;

Result<EventResults> Intake::apply(WriteContext& context, const std::vector<InboundEvent>& events,
                                   Instant now) {
  EventResults result;
  result.answers.resize(events.size());
  const std::vector<bool> known_before = known(events);
  std::vector<Target> targets(events.size());
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (known_before[i]) {
      result.answers[i] = {EventVerdict::duplicate, ""};
      continue;
    }
    std::string error = resolve(context, events[i], now, targets[i]);
    if (error.empty()) {
      order.push_back(i);
    } else {
      result.answers[i] = rejected(std::move(error));
    }
  }
  const auto key = [&](std::size_t i) {
    const Target& t = targets[i];
    const bool sending = tells_sending(events[i].type);
    const std::int64_t place = sending              ? t.lead.value
                               : t.contacts.empty() ? 0
                                                    : t.contacts.front().value;
    return std::pair(!sending, place);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  for (const std::size_t i : order) {
    result.answers[i] = apply_one(context, events[i], targets[i]);
  }
  // Remembered in key order; the repetitions within the batch were found by known().
  std::vector<std::size_t> kept;
  for (const std::size_t i : order) {
    if (result.answers[i].verdict != EventVerdict::rejected) kept.push_back(i);
  }
  std::sort(kept.begin(), kept.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(events[a].source, events[a].event_id) <
           std::tie(events[b].source, events[b].event_id);
  });
  for (const std::size_t i : kept) {
    sql_->remember.run(events[i].source, events[i].event_id, now);
  }
  Settled settled = context.settle(now);
  result.changed = std::move(settled.changed);
  result.finished = std::move(settled.finished);
  result.plan_version = context.plan_version();
  return result;
}

// Known before this batch, or told earlier in it. Looked up in key order.
std::vector<bool> Intake::known(const std::vector<InboundEvent>& events) {
  std::vector<std::size_t> order(events.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto name = [&](std::size_t i) { return std::tie(events[i].source, events[i].event_id); };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return name(a) < name(b); });
  std::vector<bool> out(events.size());
  for (std::size_t k = 0; k < order.size(); ++k) {
    const InboundEvent& e = events[order[k]];
    const bool repeated = k > 0 && name(order[k - 1]) == name(order[k]);
    out[order[k]] = repeated || sql_->known.value(0, e.source, e.event_id) != 0;
  }
  return out;
}

// "" = resolved as far as it can be; else why not.
std::string Intake::resolve(WriteContext& context, const InboundEvent& e, Instant now, Target& t) {
  if (e.event_id.empty() || e.event_id.size() > kEventIdMax) {
    return "An event needs an id of 1 to 200 bytes";
  }
  t.at = e.at == Instant{} ? now : std::min(e.at, now);
  if (e.campaign) {
    const CampaignEntry* c = context.campaign(*e.campaign);
    if (!c || c->deleted) return "No such campaign";
    t.campaign = c->no;
  }
  if (e.account) {
    const AccountEntry* a = context.account(*e.account);
    if (!a) return "No such account";
    t.account = a->no;
  }
  if (e.lead) {
    const auto lead = context.lead(*e.lead);
    if (!lead || (t.campaign != 0 && lead->campaign() != t.campaign)) {
      return t.campaign != 0 ? "No such lead in this campaign" : "No such lead";
    }
    const CampaignEntry* c = context.campaign(lead->campaign());
    if (!c || c->deleted) return "No such lead";
    t.lead = *e.lead;
    t.found_by = "lead";
    t.contacts = tells_sending(e.type) ? std::vector{lead->contact}
                                       : people_.records_of(context.addresses(), lead->contact);
    if (tells_sending(e.type)) t.campaign = lead->campaign();
    return "";
  }
  const std::pair<std::string_view, const std::string*> ways[] = {
      {"external_id", &e.external_id},
      {"email", &e.email},
      {"phone", &e.phone},
      {"messenger_id", &e.messenger_id}};
  bool named = false;
  for (const auto& [kind, raw] : ways) {
    const std::string canonical = raw->empty() ? "" : Addresses::canonical(kind, *raw);
    if (canonical.empty()) continue;
    named = true;
    t.contacts = people_.with_address(context.addresses(), kind, canonical);
    t.found_by = kind;
    if (!t.contacts.empty()) break;
  }
  if (tells_sending(e.type)) {
    if (t.campaign == 0) return "A lead_id, or a campaign_id and an address, is needed";
    for (const ContactId c : t.contacts) {
      const std::int64_t id =
          sql_->lead_of_contact.value(0, c, first_lead(t.campaign), last_lead(t.campaign));
      if (id != 0) t.lead = LeadId{id};
      if (t.lead) break;
    }
    if (!t.lead) return "No such lead in this campaign";
    return "";
  }
  const bool booking = e.type == EventType::booked || e.type == EventType::booking_cancelled;
  if (!named && !booking) return "A lead_id or an address is needed";
  return "";
}

EventAnswer Intake::apply_one(WriteContext& context, const InboundEvent& e, const Target& t) {
  switch (e.type) {
    case EventType::sent:
    case EventType::failed: return told(context, e, t);
    case EventType::reply:
    case EventType::auto_reply: return reply(context, e, t);
    case EventType::booked: return book(context, e, t);
    case EventType::booking_cancelled: return cancel(context, e, t);
    case EventType::opted_out: return opt_out(context, e, t);
  }
  return rejected("Unknown type of event");
}

VariantId Intake::told_variant(const CampaignEntry& campaign, const InboundEvent& e, int step,
                               const LeadImage& lead, int& epoch) {
  std::vector<domain::Variant> variants;
  {
    Rows rows = sql_->variants.rows(campaign.no, step);
    while (rows.next()) {
      domain::Variant& v = variants.emplace_back();
      v.id = VariantId{rows.i64(0)};
      v.name = rows.str(1);
      v.weight = rows.i64(2);
      v.retired = rows.i64(3) != 0;
    }
  }
  if (!e.variant.empty()) {
    epoch = -1;
    for (const domain::Variant& v : variants) {
      if (v.name != e.variant) continue;
      if (lead.state.step == step && lead.state.variant == v.id) epoch = lead.epoch;
      return v.id;
    }
    return VariantId{-1};
  }
  epoch = lead.epoch;
  if (lead.state.step == step && lead.state.variant) return lead.state.variant;
  domain::CampaignPlan plan;
  plan.steps.resize(static_cast<std::size_t>(std::max(campaign.sequence.steps, step)));
  domain::Step& drawn_from = plan.steps[static_cast<std::size_t>(step - 1)];
  drawn_from.variants = std::move(variants);
  {
    Rows rows = sql_->shares.rows(campaign.no);
    read_shares(sql_->db, rows, plan);
  }
  epoch = drawn_from.epoch;
  const domain::Variant* drawn =
      domain::draw_variant(drawn_from, campaign.id, lead_number(lead.id), step);
  return drawn ? drawn->id : VariantId{};
}

EventAnswer Intake::told(WriteContext& context, const InboundEvent& e, const Target& t) {
  auto lead = context.lead(t.lead);
  const CampaignEntry* campaign = lead ? context.campaign(lead->campaign()) : nullptr;
  if (!campaign) return rejected("No such lead");
  if (campaign->state == domain::CampaignState::finished) {
    return rejected("The campaign is finished");
  }
  domain::LeadState s = lead->state;
  const int step = e.step != 0 ? e.step : domain::next_step(s);
  if (step < 1 || step > campaign->sequence.steps) {
    return rejected("The campaign has no step " + std::to_string(step));
  }
  int epoch = 0;
  const VariantId variant = told_variant(*campaign, e, step, *lead, epoch);
  if (variant.value < 0) return rejected("The step has no variant of this name");
  AccountId account{t.account != 0 ? t.account : s.account.value};
  if (!account && campaign->accounts.size() == 1) account = AccountId{campaign->accounts.front()};
  const bool sent = e.type == EventType::sent;
  if (!sent && e.failure == domain::FailureClass::none)
    return rejected("A failure_class is needed");
  const auto moved = sent ? domain::told_sent(s, step, account, variant, campaign->sequence, t.at)
                          : domain::told_failed(s, step, account, variant, e.failure, t.at);
  if (!moved) return rejected(moved.error().message);
  lead->epoch = epoch;
  if (sent && s.status == domain::Status::failed) messages_.take_back(context, *lead, step);
  context.apply(*lead, *moved, t.at);
  MessageEnd m;
  m.step = step;
  m.variant = variant;
  m.account = account.value;
  m.attempt = moved->next.attempt;
  m.delivered = sent;
  m.failure = sent ? domain::FailureClass::none : e.failure;
  m.at = t.at;
  m.code = e.code;
  m.text = e.text;
  messages_.end(context, *lead, *moved, m);
  if (!sent && e.failure == domain::FailureClass::opted_out) {
    people_.opt_out(context, lead->id, e.source, t.at);
  }
  return {EventVerdict::accepted, ""};
}

}  // namespace headway::store::sqlite
