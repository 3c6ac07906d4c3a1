#include "base/hash.h"

#include <gtest/gtest.h>

#include "base/result.h"
#include "base/strong_id.h"

namespace headway {
namespace {

TEST(Hash, Sha256Vectors) {  // FIPS 180-4 examples
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Hash, KeyedDigestDependsOnKeyAndBytes) {
  SecretKey a{};
  SecretKey b{};
  b[31] = 1;
  EXPECT_EQ(keyed_digest(a, "x"), keyed_digest(a, "x"));
  EXPECT_NE(keyed_digest(a, "x"), keyed_digest(b, "x"));
  EXPECT_NE(keyed_digest(a, "x"), keyed_digest(a, "y"));
  // BLAKE2b-128 under a key of 32 zero bytes: must not change, for digests are stored.
  EXPECT_EQ(hex(keyed_digest(a, "email:ada@example.org")), "410caaf26f9938436a35de0823d8f619");
}

TEST(Hash, ShortDigestIsTheFirstEightBytesWithoutTheSign) {
  KeyedDigest d{};
  d[0] = 0xff;
  d[7] = 2;
  EXPECT_EQ(short_digest(d), 0x7f00000000000002);
}

TEST(Hash, Mix64IsSplitMix64) {  // first outputs of the published generator for the seed 1234567
  EXPECT_EQ(mix64(1234567ULL), 6457827717110365317ULL);
  EXPECT_EQ(mix64(1234567ULL + 0x9e3779b97f4a7c15ULL), 3203168211198807973ULL);
}

TEST(Ids, OnlyTheCanonicalFormIsRead) {
  EXPECT_EQ(parse_id("1"), 1);
  EXPECT_EQ(parse_id("9223372036854775807"), 9223372036854775807);
  for (const char* text : {"", "0", "01", "-1", "+1", " 1", "1 ", "1x", "9223372036854775808",
                           "99999999999999999999"}) {
    EXPECT_FALSE(parse_id(text)) << text;
  }
}

TEST(Ids, LeadIdsKeepCampaignAndNumber) {
  const LeadId id = lead_id(0x7fffffff, 0xffffffff);
  EXPECT_EQ(lead_campaign_no(id), 0x7fffffff);
  EXPECT_EQ(lead_number(id), 0xffffffff);
}

TEST(Result, InvalidNamesTheField) {
  const Result<int> r = invalid("steps.0.delay", "Required");
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().kind, ErrorKind::invalid);
  EXPECT_EQ(r.error().fields, (std::vector<FieldError>{{"steps.0.delay", "Required"}}));
  EXPECT_EQ(to_string(ErrorKind::ambiguous), "ambiguous");
}

}  // namespace
}  // namespace headway
