#!/usr/bin/env python3
"""Calls every operation of docs/api/openapi.yaml on a running server, provokes each 4xx that stands there, and checks every
request and answer against the file: statuses, headers, types, bodies. Operations that were never called fail it.

Usage, from the root of the repository: openapi_test.py BINARY [--spec FILE] [--self-test]
"""

import argparse
import datetime
import http.client
import json
import socket
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from openapi_schema import Mismatch, Spec  # noqa: E402
from receiver import Receiver  # noqa: E402
from server import Server  # noqa: E402

NOBODY = "9000000000000000001"  # an id of nothing
SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def now(seconds=0):
    return (datetime.datetime.utcnow() + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


# ---- the validator must be able to say no ---------------------------------------------------------------------------


def self_test(spec):
    spec.check_file()
    rate = {"num": 1, "den": 2, "rate": 0.5, "lo": 0.1, "hi": 0.9}
    facts = dict.fromkeys(("sent", "failed", "delivered", "undelivered", "contacted", "responded", "booked", "opted_out", "replies", "auto_replies"), 1)
    day = {"date": "2026-11-23", "delivery": rate, "response": rate, "conversion": rate, **facts}
    good = [("Rate", rate), ("Id", "17"), ("TimeOrNull", None), ("Time", "2026-11-23T09:00:00.5Z"), ("Waiting", {"due": 1}), ("PerformanceDay", day),
            ("ActiveHoursOrNull", None), ("Failure", None), ("NumberOrRange", 5), ("NumberOrRange", {"min": 1, "max": 2})]
    bad = [("Rate", {**rate, "num": True}), ("Rate", {**rate, "num": 1.5}), ("Rate", {**rate, "more": 1}), ("Rate", {"num": 1}), ("Id", 17), ("Id", "017"),
           ("Id", "x17"), ("Time", None), ("Time", "2026-11-23 09:00:00Z"), ("Time", "2026-02-30T09:00:00Z"), ("Time", "2026-11-23T09:00:00+01:00"),
           ("Waiting", {"dew": 1}), ("Waiting", {"due": 0}), ("PerformanceDay", {**day, "x": 1}), ("PerformanceDay", {**day, "date": "23.11.2026"}),
           ("PerformanceDay", {**day, "delivery": None}), ("Progress", 100.5), ("Progress", -1), ("LeadStatus", "done"), ("Error", {"success": True, "error": "x"}),
           ("Error", {"success": 0, "error": "x"}), ("Error", {"success": False, "error": ""}), ("RatePerSecond", 0), ("NumberOrRange", "5"),
           ("InvalidRequest", {"success": False, "error": "x", "data": {"fieldErrors": {"name": "Required"}}}), ("Nothing", []), ("Nothing", {"x": 1})]
    for name, value in good:
        spec.expect({"$ref": f"#/components/schemas/{name}"}, value, name)
    for name, value in bad:
        check(spec.errors({"$ref": f"#/components/schemas/{name}"}, value), f"the validator let pass {name}: {value!r}")

    op = spec.operations["countCampaigns"]
    headers = {"Content-Type": "application/json", "X-RateLimit-Limit": "600", "X-RateLimit-Remaining": "599", "x-ratelimit-reset": "1790000000"}
    body = b'{"success":true,"data":{"count":3}}'
    spec.check_response(op, 200, headers, body)
    wrong = [(418, headers, body), (201, headers, body), (200, {**headers, "Content-Type": "text/html"}, body), (200, {**headers, "X-RateLimit-Limit": "many"}, body),
             (200, {k: v for k, v in headers.items() if k != "X-RateLimit-Remaining"}, body), (200, headers, b"<html>"), (200, headers, b'{"success":true}'),
             (200, headers, b'{"success":true,"data":{"count":-1}}'), (200, headers, b'{"success":true,"data":{"count":3,"more":1}}'),
             (404, headers, b'{"success":false,"error":"x"}'), (400, headers, body), (429, headers, b'{"success":false,"error":"slow down"}')]
    for status, given, raw in wrong:
        try:
            spec.check_response(op, status, given, raw)
        except Mismatch:
            continue
        raise AssertionError(f"the validator let pass {status} {given} {raw!r}")
    leads = spec.operations["listCampaignLeads"]
    requests = [({}, {}), ({"id": "x"}, {}), ({"id": "1"}, {"limit": "0"}), ({"id": "1"}, {"limit": "many"}), ({"id": "1"}, {"colour": "red"}),
                ({"id": "1"}, {"reason": "bored"})]
    for path_values, query in requests:
        try:
            spec.check_request(leads, path_values, query, {}, None, None)
        except Mismatch:
            continue
        raise AssertionError(f"the validator let pass {path_values} {query}")
    try:
        spec.check_request(spec.operations["createCampaign"], {}, {}, {}, "application/json", {"name": "x", "colour": "red"})
    except Mismatch:
        return
    raise AssertionError("the validator let pass an unknown field")


# ---- calls ----------------------------------------------------------------------------------------------------------


class Caller:
    """Makes calls, each checked against the file, and remembers what was seen."""

    def __init__(self, spec, server):
        self.spec, self.server = spec, server
        self.seen = {op: set() for op in spec.operations}
        self.last = {}  # operation -> arguments of its last good call
        self.problems = []

    def url(self, op, path, query):
        pattern = op["path"]
        for name, value in path.items():
            pattern = pattern.replace("{" + name + "}", urllib.parse.quote(value))
        return pattern + ("?" + urllib.parse.urlencode(query) if query else "")

    def send(self, name, path=None, query=None, body=None, headers=None, content_type="application/json", key=None):
        """One call; the status, the headers and the checked body."""
        op = self.spec.operations[name]
        all_headers = {} if op.get("security") == [] else {"X-API-Key": key or self.server.key}
        if body is not None:
            all_headers["Content-Type"] = content_type
        all_headers.update(headers or {})
        data = json.dumps(body) if body is not None and content_type == "application/json" and not isinstance(body, (bytes, str)) else body
        status, answered, raw = self.server.raw(op["method"], self.url(op, path or {}, query or {}), data, all_headers)
        parsed = self.spec.check_response(op, status, answered, raw)
        self.seen[name].add(str(status))
        return status, answered, parsed

    def call(self, name, path=None, query=None, body=None, headers=None, content_type="application/json", status=None):
        """A call that must succeed; what it answers. A Mismatch is noted, so that one run tells all of them."""
        path, query, headers = {k: str(v) for k, v in (path or {}).items()}, {k: str(v) for k, v in (query or {}).items()}, headers or {}
        op = self.spec.operations[name]
        wanted = status or next((int(s) for s in op["responses"] if s < "300"), None) or min(int(s) for s in op["responses"] if s not in ("401", "429"))
        try:
            self.spec.check_request(op, path, query, headers, content_type, body)
        except Mismatch as problem:
            self.note(problem)
        op_args = {"path": path, "query": query, "body": body, "content_type": content_type}
        try:
            got, _, parsed = self.send(name, path, query, body, headers, content_type)
        except Mismatch as problem:
            self.note(problem)
            got, parsed = self.unchecked(op, op_args, headers)
        if got != wanted:
            raise AssertionError(f"{name} {path} {query} {json.dumps(body) if not isinstance(body, (bytes, str)) else body[:200]}: {got} instead of {wanted}: {parsed}")
        self.last[name] = op_args
        if isinstance(parsed, dict) and "data" in parsed:
            self.check_list(name, query, parsed["data"])
            return parsed["data"]
        return parsed

    def unchecked(self, op, args, headers):
        """The same again without checks (GET), so that a run goes on after a mismatch."""
        if op["method"] != "GET":
            raise AssertionError("\n".join(self.problems))
        status, _, raw = self.server.raw("GET", self.url(op, args["path"], args["query"]), None, {"X-API-Key": self.server.key, **headers})
        try:
            return status, json.loads(raw)
        except ValueError:
            return status, raw

    def refused(self, status, name, **arguments):
        """A call that must fail with this status."""
        try:
            got, headers, body = self.send(name, **arguments)
        except Mismatch as problem:
            self.note(problem)
            return None
        if got != status:
            self.note(f"{name} {arguments}: {got} instead of {status}: {body}")
        return body

    def note(self, problem):
        self.problems.append(str(problem))

    def check_list(self, name, query, data):
        if not isinstance(data, dict) or "next_cursor" not in data:
            return
        items, here = data["items"], f"{name} {query}"
        limit = int(query.get("limit", 50))
        if len(items) > limit or data["limit"] != limit:
            self.note(f"{here}: {len(items)} items, limit {data['limit']}")
        start = data.get("rank_start", data["offset"])
        if "cursor" not in query and data.get("total_exact", True):
            more = start + len(items) < data["total"]
            if items and more != (data["next_cursor"] is not None):
                self.note(f"{here}: {start} + {len(items)} of {data['total']}, but next_cursor is {data['next_cursor']!r}")
            if not items and start < data["total"]:
                self.note(f"{here}: no items at {start} of {data['total']}")

    def walk(self, name, path=None, query=None, key="id"):
        """Two at a time by cursor: every item once, as many as the total says."""
        query = {**(query or {}), "limit": "2"}
        first = self.call(name, path, query)
        got, page = list(first["items"]), first
        while page["next_cursor"] and len(got) <= first["total"]:
            page = self.call(name, path, {**query, "cursor": page["next_cursor"]})
            got += page["items"]
        names = [json.dumps(item[key]) if key else json.dumps(item) for item in got]
        if len(got) != first["total"] or len(set(names)) != len(names):
            self.note(f"{name} {path}: walking by cursor met {len(got)} items ({len(set(names))} different) of {first['total']}")
        return got


# ---- every operation, well used -------------------------------------------------------------------------------------


def collections(c):
    leads = [{"external_id": f"p-{i}", "name": f"Person {i}", "email": f"person{i}@example.org", "timezone": "Europe/Berlin", "consent": "fair",
              "attributes": {"company": "Analytical", "size": i, "vip": i % 2 == 0}} for i in range(24)]
    people = c.call("importLeads", body={"name": "People", "leads": leads}, headers={"Idempotency-Key": "import-1"})
    again = c.call("importLeads", body={"name": "People", "leads": leads}, headers={"Idempotency-Key": "import-1"})
    check(again["id"] == people["id"], "the same import under the same key made another collection")
    csv = "external_id;Name;E-Mail;Firm\r\n" + "".join(f"f-{i};Fair {i};fair{i}@example.org;\"A; B\"\r\n" for i in range(6)) + "x;X;no address;-\r\n;;;\r\nshort\r\n"
    fair = c.call("importLeads", query={"name": "Fair", "map": "company:Firm", "encoding": "utf-8", "delimiter": ";"}, body=csv, content_type="text/csv")
    more = c.call("importLeads", query={"collection_id": fair["id"]}, body="external_id,name\nf-1,Again\ng-1,New\n", content_type="text/csv")
    check(more["id"] == fair["id"], "more people came into another collection")
    doubt = c.call("importLeads", body={"name": "Doubt", "csv": "external_id,name\nd-1,D 1\nd-2,D 2\nd-3,D 3\n"})
    for one in (people, fair, doubt):
        limit = time.monotonic() + 30
        while c.call("getCollection", {"id": one["id"]})["job"]["state"] == "running" and time.monotonic() < limit:
            time.sleep(0.05)
    bad = c.call("importLeads", query={"name": "Bad rows"}, body=csv, content_type="text/csv")
    rejected = c.walk("listRejections", {"id": bad["id"]}, key=None)
    check(len(rejected) >= 2 and any(r["column"] == "E-Mail" for r in rejected), rejected)
    text = c.call("listRejections", {"id": bad["id"]}, {"format": "csv"})
    check("E-Mail" in text, text)
    check(c.call("getCollection", {"id": people["id"]})["leads"] == 24, "leads of the collection")
    c.walk("listCollections")
    check(c.call("listCollections", query={"search": "peo"})["total"] == 1, "search by the beginning of the name")
    check(len(c.walk("listPeople", {"id": fair["id"]})) == 7, "people of the collection")
    check(c.call("listPeople", {"id": people["id"]}, {"search": "Person 7", "limit": 5})["items"], "search")
    check(c.call("exportCollection", {"id": people["id"]}).count("example.org") == 24, "export")
    check(c.call("renameCollection", {"id": bad["id"]}, body={"name": "Renamed"})["name"] == "Renamed", "rename")
    merged = c.call("mergeCollections", body={"name": "All", "collection_ids": [people["id"], fair["id"]]})
    c.call("rescrapeCollection", {"id": fair["id"]}, status=409)
    c.call("retryImport", {"id": fair["id"]}, status=409)
    c.call("importFromGroups", body={"url": "https://example.org/group"}, status=400)
    c.call("importFromPages", body={"url": "https://example.org/page"}, status=400)
    c.call("deleteCollection", {"id": bad["id"]})
    return people["id"], fair["id"], doubt["id"], merged["id"]


def accounts(c, receiver):
    sandbox = c.call("createAccount", headers={"Idempotency-Key": "used"}, body={
        "name": "Sandbox", "channel": "sandbox", "timezone": "Europe/Berlin", "daily_limit": None, "rate_per_second": 2000,
        "settings": {"seed": 7, "latency_ms": {"min": 0, "max": 5}, "failures": {"recipient_unavailable": 0.2}, "reply_rate": 0.5, "opt_out_rate": 0.1,
                     "booking_rate": 0.5, "reply_delay_s": {"min": 0, "max": 0.1}}})
    check(sandbox["simulated"] is True, sandbox)
    hook = c.call("createAccount", body={"name": "Gateway", "channel": "webhook", "rate_per_second": 1000,
                                         "settings": {"url": receiver.url, "secret": SECRET, "timeout_ms": 5000}})
    check("MDEy" not in json.dumps(hook), "a secret was shown")
    changed = c.call("changeAccount", body={"id": hook["id"], "name": "Gateway North", "daily_limit": 100000, "settings": hook["settings"]})
    check(changed["name"] == "Gateway North" and changed["daily_limit"] == 100000, changed)
    c.call("changeAccountByPath", {"id": hook["id"]}, body={"status": "paused"})
    check(c.call("changeAccountByPath", {"id": hook["id"]}, body={"status": "active"})["status"] == "active", "status")
    slow = c.call("createAccount", body={"name": "Slow", "channel": "sandbox", "rate_per_second": 0.5})
    spare = [c.call("createAccount", body={"name": f"Spare {i}", "channel": "sandbox"})["id"] for i in range(2)]
    c.walk("listAccounts")
    check(c.call("listAccounts", query={"search": "gate", "limit": 10, "offset": 0})["total"] == 1, "search")
    c.call("getAccount", {"id": hook["id"]})
    c.call("deleteAccount", body={"id": spare[0]})
    c.call("deleteAccountByPath", {"id": spare[1]})
    return sandbox["id"], hook["id"], slow["id"]


def campaigns(c, people, fair, doubt, sandbox, hook, slow):
    main = c.call("createCampaign", body={
        "name": "Spring", "collection_ids": [people], "account_ids": [sandbox],
        "steps": [{"variants": [{"name": "A", "body": "Hi {{first_name|there}}", "weight": 1}, {"name": "B", "body": "Dear {{name}} of {{company}}", "weight": 2}]},
                  {"delay": "PT1S", "variants": [{"body": "Any news?"}]}], "attribution_days": 30, "paused": True})
    cid = main["id"]
    check(main["counts"]["total"] == 24 and main["state"] == "paused", main)
    c.call("previewCampaign", {"id": cid}, body={"limit": 2})
    shown = c.call("previewCampaign", {"id": cid}, body={"message": "Hello {{nickname}}"})
    check(all(m["body"] is None and m["problem"] for item in shown["items"] for m in item["messages"]), shown)
    hours = {"timezone": "Europe/Berlin", "lead_timezone": True, "days": {"mon": [["09:00", "12:00"], ["13:00", "17:00"]], "sun": [["00:00", "24:00"]]}}
    other = c.call("createCampaign", headers={"Idempotency-Key": "campaign-1"}, body={"name": "Other", "message": "Hi", "active_hours": hours, "daily_limit": 10})
    check(other["active_hours"] == hours, other["active_hours"])
    c.call("changeCampaign", body={"id": other["id"], "collection_ids": [fair], "account_ids": [slow], "active_hours": None, "daily_limit": None})
    c.call("addCampaignAccount", body={"campaign_id": other["id"], "account_id": sandbox})
    left = c.call("removeCampaignAccount", body={"campaign_id": other["id"], "account_id": sandbox})
    check([a["id"] for a in left["accounts"]] == [slow], left["accounts"])
    c.call("changeCampaignByPath", {"id": other["id"]}, body={"name": "Slow one", "plan_version": left["plan_version"]})
    c.refused(409, "changeCampaignByPath", path={"id": other["id"]}, body={"name": "Too late", "plan_version": left["plan_version"]})

    started = c.call("changeCampaign", body={"id": other["id"], "paused": False})
    check(started["state"] == "active" and "pause" not in started, started)
    c.refused(409, "deleteCampaign", path={"id": other["id"]})
    c.refused(409, "destroyCampaign", body={"id": other["id"]})
    stopped = c.call("changeCampaign", body={"id": other["id"], "paused": True})
    check(stopped["state"] == "paused" and stopped["pause"]["in_flight"] >= 0, stopped)
    copies = [c.call("duplicateCampaign", {"id": other["id"]}, body=body)["id"] for body in ({}, {"name": "Copy", "leads": False})]
    check(c.call("countCampaigns")["count"] == 4, "count")
    c.call("destroyCampaign", body={"id": copies[0]})
    c.call("deleteCampaign", {"id": copies[1]})
    check(c.call("countCampaigns")["count"] == 2, "count")

    unsure = c.call("createCampaign", body={"name": "Unsure", "collection_ids": [doubt], "account_ids": [hook], "message": "Hi {{name}}", "paused": False})["id"]
    c.call("changeCampaignByPath", {"id": cid}, body={"paused": False})
    wait(lambda: c.call("getCampaign", {"id": cid})["state"] == "finished", "the campaign's end")
    c.refused(409, "changeCampaign", body={"id": cid, "paused": False})
    wait(lambda: c.call("listInDoubt", {"id": unsure})["total"] == 3, "the leads in doubt")
    check(len(c.walk("listCampaigns")) == 3, "campaigns")
    check(c.call("listCampaigns", query={"search": "spr", "offset": 0})["total"] == 1, "search")
    c.walk("listCampaignActivity", {"id": cid})
    return cid, other["id"], unsure


def wait(condition, what, seconds=60):
    limit = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < limit, f"{what}: not within {seconds} s")
        time.sleep(0.1)


