// Runs a fuzz target without a fuzzer: every file of its corpus, then mutations of them that are the
// same on every run. What crashed is left in a file, so that it can join the corpus.
//
// Usage: fuzz_<name> [--mutations=N] [files and folders...]

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

// What runs now: written out by the handler of SIGABRT (which HW_CHECK and sanitizers raise).
const Bytes* running = nullptr;

void keep_crasher(int signal) {
  if (std::FILE* file = std::fopen("fuzz_crash.bin", "wb"); file != nullptr && running != nullptr) {
    std::fwrite(running->data(), 1, running->size(), file);
    std::fclose(file);
    std::fputs("the input is in fuzz_crash.bin\n", stderr);
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run(const Bytes& input) {
  running = &input;
  LLVMFuzzerTestOneInput(input.data(), input.size());
}

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t n) {
    return n == 0 ? 0 : static_cast<std::size_t>(headway::mix64(++state_) % n);
  }

 private:
  std::uint64_t state_;
};

// One to eight edits: a bit, a byte that parsers care about, a piece gone, doubled, or from another input.
Bytes mutate(Bytes input, const Bytes& other, Chance& chance) {
  static constexpr char bytes[] = "\0\"'\\,;:{}[]()<>\n\r\t +-.eE0919\x7f\x80\xc3\xff";
  static constexpr std::string_view special(bytes, sizeof(bytes) - 1);
  for (std::size_t edits = 1 + chance.below(8); edits > 0; --edits) {
    const std::size_t at = chance.below(input.size() + 1);
    const std::size_t length = std::min(input.size() - at, 1 + chance.below(16));
    const auto begin = input.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = begin + static_cast<std::ptrdiff_t>(length);
    switch (chance.below(6)) {
      case 0:
        if (at < input.size()) input[at] ^= static_cast<std::uint8_t>(1U << chance.below(8));
        break;
      case 1:
        input.insert(begin, static_cast<std::uint8_t>(special[chance.below(special.size())]));
        break;
      case 2:
        if (at < input.size()) {
          input[at] = static_cast<std::uint8_t>(special[chance.below(special.size())]);
        }
        break;
      case 3: input.erase(begin, end); break;
      case 4: {
        const Bytes piece(begin, end);
        const std::size_t times = 1 + chance.below(64);
        for (std::size_t i = 0; i < times && input.size() < 65536; ++i) {
          input.insert(input.begin() + static_cast<std::ptrdiff_t>(at), piece.begin(), piece.end());
        }
        break;
      }
      default: {
        const auto from = static_cast<std::ptrdiff_t>(chance.below(other.size() + 1));
        input.resize(at);
        input.insert(input.end(), other.begin() + from, other.end());
      }
    }
  }
  return input;
}

Bytes read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t mutations = 0;
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (constexpr std::string_view flag = "--mutations="; argument.starts_with(flag)) {
      std::from_chars(argument.data() + flag.size(), argument.data() + argument.size(), mutations);
    } else if (std::filesystem::is_directory(argument)) {
      for (const auto& entry : std::filesystem::directory_iterator(argument)) {
        if (entry.is_regular_file()) files.push_back(entry.path());
      }
    } else {
      files.emplace_back(argument);
    }
  }
  std::sort(files.begin(), files.end());
  std::signal(SIGABRT, keep_crasher);
  std::signal(SIGSEGV, keep_crasher);

  std::vector<Bytes> corpus;
  for (const auto& file : files) {
    if (!std::filesystem::is_regular_file(file)) {
      std::fprintf(stderr, "no corpus: %s\n", file.c_str());
      return 2;
    }
    corpus.push_back(read(file));
    run(corpus.back());
  }
  if (corpus.empty()) {
    std::fputs("an empty corpus tests nothing\n", stderr);
    return 2;
  }
  Chance chance(1);
  for (std::size_t i = 0; i < mutations; ++i) {
    const Bytes input =
        mutate(corpus[i % corpus.size()], corpus[chance.below(corpus.size())], chance);
    run(input);
  }
  std::printf("%zu inputs, %zu mutations\n", corpus.size(), mutations);
  return 0;
}
