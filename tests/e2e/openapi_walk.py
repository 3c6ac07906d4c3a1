"""Every operation of the API, used well: part of openapi_test.py. `c` is an openapi_calls.Caller."""

import http.client
import json
import time

from openapi_calls import check, now, wait
from openapi_schema import Mismatch

NOBODY = "9000000000000000001"  # an id of nothing
SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"


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
    cancelled(c)
    return people["id"], fair["id"], doubt["id"], merged["id"]


def cancelled(c):
    """An upload that stops half-way is cancelled from elsewhere: what came is kept, and the upload is refused."""
    row = "c-%d,Person\n"
    sent = ("external_id,name\n" + "".join(row % i for i in range(12000))).encode()
    rest = "".join(row % i for i in range(12000, 40000)).encode()
    upload = http.client.HTTPConnection("127.0.0.1", c.server.port, timeout=60)
    upload.putrequest("POST", "/api/v1/leads/import?name=Cut")
    for header, value in (("X-API-Key", c.server.key), ("Content-Type", "text/csv"), ("Content-Length", len(sent) + len(rest))):
        upload.putheader(header, str(value))
    upload.endheaders(sent)
    wait(lambda: [x for x in c.call("listCollections", query={"search": "Cut"})["items"] if x["job"]["accepted"] >= 5000], "the first rows")
    cut = c.call("listCollections", query={"search": "Cut"})["items"][0]
    check(cut["job"]["state"] == "running" and cut["job"]["bytes_total"] == len(sent) + len(rest), cut)
    job = c.call("cancelImport", {"id": cut["id"]})["job"]
    check(job["state"] == "cancelled" and job["accepted"] >= 5000, job)
    try:
        upload.send(rest)
    except OSError:
        pass  # refused already
    answer = upload.getresponse()
    check(answer.status == 409, (answer.status, answer.read()))
    upload.close()
    after = c.call("getCollection", {"id": cut["id"]})
    check(after["job"]["state"] == "cancelled" and after["leads"] == job["accepted"], (after, job))
    c.refused(409, "cancelImport", path={"id": cut["id"]})
    c.call("deleteCollection", {"id": cut["id"]})


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


