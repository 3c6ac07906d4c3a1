# Shared by ./run, ./test, ./bench, .ci/run and the scripts here. Source it from bash after
# `set -euo pipefail`; it changes into the root of the repository.

HEADWAY_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$HEADWAY_ROOT"

say() { printf '\n==> %s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# One job per core, but at least 2 GB of memory each: the largest files need 1.5 GB to compile.
jobs_count() {
  local cores memory_kb by_memory
  cores="$(nproc)"
  memory_kb="$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo 2>/dev/null || echo 4000000)"
  by_memory=$((memory_kb / 2000000))
  ((by_memory >= 1)) || by_memory=1
  echo $((cores < by_memory ? cores : by_memory))
}

# A number that this commit always gets: CI explores a new seed with every commit.
commit_seed() {
  local hash
  hash="$(git rev-parse --short=8 HEAD 2>/dev/null)" || hash=1
  echo $((16#$hash))
}

# configure <preset> [-D...]: only when the preset has no build yet or an option differs; after
# that Ninja itself runs CMake again when a CMake file or the set of sources has changed.
configure() {
  local preset="$1" cache option name
  shift
  cache="build/$preset/CMakeCache.txt"
  if [[ -f "$cache" && -f "build/$preset/build.ninja" ]]; then
    local same=1
    for option in "$@"; do
      name="${option#-D}"
      grep -qE "^${name%%=*}:[A-Z]+=${name#*=}\$" "$cache" || same=0
    done
    ((same)) && return 0
  fi
  cmake --preset "$preset" "$@"
}

# build <preset> [targets...]: Ninja prints what it does and how much is left.
build() {
  local preset="$1" arguments=()
  shift
  (($#)) && arguments=(--target "$@")
  NINJA_STATUS='[%f/%t %es] ' cmake --build "build/$preset" -j "$(jobs_count)" "${arguments[@]}"
}
