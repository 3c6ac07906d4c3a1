#!/usr/bin/env python3
"""What a hostile, slow or unlucky client meets: malformed HTTP, limits, cut-offs, repeats, revoked keys, streams, stops.

Usage: api_limits_test.py BINARY
"""

import http.client
import json
import os
import socket
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from server import ApiError, Server  # noqa: E402


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def read_answer(sock):
    """Status, headers and body of one answer with a Content-Length."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(65536)
        if not piece:
            return None, {}, data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines[1:])}
    while len(body) < int(headers.get("content-length", 0)):
        body += sock.recv(65536)
    return int(lines[0].split()[1]), headers, body


def send(server, data, wait=0.0):
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as s:
        s.sendall(data)
        time.sleep(wait)
        return read_answer(s)


def is_error(answer, status):
    got, headers, body = answer
    check(got == status, f"{got} instead of {status}: {body[:200]}")
    check(headers["content-type"] == "application/json", headers)
    parsed = json.loads(body)
    check(parsed["success"] is False and parsed["error"], parsed)
    return parsed


def malformed(server):
    is_error(send(server, b"NONSENSE\r\n\r\n"), 400)
    is_error(send(server, b"GET / HTTP/9.9\r\n\r\n"), 400)
    is_error(send(server, b"GET /x HTTP/1.1\r\nbad header\r\n\r\n"), 400)
    is_error(send(server, b"GET /api/v1/campaigns HTTP/1.1\r\nX: " + b"y" * 20000 + b"\r\n\r\n"), 431)
    is_error(send(server, b"GET /api/v1/nowhere HTTP/1.1\r\nHost: x\r\n\r\n"), 404)
    answer = send(server, b"PUT /api/v1/campaigns HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
    is_error(answer, 405)
    check("GET" in answer[1]["allow"] and "POST" in answer[1]["allow"], answer[1])
    is_error(send(server, b"GET /api/v1/campaigns HTTP/1.1\r\nHost: x\r\n\r\n"), 401)
    for body in (b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", b"Content-Length: -1\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"):
        status = send(server, b"POST /api/v1/campaigns HTTP/1.1\r\nHost: x\r\nX-API-Key: " + server.key.encode() +
                      b"\r\nContent-Type: application/json\r\n" + body)[0]
        check(status in (400, None), status)


def head(server, method, path, more=""):
    return (f"{method} /api/v1{path} HTTP/1.1\r\nHost: x\r\nX-API-Key: {server.key}\r\n{more}").encode()


def one_connection(server):
    """Keep-alive, pipelining, chunked bodies, absolute targets."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as s:
        request = head(server, "GET", "/campaigns/count", "\r\n")
        s.sendall(request * 3)
        rest = b""
        while rest.count(b'"count":') < 3:
            rest += s.recv(65536)
        body = json.dumps({"name": "chunked"}).encode()
        s.sendall(head(server, "POST", "/campaigns", "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"))
        for i in range(len(body)):
            s.sendall(b"1\r\n" + body[i:i + 1] + b"\r\n")
        s.sendall(b"0\r\n\r\n")
        status, _, answer = read_answer(s)
        check(status == 201 and json.loads(answer)["data"]["name"] == "chunked", answer)
        s.sendall(head(server, "GET", "/campaigns/count", "Connection: close\r\n\r\n").replace(b"GET /", b"GET http://x/"))
        status, headers, _ = read_answer(s)
        check(status == 200 and headers["connection"] == "close", headers)
        check(s.recv(10) == b"", "the connection stays open")


