#include "domain/template.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/text.h"
#include "domain/campaign.h"

namespace headway::domain {
namespace {

Person ada() {
  Person p;
  p.name = "Ada King Lovelace";
  p.email = "ada@example.org";
  p.attributes =
      R"({"company":"Analytical","size":12,"score":1.5,"vip":true,"none":null,"blank":"  "})";
  return p;
}

std::string rendered(std::string_view source, const Person& person) {
  const auto t = compile_template(source);
  if (!t) return "does not compile: " + t.error().message;
  const auto text = render(*t, person);
  return text ? *text : "does not render: " + text.error().message;
}

TEST(Template, PutsValuesIn) {
  EXPECT_EQ(rendered("Hi {{first_name}}!", ada()), "Hi Ada!");
  EXPECT_EQ(rendered("{{ name }}|{{last_name}}", ada()), "Ada King Lovelace|King Lovelace");
  EXPECT_EQ(rendered("{{company}}/{{attributes.company}}", ada()), "Analytical/Analytical");
  EXPECT_EQ(rendered("{{size}} {{score}} {{vip}}", ada()), "12 1.5 true");
  EXPECT_EQ(rendered("", ada()), "");
  EXPECT_EQ(rendered("a { b } c }} d", ada()), "a { b } c }} d");
}

TEST(Template, FallsBackWhenAValueIsMissingOrEmpty) {
  EXPECT_EQ(rendered("Hi {{first_name|there}}", Person{}), "Hi there");
  EXPECT_EQ(rendered("Hi {{ blank | you }}", ada()), "Hi you");
  EXPECT_EQ(rendered("Hi{{phone|}}!", ada()), "Hi!");
  EXPECT_EQ(rendered("{{phone|a|b}}", ada()), "a|b");
}

TEST(Template, MissingValueIsAnErrorThatNamesTheField) {
  EXPECT_EQ(rendered("{{none}}", ada()), "does not render: No value for {{attributes.none}}");
  EXPECT_EQ(rendered("{{phone}}", ada()), "does not render: No value for {{phone}}");
}

TEST(Template, NothingIsEscaped) {
  Person p = ada();
  p.name = "<b>{{email}}";
  EXPECT_EQ(rendered("{{name}}", p), "<b>{{email}}");
}

TEST(Template, ErrorsSayWhatAndWhere) {
  EXPECT_EQ(rendered("one\ntwo {{name", ada()),
            "does not compile: `{{` without `}}` at line 2, column 5");
  EXPECT_EQ(rendered("{{}}", ada()),
            "does not compile: A field without a name at line 1, column 1");
  EXPECT_EQ(rendered("{{ |x}}", ada()),
            "does not compile: A field without a name at line 1, column 1");
  EXPECT_NE(rendered("{{a {{b}}", ada()).find("A field inside a field"), std::string::npos);
  EXPECT_NE(rendered("{{a|{{b}}}}", ada()).find("A field inside a field"), std::string::npos);
  EXPECT_NE(rendered("{{{name}}}", ada()).find("`{{{` is not supported"), std::string::npos);
  for (const char* tag : {"{{#a}}", "{{/a}}", "{{^a}}", "{{!a}}", "{{>a}}", "{{&a}}", "{{=a}}"}) {
    EXPECT_NE(rendered(tag, ada()).find("is not supported"), std::string::npos) << tag;
  }
  EXPECT_NE(rendered("{{first name}}", ada()).find("A field name has"), std::string::npos);
  EXPECT_NE(rendered("\xff", ada()).find("Not UTF-8"), std::string::npos);
}

TEST(Template, KnowsWhatItNeeds) {
  const auto t =
      compile_template("{{email}} {{company}} {{name|x}} {{email}} {{attributes.company}}");
  EXPECT_EQ(t->required_fields(), (std::vector<std::string>{"email", "attributes.company"}));
}

TEST(Template, SizesAreLimited) {
  EXPECT_TRUE(compile_template(std::string(kBodyBytesMax, 'x')));
  EXPECT_FALSE(compile_template(std::string(kBodyBytesMax + 1, 'x')));
  EXPECT_FALSE(compile_template("{{" + std::string(101, 'a') + "}}"));
  std::string many;
  for (int i = 0; i < 501; ++i) many += "{{name}}";
  EXPECT_FALSE(compile_template(many));
  Person p;
  p.name = std::string(200, 'x');
  const auto t = compile_template(std::string(65'400, 'y') + "{{name}}");
  EXPECT_EQ(render(*t, p).error().kind, ErrorKind::too_large);
}

TEST(Template, DamagedAttributesAreNone) {
  Person p;
  p.attributes = "{";
  EXPECT_EQ(rendered("{{company|none}}", p), "none");
  p.attributes = "[1]";
  EXPECT_EQ(rendered("{{company|none}}", p), "none");
}

TEST(Template, FieldValueIsWhatRenderPutsIn) {
  for (const char* field :
       {"name", "first_name", "email", "attributes.company", "attributes.score"}) {
    EXPECT_EQ(field_value(ada(), field), rendered("{{" + std::string(field) + "}}", ada()));
  }
}

RC_GTEST_PROP(Template, TextWithoutTwoBracesIsItself, (const std::string& bytes)) {
  std::string text = to_valid_utf8(bytes);
  std::erase(text, '{');
  RC_ASSERT(rendered(text, Person{}) == text);
}

}  // namespace
}  // namespace headway::domain
