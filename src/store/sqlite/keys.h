#pragma once
// How the schema packs several small numbers into one integer key (sql/0001_base.sql). Pure.

#include <cstdint>

#include "base/strong_id.h"
#include "base/time.h"
#include "domain/lead.h"

namespace headway::store::sqlite {

inline constexpr int kZoneMax = 1023;

// contact.id = collection no << 32 | row.
constexpr std::int64_t contact_collection(std::int64_t contact) { return contact >> 32; }

// The ids of one campaign's leads: [first, last].
constexpr std::int64_t first_lead(std::int64_t campaign) { return campaign << 32; }
constexpr std::int64_t last_lead(std::int64_t campaign) { return campaign << 32 | 0xffffffff; }

// lead.queue. All queues of a campaign, and in it of a wait, and in it of an account, are one range.
constexpr std::int64_t queue_key(std::int64_t campaign, domain::Wait wait, std::int64_t account,
                                 int zone) {
  return campaign << 34 | static_cast<std::int64_t>(wait) << 31 | account << 11 | zone;
}
constexpr std::int64_t queue_campaign(std::int64_t queue) { return queue >> 34; }
constexpr domain::Wait queue_wait(std::int64_t queue) {
  return static_cast<domain::Wait>(queue >> 31 & 0x7);
}
constexpr std::int64_t queue_account(std::int64_t queue) { return queue >> 11 & 0xfffff; }
constexpr int queue_zone(std::int64_t queue) { return static_cast<int>(queue & 0x7ff); }
// The last key of the campaign's range of a wait, and of one account in it.
constexpr std::int64_t last_queue(std::int64_t campaign, domain::Wait wait) {
  return queue_key(campaign, wait, 0xfffff, 0x7ff);
}
constexpr std::int64_t last_queue(std::int64_t campaign, domain::Wait wait, std::int64_t account) {
  return queue_key(campaign, wait, account, 0x7ff);
}

// queue_count.bucket: quarters of an hour of `due` where a time is waited for, else 0.
inline constexpr std::int64_t kBucketMs = 15 * 60 * 1000;
constexpr bool waits_for_time(domain::Wait wait) {
  return wait == domain::Wait::retry || wait == domain::Wait::follow_up;
}
constexpr std::int64_t queue_bucket(domain::Wait wait, std::int64_t due_ms) {
  return waits_for_time(wait) ? due_ms / kBucketMs : 0;
}

// lead_block.facet: status (2 bits) | wait (3) | failure (4) | step (5) | account no (20) | variant (29).
struct Facet {
  domain::Status status{};
  domain::Wait wait{};
  domain::FailureClass failure{};
  int step = 0;
  std::int64_t account = 0, variant = 0;
};
constexpr std::int64_t pack_facet(const Facet& f) {
  return static_cast<std::int64_t>(f.status) << 61 | static_cast<std::int64_t>(f.wait) << 58 |
         static_cast<std::int64_t>(f.failure) << 54 | static_cast<std::int64_t>(f.step) << 49 |
         f.account << 29 | f.variant;
}
constexpr Facet unpack_facet(std::int64_t v) {
  return Facet{static_cast<domain::Status>(v >> 61 & 0x3),
               static_cast<domain::Wait>(v >> 58 & 0x7),
               static_cast<domain::FailureClass>(v >> 54 & 0xf),
               static_cast<int>(v >> 49 & 0x1f),
               v >> 29 & 0xfffff,
               v & 0x1fffffff};
}

// lead_block.block of a lead number at a level: 1 = 1,024 numbers, 2 = 131,072, 3 = all.
inline constexpr int kBlockShift1 = 10;
inline constexpr int kBlockShift2 = 17;
constexpr std::int64_t block_of(std::int64_t number, int level) {
  return level == 1 ? number >> kBlockShift1 : level == 2 ? number >> kBlockShift2 : 0;
}

// message.outcome
inline constexpr int kMessageDelivered = 1;
inline constexpr int kMessageFailed = 2;

// lead.flags
inline constexpr int kLeadReplied = 1, kLeadBooked = 2, kLeadOptedOut = 4, kLeadSuppressed = 8;
// contact.flags
inline constexpr int kContactSuppressed = 1;

}  // namespace headway::store::sqlite
