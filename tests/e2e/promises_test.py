#!/usr/bin/env python3
"""Every test that docs/PROMISES.md names exists. Run from the root of the repository."""

import glob
import re


def main():
    with open("docs/PROMISES.md", encoding="utf-8") as f:
        text = f.read()
    there = set()
    for path in glob.glob("tests/**/*.cc", recursive=True):
        with open(path, encoding="utf-8") as f:
            there |= {f"{suite}.{name}" for suite, name in re.findall(r"^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", f.read(), re.M)}
    scripts = {path.rsplit("/", 1)[1] for path in glob.glob("tests/e2e/*.py")}
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| complaint")]
    if len(rows) < 17:
        raise AssertionError(f"only {len(rows)} promises")
    for row in rows:
        named = re.findall(r"`([\w.]+(?: \d)?)`", row.rsplit("|", 2)[1]) + re.findall(r"`(\./bench \d+)`", row)
        if not named:
            raise AssertionError(f"a promise without a test: {row}")
        for name in named:
            if not (name in there or name in scripts or name.startswith("./bench")):
                raise AssertionError(f"{name} is named in docs/PROMISES.md and does not exist")
    print("promises_test passed")


if __name__ == "__main__":
    main()
