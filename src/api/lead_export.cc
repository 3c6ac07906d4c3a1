#include "api/lead_export.h"

#include <memory>
#include <stdexcept>

#include "api/collections.h"
#include "base/text.h"

namespace headway::api {
namespace {

constexpr std::string_view kColumns =
    "id,number,external_id,name,email,phone,messenger_id,status,reason,next_at,account,variant,"
    "step,"
    "steps,failure_class,failure_code,failure_text,replied_at,booked_at,opted_out,last_action,"
    "last_action_at\r\n";

class LeadExport {
 public:
  LeadExport(store::Reader& reader, CampaignId id, store::LeadFilter filter,
             domain::ReasonContext context, int steps)
      : reader_(reader),
        id_(id),
        filter_(std::move(filter)),
        context_(std::move(context)),
        steps_(steps) {}

  std::string next() {
    if (ended_) return {};
    store::LeadPaging paging;
    paging.limit = 500;
    paging.cursor = cursor_;
    const auto page = reader_.leads(id_, filter_, paging);
    if (!page) throw std::runtime_error(page.error().message);
    std::string out;
    if (cursor_.empty()) out = kColumns;
    for (const store::LeadRow& lead : page->items) line(out, lead);
    cursor_ = page->next_cursor;
    ended_ = cursor_.empty();
    return out;
  }

 private:
  static std::string time_of(const std::optional<Instant>& t) {
    return t ? format_rfc3339(*t) : std::string();
  }

  void line(std::string& out, const store::LeadRow& lead) const {
    const domain::LeadState& s = lead.state;
    const domain::Explanation why = domain::explain(s, lead.zone, context_);
    const auto cell = [&out](std::string_view text) {
      out.append(spreadsheet_cell(text)).append(",");
    };
    cell(to_string(lead.id));
    cell(std::to_string(lead.number));
    for (const std::string* text : {&lead.person.external_id, &lead.person.name, &lead.person.email,
                                    &lead.person.phone, &lead.person.messenger_id}) {
      cell(*text);
    }
    cell(domain::to_string(s.status));
    cell(why.reason == domain::Reason::none ? "" : domain::to_string(why.reason));
    cell(time_of(why.next_at));
    cell(lead.account_name);
    cell(lead.variant_name);
    cell(std::to_string(s.step));
    cell(std::to_string(steps_));
    cell(s.failure == domain::FailureClass::none ? "" : domain::to_string(s.failure));
    cell(lead.failure_code);
    cell(lead.failure_text);
    cell(time_of(lead.replied_at));
    cell(time_of(lead.booked_at));
    cell(s.opted_out ? "true" : "false");
    cell(domain::to_string(s.last_action));
    out.append(format_rfc3339(s.last_action_at)).append("\r\n");
  }

  store::Reader& reader_;
  const CampaignId id_;
  const store::LeadFilter filter_;
  const domain::ReasonContext context_;
  const int steps_;
  std::string cursor_;
  bool ended_ = false;
};

}  // namespace

std::string spreadsheet_cell(std::string_view text) {
  if (text.empty()) return {};
  const char first = text.front();
  const bool sign = first == '+' || first == '-';
  const bool number = sign && text.size() > 1 && is_ascii_digit(text[1]) &&
                      text.find_first_not_of("0123456789 .,()/-", 1) == text.npos;
  const bool formula = first == '=' || first == '@' || first == '\t' || first == '\r' || sign;
  if (formula && !number) return csv_cell("'" + std::string(text));
  return csv_cell(text);
}

Reply export_leads(store::Reader& reader, CampaignId id, const store::LeadFilter& filter,
                   const domain::ReasonContext& context, int steps, bool nothing) {
  Reply reply;
  reply.content_type = "text/csv; charset=utf-8";
  reply.headers.emplace_back("Content-Disposition",
                             "attachment; filename=\"campaign-" + to_string(id) + "-leads.csv\"");
  if (nothing) {
    reply.body = kColumns;
    return reply;
  }
  auto source = std::make_shared<LeadExport>(reader, id, filter, context, steps);
  reply.more = [source] { return source->next(); };
  return reply;
}

}  // namespace headway::api
