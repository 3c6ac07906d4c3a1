"""Starts, kills and talks to a real `headway serve` for the end-to-end tests. Standard library only."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.parse


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class ApiError(Exception):
    def __init__(self, status, body):
        super().__init__(f"{status}: {body}")
        self.status, self.body = status, body


class Server:
    def __init__(self, binary, data, *options, sample=False):
        self.binary, self.data, self.options = binary, data, list(options) + ([] if sample else ["--empty"])
        self.port = free_port()
        self.key = None
        self.process = None
        self.log_path = os.path.join(data, "..", os.path.basename(data) + ".log")
        os.makedirs(data, exist_ok=True)

    def start(self, timeout=30):
        began = time.monotonic()
        self.log = open(self.log_path, "ab")
        offset = self.log.tell()
        self.process = subprocess.Popen(
            [self.binary, "serve", "--host", "127.0.0.1", "--port", str(self.port), "--data", self.data]
            + self.options,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"headway serve exited with {self.process.returncode}:\n{self.tail()}")
            try:
                if self.raw("GET", "/readyz")[0] == 200:
                    break
            except OSError:
                pass
            if time.monotonic() - began > timeout:
                raise RuntimeError(f"not ready after {timeout} s:\n{self.tail()}")
            time.sleep(0.005)
        if self.key is None:
            with open(self.log_path, "rb") as f:
                f.seek(offset)
                found = re.search(rb"mf_[0-9a-f]{32}", f.read())
            if not found:
                raise RuntimeError(f"no API key was printed on the first start:\n{self.tail()}")
            self.key = found.group().decode()
        return time.monotonic() - began

    def tail(self):
        with open(self.log_path, "rb") as f:
            return f.read()[-4000:].decode(errors="replace")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, timeout=30):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def verify(self):
        done = subprocess.run([self.binary, "verify", "--data", self.data], capture_output=True, text=True, timeout=600)
        return done.returncode, done.stdout + done.stderr

    def raw(self, method, path, body=None, headers=None, timeout=60):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def call(self, method, path, body=None, headers=None, timeout=60):
        """One API call; the `data` of a success, ApiError otherwise."""
        all_headers = {"X-API-Key": self.key}
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            all_headers["Content-Type"] = "application/json"
        all_headers.update(headers or {})
        status, _, text = self.raw(method, "/api/v1" + path, body, all_headers, timeout)
        parsed = json.loads(text)
        if status >= 300 or not parsed.get("success"):
            raise ApiError(status, parsed)
        return parsed["data"]

    def wait_for(self, what, condition, timeout=60, every=0.05):
        limit = time.monotonic() + timeout
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() > limit:
                raise AssertionError(f"{what} did not happen within {timeout} s")
            time.sleep(every)

    def import_csv(self, name, text, query=""):
        job = self.call("POST", f"/leads/import?name={urllib.parse.quote(name)}{query}", text.encode() if isinstance(text, str) else text,
                        {"Content-Type": "text/csv"}, timeout=600)
        self.wait_for("the import", lambda: self.call("GET", f"/leads/{job['id']}")["job"]["state"] != "running", 600)
        return self.call("GET", f"/leads/{job['id']}")