def figures(c, cid, other, unsure, sandbox):
    campaign = c.call("getCampaign", {"id": cid})
    check(campaign["delivery_seal"], "a finished campaign is sealed")
    c.call("getCampaign", {"id": unsure})
    c.call("getCampaignMetrics", {"id": cid})
    past = c.call("getCampaignMetrics", {"id": cid}, {"as_of": campaign["finished_at"]})
    check(past["counts"] == campaign["counts"], (past["counts"], campaign["counts"]))
    period = c.call("getCampaignMetrics", {"id": cid}, {"from": campaign["started_at"], "to": now(60)})
    check(period["counts"] is None and period["facts"]["sent"] == campaign["counts"]["sent"], period)
    for query in ({}, {"bucket": "hour"}, {"bucket": "day", "timezone": "America/New_York", "from": now(-86400 * 3), "to": now(86400)}):
        series = c.call("getCampaignSeries", {"id": cid}, query)
        check(sum(p["delivered"] for p in series["items"]) == campaign["delivery"]["num"], (query, series))
    for by in ("account", "variant", "step", "collection", "failure", "weekday_hour"):
        rows = c.call("getCampaignBreakdown", {"id": cid}, {"by": by})
        check(rows["by"] == by and rows["items"], rows)
        total = campaign["counts"]["failed"] if by == "failure" else campaign["delivery"]["num"]
        check(sum(r["failed" if by == "failure" else "delivered"] for r in rows["items"]) == total, (by, rows))
    variant = campaign["steps"][0]["variants"][0]
    filters = [{}, {"status": "sent"}, {"status": "failed", "failure_class": "recipient_unavailable"}, {"account_id": sandbox}, {"variant": variant["id"]},
               {"variant": variant["name"], "step": 1}, {"step": 2}, {"search": "Person 1"}, {"search": "person3@example.org"}, {"reason": "due"}, {"at": 5, "limit": 3},
               {"offset": 5, "limit": 3}, {"collection_id": campaign["collections"][0]["id"]}]
    for query in filters:
        page = c.call("listCampaignLeads", {"id": cid}, query)
        if "at" in query or "offset" in query:
            check(page["rank_start"] == 5 and len(page["items"]) == 3, page)
    check(len(c.walk("listCampaignLeads", {"id": cid}, {"status": "sent"})) == campaign["counts"]["sent"], "leads by cursor")
    waiting = c.call("getCampaign", {"id": other})["waiting"]
    for reason, n in waiting.items():
        check(c.call("listCampaignLeads", {"id": other}, {"reason": reason})["total"] == n, (reason, waiting))
    leads = c.call("listCampaignLeads", {"id": cid}, {"limit": 500})["items"]
    for lead in leads:
        c.call("getCampaignLead", {"id": cid, "lead_id": lead["id"]})
    c.call("getAccountStats", {"id": sandbox})
    c.walk("listAccountLogs", {"id": sandbox})

    doubtful = c.walk("listInDoubt", {"id": unsure})
    for lead, decision in zip(doubtful, ("count_as_sent", "send_again", "give_up")):
        body = {"lead_id": lead["id"], "attempt": lead["attempt"], "decision": decision}
        c.refused(409, "resolveInDoubt", path={"id": unsure}, body={**body, "attempt": lead["attempt"] + 7})
        c.call("resolveInDoubt", {"id": unsure}, body=body)
    c.refused(409, "resolveInDoubt", path={"id": unsure}, body={"lead_id": doubtful[0]["id"], "attempt": doubtful[0]["attempt"], "decision": "give_up"})
    for lead in doubtful:
        c.call("getCampaignLead", {"id": unsure, "lead_id": lead["id"]})
    return leads


