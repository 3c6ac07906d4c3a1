#pragma once
// Strong ids: a CampaignId cannot be passed where an AccountId is meant. All ids are
// positive 63-bit integers; 0 means "none". Rendered to clients as decimal strings.

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace headway {

template <class Tag>
struct Id {
  std::int64_t value = 0;

  constexpr explicit operator bool() const { return value != 0; }
  constexpr auto operator<=>(const Id&) const = default;
};

// Accepts exactly the canonical decimal form of 1 .. 2^63-1; anything else is nullopt.
std::optional<std::int64_t> parse_id(std::string_view text);

template <class Tag>
std::string to_string(Id<Tag> id) {
  return std::to_string(id.value);
}

using WorkspaceId = Id<struct WorkspaceTag>;
using CampaignId = Id<struct CampaignTag>;
using AccountId = Id<struct AccountTag>;
using CollectionId = Id<struct CollectionTag>;
using ContactId = Id<struct ContactTag>;
using VariantId = Id<struct VariantTag>;
using ApiKeyId = Id<struct ApiKeyTag>;
using ConversationId = Id<struct ConversationTag>;
using BookingId = Id<struct BookingTag>;

// A lead is (campaign, number): the store packs its own short campaign number into the
// high 31 bits and the lead's number within the campaign (1 .. 2^32-1) into the low 32.
using LeadId = Id<struct LeadTag>;

constexpr LeadId lead_id(std::int64_t campaign_no, std::int64_t number) {
  return LeadId{(campaign_no << 32) | number};
}
constexpr std::int64_t lead_campaign_no(LeadId id) { return id.value >> 32; }
constexpr std::int64_t lead_number(LeadId id) { return id.value & 0xffffffff; }

}  // namespace headway

template <class Tag>
struct std::hash<headway::Id<Tag>> {
  std::size_t operator()(headway::Id<Tag> id) const noexcept {
    return std::hash<std::int64_t>{}(id.value);
  }
};
