#include "store/sqlite/enroll.h"

#include <algorithm>

namespace headway::store::sqlite {

struct Enroller::Candidate {
  std::int64_t contact = 0;
  int zone = 0;
  bool suppressed = false;
  domain::Person addresses;  // filled only when they are needed
};

struct Enroller::Sql {
  Connection& db;
  Statement collections{db,
                        "SELECT collection,cursor,last FROM campaign_collection WHERE campaign=?1 "
                        "ORDER BY collection"};
  Statement people{db,
                   "SELECT id,zone,flags FROM contact WHERE id>?1 AND id<=?2 ORDER BY id LIMIT ?3"};
  Statement people_with_addresses{db,
                                  "SELECT id,zone,flags,email,phone,messenger_id,external_id FROM "
                                  "contact WHERE id>?1 AND id<=?2 "
                                  "ORDER BY id LIMIT ?3"};
  Statement others{db, "SELECT contact FROM contact_key WHERE h=?1 AND contact<>?2"};
  Statement address{db, "SELECT email,phone,messenger_id,external_id FROM contact WHERE id=?1"};
  Statement enrolled{db, "SELECT 1 FROM lead WHERE contact=?1 AND id>=?2 AND id<=?3 LIMIT 1"};
  Statement advance{db,
                    "UPDATE campaign_collection SET cursor=?3 WHERE campaign=?1 AND collection=?2"};
};

namespace {

void read_addresses(const Rows& row, int from, domain::Person& p) {
  p.email = row.str(from);
  p.phone = row.str(from + 1);
  p.messenger_id = row.str(from + 2);
  p.external_id = row.str(from + 3);
}

bool has(const domain::Person& p, const Address& a) {
  const auto all = Addresses::of(p);
  return std::any_of(all.begin(), all.end(),
                     [&](const Address& b) { return b.kind == a.kind && b.value == a.value; });
}

}  // namespace

Enroller::Enroller(Connection& db) : sql_(new Sql{db}) {}
Enroller::~Enroller() = default;

bool Enroller::already_in(WriteContext& context, const CampaignEntry& campaign,
                          const Candidate& person) {
  const auto enrolled = [&](std::int64_t contact) {
    return sql_->enrolled.value(0, contact, first_lead(campaign.no), last_lead(campaign.no)) != 0;
  };
  if (enrolled(person.contact)) return true;
  for (const Address& a : Addresses::of(person.addresses)) {
    std::vector<std::int64_t> others;
    {
      Rows rows = sql_->others.rows(context.addresses().key(a.kind, a.value), person.contact);
      while (rows.next()) others.push_back(rows.i64(0));
    }
    for (const std::int64_t other : others) {
      if (!enrolled(other)) continue;
      domain::Person p;
      Rows row = sql_->address.rows(other);
      if (row.next()) read_addresses(row, 0, p);
      if (has(p, a)) return true;
    }
  }
  return false;
}

EnrollProgress Enroller::next(WriteContext& context, CampaignEntry& campaign, int limit,
                              Instant now) {
  struct Source {
    std::int64_t collection, cursor, last;
  };
  std::vector<Source> sources;
  {
    Rows rows = sql_->collections.rows(campaign.no);
    while (rows.next()) sources.push_back({rows.i64(0), rows.i64(1), rows.i64(2)});
  }
  const bool several = sources.size() > 1;
  EnrollProgress progress;
  std::int64_t left = std::max(limit, 1);
  for (Source& source : sources) {
    if (left == 0 || source.cursor >= source.last) continue;
    std::vector<Candidate> batch;
    {
      Rows rows = (several ? sql_->people_with_addresses : sql_->people)
                      .rows(source.cursor, source.last, left);
      while (rows.next()) {
        Candidate& c = batch.emplace_back();
        c.contact = rows.i64(0);
        c.zone = rows.i32(1);
        c.suppressed = (rows.i64(2) & kContactSuppressed) != 0;
        if (several) read_addresses(rows, 3, c.addresses);
      }
    }
    for (const Candidate& c : batch) {
      if (several && already_in(context, campaign, c)) {
        ++progress.skipped;
        continue;
      }
      context.enroll(campaign, ContactId{c.contact}, c.zone, c.suppressed, now);
      ++progress.enrolled;
    }
    const bool drained = static_cast<std::int64_t>(batch.size()) < left;
    left -= static_cast<std::int64_t>(batch.size());
    source.cursor = drained || batch.empty() ? source.last : batch.back().contact;
    sql_->advance.run(campaign.no, source.collection, source.cursor);
  }
  progress.done = std::none_of(sources.begin(), sources.end(),
                               [](const Source& s) { return s.cursor < s.last; });
  campaign.enrolling = !progress.done;
  context.touch(campaign.no, now);
  return progress;
}

}  // namespace headway::store::sqlite
