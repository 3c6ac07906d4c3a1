#include "api/static_files.h"

#include <gtest/gtest.h>

#include <array>

namespace headway::api {
namespace {

std::span<const std::byte> bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::array<web::Asset, 3> files() {
  return {{{"/assets/app-4f2a.js", "text/javascript; charset=utf-8", "4f2a", true, bytes("js"),
            bytes("gz"), bytes("br")},
           {"/assets/font.woff2", "font/woff2", "f0", true, bytes("font"), {}, {}},
           {"/index.html", "text/html; charset=utf-8", "e1", false, bytes("<html>"), bytes("gz"),
            bytes("br")}}};
}

std::optional<Reply> get(const std::string& path, const std::string& accept = "",
                         const std::string& have = "", Method method = Method::get) {
  static const auto all = files();
  Request r;
  r.method = method;
  r.path = path;
  r.accept_encoding = accept;
  r.if_none_match = have;
  return static_reply(all, r);
}

std::string header(const Reply& reply, std::string_view name) {
  for (const auto& [key, value] : reply.headers) {
    if (key == name) return value;
  }
  return "";
}

TEST(Codings, TheHighestWeightWinsAndTheSmallestOfEquals) {
  const auto all = [](const char* accept) { return choose_coding(accept, true, true); };
  EXPECT_EQ(all("gzip, deflate, br"), Coding::brotli);
  EXPECT_EQ(all("br;q=0.5, gzip;q=0.8"), Coding::gzip);
  EXPECT_EQ(all("GZIP"), Coding::gzip);
  EXPECT_EQ(all(""), Coding::identity);
  EXPECT_EQ(all("*"), Coding::brotli);
  EXPECT_EQ(all("*;q=0"), Coding::identity);
  EXPECT_EQ(all("br;q=0, *"), Coding::gzip);
  EXPECT_EQ(all("identity, gzip;q=0.5"), Coding::identity);
  EXPECT_EQ(all("identity;q=0, gzip;q=0.001"), Coding::gzip);
  EXPECT_EQ(all("gzip;q=x, br;q=7"), Coding::identity);
  EXPECT_EQ(all(",,;;,br"), Coding::brotli);
  EXPECT_EQ(choose_coding("br, gzip", true, false), Coding::gzip);
  EXPECT_EQ(choose_coding("br, gzip", false, false), Coding::identity);
}

TEST(ETags, AreComparedWeaklyInLists) {
  EXPECT_TRUE(has_it_already("\"a-br\"", "\"a-br\""));
  EXPECT_TRUE(has_it_already("\"x\", W/\"a-br\"", "\"a-br\""));
  EXPECT_TRUE(has_it_already(" * ", "\"a\""));
  EXPECT_FALSE(has_it_already("\"a\"", "\"a-br\""));
  EXPECT_FALSE(has_it_already("a-br", "\"a-br\""));
  EXPECT_FALSE(has_it_already("", "\"a\""));
}

TEST(Pages, EachEncodingHasAnETagOfItsOwn) {
  const auto plain = get("/assets/app-4f2a.js");
  EXPECT_EQ(plain->bytes(), "js");
  EXPECT_EQ(header(*plain, "ETag"), "\"4f2a\"");
  EXPECT_EQ(header(*plain, "Content-Encoding"), "");
  const auto small = get("/assets/app-4f2a.js", "br");
  EXPECT_EQ(small->bytes(), "br");
  EXPECT_EQ(header(*small, "ETag"), "\"4f2a-br\"");
  EXPECT_EQ(header(*small, "Content-Encoding"), "br");
  EXPECT_EQ(header(*small, "Vary"), "Accept-Encoding");
  EXPECT_EQ(get("/assets/font.woff2", "br, gzip")->bytes(), "font");
  const auto known = get("/assets/app-4f2a.js", "br", "\"4f2a-br\"");
  EXPECT_EQ(known->status, 304);
  EXPECT_EQ(known->bytes(), "");
  EXPECT_EQ(get("/assets/app-4f2a.js", "gzip", "\"4f2a-br\"")->status, 200);
}

TEST(Pages, HashedFilesAreKeptAndThePageIsAskedForAgain) {
  EXPECT_EQ(get("/assets/app-4f2a.js")->cache_control, "public, max-age=31536000, immutable");
  EXPECT_EQ(get("/")->cache_control, "no-cache");
  EXPECT_EQ(get("/index.html")->cache_control, "no-cache");
}

TEST(Pages, EveryPageOfTheUiIsTheIndexAndNothingElseIs) {
  for (const char* path : {"/", "/campaigns", "/campaigns/12/leads", "/settings/users", "/apis"}) {
    ASSERT_TRUE(get(path)) << path;
    EXPECT_EQ(get(path)->bytes(), "<html>") << path;
    EXPECT_NE(header(*get(path), "Content-Security-Policy").find("default-src 'none'"),
              std::string::npos);
  }
  for (const char* path :
       {"/api", "/api/v1/nothing", "/healthz/x", "/metrics", "/u/abc", "/hooks/x", "/hooks",
        "/favicon.ico", "/assets/gone.js", "/a/../b.txt", "", "x"}) {
    EXPECT_FALSE(get(path)) << path;
  }
  EXPECT_TRUE(get("/campaigns", "", "", Method::head));
  EXPECT_FALSE(get("/campaigns", "", "", Method::post));
}

TEST(Pages, WithoutAUiThereIsNone) {
  Request r;
  r.method = Method::get;
  r.path = "/";
  EXPECT_FALSE(static_reply({}, r));
}

}  // namespace
}  // namespace headway::api