def told(c, other, cid, leads):
    """Events, and what comes of them: conversations and bookings."""
    sent = [lead for lead in leads if lead["status"] == "sent"]
    batch = [{"id": "s1", "type": "sent", "campaign_id": other, "external_id": "f-1", "at": now(-60)},
             {"id": "r1", "type": "reply", "campaign_id": other, "external_id": "f-1", "at": now(-30), "text": "Tell me more"},
             {"id": "f1", "type": "failed", "campaign_id": other, "external_id": "f-2", "at": now(-30), "failure_class": "recipient_invalid", "code": "550", "text": "unknown"},
             {"id": "r2", "type": "reply", "campaign_id": cid, "lead_id": sent[0]["id"], "at": now(), "text": "Yes"},
             {"id": "a1", "type": "auto_reply", "campaign_id": cid, "lead_id": sent[1]["id"], "at": now(), "text": "Out of office"},
             {"id": "b1", "type": "booked", "email": "stranger1@example.com", "at": now()},
             {"id": "b2", "type": "booked", "email": "stranger2@example.com", "at": now()}]
    answer = c.call("postEvents", body={"events": batch})
    check(answer["accepted"] == 7 and answer["unmatched"] == 2, answer)
    lines = "".join(json.dumps(event) + "\n" for event in batch) + '{"id":"x1","type":"reply","lead_id":"%s"}\nno json\n' % NOBODY
    answer = c.call("postEvents", body=lines, content_type="application/x-ndjson")
    check(answer["duplicate"] == 7 and answer["rejected_total"] == 2 and [r["line"] for r in answer["rejected"]] == [8, 9], answer)
    check(answer["rejected"][0]["id"] == "x1" and answer["rejected"][1]["id"] is None, answer)

    talks = c.walk("listConversations")
    check(talks, "no conversation")
    c.call("listConversations", query={"search": "Person"})
    c.call("searchConversations", query={"q": talks[0]["name"][:4], "limit": 5})
    check(c.call("countUnread")["count"] >= 1, "unread")
    check(any(m["direction"] == "in" for m in c.walk("listConversationMessages", {"id": talks[0]["id"]})), "nothing was said")
    c.call("changeConversation", {"id": talks[0]["id"]}, body={"unread": False, "archived": True})
    c.call("changeConversation", {"id": talks[0]["id"]}, body={"archived": False})
    c.call("deleteConversation", body={"id": talks[-1]["id"]})
    c.walk("listBookings")
    waiting = c.walk("listBookings", query={"unassigned": "true"})
    check(len(waiting) == 2 and waiting[0]["lead_id"] is None, waiting)
    c.call("assignBooking", {"id": waiting[0]["id"]}, body={"lead_id": sent[2]["id"]})
    c.refused(409, "assignBooking", path={"id": waiting[0]["id"]}, body={"lead_id": sent[3]["id"]})


