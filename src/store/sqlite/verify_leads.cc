// One scan of lead and message, side by side in key order. Blocks are compared as they are passed, so that
// memory does not grow with the number of leads.

#include <limits>
#include <map>

#include "store/sqlite/lead_row.h"
#include "store/sqlite/verify_recount.h"

namespace headway::store::sqlite {

using domain::Counter;
using domain::Status;
using domain::Wait;

class Recount::Leads {
 public:
  explicit Leads(Recount& recount)
      : r_(recount), sql_{recount.db}, messages_(sql_.messages.rows()) {
    more_ = messages_.next();
  }

  bool run() {
    Rows rows = sql_.leads.rows();
    while (rows.next()) {
      const LeadImage lead = read_lead(rows);
      ++r_.report.leads;
      enter(lead.id);
      check_state(lead, rows.null(3));
      take_messages(lead);
      count(lead);
      if (!r_.step(1)) return false;
    }
    if (campaign_ != 0) leave(3);
    strays(std::numeric_limits<std::int64_t>::max());
    return true;
  }

 private:
  struct Sql {
    Connection& db;
    Statement leads{db, "SELECT " HW_LEAD_COLUMNS " FROM lead l ORDER BY l.id"};
    Statement messages{db,
                       "SELECT lead,step,variant,account,outcome,failure,at,code FROM message "
                       "ORDER BY lead,step"};
    Statement blocks{db,
                     "SELECT facet,n FROM lead_block WHERE campaign=?1 AND level=?2 AND block=?3"};
  };
  struct Told {  // what the messages of a lead say
    int delivered = 0, last = 0;
  };

  std::string name(LeadId id) const {
    return "campaign " + std::to_string(lead_campaign_no(id)) + ": lead " +
           std::to_string(lead_number(id));
  }

  // Closes the blocks that the scan has passed.
  void enter(LeadId id) {
    const std::int64_t campaign = lead_campaign_no(id), number = lead_number(id);
    if (campaign_ != 0 && campaign != campaign_) {
      leave(3);
    } else if (campaign_ != 0 && block_of(number, 2) != block_of(number_, 2)) {
      leave(2);
    } else if (campaign_ != 0 && block_of(number, 1) != block_of(number_, 1)) {
      leave(1);
    }
    campaign_ = campaign;
    number_ = number;
  }

  void leave(int highest) {
    for (int level = 1; level <= highest; ++level) {
      auto& mine = facets_[static_cast<std::size_t>(level - 1)];
      const std::int64_t block = block_of(number_, level);
      std::map<std::int64_t, std::int64_t> stored;
      {
        Rows rows = sql_.blocks.rows(campaign_, level, block);
        while (rows.next()) stored[rows.i64(0)] = rows.i64(1);
      }
      for (const auto& [facet, n] : mine) stored.emplace(facet, 0);
      for (const auto& [facet, n] : stored) {
        const auto it = mine.find(facet);
        r_.expect(
            [&, f = facet] {
              return "campaign " + std::to_string(campaign_) + ": leads of block " +
                     std::to_string(level) + "/" + std::to_string(block) + ", facet " +
                     std::to_string(f);
            },
            n, it == mine.end() ? 0 : it->second);
      }
      if (level < 3) {
        auto& above = facets_[static_cast<std::size_t>(level)];
        for (const auto& [facet, n] : mine) above[facet] += n;
      }
      mine.clear();
    }
  }

  void check_state(const LeadImage& lead, bool no_due) {
    const domain::LeadState& s = lead.state;
    const bool final = s.status == Status::sent || s.status == Status::failed;
    bool good = final == (s.wait == Wait::none);
    good = good && no_due == final;
    if (s.status == Status::pending) good = good && s.delivered == 0;
    if (s.status == Status::partial) good = good && s.delivered > 0;
    if (s.status == Status::sent) good = good && s.delivered > 0;
    if (s.wait == Wait::fresh) good = good && !s.account && s.delivered == 0;
    if (s.wait == Wait::in_flight) good = good && s.attempt > 0 && s.step > 0;
    if (s.opted_out) good = good && s.suppressed;
    r_.expect([&] { return name(lead.id) + ": status, queue and account fit together"; }, good, 1);
  }

  void stray() {
    r_.expect([&] { return name(LeadId{messages_.i64(0)}) + ": a message without lead"; }, 1, 0);
    more_ = messages_.next();
  }
  void strays(std::int64_t before) {
    while (more_ && messages_.i64(0) < before) stray();
  }

  void take_messages(const LeadImage& lead) {
    strays(lead.id.value);
    Told told;
    for (; more_ && messages_.i64(0) == lead.id.value; more_ = messages_.next()) {
      ++r_.report.messages;
      const std::int64_t step = messages_.i64(1), variant = messages_.i64(2),
                         account = messages_.i64(3), failure = messages_.i64(5);
      if (messages_.i64(4) == kMessageDelivered) {
        fact(lead, Counter::delivered, account, step, variant, 0);
        ++told.delivered;
        told.last = static_cast<int>(step);
        ++r_.hours[{campaign_, hour_of(messages_.at(6))}];
      } else if (domain::counts_as_delivery_failure(static_cast<domain::FailureClass>(failure))) {
        fact(lead, Counter::undelivered, account, step, variant, failure);
        if (account != 0) {
          ++r_.codes[std::to_string(account) + " " + std::to_string(failure) + " " +
                     messages_.str(7)];
        }
      }
    }
    r_.expect([&] { return name(lead.id) + ": last step delivered"; }, lead.state.delivered,
              told.last);
    if (told.delivered > 0) fact(lead, Counter::contacted, -1, 0, 0, 0);
  }

  void count(const LeadImage& lead) {
    const domain::LeadState& s = lead.state;
    fact(lead, Counter::enrolled, 0, 0, 0, 0);
    const std::int64_t account = s.account.value, variant = s.variant.value;
    if (s.status == Status::sent) fact(lead, Counter::sent, account, s.step, variant, 0);
    if (s.status == Status::failed) {
      fact(lead, Counter::failed, account, s.step, variant, static_cast<std::int64_t>(s.failure));
    }
    if (s.status == Status::partial) fact(lead, Counter::partial, account, 0, 0, 0);
    if (s.delivered > 0) {  // credited to some message of the lead: compared without which
      if (s.replied) fact(lead, Counter::responded, -1, 0, 0, 0);
      if (s.booked) fact(lead, Counter::booked, -1, 0, 0, 0);
      if (s.opted_out) fact(lead, Counter::opted_out, -1, 0, 0, 0);
    }
    if (s.wait != Wait::none) {
      ++r_.open[campaign_];
      ++r_.queues[{queue_key(campaign_, s.wait, account, lead.zone),
                   queue_bucket(s.wait, to_ms(s.due)), 0, 0}];
    }
    ++facets_[0][pack_facet(facet_of(s))];
    r_.claims[campaign_] += s.attempt;
  }

  void fact(const LeadImage& lead, Counter counter, std::int64_t account, std::int64_t step,
            std::int64_t variant, std::int64_t failure) {
    ++r_.facts[{campaign_, static_cast<std::int64_t>(counter), account, lead.collection(), step,
                variant, failure}];
  }

  Recount& r_;
  Sql sql_;
  Rows messages_;
  bool more_ = false;
  std::int64_t campaign_ = 0, number_ = 0;
  std::array<std::unordered_map<std::int64_t, std::int64_t>, 3> facets_;
};

bool Recount::scan_leads() { return Leads(*this).run(); }

}  // namespace headway::store::sqlite