def types_and_sizes(server):
    is_error(send(server, head(server, "POST", "/campaigns", "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}")), 415)
    is_error(send(server, head(server, "POST", "/campaigns", "Content-Type: application/json\r\nContent-Length: 9999999\r\n\r\n")), 413)
    is_error(send(server, head(server, "POST", "/leads/import?name=x", f"Content-Type: text/csv\r\nContent-Length: {(16 << 30) + 1}\r\n\r\n")), 413)
    big = head(server, "POST", "/campaigns", "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    big += (b"10000\r\n" + b" " * 65536 + b"\r\n") * 20
    is_error(send(server, big), 413)
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as s:
        s.sendall(head(server, "POST", "/campaigns", "Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 12\r\n\r\n"))
        check(s.recv(100).startswith(b"HTTP/1.1 100 Continue"), "no 100")
        s.sendall(b'{"name":"x"}')
        check(read_answer(s)[0] == 201, "not created")


def repeats(server):
    key = {"Idempotency-Key": "k1"}
    first = server.call("POST", "/campaigns", {"name": "once"}, key)
    status, headers, body = server.raw("POST", "/api/v1/campaigns", json.dumps({"name": "once"}),
                                       {"X-API-Key": server.key, "Content-Type": "application/json", **key})
    check(status == 201 and json.loads(body)["data"]["id"] == first["id"] and headers["Idempotent-Replayed"] == "true", (status, headers))
    for call in (lambda: server.call("POST", "/campaigns", {"name": "other"}, key), ):
        try:
            call()
            raise AssertionError("another request under the same key was taken")
        except ApiError as error:
            check(error.status == 409, error)
    bad = server.raw("POST", "/api/v1/campaigns", json.dumps({"name": 5}), {"X-API-Key": server.key, "Content-Type": "application/json", "Idempotency-Key": "k2"})
    again = server.raw("POST", "/api/v1/campaigns", json.dumps({"name": 5}), {"X-API-Key": server.key, "Content-Type": "application/json", "Idempotency-Key": "k2"})
    check(bad[0] == again[0] == 400 and bad[2] == again[2], (bad, again))


def keys(server):
    made = server.call("POST", "/api-keys", {"name": "few", "rate_limit_per_minute": 3})
    statuses = [server.raw("GET", "/api/v1/campaigns/count", None, {"X-API-Key": made["key"]}) for _ in range(5)]
    check([s[0] for s in statuses] == [200, 200, 200, 429, 429], [s[0] for s in statuses])
    check(int(statuses[3][1]["Retry-After"]) >= 1 and statuses[3][1]["X-RateLimit-Remaining"] == "0", statuses[3][1])
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as s:
        other = server.call("POST", "/api-keys", {"name": "short-lived"})
        request = f"GET /api/v1/campaigns/count HTTP/1.1\r\nHost: x\r\nX-API-Key: {other['key']}\r\n\r\n".encode()
        s.sendall(request)
        check(read_answer(s)[0] == 200, "a new key works")
        server.call("DELETE", f"/api-keys/{other['id']}")
        s.sendall(request)
        check(read_answer(s)[0] == 401, "a revoked key still works on an open connection")
    shown = json.dumps(server.call("GET", "/api-keys"))
    check(made["key"] not in shown and made["key"][:7] in shown, "a key was shown again")


def secrets(server):
    secret = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="
    account = server.call("POST", "/accounts", {"name": "a", "channel": "webhook", "settings": {"url": "http://127.0.0.1:9/x", "secret": secret}})
    check(account["settings"]["secret"] == "********", account["settings"])
    changed = server.call("PATCH", "/accounts", {"id": account["id"], "name": "b", "settings": account["settings"]})
    check(changed["name"] == "b" and changed["settings"]["secret"] == "********", changed)


def slow_client(server):
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port), timeout=40) as s:
        s.sendall(b"GET /healthz HT")
        answer = read_answer(s)
    check(answer[0] == 408 and 8 < time.monotonic() - began < 20, (answer, time.monotonic() - began))