def workspace(c):
    for period in ({}, {"period": "7d"}, {"period": "30d"}):
        for name in ("getDashboardStats", "listDashboardActivity", "getDashboardPerformance", "getMessagesChart", "getBookingsChart"):
            c.call(name, query=period)
    c.walk("listDashboardActivity")
    key = c.call("createApiKey", body={"name": "spare", "rate_limit_per_minute": 600})
    check(key["key"] not in json.dumps(c.walk("listApiKeys")), "a key was shown again")
    c.call("revokeApiKey", {"id": key["id"]})
    c.refused(401, "countCampaigns", key=key["key"])
    stopped = [c.call("createSuppression", body={"kind": kind, "address": address, "reason": "asked"})
               for kind, address in (("email", "no@example.org"), ("phone", "+49 30 1234567"), ("external_id", "p-23"))]
    check("no@example.org" not in json.dumps(stopped), "the address was shown")
    check(len(c.walk("listSuppressions")) == 3, "suppressions")
    c.call("deleteSuppression", {"id": stopped[0]["id"]})
    c.walk("listAudit")


def stream(c):
    """The stream's own format, which no schema can say."""
    op = c.spec.operations["getStream"]
    events = op["responses"]["200"]["content"]["text/event-stream"]["x-events"]
    last = None
    for attempt in range(2):
        connection = http.client.HTTPConnection("127.0.0.1", c.server.port, timeout=20)
        headers = {"X-API-Key": c.server.key, **({"Last-Event-ID": last} if last else {})}
        connection.request("GET", op["path"], headers=headers)
        answer = connection.getresponse()
        c.spec.check_response(op, answer.status, dict(answer.getheaders()), b"")
        c.seen["getStream"].add(str(answer.status))
        if attempt == 1:  # something must change for an event to come
            c.call("createCampaign", body={"name": "For the stream"})
        event, met = {}, 0
        limit = time.monotonic() + 20
        while met < (3 if attempt == 0 else 1):
            check(time.monotonic() < limit, f"the stream told of {met} campaigns within 20 s")
            line = answer.readline().decode().rstrip("\r\n")
            if line.startswith(":"):
                continue
            if line:
                field, _, value = line.partition(":")
                event[field] = value.strip()
            elif "data" in event:
                check(event.get("id") and event.get("event") in events, event)
                try:
                    c.spec.expect(events[event["event"]], json.loads(event["data"]), f"getStream: {event['event']}")
                except Mismatch as problem:
                    c.note(problem)
                last, met, event = event["id"], met + 1, {}
        connection.close()
    c.last["getStream"] = {"path": {}, "query": {}, "body": None, "content_type": "application/json"}


