#!/usr/bin/env python3
"""Adds up the reports of one run and prints its summary.

Usage: summary.py <reports folder> <seconds>

A ctest entry that left a GoogleTest report counts as many tests as it has cases; any other counts
as one. An entry that ctest calls failed counts at least one failure: a crash leaves no report.
"""
import json
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def gtest_counts(path):
    """(passed, failed, names of the failed) of a GoogleTest JSON report."""
    passed, failed = 0, []
    for suite in json.loads(path.read_text())["testsuites"]:
        for case in suite["testsuite"]:
            if case.get("failures"):
                failed.append(f"{suite['name']}.{case['name']}")
            elif case.get("result") == "COMPLETED":
                passed += 1
            else:  # a skipped test is not a passed one
                failed.append(f"{suite['name']}.{case['name']} (skipped)")
    return passed, failed


def entry_counts(entry, reports):
    name = entry.get("name")
    ok = entry.get("status") == "run"
    report = reports / f"{name}.json"
    if report.exists():
        try:
            passed, failed = gtest_counts(report)
        except (ValueError, KeyError):
            passed, failed = 0, []
            ok = False
        if passed + len(failed) == 0 and ok:
            return 0, [f"{name} (ran no test)"]
        return passed, failed or ([] if ok else [name])
    return (1, []) if ok else (0, [name])


def main():
    reports, seconds = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    passed, failed = 0, []
    for phase in sorted(reports.glob("*.ctest.xml")):
        for entry in ElementTree.parse(phase).getroot().iter("testcase"):
            entry_passed, entry_failed = entry_counts(entry, reports)
            passed += entry_passed
            failed += entry_failed
    phases = reports / "failed_phases"
    if phases.exists() and not failed:  # ctest itself failed
        failed += phases.read_text().split()
    print()
    for name in failed:
        print(f"failed: {name}")
    print(f"{passed} passed, {len(failed)} failed")
    good = passed > 0 and not failed
    print(f"{'PASS' if good else 'FAIL'}: {passed} passed, {len(failed)} failed in {seconds} s")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
