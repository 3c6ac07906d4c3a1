#pragma once
// How often a password may be guessed. Counted by account and address together, so that nobody is locked
// out by a stranger who guesses elsewhere, and by address alone against guesses over many accounts.
// Unknown accounts count like known ones. Bounded memory; any thread.

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

namespace headway::api {

class LoginThrottle {
 public:
  static constexpr int kFree = 5;             // wrong guesses of an account before it slows down
  static constexpr int kFreeByAddress = 100;  // of an address, over all accounts
  static constexpr std::chrono::seconds kWaitMost{900};
  static constexpr std::chrono::hours kForgotten{1};  // after the last guess
  static constexpr std::size_t kEntriesMax = 20'000;

  // 0: the guess may be checked, and counts as a wrong one until succeeded() is told. Else the seconds to
  // wait. Counting before the check keeps guesses that come at once from passing together.
  std::chrono::seconds admit(const std::string& account, const std::string& address,
                             std::chrono::nanoseconds now);
  // The guess was right: the account's count at this address is forgotten, and the address gets it back.
  void succeeded(const std::string& account, const std::string& address);

 private:
  struct Entry {
    int guesses = 0;
    std::chrono::nanoseconds last{}, open_at{};
  };
  std::chrono::seconds wait_of(const std::string& key, std::chrono::nanoseconds now);
  void count(const std::string& key, int free, std::chrono::nanoseconds now);
  void make_room(std::chrono::nanoseconds now);

  std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace headway::api
