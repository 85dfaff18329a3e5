# SPDX-License-Identifier: MIT
"""The real oauth2-worker, and its socket."""

import http.client
import json
import os
import secrets
import signal
import socket
import uuid

from lib.process import IS_ROOT, ROOT, Process, as_service, give, temporary_folder, wait_for

PROGRAM = os.environ.get("OAUTH2_WORKER", str(ROOT / "build" / "oauth2-worker"))
KEY = "3f1c" * 16


class Answer:
    """status and body of an answer; json when it is an object."""

    def __init__(self, status, body):
        self.status = status
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body!r}"


class Connection(http.client.HTTPConnection):
    """HTTP on a unix socket."""

    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Worker(Process):
    """conninfo: what it connects to the database with.  mail: a folder, or
    an address "smtp://…".  key: the text of the token key, or a file that
    holds it.  program: another build of it.  Further settings replace those
    of the file."""

    def __init__(self, conninfo, temporal_address, mail, *, key=KEY, folder=None,
                 program=PROGRAM, **settings):
        folder = folder or temporary_folder("worker")
        give(folder, 0o755)
        key_file = key if os.path.exists(key) else folder / "token.key"
        if key_file is not key:
            key_file.write_text(key)
            give(key_file, 0o600)

        self.socket = folder / "worker.sock"
        self.settings = {
            "database": conninfo,
            "socket": self.socket,
            "socket_mode": "0666",
            "temporal_address": temporal_address,
            "token_key_file": key_file,
            "frontend_url": "http://localhost:3000",
            "mail_from": "Accounts <accounts@example.com>",
            "smtp_url" if str(mail).startswith("smtp") else "mail_folder": mail,
            "log_level": "info",
            **settings,
        }
        conf = folder / "worker.conf"
        conf.write_text("".join(f"{k} = {v}\n" for k, v in self.settings.items()))
        argv = [program, "-c", conf]
        super().__init__("worker", as_service(argv) if IS_ROOT else argv, folder=folder)

    def start(self, connected=True):
        """Waits until it is in touch with Temporal and the database."""
        super().start()

        def ready():
            status = self.status()
            return status is not None and status["database"] and (
                not connected or status["temporal_connected"])

        return self.wait_ready(ready)

    def freeze(self):
        self.send(signal.SIGSTOP)

    def thaw(self):
        self.send(signal.SIGCONT)

    def request(self, method, path, body=None, headers=None, timeout=10):
        connection = Connection(self.socket, timeout)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, answer.read().decode())
        finally:
            connection.close()

    def status(self):
        """GET /status; None when nobody answers."""
        try:
            return self.request("GET", "/status", timeout=2).json
        except OSError:
            return None

    def metric(self, name):
        for line in self.request("GET", "/metrics").body.splitlines():
            if line.startswith(f"oauth2_worker_{name} "):
                return int(line.split()[1])
        raise KeyError(name)

    def wait_connected(self, connected=True, seconds=15.0):
        def there():
            status = self.status()
            return status is not None and status["temporal_connected"] == connected

        wait_for(there, seconds, f"temporal_connected = {connected}")

    def operation(self, name, data, operation_id=None, request_id=None, timeout=10):
        """POST /operations/<name>; the answer's operation_id says which."""
        operation_id = operation_id or str(uuid.uuid4())
        headers = {"Content-Type": "application/json"}
        if request_id is not None:
            headers["X-Request-ID"] = request_id
        answer = self.request("POST", f"/operations/{name}",
                              json.dumps({"operation_id": operation_id, "input": data}), headers,
                              timeout)
        answer.operation_id = operation_id
        answer.workflow_id = f"{name}-{operation_id}"
        return answer

    def ping(self, message="hello"):
        return self.operation("ping", {"message": message})

    def register(self, email, operation_id=None, *, fingerprint="00" * 32, **options):
        """The operation as the module hands it over."""
        data = {
            "email": email,
            "first_name": "Lovelace-Ada",
            "password_hash": "$2b$04$" + secrets.token_hex(27)[:53],
            "token_lifetime": 3600,
            "reveal": True,
            "fingerprint": fingerprint,
        }
        return self.operation("register", data, operation_id, **options)
