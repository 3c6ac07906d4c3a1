// Campaigns: created, changed, hidden.

#include <algorithm>

#include "store/sqlite/catalog_codec.h"
#include "store/sqlite/catalog_impl.h"
#include "store/sqlite/catalog_sql.h"
#include "store/workspace.h"

namespace headway::store::sqlite {
namespace {

std::string object_of(CampaignId id) { return "campaign:" + to_string(id); }

Result<std::vector<std::int64_t>> account_numbers(WriteContext& c,
                                                  const std::vector<AccountId>& ids) {
  std::vector<std::int64_t> numbers;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto no = live_account(c, ids[i]);
    if (!no) return invalid("account_ids." + std::to_string(i), "No such account");
    numbers.push_back(*no);
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

void put_accounts(CatalogSql& sql, CampaignEntry& campaign, std::vector<std::int64_t> numbers) {
  for (const std::int64_t no : campaign.accounts) {
    if (!std::binary_search(numbers.begin(), numbers.end(), no))
      sql.drop_account.run(campaign.no, no);
  }
  for (const std::int64_t no : numbers) sql.add_account.run(campaign.no, no);
  sql.set_simulated.run(campaign.no);
  campaign.accounts = std::move(numbers);
}

std::optional<std::string> hours_text(const std::optional<domain::ActiveHours>& hours) {
  if (!hours) return std::nullopt;
  return encode_active_hours(*hours);
}

tl::unexpected<Error> finished(std::string_view what) {
  return fail(ErrorKind::conflict, "The campaign is finished: " + std::string(what));
}

}  // namespace

Result<CampaignEntry*> live_campaign(WriteContext& context, CampaignId id) {
  CampaignEntry* c = context.campaign(id);
  if (c == nullptr || c->deleted) return fail(ErrorKind::not_found, "No such campaign");
  return c;
}

std::string changed_detail(const std::vector<std::string>& names) {
  std::string detail = "{\"changed\":[";
  for (const std::string& name : names)
    detail += (detail.back() == '[' ? "\"" : ",\"") + name + "\"";
  return detail + "]}";
}

Result<domain::CampaignPlan> SqliteCatalog::create_campaign(const domain::CampaignPlan& draft,
                                                            const std::string& actor, Instant now) {
  auto id = writer_.run<CampaignId>([&](WriteContext& c) -> Result<CampaignId> {
    const CampaignId created{c.new_id()};
    auto accounts = account_numbers(c, draft.accounts);
    if (!accounts) return tl::unexpected(accounts.error());
    sql_->new_campaign.run(created, draft.name, "Not started yet", hours_text(draft.active_hours),
                           draft.daily_limit, draft.attribution_days,
                           draft.in_doubt_timeout.count(), now, draft.variant_mode,
                           draft.variant_metric, draft.auto_pause);
    CampaignEntry* entry = c.campaign(created);
    if (entry == nullptr) return fail(ErrorKind::internal, "The campaign was not stored");
    if (actor == kSampleActor) sql_->mark_campaign.run(entry->no);
    std::vector<domain::Step> steps = draft.steps;
    for (domain::Step& s : steps) {
      for (domain::Variant& v : s.variants) v.id = {};
    }
    if (auto put = put_steps(*sql_, *entry, steps); !put) return tl::unexpected(put.error());
    sql_->allocations.plan_changed(entry->no, now);
    put_accounts(*sql_, *entry, std::move(*accounts));
    c.bump_plan();
    c.activity(entry->no, "campaign.created", actor, "Created", "{}", now);
    c.audit(actor, "campaign.create", object_of(created), "{}", now);
    if (auto put = put_collections(*sql_, c, *entry, draft.collections, now); !put) {
      return tl::unexpected(put.error());
    }
    c.settle(now);
    return created;
  });
  if (!id) return tl::unexpected(id.error());
  return reader_.plan(*id);
}

Result<domain::CampaignPlan> SqliteCatalog::update_campaign(CampaignId id,
                                                            const CampaignChange& change,
                                                            const std::string& actor, Instant now) {
  auto done = writer_.run<void>([&](WriteContext& c) -> Result<void> {
    auto found = live_campaign(c, id);
    if (!found) return tl::unexpected(found.error());
    CampaignEntry& entry = **found;
    if (change.expected_version && *change.expected_version != entry.version) {
      return fail(ErrorKind::conflict, "The campaign was changed meanwhile: it is at version " +
                                           std::to_string(entry.version));
    }
    if (entry.state == domain::CampaignState::finished) {
      if (change.add_collections && !change.add_collections->empty())
        return finished("no leads can be added");
      if (change.steps || change.accounts || change.active_hours || change.daily_limit ||
          change.variant_mode || change.variant_metric || change.auto_pause) {
        return finished("nothing more is sent");
      }
    }
    std::vector<std::string> changed;
    if (change.name) {
      sql_->set_name.run(entry.no, *change.name);
      entry.name = *change.name;
      changed.emplace_back("name");
    }
    if (change.active_hours) {
      sql_->set_hours.run(entry.no, hours_text(*change.active_hours));
      entry.lead_timezone = *change.active_hours && (*change.active_hours)->lead_timezone;
      changed.emplace_back("active_hours");
    }
    if (change.daily_limit) {
      sql_->set_limit.run(entry.no, *change.daily_limit);
      entry.daily_limit = *change.daily_limit;
      changed.emplace_back("daily_limit");
    }
    if (change.attribution_days) {
      sql_->set_attribution.run(entry.no, *change.attribution_days);
      entry.attribution_days = *change.attribution_days;
      changed.emplace_back("attribution_days");
    }
    if (change.variant_mode) {
      sql_->set_mode.run(entry.no, *change.variant_mode);
      changed.emplace_back("variant_mode");
    }
    if (change.variant_metric) {
      sql_->set_metric.run(entry.no, *change.variant_metric);
      changed.emplace_back("variant_metric");
    }
    if (change.auto_pause) {
      sql_->set_auto_pause.run(entry.no, *change.auto_pause);
      changed.emplace_back("auto_pause");
    }
    if (change.accounts) {
      auto accounts = account_numbers(c, *change.accounts);
      if (!accounts) return tl::unexpected(accounts.error());
      put_accounts(*sql_, entry, std::move(*accounts));
      changed.emplace_back("accounts");
    }
    if (change.steps) {
      c.counters().write();  // what this transaction did before belongs to the steps in use
      if (auto put = put_steps(*sql_, entry, *change.steps); !put) return put;
      changed.emplace_back("steps");
    }
    if (change.steps || change.variant_mode || change.variant_metric) {
      sql_->allocations.plan_changed(entry.no, now);
    }
    if (change.add_collections && !change.add_collections->empty()) {
      if (auto put = put_collections(*sql_, c, entry, *change.add_collections, now); !put)
        return put;
      changed.emplace_back("collections");
    }
    if (changed.empty()) return {};
    c.bump_campaign(entry);
    std::string text = "Changed:";
    for (const std::string& name : changed) text += (text.back() == ':' ? " " : ", ") + name;
    c.activity(entry.no, "campaign.updated", actor, text, changed_detail(changed), now);
    c.audit(actor, "campaign.update", object_of(id), changed_detail(changed), now);
    c.settle(now);
    return {};
  });
  if (!done) return tl::unexpected(done.error());
  return reader_.plan(id);
}

Result<void> SqliteCatalog::destroy_campaign(CampaignId id, const std::string& actor, Instant now) {
  return writer_.run<void>([&](WriteContext& c) -> Result<void> {
    auto found = live_campaign(c, id);
    if (!found) return tl::unexpected(found.error());
    CampaignEntry& entry = **found;
    if (entry.state == domain::CampaignState::active) {
      return fail(ErrorKind::conflict, "The campaign is active: pause it first");
    }
    sql_->delete_campaign.run(entry.no, now);
    entry.deleted = true;
    c.bump_campaign(entry);
    c.activity(entry.no, "campaign.deleted", actor, "Deleted", "{}", now);
    c.audit(actor, "campaign.delete", object_of(id), "{}", now);
    return {};
  });
}

Result<void> SqliteCatalog::add_campaign_account(CampaignId id, AccountId account,
                                                 const std::string& actor, Instant now) {
  return writer_.run<void>([&](WriteContext& c) -> Result<void> {
    auto found = live_campaign(c, id);
    if (!found) return tl::unexpected(found.error());
    CampaignEntry& entry = **found;
    const auto no = live_account(c, account);
    if (!no) return tl::unexpected(no.error());
    if (entry.state == domain::CampaignState::finished) return finished("nothing more is sent");
    if (std::find(entry.accounts.begin(), entry.accounts.end(), *no) != entry.accounts.end())
      return {};
    std::vector<std::int64_t> accounts = entry.accounts;
    accounts.insert(std::upper_bound(accounts.begin(), accounts.end(), *no), *no);
    put_accounts(*sql_, entry, std::move(accounts));
    c.bump_campaign(entry);
    const std::string detail = "{\"account\":\"" + to_string(account) + "\"}";
    c.activity(entry.no, "campaign.account_added", actor, "Account added", detail, now);
    c.audit(actor, "campaign.add_account", object_of(id), detail, now);
    return {};
  });
}

Result<void> SqliteCatalog::remove_campaign_account(CampaignId id, AccountId account,
                                                    const std::string& actor, Instant now) {
  return writer_.run<void>([&](WriteContext& c) -> Result<void> {
    auto found = live_campaign(c, id);
    if (!found) return tl::unexpected(found.error());
    CampaignEntry& entry = **found;
    const AccountEntry* a = c.account(account);
    const auto at = a == nullptr ? entry.accounts.end()
                                 : std::find(entry.accounts.begin(), entry.accounts.end(), a->no);
    if (at == entry.accounts.end())
      return fail(ErrorKind::not_found, "The campaign has no such account");
    std::vector<std::int64_t> accounts = entry.accounts;
    accounts.erase(accounts.begin() + (at - entry.accounts.begin()));
    put_accounts(*sql_, entry, std::move(accounts));
    c.bump_campaign(entry);
    const std::string detail = "{\"account\":\"" + to_string(account) + "\"}";
    c.activity(entry.no, "campaign.account_removed", actor, "Account removed", detail, now);
    c.audit(actor, "campaign.remove_account", object_of(id), detail, now);
    return {};
  });
}

Result<void> SqliteCatalog::acknowledge_guard(AccountId id, const std::string& actor, Instant now) {
  return writer_.run<void>([&](WriteContext& c) -> Result<void> {
    const auto no = live_account(c, id);
    if (!no) return tl::unexpected(no.error());
    c.guard().acknowledge(c, *no, actor, now);
    c.audit(actor, "guard.acknowledge", "account:" + to_string(id), "{}", now);
    return {};
  });
}

Result<void> SqliteCatalog::set_false_alarms(double per_year, const std::string& actor,
                                             Instant now) {
  if (!(per_year >= 0.01 && per_year <= 1000)) {
    return invalid("false_alarms_per_year", "Must be from 0.01 to 1000");
  }
  return writer_.run<void>([&](WriteContext& c) -> Result<void> {
    c.guard().set_false_alarms(per_year);
    c.audit(actor, "guard.settings", "workspace", "{}", now);
    return {};
  });
}

}  // namespace headway::store::sqlite
