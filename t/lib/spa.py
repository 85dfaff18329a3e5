# SPDX-License-Identifier: MIT
"""A single-page application on an origin of its own: t/interop/spa."""

import fcntl
import http.server
import json
import subprocess
import threading
import urllib.parse

from lib.process import ROOT

FOLDER = ROOT / "t" / "interop"
SCRIPTS = {"/app.js": FOLDER / "spa/app.js",
           "/oidc-client-ts.js":
               FOLDER / "node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js"}


def install_libraries():
    """What package-lock.json says, installed by one of those who run this."""
    with open(FOLDER / "package.json", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(["make", "-s", "interop"], cwd=ROOT, check=True, timeout=120,
                       stdin=subprocess.DEVNULL)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = urllib.parse.urlsplit(self.path).path
        body = SCRIPTS.get(path, FOLDER / "spa/index.html").read_bytes()
        issuer = self.server.issuer
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if path in SCRIPTS else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
            f"connect-src {issuer}; frame-src 'self' {issuer}"))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Says nothing."""


class Spa:
    """Served on a free loopback port under a name of its own; a public client."""

    def __init__(self, site, host):
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.issuer = self.issuer = site.base
        self.base = f"http://{host}:{self.http.server_address[1]}"
        self.client_id = f"spa-{host}-{self.http.server_address[1]}"
        site.database.add_client(self.client_id, None, name="SPA",
                                 redirect_uris=[f"{self.base}/callback"],
                                 grants=["authorization_code", "refresh_token"])
        site.database.rows(
            "update oauth2.oauth2_clients set metadata = %s where client_id = %s",
            json.dumps({"post_logout_redirect_uris": [f"{self.base}/signed-out"]}),
            self.client_id)

    def start(self):
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        return self

    def stop(self):
        self.http.shutdown()
        self.http.server_close()

    def open(self, tab, **settings):
        """The application in a tab; settings are those of its UserManager."""
        tab.goto(self.base)
        tab.evaluate("text => localStorage.setItem('settings', text)", json.dumps({
            "authority": self.issuer, "client_id": self.client_id, "loadUserInfo": True,
            "scope": "openid profile email offline_access", **settings}))
        tab.goto(self.base)
