# SPDX-License-Identifier: MIT
"""The end of TLS before a server that speaks h2 in clear. Who shows no right
certificate gets a TLS alert, as from Temporal's own front."""

import contextlib
import select
import socket
import ssl
import threading


class TlsFront:
    """pair: certificate and key; authority: of those who may connect."""

    def __init__(self, target, pair, authority):
        host, port = target.rsplit(":", 1)
        self.target = host, int(port)
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority)
        self.context.load_cert_chain(*pair)
        self.context.verify_mode = ssl.CERT_REQUIRED
        self.context.set_alpn_protocols(["h2"])
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"

    def start(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def done(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        connection.settimeout(10)
        client = self.context.wrap_socket(connection, server_side=True,
                                          do_handshake_on_connect=False)
        with contextlib.suppress(OSError):
            try:
                client.do_handshake()
            except ssl.SSLError:
                # a reset by unread bytes could overtake the alert
                with socket.socket(fileno=client.detach()) as raw:
                    raw.settimeout(10)
                    raw.shutdown(socket.SHUT_WR)
                    while raw.recv(4096):
                        pass
                return
            with client, socket.create_connection(self.target) as server:
                forward(client, server)


def forward(client, server):
    """Both ways, until one end closes."""
    while True:
        ready = [client] if client.pending() else select.select([client, server], [], [])[0]
        for end in ready:
            data = end.recv(65536)
            if not data:
                return
            (server if end is client else client).sendall(data)
