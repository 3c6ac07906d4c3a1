#!/usr/bin/env python3
"""Proves that every rule of tidy fires on a small bad snippet and stays silent on its good twin."""
import importlib.util
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import cpp  # noqa: E402

_spec = importlib.util.spec_from_file_location(
    "tidy", pathlib.Path(__file__).resolve().parent / "__main__.py"
)
tidy = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(tidy)

ENGINE = "src/engine/planner.cc"
API = "src/api/routes.cc"
SQLITE = "src/store/sqlite/statements.cc"

# rule, path, bad, good
SNIPPETS = [
    ("layer", "src/domain/lead.cc", '#include "store/ledger.h"', '#include "base/time.h"'),
    ("layer", ENGINE, '#include "store/sqlite/sqlite_store.h"', '#include "store/ledger.h"'),
    ("layer", ENGINE, '#include "api/server.h"', '#include "engine/engine.h"'),
    ("layer", "sim/world.cc", '#include "app/config.h"', '#include "engine/engine.h"'),
    ("layer", API, '#include "sim/world.h"', '#include "engine/engine.h"'),
    ("layer", API, '#include "store/sqlite/sqlite_store.h"', '#include "store/reader.h"'),
    ("layer", API, '#include "routes.h"', '#include "api/routes.h"'),
    ("layer", "src/newfolder/x.cc", "int x;", None),
    ("layer", ENGINE, "#include <thread>", "#include <vector>"),
    ("layer", ENGINE, "#include <boost/asio.hpp>", "#include <boost/json/object.hpp>"),
    ("layer", "src/domain/x.cc", "#include <coroutine>", "#include <cctz/time_zone.h>"),
    ("layer", "src/api/x.cc", "#include <sqlite3.h>", "#include <boost/beast/core.hpp>"),
    ("layer", "src/store/sqlite/x.cc", "#include <random>", "#include <sqlite3.h>"),
    ("ambient-time", ENGINE, "auto t = std::chrono::system_clock::now();", "auto t = clock_.now();"),
    ("ambient-time", SQLITE, "auto t = steady_clock::now();", "// steady_clock::now() is banned"),
    ("ambient-time", ENGINE, "auto t = steady_clock::now();", "auto t = clock.monotonic();"),
    ("ambient-time", API, "auto t = system_clock::now();", "auto t = steady_clock::now();"),
    ("thread", "src/domain/x.cc", "std::atomic<int> n;", "int n;"),
    ("thread", ENGINE, "std::scoped_lock l(m);", "std::atomic<int> n;"),
    ("ambient-time", ENGINE, "auto t = std::time(nullptr);", "auto t = due_time(0);"),
    ("ambient-time", ENGINE, "auto t = time(0);", "auto t = lead.time(0);"),
    ("ambient-time", ENGINE, "gettimeofday(&tv, nullptr);", 'log("gettimeofday()");'),
    ("sleep", API, "std::this_thread::sleep_for(1s);", "executor.after(1s, wake);"),
    ("sleep", API, "::sleep(1);", "asleep(1);"),
    ("random", ENGINE, "std::mt19937 g;", "mix64(seed);"),
    ("random", SQLITE, "std::random_device d;", "entropy.next();"),
    ("random", ENGINE, "int x = rand();", "int x = operand();"),
    ("thread", ENGINE, "std::mutex m;", "Mutex m;"),
    ("thread", "src/domain/x.cc", "std::thread t;", "Thread t;"),
    ("thread", "sim/x.cc", "thread_local int x;", "int x;"),
    ("coroutine", ENGINE, "co_return;", "return;"),
    ("coroutine", SQLITE, "co_await x;", "wait(x);"),
    ("await-temporary", API, "co_await run([&] { f(); });", "auto w = [&] { f(); };\nco_await run(std::move(w));"),
    ("await-temporary", API, "auto r = co_await run([x](int) { f(x); }, 1);", "co_await run([] { f(); }, a[1]);"),
    ("await-temporary", API, "co_await send(Request{1, 2});", "Request r{1, 2};\nco_await send(std::move(r));"),
    ("await-temporary", API, "co_await send({1, 2});", "co_await wait(std::chrono::seconds{3}, Empty{});"),
    ("catch-all", API, "try { f(); } catch (...) {\n}", "try { f(); } catch (...) {\n  throw;\n}"),
    ("catch-all", API, "try { f(); } catch (...) { x = 1; }", "try { f(); } catch (...) { report_failure(); }"),
    ("detach", SQLITE, "worker.detach();", "worker.join();"),
    ("lgamma", "src/domain/x.cc", "double y = std::lgamma(2.0);", "double y = boost::math::lgamma(2.0);"),
    ("environment", API, 'auto x = std::getenv("A");', "auto x = config.a;"),
    ("sql-text", SQLITE, 'q = "SELECT a FROM lead WHERE id = " + id;', 'q = "SELECT a FROM lead WHERE id = ?1";'),
    ("sql-text", SQLITE, 'q += " ORDER BY " + key;', 'q = std::string("a") + "b";'),
    ("sql-text", SQLITE, 'q = fmt::format("DELETE FROM {}", t);', 'q = fmt::format("page {}", t);'),
    ("using-namespace", "src/base/x.h", "#pragma once\nusing namespace std;", "#pragma once\nusing std::string;"),
    ("pragma-once", "src/base/x.h", "int f();", "// About x.\n#pragma once\nint f();"),
    ("marker", "docs/a.md", "TO" + "DO: write this", "To do: nothing"),
    ("marker", ENGINE, "// FIX" + "ME later", "// fixed"),
    ("skipped-test", "tests/unit/base/a_test.cc", "GTEST_" + "SKIP();", "SUCCEED();"),
    ("skipped-test", "tests/unit/base/a_test.cc", "TEST(A, DIS" + "ABLED_b) {}", "TEST(A, b) {}"),
    ("machine-path", "docs/a.md", "see /work" + "/main/x", "see network/" + "work/load"),
    ("machine-path", "tools/a.py", 'open("/home' + '/joe/x")', 'open("data/home/x")'),
    ("length", "src/base/x.cc", "int x;\n" * 401, "int x;\n" * 400),
    ("name", "src/base/BadName.cc", "int x;", None),
    ("name", "tools/bad-name.py", "x = 1", None),
    ("name", "src/base/good_name2.cc", None, "int x;"),
    ("name", "src/store/sqlite/migrations/0001_first.sql", None, "SELECT 1;"),
]


