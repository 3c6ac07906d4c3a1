#!/usr/bin/env python3
"""Who may do what: sessions, roles over every route, CSRF, rebinding, the first user, and the pages of the UI.

Usage: users_test.py BINARY
"""

import gzip
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from openapi_schema import Spec  # noqa: E402
from server import Server  # noqa: E402

NOBODY = "9000000000000000001"
PASSWORD = "a long sentence is best"
ROLES = ("viewer", "editor", "owner")


def check(condition, message):
    if not condition:
        raise AssertionError(message)


class Browser:
    """A client with a cookie and the session's token."""

    def __init__(self, server):
        self.server, self.cookie, self.csrf, self.headers = server, None, None, {}

    def send(self, method, path, body=None, headers=None):
        all_headers = {"Origin": f"http://127.0.0.1:{self.server.port}", "Sec-Fetch-Site": "same-origin"}
        if body is not None:
            all_headers["Content-Type"] = "application/json"
        if self.cookie:
            all_headers["Cookie"] = f"theme=dark; headway_session={self.cookie}"
        if self.csrf and method != "GET":
            all_headers["X-CSRF-Token"] = self.csrf
        all_headers.update(headers or {})
        all_headers = {k: v for k, v in all_headers.items() if v is not None}
        status, self.headers, raw = self.server.raw(method, path, None if body is None else json.dumps(body), all_headers)
        parsed = json.loads(raw)
        check(parsed["success"] is (status < 300), (status, parsed))
        return status, parsed.get("data", parsed.get("error"))

    def sign_in(self, path, body, headers=None):
        status, data = self.send("POST", path, body, headers)
        if status < 300:
            self.cookie = self.headers["Set-Cookie"].split(";")[0].split("=", 1)[1]
            self.csrf = data["csrf_token"]
        return status, data

    def login(self, email, password=PASSWORD):
        return self.sign_in("/api/v1/auth/login", {"email": email, "password": password})


