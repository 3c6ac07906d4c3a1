#pragma once
// Every handler of the route table, by the file that holds it.

#include "api/http.h"
#include "api/services.h"

namespace headway::api {

// accounts.cc
Reply list_accounts(Services&, const Request&);
Reply create_account(Services&, const Request&);
Reply change_account(Services&, const Request&);  // by path or by body
Reply delete_account(Services&, const Request&);
Reply get_account(Services&, const Request&);
Reply account_stats(Services&, const Request&);
Reply account_logs(Services&, const Request&);
Reply account_status_history(Services&, const Request&);
// campaigns.cc, campaign_changes.cc
Reply list_campaigns(Services&, const Request&);
Reply count_campaigns(Services&, const Request&);
Reply get_campaign(Services&, const Request&);
Reply campaign_activity(Services&, const Request&);
Reply create_campaign(Services&, const Request&);
Reply change_campaign(Services&, const Request&);
Reply destroy_campaign(Services&, const Request&);
Reply add_campaign_account(Services&, const Request&);
Reply remove_campaign_account(Services&, const Request&);
Reply duplicate_campaign(Services&, const Request&);
Reply preview_campaign(Services&, const Request&);
// campaign_figures.cc
Reply campaign_metrics(Services&, const Request&);
Reply campaign_series(Services&, const Request&);
Reply campaign_breakdown(Services&, const Request&);
// diagnosis.cc, advice.cc
Reply campaign_diagnosis(Services&, const Request&);
Reply campaign_advice(Services&, const Request&);
// guard.cc
Reply campaign_guard(Services&, const Request&);
Reply acknowledge_guard(Services&, const Request&);
Reply backtest_guard(Services&, const Request&);
// compare.cc, variants.cc
Reply compare_campaigns(Services&, const Request&);
Reply campaign_variants(Services&, const Request&);
// campaign_forecast.cc
Reply campaign_forecast(Services&, const Request&);
// campaign_report.cc
Reply campaign_report(Services&, const Request&);
Reply campaign_export(Services&, const Request&);
// campaign_leads.cc
Reply campaign_leads(Services&, const Request&);
Reply campaign_lead(Services&, const Request&);
Reply list_in_doubt(Services&, const Request&);
Reply resolve_in_doubt(Services&, const Request&);
// collections.cc
Reply list_collections(Services&, const Request&);
Reply get_collection(Services&, const Request&);
Reply collection_people(Services&, const Request&);
Reply rename_collection(Services&, const Request&);
Reply delete_collection(Services&, const Request&);
Reply merge_collections(Services&, const Request&);
Reply export_collection(Services&, const Request&);
Reply rescrape_collection(Services&, const Request&);
Reply retry_collection(Services&, const Request&);
Reply no_scraping(Services&, const Request&);
Reply collection_rejections(Services&, const Request&);
Reply cancel_import(Services&, const Request&);
// imports.cc
Reply import_leads(Services&, const Request&, BodySource&);
// inbox.cc
Reply list_conversations(Services&, const Request&);
Reply search_conversations(Services&, const Request&);
Reply unread_count(Services&, const Request&);
Reply conversation_messages(Services&, const Request&);
Reply change_conversation(Services&, const Request&);
Reply delete_conversation(Services&, const Request&);
// dashboard.cc
Reply dashboard_stats(Services&, const Request&);
Reply dashboard_activity(Services&, const Request&);
Reply dashboard_performance(Services&, const Request&);
Reply chart_messages(Services&, const Request&);
Reply chart_bookings(Services&, const Request&);
// events.cc
Reply post_events(Services&, const Request&, BodySource&);
// workspace.cc
Reply get_workspace(Services&, const Request&);
Reply change_workspace(Services&, const Request&);
Reply load_sample(Services&, const Request&);
Reply remove_sample(Services&, const Request&);
// auth.cc
Reply setup_state(Services&, const Request&);
Reply setup(Services&, const Request&);
Reply login(Services&, const Request&);
Reply logout(Services&, const Request&);
Reply get_session(Services&, const Request&);
Reply change_password(Services&, const Request&);
// users.cc
Reply list_users(Services&, const Request&);
Reply create_user(Services&, const Request&);
Reply change_user(Services&, const Request&);
Reply delete_user(Services&, const Request&);
// admin.cc
Reply list_keys(Services&, const Request&);
Reply create_key(Services&, const Request&);
Reply revoke_key(Services&, const Request&);
Reply list_suppressions(Services&, const Request&);
Reply create_suppression(Services&, const Request&);
Reply delete_suppression(Services&, const Request&);
Reply list_bookings(Services&, const Request&);
Reply assign_booking(Services&, const Request&);
Reply list_audit(Services&, const Request&);
// health.cc
Reply healthz(Services&, const Request&);
Reply readyz(Services&, const Request&);
Reply prometheus_text(Services&, const Request&);

}  // namespace headway::api