# ---- every refusal --------------------------------------------------------------------------------------------------


def with_nobody(op, arguments):
    """The arguments with the id of something that does not exist."""
    path, body = dict(arguments["path"]), arguments["body"]
    names = [p["name"] for p in op["parameters"] if p["in"] == "path"]
    if names:
        path[names[-1]] = "f" * 32 if op["operationId"] == "deleteSuppression" else NOBODY
    else:
        body = {**body, ("campaign_id" if "campaign_id" in body else "id"): NOBODY}
    return {**arguments, "path": path, "body": body}


def refusals(c):
    """Each 4xx of each operation; 409 that says a state was provoked on the way."""
    poor = c.call("createApiKey", body={"name": "poor", "rate_limit_per_minute": 1})["key"]
    c.send("countCampaigns", key=poor)
    for name, op in c.spec.operations.items():
        arguments = c.last.get(name)
        if arguments is None:
            continue
        documented = op["responses"]
        if "401" in documented:
            for key in ("mf_" + "0" * 32, "nonsense"):
                c.refused(401, name, **arguments, key=key)
        if "429" in documented:
            c.refused(429, name, **arguments, key=poor)
        if "404" in documented:
            c.refused(404, name, **with_nobody(op, arguments))
            if op["path"].count("{") == 1 and "/{id}" in op["path"]:
                c.refused(404, name, **{**arguments, "path": {"id": "nonsense"}})
        if "400" in documented:
            bad_request(c, name, op, arguments)
        if "415" in documented:
            c.refused(415, name, **{**arguments, "body": "some text", "content_type": "text/plain"})
        if "413" in documented:
            too_large(c, name, op, arguments)
        if "409" in documented and any(p["name"] == "Idempotency-Key" for p in op["parameters"]):
            c.refused(409, name, **arguments, headers={"Idempotency-Key": "used"})


