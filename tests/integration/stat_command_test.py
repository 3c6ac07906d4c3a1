#!/usr/bin/env python3
"""`headway stat`: every method answers its own example, the reference vectors come out, wrong use says so.

Usage: stat_command_test.py BINARY
"""

import json
import re
import subprocess
import sys

BINARY = sys.argv[1]

VECTORS = [
    ("wilson 5/100", {"lo": 0.021543679154368, "hi": 0.111750469231919}),
    ("jeffreys 5/100", {"lo": 0.0193318119858667, "hi": 0.106100073883103}),
    ("ln-beta 30.5 970.5", {"ln_beta": -137.278622373607}),
    ("beta-cdf 46 956 0.001", {"cdf": 2.61427345808784e-59}),
    ("confidence-sequence 950/1000", {"lo": 0.920760418189145, "hi": 0.971280082740376}),
    ("chances 30/1000 45/1000 prior=0.5 strength=2", {"best.1": 0.960622897710868, "loss.1": 0.000136507842193558}),
    ("even-split 30 45", {"ln_e": 0.412958313672617}),
    ("fnch 9/100:3/100 psi=2", {"ln_lr": 1.40980754951768}),
    ("blocks 9/100:3/100 4/80:1/120", {"ln_e": 1.2299771104269}),
    ("ratio 821588 815482 shares=50,50", {"ln_e": 6.53236767061909}),
    ("score-test 30/1000 45/1000", {"z": 1.7654696590095, "p": 0.0774848651326447}),
    ("strata 512/825:89/108 353/560:17/25 120/325:202/593 138/417:131/375 53/191:94/393 22/373:24/341",
     {"cmh": 1.52460666044344, "odds_ratio": 0.904696828258623, "odds_ratio_interval.hi": 1.06032976443666,
      "breslow_day": 18.825513705235}),
    ("llr 40/100 0.05", {"llr": 55.605721904487}),
    ("guard 00101101 rho=0", {"level": 2115.14416893194}),
    ("guard 00101101 rho=0.02", {"level": 543.574711252998}),
    ("top-two 0.2 0.5 0.3", {"shares.0": 0.242857142857143, "shares.2": 0.3375}),
    ("winner 0 -5 5 0", {"winner": 1}),
]

WRONG = ["", "nothing", "wilson", "wilson 5", "wilson 6/5", "wilson 5/100 7/100", "wilson 5/100 alpha=2",
         "wilson 5/100 beta=1", "ratio 5 6 shares=1,0", "guard 0012", "winner 1 2 3", "sample-size 0.1 x",
         "wilson 5/100 alpha=nan"]


def run(words):
    return subprocess.run([BINARY, "stat", *words.split()], capture_output=True, text=True, check=False, timeout=60)


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def main():
    listing = subprocess.run([BINARY, "stat", "--help"], capture_output=True, text=True, check=True).stdout
    examples = re.findall(r"^ +headway stat (.+)$", listing, re.MULTILINE)
    check(len(examples) >= 28, f"{len(examples)} examples in the help")
    for example in examples:
        answer = run(example)
        check(answer.returncode == 0, f"{example}: {answer.stderr}")
        check(json.loads(answer.stdout), example)
    for words, expected in VECTORS:
        answer = run(words)
        check(answer.returncode == 0, f"{words}: {answer.stderr}")
        for path, figure in expected.items():
            value = json.loads(answer.stdout)
            for key in path.split("."):
                value = value[int(key)] if isinstance(value, list) else value[key]
            check(abs(value - figure) <= 1e-10 * abs(figure), f"{words}: {path} is {value}, not {figure}")
    for words in WRONG:
        answer = run(words)
        check(answer.returncode == 2, f"`{words}` gave {answer.returncode}")
        check(answer.stderr.startswith("headway: ") and not answer.stdout, f"`{words}`: {answer.stderr}")


if __name__ == "__main__":
    main()
