// Templates: any bytes compile or are refused with a reason; what compiles renders for anybody, or
// names the field that is missing. After a zero byte: the person's attributes.
#include <algorithm>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "base/text.h"
#include "domain/campaign.h"
#include "domain/template.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headway;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t zero = std::min(input.find('\0'), input.size());
  const std::string_view source = input.substr(0, zero);
  domain::Person person;
  person.name = "Ada Lovelace";
  person.attributes = input.substr(std::min(zero + 1, input.size()));

  const auto t = domain::compile_template(source);
  if (!t) {
    HW_CHECK(!t.error().message.empty());
    return 0;
  }
  HW_CHECK(source.size() <= domain::kBodyBytesMax && is_utf8(source));
  const auto text = domain::render(*t, person);
  const auto needed = t->required_fields();
  if (text) {
    HW_CHECK(text->size() <= domain::kRenderedBytesMax);
    for (const auto& field : needed) HW_CHECK(!trim(domain::field_value(person, field)).empty());
  } else if (text.error().kind == ErrorKind::invalid) {
    HW_CHECK(std::any_of(needed.begin(), needed.end(), [&](const std::string& field) {
      return trim(domain::field_value(person, field)).empty();
    }));
  }
  return 0;
}
