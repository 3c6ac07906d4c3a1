#include "domain/csv.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "base/text.h"

namespace headway::domain {
namespace {

// Writes down what the reader says, one line a call: "h a|b", "3 x|y", "!4 column: reason".
class Listing : public CsvSink {
 public:
  std::vector<std::string> lines;

  Result<void> header(const std::vector<std::string>& columns) override {
    lines.push_back("h " + joined(columns));
    return {};
  }
  void row(std::int64_t line, const std::vector<std::string>& fields) override {
    lines.push_back(std::to_string(line) + " " + joined(fields));
  }
  void reject(std::int64_t line, std::string_view column, std::string_view reason) override {
    lines.push_back("!" + std::to_string(line) + " " + std::string(column) + ": " +
                    std::string(reason));
  }

 private:
  static std::string joined(const std::vector<std::string>& fields) {
    std::string out;
    for (std::size_t i = 0; i < fields.size(); ++i) out += (i ? "|" : "") + fields[i];
    return out;
  }
};

using Lines = std::vector<std::string>;

// In one piece, and byte by byte: the same must come out.
Lines read(std::string_view file, CsvOptions options = {}) {
  Listing whole;
  CsvReader reader(options, whole);
  auto r = reader.feed(file);
  if (r) r = reader.finish();
  if (!r) whole.lines.push_back("error: " + r.error().message);

  Listing bytes;
  CsvReader slow(options, bytes);
  Result<void> s;
  for (const char c : file) {
    s = slow.feed({&c, 1});
    if (!s) break;
  }
  if (s) s = slow.finish();
  if (!s) bytes.lines.push_back("error: " + s.error().message);
  EXPECT_EQ(whole.lines, bytes.lines);
  return whole.lines;
}

TEST(Csv, ReadsAllLineEndings) {
  const Lines expected{"h a|b", "2 1|2", "3 3|4"};
  EXPECT_EQ(read("a,b\n1,2\n3,4\n"), expected);
  EXPECT_EQ(read("a,b\r\n1,2\r\n3,4"), expected);
  EXPECT_EQ(read("a,b\r1,2\r3,4\r"), expected);
}

TEST(Csv, SkipsAByteOrderMark) {
  EXPECT_EQ(read("\xef\xbb\xbf"
                 "a,b\n1,2\n"),
            (Lines{"h a|b", "2 1|2"}));
  EXPECT_EQ(read("\xff\xfe"
                 "a,"),
            (Lines{"error: The file is UTF-16: save it as UTF-8"}));
}

TEST(Csv, QuotesKeepDelimitersNewlinesAndQuotes) {
  EXPECT_EQ(read("a,b\n\"x, y\",\"say \"\"hi\"\"\"\n\"two\nlines\",z\n1,2\n"),
            (Lines{"h a|b", "2 x, y|say \"hi\"", "3 two\nlines|z", "5 1|2"}));
  EXPECT_EQ(read("a,b\r\n\"two\r\nlines\",z\r\n1,2"),
            (Lines{"h a|b", "2 two\r\nlines|z", "4 1|2"}));
  EXPECT_EQ(read("a,b\n\"x\" ,2\n"), (Lines{"h a|b", "2 x|2"}));
  EXPECT_EQ(read("a,b\nsay \"hi\",2\n"), (Lines{"h a|b", "2 say \"hi\"|2"}));
}

TEST(Csv, DetectsTheDelimiterOutsideQuotes) {
  EXPECT_EQ(read("a;b\n1,5;2\n"), (Lines{"h a|b", "2 1,5|2"}));
  EXPECT_EQ(read("a\tb\n1\t2\n"), (Lines{"h a|b", "2 1|2"}));
  EXPECT_EQ(read("\"x,y,z\";b\n1;2\n"), (Lines{"h x,y,z|b", "2 1|2"}));
  EXPECT_EQ(read("a\n1\n"), (Lines{"h a", "2 1"}));
  EXPECT_EQ(read("a,b;c\n1,2;3\n", {CsvEncoding::utf8, ';'}), (Lines{"h a,b|c", "2 1,2|3"}));
}

TEST(Csv, ConvertsNamedEncodingsOnly) {
  EXPECT_EQ(read("n,x\nM\xfcller,1\n", {CsvEncoding::latin1, {}}), (Lines{"h n|x", "2 Müller|1"}));
  EXPECT_EQ(read("n,x\n\x80,1\n", {CsvEncoding::windows1252, {}}), (Lines{"h n|x", "2 €|1"}));
  EXPECT_EQ(
      read("n,x\nM\xfcller,1\nAda,2\n"),
      (Lines{"h n|x",
             "!2 n: Not UTF-8, at byte 2 of the field (name the encoding if the file is Latin-1)",
             "3 Ada|2"}));
}

TEST(Csv, WrongColumnCountRejectsTheRowOnly) {
  EXPECT_EQ(read("a,b\n1\n1,2,3\n1,2\n"), (Lines{"h a|b", "!2 : Has 1 fields, the header has 2",
                                                 "!3 : Has 3 fields, the header has 2", "4 1|2"}));
}

TEST(Csv, BlankLinesAreSkipped) {
  EXPECT_EQ(read("\n  \na,b\n\n1,2\n \r\n3,4\n\n"), (Lines{"h a|b", "5 1|2", "7 3|4"}));
}

TEST(Csv, ACutOffFileRejectsItsLastRow) {
  EXPECT_EQ(read("a,b\n1,2\n3,\"4"),
            (Lines{"h a|b", "2 1|2", "!3 b: The file ends inside a quote: it was cut off"}));
  EXPECT_EQ(read("a,b\n1,2\n3"), (Lines{"h a|b", "2 1|2", "!3 : Has 1 fields, the header has 2"}));
}

TEST(Csv, TextAfterAQuoteRejectsTheRow) {
  EXPECT_EQ(read("a,b\n\"x\"y,2\n3,4\n"),
            (Lines{"h a|b", "!2 a: Text after the closing quote", "3 3|4"}));
}

TEST(Csv, ZeroBytesAreRefused) {
  EXPECT_EQ(read(std::string_view("a,b\nx\0y,2\n3,4\n", 14)),
            (Lines{"h a|b", "!2 a: Contains a zero byte", "3 3|4"}));
}

TEST(Csv, WithoutRowsThereIsOnlyAHeader) {
  EXPECT_EQ(read("a,b"), (Lines{"h a|b"}));
  EXPECT_EQ(read(""), (Lines{"error: The file is empty: it has no header line"}));
  EXPECT_EQ(read("\xef\xbb\xbf\n"), (Lines{"error: The file is empty: it has no header line"}));
}

TEST(Csv, LongFieldsAreRejectedAndTheRestIsKept) {
  const std::string longer(kCsvFieldBytesMax + 1, 'x');
  EXPECT_EQ(read("a,b\n" + longer + ",2\n3,4\n"),
            (Lines{"h a|b", "!2 a: Longer than 64 KiB", "3 3|4"}));
}

TEST(Csv, AQuoteNeverClosedDoesNotSwallowTheFile) {
  std::string file = "a,b\n1,\"oops\n";
  for (int i = 0; i < 20'000; ++i) file += "1,2\n";
  const Lines lines = read(file);
  EXPECT_GT(lines.size(), 3'000U);
  EXPECT_EQ(lines[1], "!2 b: Longer than 64 KiB: is a quote not closed?");
  EXPECT_EQ(lines.back(), "20002 1|2");
}

TEST(Csv, TooManyColumnsAreRefused) {
  std::string header = "a";
  for (int i = 0; i < 500; ++i) header += ",a";
  EXPECT_EQ(read(header + "\n"), (Lines{"error: The header line has more than 500 columns"}));
  EXPECT_EQ(read("a,b\n" + header + "\n1,2\n"),
            (Lines{"h a|b", "!2 : Has 501 fields, the header has 2", "3 1|2"}));
}

TEST(Csv, AHugeLineIsNoCsvFile) {
  EXPECT_EQ(read(std::string(kCsvRowBytesMax + 10, 'x')).back().substr(0, 6), "error:");
}

TEST(Csv, NamesOfEncodingsAndDelimiters) {
  EXPECT_EQ(parse_csv_encoding("ISO-8859-1"), CsvEncoding::latin1);
  EXPECT_EQ(parse_csv_encoding("UTF-8"), CsvEncoding::utf8);
  EXPECT_FALSE(parse_csv_encoding("utf-16"));
  EXPECT_EQ(parse_csv_delimiter("tab"), '\t');
  EXPECT_EQ(parse_csv_delimiter(";"), ';');
  EXPECT_FALSE(parse_csv_delimiter("\""));
  EXPECT_FALSE(parse_csv_delimiter(",,"));
}

std::string in_quotes(const std::string& field) {
  std::string out = "\"";
  for (const char c : field) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

// Whatever is written with quotes comes back, however the file is cut into chunks.
RC_GTEST_PROP(Csv, ReadsBackWhatWasWritten, ()) {
  const auto drawn = [](int from, int to) {
    return *rc::gen::resize(100, rc::gen::inRange(from, to));
  };
  const int columns = drawn(1, 5);
  const std::string newline = *rc::gen::element<std::string>("\n", "\r\n", "\r");
  const char delimiter = *rc::gen::element(',', ';', '\t');
  std::vector<std::vector<std::string>> rows;
  std::string file;
  for (int r = 0; r < drawn(1, 8); ++r) {
    rows.emplace_back();
    for (int c = 0; c < columns; ++c) {
      std::string value = *rc::gen::container<std::string>(
          rc::gen::element('a', 'b', '"', ',', ';', '\n', '\r', ' ', '\t'));
      if (r == 0) value = "c" + std::to_string(c);
      if (c > 0) file += delimiter;
      file += in_quotes(value);
      rows.back().push_back(value);
    }
    file += newline;
  }
  struct Rows : CsvSink {
    std::vector<std::vector<std::string>> got;
    Result<void> header(const std::vector<std::string>& h) override {
      got.push_back(h);
      return {};
    }
    void row(std::int64_t, const std::vector<std::string>& f) override { got.push_back(f); }
    void reject(std::int64_t, std::string_view, std::string_view reason) override {
      got.push_back({"rejected", std::string(reason)});
    }
  } sink;
  CsvReader reader({CsvEncoding::utf8, delimiter}, sink);
  for (std::string_view rest = file; !rest.empty();) {
    const auto n = std::min<std::size_t>(static_cast<std::size_t>(drawn(1, 20)), rest.size());
    RC_ASSERT(reader.feed(rest.substr(0, n)).has_value());
    rest.remove_prefix(n);
  }
  RC_ASSERT(reader.finish().has_value());
  RC_ASSERT(sink.got == rows);
  RC_ASSERT(reader.rows() == static_cast<std::int64_t>(rows.size()) - 1);
}

}  // namespace
}  // namespace headway::domain
