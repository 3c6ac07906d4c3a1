#pragma once
// The words after `headway stat NAME`: numbers, "5/100" for tries, "9/100:3/100" for a block of two arms, and
// key=value. The first thing wrong is kept, and everything after it reads as harmless values, so that a function may
// take all its arguments and ask once.

#include <map>
#include <string>
#include <vector>

#include "domain/statistics/fnch.h"
#include "domain/statistics/types.h"

namespace headway::app {

class StatArguments {
 public:
  explicit StatArguments(const std::vector<std::string>& words);

  // The next word; `what` names it in messages. Numbers outside [least, most] are errors.
  double number(const char* what, double least, double most);
  std::int64_t whole(const char* what, std::int64_t least, std::int64_t most);
  domain::statistics::Trials trials(const char* what);
  domain::statistics::Block block(const char* what);
  std::string word(const char* what);
  // key=value; `fallback` without.
  double option(const std::string& key, double fallback, double least, double most);
  std::vector<double> list_option(const std::string& key);  // comma-separated; empty without

  bool more() const { return error_.empty() && next_ < words_.size(); }
  std::size_t left() const { return words_.size() - next_; }
  // After all were taken: what is wrong, left over or unknown; empty when nothing is.
  const std::string& finish();
  bool ok() { return finish().empty(); }
  void refuse(std::string message);

 private:
  double parse_number(const std::string& text, const std::string& what, double least, double most);
  domain::statistics::Trials parse_trials(const std::string& text, const std::string& what);

  std::vector<std::string> words_;
  std::map<std::string, std::string> options_;
  std::size_t next_ = 0;
  std::string error_;
};

}  // namespace headway::app
