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
