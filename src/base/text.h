#pragma once
// Bytes and characters. Text inside is UTF-8 without exception; what comes from outside is checked
// or converted at the border. No locale is used anywhere.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace headway {

// ASCII blanks: space, tab, CR, LF, vertical tab, form feed.
constexpr bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
constexpr bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }
constexpr char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view trim(std::string_view text);    // ASCII blanks at both ends
std::string ascii_lower(std::string_view text);  // bytes above 127 are left alone
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);  // ASCII

// Offset of the first byte that is not well-formed UTF-8 (RFC 3629: no overlong forms, no
// surrogates, nothing above U+10FFFF); npos when all is well.
std::size_t find_invalid_utf8(std::string_view text);
inline bool is_utf8(std::string_view text) {
  return find_invalid_utf8(text) == std::string_view::npos;
}
// Each ill-formed byte becomes U+FFFD: for text that must be kept whatever it is.
std::string to_valid_utf8(std::string_view text);
// The longest prefix of at most `max` bytes that does not cut a character. `text` is UTF-8.
std::string_view truncate_utf8(std::string_view text, std::size_t max);

// ISO 8859-1: every byte is the character of that number.
void append_latin1(std::string& out, unsigned char byte);
std::string latin1_to_utf8(std::string_view text);
// windows-1252 as WHATWG defines it: like Latin-1 but for 0x80..0x9f, which are typographic
// characters; its five unassigned bytes are the control characters of that number.
void append_windows1252(std::string& out, unsigned char byte);
std::string windows1252_to_utf8(std::string_view text);

// RFC 4648 base64 with padding; decoding refuses blanks, missing padding and the URL alphabet.
std::string base64_encode(std::string_view bytes);
std::optional<std::string> base64_decode(std::string_view text);

// Appends `text` as a JSON string with its quotes (RFC 8259). Only what must be escaped is, so
// that the result is canonical. `text` is UTF-8.
void append_json_string(std::string& out, std::string_view text);

}  // namespace headway
