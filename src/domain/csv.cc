#include "domain/csv.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace headway::domain {
namespace {

constexpr std::size_t kWholeRow = std::string::npos;
constexpr std::array<char, 4> kDelimiters{',', ';', '\t', '|'};

bool ends_line(char c) { return c == '\n' || c == '\r'; }

// What a file by a spreadsheet begins with when it is not what was named.
constexpr std::string_view kUtf8Mark = "\xef\xbb\xbf";
constexpr std::string_view kUtf16LittleMark = "\xff\xfe";
constexpr std::string_view kUtf16BigMark = "\xfe\xff";

}  // namespace

std::optional<CsvEncoding> parse_csv_encoding(std::string_view text) {
  const std::string name = ascii_lower(trim(text));
  if (name == "utf-8" || name == "utf8") return CsvEncoding::utf8;
  if (name == "latin-1" || name == "latin1" || name == "iso-8859-1" || name == "iso8859-1") {
    return CsvEncoding::latin1;
  }
  if (name == "windows-1252" || name == "cp1252") return CsvEncoding::windows1252;
  return std::nullopt;
}

std::optional<char> parse_csv_delimiter(std::string_view text) {
  if (text == "tab" || text == "\\t") return '\t';
  if (text.size() != 1) return std::nullopt;
  const auto* const known = std::find(kDelimiters.begin(), kDelimiters.end(), text.front());
  return known == kDelimiters.end() ? std::nullopt : std::optional<char>(*known);
}

Result<void> CsvReader::outcome() const {
  if (failed_) return tl::unexpected(*failed_);
  return {};
}

void CsvReader::stop(std::string message) {
  if (!failed_) failed_ = Error{ErrorKind::invalid, std::move(message), {}};
}

std::string_view CsvReader::column_name(std::size_t index) const {
  return index < columns_.size() ? std::string_view(columns_[index]) : std::string_view{};
}

// The first complaint about a row is the one that is told.
void CsvReader::complain(std::size_t column, std::string reason) {
  if (bad_column_) return;
  bad_column_ = column;
  bad_reason_ = std::move(reason);
}

Result<void> CsvReader::feed(std::string_view chunk) {
  if (failed_) return outcome();
  if (!begun_) {
    const std::size_t n = std::min(kUtf8Mark.size() - head_.size(), chunk.size());
    head_.append(chunk.substr(0, n));
    chunk.remove_prefix(n);
    if (head_.size() < kUtf8Mark.size()) return outcome();
    begin_file();
  }
  while (!chunk.empty() && !failed_ && !delimiter_known_) chunk.remove_prefix(learn(chunk));
  if (!failed_) read(chunk);
  return outcome();
}

Result<void> CsvReader::finish() {
  if (!failed_ && !begun_) begin_file();
  if (!failed_ && !delimiter_known_) detect_delimiter();
  if (!failed_ && row_begun_) {
    if (state_ == State::quoted) complain(count_, "The file ends inside a quote: it was cut off");
    end_field();
    end_row();
  }
  if (!failed_ && !have_header_) stop("The file is empty: it has no header line");
  return outcome();
}

void CsvReader::begin_file() {
  begun_ = true;
  if (head_.starts_with(kUtf16LittleMark) || head_.starts_with(kUtf16BigMark)) {
    return stop("The file is UTF-16: save it as UTF-8");
  }
  const bool marked = head_ == kUtf8Mark;
  if (marked && options_.encoding != CsvEncoding::utf8) {
    return stop("Another encoding was named, but the file says that it is UTF-8");
  }
  if (options_.delimiter) {
    delimiter_ = *options_.delimiter;
    delimiter_known_ = true;
  }
  if (marked) return;
  std::string_view head = head_;
  while (!head.empty() && !failed_ && !delimiter_known_) head.remove_prefix(learn(head));
  if (!failed_) read(head);
}

// Takes bytes up to the end of the first line that is not blank; returns how many.
std::size_t CsvReader::learn(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (c == '"') in_quotes_ = !in_quotes_;
    first_line_ += c;
    if (!is_blank(c)) first_line_has_text_ = true;
    if (ends_line(c) && !in_quotes_ && first_line_has_text_) {
      detect_delimiter();
      return i + 1;
    }
    if (first_line_.size() > kCsvRowBytesMax) {
      stop("The header line is longer than 1 MiB: is this a CSV file?");
      return i + 1;
    }
  }
  return bytes.size();
}

// The most frequent candidate outside quotes; a comma when there is none (one column).
void CsvReader::detect_delimiter() {
  std::array<std::size_t, kDelimiters.size()> seen{};
  bool quoted = false;
  for (const char c : first_line_) {
    if (c == '"') quoted = !quoted;
    for (std::size_t i = 0; i < kDelimiters.size(); ++i) {
      if (!quoted && c == kDelimiters[i]) ++seen[i];
    }
  }
  const auto most = std::max_element(seen.begin(), seen.end()) - seen.begin();
  delimiter_ = kDelimiters[static_cast<std::size_t>(most)];
  delimiter_known_ = true;
  read(std::exchange(first_line_, {}));
}

void CsvReader::read(std::string_view bytes) {
  while (!bytes.empty() && !failed_) {
    if (const std::size_t n = run(bytes); n > 0) {
      last_was_cr_ = false;
      append(bytes.substr(0, n));
      bytes.remove_prefix(n);
    } else {
      byte(bytes.front());
      bytes.remove_prefix(1);
    }
  }
}

