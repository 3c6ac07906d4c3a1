#pragma once
// A streaming CSV reader (RFC 4180, and what is really out there): fed in chunks of any size, memory
// bounded by the limits below whatever the size of the file. What is wrong with a row is told with line,
// column and reason, and the rows after it are read on.
//
//  * UTF-8 (a BOM is skipped), or ISO 8859-1 / windows-1252 when named: never guessed;
//  * lines end with LF, CRLF or CR; quoted fields may contain any of them, and doubled quotes;
//  * the delimiter is given, or is the one of , ; tab | that the header line has most of (outside quotes);
//  * blank lines are skipped; the first other line is the header;
//  * a row has exactly as many fields as the header;
//  * line numbers are those of the file as an editor shows it, from 1; a row is named by its first line.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace headway::domain {

enum class CsvEncoding : std::uint8_t { utf8, latin1, windows1252 };
// "utf-8", "utf8", "latin-1", "latin1", "iso-8859-1", "windows-1252", "cp1252", in any case.
std::optional<CsvEncoding> parse_csv_encoding(std::string_view text);
// One of , ; | or a tab, also written "tab" or "\\t" (backslash, t).
std::optional<char> parse_csv_delimiter(std::string_view text);

inline constexpr std::size_t kCsvFieldBytesMax = 64 * 1024;
inline constexpr std::size_t kCsvRowBytesMax = 1024 * 1024;
inline constexpr std::size_t kCsvColumnsMax = 500;

struct CsvOptions {
  CsvEncoding encoding = CsvEncoding::utf8;
  std::optional<char> delimiter;  // none = detect
};

// What the reader finds, in the order of the file. Called inside feed() and finish().
class CsvSink {
 public:
  virtual ~CsvSink() = default;
  // Once, before anything else. An error ends the reading: feed() returns it.
  virtual Result<void> header(const std::vector<std::string>& columns) = 0;
  // `fields` are UTF-8, as many as the header has, and are reused after the call.
  virtual void row(std::int64_t line, const std::vector<std::string>& fields) = 0;
  // `column`: the header's name of it, or "" when it is about the row as a whole.
  virtual void reject(std::int64_t line, std::string_view column, std::string_view reason) = 0;
};

class CsvReader {
 public:
  CsvReader(CsvOptions options, CsvSink& sink) : options_(options), sink_(sink) {}

  // Errors (ErrorKind::invalid) are about the file as a whole: an unusable header, or the sink's own.
  // After one, every call returns it.
  Result<void> feed(std::string_view chunk);
  // The end of the file. A last row that ends inside a quote is rejected: the file was cut off.
  Result<void> finish();

  std::int64_t rows() const { return rows_; }  // good and rejected ones, without the header
  std::int64_t rejected() const { return rejected_; }

 private:
  enum class State : std::uint8_t {
    field_start,  // before the first byte of a field
    plain,        // in a field without quotes
    quoted,       // inside quotes
    quote_seen,   // a quote inside quotes: its end, or the first half of a doubled one
    after_quote,  // blanks after a closed quote
  };

  Result<void> outcome() const;
  void stop(std::string message);
  void begin_file();                          // decides on the mark at the beginning
  std::size_t learn(std::string_view bytes);  // keeps the first line until the delimiter is known
  void detect_delimiter();
  void read(std::string_view bytes);
  std::size_t run(std::string_view bytes) const;  // how many bytes are plain content
  void byte(char c);
  void append(std::string_view bytes);
  void end_field();
  void end_row();
  void take_header();
  void complain(std::size_t column, std::string reason);
  std::string_view column_name(std::size_t index) const;

  CsvOptions options_;
  CsvSink& sink_;
  std::optional<Error> failed_;

  std::string head_;  // the first 3 bytes, where a byte order mark may be
  bool begun_ = false;
  std::string first_line_;  // kept until the delimiter is known
  bool first_line_has_text_ = false;
  bool in_quotes_ = false;  // of first_line_
  bool delimiter_known_ = false;
  char delimiter_ = ',';

  std::vector<std::string> columns_;
  bool have_header_ = false;

  // The row being read. `fields_` is as long as the header once that is known, and its strings keep their memory.
  std::vector<std::string> fields_;
  std::size_t count_ = 0;  // fields ended so far
  std::size_t row_bytes_ = 0;
  State state_ = State::field_start;
  bool row_begun_ = false;
  bool row_quoted_ = false;  // some field had quotes: never a blank line
  std::int64_t row_line_ = 1;
  std::optional<std::size_t> bad_column_;  // the row will be rejected; npos = as a whole
  std::string bad_reason_;

  bool last_was_cr_ = false;
  std::int64_t line_ = 1;
  std::int64_t rows_ = 0, rejected_ = 0;
};

}  // namespace headway::domain
