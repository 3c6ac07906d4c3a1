#include "app/sample_story.h"

#include <algorithm>
#include <future>
#include <map>

#include "app/sample_people.h"
#include "domain/draw.h"

namespace headway::app {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::size_t kBatch = 5000;

template <class T, class Begin>
Result<T> wait_for(Begin&& begin) {
  std::promise<Result<T>> promise;
  auto answer = promise.get_future();
  begin([&promise](Result<T> r) { promise.set_value(std::move(r)); });
  return answer.get();
}

struct Lead {
  LeadId id;
  std::int64_t number = 0;
  CollectionId collection;
};

// Leads of all collections mixed, so that no day and no account has one kind only.
Result<std::vector<Lead>> leads_of(SampleStores& stores, CampaignId id, const SampleStory& story,
                                   Instant now) {
  std::vector<Lead> leads;
  for (const CollectionId collection : story.collections) {
    store::LeadFilter filter;
    filter.collection = collection;
    filter.now = now;
    store::LeadPaging paging;
    paging.limit = 500;
    for (;;) {
      const auto page = stores.reader.leads(id, filter, paging);
      if (!page) return tl::unexpected(page.error());
      for (const store::LeadRow& row : page->items)
        leads.push_back({row.id, row.number, collection});
      if (page->next_cursor.empty()) break;
      paging.cursor = page->next_cursor;
    }
  }
  std::sort(leads.begin(), leads.end(), [&](const Lead& a, const Lead& b) {
    const auto key = [&](const Lead& l) {
      return sample_draw(story.seed, static_cast<std::uint64_t>(l.number));
    };
    return key(a) < key(b);
  });
  // The store takes the sends of a batch by lead: so within an hour they are sent in that order too, and the k-th
  // message of an hour is the same for both.
  const auto hour = static_cast<std::size_t>(story.per_hour);
  for (std::size_t from = 0; from < leads.size(); from += hour) {
    const auto begin = leads.begin() + static_cast<std::ptrdiff_t>(from);
    const auto end =
        leads.begin() + static_cast<std::ptrdiff_t>(std::min(from + hour, leads.size()));
    std::sort(begin, end, [](const Lead& a, const Lead& b) { return a.id < b.id; });
  }
  return leads;
}

class Player {
 public:
  Player(SampleStores& stores, const SampleStory& story, domain::CampaignPlan plan, Instant begin)
      : stores_(stores), story_(story), plan_(std::move(plan)), begin_(begin) {}

  Result<void> play(const std::vector<Lead>& leads) {
    const int a_day = story_.per_hour * story_.hours_a_day;
    for (std::size_t i = 0; i < leads.size(); ++i) {
      const auto n = static_cast<int>(i);
      const int day = n / a_day, hour = n % a_day / story_.per_hour, in_hour = n % story_.per_hour;
      if (in_hour == 0) sent_in_hour_.clear();
      const Instant at = begin_ + hours{24 * day + hour} + minutes{60} * in_hour / story_.per_hour;
      send(leads[i], at);
      if (events_.size() >= kBatch) {
        if (auto told = tell(); !told) return told;
      }
    }
    if (auto told = tell(); !told) return told;
    std::swap(events_, reactions_);
    std::stable_sort(events_.begin(), events_.end(),
                     [](const auto& a, const auto& b) { return a.at < b.at; });
    return tell();
  }

 private:
  std::size_t account_for(const Lead& lead) const {
    const double draw = sample_draw(story_.seed + 1, static_cast<std::uint64_t>(lead.number));
    const std::size_t count = story_.accounts.size();
    if (story_.account_shares.empty()) {
      return std::min(static_cast<std::size_t>(draw * static_cast<double>(count)), count - 1);
    }
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
      sum += story_.account_shares[i];
      if (draw < sum) return i;
    }
    return count - 1;
  }

  store::InboundEvent event(store::EventType type, const Lead& lead, Instant at, const char* what) {
    store::InboundEvent e;
    e.source = "sample";
    e.event_id = to_string(lead.id) + what;
    e.type = type;
    e.campaign = plan_.id;
    e.lead = lead.id;
    e.at = at;
    return e;
  }

