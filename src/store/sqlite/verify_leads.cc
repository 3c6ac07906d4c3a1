// One scan of lead and message, side by side in key order. Blocks are compared as they are passed, so that
// memory does not grow with the number of leads.

#include <limits>
#include <map>

#include "store/sqlite/cells.h"
#include "store/sqlite/lead_row.h"
#include "store/sqlite/verify_recount.h"

namespace headway::store::sqlite {

using domain::Counter;
using domain::Status;
using domain::Wait;

class Recount::Leads {
 public:
  explicit Leads(Recount& recount)
      : r_(recount),
        sql_{recount.db},
        messages_(sql_.messages.rows()),
        reactions_(sql_.reactions.rows()) {
    more_ = messages_.next();
    more_reactions_ = reactions_.next();
    Rows codes = sql_.codes.rows();
    while (codes.next()) codes_[std::to_string(codes.i64(0)) + ' ' + codes.str(2)] = codes.i64(1);
  }

  bool run() {
    Rows rows = sql_.leads.rows();
    while (rows.next()) {
      const LeadImage lead = read_lead(rows);
      ++r_.report.leads;
      enter(lead.id);
      check_state(lead, rows.null(3));
      take_messages(lead);
      take_reactions(lead);
      count(lead);
      if (!r_.step(1)) return false;
    }
    if (campaign_ != 0) leave(3);
    strays(std::numeric_limits<std::int64_t>::max());
    r_.expect([] { return std::string("reactions without lead"); }, more_reactions_, 0);
    return true;
  }

 private:
  struct Sql {
    Connection& db;
    Statement leads{db, "SELECT " HW_LEAD_COLUMNS " FROM lead l ORDER BY l.id"};
    Statement messages{db,
                       "SELECT lead,step,variant,account,outcome,failure,at,code,load,epoch FROM "
                       "message ORDER BY lead,step"};
    Statement reactions{db, "SELECT lead,counter,step,at FROM reaction ORDER BY lead,counter"};
    Statement codes{db, "SELECT campaign,id,code FROM failure_code"};
    Statement blocks{db,
                     "SELECT facet,n FROM lead_block WHERE campaign=?1 AND level=?2 AND block=?3"};
  };
  struct Told {  // what the messages of a lead say
    int delivered = 0, last = 0;
  };
  struct Delivery {
    std::int64_t step, account, variant, epoch;
    Instant at;
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
    deliveries_.clear();
    for (; more_ && messages_.i64(0) == lead.id.value; more_ = messages_.next()) {
      ++r_.report.messages;
      const std::int64_t step = messages_.i64(1), variant = messages_.i64(2),
                         account = messages_.i64(3), failure = messages_.i64(5);
      const bool delivered = messages_.i64(4) == kMessageDelivered;
      if (delivered ||
          domain::counts_as_delivery_failure(static_cast<domain::FailureClass>(failure))) {
        cell(lead, delivered);
      }
      if (delivered) {
        deliveries_.push_back({step, account, variant, messages_.i64(9), messages_.at(6)});
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

  // The message at hand counts in the delivery rate.
  void cell(const LeadImage& lead, bool delivered) {
    const std::int64_t step = messages_.i64(1), variant = messages_.i64(2),
                       account = messages_.i64(3), failure = messages_.i64(5);
    const std::int64_t at = to_ms(messages_.at(6)), day = day_of(messages_.at(6));
    std::int64_t code = kNoCode;
    if (!delivered && !messages_.text(7).empty()) {
      const auto it = codes_.find(std::to_string(campaign_) + ' ' + messages_.str(7));
      code = it == codes_.end() ? kOtherCode : it->second;
    }
    Recount::Cell& c = r_.cells[{campaign_, account, lead.collection(), step, variant,
                                 messages_.i64(8), failure, code}];
    c.first = c.n == 0 ? at : std::min(c.first, at);
    c.last = c.n == 0 ? at : std::max(c.last, at);
    ++c.n;
    if (account != 0) {
      ++r_.account_days[{account, day}];
      if (!delivered) ++r_.account_failures[{account, day}];
    }
    const auto counter =
        static_cast<std::int64_t>(delivered ? Counter::contacted : Counter::undelivered);
    ++r_.cohorts[{campaign_, 1, day, counter, account, lead.collection(), step, variant,
                  messages_.i64(9), 0}];
    if (delivered && step == 1) {
      ++r_.cohorts[{campaign_, 0, day, counter, account, lead.collection(), 0, 0, 0, 0}];
    }
  }

  // What counts as a reaction stands in `reaction`, on a message that was delivered; nothing else does.
  void take_reactions(const LeadImage& lead) {
    bool responded = false, booked = false;
    for (; more_reactions_ && reactions_.i64(0) == lead.id.value;
         more_reactions_ = reactions_.next()) {
      const std::int64_t counter = reactions_.i64(1);
      (counter == static_cast<std::int64_t>(Counter::responded) ? responded : booked) = true;
      const Delivery* on = nullptr;
      for (const Delivery& d : deliveries_) {
        if (d.step == reactions_.i64(2)) on = &d;
      }
      r_.expect([&] { return name(lead.id) + ": a reaction stands on a delivered message"; },
                on != nullptr, 1);
      if (on == nullptr) continue;
      const Delivery& first = deliveries_.front();
      const Instant at = reactions_.at(3);
      ++r_.cohorts[{campaign_, 1, day_of(on->at), counter, on->account, lead.collection(), on->step,
                    on->variant, on->epoch, lag_bucket(on->at, at)}];
      ++r_.cohorts[{campaign_, 0, day_of(first.at), counter, first.account, lead.collection(), 0, 0,
                    0, lag_bucket(first.at, at)}];
    }
    const bool contacted = lead.state.delivered > 0;
    r_.expect([&] { return name(lead.id) + ": response that counts"; }, responded,
              contacted && lead.state.replied);
    r_.expect([&] { return name(lead.id) + ": booking that counts"; }, booked,
              contacted && lead.state.booked);
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
  Rows messages_, reactions_;
  bool more_ = false, more_reactions_ = false;
  std::vector<Delivery> deliveries_;                     // of the lead at hand, by step
  std::unordered_map<std::string, std::int64_t> codes_;  // "campaign code"
  std::int64_t campaign_ = 0, number_ = 0;
  std::array<std::unordered_map<std::int64_t, std::int64_t>, 3> facets_;
};

bool Recount::scan_leads() { return Leads(*this).run(); }

}  // namespace headway::store::sqlite
