// What could be done about the weak figures of a campaign, each with the evidence for it.

#include "domain/diagnosis/advice.h"

#include <algorithm>
#include <map>

#include "api/handlers.h"
#include "api/labels.h"
#include "api/list.h"

namespace headway::api {
namespace {

using domain::diagnosis::AdviceInput;

// What is usual is learnt from so many days.
constexpr int kUsualDays = 90;

Result<std::vector<AdviceInput::Part>> parts_of(Services& s, const store::CampaignSnapshot& c,
                                                store::BreakdownBy by) {
  const auto slices = s.reader.breakdown(c.plan.id, by);
  if (!slices) return tl::unexpected(slices.error());
  std::vector<AdviceInput::Part> parts;
  for (const store::SliceCounts& slice : *slices) {
    AdviceInput::Part p;
    p.label = slice.label;
    p.counts = slice.counts;
    if (by == store::BreakdownBy::account) p.link = "/accounts/" + to_string(slice.account);
    if (by == store::BreakdownBy::collection) p.link = "/leads/" + to_string(slice.collection);
    if (by == store::BreakdownBy::variant) {
      p.label = variant_label(c.plan, slice.variant, slice.label);
      p.step = slice.step;
      p.in_use = false;
      for (const domain::Step& step : c.plan.steps) {
        for (const domain::Variant& v : step.variants) {
          if (v.id == slice.variant) p.in_use = !v.retired && v.weight > 0;
        }
      }
    }
    parts.push_back(std::move(p));
  }
  return parts;
}

// The other campaigns of the last days: the workspace's figures without this campaign's.
Result<domain::Counts> others_of(Services& s, CampaignId id, Instant now) {
  const auto all = s.reader.dashboard(now, kUsualDays);
  if (!all) return tl::unexpected(all.error());
  const auto own = s.reader.counts_between(id, now - std::chrono::days{kUsualDays}, now);
  if (!own) return tl::unexpected(own.error());
  domain::Counts others = all->counts;
  for (std::size_t i = 0; i < others.n.size(); ++i) {
    others.n[i] = std::max<std::int64_t>(0, others.n[i] - own->n[i]);
  }
  return others;
}

Result<std::vector<AdviceInput::Load>> loads_of(Services& s, CampaignId id) {
  const auto read = s.analysis.failure_cells(id);
  if (!read) return tl::unexpected(read.error());
  std::map<int, AdviceInput::Load> loads;
  for (const store::FailureCell& cell : read->cells) {
    AdviceInput::Load& l = loads[cell.load];
    l.bucket = cell.load;
    (cell.failure == domain::FailureClass::none ? l.delivered : l.undelivered) += cell.n;
  }
  std::vector<AdviceInput::Load> out;
  for (const auto& [bucket, l] : loads) {
    if (!read->loads_folded) out.push_back(l);
  }
  return out;
}

Result<AdviceInput> input_of(Services& s, CampaignId id, Instant now) {
  const auto c = s.reader.campaign(id, now);
  if (!c) return tl::unexpected(c.error());
  AdviceInput in;
  in.campaign_link = "/campaigns/" + to_string(id);
  in.counts = c->counts;
  for (const auto& [by, parts] : {std::pair{store::BreakdownBy::account, &in.accounts},
                                  std::pair{store::BreakdownBy::collection, &in.collections},
                                  std::pair{store::BreakdownBy::variant, &in.texts}}) {
    auto read = parts_of(s, *c, by);
    if (!read) return tl::unexpected(read.error());
    *parts = std::move(*read);
  }
  for (const domain::Account& a : c->accounts) {
    in.states.push_back({a.name, "/accounts/" + to_string(a.id), a.status, a.status_reason});
  }
  auto loads = loads_of(s, id);
  if (!loads) return tl::unexpected(loads.error());
  in.loads = std::move(*loads);
  for (std::size_t i = 1; i < c->plan.steps.size(); ++i) {
    in.delays.push_back(c->plan.steps[i].delay);
  }
  const auto reply_time = s.reader.time_to_reply(id);
  if (!reply_time) return tl::unexpected(reply_time.error());
  in.time_to_reply = *reply_time;
  const auto unread = s.reader.unread_of(id);
  if (!unread) return tl::unexpected(unread.error());
  in.unread = *unread;
  const auto others = others_of(s, id, now);
  if (!others) return tl::unexpected(others.error());
  in.others = *others;
  return in;
}

}  // namespace

Reply campaign_advice(Services& s, const Request& r) {
  if (auto bad = no_query(r); !bad) return refuse(bad.error());
  const auto id = path_id<CampaignId>(r);
  if (!id) return refuse(id.error());
  const auto in = input_of(s, *id, r.now);
  if (!in) return refuse(in.error());
  const domain::diagnosis::AdviceList list = domain::diagnosis::advise(*in);
  return ok([&](JsonWriter& w) {
    w.begin_object().field("campaign_id", *id).field("as_of", r.now).key("items").begin_array();
    for (const domain::diagnosis::Advice& a : list.items) {
      w.begin_object()
          .field("figure", domain::diagnosis::to_string(a.figure))
          .field("title", a.title)
          .field("sentence", a.sentence)
          .key("evidence")
          .begin_array();
      for (const domain::diagnosis::Evidence& e : a.evidence) {
        w.begin_object().field("text", e.text).field("value", e.value);
        w.text_or_null("link", e.link).end_object();
      }
      w.end_array().key("action").begin_object().field("label", a.action.label);
      w.field("link", a.action.link).end_object().end_object();
    }
    w.end_array().text_or_null("nothing", list.nothing).end_object();
  });
}

}  // namespace headway::api