def bad_request(c, name, op, arguments):
    if "requestBody" in op:
        with_unknown = {**arguments, "content_type": "application/json", "query": {}, "body": {"nonsense": 1}}
        if name not in ("importLeads", "postEvents", "importFromGroups", "importFromPages"):
            with_unknown["body"] = {**arguments["body"], "nonsense": 1}
        answer = c.refused(400, name, **with_unknown)
        if answer and not name.startswith("importFrom") and "nonsense" not in answer.get("data", {}).get("fieldErrors", {}):
            c.note(f"{name}: an unknown field is not refused by its name: {answer}")
        for text in ('{"a":', '[]', '{"a":"\xff"}'.encode("latin-1"), "[" * 5000):
            c.refused(400, name, **{**with_unknown, "body": text})
    else:
        answer = c.refused(400, name, **{**arguments, "query": {**arguments["query"], "nonsense": "1"}})
        if answer and "nonsense" not in answer.get("data", {}).get("fieldErrors", {}):
            c.note(f"{name}: an unknown parameter is not refused by its name: {answer}")
    for p in op["parameters"]:
        if p["in"] == "query" and p["name"] in ("limit", "offset", "at", "from", "status", "reason", "by", "bucket", "period", "unassigned", "failure_class"):
            c.refused(400, name, **{**arguments, "query": {**arguments["query"], p["name"]: "nonsense"}})


