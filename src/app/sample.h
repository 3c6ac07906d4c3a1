#pragma once
// The sample workspace of a new database: simulated people, accounts and campaigns, so that a first look shows
// something alive, and past campaigns that show each answer Headway can give:
//
//   weak delivery      an account that the provider blocks; a bad list; sending too fast; a text taken for spam
//   good delivery      one in which there is nothing to find
//   comparison         a pair with a winner, a pair without, and a pair in which the mix of accounts hides who is better
//   live               three that run: replies come, follow-ups wait, one account fails again and again
//
// Nothing of it leaves the machine. Names say that it is simulated.

#include <vector>

#include "app/sample_story.h"

namespace headway::app {

// On a database that has no sample; the past is told before anything runs, in about a second. Answers the
// campaigns that are to be started. The same draws every time; dates are relative to `now`.
Result<std::vector<CampaignId>> create_sample(SampleStores stores, Instant now);

// The names of the past campaigns, by what they show.
namespace sample_names {
inline constexpr const char* kAccount = "Sample: winter offer (simulated)";
inline constexpr const char* kList = "Sample: old contacts (simulated)";
inline constexpr const char* kPace = "Sample: flash sale (simulated)";
inline constexpr const char* kText = "Sample: voucher mail (simulated)";
inline constexpr const char* kHealthy = "Sample: customer survey (simulated)";
inline constexpr const char* kWinnerA = "Sample: invitation, plain (simulated)";
inline constexpr const char* kWinnerB = "Sample: invitation, personal (simulated)";
inline constexpr const char* kTieA = "Sample: reminder, morning text (simulated)";
inline constexpr const char* kTieB = "Sample: reminder, evening text (simulated)";
inline constexpr const char* kMixA = "Sample: webinar, first text (simulated)";
inline constexpr const char* kMixB = "Sample: webinar, second text (simulated)";
}  // namespace sample_names

}  // namespace headway::app