def figures(c, cid, other, unsure, sandbox):
    campaign = c.call("getCampaign", {"id": cid})
    check(campaign["delivery_seal"], "a finished campaign is sealed")
    c.call("getCampaign", {"id": unsure})
    c.call("getCampaignMetrics", {"id": cid})
    change = c.call("getCampaignMetrics", {"id": cid}, {"previous": "true"})
    check(change["period"]["delivery"] == campaign["delivery"] and change["previous"]["delivery"]["den"] == 0, change)
    past = c.call("getCampaignMetrics", {"id": cid}, {"as_of": campaign["finished_at"]})
    check(past["counts"] == campaign["counts"], (past["counts"], campaign["counts"]))
    for query in ({}, {"metric": "response", "window_days": 1}):
        compared = c.call("compareCampaigns", query={"ids": f"{cid},{other},{unsure}", **query})
        check(len(compared["campaigns"]) == 3 and all(len(m["differences"]) == 3 for m in compared["metrics"]), compared)
    guard = c.call("getCampaignGuard", {"id": cid})
    check([a["id"] for a in guard["accounts"]] == [sandbox] and campaign["alerts"] == [], guard)
    c.call("acknowledgeGuard", {"id": cid}, body={"account_id": sandbox})
    tried = c.call("backtestGuard", {"id": cid}, body={"false_alarms_per_year": 12})
    check(tried["messages"] == campaign["delivery"]["den"] and tried["sentence"], tried)
    texts = c.call("getCampaignVariants", {"id": cid})
    check([len(step["metrics"]) for step in texts["steps"]] == [3, 0], texts)
    told = c.call("getCampaignDiagnosis", {"id": cid})
    check(told["delivery"] == campaign["delivery"] and told["sentence"], told)
    c.call("getCampaignDiagnosis", {"id": unsure})
    given = c.call("getCampaignAdvice", {"id": cid})
    check(bool(given["items"]) == (given["nothing"] is None), given)
    period = c.call("getCampaignMetrics", {"id": cid}, {"from": campaign["started_at"], "to": now(60)})
    check(period["counts"] is None and period["facts"]["sent"] == campaign["counts"]["sent"], period)
    check(period["previous"]["to"] == period["from"], period)
    for query in ({}, {"bucket": "hour"}, {"bucket": "day", "timezone": "America/New_York", "from": now(-86400 * 3), "to": now(86400)}):
        series = c.call("getCampaignSeries", {"id": cid}, query)
        check(sum(p["delivered"] for p in series["items"]) == campaign["delivery"]["num"], (query, series))
    for by in ("account", "variant", "step", "collection", "failure", "weekday_hour"):
        rows = c.call("getCampaignBreakdown", {"id": cid}, {"by": by})
        check(rows["by"] == by and rows["items"], rows)
        total = campaign["counts"]["failed"] if by == "failure" else campaign["delivery"]["num"]
        check(sum(r["failed" if by == "failure" else "delivered"] for r in rows["items"]) == total, (by, rows))
    forecasts(c, cid, other, sandbox)
    reports(c, cid, other, campaign)
    variant = campaign["steps"][0]["variants"][0]
    filters = [{}, {"status": "sent"}, {"status": "failed", "failure_class": "recipient_unavailable"}, {"account_id": sandbox}, {"variant": variant["id"]},
               {"variant": variant["name"], "step": 1}, {"step": 2}, {"search": "Person 1"}, {"search": "person3@example.org"}, {"reason": "due"}, {"at": 5, "limit": 3},
               {"offset": 5, "limit": 3}, {"contacted": "true"}, {"replied": "true", "status": "sent"}, {"booked": "true"}, {"opted_out": "true"},
               {"delivered_step": 2}, {"ended_by": "replied"}, {"collection_id": campaign["collections"][0]["id"]}]
    for query in filters:
        page = c.call("listCampaignLeads", {"id": cid}, query)
        if "at" in query or "offset" in query:
            check(page["rank_start"] == 5 and len(page["items"]) == 3, page)
    check(len(c.walk("listCampaignLeads", {"id": cid}, {"status": "sent"})) == campaign["counts"]["sent"], "leads by cursor")
    for query in ({}, {"status": "sent"}, {"reason": "due"}):
        rows = c.call("listCampaignLeads", {"id": cid}, {**query, "format": "csv"}).split("\r\n")
        total = c.call("listCampaignLeads", {"id": cid}, query)["total"]
        check(rows[0].startswith("id,number,") and rows[-1] == "" and len(rows) - 2 == total, (query, total, rows[:3]))
    c.refused(400, "listCampaignLeads", path={"id": cid}, query={"format": "csv", "limit": "5"})
    waiting = c.call("getCampaign", {"id": other})["waiting"]
    for reason, n in waiting.items():
        check(c.call("listCampaignLeads", {"id": other}, {"reason": reason})["total"] == n, (reason, waiting))
    leads = c.call("listCampaignLeads", {"id": cid}, {"limit": 500})["items"]
    for lead in leads:
        c.call("getCampaignLead", {"id": cid, "lead_id": lead["id"]})
    c.call("getAccountStats", {"id": sandbox})
    c.walk("listAccountLogs", {"id": sandbox})
    c.walk("listAccountStatusHistory", {"id": sandbox})

    doubtful = c.walk("listInDoubt", {"id": unsure})
    for lead, decision in zip(doubtful, ("count_as_sent", "send_again", "give_up")):
        body = {"lead_id": lead["id"], "attempt": lead["attempt"], "decision": decision}
        c.refused(409, "resolveInDoubt", path={"id": unsure}, body={**body, "attempt": lead["attempt"] + 7})
        c.call("resolveInDoubt", {"id": unsure}, body=body)
    c.refused(409, "resolveInDoubt", path={"id": unsure}, body={"lead_id": doubtful[0]["id"], "attempt": doubtful[0]["attempt"], "decision": "give_up"})
    for lead in doubtful:
        c.call("getCampaignLead", {"id": unsure, "lead_id": lead["id"]})
    return leads


