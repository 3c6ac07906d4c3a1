// Conversations, bookings, suppressions, activity of the workspace and the dashboard.

#include "domain/template.h"
#include "store/sqlite/reader_core.h"
#include "store/sqlite/reader_impl.h"
#include "store/sqlite/reader_leads.h"
#include "store/sqlite/reader_sql.h"

namespace headway::store::sqlite {
namespace {

// Bytes of the hex digits at the front.
std::vector<std::uint8_t> unhex(std::string_view text) {
  std::vector<std::uint8_t> bytes;
  for (; text.size() >= 2; text.remove_prefix(2)) {
    std::uint8_t byte = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + 2, byte, 16);
    if (error != std::errc{} || end != text.data() + 2) break;
    bytes.push_back(byte);
  }
  return bytes;
}

// Our own message of a conversation, rendered again from the variant it was sent with.
std::string rendered(ReaderSql& db, ReaderMemo& memo, std::int64_t lead, std::int64_t variant) {
  domain::Person person;
  {
    Rows q = db.person_of_lead.rows(lead);
    if (!q.next()) return {};
    person = read_person(q, 0);
    person.timezone = memo.zone_name(db, q.i64(6));
  }
  Rows q = db.variant_body.rows(variant);
  if (!q.next()) return {};
  const auto compiled = domain::compile_template(q.str(0));
  if (!compiled) return {};
  auto text = domain::render(*compiled, person);
  return text ? std::move(*text) : std::string{};
}

}  // namespace

Result<Page<ConversationRow>> SqliteReader::conversations(const Paging& p) {
  return read<Page<ConversationRow>>(
      [&](ReaderSql& db, ReaderMemo& memo) -> Result<Page<ConversationRow>> {
        memo.refresh(db);
        const auto row = [&](ReaderSql&, const Rows& q) {
          ConversationRow r;
          r.id = ConversationId{q.i64(0)};
          r.lead = LeadId{q.i64(1)};
          if (const KnownAccount* a = memo.account_by_no(db, q.i64(2))) {
            r.account = a->account.id;
            r.account_name = a->account.name;
          }
          r.campaign = CampaignId{q.i64(3)};
          r.campaign_name = q.str(4);
          r.person_name = q.str(5);
          r.unread = q.i64(6) != 0;
          r.archived = q.i64(7) != 0;
          r.last_text = q.str(8);
          r.last_at = from_ms(q.i64(9));
          const std::int64_t flags = q.i64(10);
          r.replied = (flags & 1) != 0;
          r.booked = (flags & 2) != 0;
          return r;
        };
        // Ordered by time, which moves: a cursor is the number of rows before it.
        Paging paging = p;
        if (const auto before = list_cursor(p.cursor)) paging.offset = *before;
        paging.cursor.clear();
        auto page = list<ConversationRow>(
            db, paging, &ReaderSql::conversations,
            p.search.empty() ? &ReaderSql::all_conversations : &ReaderSql::conversation_count, row,
            [](const Rows&) { return std::int64_t{0}; });
        if (!page.next_cursor.empty())
          page.next_cursor = std::to_string(page.rank_start + std::ssize(page.items));
        return page;
      });
}

Result<std::int64_t> SqliteReader::unread_count() {
  return read<std::int64_t>(
      [](ReaderSql& db, ReaderMemo&) -> Result<std::int64_t> { return db.unread_count.value(0); });
}

Result<std::int64_t> SqliteReader::unread_of(CampaignId id) {
  return read_campaign<std::int64_t>(
      id, [](ReaderSql& db, ReaderMemo&, CampaignMemo& m) -> Result<std::int64_t> {
        return db.unread_of_campaign.value(0, m.no);
      });
}

Result<Page<ConversationMessage>> SqliteReader::conversation_messages(ConversationId id,
                                                                      const Paging& p) {
  using Messages = Page<ConversationMessage>;
  return read<Messages>([&](ReaderSql& db, ReaderMemo& memo) -> Result<Messages> {
    memo.refresh(db);
    std::int64_t lead = 0;
    {
      Rows q = db.conversation_lead.rows(id.value);
      if (!q.next()) return fail(ErrorKind::not_found, "No such conversation");
      lead = q.i64(0);
    }
    // A lead has at most kStepsMax messages of ours and a few replies: read all, cut a page out.
    std::vector<ConversationMessage> all;
    {
      Rows q = db.delivered_messages.rows(lead);
      while (q.next()) {
        all.push_back(
            {q.i64(0), false, from_ms(q.i64(1)), rendered(db, memo, lead, q.i64(2)), q.i32(0)});
      }
    }
    {
      Rows q = db.replies.rows(lead);
      while (q.next()) all.push_back({q.i64(0), true, from_ms(q.i64(1)), q.str(2), q.i32(3)});
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.at < b.at; });
    Messages page;
    page.total = std::ssize(all);
    page.rank_start =
        std::clamp<std::int64_t>(list_cursor(p.cursor).value_or(p.offset), 0, page.total);
    const std::int64_t end = std::min(page.total, page.rank_start + std::clamp(p.limit, 1, 500));
    page.items.assign(all.begin() + page.rank_start, all.begin() + end);
    if (end < page.total) page.next_cursor = std::to_string(end);
    return page;
  });
}

