#include "api/router.h"

#include <algorithm>
#include <vector>

namespace headway::api {
namespace {

constexpr std::size_t kPartsMax = 8;

struct Parts {
  std::array<std::string_view, kPartsMax> at;
  std::size_t n = 0;
  bool too_many = false;
};

Parts split(std::string_view path) {
  Parts parts;
  if (!path.empty() && path.front() == '/') path.remove_prefix(1);
  while (true) {
    if (parts.n == kPartsMax) {
      parts.too_many = true;
      return parts;
    }
    const std::size_t slash = path.find('/');
    parts.at[parts.n++] = path.substr(0, slash);
    if (slash == path.npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

struct Compiled {
  const Route* route;
  Parts parts;
  int variables = 0;
};

bool is_variable(std::string_view part) { return !part.empty() && part.front() == '{'; }

// Sorted by the number of parts, literal paths before those with variables.
const std::vector<Compiled>& compiled() {
  static const std::vector<Compiled> table = [] {
    std::vector<Compiled> out;
    for (const Route& route : routes()) {
      Compiled c{&route, split(route.pattern), 0};
      for (std::size_t i = 0; i < c.parts.n; ++i) c.variables += is_variable(c.parts.at[i]);
      out.push_back(c);
    }
    std::stable_sort(out.begin(), out.end(), [](const Compiled& a, const Compiled& b) {
      return std::pair(a.parts.n, a.variables) < std::pair(b.parts.n, b.variables);
    });
    return out;
  }();
  return table;
}

bool fits(const Compiled& c, const Parts& parts, std::array<std::string_view, 3>& params) {
  std::size_t variable = 0;
  for (std::size_t i = parts.n; i-- > 0;) {  // paths differ at their ends
    if (!is_variable(c.parts.at[i]) && c.parts.at[i] != parts.at[i]) return false;
  }
  for (std::size_t i = 0; i < parts.n; ++i) {
    if (!is_variable(c.parts.at[i])) continue;
    if (parts.at[i].empty()) return false;
    params[variable++] = parts.at[i];
  }
  return true;
}

}  // namespace

domain::Role needed_role(const Route& route) {
  switch (route.need) {
    case Need::viewer: return domain::Role::viewer;
    case Need::editor: return domain::Role::editor;
    case Need::owner: return domain::Role::owner;
    case Need::by_method: break;
  }
  return route.method == Method::get ? domain::Role::viewer : domain::Role::editor;
}

Match match(Method method, std::string_view path) {
  Match found;
  const Parts parts = split(path);
  if (parts.too_many) return found;
  std::string_view taken;  // the pattern of the first fit: a literal path hides patterns
  for (const Compiled& c : compiled()) {
    if (c.parts.n != parts.n) continue;
    if (method != c.route->method && found.allowed == 4) continue;
    std::array<std::string_view, 3> params;
    if (!fits(c, parts, params)) continue;
    if (c.route->method == method) {
      // "/campaigns/count" is no campaign with the id "count", whatever the method.
      if (!taken.empty() && taken != c.route->pattern) break;
      found.route = c.route;
      found.params = params;
      return found;
    }
    if (taken.empty()) taken = c.route->pattern;
    if (taken == c.route->pattern)
      found.allowed_storage[found.allowed++] = to_string(c.route->method);
  }
  return found;
}

}  // namespace headway::api
