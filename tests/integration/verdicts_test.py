#!/usr/bin/env python3
"""Verdicts over HTTP: campaigns whose failures have each of the four causes, none, several, too few to tell or nothing in common are
diagnosed as what they are, and the evidence adds up; advice comes with evidence; comparisons name a winner only where there is one.

Usage, from the root of the repository: verdicts_test.py BINARY
"""

import datetime
import json
import os
import random
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from server import ApiError, Server  # noqa: E402


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def stamp(t):
    return t.strftime("%Y-%m-%dT%H:%M:%S.%f")[:23] + "Z"


class World:
    """Campaigns whose history is told by events, so that it is known exactly."""

    def __init__(self, server):
        self.server = server
        self.random = random.Random(17)
        self.n = 0
        self.accounts = [self.account(name) for name in ("North desk", "South desk", "East desk")]

    def account(self, name):
        return self.server.call("POST", "/accounts", {"name": name, "channel": "sandbox", "rate_per_second": 1000})

    def people(self, name, leads):
        self.n += 1
        key = f"{self.n}-"
        made = self.server.import_csv(name, "external_id,name\n" + "".join(f"{key}{i},{name} {i}\n" for i in range(leads)))
        return made, [f"{key}{i}" for i in range(leads)]

    def campaign(self, name, collections, accounts=None, bodies=("Hi", "Hello")):
        variants = [{"name": chr(65 + i), "body": body} for i, body in enumerate(bodies)]
        return self.server.call("POST", "/campaigns", {
            "name": name, "collection_ids": [c["id"] for c in collections], "account_ids": [a["id"] for a in accounts or self.accounts],
            "steps": [{"variants": variants}]})["id"]

    def tell(self, campaign, messages):
        """messages: dicts with external_id, account, variant, at and failure or None."""
        events = []
        for m in messages:
            self.n += 1
            event = {"id": f"e{self.n}", "campaign_id": campaign, "external_id": m["who"], "account_id": m["account"]["id"], "variant": m["variant"],
                     "step": 1, "at": stamp(m["at"])}
            if m.get("failure"):
                event |= {"type": "failed", "failure_class": m["failure"], "code": m.get("code", "")}
            else:
                event |= {"type": "sent"}
            events.append(event)
            if m.get("replies"):
                events.append({"id": f"r{self.n}", "type": "reply", "campaign_id": campaign, "external_id": m["who"],
                               "at": stamp(min(m["at"] + datetime.timedelta(hours=5), datetime.datetime.utcnow()))})
        self.post(events)

    def post(self, events):
        for at in range(0, len(events), 500):
            lines = "".join(json.dumps(event) + "\n" for event in events[at:at + 500])
            answer = self.server.call("POST", "/events", lines.encode(), {"Content-Type": "application/x-ndjson"})
            check(answer["accepted"] == len(events[at:at + 500]), answer)


def spread(world, people, start, step_s=37):
    """Messages to these people, over accounts and variants by chance, one every `step_s` seconds."""
    return [{"who": who, "account": world.random.choice(world.accounts), "variant": world.random.choice("AB"), "at": start + datetime.timedelta(seconds=i * step_s)}
            for i, who in enumerate(people)]


def background(world, messages, share=0.02):
    for m in messages:
        if world.random.random() < share:
            m["failure"] = world.random.choice(["transient", "recipient_unavailable", "content_rejected"])


def diagnose(server, campaign):
    d = server.call("GET", f"/campaigns/{campaign}/diagnosis")
    metrics = server.call("GET", f"/campaigns/{campaign}/metrics")
    check(d["delivery"] == metrics["delivery"] and d["band"] == metrics["band"], d)
    for cause in d["causes"]:
        check(0.8 <= cause["probability"] <= 1 and cause["failures"]["n"] == cause["slice"]["failures"] <= cause["failures"]["of"], cause)
        check(cause["remedy"] and cause["first_at"] <= cause["last_at"], cause)
        leads = server.call("GET", f"/campaigns/{campaign}/leads?{cause['leads_query']}")
        check([s["id"] for s in cause["samples"]] == [lead["id"] for lead in leads["items"][:5]] and cause["samples"], cause)
        check(leads["total"] > 0, cause)
    print(f"  {d['verdict']}: {d['sentence']}", *[f"\n    {c['title']} ({c['probability']:.2f}): {c['sentence']} -> {c['remedy']}" for c in d["causes"]],
          *[f"\n    tie: {t}" for t in d["ties"]], *[f"\n    other: {o['sentence']}" for o in d["others"]])
    return d


def only_cause(d, cause, by, label=None):
    check(d["verdict"] == "causes" and [c["cause"] for c in d["causes"]] == [cause], d)
    slice_ = d["causes"][0]["slice"]
    check(slice_["by"] == by and (label is None or slice_["label"] == label), slice_)
    check(slice_["failures"] > 3 * slice_["expected"], slice_)
    return d["causes"][0]


