#include "store/sqlite/claim.h"

#include <algorithm>
#include <limits>

#include "domain/draw.h"

namespace headway::store::sqlite {

using domain::Wait;

struct Claims::Pick {
  LeadImage lead;
  domain::Person person;
  int zone = 0;
  bool suppressed = false;
};

struct Claims::Slot {
  const ClaimSlot* asked = nullptr;
  CampaignEntry* campaign = nullptr;
  const AccountEntry* account = nullptr;
  CollectionId collection;  // of the person seen last, and its number
  std::int64_t collection_no = 0;
  Instant now{};
  std::int64_t account_left = 0, campaign_left = 0;  // budget
  int claimed = 0;
  bool wants_more() const { return claimed < asked->max && account_left > 0 && campaign_left > 0; }
};

struct Claims::Sql {
  Connection& db;
  Statement due{db,
                "SELECT " HW_LEAD_COLUMNS
                ", c.name, c.email, c.phone, c.messenger_id, c.external_id, c.zone, c.consent, "
                "c.attributes, c.flags FROM lead l INDEXED BY lead_queue CROSS JOIN contact c ON "
                "c.id=l.contact WHERE l.queue=?1 AND l.due<=?2 ORDER BY l.due, l.id LIMIT ?3"};
  Statement next_queue{db,
                       "SELECT queue FROM lead INDEXED BY lead_queue WHERE queue>=?1 AND queue<=?2 "
                       "ORDER BY queue LIMIT 1"};
  Statement next_due{db,
                     "SELECT due FROM lead INDEXED BY lead_queue WHERE queue=?1 AND due>?2 "
                     "ORDER BY due LIMIT 1"};
  Statement account_used{db, "SELECT used FROM account_day WHERE account=?1 AND day=?2"};
  Statement campaign_used{db, "SELECT used FROM campaign_day WHERE campaign=?1 AND day=?2"};
  Statement use_account{db,
                        "INSERT INTO account_day VALUES(?1,?2,?3) "
                        "ON CONFLICT DO UPDATE SET used=used+excluded.used"};
  Statement use_campaign{db,
                         "INSERT INTO campaign_day VALUES(?1,?2,?3) "
                         "ON CONFLICT DO UPDATE SET used=used+excluded.used"};
  Statement collection{db, "SELECT id FROM collection WHERE no=?1"};
  Statement zones{db, "SELECT no,name FROM zone ORDER BY no"};
};

Claims::Claims(Connection& db) : sql_(new Sql{db}) {}
Claims::~Claims() = default;

Result<ClaimResult> Claims::claim(WriteContext& context, const ClaimRequest& request) {
  ClaimResult result;
  const std::size_t n = request.slots.size();
  result.per_slot.resize(n);
  result.account_exhausted.resize(n);
  result.campaign_exhausted.resize(n);
  result.account_used.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    const ClaimSlot& asked = request.slots[i];
    HW_CHECK(asked.max >= 1 && asked.max <= 5000);
    Slot slot;
    slot.asked = &asked;
    slot.now = request.now;
    if (!current(context, asked, slot)) {
      const AccountEntry* a = context.account(asked.account->id);
      if (a) result.account_used[i] = sql_->account_used.value(0, a->no, asked.account_day);
      continue;
    }
    const std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();
    const std::int64_t account_used =
        sql_->account_used.value(0, slot.account->no, asked.account_day);
    const std::int64_t campaign_used =
        sql_->campaign_used.value(0, slot.campaign->no, asked.campaign_day);
    slot.account_left =
        slot.account->daily_limit ? *slot.account->daily_limit - account_used : no_limit;
    slot.campaign_left =
        slot.campaign->daily_limit ? *slot.campaign->daily_limit - campaign_used : no_limit;
    serve(context, slot, result);
    if (slot.claimed > 0) {
      sql_->use_account.run(slot.account->no, asked.account_day, slot.claimed);
      sql_->use_campaign.run(slot.campaign->no, asked.campaign_day, slot.claimed);
    }
    result.per_slot[i] = slot.claimed;
    result.account_exhausted[i] = slot.account_left <= 0;
    result.campaign_exhausted[i] = slot.campaign_left <= 0;
    result.account_used[i] = account_used + slot.claimed;
    if (const auto due = next_due(slot); due && (!result.next_due || *due < *result.next_due)) {
      result.next_due = due;
    }
  }
  // A person on the suppression list may have been the campaign's last.
  static_cast<void>(context.settle(request.now));
  result.plan_version = context.plan_version();
  return result;
}

