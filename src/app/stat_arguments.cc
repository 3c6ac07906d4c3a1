#include "app/stat_arguments.h"

#include <charconv>
#include <cmath>

namespace headway::app {

using domain::statistics::Block;
using domain::statistics::Trials;

namespace {

constexpr std::int64_t kTriesMost = 1'000'000'000'000;

template <class Number>
bool read(std::string_view text, Number& value) {
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc{} && end == text.data() + text.size();
}

}  // namespace

StatArguments::StatArguments(const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) {
      words_.push_back(word);
    } else if (!options_.emplace(word.substr(0, equals), word.substr(equals + 1)).second) {
      refuse(word.substr(0, equals) + " is given twice");
    }
  }
}

void StatArguments::refuse(std::string message) {
  if (error_.empty()) error_ = std::move(message);
}

std::string StatArguments::word(const char* what) {
  if (next_ < words_.size()) return words_[next_++];
  refuse(std::string("missing: ") + what);
  return {};
}

double StatArguments::parse_number(const std::string& text, const std::string& what, double least,
                                   double most) {
  double value = 0;
  if (!read(text, value) || !std::isfinite(value)) {
    refuse(what + ": `" + text + "` is not a number");
  } else if (value < least || value > most) {
    refuse(what + ": " + text + " is not between " + std::to_string(least) + " and " +
           std::to_string(most));
  } else {
    return value;
  }
  return least;
}

double StatArguments::number(const char* what, double least, double most) {
  const std::string text = word(what);
  return error_.empty() ? parse_number(text, what, least, most) : least;
}

std::int64_t StatArguments::whole(const char* what, std::int64_t least, std::int64_t most) {
  const std::string text = word(what);
  std::int64_t value = least;
  if (!error_.empty()) return least;
  if (!read(text, value) || value < least || value > most) {
    refuse(std::string(what) + ": `" + text + "` is not a whole number from " +
           std::to_string(least) + " to " + std::to_string(most));
    return least;
  }
  return value;
}

Trials StatArguments::parse_trials(const std::string& text, const std::string& what) {
  const auto slash = text.find('/');
  Trials t;
  if (slash == std::string::npos || !read(std::string_view(text).substr(0, slash), t.successes) ||
      !read(std::string_view(text).substr(slash + 1), t.n) || t.successes < 0 ||
      t.successes > t.n || t.n > kTriesMost) {
    refuse(what + ": `" + text + "` is not SUCCESSES/TRIES, like 5/100");
    return {};
  }
  return t;
}

Trials StatArguments::trials(const char* what) {
  const std::string text = word(what);
  return error_.empty() ? parse_trials(text, what) : Trials{};
}

Block StatArguments::block(const char* what) {
  const std::string text = word(what);
  if (!error_.empty()) return {};
  const auto colon = text.find(':');
  if (colon == std::string::npos) {
    refuse(std::string(what) + ": `" + text + "` is not two arms, like 9/100:3/100");
    return {};
  }
  const Trials a = parse_trials(text.substr(0, colon), what);
  const Trials b = parse_trials(text.substr(colon + 1), what);
  return error_.empty() ? Block{a.n, b.n, a.successes, b.successes} : Block{};
}

double StatArguments::option(const std::string& key, double fallback, double least, double most) {
  const auto at = options_.find(key);
  if (at == options_.end()) return fallback;
  const std::string text = at->second;
  options_.erase(at);
  return error_.empty() ? parse_number(text, key, least, most) : fallback;
}

std::vector<double> StatArguments::list_option(const std::string& key) {
  const auto at = options_.find(key);
  if (at == options_.end()) return {};
  std::string text = at->second + ",";
  options_.erase(at);
  std::vector<double> values;
  for (std::size_t comma; (comma = text.find(',')) != std::string::npos; text.erase(0, comma + 1))
    values.push_back(parse_number(text.substr(0, comma), key, 0, 1e15));
  return values;
}

const std::string& StatArguments::finish() {
  if (error_.empty() && next_ < words_.size())
    refuse("too many arguments: `" + words_[next_] + "`");
  if (error_.empty() && !options_.empty())
    refuse("unknown option: " + options_.begin()->first + "=");
  return error_;
}

}  // namespace headway::app
