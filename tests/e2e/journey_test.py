#!/usr/bin/env python3
"""The whole of it over HTTP with a CSV of 10,000 people, as a user would go through it.

Usage: journey_test.py BINARY [--leads N]
"""

import argparse
import datetime
import http.client
import json
import socket
import sys
import tempfile
import threading
import time

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from receiver import Receiver  # noqa: E402
from server import ApiError, Server  # noqa: E402


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def refused(status, call, *parts):
    """The call must fail with this status, and its answer must contain each of the parts."""
    try:
        answer = call()
    except ApiError as error:
        check(error.status == status, f"expected {status}, got {error}")
        check(error.body["success"] is False and error.body["error"], error.body)
        for part in parts:
            check(part in json.dumps(error.body), f"{part!r} is not in {error.body}")
        return error.body
    raise AssertionError(f"expected {status}, got {answer}")


def people(n):
    rows = ["\ufeffexternal_id;Name;E-Mail;Company;City"]
    for i in range(n):
        company = f'"Smith; ""Sons"" {i}"' if i % 100 == 3 else f"Firm {i % 17}"
        city = '"New\nTown"' if i % 1000 == 5 else "Köln"
        rows.append(f"c-{i};Person {i};person{i}@example.org;{company};{city}")
    rows.append("c-1;Person 1 again;other@example.org;Firm;Bonn")  # a duplicate by external id
    rows.append(";Nobody;;Firm;Bonn")  # no address at all
    rows.append("c-x;Wrong;not an address;Firm;Bonn")  # a bad e-mail
    rows.append("too;few")
    return "\r\n".join(rows) + "\r\n"


def add_up(campaign):
    c = campaign["counts"]
    check(c["total"] == c["sent"] + c["failed"] + c["pending"] + c["partial"], c)
    check(sum(campaign["waiting"].values()) == c["pending"] + c["partial"], (campaign["waiting"], c))
    return campaign


class Watcher(threading.Thread):
    """Reads the figures all the time while things happen, and remembers the first that does not add up."""

    def __init__(self, server, campaign):
        super().__init__(daemon=True)
        self.server, self.campaign, self.stopping, self.looks, self.problem = server, campaign, False, 0, None

    def run(self):
        processed, version = 0, 0
        while not self.stopping:
            try:
                c = add_up(self.server.call("GET", f"/campaigns/{self.campaign}"))
                done = c["counts"]["sent"] + c["counts"]["failed"]
                check(done >= processed, f"processed leads went back: {processed} -> {done}")
                check(c["version"] >= version, "the version went back")
                processed, version = done, c["version"]
                self.looks += 1
            except Exception as error:  # remembered and raised by the main thread
                self.problem = error
                return


def stream_sees_the_campaign(server, campaign):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", "/api/v1/stream", headers={"X-API-Key": server.key})
    answer = connection.getresponse()
    check(answer.status == 200 and answer.headers["Content-Type"].startswith("text/event-stream"), answer.status)
    limit = time.monotonic() + 20
    while time.monotonic() < limit:
        line = answer.readline().decode()
        if line.startswith("data:") and campaign in line:
            connection.close()
            return True
    return False


