#include "base/text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/json/parse.hpp>

namespace headway {
namespace {

TEST(Utf8, FindsTheFirstBadByte) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("Grüße, \xf0\x9f\x98\x80"));
  EXPECT_EQ(find_invalid_utf8("ab\xffg"), 2U);
  EXPECT_EQ(find_invalid_utf8("\xc3"), 0U);              // cut off
  EXPECT_EQ(find_invalid_utf8("\xc0\xaf"), 0U);          // overlong
  EXPECT_EQ(find_invalid_utf8("\xe0\x80\xaf"), 0U);      // overlong
  EXPECT_EQ(find_invalid_utf8("a\xed\xa0\x80"), 1U);     // surrogate
  EXPECT_EQ(find_invalid_utf8("\xf4\x90\x80\x80"), 0U);  // above U+10FFFF
  EXPECT_EQ(find_invalid_utf8("\xf8\x88\x80\x80\x80"), 0U);
}

RC_GTEST_PROP(Utf8, RepairedTextIsValid, (const std::string& bytes)) {
  RC_ASSERT(is_utf8(to_valid_utf8(bytes)));
  if (is_utf8(bytes)) RC_ASSERT(to_valid_utf8(bytes) == bytes);
}

RC_GTEST_PROP(Utf8, CutsAtACharacter, (const std::string& bytes)) {
  const std::string text = to_valid_utf8(bytes);
  const auto max = *rc::gen::inRange<std::size_t>(0, 40);
  const auto cut = truncate_utf8(text, max);
  RC_ASSERT(cut.size() <= max && is_utf8(cut) && text.starts_with(cut));
  RC_ASSERT(cut.size() == text.size() || cut.size() + 4 > max);
}

TEST(Encodings, Latin1AndWindows1252) {
  EXPECT_EQ(latin1_to_utf8("M\xfcller"), "Müller");
  EXPECT_EQ(latin1_to_utf8("\x80"), "\xc2\x80");
  EXPECT_EQ(windows1252_to_utf8("\x80 5, \x93x\x94"), "€ 5, “x”");
  EXPECT_EQ(windows1252_to_utf8("M\xfcller"), "Müller");
}

RC_GTEST_PROP(Encodings, EveryByteBecomesACharacter, (const std::string& bytes)) {
  RC_ASSERT(is_utf8(latin1_to_utf8(bytes)));
  RC_ASSERT(is_utf8(windows1252_to_utf8(bytes)));
}

TEST(Base64, Rfc4648Vectors) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(base64_encode(plain), encoded);
    EXPECT_EQ(base64_decode(encoded), plain);
  }
}

TEST(Base64, RefusesWhatIsNotCanonical) {
  for (const char* text :
       {"Zg", "Zg=", "Zg===", "Zh==", "Z===", "====", "Zm 9", "Zm9-", "=m9v", "Zm9v\n"}) {
    EXPECT_FALSE(base64_decode(text)) << text;
  }
}

RC_GTEST_PROP(Base64, DecodesWhatItEncodes, (const std::string& bytes)) {
  RC_ASSERT(base64_decode(base64_encode(bytes)) == bytes);
}

RC_GTEST_PROP(JsonString, AParserReadsItBack, (const std::string& bytes)) {
  const std::string text = to_valid_utf8(bytes);
  std::string out;
  append_json_string(out, text);
  const auto value = boost::json::parse(out);
  RC_ASSERT(std::string(value.as_string()) == text);
}

TEST(Ascii, TrimAndLower) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim("  "), "");
  EXPECT_EQ(ascii_lower("ÄBc"), "Äbc");
  EXPECT_TRUE(starts_with_ignoring_case("Text/CSV; x", "text/csv"));
  EXPECT_FALSE(starts_with_ignoring_case("te", "text"));
}

}  // namespace
}  // namespace headway
