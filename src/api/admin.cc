// Keys, suppressions, bookings that wait for a person, and the audit.

#include <algorithm>
#include <array>

#include "api/handlers.h"
#include "api/key_ring.h"
#include "api/list.h"
#include "api/target.h"
#include "base/hash.h"
#include "domain/person.h"
#include "domain/plan_check.h"

namespace headway::api {
namespace {

constexpr std::int64_t kRateLimitMax = 1'000'000'000;

void write_key_fields(JsonWriter& w, const store::ApiKeyRow& k) {
  w.field("id", k.id)
      .field("name", k.name)
      .field("prefix", k.prefix)
      .field("rate_limit_per_minute", k.rate_limit_per_minute)
      .field("role", domain::to_string(k.role))
      .field("created_at", k.created_at)
      .field("last_used_at", k.last_used_at)
      .field("revoked_at", k.revoked_at);
}

}  // namespace

Reply list_keys(Services& s, const Request& r) {
  return plain_list(
      r, false, [&](const store::Paging& p) { return s.access.keys(p); },
      [](JsonWriter& w, const store::ApiKeyRow& k) {
        w.begin_object();
        write_key_fields(w, k);
        w.end_object();
      });
}

Reply create_key(Services& s, const Request& r) {
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  const auto name = body->text("name", true);
  const auto limit = body->integer("rate_limit_per_minute").value_or(s.new_key_rate_limit);
  const std::string role_name = body->text("role").value_or("owner");
  const auto role = domain::parse_role(role_name);
  if (!role) body->error("role", "Must be owner, editor or viewer");
  if (name) domain::check_name(body->errors(), "name", *name);
  if (limit < 1 || limit > kRateLimitMax) {
    body->error("rate_limit_per_minute", "Must be a whole number from 1 to 1,000,000,000");
  }
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  std::array<std::uint8_t, 16> secret{};
  s.entropy.fill(secret);
  const std::string key = "mf_" + hex(secret);
  const auto row = s.access.create_key(*name, sha256_hex(key), key.substr(0, 7),
                                       static_cast<int>(limit), *role, r.actor, r.now);
  if (!row) return refuse(row.error());
  return ok(
      [&](JsonWriter& w) {
        w.begin_object();
        write_key_fields(w, *row);
        w.field("key", key).end_object();
      },
      201);
}

Reply revoke_key(Services& s, const Request& r) {
  const auto id = path_id<ApiKeyId>(r);
  if (!id) return refuse(id.error());
  if (auto gone = s.access.revoke_key(*id, r.actor, r.now); !gone) return refuse(gone.error());
  s.keys->revoke(*id);
  return done();
}

namespace {

void write_suppression(JsonWriter& w, const store::Catalog::Suppression& x) {
  w.begin_object()
      .field("id", x.hash)
      .field("kind", x.kind)
      .field("reason", x.reason)
      .field("source", x.source)
      .field("created_at", x.created_at)
      .end_object();
}

bool known_kind(const std::string& kind) {
  constexpr std::array kKinds{"email", "phone", "messenger_id", "external_id"};
  return std::any_of(kKinds.begin(), kKinds.end(), [&](const char* k) { return kind == k; });
}

}  // namespace

Reply list_suppressions(Services& s, const Request& r) {
  return plain_list(
      r, false, [&](const store::Paging& p) { return s.reader.suppressions(p); },
      write_suppression);
}

Reply create_suppression(Services& s, const Request& r) {
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  const auto kind = body->text("kind", true);
  const auto address = body->text("address", true);
  const auto reason = body->text("reason").value_or("");
  if (kind && !known_kind(*kind)) {
    body->error("kind", "Must be email, phone, messenger_id or external_id");
  }
  if (address && (address->empty() || address->size() > 254)) {
    body->error("address", "Must be 1 to 254 bytes");
  } else if (kind && address &&
             ((*kind == "email" && domain::normalize_email(*address).empty()) ||
              (*kind == "phone" && domain::normalize_phone(*address).empty()))) {
    body->error("address", "Is not an address of this kind");
  }
  if (reason.size() > 1000) body->error("reason", "Must be at most 1000 bytes");
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  const auto made = s.catalog.suppress(*kind, *address, reason, r.actor, r.now);
  if (!made) return refuse(made.error());
  s.engine.plan_changed();
  return ok([&](JsonWriter& w) { write_suppression(w, *made); }, 201);
}

Reply delete_suppression(Services& s, const Request& r) {
  const std::string hash(r.params[0]);
  const bool plausible = hash.size() == 32 && std::all_of(hash.begin(), hash.end(), [](char c) {
                           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                         });
  if (!plausible) return refuse(404, "There is nothing with this id");
  if (auto gone = s.catalog.unsuppress(hash, r.actor, r.now); !gone) return refuse(gone.error());
  s.engine.plan_changed();
  return done();
}

Reply list_bookings(Services& s, const Request& r) {
  Query q(r.query);
  const store::Paging paging = q.paging(false);
  const bool unassigned = q.boolean("unassigned").value_or(false);
  if (auto bad = q.finish(); !bad) return refuse(bad.error());
  const auto page = s.reader.bookings(paging, unassigned);
  if (!page) return refuse(page.error());
  return list(*page, paging.limit, paging.offset, [](JsonWriter& w, const store::BookingRow& b) {
    w.begin_object()
        .field("id", b.id)
        .field("lead_id", b.lead)
        .field("campaign_id", b.campaign)
        .field("at", b.at)
        .field("cancelled", b.cancelled)
        .text_or_null("how", b.how)
        .text_or_null("email_hint", b.email_hint)
        .end_object();
  });
}

Reply assign_booking(Services& s, const Request& r) {
  const auto id = path_id<BookingId>(r);
  if (!id) return refuse(id.error());
  auto object = parse_object(r.body);
  if (!object) return refuse(object.error());
  Body body(std::move(*object));
  const auto lead = body->id<LeadId>("lead_id", true);
  if (auto bad = body.finish(); !bad) return refuse(bad.error());
  if (auto assigned = s.catalog.assign_booking(*id, *lead, r.actor, r.now); !assigned) {
    return refuse(assigned.error());
  }
  s.engine.plan_changed();
  return ok([&](JsonWriter& w) {
    w.begin_object().field("id", *id).field("lead_id", *lead).end_object();
  });
}

Reply list_audit(Services& s, const Request& r) {
  return plain_list(
      r, false, [&](const store::Paging& p) { return s.access.audit(p); },
      [](JsonWriter& w, const store::AuditRow& a) {
        w.begin_object()
            .field("id", std::to_string(a.id))
            .field("at", a.at)
            .field("actor", a.actor)
            .field("action", a.action)
            .field("object", a.object)
            .key("detail")
            .raw(a.detail.starts_with("{") ? std::string_view(a.detail) : "{}")
            .end_object();
      });
}

}  // namespace headway::api