bool Claims::current(WriteContext& context, const ClaimSlot& asked, Slot& slot) {
  slot.campaign = context.campaign(asked.campaign->id);
  slot.account = context.account(asked.account->id);
  if (!slot.campaign || !slot.account) return false;
  const CampaignEntry& c = *slot.campaign;
  return !c.deleted && c.state == domain::CampaignState::active &&
         c.version == asked.campaign->version && !slot.account->deleted &&
         slot.account->version == asked.account->version &&
         std::find(c.accounts.begin(), c.accounts.end(), slot.account->no) != c.accounts.end();
}

void Claims::serve(WriteContext& context, Slot& slot, ClaimResult& result) {
  for (const Wait wait : {Wait::retry, Wait::follow_up, Wait::fresh}) {
    if (wait == Wait::fresh && slot.asked->follow_ups_only) continue;
    if (slot.wants_more()) take(context, slot, wait, result);
  }
}

// The queues of the open zones that have leads: the account's own, and those of no account (fresh leads; and
// leads that somebody else wrote to without saying from which account). A campaign that does not follow the
// leads' zones serves all.
std::vector<std::int64_t> Claims::queues(const Slot& slot, Wait wait) {
  const std::int64_t no = slot.campaign->no;
  std::vector<std::int64_t> out;
  for (const std::int64_t account : {slot.account->no, std::int64_t{0}}) {
    if (wait == Wait::fresh && account != 0) continue;
    if (slot.campaign->lead_timezone) {
      for (const int zone : slot.asked->open_zones) {
        out.push_back(queue_key(no, wait, account, zone));
      }
      continue;
    }
    if (slot.asked->open_zones.empty()) continue;
    const std::int64_t last = last_queue(no, wait, account);
    for (std::int64_t from = queue_key(no, wait, account, 0); from <= last;) {
      const std::int64_t found = sql_->next_queue.value(-1, from, last);
      if (found < 0) break;
      out.push_back(found);
      from = found + 1;
    }
  }
  return out;
}

void Claims::pick(Slot& slot, Wait wait, std::int64_t queue, std::int64_t limit) {
  const std::int64_t until = wait == Wait::fresh ? 0 : to_ms(slot.now);
  Rows rows = sql_->due.rows(queue, until, limit);
  while (rows.next()) {
    Pick& p = picks_.emplace_back();
    p.lead = read_lead(rows);
    const int c = kLeadColumns;
    p.person.id = p.lead.contact;
    p.person.name = rows.str(c);
    p.person.email = rows.str(c + 1);
    p.person.phone = rows.str(c + 2);
    p.person.messenger_id = rows.str(c + 3);
    p.person.external_id = rows.str(c + 4);
    p.zone = rows.i32(c + 5);
    p.person.consent = rows.str(c + 6);
    p.person.attributes = rows.null(c + 7) ? "{}" : rows.str(c + 7);
    p.suppressed = (rows.i64(c + 8) & kContactSuppressed) != 0;
  }
}

