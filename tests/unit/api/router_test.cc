#include "api/router.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

namespace headway::api {
namespace {

TEST(Router, ALiteralPathHidesPatterns) {
  EXPECT_EQ(match(Method::get, "/api/v1/campaigns/count").route->pattern,
            "/api/v1/campaigns/count");
  const Match m = match(Method::patch, "/api/v1/campaigns/count");
  EXPECT_EQ(m.route, nullptr);
  ASSERT_EQ(m.allowed, 1);
  EXPECT_EQ(m.allowed_storage[0], "GET");
}

TEST(Router, PartsOfThePathAreTakenInOrder) {
  const Match m = match(Method::get, "/api/v1/campaigns/17/leads/4242");
  ASSERT_NE(m.route, nullptr);
  EXPECT_EQ(m.params[0], "17");
  EXPECT_EQ(m.params[1], "4242");
}

TEST(Router, UnknownPathsAreNoMethodsOfOthers) {
  for (const char* path : {"", "/", "/api/v1", "/api/v1/campaign", "/api/v1/campaigns/", "//",
                           "/api/v1/campaigns/1/leads/2/3", "/a/b/c/d/e/f/g/h/i/j/k"}) {
    const Match m = match(Method::get, path);
    EXPECT_EQ(m.route, nullptr) << path;
    EXPECT_EQ(m.allowed, 0) << path;
  }
}

TEST(Router, EachOperationIsThereOnceAndHasAHandler) {
  std::set<std::string> seen;
  for (const Route& route : routes()) {
    const std::string name =
        std::string(to_string(route.method)) + " " + std::string(route.pattern);
    EXPECT_TRUE(seen.insert(name).second) << name;
    if (route.run == Run::stream) continue;
    EXPECT_EQ(route.handler == nullptr, route.run == Run::as_it_comes) << name;
    EXPECT_EQ(route.body_handler == nullptr, route.run != Run::as_it_comes) << name;
    EXPECT_EQ(match(route.method, route.pattern).route, &route) << name;
  }
}

// "GET /api/v1/accounts" of every operation in docs/api/openapi.yaml, by its indentation.
std::set<std::string> documented() {
  std::ifstream file("docs/api/openapi.yaml");
  std::set<std::string> found;
  std::string line, path;
  while (std::getline(file, line)) {
    if (line.starts_with("  /") && line.ends_with(":")) path = line.substr(2, line.size() - 3);
    if (line == "components:") break;
    for (const Method m : {Method::get, Method::post, Method::patch, Method::del}) {
      std::string key(to_string(m));
      for (char& c : key) c = static_cast<char>(c - 'A' + 'a');
      if (line == "    " + key + ":") found.insert(std::string(to_string(m)) + " " + path);
    }
  }
  return found;
}

TEST(Router, TheTableIsWhatTheDocumentSays) {
  std::set<std::string> table;
  for (const Route& route : routes()) {
    table.insert(std::string(to_string(route.method)) + " " + std::string(route.pattern));
  }
  EXPECT_EQ(table, documented());
}

}  // namespace
}  // namespace headway::api
