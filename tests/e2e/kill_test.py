#!/usr/bin/env python3
"""20,000 leads with follow-ups, SIGKILL at random moments: nobody twice, nobody skipped.

Usage: kill_test.py BINARY [--leads N] [--kills N] [--seed N]

Two runs: an idempotent gateway (resends under one key are allowed and counted as one message) and one that is not
(what was in flight at a kill must wait in doubt and is never sent again by itself; here the gateway's record decides).
"""

import argparse
import random
import sys
import tempfile
import time

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from receiver import Receiver  # noqa: E402
from server import Server  # noqa: E402


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def answer_for(message):
    """A bad address stays bad: decided by the person, so that a resend gets the same answer."""
    number = int(message["lead"]["external_id"].split("-")[1])
    if number % 50 == 7:
        return 422, {"class": "recipient_invalid", "code": "no_such_user", "text": "no such user"}
    return 200, {"provider_id": "p" + message["id"]}


def run(binary, leads, kills, seed, idempotent):
    rng = random.Random(seed)
    receiver = Receiver(answer_for)
    with tempfile.TemporaryDirectory(prefix="headway-kill-") as folder:
        server = Server(binary, folder + "/data", "--rate-limit", "1000000")
        server.start()
        rows = ["external_id,name,email"] + [f"c-{i},Person {i},p{i}@example.org" for i in range(leads)]
        collection = server.import_csv("fair", "\n".join(rows) + "\n")
        check(collection["job"]["accepted"] == leads, f"imported {collection['job']}")
        accounts = [
            server.call("POST", "/accounts", {
                "name": f"desk {i}", "channel": "webhook", "timezone": "Europe/Berlin", "rate_per_second": 2000,
                "settings": {"url": receiver.url, "idempotent": idempotent, "timeout_ms": 5000}})["id"]
            for i in range(3)
        ]
        campaign = server.call("POST", "/campaigns", {
            "name": "Spring", "collection_ids": [collection["id"]], "account_ids": accounts,
            "steps": [{"variants": [{"name": "A", "body": "Hi {{first_name}}"}, {"name": "B", "body": "Hello {{name}}"}]},
                      {"delay": "PT1S", "variants": [{"body": "Still there, {{first_name|friend}}?"}]}]})["id"]
        server.call("PATCH", "/campaigns", {"id": campaign, "paused": False})

        slowest_start = 0.0
        for _ in range(kills):
            # Moments drawn over the whole life: right after the start, mid-dispatch, mid-commit.
            time.sleep(rng.choice([0.0, 0.02, 0.1, 0.3, 0.6]) * rng.random())
            if rng.random() < 0.25:
                server.call("PATCH", "/campaigns", {"id": campaign, "paused": True})
                server.call("PATCH", "/campaigns", {"id": campaign, "paused": False})
            server.kill()
            code, text = server.verify() if rng.random() < 0.15 else (0, "")
            check(code == 0, f"verify after a kill:\n{text}")
            slowest_start = max(slowest_start, server.start())

        def settled():
            c = server.call("GET", f"/campaigns/{campaign}")
            waiting = {k: v for k, v in c["waiting"].items() if v and k != "in_doubt"}
            return c if not waiting and c["counts"]["pending"] + c["counts"]["partial"] == c["waiting"].get("in_doubt", 0) else None

        server.wait_for("the campaign's end", settled, 600, 0.5)
        doubts = 0
        while True:
            page = server.call("GET", f"/campaigns/{campaign}/in-doubt?limit=500")["items"]
            if not page:
                break
            for lead in page:
                doubts += 1
                what = (lead["id"], lead["step"])
                decision = ("count_as_sent" if receiver.accepted[what] else
                            "give_up" if what in receiver.failed else "send_again")
                server.call("POST", f"/campaigns/{campaign}/in-doubt/resolve",
                            {"lead_id": lead["id"], "decision": decision})
            server.wait_for("the rest", settled, 120, 0.2)
        campaign_end = server.wait_for(
            "finished", lambda: (lambda c: c if c["state"] == "finished" else None)(server.call("GET", f"/campaigns/{campaign}")), 60)

        counts = campaign_end["counts"]
        check(counts["total"] == leads, counts)
        check(counts["pending"] == 0 and counts["partial"] == 0 and counts["sent"] + counts["failed"] == leads, counts)
        bad = sum(1 for i in range(leads) if i % 50 == 7)
        check(len(receiver.people) == leads - bad, f"{leads - bad - len(receiver.people)} people were skipped")
        check(max(receiver.people.values()) == 1, "somebody got the first message twice")
        check(len(receiver.accepted) == 2 * (leads - bad), f"messages delivered: {len(receiver.accepted)}")
        twice = [w for w, n in receiver.accepted.items() if n > 1]
        check(not twice, f"delivered twice: {twice[:5]}")
        resent = sum(1 for n in receiver.by_key.values() if n > 1)
        if idempotent:
            many = [w for w, keys in receiver.key_of.items() if len(keys) > 1]
            check(not many, f"more than one key: {many[:5]}")
            check(counts["sent"] == leads - bad and counts["failed"] == bad, counts)
            check(doubts == 0, f"{doubts} in doubt on an idempotent channel")
        else:
            check(resent == 0, f"{resent} requests were repeated on a channel that is not idempotent")
        delivery = campaign_end["delivery"]
        check(delivery["num"] == len(receiver.accepted), (delivery, len(receiver.accepted)))
        check(server.stop() == 0, "graceful stop")
        code, text = server.verify()
        check(code == 0, f"verify:\n{text}")
        print(f"idempotent={idempotent}: {leads} leads, {kills} kills, {receiver.requests} requests, {resent} resent under their key, "
              f"{doubts} resolved from doubt, slowest start {slowest_start * 1000:.0f} ms, verify clean", flush=True)
    receiver.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--leads", type=int, default=20000)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 31)
    print(f"seed {seed}", flush=True)
    run(options.binary, options.leads, options.kills, seed, True)
    run(options.binary, options.leads // 4, options.kills // 2, seed + 1, False)
    print("kill_test passed")


if __name__ == "__main__":
    main()
