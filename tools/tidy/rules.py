"""What a line or a file may not contain. Each check yields (line, rule, message).

A finding of a waivable rule is allowed by a comment on its line or on the line before:
    // tidy: allow(<rule>) <reason>
"""
import re

from cpp import code_only, line_of, matching, statement_end, without_comments
from layers import module_of

LENGTH_MAX = 400
WAIVABLE = {"ambient-time", "sql-text", "await-temporary", "catch-all"}

# The deterministic part: given the same answers of its ports it does the same.
PURE = {"base", "domain", "domain/statistics", "domain/diagnosis", "domain/comparison", "store", "channels", "runtime", "engine", "channels/sandbox", "sim"}
# Of these the sandbox alone is called from two threads: an API thread parses, the strand sends.
ONE_STRAND = PURE - {"channels/sandbox"}
# Real IO at the edges: coroutines, and monotonic time for time-outs.
EDGES_OF_IO = {"runtime/asio", "channels/webhook", "api", "app"}

_AMBIENT_TIME = re.compile(
    r"\b(?:system_clock|high_resolution_clock|utc_clock)::now\b"
    r"|(?<![\w.>:])(?:std::|::)?time\s*\(\s*(?:nullptr|NULL|0|&\w+)\s*\)"
    r"|\bstd::clock\s*\("
    r"|\b(?:gettimeofday|clock_gettime|localtime(?:_r)?|gmtime(?:_r)?|mktime)\s*\("
)
_MONOTONIC_TIME = re.compile(r"\bsteady_clock::now\b")
_SLEEP = re.compile(r"\b(?:sleep_for|sleep_until|usleep|nanosleep)\s*\(|(?<![\w.>:])(?:::)?sleep\s*\(")
_RANDOM = re.compile(
    r"\bstd::(?:random_device|mt19937(?:_64)?|minstd_rand0?|default_random_engine|shuffle|sample"
    r"|uniform_int_distribution|uniform_real_distribution|bernoulli_distribution)\b"
    r"|(?<![\w.>:])(?:std::|::)?s?rand\s*\(|\b(?:drand48|lrand48|getrandom|getentropy|arc4random)\b"
)
_THREAD = re.compile(
    r"\bstd::(?:jthread|thread|async|mutex|shared_mutex|recursive_mutex|lock_guard|unique_lock"
    r"|scoped_lock|shared_lock|condition_variable\w*|promise|future|counting_semaphore"
    r"|binary_semaphore|latch|barrier)\b|\bthread_local\b|\bpthread_\w+"
)
_ATOMIC = re.compile(r"\bstd::atomic\w*")
_COROUTINE = re.compile(r"\bco_(?:await|return|yield)\b|\bboost::asio::awaitable\b")
_DETACH = re.compile(r"\.\s*detach\s*\(\s*\)")
_LGAMMA = re.compile(r"(?<!boost::math::)\b(?:std::)?lgamma[fl]?\s*\(")
_ENVIRONMENT = re.compile(r"\b(?:std::)?getenv\s*\(")
_MARKER = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
_SKIPPED = re.compile(r"\bGTEST_SKIP\b|\bDISABLED_\w|@unittest\.skip|\.skipTest\(")
_MACHINE = re.compile(r"(?<![\w.}$)\]-])/(?:work|farm)/|(?<![\w.}$)\]-])/home/\w+/")
_SQL_WORDS = r"(?:SELECT|INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM|WHERE|ORDER\s+BY|VALUES|LIMIT)\b"
_SQL = re.compile(
    r'"[^"\n]*\b' + _SQL_WORDS + r'[^"\n]*"\s*\+(?!=)'
    r'|\+=?\s*"[^"\n]*\b' + _SQL_WORDS +
    r'|\b(?:format|format_to|sprintf|snprintf)\s*\([^;"]*"[^"\n]*\b' + _SQL_WORDS +
    r'|<<\s*"[^"\n]*\b' + _SQL_WORDS
)
_CAPTURE = re.compile(r"(?<![\w\])])\[[^\]\[]+\]\s*(?=[({]|mutable\b|<|->)")
_AGGREGATE = re.compile(r"(?:\b(?:\w+::)*[A-Z]\w*(?:<[^;{}]*>)?|[(,]\s*)\{\s*[^\s}]")
_CATCH_ALL = re.compile(r"\bcatch\s*\(\s*\.\.\.\s*\)\s*\{")
_HANDLED = re.compile(
    r"\bthrow\b|\breturn\b|\babort\b|current_exception|\bterminate\b|\b\w*(?:fail|error|log|fatal|warn)\w*\b",
    re.IGNORECASE,
)
_USING = re.compile(r"^\s*using\s+namespace\b", re.MULTILINE)


