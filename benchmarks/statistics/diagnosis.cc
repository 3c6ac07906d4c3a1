// Campaigns with one fault, and healthy ones. Accounts prefer collections, collections prefer variants (so slices
// overlap), accounts send hours of different length (so high loads belong to busy accounts), normal failures have
// codes of their own mix, and half to all codes of the fault are replaced by random ones.

#include <algorithm>
#include <map>

#include "benchmarks/statistics/draws.h"
#include "benchmarks/statistics/rows.h"
#include "domain/statistics/slices.h"

namespace headway::bench::statistics {
namespace {

using namespace domain::statistics;

constexpr int kCodes = 16;  // 0 .. 11 speak for a cause, three for each; 12 .. 15 for none

struct Fault {
  bool any = false;
  Cause cause = Cause::account_issues;
  Dimension dimension = Dimension::account;
  int value = 0;
  double rate = 0, random_codes = 1;
};

struct Campaign {
  DiagnosisInput input;
  Fault fault;
};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : draws_(seed) {}

  Campaign campaign(bool faulty) {
    Campaign c;
    accounts_ = draws_.whole(6, 24);
    collections_ = draws_.whole(3, 8);
    variants_ = draws_.whole(2, 5);
    steps_ = draws_.whole(1, 3);
    const double q = draws_.uniform(0.02, 0.08);
    c.input.baseline = q * draws_.uniform(0.85, 1.2);  // as known from elsewhere
    for (int code = 0; code < 12; ++code)
      c.input.code_causes.emplace_back(static_cast<Cause>(code / 3));
    const int attempts =
        static_cast<int>(std::exp(draws_.uniform(std::log(400.0), std::log(12'000.0))));
    attempts_.clear();
    send(attempts);
    if (faulty) c.fault = fault();
    outcomes(c, q);
    return c;
  }

 private:
  using Key = std::array<std::int32_t, kDimensions>;

  // Who is sent what, and the how-manieth attempt of the hour it is.
  void send(int attempts) {
    const double preference = std::exp(draws_.uniform(std::log(0.08), std::log(3.0)));
    std::vector<std::vector<double>> collections, variants;
    std::vector<int> busy;
    for (int a = 0; a < accounts_; ++a) {
      collections.push_back(draws_.dirichlet(collections_, preference));
      busy.push_back(draws_.whole(4, 60));
    }
    for (int i = 0; i < collections_; ++i)
      variants.push_back(draws_.dirichlet(variants_, 3 * preference));
    const std::vector<double> steps = draws_.dirichlet(steps_, 4);
    while (static_cast<int>(attempts_.size()) < attempts) {
      const int account = draws_.whole(0, accounts_ - 1);
      const int in_hour = draws_.whole(1, busy[static_cast<std::size_t>(account)]);
      for (int k = 1; k <= in_hour; ++k) {
        const int collection = draws_.pick(collections[static_cast<std::size_t>(account)]);
        const int variant = draws_.pick(variants[static_cast<std::size_t>(collection)]);
        attempts_.push_back({account, collection, static_cast<std::int32_t>(std::log2(k)), variant,
                             draws_.pick(steps)});
      }
    }
  }

  static bool inside(const Fault& f, const Key& key) {
    const int value = key[static_cast<std::size_t>(f.dimension)];
    return f.dimension == Dimension::load ? value >= f.value : value == f.value;
  }

  // A fault somewhere between 5 and 60 per cent of the campaign.
  Fault fault() {
    Fault f{.any = true};
    while (true) {
      f.cause = static_cast<Cause>(draws_.whole(0, kCauses - 1));
      switch (f.cause) {
        case Cause::account_issues:
          f.dimension = Dimension::account;
          f.value = draws_.whole(0, accounts_ - 1);
          break;
        case Cause::invalid_leads:
          f.dimension = Dimension::collection;
          f.value = draws_.whole(0, collections_ - 1);
          break;
        case Cause::rate_limiting:
          f.dimension = Dimension::load;
          f.value = draws_.whole(2, 5);
          break;
        case Cause::content_issues:
          f.dimension = steps_ > 1 && draws_.happens(0.3) ? Dimension::step : Dimension::variant;
          f.value = draws_.whole(0, f.dimension == Dimension::step ? steps_ - 1 : variants_ - 1);
      }
      const auto n = std::count_if(attempts_.begin(), attempts_.end(),
                                   [&](const Key& k) { return inside(f, k); });
      const double part = static_cast<double>(n) / static_cast<double>(attempts_.size());
      if (part >= 0.05 && part <= 0.6) break;
    }
    f.rate = draws_.uniform(0.12, 0.9);
    f.random_codes = draws_.uniform(0.5, 1);
    return f;
  }

  void outcomes(Campaign& c, double q) {
    const std::vector<double> usual_codes = draws_.dirichlet(kCodes, 1);
    std::map<Key, std::int32_t> index;
    std::map<std::pair<std::int32_t, int>, std::int64_t> codes;
    for (const Key& key : attempts_) {
      const auto [at, added] =
          index.try_emplace(key, static_cast<std::int32_t>(c.input.cells.size()));
      if (added) c.input.cells.push_back({key, 0, 0});
      FailureCell& cell = c.input.cells[static_cast<std::size_t>(at->second)];
      ++cell.tries;
      const bool by_fault = c.fault.any && inside(c.fault, key) && draws_.happens(c.fault.rate);
      if (!by_fault && !draws_.happens(q)) continue;
      ++cell.failures;
      int code = draws_.pick(usual_codes);
      if (by_fault)
        code = draws_.happens(c.fault.random_codes)
                   ? draws_.whole(0, kCodes - 1)
                   : 3 * static_cast<int>(c.fault.cause) + draws_.whole(0, 2);
      ++codes[{at->second, code}];
    }
    for (const auto& [key, n] : codes) c.input.codes.push_back({key.first, key.second, n});
  }

  Draws draws_;
  int accounts_ = 0, collections_ = 0, variants_ = 0, steps_ = 0;
  std::vector<Key> attempts_;
};

}  // namespace

Rows diagnosis_rows(const Scale& scale) {
  const std::string group = "diagnosis";
  Generator generator(scale.seed * 1000 + 4);
  const int runs = scale.of(1200, 20'000);
  std::int64_t open = 0, top_of_open = 0, top = 0, stated = 0, right = 0, false_alarms = 0;
  std::array<std::int64_t, kCauses> of_cause{}, hit{};
  for (int i = 0; i < runs; ++i) {
    const Campaign c = generator.campaign(true);
    const Diagnosis d = diagnose(c.input);
    const bool first = d.causes[0].cause == c.fault.cause;
    top += first;
    ++of_cause[static_cast<std::size_t>(c.fault.cause)];
    hit[static_cast<std::size_t>(c.fault.cause)] += first;
    if (d.verdict == Verdict::not_enough_evidence) continue;
    ++open;
    top_of_open += first;
    if (d.verdict != Verdict::stated) continue;
    ++stated;
    right += first;
  }
  for (int i = 0; i < runs; ++i)
    false_alarms += diagnose(generator.campaign(false).input).verdict == Verdict::stated;
  Rows rows{
      share(group, "true cause comes first, faults above the gate", top_of_open, open,
            Row::Target::at_least, 0.93),
      share(group, "true cause comes first, all faults", top, runs, Row::Target::at_least, 0.93),
      share(group, "right when it commits", right, stated, Row::Target::at_least, 0.97),
      share(group, "false diagnosis, healthy campaigns", false_alarms, runs, Row::Target::at_most,
            0.01),
      share(group, "commits, faults above the gate", stated, open, Row::Target::shown, 0)};
  const char* names[] = {"account", "collection", "load", "variant or step"};
  for (std::size_t k = 0; k < kCauses; ++k)
    rows.push_back(share(group, std::string("true cause comes first: fault of ") + names[k], hit[k],
                         of_cause[k], Row::Target::shown, 0));
  return rows;
}

}  // namespace headway::bench::statistics