Result<Page<BookingRow>> SqliteReader::bookings(const Paging& p, bool unassigned_only) {
  return read<Page<BookingRow>>([&](ReaderSql& db, ReaderMemo&) -> Result<Page<BookingRow>> {
    const auto row = [](ReaderSql&, const Rows& q) {
      BookingRow r;
      r.id = BookingId{q.i64(0)};
      r.lead = LeadId{q.null(1) ? 0 : q.i64(1)};
      r.campaign = CampaignId{q.null(2) ? 0 : q.i64(2)};
      r.at = from_ms(q.i64(3));
      r.cancelled = q.i64(4) != 0;
      r.how = q.str(5);
      r.email_hint = q.str(6);
      return r;
    };
    return list_of<BookingRow>(db, p, &ReaderSql::bookings, &ReaderSql::booking_count,
                               unassigned_only ? 1 : 0, row,
                               [](const Rows& q) { return q.i64(0); });
  });
}

Result<Page<Catalog::Suppression>> SqliteReader::suppressions(const Paging& p) {
  using Suppressions = Page<Catalog::Suppression>;
  return read<Suppressions>([&](ReaderSql& db, ReaderMemo&) -> Result<Suppressions> {
    // Keys are digests: a page goes on after the last one, in hex.
    Suppressions page;
    const int limit = std::clamp(p.limit, 1, 500);
    page.total = db.suppression_count.value(0);
    page.rank_start = p.cursor.empty() ? std::max<std::int64_t>(0, p.offset) : 0;
    const std::vector<std::uint8_t> after = unhex(p.cursor);
    Rows q = db.suppressions.rows(std::span<const std::uint8_t>(after), limit + 1, page.rank_start);
    while (q.next()) {
      if (std::ssize(page.items) == limit) {
        page.next_cursor = page.items.back().hash;
        break;
      }
      page.items.push_back({q.str(0), q.str(1), q.str(2), q.str(3), from_ms(q.i64(4))});
    }
    return page;
  });
}

Result<Page<ActivityEntry>> SqliteReader::activity(CampaignId id, const Paging& p) {
  using Entries = Page<ActivityEntry>;
  return read_campaign<Entries>(
      id, [&](ReaderSql& db, ReaderMemo&, CampaignMemo& m) -> Result<Entries> {
        return list_of<ActivityEntry>(
            db, p, &ReaderSql::activity, &ReaderSql::activity_count, m.no,
            [](ReaderSql&, const Rows& q) { return read_activity(q); },
            [](const Rows& q) { return q.i64(0); });
      });
}

Result<Page<ActivityEntry>> SqliteReader::recent_activity(const Paging& p, Instant since) {
  using Entries = Page<ActivityEntry>;
  return read<Entries>([&](ReaderSql& db, ReaderMemo&) -> Result<Entries> {
    return list_of<ActivityEntry>(
        db, p, &ReaderSql::recent_activity, &ReaderSql::recent_activity_count, to_ms(since),
        [](ReaderSql&, const Rows& q) { return read_activity(q); },
        [](const Rows& q) { return q.i64(0); });
  });
}

Result<DashboardTotals> SqliteReader::dashboard(Instant now, int days) {
  return read<DashboardTotals>([&](ReaderSql& db, ReaderMemo&) -> Result<DashboardTotals> {
    DashboardTotals t;
    {
      Rows q = db.campaign_states.rows();
      while (q.next()) {
        switch (static_cast<domain::CampaignState>(q.i64(0))) {
          case domain::CampaignState::active: t.campaigns_active = q.i64(1); break;
          case domain::CampaignState::paused: t.campaigns_paused = q.i64(1); break;
          case domain::CampaignState::finished: t.campaigns_finished = q.i64(1); break;
        }
      }
    }
    {
      Rows q = db.account_states.rows();
      while (q.next()) {
        t.accounts += q.i64(1);
        if (static_cast<domain::AccountStatus>(q.i64(0)) == domain::AccountStatus::active)
          t.accounts_active += q.i64(1);
      }
    }
    {
      Rows q = db.collection_totals.rows();
      if (q.next()) t.collections = q.i64(0), t.people = q.i64(1);
    }
    t.unread_conversations = db.unread_count.value(0);
    // [now - period, now] at hour resolution, and the period before it.
    const std::int64_t hours = std::int64_t{std::clamp(days, 1, 3660)} * 24;
    const std::int64_t this_hour = hour_of(now);
    const auto add = [&](std::int64_t from, std::int64_t to, domain::Counts& out) {
      Rows q = db.workspace_hours.rows(from, to);
      while (q.next()) add_count(out, q.i64(1), q.i64(2), q.i64(3));
    };
    add(this_hour - hours, this_hour + 1, t.counts);
    add(this_hour - 2 * hours, this_hour - hours, t.previous_counts);
    return t;
  });
}

Result<std::vector<SeriesPoint>> SqliteReader::workspace_series(Instant from, Instant to) {
  using Points = std::vector<SeriesPoint>;
  constexpr std::int64_t kHourMs = 3'600'000, kDayHours = 24;
  const std::int64_t first = hour_of(from) / kDayHours,
                     last = hour_of(to - milliseconds{1}) / kDayHours;
  if (to <= from) return Points{};
  if (last - first >= 2'000) return invalid("to", "At most 2,000 days");
  return read<Points>([&](ReaderSql& db, ReaderMemo&) -> Result<Points> {
    Points points;
    for (std::int64_t day = first; day <= last; ++day)
      points.push_back({from_ms(day * kDayHours * kHourMs), {}});
    Rows q = db.workspace_hours.rows(first * kDayHours, (last + 1) * kDayHours);
    while (q.next()) {
      add_count(points[static_cast<std::size_t>(q.i64(0) / kDayHours - first)].counts, q.i64(1),
                q.i64(2), q.i64(3));
    }
    return points;
  });
}

}  // namespace headway::store::sqlite
