#include "api/handlers.h"
#include "api/router.h"

namespace headway::api {
namespace {

constexpr std::int64_t kBigBody = 64 << 20;
constexpr std::int64_t kSmallBody = 16 << 10;
constexpr std::string_view kCsvTypes = "text/csv";
constexpr std::string_view kEventTypes = "application/x-ndjson";

// For owners, and never remembered: answers and bodies may hold secrets.
constexpr Route owners(Method method, std::string_view pattern, Handler handler,
                       Run run = Run::worker) {
  return {method, pattern, handler, run, Auth::caller, kSmallBody, nullptr, "", true, Need::owner};
}

constexpr Route kRoutes[] = {
    {Method::get, "/api/v1/accounts", list_accounts},
    {Method::post, "/api/v1/accounts", create_account},
    {Method::patch, "/api/v1/accounts", change_account},
    {Method::del, "/api/v1/accounts", delete_account},
    {Method::get, "/api/v1/accounts/{id}", get_account},
    {Method::patch, "/api/v1/accounts/{id}", change_account},
    {Method::del, "/api/v1/accounts/{id}", delete_account},
    {Method::get, "/api/v1/accounts/{id}/stats", account_stats},
    {Method::get, "/api/v1/accounts/{id}/logs", account_logs},
    {Method::get, "/api/v1/accounts/{id}/status-history", account_status_history},

    {Method::get, "/api/v1/campaigns", list_campaigns},
    {Method::post, "/api/v1/campaigns", create_campaign},
    {Method::patch, "/api/v1/campaigns", change_campaign},
    {Method::get, "/api/v1/campaigns/count", count_campaigns, Run::at_once},
    {Method::get, "/api/v1/campaigns/compare", compare_campaigns},
    {Method::post, "/api/v1/campaigns/destroy", destroy_campaign},
    {Method::post, "/api/v1/campaigns/accounts", add_campaign_account},
    {Method::del, "/api/v1/campaigns/accounts", remove_campaign_account},
    {Method::get, "/api/v1/campaigns/{id}", get_campaign},
    {Method::patch, "/api/v1/campaigns/{id}", change_campaign},
    {Method::del, "/api/v1/campaigns/{id}", destroy_campaign},
    {Method::get, "/api/v1/campaigns/{id}/activity", campaign_activity},
    {Method::get, "/api/v1/campaigns/{id}/metrics", campaign_metrics, Run::at_once_if_bare},
    {Method::get, "/api/v1/campaigns/{id}/series", campaign_series},
    {Method::get, "/api/v1/campaigns/{id}/breakdown", campaign_breakdown},
    {Method::get, "/api/v1/campaigns/{id}/diagnosis", campaign_diagnosis},
    {Method::get, "/api/v1/campaigns/{id}/advice", campaign_advice},
    {Method::get, "/api/v1/campaigns/{id}/variants", campaign_variants},
    {Method::get, "/api/v1/campaigns/{id}/guard", campaign_guard},
    {Method::post, "/api/v1/campaigns/{id}/guard/acknowledge", acknowledge_guard},
    {Method::post, "/api/v1/campaigns/{id}/guard/backtest", backtest_guard, Run::worker,
     Auth::caller, 1 << 20, nullptr, "", false, Need::viewer},
    {Method::get, "/api/v1/campaigns/{id}/forecast", campaign_forecast},
    {Method::get, "/api/v1/campaigns/{id}/report", campaign_report},
    {Method::get, "/api/v1/campaigns/{id}/export", campaign_export},
    {Method::get, "/api/v1/campaigns/{id}/leads", campaign_leads},
    {Method::get, "/api/v1/campaigns/{id}/leads/{lead_id}", campaign_lead},
    {Method::get, "/api/v1/campaigns/{id}/in-doubt", list_in_doubt},
    {Method::post, "/api/v1/campaigns/{id}/in-doubt/resolve", resolve_in_doubt},
    {Method::post, "/api/v1/campaigns/{id}/duplicate", duplicate_campaign},
    {Method::post, "/api/v1/campaigns/{id}/preview", preview_campaign, Run::worker, Auth::caller,
     1 << 20, nullptr, "", false, Need::viewer},

    {Method::get, "/api/v1/leads", list_collections},
    {Method::post, "/api/v1/leads/import", nullptr, Run::as_it_comes, Auth::caller, kBigBody,
     import_leads, kCsvTypes},
    {Method::post, "/api/v1/leads/merge", merge_collections},
    {Method::post, "/api/v1/leads/groups", no_scraping},
    {Method::post, "/api/v1/leads/pages", no_scraping},
    {Method::get, "/api/v1/leads/{id}", get_collection},
    {Method::patch, "/api/v1/leads/{id}", rename_collection},
    {Method::del, "/api/v1/leads/{id}", delete_collection},
    {Method::get, "/api/v1/leads/{id}/leads", collection_people},
    {Method::get, "/api/v1/leads/{id}/export", export_collection},
    {Method::get, "/api/v1/leads/{id}/rejections", collection_rejections},
    {Method::post, "/api/v1/leads/{id}/cancel", cancel_import},
    {Method::post, "/api/v1/leads/{id}/rescrape", rescrape_collection},
    {Method::post, "/api/v1/leads/{id}/retry", retry_collection},

    {Method::get, "/api/v1/inbox/conversations", list_conversations},
    {Method::del, "/api/v1/inbox/conversations", delete_conversation},
    {Method::get, "/api/v1/inbox/conversations/search", search_conversations},
    {Method::get, "/api/v1/inbox/conversations/unread-count", unread_count},
    {Method::get, "/api/v1/inbox/conversations/{id}/messages", conversation_messages},
    {Method::patch, "/api/v1/inbox/conversations/{id}", change_conversation},

    {Method::get, "/api/v1/dashboard/stats", dashboard_stats},
    {Method::get, "/api/v1/dashboard/activity", dashboard_activity},
    {Method::get, "/api/v1/dashboard/performance", dashboard_performance},
    {Method::get, "/api/v1/charts/messages", chart_messages},
    {Method::get, "/api/v1/charts/bookings", chart_bookings},

    {Method::post, "/api/v1/events", nullptr, Run::as_it_comes, Auth::caller, kBigBody, post_events,
     kEventTypes},
    {Method::get, "/api/v1/stream", nullptr, Run::stream},

    {Method::get, "/api/v1/workspace", get_workspace},
    owners(Method::patch, "/api/v1/workspace", change_workspace),
    {Method::post, "/api/v1/workspace/sample", load_sample},
    {Method::del, "/api/v1/workspace/sample", remove_sample},

    {Method::get, "/api/v1/auth/setup", setup_state, Run::at_once, Auth::page},
    {Method::post, "/api/v1/auth/setup", setup, Run::password, Auth::page, kSmallBody, nullptr, "",
     true},
    {Method::post, "/api/v1/auth/login", login, Run::password, Auth::page, kSmallBody, nullptr, "",
     true},
    {Method::post, "/api/v1/auth/logout", logout, Run::worker, Auth::session, kSmallBody, nullptr,
     "", true, Need::viewer},
    {Method::get, "/api/v1/auth/session", get_session, Run::at_once, Auth::session},
    {Method::post, "/api/v1/auth/password", change_password, Run::password, Auth::session,
     kSmallBody, nullptr, "", true, Need::viewer},
    owners(Method::get, "/api/v1/users", list_users),
    owners(Method::post, "/api/v1/users", create_user, Run::password),
    owners(Method::patch, "/api/v1/users/{id}", change_user, Run::password),
    owners(Method::del, "/api/v1/users/{id}", delete_user),
    owners(Method::get, "/api/v1/api-keys", list_keys),
    owners(Method::post, "/api/v1/api-keys", create_key),
    owners(Method::del, "/api/v1/api-keys/{id}", revoke_key),
    {Method::get, "/api/v1/suppressions", list_suppressions},
    {Method::post, "/api/v1/suppressions", create_suppression},
    {Method::del, "/api/v1/suppressions/{id}", delete_suppression},
    {Method::get, "/api/v1/bookings", list_bookings},
    {Method::post, "/api/v1/bookings/{id}/assign", assign_booking},
    {Method::get, "/api/v1/audit", list_audit},

    {Method::get, "/healthz", healthz, Run::at_once, Auth::none},
    {Method::get, "/readyz", readyz, Run::at_once, Auth::none},
    {Method::get, "/metrics", prometheus_text, Run::at_once, Auth::none},
};

}  // namespace

std::span<const Route> routes() { return kRoutes; }

}  // namespace headway::api