def too_large(c, name, op, arguments):
    """A body that says that it is far too large is refused before it is sent."""
    with socket.create_connection(("127.0.0.1", c.server.port), timeout=20) as s:
        s.sendall((f"{op['method']} {c.url(op, arguments['path'], {})} HTTP/1.1\r\nHost: x\r\nX-API-Key: {c.server.key}\r\n"
                   f"Content-Type: application/json\r\nContent-Length: {1 << 36}\r\n\r\n").encode() + b" " * 1000)
        answer = http.client.HTTPResponse(s, method=op["method"])
        try:
            answer.begin()
            c.spec.check_response(op, answer.status, dict(answer.getheaders()), answer.read())
        except (Mismatch, OSError, http.client.HTTPException) as problem:
            c.note(f"{name}, 64 GiB announced: {problem!r}")
            return
        c.seen[name].add(str(answer.status))
        if answer.status != 413:
            c.note(f"{name}, 64 GiB announced: {answer.status}")


def outside(c):
    """Before a request reaches an operation."""
    for method, path, status in (("GET", "/api/v1/nothing", 404), ("GET", "/nothing", 404), ("PATCH", "/api/v1/campaigns/count", 405), ("DELETE", "/healthz", 405)):
        got, headers, raw = c.server.raw(method, path, None, {"X-API-Key": c.server.key})
        lower = {k.lower(): v for k, v in headers.items()}
        if got != status or (status == 405 and not lower.get("allow")):
            c.note(f"{method} {path}: {got} {headers}")
        try:
            c.spec.expect({"$ref": "#/components/schemas/Error"}, json.loads(raw), f"{method} {path}")
        except (Mismatch, ValueError) as problem:
            c.note(problem)


