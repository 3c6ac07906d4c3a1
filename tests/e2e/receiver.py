"""A gateway as a user would run one: accepts Headway's webhook messages and remembers each of them.

It outlives the server under test, so what it recorded is the truth about who was messaged.
Run in a thread with its own event loop; every request is answered on a keep-alive connection.
"""

import asyncio
import collections
import json
import threading


class Receiver:
    """answer(message) -> (status, dict | None); called on the receiver's thread."""

    def __init__(self, answer=None):
        self.answer = answer or (lambda message: (200, {"provider_id": "r-" + message["id"]}))
        self.by_key = {}  # idempotency key -> number of requests
        self.key_of = collections.defaultdict(set)  # (lead, step) -> keys
        self.accepted = collections.Counter()  # (lead, step) -> deliveries under distinct keys
        self.failed = set()  # (lead, step) answered 422
        self.order = []  # (lead, step) in order of first arrival
        self.people = collections.Counter()  # external_id -> first-step deliveries
        self.requests = 0
        self.last_arrival = 0.0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the receiver did not start")

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/messages"

    def close(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self):
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=512))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()

    async def _serve(self, reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = 0
                for line in head.split(b"\r\n")[1:]:
                    name, _, value = line.partition(b":")
                    if name.strip().lower() == b"content-length":
                        length = int(value)
                body = await reader.readexactly(length)
                status, answer = self._record(json.loads(body))
                payload = json.dumps(answer).encode() if answer is not None else b""
                writer.write(
                    b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(payload))
                    + payload
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _record(self, message):
        self.requests += 1
        self.last_arrival = self._loop.time()
        key = message["idempotency_key"]
        what = (message["lead"]["id"], message["step"])
        first = key not in self.by_key
        self.by_key[key] = self.by_key.get(key, 0) + 1
        self.key_of[what].add(key)
        status, answer = self.answer(message)
        if first and 200 <= status < 300:
            self.accepted[what] += 1
            self.order.append(what)
            if message["step"] == 1:
                self.people[message["lead"]["external_id"]] += 1
        if status == 422:
            self.failed.add(what)
        return status, answer
