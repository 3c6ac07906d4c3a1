#include "store/sqlite/messages.h"

namespace headway::store::sqlite {

void Messages::end(WriteContext& context, const LeadImage& lead, const domain::Transition& t,
                   MessageEnd m) {
  const auto counter = m.delivered ? domain::Counter::delivered : domain::Counter::undelivered;
  for (const domain::Delta& d : t.deltas) {
    if (d.counter != counter || d.n != 1) continue;
    m.account = d.account.value;
    m.variant = d.variant;
    m.failure = d.failure;
  }
  const int outcome = m.delivered ? kMessageDelivered : kMessageFailed;
  const Instant handed_over = m.handed_over_at == Instant{} ? m.at : m.handed_over_at;
  const bool counts = m.delivered || domain::counts_as_delivery_failure(m.failure);
  EndedMessage ended{lead.id, lead.collection(), m.account, m.step, m.variant, lead.epoch,
                     0,       m.failure,         m.code,    m.at};
  if (counts) {
    ended.load = context.cells().load(m.account, m.at, context.counters());
    context.cells().ended(ended);
    context.guard().ended(context, m.account, !m.delivered, m.at);
  }
  sql_.message.run(lead.id, m.step, m.variant, m.account, m.attempt, outcome, m.failure,
                   handed_over, m.at, null_if_empty(m.code), null_if_empty(m.text),
                   null_if_empty(m.provider_id), ended.load, lead.epoch);
  if (counts && !m.delivered) {
    context.counters().account_error(m.account, m.failure, m.code, m.at, +1, lead.id);
  }
}

void Messages::take_back(WriteContext& context, const LeadImage& lead, int step) {
  EndedMessage m{lead.id, lead.collection(), 0, step, {}, 0, 0, {}, {}, {}};
  std::string code;
  {
    Rows row = sql_.failed.rows(lead.id, step);
    if (!row.next()) return;
    m.account = row.i64(0);
    m.failure = static_cast<domain::FailureClass>(row.i32(1));
    code = row.str(2);
    m.at = row.at(3);
    m.variant = VariantId{row.i64(4)};
    m.load = row.i32(5);
    m.epoch = row.i32(6);
  }
  if (!domain::counts_as_delivery_failure(m.failure)) return;
  m.code = code;
  context.cells().taken_back(m);
  context.guard().taken_back(m.account, m.at);
  context.counters().account_error(m.account, m.failure, code, m.at, -1, lead.id);
}

void Messages::attempt(LeadId lead, const domain::LeadState& claimed, const Outcome& o) {
  sql_.attempt.run(lead, claimed.attempt, claimed.step, claimed.account, claimed.variant, o.kind,
                   o.failure, o.handed_over_at, o.at, null_if_empty(o.code), null_if_empty(o.text));
}

}  // namespace headway::store::sqlite
