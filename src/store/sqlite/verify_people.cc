// One scan of contact: people and fields of each collection, address keys, and the marks of suppressed people.

#include <map>

#include <boost/json/parse.hpp>

#include "store/sqlite/verify_recount.h"

namespace headway::store::sqlite {
namespace {

struct People {  // of one collection
  std::int64_t people = 0, keys = 0;
  std::map<std::string, std::int64_t> fields;
};

void count_attributes(People& c, std::string_view attributes) {
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(attributes, error);
  if (error || !value.is_object()) return;
  for (const auto& [key, v] : value.get_object()) {
    const bool empty = v.is_null() || (v.is_string() && v.get_string().empty());
    if (!empty) ++c.fields["attributes." + std::string(key)];
  }
}

}  // namespace

bool Recount::scan_people() {
  Addresses addresses;
  {
    Statement key(db, "SELECT value FROM meta WHERE key='digest_key'");
    Rows row = key.rows();
    SecretKey secret{};
    if (row.next() && row.blob(0).size() == secret.size()) {
      std::copy(row.blob(0).begin(), row.blob(0).end(), secret.begin());
      addresses = Addresses(secret);
    }
  }
  Statement suppressed(db, "SELECT 1 FROM suppression WHERE h=?1");
  bool any_suppressed = false;
  {
    Statement any(db, "SELECT 1 FROM suppression LIMIT 1");
    any_suppressed = any.value(0) != 0;
  }
  std::map<std::int64_t, People> collections;
  Statement contacts(
      db,
      "SELECT id,name,email,phone,messenger_id,external_id,zone,consent,attributes,flags "
      "FROM contact ORDER BY id");
  Rows rows = contacts.rows();
  while (rows.next()) {
    People& c = collections[contact_collection(rows.i64(0))];
    ++c.people;
    domain::Person p;
    p.name = rows.str(1);
    p.email = rows.str(2);
    p.phone = rows.str(3);
    p.messenger_id = rows.str(4);
    p.external_id = rows.str(5);
    const std::pair<const char*, bool> fields[] = {{"name", !p.name.empty()},
                                                   {"email", !p.email.empty()},
                                                   {"phone", !p.phone.empty()},
                                                   {"messenger_id", !p.messenger_id.empty()},
                                                   {"external_id", !p.external_id.empty()},
                                                   {"timezone", rows.i64(6) != 0},
                                                   {"consent", !rows.text(7).empty()}};
    for (const auto& [field, there] : fields) {
      if (there) ++c.fields[field];
    }
    if (!rows.null(8)) count_attributes(c, rows.text(8));
    const auto all = Addresses::of(p);
    c.keys += static_cast<std::int64_t>(all.size());
    if (any_suppressed) {
      bool listed = false;
      for (const Address& a : all) {
        const KeyedDigest digest = addresses.digest(a.kind, a.value);
        listed = listed || suppressed.value(0, std::span<const std::uint8_t>(digest)) != 0;
      }
      const bool marked = (rows.i64(9) & kContactSuppressed) != 0;
      expect(
          [&] { return "contact " + std::to_string(rows.i64(0)) + ": suppressed but not marked"; },
          listed && !marked, 0);
    }
    if (!step(1)) return false;
  }

  std::int64_t keys = 0;
  for (const auto& [no, c] : collections) keys += c.keys;
  Statement key_count(db, "SELECT count(*) FROM contact_key");
  expect([] { return std::string("address keys"); }, key_count.value(0), keys);
  Statement stored(db, "SELECT no,people FROM collection");
  Statement stored_fields(db, "SELECT field,present FROM collection_field WHERE collection=?1");
  Rows all = stored.rows();
  while (all.next()) {
    const std::int64_t no = all.i64(0);
    People& c = collections[no];
    const std::string name = "collection " + std::to_string(no) + ": ";
    expect([&] { return name + "people"; }, all.i64(1), c.people);
    std::map<std::string, std::int64_t> fields;
    {
      Rows f = stored_fields.rows(no);
      while (f.next()) fields[f.str(0)] = f.i64(1);
    }
    for (const auto& [field, n] : c.fields) fields.emplace(field, 0);
    for (const auto& [field, n] : fields) {
      const auto it = c.fields.find(field);
      expect([&, &f = field] { return name + "people with " + f; }, n,
             it == c.fields.end() ? 0 : it->second);
    }
  }
  return true;
}

}  // namespace headway::store::sqlite