def first_user(server):
    """Eight at once: one of them is the first."""
    visitor = Browser(server)
    check(visitor.send("GET", "/api/v1/auth/setup") == (200, {"required": True, "key_required": False}), "setup")
    check(visitor.send("GET", "/api/v1/auth/session")[0] == 401, "a session out of nothing")
    body = {"name": "Ada", "email": "ada@example.org", "password": PASSWORD}
    for headers in ({"Host": "rebound.example"}, {"Origin": "https://rebound.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        check(visitor.send("POST", "/api/v1/auth/setup", body, headers)[0] == 403, headers)
    check(visitor.send("POST", "/api/v1/auth/setup", body, {"X-Forwarded-For": "192.0.2.7"})[0] == 401, "somebody behind a proxy made the first user")
    answers = []

    def race(i):
        browser = Browser(server)
        answers.append((browser.sign_in("/api/v1/auth/setup", {**body, "email": f"ada{i}@example.org"}), browser, i))

    threads = [threading.Thread(target=race, args=(i,)) for i in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    won = [(browser, i) for (status, _), browser, i in answers if status == 201]
    check(len(won) == 1, [a[0] for a in answers])
    check(all(status == 409 for (status, _), _, i in answers if i != won[0][1]), [a[0] for a in answers])
    owner, i = won[0]
    status, data = owner.send("PATCH", f"/api/v1/users/{owner.send('GET', '/api/v1/auth/session')[1]['user']['id']}", {"email": "ada@example.org"})
    check(status == 200 and data["email"] == "ada@example.org", data)
    return owner


def cookies_and_tokens(server, owner):
    set_cookie = owner.headers.get("Set-Cookie")
    check(set_cookie is None, "a cookie for nothing")
    other = Browser(server)
    check(other.login("ADA@example.org")[0] == 200, "login")
    attributes = [a.strip() for a in other.headers["Set-Cookie"].split(";")[1:]]
    check({"HttpOnly", "SameSite=Strict", "Path=/"} <= set(attributes) and "Secure" not in attributes, attributes)
    check(other.send("GET", "/api/v1/campaigns/count")[0] == 200 and "X-RateLimit-Limit" in other.headers, "a read by cookie")
    for headers in ({"X-CSRF-Token": None}, {"X-CSRF-Token": "0" * 32}, {"X-CSRF-Token": owner.csrf}, {"Origin": "http://127.0.0.1:1"}, {"Origin": "null"},
                    {"Sec-Fetch-Site": "same-site"}, {"Host": "rebound.example"}):
        status, error = other.send("POST", "/api/v1/campaigns", {"name": "x"}, headers)
        check(status == 403, (headers, status, error))
    check(other.send("GET", "/api/v1/campaigns/count", headers={"Host": "rebound.example"})[0] == 403, "rebinding")
    check(other.send("GET", "/api/v1/campaigns/count", headers={"Host": "localhost"})[0] == 200, "localhost")
    check(other.send("POST", "/api/v1/campaigns", {"name": "x"})[0] == 201, "with the token")
    check(other.send("POST", "/api/v1/campaigns", {"name": "y"}, {"Origin": None, "Sec-Fetch-Site": None})[0] == 201, "a client that says neither")
    actor = other.send("GET", "/api/v1/audit")[1]["items"][0]["actor"]
    check(actor.startswith("user:"), actor)

    once = {"Idempotency-Key": "again"}
    made = [other.send("POST", "/api/v1/campaigns", {"name": "once"}, once)[1]["id"] for _ in range(2)]
    check(made[0] == made[1], made)
    check(other.send("POST", "/api/v1/auth/password", {"current_password": PASSWORD, "new_password": "x"}, once)[0] == 400, "a secret would be remembered")

    stream = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    stream.request("GET", "/api/v1/stream", headers={"Cookie": f"headway_session={other.cookie}"})
    answer = stream.getresponse()
    check(answer.status == 200 and answer.readline(), "the stream by cookie")
    old = Browser(server)
    old.cookie, old.csrf = other.cookie, other.csrf
    check(other.send("POST", "/api/v1/auth/logout")[0] == 200 and "Max-Age=0" in other.headers["Set-Cookie"], other.headers)
    check(old.send("GET", "/api/v1/campaigns/count")[0] == 401, "the session goes on after logout")
    began = time.monotonic()
    answer.read()  # to its end
    check(time.monotonic() - began < 10, "the stream goes on after logout")
    stream.close()


def passwords(server, owner):
    elsewhere = Browser(server)
    check(elsewhere.login("ada@example.org")[0] == 200, "login")
    change = {"current_password": PASSWORD, "new_password": "a longer sentence is better"}
    check(owner.send("POST", "/api/v1/auth/password", {**change, "current_password": "wrong"})[0] == 400, "wrong current password")
    for bad in ("short", "aaaaaaaaaaaaa", "ada@example.org", "x" * 1025):
        check(owner.send("POST", "/api/v1/auth/password", {**change, "new_password": bad})[0] == 400, bad[:20])
    before = owner.cookie
    check(owner.sign_in("/api/v1/auth/password", change)[0] == 200 and owner.cookie != before, "another session")
    check(owner.send("GET", "/api/v1/auth/session")[0] == 200, "the one who changed it stays")
    check(elsewhere.send("GET", "/api/v1/auth/session")[0] == 401, "other sessions end")
    check(elsewhere.login("ada@example.org")[0] == 401, "the old password")
    check(elsewhere.login("ada@example.org", change["new_password"])[0] == 200, "the new password")

    guesser = Browser(server)
    statuses = [guesser.login("eve@example.org", "a wrong guess")[0] for _ in range(7)]
    check(statuses[:5] == [401] * 5 and 429 in statuses[5:], statuses)
    check(int(guesser.headers.get("Retry-After", 1)) >= 1, guesser.headers)
    check(guesser.login("ada@example.org", change["new_password"])[0] == 200, "guesses at one account lock another out")


def roles(server, owner):
    """Every route with every role, by key and by session: refused exactly when the role is not enough."""
    spec = Spec("docs/api/openapi.yaml")
    browsers, keys, ids = {}, {}, {}
    for role in ROLES:
        status, user = owner.send("POST", "/api/v1/users", {"name": role, "email": f"{role}@example.org", "role": role, "password": PASSWORD})
        check(status == 201, user)
        ids[role] = user["id"]
        browsers[role] = Browser(server)
        check(browsers[role].login(f"{role}@example.org")[0] == 200, role)
        keys[role] = owner.send("POST", "/api/v1/api-keys", {"name": role, "role": role})[1]["key"]
    walked = 0
    for name, op in spec.operations.items():
        if op.get("security") is not None or name == "getStream":
            continue
        needed = op.get("x-role", "viewer" if op["method"] == "GET" else "editor")
        path = op["path"]
        for part in ("{id}", "{lead_id}"):
            path = path.replace(part, NOBODY)
        while "{" in path:
            path = path[:path.index("{")] + NOBODY + path[path.index("}") + 1:]
        body = {} if "requestBody" in op else None
        for role in ROLES:
            refused = ROLES.index(role) < ROLES.index(needed)
            by_key = server.raw(op["method"], path, None if body is None else "{}",
                                {"X-API-Key": keys[role], **({"Content-Type": "application/json"} if body is not None else {})})[0]
            by_cookie = server.raw(op["method"], path, None if body is None else "{}",
                                   {"Cookie": f"headway_session={browsers[role].cookie}", "X-CSRF-Token": browsers[role].csrf,
                                    **({"Content-Type": "application/json"} if body is not None else {})})[0]
            for status in (by_key, by_cookie):
                check((status == 403) is refused and status not in (401, 500), f"{name} as {role}: {by_key} with a key, {by_cookie} signed in")
            walked += 1
        anybody = server.raw(op["method"], path, None, {})[0]
        check(anybody == 401, f"{name} for anybody: {anybody}")
    check(walked > 150, f"only {walked} routes and roles")

    check(browsers["editor"].send("POST", "/api/v1/campaigns", {"name": "mine"})[0] == 201, "an editor works")
    check(owner.send("PATCH", f"/api/v1/users/{ids['editor']}", {"role": "viewer"})[0] == 200, "another role")
    check(browsers["editor"].send("GET", "/api/v1/campaigns/count")[0] == 401, "another role ends the session")
    check(browsers["editor"].login("editor@example.org")[0] == 200, "login")
    check(browsers["editor"].send("POST", "/api/v1/campaigns", {"name": "mine"})[0] == 403, "less than before")
    check(owner.send("DELETE", f"/api/v1/users/{ids['viewer']}")[0] == 200, "removed")
    check(browsers["viewer"].send("GET", "/api/v1/campaigns/count")[0] == 401, "gone")
    check(browsers["viewer"].login("viewer@example.org")[0] == 401, "gone")
    return walked


def pages(server):
    def get(path, method="GET", **headers):
        return server.raw(method, path, None, {k.replace("_", "-"): v for k, v in headers.items()})

    status, headers, body = get("/")
    if status == 404:  # built without the UI
        check(json.loads(body)["success"] is False and "no web UI" in json.loads(body)["error"], body)
        return "no pages"
    check(status == 200 and headers["Content-Type"].startswith("text/html") and headers["Cache-Control"] == "no-cache", headers)
    for name, value in (("Content-Security-Policy", "default-src 'none'; script-src 'self'"), ("X-Content-Type-Options", "nosniff"),
                        ("Referrer-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"), ("Vary", "Accept-Encoding")):
        check(headers[name].startswith(value), (name, headers))
    for path in ("/campaigns", "/campaigns/12/leads", "/settings/users"):
        check(get(path)[2] == body, path)
    paths = sorted({part.split(b'"')[0].decode() for part in body.split(b'src="')[1:] + body.split(b'href="')[1:] if part.startswith(b"/assets/")})
    check(paths, "the page has no assets")
    for path in ["/", *paths]:
        plain = get(path)
        check(plain[0] == 200 and "Content-Encoding" not in plain[1], plain[1])
        if path != "/":
            check("immutable" in plain[1]["Cache-Control"], plain[1])
        seen = {plain[1]["ETag"]}
        for coding in ("gzip", "br"):
            status, headers, small = get(path, Accept_Encoding=coding)
            if "Content-Encoding" not in headers:
                continue
            check(headers["Content-Encoding"] == coding and len(small) < len(plain[2]) and headers["ETag"] not in seen, headers)
            seen.add(headers["ETag"])
            if coding == "gzip":
                check(gzip.decompress(small) == plain[2], f"{path}: gzip holds something else")
            known = get(path, Accept_Encoding=coding, If_None_Match=headers["ETag"])
            check(known[0] == 304 and known[2] == b"" and known[1]["ETag"] == headers["ETag"], known)
            check(get(path, Accept_Encoding="identity", If_None_Match=headers["ETag"])[0] == 200, "another encoding's ETag")
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    for _ in range(2):  # the connection is still in step after a HEAD
        connection.request("HEAD", "/")
        answer = connection.getresponse()
        check(answer.status == 200 and answer.read() == b"" and int(answer.headers["Content-Length"]) > 100, answer.headers)
        connection.request("HEAD", "/api/v1/nothing")
        answer = connection.getresponse()
        check(answer.status == 404 and answer.read() == b"", answer.status)
    connection.close()
    for path in ("/assets/none.js", "/api/v1/nothing", "/api", "/hooks/x", "/u/x", "/../etc/passwd.txt", "/%2e%2e/x.js"):
        status, headers, raw = get(path)
        check(status == 404 and headers["Content-Type"] == "application/json", (path, status, headers))
    check(server.raw("POST", "/", "{}", {"Content-Type": "application/json"})[0] == 404, "POST to a page")
    check(get("/", Host="rebound.example")[0] == 403, "rebinding")
    return f"{len(paths)} assets"


def elsewhere(binary, folder):
    """Listening for other machines, and behind a proxy."""
    server = Server(binary, folder + "/open", "--secure-cookies", "--trust-proxy", "--public-host", "headway.example.org")
    server.start()
    body = {"name": "Ada", "email": "ada@example.org", "password": PASSWORD}
    visitor = Browser(server)
    check(visitor.send("GET", "/api/v1/auth/setup")[1]["key_required"] is True, "the first user without a key")
    check(visitor.send("POST", "/api/v1/auth/setup", body)[0] == 401, "the first user without a key")
    viewer = server.call("POST", "/api-keys", {"name": "v", "role": "viewer"})["key"]
    check(visitor.send("POST", "/api/v1/auth/setup", body, {"X-API-Key": viewer})[0] == 403, "the first user with a viewer's key")
    named = {"Host": "headway.example.org", "Origin": "https://headway.example.org"}
    check(visitor.sign_in("/api/v1/auth/setup", body, {"X-API-Key": server.key, **named})[0] == 201, "the first user")
    check("; Secure" in visitor.headers["Set-Cookie"], visitor.headers)
    check(visitor.send("POST", "/api/v1/campaigns", {"name": "x"}, named)[0] == 201, "by the public name")
    check(visitor.send("POST", "/api/v1/campaigns", {"name": "x"}, {**named, "Host": None})[0] == 201, "a proxy that names us by our address")
    for i in range(12):
        status = Browser(server).sign_in("/api/v1/auth/login", {"email": "ada@example.org", "password": "a wrong guess"}, {"X-Forwarded-For": f"9.9.9.9, 192.0.2.{i}"})[0]
        check(status == 401, f"guess {i} from an address of its own: {status}")
    check(server.stop() == 0, "stop")


def command_line(binary, data):
    def run(*arguments, password=None):
        done = subprocess.run([binary, "user", *arguments, "--data", data], input=password, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    check(run("add", "cleo@example.org", "--role", "editor", "--name", "Cleo", password="short\n")[0] == 2, "a short password")
    code, text = run("add", "cleo@example.org", "--role", "editor", "--name", "Cleo", password=PASSWORD + "\n")
    check(code == 0 and "editor" in text, text)
    check(run("add", "cleo@example.org", "--role", "viewer", password=PASSWORD + "\n")[0] == 3, "twice")
    code, text = run("list")
    check(code == 0 and "cleo@example.org" in text and "Cleo" in text, text)
    check(run("role", "cleo@example.org", "--role", "viewer")[0] == 0, "role")
    check(run("password", "cleo@example.org", password="yet another sentence\n")[0] == 0, "password")
    return run


def main():
    binary = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="headway-users-") as folder:
        server = Server(binary, folder + "/data", "--rate-limit", "100000")
        server.start()
        owner = first_user(server)
        cookies_and_tokens(server, owner)
        passwords(server, owner)
        walked = roles(server, owner)
        shown = pages(server)
        check(server.stop() == 0, "stop")
        run = command_line(binary, server.data)
        server.start()
        check(owner.send("GET", "/api/v1/auth/session")[0] == 200, "a session survives a restart")
        cleo = Browser(server)
        check(cleo.login("cleo@example.org", "yet another sentence")[0] == 200, "made by the command")
        check(cleo.send("POST", "/api/v1/campaigns", {"name": "x"})[0] == 403, "a viewer")
        check(server.stop() == 0, "stop")
        check(run("remove", "cleo@example.org")[0] == 0, "remove")
        code, text = server.verify()
        check(code == 0, text)
        elsewhere(binary, folder)
    print(f"users_test passed: {walked} routes and roles, {shown}")


if __name__ == "__main__":
    main()