def rules_of(path, text, ratchet=None):
    return {rule for _, rule, _ in tidy.check_file(path, text + "\n" if text[-1] != "\n" else text, ratchet or {})}


class EveryRule(unittest.TestCase):
    def test_fires_on_the_bad_and_not_on_the_good(self):
        for rule, path, bad, good in SNIPPETS:
            with self.subTest(rule=rule, bad=bad, good=good):
                if bad is not None:
                    self.assertIn(rule, rules_of(path, bad))
                if good is not None:
                    self.assertNotIn(rule, rules_of(path, good))

    def test_is_in_the_table(self):
        source = (pathlib.Path(__file__).parent / "rules.py").read_text()
        named = set(re.findall(r'(?:yield [^"\n]*|_each\([^"\n]*)"([a-z-]+)", ', source)) | {"layer"}
        self.assertGreater(len(named), 15)
        covered = {rule for rule, *_ in SNIPPETS}
        self.assertEqual(set(), {r for r in named if r not in covered})

    def test_only_waivable_rules_can_be_waived_and_only_with_a_reason(self):
        bad = "auto t = system_clock::now();"
        self.assertNotIn("ambient-time", rules_of(API, bad + "  // tidy: allow(ambient-time) the log of starts"))
        self.assertIn("ambient-time", rules_of(API, bad + "  // tidy: allow(ambient-time)"))
        self.assertIn("ambient-time", rules_of(API, bad + "  // tidy: allow(sleep) wrong rule"))
        self.assertIn("random", rules_of(API, "std::mt19937 g;  // tidy: allow(random) please"))
        self.assertIn("ambient-time", rules_of(ENGINE, bad + "  // tidy: allow(ambient-time) pure layers never"))


class Ratchet(unittest.TestCase):
    def test_holds_long_files_at_their_length_and_never_grows(self):
        path, lines = "src/base/x.cc", "int x;\n"
        self.assertEqual(set(), rules_of(path, lines * 500, {path: 500}))
        self.assertIn("length", rules_of(path, lines * 501, {path: 500}))
        self.assertIn("length", rules_of(path, lines * 450, {path: 500}))
        self.assertIn("length", rules_of(path, lines * 300, {path: 500}))

    def test_reads_its_file(self):
        self.assertEqual({"a/b.cc": 500}, tidy.read_ratchet("# comment\n500 a/b.cc\n"))


class Symbols(unittest.TestCase):
    def test_banned_calls_are_seen_in_archives(self):
        for name in (
            "clock_gettime", "nanosleep", "rand", "pthread_create", "pthread_mutex_lock@GLIBC_2.2",
            "std::chrono::_V2::system_clock::now()", "std::random_device::_M_getval()",
            "std::thread::_M_start_thread(std::unique_ptr)", "getenv", "fopen", "lgamma",
        ):
            listing = f"planner.cc.o:\n                 U {name}\n"
            self.assertEqual([("planner.cc.o", name)], tidy.symbols.banned_symbols(listing), name)

    def test_ordinary_calls_are_not(self):
        for name in ("memcpy", "operator new(unsigned long)", "timegm_like", "strand()", "__cxa_throw"):
            self.assertEqual([], tidy.symbols.banned_symbols(f"a.o:\n                 U {name}\n"), name)
        self.assertEqual([], tidy.symbols.banned_symbols("a.o:\n0000000000000000 T rand\n"))


class Lexer(unittest.TestCase):
    def test_comments_and_literals_are_not_code_and_lines_stay(self):
        code = cpp.code_only('a; // rand()\n/* sleep(1)\n */ "rand()" R"x(rand()\n)x" \'"\' b')
        self.assertNotIn("rand", code)
        self.assertNotIn("sleep", code)
        self.assertEqual(3, code.count("\n"))
        self.assertTrue(code.endswith("b"))
        self.assertEqual("1'000'000", cpp.code_only("1'000'000"))


if __name__ == "__main__":
    unittest.main()
