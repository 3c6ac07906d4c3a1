#pragma once
// What could be done about a weak figure of a campaign: the nine pieces of advice of docs/METRICS.md ("Advice"),
// each only with the evidence in this campaign that triggered it. The thresholds below are those of that page.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/account.h"
#include "domain/figures.h"

namespace headway::domain::diagnosis {

enum class Figure : std::uint8_t { delivery, response, conversion };
std::string_view to_string(Figure f);

struct Evidence {
  std::string text;   // "Trade fair"
  std::string value;  // "50 of 300 (17 %)"
  std::string link;   // path below /api/v1 to what is behind it; "" = none
};
struct Action {
  std::string label, link;
};
struct Advice {
  Figure figure{};
  std::string title;
  std::string sentence;
  std::vector<Evidence> evidence;  // at least one
  Action action;
};

struct AdviceInput {
  struct Part {  // an account, collection or text, with what came of it
    std::string label;
    std::string link;
    int step = 0;  // of a text; 0 for the others
    bool in_use = true;
    Counts counts;
  };
  struct AccountState {
    std::string label, link;
    AccountStatus status{};
    std::string reason;
  };
  struct
      Load {  // messages by how-many-th of their account in the hour: 2^bucket .. 2^(bucket+1) - 1
    int bucket = 0;
    std::int64_t delivered = 0, undelivered = 0;
  };
  std::string campaign_link;  // "/campaigns/7"
  Counts counts;
  std::vector<Part> accounts, collections, texts;
  std::vector<AccountState> states;
  std::vector<Load> loads;
  std::vector<milliseconds> delays;  // of steps 2, 3, ...
  TimeToReply time_to_reply;
  std::int64_t unread = 0;  // conversations of this campaign
  Counts others;            // of the workspace's other campaigns, for what is usual
};

// What is usual where the other campaigns say too little (fewer than kUsualMin leads contacted).
inline constexpr double kUsualResponse = 0.03, kUsualConversion = 0.005, kUsualBookings = 0.10;
inline constexpr std::int64_t kUsualMin = 500;

struct AdviceList {
  std::vector<Advice> items;
  std::string nothing;  // why there is none; "" when there is some
};
AdviceList advise(const AdviceInput& in);

}  // namespace headway::domain::diagnosis