// Most bytes of a file are content: they are taken in runs, without a look at the state for each.
std::size_t CsvReader::run(std::string_view bytes) const {
  std::size_t n = 0;
  if (state_ == State::plain) {
    while (n < bytes.size() && bytes[n] != delimiter_ && !ends_line(bytes[n])) ++n;
  } else if (state_ == State::quoted) {
    while (n < bytes.size() && bytes[n] != '"' && !ends_line(bytes[n])) ++n;
  }
  return n;
}

void CsvReader::byte(char c) {
  const bool second_half = c == '\n' && last_was_cr_;  // of CRLF
  last_was_cr_ = c == '\r';
  if (state_ == State::quoted) {
    if (c == '"') {
      state_ = State::quote_seen;
    } else {
      append({&c, 1});
    }
    if (ends_line(c) && !second_half) ++line_;
    return;
  }
  if (ends_line(c)) {
    if (second_half) return;  // the CR did it all
    if (row_begun_) {
      end_field();
      end_row();
    }
    ++line_;
    return;
  }
  if (!row_begun_) {
    row_begun_ = true;
    row_line_ = line_;
  }
  if (c == delimiter_) {
    end_field();
    return;
  }
  switch (state_) {
    case State::field_start:
      if (c == '"') {
        state_ = State::quoted;
        row_quoted_ = true;
      } else {
        state_ = State::plain;
        append({&c, 1});
      }
      break;
    case State::quote_seen:
      if (c == '"') {
        append({&c, 1});
        state_ = State::quoted;
        break;
      }
      state_ = State::after_quote;
      [[fallthrough]];
    case State::after_quote:
      if (c == ' ' || c == '\t') break;
      complain(count_, "Text after the closing quote");
      state_ = State::plain;
      break;
    case State::plain:
    case State::quoted: append({&c, 1}); break;
  }
}

void CsvReader::append(std::string_view bytes) {
  row_bytes_ += bytes.size();
  if (row_bytes_ > kCsvRowBytesMax) complain(kWholeRow, "Longer than 1 MiB");
  if (bad_column_ || count_ >= kCsvColumnsMax) {
    // Nothing of this row is kept. A quote that was never closed must not swallow the rest of the
    // file: the row ends with this line.
    if (state_ == State::quoted && row_bytes_ > kCsvFieldBytesMax) state_ = State::plain;
    return;
  }
  if (have_header_ && count_ >= columns_.size()) return;  // counted, and complained about, later
  if (fields_.size() <= count_) fields_.resize(count_ + 1);
  std::string& field = fields_[count_];
  switch (options_.encoding) {
    case CsvEncoding::utf8: field.append(bytes); break;
    case CsvEncoding::latin1:
      for (const char c : bytes) append_latin1(field, static_cast<unsigned char>(c));
      break;
    case CsvEncoding::windows1252:
      for (const char c : bytes) append_windows1252(field, static_cast<unsigned char>(c));
      break;
  }
  if (field.size() > kCsvFieldBytesMax) {
    const bool open = state_ == State::quoted;
    complain(count_, open ? "Longer than 64 KiB: is a quote not closed?" : "Longer than 64 KiB");
    if (open) state_ = State::plain;
  }
}

void CsvReader::end_field() {
  if (fields_.size() <= count_ && !have_header_ && count_ < kCsvColumnsMax) fields_.emplace_back();
  if (count_ < fields_.size() && !bad_column_) {
    const std::string& field = fields_[count_];
    if (const std::size_t bad = find_invalid_utf8(field); bad != std::string_view::npos) {
      complain(count_, "Not UTF-8, at byte " + std::to_string(bad + 1) +
                           " of the field (name the encoding if the file is Latin-1)");
    } else if (field.find('\0') != std::string::npos) {
      complain(count_, "Contains a zero byte");
    }
  }
  ++count_;
  state_ = State::field_start;
}

void CsvReader::end_row() {
  const bool blank =
      count_ == 1 && !row_quoted_ && !bad_column_ && (fields_.empty() || trim(fields_[0]).empty());
  if (blank) {
    // A line of blanks is no row.
  } else if (!have_header_) {
    take_header();
  } else {
    if (count_ != columns_.size()) {
      complain(kWholeRow, "Has " + std::to_string(count_) + " fields, the header has " +
                              std::to_string(columns_.size()));
    }
    ++rows_;
    if (bad_column_) {
      ++rejected_;
      sink_.reject(row_line_, column_name(*bad_column_), bad_reason_);
    } else {
      sink_.row(row_line_, fields_);
    }
  }
  for (std::string& field : fields_) {
    if (field.capacity() > kCsvFieldBytesMax / 16) {
      field = {};  // one huge row must not hold its memory for good
    } else {
      field.clear();
    }
  }
  count_ = 0;
  row_bytes_ = 0;
  state_ = State::field_start;
  row_begun_ = false;
  row_quoted_ = false;
  bad_column_.reset();
}

void CsvReader::take_header() {
  if (bad_column_) {
    std::string where = *bad_column_ == kWholeRow
                            ? std::string("the header line")
                            : "column " + std::to_string(*bad_column_ + 1) + " of the header line";
    return stop("Line " + std::to_string(row_line_) + ", " + where + ": " + bad_reason_);
  }
  if (count_ > kCsvColumnsMax) return stop("The header line has more than 500 columns");
  for (const std::string& field : fields_) columns_.emplace_back(trim(field));
  have_header_ = true;
  if (auto accepted = sink_.header(columns_); !accepted) failed_ = accepted.error();
}

}  // namespace headway::domain