def every_figure_leads_to_its_leads(server, campaign):
    """The length of each list is the figure."""
    c = server.call("GET", f"/campaigns/{campaign}")
    for status in ("sent", "failed", "pending", "partial"):
        page = server.call("GET", f"/campaigns/{campaign}/leads?status={status}&limit=5")
        check(page["total"] == c["counts"][status], (status, page["total"], c["counts"]))
    for reason, n in c["waiting"].items():
        page = server.call("GET", f"/campaigns/{campaign}/leads?reason={reason}&limit=500")
        check(page["total"] == n, (reason, page["total"], n))
        check(all(lead["reason"] == reason for lead in page["items"]), reason)
    walked, cursor = 0, ""
    while True:
        page = server.call("GET", f"/campaigns/{campaign}/leads?status=failed&limit=37" + (f"&cursor={cursor}" if cursor else ""))
        check(all(lead["status"] == "failed" and lead["failure"]["class"] for lead in page["items"]), page["items"][:1])
        walked += len(page["items"])
        cursor = page.get("next_cursor")
        if not cursor:
            break
    check(walked == c["counts"]["failed"], (walked, c["counts"]))
    middle = server.call("GET", f"/campaigns/{campaign}/leads?at={c['counts']['total'] // 2}&limit=1")
    check(middle["rank_start"] == c["counts"]["total"] // 2 and len(middle["items"]) == 1, middle)


def bad_input(server, collection, account):
    campaigns = lambda body: (lambda: server.call("POST", "/campaigns", body))  # noqa: E731
    refused(400, campaigns({}), "fieldErrors", "name")
    refused(400, campaigns({"name": "x", "colour": "red"}), "colour")
    refused(400, campaigns({"name": 7}), "name")
    refused(400, campaigns({"name": "x", "daily_limit": 0}), "daily_limit")
    refused(400, campaigns({"name": "x", "daily_limit": -3}), "daily_limit")
    refused(400, campaigns({"name": "x", "active_hours": {"timezone": "Europe/Atlantis", "days": {}}}), "timezone")
    refused(400, campaigns({"name": "x", "active_hours": {"timezone": "UTC", "days": {"mon": [["17:00", "09:00"]]}}}), "active_hours")
    refused(400, campaigns({"name": "x", "steps": [{"variants": [{"name": "A", "body": "a", "weight": 0}]}]}), "weight")
    refused(400, campaigns({"name": "x", "message": "Hi {{first_name"}), "fieldErrors")
    empty = server.call("POST", "/campaigns", {"name": "empty"})
    check(empty["state"] == "paused" and empty["progress"] is None and empty["counts"]["total"] == 0, empty)
    missing = refused(400, lambda: server.call("PATCH", "/campaigns", {"id": empty["id"], "paused": False}), "fieldErrors")
    check(len(missing["data"]["fieldErrors"]) >= 3, missing)
    lacking = server.call("POST", "/campaigns", {"name": "lacking", "collection_ids": [collection], "account_ids": [account],
                                                "message": "Hi {{nickname}}"})
    refused(400, lambda: server.call("PATCH", "/campaigns", {"id": lacking["id"], "paused": False}), "nickname")
    refused(404, lambda: server.call("GET", "/campaigns/999999"))
    refused(400, lambda: server.call("POST", "/leads/groups", {}))
    status, headers, body = server.raw("POST", "/api/v1/campaigns", b'{"name": "x"', {"X-API-Key": server.key, "Content-Type": "application/json"})
    check(status == 400 and json.loads(body)["success"] is False, (status, body))
    status, _, body = server.raw("POST", "/api/v1/campaigns", b"[" * 5000, {"X-API-Key": server.key, "Content-Type": "application/json"})
    check(status == 400, (status, body))
    status, _, body = server.raw("POST", "/api/v1/campaigns", b" " * (3 << 20), {"X-API-Key": server.key, "Content-Type": "application/json"})
    check(status == 413, (status, body[:200]))
    status, _, body = server.raw("GET", "/api/v1/campaigns", None, {"X-API-Key": "mf_" + "0" * 32})
    check(status == 401 and json.loads(body)["success"] is False, (status, body))
    status, headers, _ = server.raw("GET", "/api/v1/campaigns/count", None, {"x-api-key": server.key})
    check(status == 200 and int(headers["X-RateLimit-Limit"]) > 0, headers)
    for text, column in (("", ""), ("name\n", "")):
        try:
            job = server.import_csv("nothing", text)["job"]
            check(job["state"] in ("failed", "done") and job["accepted"] == 0, job)
        except ApiError as error:
            check(error.status == 400, error)
    latin = "external_id,name\n1,M\xfcller\n2,Meier\n".encode("latin-1")
    as_utf8 = server.import_csv("latin unnamed", latin)["job"]
    check(as_utf8["accepted"] == 1 and as_utf8["rejected"] == 1, f"Latin-1 must not be guessed silently: {as_utf8}")
    named = server.import_csv("latin named", latin, "&encoding=latin-1")
    check(named["job"]["accepted"] == 2, named["job"])
    names = {p["name"] for p in server.call("GET", f"/leads/{named['id']}/leads")["items"]}
    check("Müller" in names, names)


def cut_off_upload(server):
    body = b"external_id,name\n" + b"".join(b"u-%d,Name %d\n" % (i, i) for i in range(20000))
    with socket.create_connection(("127.0.0.1", server.port)) as s:
        s.sendall((f"POST /api/v1/leads/import?name=cut HTTP/1.1\r\nHost: x\r\nX-API-Key: {server.key}\r\n"
                   f"Content-Type: text/csv\r\nContent-Length: {len(body) * 2}\r\n\r\n").encode())
        s.sendall(body)
        time.sleep(0.5)
    def ended():
        for row in server.call("GET", "/leads?search=cut")["items"]:
            if row["job"]["state"] != "running":
                return row
        return None
    row = server.wait_for("the cut-off import's end", ended, 30)
    check(row["job"]["state"] in ("failed", "interrupted"), row)
    check(row["job"]["accepted"] > 0, f"what came before the cut is kept: {row}")


def pause_holds_within_a_second(server, receiver, campaign):
    server.call("PATCH", "/campaigns", {"id": campaign, "paused": False})
    start = receiver.requests
    server.wait_for("sending", lambda: receiver.requests > start + 200, 60)
    began = time.monotonic()
    answer = server.call("PATCH", "/campaigns", {"id": campaign, "paused": True})
    took = time.monotonic() - began
    check(took < 1.0, f"pausing took {took:.2f} s")
    check(answer["state"] == "paused" and "in_flight" in answer["pause"] and "last_handed_over_at" in answer["pause"], answer)
    time.sleep(0.3)  # what was in flight at the receipt may still arrive
    after = receiver.requests
    time.sleep(1.0)
    check(receiver.requests == after, f"{receiver.requests - after} messages after the pause")
    c = add_up(server.call("GET", f"/campaigns/{campaign}"))
    check(c["waiting"].get("campaign_paused", 0) == c["counts"]["pending"] + c["counts"]["partial"], c["waiting"])


def limits_hold(server, receiver, collection):
    """A limit of 1 sends 1, and the rest says why it waits and until when."""
    left = 3600 - time.time() % 3600
    if left < 30:  # a day ends with some hour: not in the middle of this
        time.sleep(left + 1)
    account = server.call("POST", "/accounts", {"name": "one a day", "channel": "webhook", "timezone": "Europe/Berlin", "daily_limit": 1,
                                                "rate_per_second": 1000, "settings": {"url": receiver.url, "idempotent": True}})["id"]
    campaign = server.call("POST", "/campaigns", {"name": "limited", "collection_ids": [collection], "account_ids": [account],
                                                  "message": "one {{external_id}}"})["id"]
    server.call("PATCH", "/campaigns", {"id": campaign, "paused": False})
    server.wait_for("the first", lambda: server.call("GET", f"/campaigns/{campaign}")["counts"]["sent"] == 1, 20)
    time.sleep(1.5)
    c = add_up(server.call("GET", f"/campaigns/{campaign}"))
    check(c["counts"]["sent"] == 1, c["counts"])
    check(c["waiting"].get("account_daily_limit") == c["counts"]["pending"], c["waiting"])
    check(server.call("GET", f"/accounts/{account}/stats")["today"] == {"used": 1, "limit": 1}, "today")
    lead = server.call("GET", f"/campaigns/{campaign}/leads?status=pending&limit=1")["items"][0]
    check(lead["reason"] == "account_daily_limit" and lead["next_at"] > datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"), lead)

    plenty = server.call("POST", "/accounts", {"name": "plenty", "channel": "webhook", "rate_per_second": 1000,
                                               "settings": {"url": receiver.url, "idempotent": True}})["id"]
    campaign = server.call("POST", "/campaigns", {"name": "campaign limit", "collection_ids": [collection], "account_ids": [plenty],
                                                  "daily_limit": 3, "message": "three {{external_id}}"})["id"]
    server.call("PATCH", "/campaigns", {"id": campaign, "paused": False})
    server.wait_for("three", lambda: server.call("GET", f"/campaigns/{campaign}")["counts"]["sent"] == 3, 20)
    time.sleep(1)
    c = add_up(server.call("GET", f"/campaigns/{campaign}"))
    check(c["counts"]["sent"] == 3 and c["waiting"] == {"campaign_daily_limit": c["counts"]["pending"]}, c)

    closed_day = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=3)).strftime("%a").lower()
    campaign = server.call("POST", "/campaigns", {"name": "closed", "collection_ids": [collection], "account_ids": [plenty], "message": "x",
                                                  "active_hours": {"timezone": "UTC", "days": {closed_day: [["09:00", "17:00"]]}}})["id"]
    server.call("PATCH", "/campaigns", {"id": campaign, "paused": False})
    time.sleep(0.7)
    c = add_up(server.call("GET", f"/campaigns/{campaign}"))
    check(c["counts"]["sent"] == 0 and c["waiting"] == {"active_hours": c["counts"]["pending"]}, c)
    check(c["next_send_at"] and c["next_send_at"].endswith("09:00:00Z"), c["next_send_at"])


