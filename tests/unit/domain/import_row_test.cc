#include "domain/import_row.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace headway::domain {
namespace {

using Columns = std::vector<std::string>;

Columns targets(const Columns& columns, std::string_view map = "") {
  const auto m = ImportMap::make(columns, map);
  return m ? m->targets() : Columns{"error", m.error().fields.at(0).message};
}

Person person(const ImportMap& m, const Columns& fields) { return std::get<Person>(m.row(fields)); }
std::string rejection(const Columns& columns, const Columns& fields) {
  const auto r = ImportMap::make(columns, "")->row(fields);
  if (std::holds_alternative<Person>(r)) return "accepted";
  const auto& rejected = std::get<ImportMap::Rejection>(r);
  return rejected.column + ": " + rejected.reason;
}

TEST(ImportMap, KnowsCommonSpellings) {
  EXPECT_EQ(
      targets({"E-Mail", "First Name", "last_name", "Phone Number", "ID", "Time zone", "Consent"}),
      (Columns{"email", "first_name", "last_name", "phone", "external_id", "timezone", "consent"}));
  EXPECT_EQ(targets({"Vorname", "E-Mail-Adresse"}), (Columns{"first_name", "email"}));
}

TEST(ImportMap, OtherColumnsBecomeAttributes) {
  EXPECT_EQ(targets({"email", "Company Name", "companySize", "", "Größe", "VIP?"}),
            (Columns{"email", "attributes.company_name", "attributes.company_size",
                     "attributes.column_4", "attributes.größe", "attributes.vip"}));
}

TEST(ImportMap, TheSecondOfAKindIsAnAttribute) {
  EXPECT_EQ(targets({"email", "E-Mail", "company", "Company"}),
            (Columns{"email", "attributes.e_mail", "attributes.company", "attributes.company_2"}));
}

TEST(ImportMap, TheExplicitMapWins) {
  EXPECT_EQ(targets({"Work", "Email", "Nr", "Notes", "Town"},
                    "email:Work, external_id:Nr, -:Notes, city:Town"),
            (Columns{"email", "attributes.email", "external_id", "", "attributes.city"}));
  EXPECT_EQ(targets({"a"}, "email:b")[1], "The file has no column \"b\"");
  EXPECT_EQ(targets({"a"}, "email:a,phone:a")[1], "\"a\" is named twice");
  EXPECT_EQ(targets({"a", "b"}, "email:a,email:b")[1], "\"email\" is given two columns");
  EXPECT_EQ(targets({"a"}, "email")[1], "Write field:Column, separated by commas");
}

TEST(ImportMap, NeedsAColumnThatTellsPeopleApart) {
  EXPECT_EQ(targets({"Name", "Company"})[0], "error");
}

TEST(ImportRow, MakesAPerson) {
  const auto m = ImportMap::make({"Email", "First Name", "Last Name", "Company", "tz", "Town"}, "");
  const Person p =
      person(*m, {" ada@example.org ", "Ada", "Lovelace", "A \"B\"", "Europe/London", ""});
  EXPECT_EQ(p.email, "ada@example.org");
  EXPECT_EQ(p.name, "Ada Lovelace");
  EXPECT_EQ(p.timezone, "Europe/London");
  EXPECT_EQ(p.attributes, R"({"company":"A \"B\""})");
  EXPECT_EQ(person(*m, {"a@b.org", "", "Lovelace", "", "", ""}).name, "Lovelace");
  EXPECT_EQ(person(*m, {"a@b.org", "", "", "", "", ""}).attributes, "{}");
}

TEST(ImportRow, AFullNameWinsOverItsParts) {
  const auto m = ImportMap::make({"email", "name", "first name"}, "");
  EXPECT_EQ(person(*m, {"a@b.org", "Ada L.", "Augusta"}).name, "Ada L.");
}

TEST(ImportRow, RejectionsNameTheColumnOfTheFile) {
  const Columns columns{"E-Mail", "Mobile", "tz", "Name"};
  EXPECT_EQ(rejection(columns, {"ada@example", "", "", ""}), "E-Mail: No e-mail address");
  EXPECT_EQ(rejection(columns, {"", "call me", "", ""}), "Mobile: No phone number");
  EXPECT_EQ(rejection(columns, {"a@b.org", "", "Berlin", ""}),
            "tz: No such time zone (use an IANA name such as Europe/Berlin)");
  EXPECT_EQ(rejection(columns, {"a@b.org", "", "", std::string(201, 'x')}),
            "Name: Longer than 200 bytes");
  EXPECT_EQ(rejection(columns, {"", "", "", "Ada"}),
            ": Needs an external_id, email, phone or messenger_id");
}

TEST(Emails, WhatIsOneAndWhatIsNot) {
  for (const char* good : {"a@b.org", "a.b+c@sub.example.co", "x_y'z@example.org",
                           "jörg@example.org", "a@bücher.example", "root@localhost"}) {
    EXPECT_TRUE(plausible_email(good)) << good;
  }
  for (const char* bad :
       {"", "a", "@b.org", "a@", "a@b", "a b@c.org", "a@b..org", ".a@b.org", "a.@b.org",
        "a..b@c.org", "a@-b.org", "a@b.org,c@d.org", "<a@b.org>", "a@b@c.org", "a@b.org "}) {
    EXPECT_FALSE(plausible_email(bad)) << bad;
  }
  EXPECT_FALSE(plausible_email(std::string(65, 'a') + "@b.org"));
}

TEST(Phones, WhatIsOneAndWhatIsNot) {
  for (const char* good : {"+49 (30) 123-45", "030/12345", "112"}) {
    EXPECT_TRUE(plausible_phone(good)) << good;
  }
  for (const char* bad : {"", "12", "call", "1+2345", "123456789012345678901"}) {
    EXPECT_FALSE(plausible_phone(bad)) << bad;
  }
}

TEST(Attributes, OfAClientAreStringsNumbersAndBooleans) {
  const auto object = [](const char* text) { return boost::json::parse(text).as_object(); };
  EXPECT_EQ(*encode_attributes(object(R"({"a":"x","b":1,"c":true,"d":null})")),
            R"({"a":"x","b":1,"c":true})");
  EXPECT_EQ(encode_attributes(object(R"({"a":[1]})")).error().fields.at(0).field, "attributes.a");
  EXPECT_FALSE(encode_attributes(object(R"({"":1})")));
}

TEST(AttributeKeys, AreSnakeCase) {
  EXPECT_EQ(attribute_key("Company Name"), "company_name");
  EXPECT_EQ(attribute_key("companyName"), "company_name");
  EXPECT_EQ(attribute_key("  --x-- "), "x");
  EXPECT_EQ(attribute_key("URL"), "url");
  EXPECT_EQ(attribute_key("!"), "");
}

}  // namespace
}  // namespace headway::domain
