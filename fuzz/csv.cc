// The CSV reader and what is made of its rows: any bytes, in any chunks, give the same answer, and
// everything that comes out keeps its promises. First byte: options and size of the chunks.
#include <algorithm>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <boost/json/parse.hpp>

#include "base/check.h"
#include "base/text.h"
#include "domain/csv.h"
#include "domain/import_row.h"

namespace {

using namespace headway;

class Sink : public domain::CsvSink {
 public:
  std::string log;

  Result<void> header(const std::vector<std::string>& columns) override {
    HW_CHECK(log.empty() && columns.size() <= domain::kCsvColumnsMax);
    width_ = columns.size();
    note(0, columns);
    auto map = domain::ImportMap::make(columns, "");
    if (map) map_ = std::move(*map);
    has_map_ = map.has_value();
    return {};
  }
  void row(std::int64_t line, const std::vector<std::string>& fields) override {
    HW_CHECK(fields.size() == width_ && line > last_line_);
    last_line_ = line;
    note(line, fields);
    if (!has_map_) return;
    const auto made = map_.row(fields);
    if (const auto* person = std::get_if<domain::Person>(&made)) {
      HW_CHECK(!domain::check_person(*person));
      HW_CHECK(boost::json::parse(person->attributes).is_object());
    } else {
      HW_CHECK(!std::get<domain::ImportMap::Rejection>(made).reason.empty());
    }
  }
  void reject(std::int64_t line, std::string_view column, std::string_view reason) override {
    HW_CHECK(line > last_line_ && !reason.empty());
    last_line_ = line;
    note(-line, {std::string(column), std::string(reason)});
  }

 private:
  void note(std::int64_t line, const std::vector<std::string>& fields) {
    log += std::to_string(line);
    for (const auto& f : fields) {
      HW_CHECK(is_utf8(f) && f.find('\0') == std::string::npos);
      log += '\x1f' + f;
    }
    log += '\n';
  }
  domain::ImportMap map_;
  bool has_map_ = false;
  std::size_t width_ = 0;
  std::int64_t last_line_ = 0;
};

std::string read(std::string_view bytes, domain::CsvOptions options, std::size_t chunk) {
  Sink sink;
  domain::CsvReader reader(options, sink);
  Result<void> ok;
  for (; ok && !bytes.empty(); bytes.remove_prefix(std::min(chunk, bytes.size()))) {
    ok = reader.feed(bytes.substr(0, chunk));
  }
  if (ok) ok = reader.finish();
  return sink.log + (ok ? "" : ok.error().message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const unsigned choice = data[0];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  headway::domain::CsvOptions options;
  options.encoding = static_cast<headway::domain::CsvEncoding>(choice % 3);
  if ((choice & 4U) != 0) options.delimiter = ';';
  const std::string whole = read(bytes, options, std::max<std::size_t>(bytes.size(), 1));
  HW_CHECK(whole == read(bytes, options, 1 + choice / 8));
  return 0;
}