def forecasts(c, cid, other, sandbox):
    check(c.call("getCampaignForecast", {"id": cid})["already"], "a finished campaign is done")
    open_now = c.call("getCampaignForecast", {"id": other})
    check(open_now["paused_note"] and open_now["finish"] and open_now["what_if"] is None, open_now)
    check(open_now["remaining"]["leads"] == c.call("getCampaign", {"id": other})["counts"]["pending"], open_now["remaining"])
    hours = json.dumps({"timezone": "Europe/Berlin", "days": {"mon": [["09:00", "09:05"]]}})
    for query in ({"accounts": "+2"}, {"accounts": sandbox}, {"daily_limit": 1}, {"account_limit": 2}, {"active_hours": hours}):
        asked = c.call("getCampaignForecast", {"id": other}, query)
        check(asked["what_if"]["changed"] and asked["what_if"]["base_finish"], asked)
    check(asked["finish"]["p10"] > open_now["finish"]["p10"], "five minutes a week are slower")
    stuck = c.call("getCampaignForecast", {"id": other}, {"daily_limit": 0})
    check(stuck["finish"] is None and stuck["never"]["reason"] == "daily_limit" and stuck["sentence"].startswith("Never"), stuck)
    for query in ({"accounts": "+0"}, {"accounts": "x"}, {"daily_limit": -1}, {"active_hours": "{"}, {"active_hours": '{"timezone":"Nowhere","days":{}}'}):
        c.refused(400, "getCampaignForecast", path={"id": other}, query=query)


def reports(c, cid, other, campaign):
    report = c.call("getCampaignReport", {"id": cid}, {"sealed": "true"})
    check(report["seal"]["sealed"] and report["counts"] == campaign["counts"], report["seal"])
    check(report["figures"]["messages.delivered"] == campaign["delivery"]["num"], report["figures"])
    check(report["delivery_seal"] == campaign["delivery_seal"], "the seal of the delivery results")
    again = c.call("getCampaignReport", {"id": cid})
    check(again["seal"]["sha256"] == report["seal"]["sha256"], "the same figures have the same seal")
    check(report["seal"]["sha256"] in c.call("getCampaignReport", {"id": cid}, {"format": "csv"}), "CSV")
    page = c.call("getCampaignReport", {"id": cid}, {"format": "html"})
    check(report["seal"]["sha256"] in page and "<svg" in page and "<script" not in page and "http" not in page, page[:200])
    check(not c.call("getCampaignReport", {"id": other})["seal"]["sealed"], "not finished")
    c.refused(409, "getCampaignReport", path={"id": other}, query={"sealed": "true"})
    facts = [json.loads(line) for line in c.call("exportCampaignFacts", {"id": cid}).splitlines()]
    check(facts[0]["campaign_id"] == cid and facts[-1] == {"type": "end", "leads": 24, "version": facts[-1]["version"]}, facts[-1])
    delivered = sum(f["type"] == "message" and f["outcome"] == "delivered" for f in facts)
    check(delivered == campaign["delivery"]["num"], delivered)


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
    check(answer["duplicate"] == 7 and answer["rejected_total"] == 2, answer)
    check({r["line"]: r["id"] for r in answer["rejected"]} == {8: "x1", 9: None}, answer)

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


