# Phases of ./test and .ci/run: run ctest by label, keep its report, sum up at the end.
# Source it after tools/lib.sh.

# Properties draw from the commit, so that a failure can be repeated and every commit draws anew.
export RC_PARAMS="${RC_PARAMS:-seed=$(commit_seed)}"

start_report() {
  rm -rf "build/$1/reports"
  mkdir -p "build/$1/reports"
}

# run_phase <preset> <name> <label regex> <what it is>: a phase without tests is a failed one
run_phase() {
  local preset="$1" name="$2" label="$3" jobs
  say "$4"
  jobs="$(jobs_count)"
  # These measure time or fill the machine by themselves.
  case "$name" in fault | e2e | bench) jobs=1 ;; esac
  ctest --test-dir "build/$preset" -L "$label" -j "$jobs" --output-on-failure --no-label-summary --no-tests=error \
    --output-junit "reports/$name.ctest.xml" || echo "$name" >>"build/$preset/reports/failed_phases"
}

# finish_report <preset> <seconds since the start>
finish_report() { python3 tools/summary.py "build/$1/reports" "$2"; }