def _each(pattern, text, rule, message):
    for match in pattern.finditer(text):
        yield line_of(text, match.start()), rule, message.format(match.group(0).strip())


def check_code(path, text):
    """Rules for .h and .cc files."""
    code = code_only(text)
    module = module_of(path)
    ours = module is not None
    if path.endswith(".h"):
        if not re.search(r"^#pragma once$", text, re.MULTILINE):
            yield 1, "pragma-once", "a header starts with #pragma once"
        yield from _each(_USING, code, "using-namespace", "no `{}` in a header")
    if ours:
        if module != "runtime/asio":
            yield from _each(_AMBIENT_TIME, code, "ambient-time", "`{}`: time is an argument or a runtime::Clock")
            if module not in EDGES_OF_IO:
                yield from _each(_MONOTONIC_TIME, code, "ambient-time", "`{}`: ask the runtime::Clock")
            yield from _each(_RANDOM, code, "random", "`{}`: chance comes from runtime::Entropy or a hash")
        yield from _each(_SLEEP, code, "sleep", "`{}`: use runtime::Executor's timers")
        yield from _each(_DETACH, code, "detach", "`{}`: every thread and task has an owner that joins it")
        yield from _each(_LGAMMA, code, "lgamma", "`{}` writes a global: use boost::math::lgamma")
        yield from _each(_SQL, without_comments(text), "sql-text", "SQL is constant text with parameters: `{}`")
        if module != "app":
            yield from _each(_ENVIRONMENT, code, "environment", "`{}`: configuration is an argument")
    if module in ONE_STRAND:
        yield from _each(_THREAD, code, "thread", "`{}`: this layer runs on one strand")
    if module in ONE_STRAND - {"engine"}:  # its doors, open to any thread, count with atomics
        yield from _each(_ATOMIC, code, "thread", "`{}`: this layer runs on one strand")
    if ours and module not in EDGES_OF_IO:
        yield from _each(_COROUTINE, code, "coroutine", "`{}`: coroutines only at the edges")
    yield from _check_awaits(code)
    for match in _CATCH_ALL.finditer(code):
        body = code[match.end() - 1 : matching(code, match.end() - 1)]
        if not _HANDLED.search(body):
            yield line_of(code, match.start()), "catch-all", "`catch (...)` swallows: rethrow or report"


def _check_awaits(code):
    """GCC 12.2 destroys such temporaries twice: name the object first and move it."""
    for match in re.finditer(r"\bco_await\b", code):
        expression = code[match.end() : statement_end(code, match.end())]
        line = line_of(code, match.start())
        if _CAPTURE.search(expression):
            yield line, "await-temporary", "a capturing lambda inside a co_await expression: name it, move it"
        if _AGGREGATE.search(expression):
            yield line, "await-temporary", "a braced temporary inside a co_await expression: name it, move it"


def check_text(path, text):
    """Rules for every text file of ours."""
    yield from _each(_MARKER, text, "marker", "`{}`: do it, or open an issue and say what is missing")
    yield from _each(_SKIPPED, text, "skipped-test", "`{}`: a test runs or does not exist")
    yield from _each(_MACHINE, text, "machine-path", "`{}`: a path of one machine")


def check_length(path, text, ratchet):
    length = text.count("\n")
    limit = ratchet.get(path, LENGTH_MAX)
    if length > limit:
        hint = "split it" if path not in ratchet else "it may only shrink"
        yield 1, "length", f"{length} lines, the limit is {limit}: {hint}"
    elif path in ratchet and length <= LENGTH_MAX:
        yield 1, "length", "short enough now: remove it from tools/tidy_ratchet.txt"
    elif path in ratchet and length < limit:
        yield 1, "length", f"shrunk to {length}: lower its limit in tools/tidy_ratchet.txt"


def check_name(path):
    stem = path.rpartition("/")[2].split(".")[0]
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*|__main__|__init__|[0-9]{3,4}(_[a-z0-9]+)+", stem):
        yield 1, "name", "file names are snake_case"


def drop_waived(path, findings, text):
    if module_of(path) in PURE:
        yield from findings
        return
    lines = text.split("\n")
    for line, rule, message in findings:
        near = "\n".join(lines[max(0, line - 2) : line])
        if rule in WAIVABLE and re.search(rf"tidy: allow\({rule}\) \w+", near):
            continue
        yield line, rule, message
