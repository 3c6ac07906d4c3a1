#include "domain/comparison/words.h"

#include <algorithm>

#include "domain/wording.h"

namespace headway::domain::comparison {
namespace {

struct Words {
  const char *verb, *unit, *units;  // "4.1 % replied (213 of 5,200)"
};
Words words_of(Metric m) {
  switch (m) {
    case Metric::delivery: return {"delivered", "message", "messages"};
    case Metric::response: return {"replied", "lead", "leads"};
    case Metric::conversion: return {"booked", "lead", "leads"};
  }
  return {"", "", ""};
}

// "4.1 % replied (213 of 5,200)"
std::string rate_text(const Rate& r, const char* verb) {
  return percent_text(r.num, r.den) + " " + verb + " (" + count_text(r.num) + " of " +
         count_text(r.den) + ")";
}

std::string day_text(std::int64_t day) {
  return date_text(Instant{std::chrono::duration_cast<milliseconds>(std::chrono::days{day})});
}

// Arms with data by their rate, the best first.
std::vector<std::size_t> by_rate(const MetricResult& r) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < r.arms.size(); ++i) {
    if (r.arms[i].rate.rate) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return *r.arms[a].rate.rate > *r.arms[b].rate.rate;
  });
  return order;
}

// "Spring 3.4 %, Autumn 3.1 %"; of more than four only the ends.
std::string standings(const MetricResult& r, const std::vector<std::string>& names,
                      const std::vector<std::size_t>& order) {
  std::string text;
  for (std::size_t at = 0; at < order.size(); ++at) {
    if (order.size() > 4 && at >= 2 && at + 1 < order.size()) {
      if (at == 2) text += ", ...";
      continue;
    }
    const Rate& rate = r.arms[order[at]].rate;
    if (!text.empty()) text += ", ";
    text += names[order[at]] + " " + percent_text(rate.num, rate.den);
  }
  return text;
}

std::string more_text(const MetricResult& r, const Words& w) {
  if (!r.needed || *r.needed == 0) {
    return " They are so close that far more " + std::string(w.units) + " might not tell either.";
  }
  return " About " + about_text(static_cast<double>(*r.needed)) + " more " +
         (*r.needed == 1 ? w.unit : w.units) + " each would tell.";
}

const Difference* reversed(const MetricResult& r) {
  for (const Difference& d : r.differences) {
    if (d.reversed) return &d;
  }
  return nullptr;
}

std::string winner_text(const MetricResult& r, const std::vector<std::string>& names, bool drawn,
                        const std::vector<std::size_t>& order, const Words& w) {
  const std::size_t best = *r.winner;
  std::string text = names[best] + " is better: " + rate_text(r.arms[best].rate, w.verb);
  for (const std::size_t other : order) {
    if (other == best) continue;
    text += order.size() > 2 ? "; the next, " + names[other] + ", " : ", " + names[other] + " ";
    text += rate_text(r.arms[other].rate, w.verb);
    break;
  }
  text +=
      ". Chance alone would show this less than once in 20 comparisons, however often you look.";
  if (!drawn) {
    text +=
        " The campaigns were not drawn by lot, so other reasons than the campaign itself are "
        "possible.";
  }
  return text;
}

}  // namespace

void put_into_words(MetricResult& r, const std::vector<std::string>& names, bool drawn) {
  const Words w = words_of(r.metric);
  const std::vector<std::size_t> order = by_rate(r);
  const std::string standing = standings(r, names, order);
  switch (r.verdict) {
    case Verdict::winner: r.sentence = winner_text(r, names, drawn, order, w); return;
    case Verdict::too_early:
      if (r.maturity.next_day) {
        r.sentence = "Too early: no day that they share is complete yet. The first one is on " +
                     day_text(*r.maturity.next_day) + ".";
      } else if (drawn) {
        r.sentence = "Too early: nothing has come back for these texts yet.";
      } else {
        r.sentence = "Too early: not all of them have sent something yet.";
      }
      return;
    case Verdict::not_comparable:
      r.sentence = "Not comparable block by block: they share no day, account or collection. " +
                   standing +
                   "; the difference may as well come from who was written to, and when.";
      return;
    case Verdict::no_clear_winner: break;
  }
  r.sentence = "No clear winner";
  if (const Difference* d = reversed(r)) {
    r.sentence += ": " + standing + ", but where " + names[d->a] + " and " + names[d->b] +
                  " wrote to the same people from the same accounts it is the other way round. "
                  "The totals differ because the mix does.";
    return;
  }
  const bool uneven =
      std::any_of(r.differences.begin(), r.differences.end(),
                  [](const Difference& d) { return d.differs_by_place && d.decided; });
  if (uneven) {
    r.sentence += ": " + standing +
                  ". Which one is better differs from place to place, so look at accounts and "
                  "collections one by one.";
    return;
  }
  r.sentence += " yet: " + standing + "." + more_text(r, w);
}

std::string ratio_sentence(const std::vector<TextArm>& arms, bool alarm) {
  std::vector<std::string> parts;
  for (const TextArm& arm : arms) {
    std::int64_t drawn = 0;
    for (const EpochCount& e : arm.epochs) drawn += e.drawn;
    parts.push_back(arm.name + " " + count_text(drawn, "time"));
  }
  const std::string counts = list_text(parts);
  if (!alarm) return "Drawn as often as planned: " + counts + ".";
  return "Not drawn as often as planned: " + counts +
         ". Something favours one text, so do not trust the comparison.";
}

}  // namespace headway::domain::comparison
