"""Calls that are checked against docs/api/openapi.yaml, and remembered."""

import datetime
import json
import time
import urllib.parse

from openapi_schema import Mismatch


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def now(seconds=0):
    return (datetime.datetime.utcnow() + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def wait(condition, what, seconds=60):
    limit = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < limit, f"{what}: not within {seconds} s")
        time.sleep(0.1)


class Caller:
    """Makes calls, each checked against the file, and remembers what was seen."""

    def __init__(self, spec, server):
        self.spec, self.server = spec, server
        self.seen = {op: set() for op in spec.operations}
        self.last = {}  # operation -> arguments of its last good call
        self.problems = []
        self.session = {}  # headers of somebody who is signed in

    def url(self, op, path, query):
        pattern = op["path"]
        for name, value in path.items():
            pattern = pattern.replace("{" + name + "}", urllib.parse.quote(value))
        return pattern + ("?" + urllib.parse.urlencode(query) if query else "")

    def send(self, name, path=None, query=None, body=None, headers=None, content_type="application/json", key=None):
        """One call: its status and its body. What differs from the file is noted, so that one run tells all of it."""
        op = self.spec.operations[name]
        all_headers = self.credentials(op, key)
        if body is not None:
            all_headers["Content-Type"] = content_type
        all_headers.update(headers or {})
        data = body if body is None or isinstance(body, (bytes, str)) else json.dumps(body)
        status, answered, raw = self.server.raw(op["method"], self.url(op, path or {}, query or {}), data, all_headers)
        self.headers = answered
        self.seen[name].add(str(status))
        try:
            return status, self.spec.check_response(op, status, answered, raw)
        except Mismatch as problem:
            self.note(problem)
        try:
            return status, json.loads(raw)
        except ValueError:
            return status, raw.decode(errors="replace")

    def credentials(self, op, key=None):
        """What an operation wants to be sent; `key`: another, and where only a session will do, one that is none."""
        security = op.get("security")
        if security == []:
            return {"X-API-Key": key} if key else {}
        if security and all("session" in way for way in security):
            return {**self.session, "Cookie": "headway_session=" + "0" * 64} if key else dict(self.session)
        return {"X-API-Key": key or self.server.key}

    def sign_in(self, name, **arguments):
        """An operation that signs somebody in, who is then the one of this caller."""
        op = self.spec.operations[name]
        answer = self.call(name, **arguments)
        self.session = {"Cookie": self.headers["Set-Cookie"].partition(";")[0], "X-CSRF-Token": answer["csrf_token"]}
        check(op["method"] == "POST" and "HttpOnly" in self.headers["Set-Cookie"], self.headers)
        return answer

    def call(self, name, path=None, query=None, body=None, headers=None, content_type="application/json", status=None):
        """A call that must succeed, or be refused with `status`; what it answers."""
        path, query, headers = {k: str(v) for k, v in (path or {}).items()}, {k: str(v) for k, v in (query or {}).items()}, headers or {}
        op = self.spec.operations[name]
        try:
            self.spec.check_request(op, path, query, headers, content_type, body)
        except Mismatch as problem:
            self.note(problem)
        got, parsed = self.send(name, path, query, body, headers, content_type)
        if got != status if status else got >= 300:
            shown = body[:200] if isinstance(body, (bytes, str)) else json.dumps(body)
            raise AssertionError(f"{name} {path} {query} {shown}: {got}, not {status or 'a success'}: {parsed}")
        self.last[name] = {"path": path, "query": query, "body": body, "content_type": content_type}
        if isinstance(parsed, dict) and "data" in parsed:
            self.check_list(name, query, parsed["data"])
            return parsed["data"]
        return parsed

    def refused(self, status, name, **arguments):
        """A call that must fail with this status."""
        got, body = self.send(name, **arguments)
        if got != status:
            self.note(f"{name} {arguments}: {got} instead of {status}: {body}")
        return body

    def note(self, problem):
        """At most three of an operation: the others are mostly the same again."""
        text = str(problem)
        if sum(p.split(" ")[0] == text.split(" ")[0] for p in self.problems) < 3:
            self.problems.append(text)

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
