// The report as a page of its own.

#include <algorithm>
#include <cstdio>

#include "api/report_data.h"
#include "base/hash.h"
#include "base/text.h"
#include "domain/schedule.h"

namespace headway::api {
namespace {

constexpr std::string_view kStyle = R"css(
:root{--bg:#fff;--text:#1b2330;--soft:#5c6878;--line:#d9dfe7;--good:#1f7a5c;--bad:#b3412f;--mark:#2f5fb3}
@media (prefers-color-scheme:dark){:root{--bg:#12161d;--text:#e6ebf2;--soft:#9aa7b8;--line:#2c3644;--good:#4fbf97;--bad:#e5816f;--mark:#7fa9f0}}
@media print{:root{--bg:#fff;--text:#000;--soft:#444;--line:#bbb;--good:#1f7a5c;--bad:#b3412f;--mark:#2f5fb3}section{break-inside:avoid}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2rem 1.25rem;max-width:56rem;background:var(--bg);color:var(--text);font:15px/1.5 system-ui,sans-serif;print-color-adjust:exact}
h1{font-size:1.6rem;line-height:1.2;margin:0 0 .25rem}
h2{font-size:1.1rem;margin:2rem 0 .5rem}
p{margin:.25rem 0}.soft{color:var(--soft)}.note{border:1px solid var(--line);border-radius:6px;padding:.5rem .75rem}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.3rem .5rem;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}
th:first-child,td:first-child{text-align:left}
th{font-weight:600;color:var(--soft)}
code{font:12px/1.4 ui-monospace,monospace;overflow-wrap:anywhere}
svg{display:block;width:100%;height:auto;margin:.5rem 0}
svg text{fill:var(--soft);font:11px system-ui,sans-serif}
.good{fill:var(--good)}.bad{fill:var(--bad)}.mark{fill:var(--mark)}.axis{stroke:var(--line)}.whisker{stroke:var(--text);stroke-width:2}.track{fill:var(--line)}
)css";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string number(std::int64_t n) {  // 1234567 -> 1,234,567
  std::string digits = std::to_string(n < 0 ? -n : n);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return (n < 0 ? "-" : "") + digits;
}

std::string shortest(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", x);
  return text;
}

std::string percent(const std::optional<double>& x) {
  return x ? shortest(*x * 100) + " %" : "\u2013";
}

class Page {
 public:
  explicit Page(const ReportData& d) : d_(d) {}

  std::string write() {
    head();
    figures();
    days();
    table("Accounts", "Account", d_.accounts);
    table("Steps", "Step", d_.steps);
    table("Variants", "Variant", d_.variants);
    table("Collections", "Collection", d_.collections);
    failures();
    timeline();
    seal();
    out_ += "</main></body></html>\n";
    return std::move(out_);
  }

 private:
  void head() {
    const auto& plan = d_.campaign.plan;
    const std::string name = escaped(plan.name);
    out_ +=
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width,initial-scale=1\"><meta name=\"color-scheme\" "
        "content=\"light dark\"><title>" +
        name + " \u2013 report</title><style>";
    out_ += kStyle;
    out_ += "</style></head><body><main><header><h1>" + name + "</h1><p class=\"soft\">" +
            std::string(domain::to_string(plan.state)) + ", as of " + format_rfc3339(d_.as_of);
    if (plan.started_at) out_ += ", started " + format_rfc3339(*plan.started_at);
    if (plan.finished_at) out_ += ", finished " + format_rfc3339(*plan.finished_at);
    out_ += "</p>";
    if (d_.campaign.simulated) {
      out_ += "<p class=\"note\">Simulated: the people and their reactions are made up.</p>";
    }
    out_ += "</header>";
  }

  void figures() {
    const domain::Counts& c = d_.campaign.counts;
    const domain::StatusCounts n = domain::status_counts(c);
    out_ +=
        "<section><h2>Leads</h2><table><thead><tr><th>Total</th><th>Sent</th><th>Failed</"
        "th><th>Pending</th>"
        "<th>Partial</th><th>Progress</th></tr></thead><tbody><tr>";
    for (const std::int64_t value : {n.total, n.sent, n.failed, n.pending, n.partial})
      cell(number(value));
    const auto progress = domain::progress_basis_points(n);
    char text[32] = "\u2013";
    if (progress) std::snprintf(text, sizeof text, "%d.%02d %%", *progress / 100, *progress % 100);
    cell(text);
    out_ += "</tr></tbody></table></section><section><h2>Rates</h2>";
    rates(c);
    out_ +=
        "<p class=\"soft\">The line through each bar is the 95 % interval (Wilson): where the true "
        "rate may well "
        "lie, given how many were counted.</p></section>";
  }

  void rates(const domain::Counts& c) {
    struct Row {
      const char* name;
      const char* of;
      domain::Rate rate;
      const char* kind;
    };
    const Row rows[] = {
        {"Delivery", "messages delivered of those ended", domain::delivery_rate(c), "good"},
        {"Response", "leads who replied of those contacted", domain::response_rate(c), "mark"},
        {"Conversion", "leads booked of those contacted", domain::conversion_rate(c), "mark"},
        {"Opt-out", "leads opted out of those contacted", domain::opt_out_rate(c), "bad"}};
    out_ += "<svg viewBox=\"0 0 720 176\" role=\"img\" aria-label=\"Rates with their intervals\">";
    int y = 4;
    for (const Row& row : rows) {
      const domain::Rate& r = row.rate;
      out_ += "<text x=\"0\" y=\"" + std::to_string(y + 12) + "\">" + row.name + " " +
              percent(r.rate) + " (" + number(r.num) + " " + row.of + ": " + number(r.den) +
              ")</text>";
      rect(0, y + 18, 720, 10, "track");
      if (r.rate) rect(0, y + 18, *r.rate * 720, 10, row.kind);
      if (r.lo && r.hi) {
        out_ += "<line class=\"whisker\" x1=\"" + shortest(*r.lo * 720) + "\" x2=\"" +
                shortest(*r.hi * 720) + "\" y1=\"" + std::to_string(y + 23) + "\" y2=\"" +
                std::to_string(y + 23) + "\"/>";
      }
      y += 44;
    }
    out_ += "</svg>";
  }

  void days() {
    std::int64_t most = 0;
    for (const auto& day : d_.days) most = std::max(most, ended(day.counts));
    if (most == 0) return;
    out_ +=
        "<section><h2>Messages by day</h2><svg viewBox=\"0 0 720 190\" role=\"img\" "
        "aria-label=\"Messages delivered "
        "and failed by day\"><line class=\"axis\" x1=\"0\" x2=\"720\" y1=\"160.5\" y2=\"160.5\"/>";
    const double width = 720.0 / static_cast<double>(std::max<std::size_t>(d_.days.size(), 10));
    double x = 0;
    for (const auto& day : d_.days) {
      const double scale = 145.0 / static_cast<double>(most);
      const double good = static_cast<double>(day.counts[domain::Counter::delivered]) * scale;
      const double bad = static_cast<double>(day.counts[domain::Counter::undelivered]) * scale;
      const double bar = std::max(width - 2, 1.0);
      out_ += "<g><title>" + date(day.from) + ": " +
              number(day.counts[domain::Counter::delivered]) + " delivered, " +
              number(day.counts[domain::Counter::undelivered]) + " failed</title>";
      rect(x, 160 - good, bar, good, "good");
      rect(x, 160 - good - bad, bar, bad, "bad");
      out_ += "</g>";
      x += width;
    }
    out_ +=
        "<text x=\"0\" y=\"178\">" + date(d_.days.front().from) +
        "</text><text x=\"720\" y=\"178\" text-anchor=\"end\">" + date(d_.days.back().from) +
        "</text><text x=\"720\" y=\"11\" text-anchor=\"end\">" + number(most) +
        " a day at most</text></svg><p class=\"soft\">Below: delivered; above: failed. Days of " +
        escaped(d_.zone) + ".</p></section>";
  }

  void table(const char* title, const char* first, const std::vector<store::SliceCounts>& slices) {
    if (slices.empty()) return;
    out_ += std::string("<section><h2>") + title + "</h2><table><thead><tr><th>" + first +
            "</th><th>Delivered</th><th>Failed</th><th>Delivery</th><th>95 "
            "%</th><th>Replied</th><th>Booked</th></tr>"
            "</thead><tbody>";
    for (const store::SliceCounts& s : slices) {
      const domain::Rate r = domain::delivery_rate(s.counts);
      out_ += "<tr>";
      std::string label = s.label;
      if (label.empty()) label = s.step > 0 ? "Step " + std::to_string(s.step) : "(not said)";
      cell(escaped(label));
      cell(number(s.counts[domain::Counter::delivered]));
      cell(number(s.counts[domain::Counter::undelivered]));
      cell(percent(r.rate));
      cell(r.lo ? percent(r.lo) + " \u2013 " + percent(r.hi) : "\u2013");
      cell(number(s.counts[domain::Counter::responded]));
      cell(number(s.counts[domain::Counter::booked]));
      out_ += "</tr>";
    }
    out_ += "</tbody></table></section>";
  }

  void failures() {
    std::int64_t all = 0;
    for (const std::int64_t n : d_.campaign.counts.message_failures) all += n;
    if (all == 0) return;
    out_ +=
        "<section><h2>Failures</h2><table><thead><tr><th>Class</th><th>Messages</th><th>Share</"
        "th></tr></thead><tbody>";
    for (int i = 1; i < domain::kFailureClasses; ++i) {
      const std::int64_t n = d_.campaign.counts.message_failures[static_cast<std::size_t>(i)];
      if (n == 0) continue;
      std::string name(domain::to_string(static_cast<domain::FailureClass>(i)));
      std::replace(name.begin(), name.end(), '_', ' ');
      out_ += "<tr>";
      cell(name);
      cell(number(n));
      cell(percent(static_cast<double>(n) / static_cast<double>(all)));
      out_ += "</tr>";
    }
    out_ += "</tbody></table></section>";
  }

  void timeline() {
    if (d_.timeline.empty()) return;
    out_ +=
        "<section><h2>Timeline</h2><table><thead><tr><th>When</th><th>What</th><th>Who</th></tr></"
        "thead><tbody>";
    for (const store::ActivityEntry& e : d_.timeline) {
      out_ += "<tr>";
      cell(format_rfc3339(e.at));
      cell(escaped(e.text));
      cell(escaped(e.actor));
      out_ += "</tr>";
    }
    out_ += "</tbody></table></section>";
  }

  void seal() {
    const bool sealed = d_.campaign.plan.state == domain::CampaignState::finished;
    out_ += "<section><h2>Seal</h2><p>SHA-256 over the canonical figures: <code>" + d_.sha256 +
            "</code></p>";
    if (d_.campaign.delivery_seal) {
      out_ += "<p>Delivery results sealed " + format_rfc3339(d_.campaign.delivery_seal->at) +
              ": <code>" + d_.campaign.delivery_seal->sha256 + "</code></p>";
    }
    out_ += sealed ? "<p class=\"soft\">The campaign is finished: its delivery results cannot "
                     "change any more. "
                   : "<p class=\"soft\">The campaign is not finished: its figures go on. ";
    out_ +=
        "<code>headway report --check</code> recomputes the figures and this hash from the report "
        "(JSON) and the "
        "exported facts.</p></section>";
  }

  static std::int64_t ended(const domain::Counts& c) {
    return c[domain::Counter::delivered] + c[domain::Counter::undelivered];
  }
  std::string date(Instant t) const {
    const auto zone = domain::Zone::find(d_.zone).value_or(domain::Zone{});
    return format_rfc3339(from_ms(domain::day_number(zone, t) * 86'400'000)).substr(0, 10);
  }
  void cell(const std::string& html) { out_ += "<td>" + html + "</td>"; }
  void rect(double x, double y, double width, double height, const char* kind) {
    if (width <= 0 || height <= 0) return;
    out_ += std::string("<rect class=\"") + kind + "\" x=\"" + shortest(x) + "\" y=\"" +
            shortest(y) + "\" width=\"" + shortest(width) + "\" height=\"" + shortest(height) +
            "\"/>";
  }

  const ReportData& d_;
  std::string out_;
};

// A hash as a source of a policy: base64 of its bytes.
std::string policy_hash(std::string_view text) {
  const std::string digits = sha256_hex(text);
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  }
  return base64_encode(bytes);
}

}  // namespace

std::string report_html(const ReportData& d, std::string& policy) {
  policy = "default-src 'none'; style-src 'sha256-" + policy_hash(kStyle) +
           "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  return Page(d).write();
}

}  // namespace headway::api