void Claims::take(WriteContext& context, Slot& slot, Wait wait, ClaimResult& result) {
  const auto all = queues(slot, wait);
  // A round yields fewer than it asked for only when suppressed people were among them.
  while (slot.wants_more() && context.db().ok()) {
    const std::int64_t limit = std::min<std::int64_t>(
        slot.asked->max - slot.claimed, std::min(slot.account_left, slot.campaign_left));
    picks_.clear();
    for (const std::int64_t queue : all) pick(slot, wait, queue, limit);
    if (all.size() > 1) {
      const auto n = std::min(picks_.size(), static_cast<std::size_t>(limit));
      std::partial_sort(picks_.begin(), picks_.begin() + static_cast<std::ptrdiff_t>(n),
                        picks_.end(), [](const Pick& a, const Pick& b) {
                          return a.lead.state.due != b.lead.state.due
                                     ? a.lead.state.due < b.lead.state.due
                                     : a.lead.id < b.lead.id;
                        });
      picks_.resize(n);
    }
    if (picks_.empty()) return;
    const bool last_round = static_cast<std::int64_t>(picks_.size()) < limit;
    const std::int64_t open = slot.campaign->open;
    const int before = slot.claimed;
    for (Pick& p : picks_) {
      if (claim_one(context, slot, p, result)) {
        ++slot.claimed;
        if (slot.account->daily_limit) --slot.account_left;
        if (slot.campaign->daily_limit) --slot.campaign_left;
      }
    }
    // Leads that cannot be claimed (a step without a text) must not keep it busy.
    const bool moved = slot.claimed > before || slot.campaign->open < open;
    if (last_round || !moved) return;
  }
}

bool Claims::claim_one(WriteContext& context, Slot& slot, Pick& p, ClaimResult& result) {
  const domain::LeadState& s = p.lead.state;
  if (p.suppressed || s.suppressed) {
    context.apply(p.lead, domain::suppress(s, false, slot.now), slot.now);
    return false;
  }
  const domain::CampaignPlan& plan = *slot.asked->campaign;
  const int step = domain::next_step(s);
  const std::int64_t number = lead_number(p.lead.id);
  if (step > static_cast<int>(plan.steps.size())) return false;
  // A message that is tried again is the same message.
  VariantId variant = s.step == step ? s.variant : VariantId{};
  if (!variant) {
    const domain::Variant* drawn =
        domain::draw_variant(plan.steps[static_cast<std::size_t>(step - 1)], plan.id, number, step);
    if (!drawn) return false;
    variant = drawn->id;
    p.lead.epoch = plan.steps[static_cast<std::size_t>(step - 1)].epoch;
  }
  const auto t = domain::claim(s, AccountId{slot.account->no}, variant, slot.now);
  if (!t) return false;
  context.apply(p.lead, *t, slot.now);

  ClaimedMessage& m = result.messages.emplace_back();
  m.lead = p.lead.id;
  m.campaign = plan.id;
  m.account = slot.account->id;
  m.step = step;
  m.attempt = t->next.attempt;
  m.tries = t->next.tries;
  m.variant = variant;
  m.idempotency_key = "hw-" + context.instance() + "-" + std::to_string(p.lead.id.value) + "-" +
                      std::to_string(step) + "-" + std::to_string(p.lead.generation);
  m.account_day = slot.asked->account_day;
  m.campaign_day = slot.asked->campaign_day;
  m.claimed_at = slot.now;
  m.person = std::move(p.person);
  m.person.timezone = zone_name(p.zone);
  if (slot.collection_no != p.lead.collection()) {
    slot.collection_no = p.lead.collection();
    slot.collection = CollectionId{sql_->collection.value(0, slot.collection_no)};
  }
  m.person.collection = slot.collection;
  return true;
}

const std::string& Claims::zone_name(int zone) {
  const auto index = static_cast<std::size_t>(zone);
  if (index >= zones_.size()) {
    Rows rows = sql_->zones.rows();
    while (rows.next()) {
      const auto no = static_cast<std::size_t>(rows.i64(0));
      if (zones_.size() <= no) zones_.resize(no + 1);
      zones_[no] = rows.str(1);
    }
    if (zones_.size() <= index) zones_.resize(index + 1);
  }
  return zones_[index];
}

std::optional<Instant> Claims::next_due(const Slot& slot) {
  std::optional<Instant> earliest;
  for (const Wait wait : {Wait::retry, Wait::follow_up}) {
    for (const std::int64_t queue : queues(slot, wait)) {
      const std::int64_t due = sql_->next_due.value(-1, queue, slot.now);
      if (due >= 0 && (!earliest || from_ms(due) < *earliest)) earliest = from_ms(due);
    }
  }
  return earliest;
}

}  // namespace headway::store::sqlite
