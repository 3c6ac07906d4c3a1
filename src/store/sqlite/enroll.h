#pragma once
// Makes leads of the people in a campaign's collections.

#include "store/ledger.h"
#include "store/sqlite/write_context.h"

namespace headway::store::sqlite {

class Enroller {
 public:
  explicit Enroller(Connection& db);
  ~Enroller();

  // Takes the next <= limit people of the campaign's collections, in the order of their import. With
  // more than one collection, a person of whom any address is already in the campaign is skipped. Sets
  // `campaign.enrolling`; settle() afterwards finishes a campaign that nobody is left of.
  // `finished` of the answer is left to the caller.
  EnrollProgress next(WriteContext& context, CampaignEntry& campaign, int limit, Instant now);

 private:
  struct Sql;
  struct Candidate;

  bool already_in(WriteContext& context, const CampaignEntry& campaign, const Candidate& person);

  std::unique_ptr<Sql> sql_;
};

}  // namespace headway::store::sqlite
