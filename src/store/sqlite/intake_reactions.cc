// Intake, second half: what people do. Replies, bookings, opt-outs, and the message they are credited to.

#include <algorithm>
#include <array>

#include "base/text.h"
#include "store/sqlite/intake_sql.h"

namespace headway::store::sqlite {
namespace {

constexpr std::array<std::string_view, 7> kOptOutWords{"stop",    "quit",   "end",        "revoke",
                                                       "opt out", "cancel", "unsubscribe"};
constexpr std::size_t kConversationTextMax = 200;
constexpr milliseconds kDay{86'400'000};

bool is_opt_out_text(std::string_view text) {
  const std::string word = ascii_lower(trim(text));
  return std::find(kOptOutWords.begin(), kOptOutWords.end(), word) != kOptOutWords.end();
}

// "a***@example.org": enough for a person to tell whose it is.
std::string hint_of(const InboundEvent& e) {
  const std::string email = Addresses::canonical("email", e.email);
  if (const auto at = email.find('@'); at != std::string::npos && at > 0) {
    return std::string(truncate_utf8(email, 1)) + "***" + email.substr(at);
  }
  const std::string phone = Addresses::canonical("phone", e.phone);
  return phone.size() > 4 ? "***" + phone.substr(phone.size() - 3) : "";
}

EventAnswer rejected(std::string why) { return {EventVerdict::rejected, std::move(why)}; }

bool on_its_way(const domain::LeadState& s) {
  return s.wait == domain::Wait::in_flight || s.wait == domain::Wait::in_doubt;
}

}  // namespace

// The last message delivered to the person by the account at or before the event, within the attribution
// window of its campaign (a sequence that still runs is within it). Without one: the lead whose message is on
// its way or held.
std::optional<Intake::Credit> Intake::credit(WriteContext& context, const Target& t) {
  std::optional<Credit> best, waiting;
  std::int64_t account = t.account;
  if (account == 0 && t.lead) {
    if (const auto lead = context.lead(t.lead)) account = lead->state.account.value;
  }
  for (const ContactId contact : t.contacts) {
    for (const LeadId id : people_.leads_of(contact)) {
      if (t.campaign != 0 && lead_campaign_no(id) != t.campaign) continue;
      const auto lead = context.lead(id);
      const CampaignEntry* campaign = lead ? context.campaign(lead->campaign()) : nullptr;
      if (!campaign || campaign->deleted) continue;
      const domain::LeadState& s = lead->state;
      const bool open = s.wait != domain::Wait::none;
      Rows row = sql_->last_message.rows(id, t.at, account);
      if (row.next()) {
        const Instant at = row.at(3);
        const bool within = t.at - at <= campaign->attribution_days * kDay || open;
        if (within && (!best || at > best->delivered_at)) {
          best = Credit{*lead, row.i64(2), row.i32(0), VariantId{row.i64(1)}, at, true};
        }
        continue;
      }
      const bool held = s.wait == domain::Wait::window_closed;
      if ((on_its_way(s) || held) && (account == 0 || s.account.value == account) &&
          (!waiting || id == t.lead)) {
        waiting = Credit{*lead, s.account.value, s.step, s.variant, {}, false};
      }
    }
  }
  return best ? best : waiting;
}

void Intake::add_reply(WriteContext& context, const InboundEvent& e, const Target& t,
                       const Credit& c, bool counted) {
  const bool automatic = e.type == EventType::auto_reply;
  std::optional<std::int64_t> seconds;
  if (counted && !automatic && c.delivered && !c.lead.state.replied) {
    seconds = std::max<std::int64_t>(0, (t.at - c.delivered_at).count() / 1000);
  }
  sql_->reply.run(context.new_id(), c.lead.id, c.lead.campaign(), t.at, automatic, c.account,
                  counted ? c.step : 0, counted ? c.variant : VariantId{}, seconds, e.text);
}

void Intake::converse(WriteContext& context, const InboundEvent& e, const Target& t,
                      const Credit& c) {
  const auto person = people_.person(c.lead.contact);
  const bool human = e.type != EventType::auto_reply;
  sql_->converse.run(context.new_id(), c.lead.id, c.account, c.lead.campaign(),
                     person ? person->name : std::string(), human,
                     truncate_utf8(e.text, kConversationTextMax), t.at);
  context.touch(c.lead.campaign(), t.at);
}

EventAnswer Intake::reply(WriteContext& context, const InboundEvent& e, const Target& t) {
  const auto c = credit(context, t);
  const bool refusal = e.type == EventType::reply && is_opt_out_text(e.text);
  if (!c) {
    if (refusal) return opt_out(context, e, t);
    return rejected("Nothing was delivered to this person that it could answer");
  }
  if (refusal) {
    // An opt-out is no response: its text stands in the conversation and is not counted.
    add_reply(context, e, t, *c, false);
    converse(context, e, t, *c);
    people_.opt_out(context, c->lead.id, "reply", t.at);
    return {EventVerdict::accepted, ""};
  }
  const CampaignEntry* campaign = context.campaign(c->lead.campaign());
  if (campaign && campaign->outcomes_sealed) {
    return rejected("The responses of this campaign are sealed");
  }
  add_reply(context, e, t, *c, true);
  converse(context, e, t, *c);
  const AccountId account{c->account};
  const domain::Transition moved =
      e.type == EventType::reply
          ? domain::reply(c->lead.state, account, c->step, c->variant, t.at)
          : domain::auto_reply(c->lead.state, account, c->step, c->variant, t.at);
  context.apply(c->lead, moved, t.at);
  return {EventVerdict::accepted, ""};
}

EventAnswer Intake::book(WriteContext& context, const InboundEvent& e, const Target& t) {
  auto c = credit(context, t);
  const CampaignEntry* campaign = c ? context.campaign(c->lead.campaign()) : nullptr;
  const bool usable =
      c && (c->delivered || on_its_way(c->lead.state)) && campaign && !campaign->outcomes_sealed;
  if (!usable) {
    sql_->book.run(context.new_id(), nullptr, t.at, "", hint_of(e), e.source, e.event_id, 0, 0, 0);
    return {EventVerdict::unmatched, ""};
  }
  {
    // A second booking belongs to the message of the first, so that the last one cancelled takes back
    // what the first one counted.
    Rows standing = sql_->standing.rows(c->lead.id);
    if (standing.next()) {
      c->account = standing.i64(1);
      c->step = standing.i32(2);
      c->variant = VariantId{standing.i64(3)};
    }
  }
  const bool by_address = t.found_by == "email" || t.found_by == "phone";
  sql_->book.run(context.new_id(), c->lead.id, t.at, by_address ? t.found_by : "lead", hint_of(e),
                 e.source, e.event_id, c->account, c->step, c->variant);
  context.apply(
      c->lead, domain::book(c->lead.state, AccountId{c->account}, c->step, c->variant, t.at), t.at);
  return {EventVerdict::accepted, ""};
}

EventAnswer Intake::cancel(WriteContext& context, const InboundEvent& e, const Target& t) {
  std::vector<LeadId> leads;
  if (t.lead) {
    leads.push_back(t.lead);
  }
  for (const ContactId contact : t.contacts) {
    for (const LeadId id : people_.leads_of(contact)) {
      if (t.campaign == 0 || lead_campaign_no(id) == t.campaign) leads.push_back(id);
    }
  }
  for (const LeadId id : leads) {
    std::int64_t booking = 0, account = 0, others = 0;
    int step = 0;
    VariantId variant;
    {
      Rows rows = sql_->standing.rows(id);
      while (rows.next()) {
        if (booking != 0) {
          ++others;
          continue;
        }
        booking = rows.i64(0);
        account = rows.i64(1);
        step = rows.i32(2);
        variant = VariantId{rows.i64(3)};
      }
    }
    if (booking == 0) continue;
    const auto lead = context.lead(id);
    const CampaignEntry* campaign = lead ? context.campaign(lead->campaign()) : nullptr;
    if (!campaign || campaign->outcomes_sealed) {
      return rejected("The bookings of this campaign are sealed");
    }
    sql_->cancel.run(booking);
    if (others == 0) {
      context.apply(*lead,
                    domain::cancel_booking(lead->state, AccountId{account}, step, variant, t.at),
                    t.at);
    }
    return {EventVerdict::accepted, ""};
  }
  const std::string hint = hint_of(e);
  const std::int64_t waiting = hint.empty() ? 0 : sql_->waiting.value(0, e.source, hint);
  if (waiting == 0) return rejected("No booking of this person stands");
  sql_->cancel.run(waiting);
  return {EventVerdict::accepted, ""};
}

EventAnswer Intake::opt_out(WriteContext& context, const InboundEvent& e, const Target& t) {
  if (const auto c = credit(context, t)) {
    people_.opt_out(context, c->lead.id, e.source, t.at);
    return {EventVerdict::accepted, ""};
  }
  if (t.lead) {
    people_.opt_out(context, t.lead, e.source, t.at);
    return {EventVerdict::accepted, ""};
  }
  // Nobody we wrote to: the address goes on the list all the same.
  const std::pair<std::string_view, const std::string*> ways[] = {
      {"external_id", &e.external_id},
      {"email", &e.email},
      {"phone", &e.phone},
      {"messenger_id", &e.messenger_id}};
  for (const auto& [kind, raw] : ways) {
    const std::string canonical = raw->empty() ? "" : Addresses::canonical(kind, *raw);
    if (!canonical.empty()) {
      people_.suppress_address(context, kind, canonical, "opted_out", e.source, t.at);
    }
  }
  return {EventVerdict::accepted, ""};
}

}  // namespace headway::store::sqlite
