#pragma once
// The rows of `message` and `attempt`, with the provider's codes counted by account beside them.

#include <optional>
#include <string>
#include <string_view>

#include "store/ledger.h"
#include "store/sqlite/write_context.h"

namespace headway::store::sqlite {

struct MessageEnd {  // how a step of a lead ended
  int step = 0;
  VariantId variant;
  std::int64_t account = 0;  // number
  int attempt = 0;
  bool delivered = false;
  domain::FailureClass failure = domain::FailureClass::none;
  Instant handed_over_at{}, at{};
  std::string_view code, text, provider_id;
};

class Messages {
 public:
  explicit Messages(Connection& db) : sql_{db} {}

  // `t`: the transition that ended it. What it counted decides account, variant and class of the row, so that
  // the rows add up to the counters; `m` gives the rest, and all of it when nothing was counted. After
  // WriteContext::apply(). The lead's epoch is the message's.
  void end(WriteContext& context, const LeadImage& lead, const domain::Transition& t, MessageEnd m);
  // What was counted as undelivered was delivered after all: takes it out of the account's errors and the cells.
  void take_back(WriteContext& context, const LeadImage& lead, int step);
  void attempt(LeadId lead, const domain::LeadState& claimed, const Outcome& o);

 private:
  struct Sql {
    Connection& db;
    Statement message{
        db,
        "INSERT OR REPLACE INTO message VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)"};
    Statement attempt{db,
                      "INSERT OR REPLACE INTO attempt VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)"};
    Statement failed{db,
                     "SELECT account,failure,code,at,variant,load,epoch FROM message WHERE lead=?1 "
                     "AND step=?2 AND outcome=2"};
  };
  Sql sql_;
};

}  // namespace headway::store::sqlite
