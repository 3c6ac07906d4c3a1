#include "channels/webhook/answer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "channels/settings.h"

namespace headway::channels {

namespace {

using domain::FailureClass;
using Kind = SendResult::Kind;

constexpr milliseconds kRetryAfterMax = std::chrono::hours{24};

SendResult result(Kind kind, FailureClass failure, std::string code, std::string text) {
  SendResult r;
  r.kind = kind;
  r.failure = failure;
  r.code = std::move(code);
  r.text = std::move(text);
  return r;
}

SendResult of_fault(const HttpOutcome& outcome) {
  const std::string text = clean_text(outcome.detail, kTextBytesMax);
  switch (outcome.fault) {
    case HttpFault::refused_target:
      return result(Kind::retry, FailureClass::account_permission, "target_not_allowed", text);
    case HttpFault::tls_certificate:
      return result(Kind::retry, FailureClass::account_permission, "tls_certificate", text);
    case HttpFault::resolve: return result(Kind::retry, FailureClass::transient, "resolve", text);
    case HttpFault::connect: return result(Kind::retry, FailureClass::transient, "connect", text);
    case HttpFault::connect_timeout:
      return result(Kind::retry, FailureClass::transient, "connect_timeout", text);
    case HttpFault::tls_handshake:
      return result(Kind::retry, FailureClass::transient, "tls_handshake", text);
    case HttpFault::queue_timeout:
      return result(Kind::retry, FailureClass::transient, "queue_timeout", text);
    case HttpFault::not_written:
      return result(Kind::retry, FailureClass::transient, "not_written", text);
    case HttpFault::timeout:
      return result(Kind::unknown, FailureClass::outcome_unknown, "timeout", text);
    case HttpFault::cut:
      return result(Kind::unknown, FailureClass::outcome_unknown, "connection_cut", text);
    case HttpFault::bad_answer: break;
    case HttpFault::none: break;
  }
  return result(Kind::unknown, FailureClass::outcome_unknown, "bad_answer", text);
}

// The fields of a JSON answer that we use; all empty when it is none.
struct Fields {
  std::string failure, code, text, provider_id;
};

Fields read_fields(const std::string& body) {
  Fields fields;
  if (body.empty() || body.find('{') == std::string::npos) return fields;
  std::array<unsigned char, 4096> stack;  // NOLINT: written before it is read
  boost::json::monotonic_resource memory(stack.data(), stack.size());
  boost::system::error_code error;
  boost::json::value value = boost::json::parse(body, error, &memory);
  const boost::json::object* object = error ? nullptr : value.if_object();
  if (!object) return fields;
  auto take = [&](std::string_view name, std::size_t bytes) -> std::string {
    const boost::json::value* field = object->if_contains(name);
    if (!field) return "";
    if (const boost::json::string* text = field->if_string()) return clean_text(*text, bytes);
    if (field->is_int64())
      return std::to_string(field->get_int64());  // ids and codes are often numbers
    if (field->is_uint64()) return std::to_string(field->get_uint64());
    return "";
  };
  fields.failure = take("class", kCodeBytesMax);
  fields.code = take("code", kCodeBytesMax);
  fields.text = take("text", kTextBytesMax);
  fields.provider_id = take("provider_id", kProviderIdBytesMax);
  return fields;
}

SendResult refused(const HttpOutcome& outcome, Kind kind, FailureClass failure) {
  Fields fields = read_fields(outcome.body);
  SendResult r = result(kind, failure, std::move(fields.code), std::move(fields.text));
  if (r.code.empty()) r.code = "http_" + std::to_string(outcome.status);
  if (r.text.empty()) r.text = clean_text(outcome.body, kTextBytesMax);
  if (outcome.status == 422) {
    r.failure =
        domain::parse_failure_class(fields.failure).value_or(FailureClass::content_rejected);
  }
  return r;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

// "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<Instant> parse_http_date(std::string_view t) {
  static constexpr std::array<std::string_view, 12> kMonths{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (t.size() != 29 || t.substr(3, 2) != ", " || t.substr(25) != " GMT" || t[7] != ' ' ||
      t[11] != ' ' || t[16] != ' ' || t[19] != ':' || t[22] != ':') {
    return std::nullopt;
  }
  auto month = std::find(kMonths.begin(), kMonths.end(), t.substr(8, 3));
  auto day = number(t.substr(5, 2)), year = number(t.substr(12, 4));
  auto h = number(t.substr(17, 2)), m = number(t.substr(20, 2)), s = number(t.substr(23, 2));
  if (month == kMonths.end() || !day || !year || !h || !m || !s || *h > 23 || *m > 59 || *s > 60) {
    return std::nullopt;
  }
  std::chrono::year_month_day date{
      std::chrono::year{*year},
      std::chrono::month{static_cast<unsigned>(month - kMonths.begin()) + 1},
      std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return Instant{std::chrono::sys_days{date}} + std::chrono::hours{*h} + std::chrono::minutes{*m} +
         std::chrono::seconds{*s};
}

}  // namespace

std::optional<milliseconds> parse_retry_after(std::string_view value, Instant now) {
  while (value.starts_with(' ') || value.starts_with('\t')) value.remove_prefix(1);
  while (value.ends_with(' ') || value.ends_with('\t')) value.remove_suffix(1);
  if (value.empty()) return std::nullopt;
  if (std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    // Too many digits for an int are more than the most that is honoured, too.
    std::optional<int> seconds = number(value);
    return seconds ? std::min<milliseconds>(std::chrono::seconds{*seconds}, kRetryAfterMax)
                   : kRetryAfterMax;
  }
  std::optional<Instant> date = parse_http_date(value);
  if (!date) return std::nullopt;
  return std::clamp<milliseconds>(*date - now, milliseconds{0}, kRetryAfterMax);
}

SendResult interpret(const HttpOutcome& outcome, Instant now) {
  if (outcome.fault != HttpFault::none) return of_fault(outcome);
  const int status = outcome.status;
  if (status >= 200 && status < 300) {
    SendResult r;
    r.kind = Kind::delivered;
    r.provider_id = read_fields(outcome.body).provider_id;
    return r;
  }
  switch (status) {
    case 429:
    case 503: {
      auto wait = parse_retry_after(outcome.retry_after, now);
      bool limited = status == 429 || wait;
      SendResult r = refused(outcome, Kind::retry,
                             limited ? FailureClass::rate_limited : FailureClass::transient);
      r.retry_after = wait;
      return r;
    }
    case 408:
    case 425: return refused(outcome, Kind::retry, FailureClass::transient);
    case 401:
    case 403:
    case 407: return refused(outcome, Kind::retry, FailureClass::account_auth);
    case 101:
    case 404:
    case 405:
    case 410: return refused(outcome, Kind::retry, FailureClass::account_permission);
    default: break;
  }
  if (status >= 500 && status < 600) return refused(outcome, Kind::retry, FailureClass::transient);
  if (status >= 400 && status < 500) {
    return refused(outcome, Kind::failed, FailureClass::content_rejected);
  }
  if (status >= 300 && status < 400) {
    return refused(outcome, Kind::retry, FailureClass::account_permission);
  }
  return result(Kind::unknown, FailureClass::outcome_unknown, "bad_answer",
                "Status " + std::to_string(status));
}

}  // namespace headway::channels
