#include "store/sqlite/messages.h"

namespace headway::store::sqlite {

void Messages::end(WriteContext& context, LeadId lead, const domain::Transition& t, MessageEnd m) {
  const auto counter = m.delivered ? domain::Counter::delivered : domain::Counter::undelivered;
  for (const domain::Delta& d : t.deltas) {
    if (d.counter != counter || d.n != 1) continue;
    m.account = d.account.value;
    m.variant = d.variant;
    m.failure = d.failure;
  }
  const int outcome = m.delivered ? kMessageDelivered : kMessageFailed;
  const Instant handed_over = m.handed_over_at == Instant{} ? m.at : m.handed_over_at;
  sql_.message.run(lead, m.step, m.variant, m.account, m.attempt, outcome, m.failure, handed_over,
                   m.at, null_if_empty(m.code), null_if_empty(m.text),
                   null_if_empty(m.provider_id));
  if (!m.delivered && domain::counts_as_delivery_failure(m.failure)) {
    context.counters().account_error(m.account, m.failure, m.code, m.at, +1);
  }
}

void Messages::take_back(WriteContext& context, LeadId lead, int step) {
  std::int64_t account = 0;
  Instant at{};
  domain::FailureClass failure{};
  std::string code;
  {
    Rows row = sql_.failed.rows(lead, step);
    if (!row.next()) return;
    account = row.i64(0);
    failure = static_cast<domain::FailureClass>(row.i32(1));
    code = row.str(2);
    at = row.at(3);
  }
  if (domain::counts_as_delivery_failure(failure)) {
    context.counters().account_error(account, failure, code, at, -1);
  }
}

void Messages::attempt(LeadId lead, const domain::LeadState& claimed, const Outcome& o) {
  sql_.attempt.run(lead, claimed.attempt, claimed.step, claimed.account, claimed.variant, o.kind,
                   o.failure, o.handed_over_at, o.at, null_if_empty(o.code), null_if_empty(o.text));
}

}  // namespace headway::store::sqlite
