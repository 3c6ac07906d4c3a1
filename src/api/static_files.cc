#include "api/static_files.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace headway::api {
namespace {

constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src "
    "'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";

// Paths that are never a page, and what stands below them.
constexpr std::array kOwn{"/api", "/healthz", "/readyz", "/metrics", "/u", "/hooks"};

bool is_own(std::string_view path) {
  return std::any_of(kOwn.begin(), kOwn.end(), [path](std::string_view own) {
    return path.starts_with(own) && (path.size() == own.size() || path[own.size()] == '/');
  });
}

const web::Asset* find(std::span<const web::Asset> files, std::string_view path) {
  const auto found = std::find_if(files.begin(), files.end(),
                                  [path](const web::Asset& f) { return f.path == path; });
  return found == files.end() ? nullptr : &*found;
}

const web::Asset* file_of(std::span<const web::Asset> files, std::string_view path) {
  if (is_own(path)) return nullptr;
  if (const web::Asset* file = find(files, path)) return file;
  const bool named = path.substr(path.rfind('/') + 1).find('.') != path.npos;
  return named || !path.starts_with('/') ? nullptr : find(files, "/index.html");
}

// RFC 9110, 12.4.2: thousandths; 1000 when nothing is said, 0 for what cannot be read.
int weight_of(std::string_view parameters) {
  const std::size_t q = ascii_lower(parameters).find("q=");
  if (q == std::string::npos) return 1000;
  const std::string_view text = trim(parameters.substr(q + 2));
  double weight = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), weight);
  if (bad != std::errc{} || weight < 0 || weight > 1) return 0;
  return static_cast<int>(weight * 1000);
}

template <class Each>
void each_of_list(std::string_view list, Each&& each) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view item = trim(list.substr(0, comma));
    if (!item.empty()) each(item);
    if (comma == list.npos) return;
    list.remove_prefix(comma + 1);
  }
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string_view name_of(Coding coding) {
  return coding == Coding::brotli ? "br" : coding == Coding::gzip ? "gzip" : "";
}

}  // namespace

Coding choose_coding(std::string_view accept_encoding, bool gzip, bool brotli) {
  int others = 0;                        // "*"
  std::array<int, 3> weight{1, -1, -1};  // by Coding; identity is accepted, if last, unless refused
  bool identity_said = false;
  each_of_list(accept_encoding, [&](std::string_view item) {
    const std::size_t semicolon = item.find(';');
    const std::string name = ascii_lower(trim(item.substr(0, semicolon)));
    const int w = semicolon == item.npos ? 1000 : weight_of(item.substr(semicolon + 1));
    if (name == "br") weight[static_cast<std::size_t>(Coding::brotli)] = w;
    if (name == "gzip" || name == "x-gzip") weight[static_cast<std::size_t>(Coding::gzip)] = w;
    if (name == "identity") {
      weight[0] = w;
      identity_said = true;
    }
    if (name == "*") others = w;
  });
  for (std::size_t i = 1; i < weight.size(); ++i) {
    if (weight[i] < 0) weight[i] = others;
  }
  const bool identity_refused = identity_said && weight[0] == 0;
  Coding best = Coding::identity;
  int most = identity_refused ? 0 : weight[0];
  for (const auto& [coding, there] : {std::pair(Coding::gzip, gzip), {Coding::brotli, brotli}}) {
    const int w = weight[static_cast<std::size_t>(coding)];
    if (there && w > 0 && w >= most) {
      best = coding;
      most = w;
    }
  }
  return best;
}

bool has_it_already(std::string_view if_none_match, std::string_view etag) {
  bool found = trim(if_none_match) == "*";
  each_of_list(if_none_match, [&](std::string_view tag) {
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    found = found || tag == etag;
  });
  return found;
}

std::optional<Reply> static_reply(std::span<const web::Asset> files, const Request& r) {
  if (r.method != Method::get && r.method != Method::head) return std::nullopt;
  const web::Asset* file = file_of(files, r.path);
  if (file == nullptr) return std::nullopt;
  const Coding coding =
      choose_coding(r.accept_encoding, !file->gzip.empty(), !file->brotli.empty());
  std::string etag = "\"" + std::string(file->etag);
  if (coding != Coding::identity) etag.append("-").append(name_of(coding));
  etag += "\"";

  Reply reply;
  reply.content_type = file->type;
  reply.cache_control = file->immutable ? "public, max-age=31536000, immutable" : "no-cache";
  reply.headers.emplace_back("ETag", etag);
  reply.headers.emplace_back("Vary", "Accept-Encoding");
  reply.headers.emplace_back("Content-Security-Policy", kPolicy);
  // Not "no-referrer": browsers would then send "Origin: null" with our own requests.
  reply.headers.emplace_back("Referrer-Policy", "same-origin");
  reply.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  reply.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  reply.headers.emplace_back("X-Frame-Options", "DENY");
  reply.headers.emplace_back("Permissions-Policy",
                             "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
  if (has_it_already(r.if_none_match, etag)) {
    reply.status = 304;
    return reply;
  }
  if (coding != Coding::identity) reply.headers.emplace_back("Content-Encoding", name_of(coding));
  reply.fixed_body = text_of(coding == Coding::brotli ? file->brotli
                             : coding == Coding::gzip ? file->gzip
                                                      : file->identity);
  return reply;
}

}  // namespace headway::api
