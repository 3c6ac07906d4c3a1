#!/usr/bin/env python3
"""Calls every operation of docs/api/openapi.yaml on a running server, provokes each 4xx that stands there, and checks every
request and answer against the file: statuses, headers, types, bodies. Operations that were never called fail it.

Usage, from the root of the repository: openapi_test.py BINARY [--spec FILE] [--self-test]
"""

import argparse
import http.client
import json
import socket
import sys
import tempfile

sys.path.insert(0, __file__.rsplit("/", 1)[0])
import openapi_walk as walk  # noqa: E402
from openapi_calls import Caller, check  # noqa: E402
from openapi_schema import Mismatch, Spec  # noqa: E402
from receiver import Receiver  # noqa: E402
from server import Server  # noqa: E402


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


# ---- every refusal --------------------------------------------------------------------------------------------------


def with_nobody(op, arguments):
    """The arguments with the id of something that does not exist."""
    path, query, body = dict(arguments["path"]), dict(arguments["query"]), arguments["body"]
    names = [p["name"] for p in op["parameters"] if p["in"] == "path"]
    if names:
        path[names[-1]] = "f" * 32 if op["operationId"] == "deleteSuppression" else walk.NOBODY
    elif "ids" in query:
        query["ids"] += "," + walk.NOBODY
    elif body is not None:
        body = {**body, ("campaign_id" if "campaign_id" in body else "id"): walk.NOBODY}
    return {**arguments, "path": path, "query": query, "body": body}


def refusals(c):
    """Each 4xx of each operation; 409 that says a state was provoked on the way."""
    poor = c.call("createApiKey", body={"name": "poor", "rate_limit_per_minute": 1})["key"]
    c.send("countCampaigns", key=poor)
    keys = {role: c.call("createApiKey", body={"name": role, "role": role})["key"] for role in ("viewer", "editor")}
    for name, op in c.spec.operations.items():
        arguments = c.last.get(name)
        if arguments is None:
            continue
        documented = op["responses"]
        if "401" in documented:
            for key in ("mf_" + "0" * 32, "nonsense"):
                c.refused(401, name, **arguments, key=key)
        if "403" in documented:
            forbidden(c, name, op, arguments, keys)
        if "429" in documented and op.get("security") is None:
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


def forbidden(c, name, op, arguments, keys):
    if op.get("security") is None:
        role = op.get("x-role", "viewer" if op["method"] == "GET" else "editor")
        c.refused(403, name, **arguments, key=keys["editor" if role == "owner" else "viewer"])
        return
    if op["method"] == "GET":
        c.refused(403, name, **arguments, headers={"Host": "rebound.example"})
        return
    for headers in ({"Origin": "https://example.net"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Host": "rebound.example"}):
        c.refused(403, name, **arguments, headers=headers)
    if op["security"]:
        c.refused(403, name, **arguments, headers={"X-CSRF-Token": "0" * 32})


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
        credentials = "".join(f"{header}: {value}\r\n" for header, value in c.credentials(op).items())
        s.sendall((f"{op['method']} {c.url(op, arguments['path'], {})} HTTP/1.1\r\nHost: localhost\r\n{credentials}"
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
    for method, path, status in (("GET", "/api/v1/nothing", 404), ("GET", "/nothing.txt", 404), ("PATCH", "/api/v1/campaigns/count", 405), ("DELETE", "/healthz", 405)):
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
            people, fair, doubt, _ = walk.collections(c)
            sandbox, hook, slow = walk.accounts(c, receiver)
            cid, other, unsure = walk.campaigns(c, people, fair, doubt, sandbox, hook, slow)
            leads = walk.figures(c, cid, other, unsure, sandbox)
            walk.told(c, other, cid, leads)
            walk.workspace(c)
            walk.users(c)
            walk.stream(c)
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
