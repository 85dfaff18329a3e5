# SPDX-License-Identifier: MIT
"""A real HTTP(S) server with documents, which counts who asks for them and
can misbehave."""

import http.server
import json
import socket
import ssl
import threading

from lib.process import wait_for


class Documents:
    """pair: certificate and key, for https.  put() a document, and asked()
    says how often it was asked for.  While hold is set to an event, answers
    wait for it; held is how many do."""

    def __init__(self, pair=None, host="127.0.0.1"):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        kind = type("Server", (http.server.ThreadingHTTPServer,),
                    {"address_family": family, "daemon_threads": True,
                     "handle_error": lambda *ignored: None})
        self.server = kind((host, 0), handler(self))
        self.connections = 0
        self.scheme = "https" if pair else "http"
        if pair:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*pair)
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        self.documents = {}
        self.requests = []
        self.hold = None
        self.held = 0
        self.ended = threading.Event()
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)

    def start(self):
        self.thread.start()
        return self

    def stop(self):
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()

    def url(self, path, host="127.0.0.1"):
        return f"{self.scheme}://{host}:{self.port}{path}"

    def put(self, path, body, status=200, content_type="application/json", drip=False, **headers):
        """body: bytes, or what becomes JSON.  drip: byte by byte, for ever."""
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        if content_type is not None:
            names["Content-Type"] = content_type
        self.documents[path] = status, body, names, drip
        return self.url(path)

    def asked(self, path):
        return [r for r in self.requests if r.path == path]

    def wait_held(self, number):
        wait_for(lambda: self.held == number, 10, f"{number} requests held")

    def answer(self, request):
        status, body, headers, drip = self.documents.get(request.path, (404, b"", {}, False))
        hold = self.hold
        if hold is not None:
            with self.lock:
                self.held += 1
            hold.wait(60)
            with self.lock:
                self.held -= 1
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        if not drip:
            request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
        while drip and not self.ended.wait(0.1):
            request.wfile.write(b" ")


def handler(documents):
    class Handler(http.server.BaseHTTPRequestHandler):
        """Keeps what was asked."""

        protocol_version = "HTTP/1.1"

        def setup(self):
            super().setup()
            documents.connections += 1

        def do_GET(self):
            self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            documents.requests.append(self)
            self.close_connection = True
            documents.answer(self)

        do_POST = do_GET

        def log_message(self, *ignored):
            pass

    return Handler
