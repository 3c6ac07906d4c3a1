// Search of leads by name or address, and the rows of lead pages.

#include <algorithm>
#include <unordered_set>

#include "domain/person.h"
#include "store/sqlite/reader_leads.h"
#include "store/sqlite/reader_sql.h"

namespace headway::store::sqlite {
namespace {

// Index entries of names looked at for one page and its total.
constexpr int kNamesMax = 8'000;

}  // namespace

// The leads of this campaign whose person has exactly this address, of whatever kind.
std::vector<LeadId> LeadPages::by_address(const std::string& text) {
  std::vector<LeadId> leads;
  for (const std::string_view kind : kAddressKinds) {
    const std::string address = Addresses::canonical(kind, text);
    if (address.empty()) continue;
    Rows contacts = db_.contacts_of_key.rows(memo_.addresses(db_).key(kind, address));
    while (contacts.next()) {
      const std::int64_t contact = contacts.i64(0);
      Rows person = db_.person.rows(contact);
      if (!person.next()) continue;
      // Different addresses may share a short digest.
      const std::vector<Address> own = Addresses::of(read_person(person, 0));
      if (std::none_of(own.begin(), own.end(),
                       [&](const Address& a) { return a.kind == kind && a.value == address; })) {
        continue;
      }
      Rows lead =
          db_.leads_of_contact.rows(contact, first_lead(campaign_.no), last_lead(campaign_.no));
      while (lead.next()) leads.push_back(LeadId{lead.i64(0)});
    }
  }
  std::sort(leads.begin(), leads.end());
  leads.erase(std::unique(leads.begin(), leads.end()), leads.end());
  return leads;
}

bool LeadPages::lead_matches(const Question& q, LeadId id) {
  const LeadPredicate& p = q.predicate;
  if (p.nothing) return false;
  if (p.everything() && !q.collection && !q.ranged) return has_facts(q.facts, id);
  const std::int64_t number = lead_number(id);
  if (q.ranged && std::none_of(q.ranges.begin(), q.ranges.end(), [number](const NumberRange& r) {
        return number >= r.first && number <= r.last;
      })) {
    return false;
  }
  bool found = false;
  LeadScan(db_, campaign_.no, p).each(number, number, [&](const ScannedLead& l) {
    found = belongs(q, l);
    return true;
  });
  return found;
}

// Whole addresses first, then names in order. A page after the first knows where it is by its
// cursor.
Page<LeadRow> LeadPages::by_search(const LeadFilter& f, const Question& q, const LeadPaging& p,
                                   std::string_view cursor) {
  Page<LeadRow> page;
  std::vector<LeadId> exact = by_address(f.search);
  std::erase_if(exact, [&](LeadId id) { return !lead_matches(q, id); });
  const std::unordered_set<LeadId> taken(exact.begin(), exact.end());

  std::string name = f.search;
  std::int64_t contact = -1, rank = 0;
  bool later = false;
  if (cursor.starts_with("s:")) {
    std::vector<std::int64_t> n;
    const std::size_t first = cursor.find(':', 2);
    const std::size_t second =
        first == std::string_view::npos ? first : cursor.find(':', first + 1);
    if (second != std::string_view::npos && read_numbers(cursor.substr(2, second - 2), n, 2)) {
      contact = n[0], rank = n[1], name = std::string(cursor.substr(second + 1));
      later = true;
    }
  }
  const auto offset = later ? 0 : std::max<std::int64_t>(0, p.at.value_or(0));
  page.rank_start = later ? rank : offset;
  std::vector<LeadId> ids;
  std::int64_t seen = later ? rank : 0;  // matches so far, in order
  const auto take = [&](LeadId id) {
    const bool wanted = seen >= page.rank_start && std::ssize(ids) < p.limit;
    ++seen;
    if (wanted) ids.push_back(id);
    return wanted;
  };
  if (!later) {
    for (const LeadId id : exact) take(id);
  }
  const std::string until = f.search + "\xf4\x8f\xbf\xbf";  // above every name with the prefix
  std::string last_name = name;
  std::int64_t last_contact = -1;
  int looked_at = 0;
  // The names equal to the cursor's, then the greater ones: two ranges of the index.
  for (const bool same : {true, false}) {
    if (same && !later) continue;
    Rows names = same    ? db_.names_same.rows(name, contact)
                 : later ? db_.names_after.rows(name, until)
                         : db_.names_from.rows(name, until);
    while (names.next()) {
      if (++looked_at > kNamesMax) {
        page.total_exact = false;
        break;
      }
      const std::int64_t who = names.i64(0);
      const std::int64_t collection = who >> 32;
      if (std::none_of(campaign_.collections.begin(), campaign_.collections.end(),
                       [collection](const KnownCollection& c) { return c.no == collection; })) {
        continue;
      }
      Rows lead = db_.leads_of_contact.rows(who, first_lead(campaign_.no), last_lead(campaign_.no));
      while (lead.next()) {
        const LeadId id{lead.i64(0)};
        if (taken.contains(id) || !lead_matches(q, id)) continue;
        if (take(id)) last_name = names.str(1), last_contact = who;
      }
    }
    if (!page.total_exact) break;
  }
  page.total = seen;
  if (page.rank_start + std::ssize(ids) < seen && last_contact >= 0) {
    page.next_cursor = "s:" + std::to_string(last_contact) + ":" +
                       std::to_string(page.rank_start + std::ssize(ids)) + ":" + last_name;
  } else if (page.rank_start + std::ssize(ids) < seen) {
    // The page was filled by addresses alone: names begin at the start.
    page.next_cursor = "s:-1:" + std::to_string(page.rank_start + std::ssize(ids)) + ":" + f.search;
  }
  fill(page, ids);
  return page;
}

void LeadPages::fill(Page<LeadRow>& page, const std::vector<LeadId>& ids) {
  page.items.reserve(ids.size());
  for (const LeadId id : ids) {
    if (auto r = row(id)) page.items.push_back(std::move(*r));
  }
}

std::optional<LeadRow> LeadPages::row(LeadId id) {
  Rows q = db_.lead_row.rows(id.value);
  if (!q.next()) return std::nullopt;
  return complete(read_lead(q));
}

LeadRow LeadPages::complete(const LeadImage& stored) {
  LeadRow r;
  r.id = stored.id;
  r.number = lead_number(stored.id);
  r.state = stored.state;
  r.state.account = {};  // public ids only
  if (const KnownAccount* a = memo_.account_by_no(db_, stored.state.account.value)) {
    r.state.account = a->account.id;
    r.account_name = a->account.name;
  }
  const auto variant = campaign_.variants.find(stored.state.variant.value);
  if (variant != campaign_.variants.end()) r.variant_name = variant->second.name;
  {
    Rows q = db_.person.rows(stored.contact);
    if (q.next()) {
      r.person = read_person(q, 0);
      r.zone = q.i32(6);
      r.person.timezone = memo_.zone_name(db_, r.zone);
    }
    for (const KnownCollection& c : campaign_.collections) {
      if (c.no == stored.collection()) r.person.collection = c.id;
    }
  }
  const domain::LeadState& s = r.state;
  if (s.failure != domain::FailureClass::none) {
    if (s.status == domain::Status::failed) r.failed_step = s.step;
    Rows q = s.status == domain::Status::failed ? db_.failed_message.rows(stored.id, s.step)
                                                : db_.last_attempt_text.rows(stored.id);
    if (q.next()) r.failure_code = q.str(0), r.failure_text = q.str(1);
  }
  if (s.replied) {
    Rows q = db_.first_reply.rows(stored.id.value);
    if (q.next()) r.replied_at = q.maybe_at(0);
  }
  if (s.booked) {
    Rows q = db_.first_booking.rows(stored.id.value);
    if (q.next()) r.booked_at = q.maybe_at(0);
  }
  return r;
}

}  // namespace headway::store::sqlite
