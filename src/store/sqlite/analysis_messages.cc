// Single messages in order of time, and people in several campaigns: the questions that look at rows.

#include <algorithm>
#include <set>

#include "store/sqlite/analysis_impl.h"
#include "store/sqlite/keys.h"

namespace headway::store::sqlite {

Result<MessageScan> SqliteAnalysis::each_message(
    const MessageScope& scope, Instant from, Instant to, std::int64_t limit,
    const std::function<bool(const MessageFact&)>& visit) {
  return read<MessageScan>([&](AnalysisTable& t) -> Result<MessageScan> {
    std::int64_t key = 0;
    if (scope.campaign) {
      CampaignMemo* m = t.memo.plan(t.known, *scope.campaign);
      if (m == nullptr) return fail(ErrorKind::not_found, "No such campaign");
      key = m->no;
    } else {
      const KnownAccount* a =
          scope.account ? t.memo.account_by_id(t.known, *scope.account) : nullptr;
      if (a == nullptr || a->deleted) return fail(ErrorKind::not_found, "No such account");
      key = a->no;
    }
    MessageScan scan;
    limit = std::clamp<std::int64_t>(limit, 0, kMessagesMax);
    Rows q = (scope.campaign ? t.sql.campaign_messages : t.sql.account_messages)
                 .rows(key, from, to, limit + 1);
    std::int64_t collection_no = 0;
    CollectionId collection;
    while (q.next()) {
      if (scan.visited == limit) {
        scan.truncated = true;
        break;
      }
      MessageFact f;
      f.lead = LeadId{q.i64(0)};
      f.step = q.i32(1);
      f.variant = VariantId{q.i64(2)};
      f.account = account_of(t, q.i64(3));
      f.failure = static_cast<domain::FailureClass>(q.i32(4));
      f.code = q.str(5);
      f.at = q.at(6);
      if (collection_no != q.i64(7)) {
        collection_no = q.i64(7);
        collection = CollectionId{t.sql.collection.value(0, collection_no)};
      }
      f.collection = collection;
      f.campaign = CampaignId{q.i64(8)};
      f.load = q.i32(9);
      f.epoch = q.i32(10);
      ++scan.visited;
      if (!visit(f)) break;
    }
    return scan;
  });
}

Result<std::vector<Overlap>> SqliteAnalysis::overlaps(const std::vector<CampaignId>& ids,
                                                      int sample) {
  return read<std::vector<Overlap>>([&](AnalysisTable& t) -> Result<std::vector<Overlap>> {
    struct Side {
      std::int64_t no = 0, leads = 0;
      std::vector<std::pair<std::int64_t, std::int64_t>> enrolled;  // by collection
    };
    std::vector<Side> sides;
    for (const CampaignId id : ids) {
      CampaignMemo* m = t.memo.plan(t.known, id);
      if (m == nullptr) return fail(ErrorKind::not_found, "No such campaign");
      Side& side = sides.emplace_back();
      side.no = m->no;
      Rows q = t.sql.enrolled.rows(m->no);
      while (q.next()) {
        side.enrolled.emplace_back(q.i64(0), q.i64(1));
        side.leads += q.i64(1);
      }
    }
    const Addresses& addresses = t.memo.addresses(t.known);
    // The campaigns that a lead's person is in, under any entry with one of the addresses.
    const auto campaigns_of = [&](std::int64_t lead) {
      std::set<std::int64_t> contacts, campaigns;
      const std::int64_t contact = t.sql.contact_of_lead.value(0, lead);
      contacts.insert(contact);
      std::vector<Address> all;
      {
        Rows q = t.sql.contact.rows(contact);
        if (q.next()) all = Addresses::of(read_person(q, 0));
      }
      for (const Address& a : all) {
        Rows q = t.sql.contacts_of_key.rows(short_digest(addresses.digest(a.kind, a.value)));
        while (q.next()) contacts.insert(q.i64(0));
      }
      for (const std::int64_t c : contacts) {
        Rows q = t.sql.leads_of_contact.rows(c);
        while (q.next()) campaigns.insert(lead_campaign_no(LeadId{q.i64(0)}));
      }
      return campaigns;
    };
    std::vector<Overlap> out;
    for (std::size_t a = 0; a < sides.size(); ++a) {
      const Side& side = sides[a];
      const std::int64_t looked = std::min<std::int64_t>(side.leads, std::max(sample, 0));
      std::vector<std::int64_t> shared(sides.size());
      for (std::int64_t i = 0; i < looked; ++i) {
        // The middle of the i-th of `looked` equal parts; lead numbers have no gaps.
        const std::int64_t number = (2 * i + 1) * side.leads / (2 * looked) + 1;
        const auto in = campaigns_of(lead_id(side.no, number).value);
        for (std::size_t b = 0; b < sides.size(); ++b) shared[b] += in.count(sides[b].no) > 0;
      }
      for (std::size_t b = 0; b < sides.size(); ++b) {
        if (a == b) continue;
        Overlap o{ids[a], ids[b], looked, shared[b], looked == side.leads, 0};
        for (const auto& [collection, n] : side.enrolled) {
          for (const auto& [other, k] : sides[b].enrolled) {
            if (other == collection) o.at_least += std::min(n, k);
          }
        }
        out.push_back(o);
      }
    }
    return out;
  });
}

}  // namespace headway::store::sqlite
