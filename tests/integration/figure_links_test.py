#!/usr/bin/env python3
"""Every figure of a campaign leads to the list of leads behind it: at several moments of a simulated campaign, the total of each
link is the figure, and walking the list by cursor meets that many different leads.

Usage, from the root of the repository: figure_links_test.py BINARY
"""

import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from server import Server  # noqa: E402

LEADS = 400


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def figure_of(metrics, name):
    """"response.num" -> metrics["response"]["num"]; the five counts stand under `counts`."""
    if name in metrics["counts"]:
        return metrics["counts"][name]
    value = metrics
    for part in name.split("."):
        value = value[part]
    return value


def leads_of(server, campaign, query):
    """The total, and how many different leads there are by cursor."""
    first = server.call("GET", f"/campaigns/{campaign}/leads?limit=97" + ("&" + query if query else ""))
    ids, page = {lead["id"] for lead in first["items"]}, first
    while page["next_cursor"]:
        page = server.call("GET", f"/campaigns/{campaign}/leads?limit=97&cursor={page['next_cursor']}" + ("&" + query if query else ""))
        ids |= {lead["id"] for lead in page["items"]}
    check(first["total_exact"], f"{query}: the total is not exact")
    return first["total"], len(ids)


def integers(value, path=""):
    """Every integer figure below `counts`, `waiting`, `failures` and the rates, by name."""
    for key, part in value.items():
        name = f"{path}.{key}" if path else key
        if isinstance(part, dict):
            yield from integers(part, name)
        elif isinstance(part, int) and not isinstance(part, bool):
            yield name, part


def look(server, campaign, steps):
    metrics = server.call("GET", f"/campaigns/{campaign}/metrics")
    for name, query in metrics["links"].items():
        figure = figure_of(metrics, name)
        check(leads_of(server, campaign, query) == (figure, figure), f"{name}: {figure}, but ?{query} has {leads_of(server, campaign, query)}")
    delivered = [leads_of(server, campaign, link["query"]) for link in metrics["message_links"]["delivered"]]
    check(sum(n for n, _ in delivered) == sum(n for _, n in delivered) == metrics["delivery"]["num"], (delivered, metrics["delivery"]))
    for link in metrics["message_links"]["undelivered"]:
        check(link["messages"] == metrics["message_failures"][link["class"]], link)
        check(leads_of(server, campaign, link["query"])[0] == link["leads"] <= link["messages"], link)
    # No figure without a link.
    shown = {key: metrics[key] for key in ("counts", "waiting", "failures", "delivery", "response", "conversion", "opt_out", "bookings_per_responder")}
    messages = {"delivery.num", "delivery.den"} if steps > 1 else {"delivery.den"}
    for name, figure in integers(shown):
        short = name.removeprefix("counts.")
        check(short in metrics["links"] or short in messages or short.endswith((".rate", ".lo", ".hi")), f"{name} has no link")
    return metrics


def main():
    with tempfile.TemporaryDirectory() as folder:
        server = Server(sys.argv[1], os.path.join(folder, "data"))
        server.start()
        try:
            people = server.import_csv("People", "external_id,name\n" + "".join(f"p{i},Person {i}\n" for i in range(LEADS)))
            settings = {"seed": 5, "reply_rate": 0.2, "auto_reply_rate": 0.05, "opt_out_rate": 0.05, "booking_rate": 0.5, "reply_delay_s": {"min": 0, "max": 0.3},
                        "failures": {"recipient_invalid": 0.1, "content_rejected": 0.06, "opted_out": 0.02}}
            accounts = [server.call("POST", "/accounts", {"name": f"Desk {i}", "channel": "sandbox", "rate_per_second": 60, "settings": settings}) for i in range(2)]
            campaign = server.call("POST", "/campaigns", {
                "name": "Walk", "collection_ids": [people["id"]], "account_ids": [a["id"] for a in accounts],
                "steps": [{"variants": [{"name": "A", "body": "Hi {{name}}"}, {"name": "B", "body": "Hello"}]}, {"delay": "PT2S", "variants": [{"body": "Again"}]}]})["id"]
            seen = [look(server, campaign, 2)]
            for wanted in (60, 160, 300):
                server.call("PATCH", f"/campaigns/{campaign}", {"paused": False})
                server.wait_for("leads contacted", lambda w=wanted: server.call("GET", f"/campaigns/{campaign}/metrics")["response"]["den"] >= w)
                server.call("PATCH", f"/campaigns/{campaign}", {"paused": True})
                # Reactions that are under way still come in.
                server.wait_for("quiet", lambda: server.call("GET", f"/campaigns/{campaign}/metrics")["waiting"].get("in_flight", 0) == 0)
                time.sleep(0.8)
                seen.append(look(server, campaign, 2))
            last = seen[-1]
            check(last["counts"]["partial"] > 0 and last["counts"]["failed"] > 0 and last["counts"]["pending"] > 0, last["counts"])
            check(last["response"]["num"] > 0 and last["conversion"]["num"] > 0 and last["opt_out"]["num"] > 0, last)
            change = server.call("GET", f"/campaigns/{campaign}/metrics?previous=true")
            check(change["period"]["delivery"] == change["delivery"], "all of it happened within seven days")
            check(change["previous"]["delivery"]["den"] == 0 and change["previous"]["to"] == change["period"]["from"], change["previous"])
        finally:
            server.stop()


main()
