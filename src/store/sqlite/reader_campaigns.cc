// One campaign, all campaigns, one lead, every lead.

#include <algorithm>
#include <tuple>

#include "domain/template.h"
#include "store/sqlite/reader_core.h"
#include "store/sqlite/reader_impl.h"
#include "store/sqlite/reader_leads.h"
#include "store/sqlite/reader_sql.h"

namespace headway::store::sqlite {
namespace {

// Budgets used today, each in its own zone.
void read_days(ReaderSql& db, CampaignMemo& m, Instant now) {
  CampaignSnapshot& s = m.snapshot;
  {
    Rows q = db.campaign_day.rows(m.no, m.day.at(now));
    s.campaign_day_used = q.next() ? q.i64(0) : 0;
  }
  // Nearly always it is the same day for all of them: one statement then.
  std::size_t done = 0;
  const std::size_t own = m.plan_accounts.size();
  const std::int64_t day = own == 0 ? 0 : m.account_days[0].at(now);
  const auto same = [&](LocalDay& d) { return d.at(now) == day; };
  if (own > 1 && std::all_of(m.account_days.begin(),
                             m.account_days.begin() + std::ssize(m.plan_accounts), same)) {
    Rows q = db.account_days.rows(m.no, day);
    for (; done < own && q.next(); ++done) s.account_day_used[done] = q.i64(0);
  }
  for (; done < s.accounts.size(); ++done) {
    s.account_day_used[done] =
        db.account_day.value(0, m.account_nos[done], m.account_days[done].at(now));
  }
}

std::optional<CampaignSnapshot> snapshot(ReaderSql& db, ReaderMemo& memo, CampaignId id,
                                         Instant now) {
  CampaignMemo* m = memo.figures(db, id, now);
  if (m == nullptr) return std::nullopt;
  read_days(db, *m, now);
  return m->snapshot;
}

}  // namespace

Result<CampaignSnapshot> SqliteReader::campaign(CampaignId id, Instant now) {
  return read<CampaignSnapshot>([&](ReaderSql& db, ReaderMemo& memo) -> Result<CampaignSnapshot> {
    memo.refresh(db);
    auto s = snapshot(db, memo, id, now);
    if (!s) return fail(ErrorKind::not_found, "No such campaign");
    return std::move(*s);
  });
}

Result<domain::CampaignPlan> SqliteReader::plan(CampaignId id) {
  return read<domain::CampaignPlan>(
      [&](ReaderSql& db, ReaderMemo& memo) -> Result<domain::CampaignPlan> {
        memo.refresh(db);
        const CampaignMemo* m = memo.plan(db, id);
        if (m == nullptr) return fail(ErrorKind::not_found, "No such campaign");
        domain::CampaignPlan plan = m->base.plan;
        plan.enrolling = db.campaign_enrolling.value(0, m->no) != 0;
        return plan;
      });
}

Result<std::int64_t> SqliteReader::campaign_count() {
  return read<std::int64_t>([](ReaderSql& db, ReaderMemo&) -> Result<std::int64_t> {
    Rows q = db.campaign_count.rows();
    return q.next() ? q.i64(0) : 0;
  });
}

Result<Page<CampaignSnapshot>> SqliteReader::campaigns(const Paging& p, Instant now) {
  using Snapshots = Page<CampaignSnapshot>;
  return read<Snapshots>([&](ReaderSql& db, ReaderMemo& memo) -> Result<Snapshots> {
    memo.refresh(db);
    const auto ids = list<CampaignId>(
        db, p, &ReaderSql::campaign_list, &ReaderSql::campaign_list_count,
        [](ReaderSql&, const Rows& q) { return CampaignId{q.i64(1)}; },
        [](const Rows& q) { return q.i64(0); });
    Snapshots page;
    page.total = ids.total;
    page.next_cursor = ids.next_cursor;
    page.rank_start = ids.rank_start;
    for (const CampaignId id : ids.items) {
      if (auto s = snapshot(db, memo, id, now)) page.items.push_back(std::move(*s));
    }
    return page;
  });
}

Result<Page<LeadRow>> SqliteReader::leads(CampaignId id, const LeadFilter& f, const LeadPaging& p) {
  return read<Page<LeadRow>>([&](ReaderSql& db, ReaderMemo& memo) -> Result<Page<LeadRow>> {
    memo.refresh(db);
    // Places need the queues as of `now`; other filters need only the plan.
    CampaignMemo* m = f.any_wait ? memo.plan(db, id) : memo.figures(db, id, f.now);
    if (m == nullptr) return fail(ErrorKind::not_found, "No such campaign");
    LeadPaging paging = p;
    paging.limit = std::clamp(p.limit, 1, 500);
    return LeadPages(db, memo, *m).page(f, paging);
  });
}

Result<LeadTimeline> SqliteReader::lead(CampaignId id, LeadId lead) {
  return read_campaign<LeadTimeline>(
      id, [&](ReaderSql& db, ReaderMemo& memo, CampaignMemo& m) -> Result<LeadTimeline> {
        if (lead_campaign_no(lead) != m.no)
          return fail(ErrorKind::not_found, "No such lead in this campaign");
        auto row = LeadPages(db, memo, m).row(lead);
        if (!row) return fail(ErrorKind::not_found, "No such lead in this campaign");
        LeadTimeline t;
        t.lead = std::move(*row);
        // The ended messages and the tries before them, in the order of their fences.
        for (Statement ReaderSql::*const statement :
             {&ReaderSql::lead_messages, &ReaderSql::lead_attempts}) {
          Rows q = (db.*statement).rows(lead);
          while (q.next()) {
            MessageRow r;
            r.step = q.i32(0);
            r.variant = VariantId{q.i64(1)};
            if (const auto v = m.variants.find(r.variant.value); v != m.variants.end())
              r.variant_name = v->second.name;
            if (const KnownAccount* a = memo.account_by_no(db, q.i64(2))) {
              r.account = a->account.id;
              r.account_name = a->account.name;
            }
            r.attempt = q.i32(3);
            r.outcome = q.str(4);
            r.failure = static_cast<domain::FailureClass>(q.i64(5));
            r.handed_over_at = from_ms(q.i64(6));
            r.at = from_ms(q.i64(7));
            r.code = q.str(8);
            r.text = q.str(9);
            r.provider_id = q.str(10);
            t.messages.push_back(std::move(r));
          }
        }
        if (t.lead.state.wait == domain::Wait::in_flight) {
          MessageRow r;
          r.step = t.lead.state.step;
          r.variant = t.lead.state.variant;
          r.variant_name = t.lead.variant_name;
          r.account = t.lead.state.account;
          r.account_name = t.lead.account_name;
          r.attempt = t.lead.state.attempt;
          r.outcome = "in_flight";
          r.at = t.lead.state.due;
          t.messages.push_back(std::move(r));
        }
        std::stable_sort(t.messages.begin(), t.messages.end(),
                         [](const MessageRow& a, const MessageRow& b) {
                           return std::tie(a.attempt, a.at) < std::tie(b.attempt, b.at);
                         });
        Rows q = db.lead_events.rows(lead.value);
        while (q.next()) t.events.push_back({from_ms(q.i64(0)), q.str(1), q.str(2)});
        return t;
      });
}

Result<void> SqliteReader::each_lead(CampaignId id,
                                     const std::function<bool(const LeadRow&)>& visit) {
  return read_campaign<void>(id,
                             [&](ReaderSql& db, ReaderMemo& memo, CampaignMemo& m) -> Result<void> {
                               LeadPages pages(db, memo, m);
                               Rows q = db.all_leads.rows(first_lead(m.no), last_lead(m.no));
                               while (q.next()) {
                                 if (!visit(pages.complete(read_lead(q)))) break;
                               }
                               return {};
                             });
}

Result<std::vector<domain::Person>> SqliteReader::sample_people(CampaignId id, int limit) {
  using People = std::vector<domain::Person>;
  return read_campaign<People>(
      id, [&](ReaderSql& db, ReaderMemo& memo, CampaignMemo& m) -> Result<People> {
        People people;
        const int wanted = std::clamp(limit, 1, 100);
        for (const KnownCollection& c : m.collections) {
          if (std::ssize(people) >= wanted) break;
          Rows q = db.people.rows(c.no << 32, (c.no + 1) << 32, wanted - std::ssize(people));
          while (q.next()) {
            people.push_back(read_person(q, 0));
            people.back().collection = c.id;
            people.back().timezone = memo.zone_name(db, q.i64(6));
          }
        }
        return people;
      });
}

namespace {

// How many people of a collection have a value for the field, as the import counted; nullopt when
// only a scan can tell (first and last names are parts of `name`).
std::optional<std::int64_t> present_in(ReaderSql& db, std::int64_t collection, std::int64_t people,
                                       const std::string& field) {
  if (field == "first_name" || field == "last_name") {
    // A name has a first name whenever it is not empty.
    const std::int64_t named = db.collection_field.value(0, collection, "name");
    if (named == 0) return 0;
    if (field == "first_name") return named;
    return std::nullopt;
  }
  return std::min(people, db.collection_field.value(0, collection, field));
}

}  // namespace

Result<std::vector<std::pair<std::string, std::int64_t>>> SqliteReader::missing_fields(
    const std::vector<CollectionId>& collections, const std::vector<std::string>& fields) {
  using Missing = std::vector<std::pair<std::string, std::int64_t>>;
  return read<Missing>([&](ReaderSql& db, ReaderMemo& memo) -> Result<Missing> {
    memo.refresh(db);
    Missing missing;
    std::vector<std::string> names;
    for (const std::string& field : fields) {
      missing.emplace_back(field, 0);
      names.push_back(domain::canonical_field(field));
    }
    for (const CollectionId id : collections) {
      std::int64_t no = 0, people = 0;
      {
        Rows q = db.collection_by_id.rows(id.value);
        if (!q.next()) return fail(ErrorKind::not_found, "No such collection");
        no = q.i64(0), people = q.i64(3);
      }
      std::vector<std::size_t> unknown;  // indexes of fields that only a scan can count
      for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto present = present_in(db, no, people, names[i]);
        if (present)
          missing[i].second += people - *present;
        else
          unknown.push_back(i);
      }
      if (unknown.empty()) continue;
      Rows q = db.people.rows(no << 32, (no + 1) << 32, std::int64_t{-1});
      while (q.next()) {
        domain::Person person = read_person(q, 0);
        person.timezone = memo.zone_name(db, q.i64(6));
        for (const std::size_t i : unknown)
          missing[i].second += domain::field_value(person, names[i]).empty() ? 1 : 0;
      }
    }
    return missing;
  });
}

}  // namespace headway::store::sqlite