def diagnoses(world, start):
    server, rnd = world.server, world.random
    fair, in_fair = world.people("Trade fair", 450)
    club, in_club = world.people("Club", 450)
    found = {}

    def run(name, spoil, collections=(fair, club), people=None, step_s=37):
        campaign = world.campaign(name, collections)
        messages = spread(world, people or in_fair + in_club, start, step_s)
        background(world, messages)
        spoil(messages)
        world.tell(campaign, messages)
        print(name)
        found[name] = campaign
        return diagnose(server, campaign)

    def north(messages):
        for m in messages:
            if m["account"] is world.accounts[0] and rnd.random() < 0.7:
                m["failure"], m["code"] = "account_permission", "1009"

    cause = only_cause(run("Account", north), "account_issues", "account", "North desk")
    check(cause["slice"]["id"] == world.accounts[0]["id"] and cause["codes"][0] == {"class": "account_permission", "code": "1009", "n": cause["codes"][0]["n"]}, cause)
    check(cause["link"] == "/accounts/" + world.accounts[0]["id"], cause)

    bad = set(in_fair)

    def unknown(messages):
        for m in messages:
            if m["who"] in bad and rnd.random() < 0.4:
                m["failure"], m["code"] = "recipient_invalid", "550"

    cause = only_cause(run("Leads", unknown), "invalid_leads", "collection", "Trade fair")
    check(cause["link"] == "/leads/" + fair["id"], cause)

    def late(messages):
        hour = start.replace(minute=0, second=0, microsecond=0)
        sent = {}
        rnd.shuffle(messages)  # else the second collection would be the late one
        for i, m in enumerate(messages):
            m["at"] = hour + datetime.timedelta(seconds=i)
            k = sent[m["account"]["id"]] = sent.get(m["account"]["id"], 0) + 1
            if k >= 128 and rnd.random() < 0.7:
                m["failure"], m["code"] = "rate_limited", "429"

    cause = only_cause(run("Pace", late), "rate_limiting", "load")
    check(cause["slice"]["value"] >= 6, cause["slice"])

    def spam(messages):
        for m in messages:
            if m["variant"] == "B" and rnd.random() < 0.5:
                m["failure"], m["code"] = "content_rejected", "spam"

    only_cause(run("Text", spam), "content_issues", "variant", "Variant B")
    d = run("Healthy", lambda messages: None)
    check(d["verdict"] == "healthy" and not d["causes"], d)

    def few(messages):
        for m in messages[:5]:
            m["failure"] = "recipient_invalid"

    d = run("Few", few, people=in_fair[:40])
    check(d["verdict"] == "not_enough_evidence" and d["needed"] > 0 and not d["causes"], d)

    def anything(messages):
        for m in messages:
            if rnd.random() < 0.25:
                m["failure"] = rnd.choice(["account_permission", "recipient_invalid", "rate_limited", "content_rejected"])

    d = run("Mixed", anything)
    check(d["verdict"] == "mixed" and not d["causes"], d)

    def outage(messages):
        for m in messages:
            if rnd.random() < 0.2:
                m["failure"] = "transient"

    d = run("Outage", outage)
    check(not d["causes"] and d["others"][0]["class"] == "transient" and d["verdict"] == "mixed", d)

    def both(messages):
        for m in messages:
            tied = m["who"] in bad
            m["account"] = world.accounts[0] if tied else rnd.choice(world.accounts[1:])
            if tied and rnd.random() < 0.4:
                m["failure"], m["code"] = "recipient_invalid", "550"

    d = run("Tie", both)
    check(d["ties"] and "North desk" in d["ties"][0] and "Trade fair" in d["ties"][0], d)
    empty = world.campaign("Empty", [fair])
    d = diagnose(server, empty)
    check(d["verdict"] == "not_enough_evidence" and d["delivery"]["rate"] is None, d)
    return found


def advice(server, campaign):
    given = server.call("GET", f"/campaigns/{campaign}/advice")
    check(bool(given["items"]) == (given["nothing"] is None), given)
    for item in given["items"]:
        check(item["sentence"] and item["evidence"] and all(e["text"] and e["value"] for e in item["evidence"]), item)
    return {item["title"]: item for item in given["items"]}