def users(c):
    check(c.call("getSetup")["required"] is True, "nobody is there yet")
    ada = {"name": "Ada", "email": " Ada@Example.org", "password": "a long sentence is best"}
    owner = c.sign_in("setup", body={**ada, "email": "ada@example.org"})["user"]
    check(owner["role"] == "owner" and owner["email"] == "ada@example.org", owner)
    c.refused(409, "setup", body=ada)
    check(c.call("getSetup") == {"required": False, "key_required": False}, "somebody is there")
    ben = {"name": "Ben", "email": "ben@example.org", "role": "editor", "password": "another long sentence"}
    other = c.call("createUser", body=ben)
    c.refused(409, "createUser", body=ben)
    c.call("createUser", body={**ben, "email": "eve@example.org", "role": "viewer"})
    check({u["name"] for u in c.walk("listUsers")} == {"Ada", "Ben"}, "users")
    check(c.call("listUsers", query={"search": "eve"})["total"] == 1, "search by the beginning of the address")
    check(c.call("changeUser", {"id": other["id"]}, body={"role": "viewer", "name": "Benjamin", "password": "yet another sentence"})["role"] == "viewer", "role")
    c.refused(409, "changeUser", path={"id": owner["id"]}, body={"role": "viewer"})
    c.refused(409, "changeUser", path={"id": other["id"]}, body={"email": "eve@example.org"})
    c.refused(409, "deleteUser", path={"id": owner["id"]})
    c.call("deleteUser", {"id": other["id"]})
    check(c.call("getSession")["user"]["name"] == "Ada", "session")
    before = dict(c.session)
    c.sign_in("changePassword", body={"current_password": ada["password"], "new_password": "a longer sentence is better"})
    check(c.session != before, "the same session after another password")
    c.call("logout")
    c.refused(401, "getSession")
    c.sign_in("login", body={"email": "Ada@example.org ", "password": "a longer sentence is better"})
    for _ in range(6):
        status, _ = c.send("login", body={"email": "nobody@example.org", "password": "wrong"})
    check(status == 429, f"guessing goes on: {status}")
    c.last["login"] = {"path": {}, "query": {}, "body": {"email": "ada@example.org", "password": "wrong"}, "content_type": "application/json"}


def workspace(c):
    for period in ({}, {"period": "7d"}, {"period": "30d"}):
        for name in ("getDashboardStats", "listDashboardActivity", "getDashboardPerformance", "getMessagesChart", "getBookingsChart"):
            c.call(name, query=period)
    performance = c.call("getDashboardPerformance", query={"period": "90d"})
    check(len(performance["items"]) == len(performance["previous"]) == 90, "90 days, and the 90 before")
    check(performance["top_campaigns"][0]["delivered"] + performance["top_campaigns"][0]["undelivered"] > 0, performance["top_campaigns"])
    c.walk("listDashboardActivity")
    key = c.call("createApiKey", body={"name": "spare", "rate_limit_per_minute": 600})
    check(key["key"] not in json.dumps(c.walk("listApiKeys")), "a key was shown again")
    c.call("revokeApiKey", {"id": key["id"]})
    c.refused(401, "countCampaigns", key=key["key"])
    stopped = [c.call("createSuppression", body={"kind": kind, "address": address, "reason": "asked"})
               for kind, address in (("email", "no@example.org"), ("phone", "+49 30 1234567"), ("external_id", "p-23"))]
    check("no@example.org" not in json.dumps(stopped), "the address was shown")
    check({s["id"] for s in stopped} <= {s["id"] for s in c.walk("listSuppressions")}, "suppressions")
    c.call("deleteSuppression", {"id": stopped[0]["id"]})
    c.walk("listAudit")
    before = c.call("getWorkspace")
    check(before["sample"] is None and before["counts"]["campaigns"] == c.call("countCampaigns")["count"], before)
    check(c.call("changeWorkspace", body={"name": "Harbour"})["name"] == c.call("getWorkspace")["name"], "name")
    c.refused(404, "removeSample")
    loaded = c.call("loadSample")
    check(min(loaded.values()) >= 1 and c.call("getWorkspace")["sample"] == loaded, loaded)
    c.refused(409, "loadSample")
    time.sleep(2)  # it sends meanwhile
    gone = c.call("removeSample")
    check(gone["removed"] == loaded and gone["people"] > 0 and not any(gone["kept"].values()), gone)
    after = c.call("getWorkspace")
    check(after["sample"] is None and after["counts"] == before["counts"], (before, after))


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
