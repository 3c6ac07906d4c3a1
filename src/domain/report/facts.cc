#include "domain/report/facts.h"

#include <algorithm>

#include <boost/json/parse.hpp>

#include "base/text.h"

namespace headway::domain::report {
namespace {

namespace json = boost::json;

// One line of NDJSON.
class Line {
 public:
  Line(std::string& out, std::string_view type) : out_(out) {
    out_ += R"({"type":)";
    append_json_string(out_, type);
  }
  ~Line() { out_ += "}\n"; }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  Line& text(std::string_view name, std::string_view value) {
    key(name);
    append_json_string(out_, value);
    return *this;
  }
  Line& number(std::string_view name, std::int64_t value) {
    key(name);
    out_ += std::to_string(value);
    return *this;
  }
  Line& flag(std::string_view name, bool value) {
    key(name);
    out_ += value ? "true" : "false";
    return *this;
  }

 private:
  void key(std::string_view name) {
    out_ += ',';
    append_json_string(out_, name);
    out_ += ':';
  }
  std::string& out_;
};

std::string_view text_of(const json::object& o, std::string_view name) {
  const json::value* v = o.if_contains(name);
  return v != nullptr && v->is_string() ? std::string_view(v->get_string()) : std::string_view{};
}
std::int64_t number_of(const json::object& o, std::string_view name) {
  const json::value* v = o.if_contains(name);
  return v != nullptr && v->is_int64() ? v->get_int64() : 0;
}
bool flag_of(const json::object& o, std::string_view name) {
  const json::value* v = o.if_contains(name);
  return v != nullptr && v->is_bool() && v->get_bool();
}

}  // namespace

void append_campaign(std::string& out, CampaignId id, std::string_view name, Instant as_of,
                     std::int64_t version) {
  Line(out, "campaign")
      .number("format", 1)
      .text("campaign_id", to_string(id))
      .text("name", name)
      .text("as_of", format_rfc3339(as_of))
      .number("version", version);
}

void append_lead(std::string& out, LeadId id, const LeadState& s) {
  Line line(out, "lead");
  line.text("id", to_string(id)).text("status", to_string(s.status));
  if (s.status == Status::sent || s.status == Status::failed)
    line.text("ended_by", to_string(s.ended_by));
  if (s.status == Status::failed) line.text("failure_class", to_string(s.failure));
  line.flag("replied", s.replied).flag("booked", s.booked).flag("opted_out", s.opted_out);
}

void append_message(std::string& out, LeadId lead, int step, VariantId variant, AccountId account,
                    bool delivered, FailureClass failure, std::string_view code, Instant at) {
  Line line(out, "message");
  line.text("lead", to_string(lead))
      .number("step", step)
      .text("variant", to_string(variant))
      .text("account", to_string(account))
      .text("outcome", delivered ? "delivered" : "failed");
  if (!delivered) line.text("class", to_string(failure)).text("code", code);
  line.text("at", format_rfc3339(at));
}

void append_event(std::string& out, LeadId lead, std::string_view type, Instant at) {
  Line(out, type).text("lead", to_string(lead)).text("at", format_rfc3339(at));
}

void append_end(std::string& out, std::int64_t leads, std::int64_t version) {
  Line(out, "end").number("leads", leads).number("version", version);
}

Result<void> Recount::take(std::string_view line) {
  ++lines_;
  const auto wrong = [this](std::string_view what) {
    return fail(ErrorKind::invalid, "Line " + std::to_string(lines_) + ": " + std::string(what));
  };
  boost::system::error_code bad;
  const json::value value = json::parse(line, bad);
  if (bad || !value.is_object()) return wrong("no JSON object");
  const json::object& o = value.get_object();
  const std::string_view type = text_of(o, "type");
  if (ended_) return wrong("something behind the end");
  if (lines_ == 1) {
    if (type != "campaign") return wrong("must tell the campaign");
    if (number_of(o, "format") != 1) return wrong("a format that this version does not know");
    const auto id = parse_id(text_of(o, "campaign_id"));
    if (!id) return wrong("no id of a campaign");
    campaign_ = CampaignId{*id};
    version_ = number_of(o, "version");
    return {};
  }
  if (type == "end") {
    end_lead();
    ended_ = true;
    told_leads_ = number_of(o, "leads");
    end_version_ = number_of(o, "version");
    return {};
  }
  if (type == "lead") {
    end_lead();
    const auto status = parse_status(text_of(o, "status"));
    lead_ = {};
    lead_.id = std::string(text_of(o, "id"));
    if (!status || !parse_id(lead_.id)) return wrong("a lead without id or status");
    lead_.replied = flag_of(o, "replied");
    lead_.booked = flag_of(o, "booked");
    lead_.opted_out = flag_of(o, "opted_out");
    ++leads_;
    figures_.add("leads.total", 1);
    figures_.add("leads." + std::string(to_string(*status)), 1);
    if (*status == Status::failed) {
      figures_.add("lead_failures." + std::string(text_of(o, "failure_class")), 1);
    }
    return {};
  }
  if (lead_.id.empty() || text_of(o, "lead") != lead_.id)
    return wrong("a fact apart from its lead");
  if (type == "message") {
    const bool delivered = text_of(o, "outcome") == "delivered";
    const auto failure = parse_failure_class(text_of(o, "class"));
    if (!delivered && !failure) return wrong("a failed message without its class");
    const std::int64_t step = number_of(o, "step");
    if (step <= lead_.last_step) return wrong("a step that ended twice");
    lead_.last_step = step;
    if (delivered) lead_.contacted = true;
    if (!delivered && !counts_as_delivery_failure(*failure)) return {};
    const std::string end = delivered ? "delivered" : "undelivered";
    figures_.add("messages." + end, 1);
    figures_.add("account." + std::string(text_of(o, "account")) + "." + end, 1);
    figures_.add("step." + std::to_string(step) + "." + end, 1);
    figures_.add("variant." + std::string(text_of(o, "variant")) + "." + end, 1);
    if (!delivered) figures_.add("message_failures." + std::string(to_string(*failure)), 1);
    return {};
  }
  for (const std::string_view known :
       {"reply", "auto_reply", "booked", "booking_cancelled", "opted_out"}) {
    if (type == known) return {};
  }
  return wrong("a fact of an unknown type");
}

void Recount::end_lead() {
  if (lead_.id.empty() || !lead_.contacted) return;
  figures_.add("leads.contacted", 1);
  if (lead_.replied) figures_.add("leads.responded", 1);
  if (lead_.booked) figures_.add("leads.booked", 1);
  if (lead_.opted_out) figures_.add("leads.opted_out", 1);
}

Result<void> Recount::finish() {
  if (!ended_) return fail(ErrorKind::invalid, "The facts are cut off: the last line is missing");
  if (told_leads_ != leads_) {
    return fail(ErrorKind::invalid, "The last line tells of " + std::to_string(told_leads_) +
                                        " leads, there are " + std::to_string(leads_));
  }
  return {};
}

}  // namespace headway::domain::report