def comparisons(world, start):
    """Two weeks ago, so that every window of seven days has passed."""
    server, rnd = world.server, world.random
    both, people = world.people("Both", 3000)

    def run(name, rate, days, share=0.5, first=start):
        campaign = world.campaign(name, [both], bodies=("Hi",))
        messages = []
        for day in range(days):
            for i in range(100):
                account = world.accounts[0] if rnd.random() < share else world.accounts[1]
                odds = rate(account is world.accounts[0])
                messages.append({"who": people[day * 100 + i], "account": account, "variant": "A", "at": first + datetime.timedelta(days=day, seconds=i * 61),
                                 "replies": rnd.random() < odds})
        world.tell(campaign, messages)
        return campaign

    def compare(*ids, query=""):
        c = server.call("GET", f"/campaigns/compare?ids={','.join(ids)}{query}")
        for metric in c["metrics"]:
            print(f"  {metric['metric']}: {metric['verdict']}: {metric['sentence']}")
        return c

    strong, weak, plain = (run(name, lambda north, r=rate: r, 12) for name, rate in (("Strong", 0.16), ("Weak", 0.05), ("Plain", 0.055)))
    print("A true winner")
    response = compare(strong, weak, query="&metric=response")["metrics"][0]
    check(response["verdict"] == "winner" and response["winner_id"] == strong and response["differences"][0]["compared_by"] == "day", response)
    check(response["maturity"]["blocks_closed"] > 10, response["maturity"])
    print("None")
    c = compare(weak, plain)
    check([m["verdict"] for m in c["metrics"]] == ["no_clear_winner"] * 3 and all(m["winner_id"] is None for m in c["metrics"]), c)
    kinds = {w["kind"] for w in c["warnings"]}
    check({"observational", "simulated", "overlapping_leads"} <= kinds, kinds)
    print("A reversal by mix")
    one = run("Mostly south", lambda north: 0.30 if north else 0.06, 12, share=0.15)
    two = run("Mostly north", lambda north: 0.22 if north else 0.03, 12, share=0.85)
    c = compare(one, two, query="&metric=response")
    difference = c["metrics"][0]["differences"][0]
    check(difference["reversed"] and c["metrics"][0]["winner_id"] is None, difference)
    check("mix_reverses" in {w["kind"] for w in c["warnings"]}, c["warnings"])
    print("Nothing in common")
    other, others = world.people("Other", 300)
    lonely = world.campaign("Lonely", [other], bodies=("Hi",))
    world.tell(lonely, [{"who": who, "account": world.accounts[2], "variant": "A", "at": start + datetime.timedelta(minutes=i), "replies": i % 3 == 0}
                        for i, who in enumerate(others)])
    c = compare(lonely, weak, query="&metric=response")
    check(c["metrics"][0]["verdict"] == "not_comparable" and "different_collections" in {w["kind"] for w in c["warnings"]}, c)
    print("Too early")
    today = datetime.datetime.utcnow() - datetime.timedelta(hours=2)
    young = [run(name, lambda north: 0.3, 1, first=today) for name in ("Young", "Younger")]
    c = compare(*young)
    check([m["verdict"] for m in c["metrics"][1:]] == ["too_early"] * 2 and c["metrics"][1]["arms"][0]["so_far"]["den"] == 100, c)
    for query, field in (("ids=1", "ids"), (f"ids={weak},x", "ids"), (f"ids={weak},{strong}&window_days=5", "window_days"), (f"ids={weak},{strong}&metric=luck", "metric")):
        try:
            server.call("GET", "/campaigns/compare?" + query)
        except ApiError as refused:
            check(refused.status == 400 and field in refused.body["data"]["fieldErrors"], refused)
        else:
            raise AssertionError(query)
    got = advice(server, weak)
    check("Improve follow-up timing" not in got or got["Improve follow-up timing"]["figure"] == "conversion", got)


def texts(world):
    """Drawn by the engine: the shares hold, and the better text is found."""
    server = world.server
    people, _ = world.people("Texts", 600)
    account = server.call("POST", "/accounts", {"name": "Fast", "channel": "sandbox", "rate_per_second": 5000, "settings": {
        "seed": 3, "reply_rate": 0.2, "reply_delay_s": {"min": 0, "max": 0.1}}})
    campaign = world.campaign("Texts", [people], [account])
    server.call("PATCH", f"/campaigns/{campaign}", {"paused": False})
    server.wait_for("the end", lambda: server.call("GET", f"/campaigns/{campaign}")["state"] == "finished")
    step = server.call("GET", f"/campaigns/{campaign}/variants")["steps"][0]
    check(step["mode"] == "fixed" and not step["ratio_check"]["alarm"], step)
    check(abs(sum(s["share"] for s in step["allocation"]) - 1) < 1e-9 and step["history"], step)
    response = next(m for m in step["metrics"] if m["metric"] == "response")
    check(sum(a["rate"]["den"] for a in response["arms"]) == 600 and response["winner_id"] is None, response)
    print("Texts\n  " + response["sentence"] + "\n  " + step["ratio_check"]["sentence"])


def main():
    with tempfile.TemporaryDirectory() as folder:
        server = Server(sys.argv[1], os.path.join(folder, "data"))
        server.start()
        try:
            world = World(server)
            now = datetime.datetime.utcnow()
            found = diagnoses(world, now - datetime.timedelta(days=2))
            check("Check account health" in advice(server, found["Account"]), "advice for the account")
            check("Verify lead quality" in advice(server, found["Leads"]), "advice for the leads")
            check("Reduce sending volume" in advice(server, found["Pace"]), "advice for the pace")
            comparisons(world, (now - datetime.timedelta(days=25)).replace(hour=6))
            texts(world)
        finally:
            server.stop()
        code, text = server.verify()
        check(code == 0, text)


main()