def never_seen(c):
    for name, op in c.spec.operations.items():
        for status in op["responses"]:
            if status < "500" and status not in c.seen[name]:
                yield f"{name}: {status} stands in the file and was never answered"


def run(spec, binary):
    receiver = Receiver(gateway)
    with tempfile.TemporaryDirectory(prefix="headway-openapi-") as folder:
        server = Server(binary, folder + "/data", "--rate-limit", "1000000")
        server.start()
        c = Caller(spec, server)
        try:
            for name in ("healthz", "readyz", "prometheus"):
                c.call(name)
            people, fair, doubt, _ = collections(c)
            sandbox, hook, slow = accounts(c, receiver)
            cid, other, unsure = campaigns(c, people, fair, doubt, sandbox, hook, slow)
            leads = figures(c, cid, other, unsure, sandbox)
            told(c, other, cid, leads)
            workspace(c)
            stream(c)
            refusals(c)
            outside(c)
            problems = c.problems + list(never_seen(c))
        except Exception as error:
            raise AssertionError("\n".join([*c.problems, f"and then: {error!r}"])) from error
        check(server.stop() == 0, "graceful stop")
        code, text = server.verify()
        check(code == 0, f"verify:\n{text}")
    receiver.close()
    if problems:
        raise AssertionError(f"{len(problems)} differences from the file:\n" + "\n".join(f"  {p}" for p in problems))
    return sum(len(statuses) for statuses in c.seen.values())


def gateway(message):
    if message["lead"]["external_id"].startswith("d-"):
        raise ConnectionError  # cut off after the request was read: nobody knows what became of it
    return 200, {"provider_id": "p"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary", nargs="?")
    parser.add_argument("--spec", default="docs/api/openapi.yaml")
    parser.add_argument("--self-test", action="store_true", help="only whether the validator can say no")
    options = parser.parse_args()
    spec = Spec(options.spec)
    self_test(spec)
    if options.self_test:
        print("openapi_test: the validator says no when it should")
        return
    answers = run(spec, options.binary)
    print(f"openapi_test passed: {len(spec.operations)} operations, {answers} different answers")


if __name__ == "__main__":
    main()
