# SPDX-License-Identifier: MIT
"""nginx -s reload under load loses no request, logins in progress too."""

import collections
import socket
import threading

import pytest

from lib.process import wait_for

SETTINGS = "oauth2_signing_algs ES256;\noauth2_password_cost 8;"


def once(port, request):
    """One request on a connection of its own: its status, or the error."""
    try:
        with socket.create_connection(("127.0.0.1", port), 20) as s:
            s.sendall(request)
            answer = b""
            while chunk := s.recv(65536):
                answer += chunk
        return answer[9:12].decode() or "empty"
    except OSError as error:
        return repr(error)


@pytest.fixture
def requests(server):
    user = server.user(login=True)
    cookie = user.http.cookies["oauth2_session"]
    body = f'{{"email":"{user.email}","password":"{user.password}"}}'
    check = (f"GET /auth/check HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
             f"Cookie: oauth2_session={cookie}\r\n\r\n")
    login = (f"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
             f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}")
    return [check.encode(), login.encode()]


def test_reload_loses_nothing(server, requests):
    counts = [collections.Counter(), collections.Counter()]
    ended = threading.Event()

    def ask(kind):
        while not ended.is_set():
            counts[kind][once(server.port, requests[kind])] += 1

    threads = [threading.Thread(target=ask, args=(kind,)) for kind in (0, 0, 0, 0, 1, 1, 1)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(4):
            before = [sum(c.values()) for c in counts]
            wait_for(lambda: all(sum(c.values()) > b + 5 for c, b in zip(counts, before)), 30,
                     "requests between two reloads")
            server.nginx.reload()
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert set(counts[0]) == {"204"}, counts
    assert set(counts[1]) <= {"200", "503"} and counts[1]["200"] > 0, counts
