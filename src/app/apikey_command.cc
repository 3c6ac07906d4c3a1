#include <array>
#include <cstdio>

#include "app/api_key.h"
#include "app/commands.h"
#include "app/local_store.h"
#include "base/hash.h"

namespace headway::app {

NewApiKey make_api_key(runtime::Entropy& entropy) {
  std::array<std::uint8_t, 16> secret{};
  entropy.fill(secret);
  NewApiKey made;
  made.key = "mf_" + hex(secret);
  made.hash = sha256_hex(made.key);
  made.prefix = made.key.substr(0, 7);
  return made;
}

int run_apikey_create(const ApiKeyOptions& options) {
  const auto local = LocalStore::open(options.data, false);
  if (!local) return report_error(local.error());
  const NewApiKey made = make_api_key((*local)->entropy());
  const auto row = (*local)->store().access().create_key(
      options.name, made.hash, made.prefix, options.rate_limit,
      domain::parse_role(options.role).value_or(domain::Role::owner), "cli",
      (*local)->clock().wall());
  if (!row) return report_error(row.error());
  std::printf("%s\n", made.key.c_str());
  std::fprintf(stderr, "Key %s (%s). It is shown only now: Headway keeps its hash.\n",
               to_string(row->id).c_str(), row->name.c_str());
  return kDone;
}

int run_apikey_list(const ApiKeyOptions& options) {
  const auto local = LocalStore::open(options.data, true);
  if (!local) return report_error(local.error());
  store::Paging paging;
  paging.limit = 500;
  std::printf("%-6s %-9s %-8s %-20s %s\n", "ID", "KEY", "LIMIT", "CREATED", "NAME");
  while (true) {
    const auto page = (*local)->store().access().keys(paging);
    if (!page) return report_error(page.error());
    for (const store::ApiKeyRow& row : page->items) {
      std::printf("%-6s %-9s %-8d %-20.19s %s%s\n", to_string(row.id).c_str(),
                  (row.prefix + "..").c_str(), row.rate_limit_per_minute,
                  format_rfc3339(row.created_at).c_str(), row.name.c_str(),
                  row.revoked_at ? " (revoked)" : "");
    }
    if (page->next_cursor.empty()) return kDone;
    paging.cursor = page->next_cursor;
  }
}

int run_apikey_revoke(const ApiKeyOptions& options) {
  const auto id = parse_id(options.id);
  if (!id) {
    std::fprintf(stderr, "headway: '%s' is not the id of a key; see headway apikey list\n",
                 options.id.c_str());
    return kUsage;
  }
  const auto local = LocalStore::open(options.data, false);
  if (!local) return report_error(local.error());
  const auto revoked =
      (*local)->store().access().revoke_key(ApiKeyId{*id}, "cli", (*local)->clock().wall());
  if (!revoked) return report_error(revoked.error());
  std::printf("Key %s is revoked.\n", options.id.c_str());
  return kDone;
}

}  // namespace headway::app
