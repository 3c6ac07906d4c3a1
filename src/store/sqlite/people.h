#pragma once
// Finding a person's records and leads by address, and ending what runs for them.

#include <string>
#include <string_view>
#include <vector>

#include "domain/person.h"
#include "store/sqlite/write_context.h"

namespace headway::store::sqlite {

class People {
 public:
  explicit People(Connection& db);
  ~People();

  std::optional<domain::Person> person(ContactId id);  // timezone left empty

  // Every record with this address, in ascending order. `canonical` as by Addresses::canonical.
  std::vector<ContactId> with_address(const Addresses& addresses, std::string_view kind,
                                      std::string_view canonical);
  // The record and every other one that shares an address with it, ascending.
  std::vector<ContactId> records_of(const Addresses& addresses, ContactId id);
  std::vector<LeadId> leads_of(ContactId id);

  // Puts an address on the suppression list (once; the first reason stays), marks every record that has it and
  // ends their open leads. False when it was on the list already.
  bool suppress_address(WriteContext& context, std::string_view kind, std::string_view canonical,
                        std::string_view reason, std::string_view source, Instant at);
  // Every address of the lead's person; the lead itself is opted out.
  void opt_out(WriteContext& context, LeadId lead, std::string_view source, Instant at);

 private:
  struct Sql;
  void end_leads(WriteContext& context, ContactId contact, Instant at);

  std::unique_ptr<Sql> sql_;
};

}  // namespace headway::store::sqlite
