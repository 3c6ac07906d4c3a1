#!/usr/bin/env python3
"""The sample workspace: it is there at once, says it is simulated, shows each answer that Headway can give, is alive,
and its reports can be checked without a server.

Usage: sample_test.py BINARY
"""

import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from server import ApiError, Server  # noqa: E402

CAUSES = {"Sample: winter offer (simulated)": "account_issues", "Sample: old contacts (simulated)": "invalid_leads",
          "Sample: flash sale (simulated)": "rate_limiting", "Sample: voucher mail (simulated)": "content_issues"}
HEALTHY = "Sample: customer survey (simulated)"
WINNER = ("Sample: invitation, plain (simulated)", "Sample: invitation, personal (simulated)")
TIE = ("Sample: reminder, morning text (simulated)", "Sample: reminder, evening text (simulated)")
MIX = ("Sample: webinar, first text (simulated)", "Sample: webinar, second text (simulated)")


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def answer(server, path):
    """None while the server does not have this call."""
    try:
        return server.call("GET", path)
    except ApiError as error:
        if error.status == 404:
            return None
        raise


def past(server, campaigns):
    for name in list(CAUSES) + [HEALTHY] + list(WINNER + TIE + MIX):
        c = campaigns[name]
        check(c["state"] == "finished" and c["counts"]["total"] >= 1000 and c["simulated"], (name, c["state"], c["counts"]))
    for name in CAUSES:
        check(campaigns[name]["band"] != "high", (name, campaigns[name]["delivery"]))
    check(campaigns[HEALTHY]["band"] == "high" and not campaigns[HEALTHY]["band_uncertain"], campaigns[HEALTHY]["delivery"])

    def response(name):
        return campaigns[name]["response"]

    check(response(WINNER[1])["lo"] > response(WINNER[0])["hi"], "the winner is far ahead")
    check(response(TIE[0])["hi"] > response(TIE[1])["lo"] and response(TIE[1])["hi"] > response(TIE[0])["lo"], "a tie")
    check(response(MIX[0])["rate"] < response(MIX[1])["rate"], "at first sight the second text is better")
    by_account = [{row["account_id"]: row["response"]["rate"] for row in server.call("GET", f"/campaigns/{campaigns[n]['id']}/breakdown?by=account")["items"]}
                  for n in MIX]
    check(len(by_account[0]) == 2 and all(by_account[0][a] > by_account[1][a] for a in by_account[0]), by_account)


def verdicts(server, campaigns):
    """Diagnosis and comparison answer what the sample was made to show."""
    for name, cause in CAUSES.items():
        said = answer(server, f"/campaigns/{campaigns[name]['id']}/diagnosis")
        if said is None:
            return
        check(said["causes"] and said["causes"][0]["cause"] == cause, (name, said))
    said = answer(server, f"/campaigns/{campaigns[HEALTHY]['id']}/diagnosis")
    check(said["verdict"] == "healthy" and not said["causes"], said)

    def compared(pair):
        found = answer(server, f"/campaigns/compare?ids={campaigns[pair[0]]['id']},{campaigns[pair[1]]['id']}")
        return found and next(m for m in found["metrics"] if m["metric"] == "response"), found

    metric, found = compared(WINNER)
    if found is None:
        return
    check(metric["verdict"] == "winner" and metric["winner_id"] == campaigns[WINNER[1]]["id"], metric)
    check(compared(TIE)[0]["verdict"] in ("no_clear_winner", "too_early"), compared(TIE)[0])
    metric, found = compared(MIX)
    check(metric["verdict"] != "winner" or metric["winner_id"] == campaigns[MIX[0]]["id"], metric)
    check(any(w["kind"] == "mix_reverses" for w in found["warnings"]), found["warnings"])


def reports(binary, server, campaign, folder):
    report, facts = os.path.join(folder, "report.json"), os.path.join(folder, "facts.ndjson")

    def save(path, file):
        status, _, raw = server.raw("GET", "/api/v1" + path, None, {"X-API-Key": server.key})
        check(status == 200, (path, status))
        with open(file, "wb") as out:
            out.write(raw)

    save(f"/campaigns/{campaign['id']}/report?sealed=true", report)
    save(f"/campaigns/{campaign['id']}/export", facts)

    def run():
        done = subprocess.run([binary, "report", "--check", report, "--events", facts], capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    code, text = run()
    check(code == 0, text)
    whole = open(report, encoding="utf-8").read()
    figure = json.loads(whole)["data"]["figures"]["messages.delivered"]
    with open(report, "w", encoding="utf-8") as out:
        out.write(whole.replace(f'"messages.delivered":{figure},', f'"messages.delivered":{figure + 1},', 1))
    code, text = run()
    check(code == 1 and "SHA-256" in text and f"messages.delivered: reported {figure + 1}, recounted {figure}" in text, text)
    with open(report, "w", encoding="utf-8") as out:
        out.write(whole)
    lines = open(facts, encoding="utf-8").read().splitlines()
    at = next(i for i, line in enumerate(lines) if '"type":"message"' in line and '"delivered"' in line)
    with open(facts, "w", encoding="utf-8") as out:
        out.write("\n".join(lines[:at] + lines[at + 1:]) + "\n")
    code, text = run()
    check(code == 1 and f"messages.delivered: reported {figure}, recounted {figure - 1}" in text, text)
    with open(facts, "w", encoding="utf-8") as out:
        out.write("\n".join(lines[:-1]) + "\n")
    code, text = run()
    check(code == 3 and "cut off" in text, text)


def main():
    binary = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="headway-sample-") as folder:
        server = Server(binary, folder + "/data", sample=True)
        took = server.start(60)
        try:
            print(f"ready with the sample after {took:.2f} s")
            campaigns = {c["name"]: c for c in server.call("GET", "/campaigns?limit=100")["items"]}
            past(server, campaigns)
            verdicts(server, campaigns)
            live = campaigns["Sample: spring launch (simulated)"]
            check(live["state"] == "active", live["state"])
            server.wait_for("messages of the live campaign", lambda: server.call("GET", f"/campaigns/{live['id']}")["delivery"]["num"] >= 3, 60, 0.5)
            forecast = server.call("GET", f"/campaigns/{live['id']}/forecast")
            check(forecast["finish"] and forecast["finish"]["p90"] > forecast["as_of"], forecast)
            check("Done between" in forecast["sentence"], forecast["sentence"])
            check(server.call("GET", "/dashboard/performance?period=90d")["top_campaigns"], "top campaigns")
            reports(binary, server, campaigns[HEALTHY], folder)
            server.stop()
            code, text = server.verify()
            check(code == 0, text)
        finally:
            if server.process.poll() is None:
                server.kill()
    print("ok")


if __name__ == "__main__":
    main()
