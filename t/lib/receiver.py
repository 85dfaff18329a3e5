# SPDX-License-Identifier: MIT
"""The end of an application that is told of logouts: keeps what it was sent."""

import dataclasses
import http.server
import threading
import urllib.parse

from lib.process import free_port, wait_for


@dataclasses.dataclass
class Seen:
    method: str
    path: str
    query: dict
    headers: dict
    body: str

    @property
    def form(self):
        pairs = urllib.parse.parse_qsl(self.body, keep_blank_values=True, strict_parsing=True)
        assert len(dict(pairs)) == len(pairs), pairs
        return dict(pairs)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        parts = urllib.parse.urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.server.receiver.seen.append(Seen(
            self.command, parts.path, dict(urllib.parse.parse_qsl(parts.query)),
            {k.lower(): v for k, v in self.headers.items()}, body))
        if self.server.receiver.hangs:
            self.server.receiver.released.wait()
        self.send_response(self.server.receiver.status)
        for name, value in self.server.receiver.headers.items():
            self.send_header(name, value)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *args):
        """Says nothing."""


class Receiver:
    """On a free loopback port, which it keeps; status is what it answers; with hangs it
    answers nothing before it stops."""

    def __init__(self):
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.seen = []
        self.status = 200
        self.headers = {}
        self.hangs = False
        self.server = None

    def start(self):
        self.released = threading.Event()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.receiver = self
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def stop(self):
        if self.server is not None:
            self.released.set()
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def wait(self, number=1, seconds=20.0):
        """The requests, as soon as there are so many."""
        wait_for(lambda: len(self.seen) >= number, seconds, f"{number} requests to {self.base}")
        return list(self.seen)