def events_count_once(server, campaign, total):
    """Replies, bookings and opt-outs told by an outside sender; the same again changes nothing."""
    sent = server.call("GET", f"/campaigns/{campaign}/leads?status=sent&limit=30")["items"]
    at = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    events = [{"id": f"r{i}", "type": "reply", "campaign_id": campaign, "lead_id": lead["id"], "at": at, "text": "Tell me more"}
              for i, lead in enumerate(sent[:20])]
    events += [{"id": f"b{i}", "type": "booked", "campaign_id": campaign, "lead_id": lead["id"], "at": at} for i, lead in enumerate(sent[:5])]
    events += [{"id": "o1", "type": "opted_out", "campaign_id": campaign, "lead_id": sent[25]["id"], "at": at}]
    events += [{"id": "bad", "type": "reply", "campaign_id": campaign, "lead_id": "1", "at": at}]
    answer = server.call("POST", "/events", {"events": events})
    check(answer["accepted"] == 26 and answer["duplicate"] == 0 and len(answer["rejected"]) == 1, answer)
    check(answer["rejected"][0]["id"] == "bad" and answer["rejected"][0]["error"], answer)
    lines = "\n".join(json.dumps(event) for event in events[:26]) + "\n"
    answer = server.call("POST", "/events", lines.encode(), {"Content-Type": "application/x-ndjson"})
    check(answer["accepted"] == 0 and answer["duplicate"] == 26, answer)
    metrics = server.call("GET", f"/campaigns/{campaign}/metrics")
    check(metrics["response"]["num"] == 20 and metrics["conversion"]["num"] == 5 and metrics["opt_out"]["num"] == 1, metrics)
    check(metrics["counts"]["total"] == total, metrics["counts"])
    check(server.call("GET", "/inbox/conversations/unread-count")["count"] == 20, "unread")
    timeline = server.call("GET", f"/campaigns/{campaign}/leads/{sent[0]['id']}")
    check(len(timeline["messages"]) >= 1 and any("repl" in e["kind"] for e in timeline["events"]), timeline)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--leads", type=int, default=10000)
    options = parser.parse_args()
    n = options.leads

    def gateway(message):
        number = int(message["lead"]["external_id"].split("-")[1])
        if number % 40 == 9:
            return 422, {"class": "recipient_invalid", "code": "550", "text": "unknown"}
        return 200, {"provider_id": f"p{number}"}

    receiver = Receiver(gateway)
    with tempfile.TemporaryDirectory(prefix="headway-journey-") as folder:
        server = Server(options.binary, folder + "/data", "--rate-limit", "1000000")
        server.start()
        collection = server.import_csv("Trade fair", people(n))
        job = collection["job"]
        check((job["accepted"], job["duplicate"], job["rejected"]) == (n, 1, 3), job)
        rejected = server.call("GET", f"/leads/{collection['id']}/rejections")["items"]
        check(len(rejected) == 3 and all(r["line"] > n and r["reason"] for r in rejected), rejected)
        check(any(r["column"] == "E-Mail" for r in rejected), rejected)
        small = server.import_csv("small", "external_id,name\n" + "".join(f"s-{i},S {i}\n" for i in range(20)))["id"]

        account = server.call("POST", "/accounts", {"name": "North desk", "channel": "webhook", "timezone": "Europe/Berlin",
                                                    "rate_per_second": 1500, "settings": {"url": receiver.url, "secret": "whsec_" + "QUJD" * 8, "idempotent": True}})
        check("QUJD" not in json.dumps(account), "a secret was shown")
        check("QUJD" not in json.dumps(server.call("GET", f"/accounts/{account['id']}")), "a secret was shown")
        campaign = server.call("POST", "/campaigns", {
            "name": "Spring Launch", "collection_ids": [collection["id"]], "account_ids": [account["id"]],
            "steps": [{"variants": [{"name": "A", "body": "Hi {{first_name}} at {{company}}", "weight": 1}, {"name": "B", "body": "Dear {{name}}", "weight": 3}]},
                      {"delay": "PT2S", "variants": [{"body": "Any news, {{first_name|friend}}?"}]}]})
        check(campaign["state"] == "paused" and campaign["counts"] == {"sent": 0, "failed": 0, "pending": n, "partial": 0, "total": n}, campaign)
        check(campaign["waiting"] == {"campaign_paused": n}, campaign["waiting"])
        cid = campaign["id"]
        preview = server.call("POST", f"/campaigns/{cid}/preview", {})
        check("Person" in json.dumps(preview), preview)
        repeat = {"Idempotency-Key": "once"}
        one = server.call("POST", f"/campaigns/{cid}/duplicate", {}, repeat)
        two = server.call("POST", f"/campaigns/{cid}/duplicate", {}, repeat)
        check(one["id"] == two["id"] and one["state"] == "paused", (one, two))

        bad_input(server, small, account["id"])
        cut_off_upload(server)

        watcher = Watcher(server, cid)
        watcher.start()
        pause_holds_within_a_second(server, receiver, cid)
        every_figure_leads_to_its_leads(server, cid)
        server.call("PATCH", f"/campaigns/{cid}", {"paused": False})
        check(stream_sees_the_campaign(server, cid), "the stream never told of the campaign")
        server.wait_for("finished", lambda: server.call("GET", f"/campaigns/{cid}")["state"] == "finished", 180, 0.2)
        watcher.stopping = True
        watcher.join()
        check(watcher.problem is None, watcher.problem)
        check(watcher.looks > 20, watcher.looks)

        c = add_up(server.call("GET", f"/campaigns/{cid}"))
        bad = sum(1 for i in range(n) if i % 40 == 9)
        check(c["counts"] == {"sent": n - bad, "failed": bad, "pending": 0, "partial": 0, "total": n}, c["counts"])
        check(c["progress"] == 100 and c["finished_at"], c)
        check(c["delivery"]["num"] == 2 * (n - bad) and c["delivery"]["den"] == 2 * (n - bad) + bad, c["delivery"])
        check(c["band"] == "high" and c["delivery"]["lo"] < c["delivery"]["rate"] < c["delivery"]["hi"], c)
        check(len(receiver.accepted) == 2 * (n - bad) and max(receiver.accepted.values()) == 1, "the gateway's own count")
        every_figure_leads_to_its_leads(server, cid)
        by_variant = server.call("GET", f"/campaigns/{cid}/breakdown?by=variant")
        check(by_variant, by_variant)
        refused(409, lambda: server.call("PATCH", "/campaigns", {"id": cid, "paused": False}), "finished")
        refused(409, lambda: server.call("PATCH", "/campaigns", {"id": cid, "collection_ids": [collection["id"], small]}), "finished")
        events_count_once(server, cid, n)
        before_start = server.call("GET", f"/campaigns/{cid}/metrics?as_of={c['started_at']}")
        check(before_start["counts"]["sent"] == 0 and before_start["counts"]["total"] == n, before_start["counts"])
        series = server.call("GET", f"/campaigns/{cid}/series")
        check(sum(p["delivered"] for p in series["items"]) == c["delivery"]["num"], series)
        stats = server.call("GET", f"/accounts/{account['id']}/stats")
        check(stats["lifetime"]["sent"] == c["delivery"]["num"] and stats["lifetime"]["failed"] == bad, stats)
        check(stats["last_30_days"] == stats["lifetime"], stats)
        check(any(entry["kind"] == "campaign.finished" for entry in server.call("GET", f"/campaigns/{cid}/activity")["items"]), "activity")

        limits_hold(server, receiver, small)
        status, _, text = server.raw("GET", "/metrics")
        check(status == 200 and b"headway_" in text, text[:200])
        check(server.stop() == 0, "graceful stop")
        code, text = server.verify()
        check(code == 0, f"verify:\n{text}")
    receiver.close()
    print("journey_test passed")


if __name__ == "__main__":
    main()
