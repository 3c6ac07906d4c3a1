#pragma once
// The methods of domain/statistics as `headway stat` offers them.

#include <span>

#include <boost/json/object.hpp>

#include "app/stat_arguments.h"

namespace headway::app {

struct StatFunction {
  const char* name;
  const char* arguments;
  const char* example;  // the words after the name
  const char* what;
  // Takes its arguments; the answer counts only when arguments.ok().
  boost::json::object (*run)(StatArguments& arguments);
};
std::span<const StatFunction> stat_functions();

}  // namespace headway::app