  void send(const Lead& lead, Instant at) {
    SampleMessage m;
    m.lead = static_cast<std::uint64_t>(lead.number);
    m.account = account_for(lead);
    m.collection = lead.collection;
    m.in_hour = sent_in_hour_[m.account]++;
    if (const auto* v = domain::draw_variant(plan_.steps[0], plan_.id, lead.number, 1))
      m.variant = v->name;
    const SampleOutcome outcome = story_.outcome(m);
    const bool delivered = outcome.failure == domain::FailureClass::none;
    auto e = event(delivered ? store::EventType::sent : store::EventType::failed, lead, at, "/1");
    e.account = story_.accounts[m.account];
    e.step = 1;
    e.failure = outcome.failure;
    e.code = outcome.code;
    e.text = outcome.text;
    events_.push_back(std::move(e));
    if (!delivered || sample_draw(story_.seed + 2, m.lead) >= story_.reply_rate(m)) return;
    const auto after = minutes{20 + static_cast<int>(sample_draw(story_.seed + 3, m.lead) * 2000)};
    auto reply = event(store::EventType::reply, lead, at + after, "/reply");
    reply.account = story_.accounts[m.account];
    reply.text = "Thanks, tell me more.";
    reactions_.push_back(std::move(reply));
    if (sample_draw(story_.seed + 4, m.lead) < story_.booking_rate) {
      reactions_.push_back(
          event(store::EventType::booked, lead, at + after + hours{3}, "/booking"));
    }
  }

  Result<void> tell() {
    if (events_.empty()) return {};
    const Instant now = events_.back().at + minutes{1};
    for (std::size_t at = 0; at < events_.size(); at += kBatch) {
      std::vector<store::InboundEvent> batch(
          std::make_move_iterator(events_.begin() + static_cast<std::ptrdiff_t>(at)),
          std::make_move_iterator(events_.begin() + static_cast<std::ptrdiff_t>(
                                                        std::min(at + kBatch, events_.size()))));
      const auto begin = [&](auto done) {
        stores_.ledger.apply_events(std::move(batch), now, std::move(done));
      };
      const auto told = wait_for<store::EventResults>(begin);
      if (!told) return tl::unexpected(told.error());
      for (const store::EventAnswer& answer : told->answers) {
        if (answer.verdict == store::EventVerdict::rejected) {
          return fail(ErrorKind::internal, "The sample cannot be told: " + answer.error);
        }
      }
    }
    events_.clear();
    return {};
  }

  SampleStores& stores_;
  const SampleStory& story_;
  domain::CampaignPlan plan_;
  Instant begin_;
  std::map<std::size_t, int> sent_in_hour_;
  std::vector<store::InboundEvent> events_, reactions_;
};

}  // namespace

Result<CampaignId> play_story(SampleStores& stores, const SampleStory& story, Instant now) {
  const Instant begin =
      std::chrono::floor<std::chrono::days>(now) - hours{24 * story.days_ago} + hours{8};
  domain::CampaignPlan draft;
  draft.name = story.name;
  draft.collections = story.collections;
  draft.accounts = story.accounts;
  domain::Step step;
  step.variants = story.variants;
  draft.steps = {step};
  auto plan = stores.catalog.create_campaign(draft, kSampleActor, begin - hours{1});
  if (!plan) return tl::unexpected(plan.error());
  const CampaignId id = plan->id;
  const auto leads = leads_of(stores, id, story, begin);
  if (!leads) return tl::unexpected(leads.error());
  const auto start = [&](auto done) {
    stores.ledger.set_paused(id, false, kSampleActor, "", begin, std::move(done));
  };
  if (auto started = wait_for<store::PauseReceipt>(start); !started)
    return tl::unexpected(started.error());
  if (auto played = Player(stores, story, std::move(*plan), begin).play(*leads); !played) {
    return tl::unexpected(played.error());
  }
  return id;
}

}  // namespace headway::app
