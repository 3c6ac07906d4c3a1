#include "api/query.h"

#include <gtest/gtest.h>

namespace headway::api {
namespace {

TEST(Query, DecodesAndRefusesWhatIsNotUtf8) {
  EXPECT_EQ(decode_query_part("a+b%20c%C3%B6"), "a b c\xc3\xb6");
  for (const char* bad : {"%", "%2", "%zz", "%ff", "a%C3"}) {
    EXPECT_FALSE(decode_query_part(bad)) << bad;
  }
  for (const char* text : {"a b", "\xc3\xb6/?&=%", ""}) {
    EXPECT_EQ(decode_query_part(encode_query_part(text)), text);
  }
}

TEST(Query, UnknownAndDoubledParametersAreRefusedByName) {
  Query q("limit=5&statsu=sent&limit=6");
  q.paging(false);
  const auto bad = q.finish();
  ASSERT_FALSE(bad);
  ASSERT_EQ(bad.error().fields.size(), 2U);
  EXPECT_EQ(bad.error().fields[0].field, "limit");
  EXPECT_EQ(bad.error().fields[1].field, "statsu");
}

TEST(Query, LimitsHaveBounds) {
  for (const char* bad : {"limit=0", "limit=501", "limit=x", "limit=", "offset=-1", "limit=5x"}) {
    Query q(bad);
    q.paging(false);
    EXPECT_FALSE(q.finish()) << bad;
  }
  Query q("limit=500&offset=3&cursor=abc");
  const store::Paging p = q.paging(false);
  EXPECT_TRUE(q.finish());
  EXPECT_EQ(p.limit, 500);
  EXPECT_EQ(p.offset, 3);
  EXPECT_EQ(p.cursor, "abc");
}

TEST(Query, ATimeWithAnUnencodedOffset) {
  Query q("as_of=2026-11-23T10:00:00+01:00");
  EXPECT_EQ(q.time("as_of"), parse_rfc3339("2026-11-23T09:00:00Z"));
  EXPECT_TRUE(q.finish());
}

}  // namespace
}  // namespace headway::api