def events(server):
    lines = [json.dumps({"id": f"x{i}", "type": "reply", "lead_id": "1"}) for i in range(3)]
    text = "\n".join([lines[0], "", "not json", '{"id":"long","text":"' + "y" * 70000 + '"}', lines[1]])
    answer = server.call("POST", "/events", text.encode(), {"Content-Type": "application/x-ndjson"})
    by_line = {r["line"]: r["error"] for r in answer["rejected"]}
    check(set(by_line) == {1, 3, 4, 5} and "64 KiB" in by_line[4] and "JSON" in by_line[3], answer)
    many = ("{}\n" * 30000).encode()
    answer = server.call("POST", "/events", many, {"Content-Type": "application/x-ndjson"})
    check(answer["rejected_total"] == 30000 and len(answer["rejected"]) == 1000, answer["rejected_total"])


def next_event(answer, limit=20):
    event, end = {}, time.monotonic() + limit
    while time.monotonic() < end:
        line = answer.readline().decode().rstrip("\n")
        if not line and "data" in event:
            return event
        name, _, value = line.partition(": ")
        event[name] = value
    raise AssertionError("no event")


def stream(server, path, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", "/api/v1/stream" + path, headers={"X-API-Key": server.key, **(headers or {})})
    answer = connection.getresponse()
    check(answer.status == 200, answer.status)
    return connection, answer


def streams(server):
    campaign = server.call("POST", "/campaigns", {"name": "watched"})
    one, answer = stream(server, "?campaign_id=" + campaign["id"])
    first = next_event(answer)
    check(json.loads(first["data"])["id"] == campaign["id"] and first["event"] == "campaign", first)
    server.call("PATCH", "/campaigns", {"id": campaign["id"], "name": "renamed"})
    second = next_event(answer)
    check(json.loads(second["data"])["name"] == "renamed", second)
    one.close()
    server.call("PATCH", "/campaigns", {"id": campaign["id"], "name": "while away"})
    two, answer = stream(server, "", {"Last-Event-ID": second["id"]})
    third = next_event(answer)
    check(json.loads(third["data"])["name"] == "while away", third)
    server.call("DELETE", f"/campaigns/{campaign['id']}")
    check(next_event(answer)["event"] == "campaign_removed", "a destroyed campaign is told")
    two.close()
    is_error(send(server, head(server, "GET", "/stream?campaign_id=x", "\r\n")), 400)


def stop_finishes_what_runs(server):
    """An upload that is under way when the server is told to stop: what came is kept, and the stop does not hang."""
    rows = b"external_id,name\n" + b"".join(b"u-%d,Name %d\n" % (i, i) for i in range(20000))
    s = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    s.sendall(head(server, "POST", "/leads/import?name=stopped", f"Content-Type: text/csv\r\nContent-Length: {2 * len(rows)}\r\n\r\n") + rows)
    quick = []
    thread = threading.Thread(target=lambda: quick.append(send(server, head(server, "GET", "/leads", "\r\n"))))
    thread.start()
    thread.join()
    time.sleep(0.5)
    began = time.monotonic()
    check(server.stop(timeout=40) == 0, "the stop failed")
    took = time.monotonic() - began
    s.close()
    check(quick[0][0] == 200 and took < 20, (quick[0][0], took))
    code, text = server.verify()
    check(code == 0, text)
    server.start()
    row = next(r for r in server.call("GET", "/leads?search=stopped")["items"])
    check(row["job"]["state"] == "interrupted" and row["job"]["accepted"] > 0 and row["job"]["error"], row)


def main():
    with tempfile.TemporaryDirectory(prefix="headway-limits-") as folder:
        server = Server(os.path.abspath(sys.argv[1]), folder + "/data", "--rate-limit", "100000")
        server.start()
        slow = threading.Thread(target=slow_client, args=(server,))
        slow.start()
        for part in (malformed, one_connection, types_and_sizes, repeats, keys, secrets, events, streams):
            part(server)
        slow.join()
        stop_finishes_what_runs(server)
        check(server.stop() == 0, "graceful stop")
    print("api_limits_test passed")


if __name__ == "__main__":
    main()
