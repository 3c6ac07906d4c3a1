#!/usr/bin/env python3
"""Checks architecture and style of the whole tree. Run it from anywhere: python3 tools/tidy

  --archive=<module>=<file.a>   also check the calls of this built archive (repeatable)
  --no-format                   leave out clang-format
"""
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import layers  # noqa: E402
import rules  # noqa: E402
import symbols  # noqa: E402

CODE = (".h", ".cc")
TEXT = CODE + (".py", ".sh", ".sql", ".cmake", ".txt", ".md", ".json", ".yaml", ".yml", ".toml", "")
MEASURED = CODE + (".py", ".sh", ".sql", ".cmake")
NAMED = ("src/", "sim/", "tests/", "fuzz/", "benchmarks/", "tools/", "cmake/")
# Inputs of tests, and rules that must name what they forbid.
EXEMPT = ("fuzz/corpus/", "tools/tidy/", "LICENSE")


def source_files():
    """Tracked files and new ones that are not ignored."""
    listing = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard", "-z"],
        capture_output=True, text=True, check=False,
    )
    if listing.returncode == 0:
        names = [name for name in listing.stdout.split("\0") if name]
    else:  # an unpacked archive
        names = [str(p.relative_to(ROOT)) for p in ROOT.rglob("*") if p.is_file()]
        names = [n for n in names if n.split("/")[0] not in ("build", "data", ".git", ".cache")]
    return sorted(name for name in names if (ROOT / name).is_file())


def suffix_of(name):
    return pathlib.PurePosixPath(name).suffix


def read_ratchet(text):
    """path -> lines, from "lines path" in each line."""
    rows = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {path: int(lines) for lines, path in rows}


def check_file(name, text, ratchet):
    findings = []
    if suffix_of(name) in CODE:
        findings += layers.check(name, text)
        findings += rules.check_code(name, text)
    findings += rules.check_text(name, text)
    if suffix_of(name) in MEASURED:
        findings += rules.check_length(name, text, ratchet)
        if name.startswith(NAMED):
            findings += rules.check_name(name)
    return rules.drop_waived(name, findings, text)


def check_format(names):
    tool = shutil.which("clang-format-14")
    if tool is None:
        print("tidy: clang-format-14 is not installed, format not checked")
        return
    code = [str(ROOT / name) for name in names if suffix_of(name) in CODE]
    for i in range(0, len(code), 50):
        result = subprocess.run(
            [tool, "--dry-run", *code[i : i + 50]], capture_output=True, text=True, check=False
        )
        seen = set()
        for line in result.stderr.splitlines():
            path, _, rest = line.partition(":")
            if "clang-format-violations" in line and path not in seen:
                seen.add(path)
                relative = pathlib.Path(path).relative_to(ROOT)
                yield str(relative), int(rest.split(":")[0]), "format", f"run tools/format {relative}"


def main():
    names = source_files()
    ratchet = read_ratchet((ROOT / "tools/tidy_ratchet.txt").read_text())
    findings = []
    for name in names:
        if name.startswith(EXEMPT) or suffix_of(name) not in TEXT:
            continue
        try:
            text = (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # binary test data
        findings += [(name, *finding) for finding in check_file(name, text, ratchet)]
    findings += [
        ("tools/tidy_ratchet.txt", 1, "length", f"{name} does not exist")
        for name in ratchet if not (ROOT / name).is_file()
    ]
    for argument in sys.argv[1:]:
        if argument.startswith("--archive="):
            findings += symbols.check(*argument.removeprefix("--archive=").split("=", 1))
        elif argument != "--no-format":
            sys.exit(__doc__)
    if "--no-format" not in sys.argv:
        findings += check_format(names)
    for name, line, rule, message in findings:
        print(f"{name}:{line}: [{rule}] {message}")
    print(f"tidy: {len(names)} files, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
