# SPDX-License-Identifier: MIT
"""conf/: the examples stand before a real application, as they are written."""

import http.server
import json
import re
import ssl
import subprocess
import threading
import urllib.parse

import httpx
import pytest

from lib.client import bearer
from lib.nginx import MODULE
from lib.process import ROOT, free_port

PORT = free_port()
CONF = ROOT / "conf"
BUNDLE = ROOT / "build/html"
LOCATIONS = (f"root {BUNDLE};\ninclude {CONF}/pages.conf;\n"
             + (CONF / "app.conf.example").read_text().replace("127.0.0.1:5000",
                                                               f"127.0.0.1:{PORT}"))
HTML = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate"}
FORGED = {"X-Auth-Request-User": "root", "x_auth_request_email": "root@example.com",
          "X-AUTH-REQUEST-PREFERRED-USERNAME": "root", "X-Auth-Request-Scope": "all"}


class App(http.server.BaseHTTPRequestHandler):
    """The application: says which headers it was given."""

    def do_GET(self):
        body = json.dumps([[k.lower().replace("_", "-"), v] for k, v in self.headers.items()])
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format, *args):
        pass


@pytest.fixture(scope="module", autouse=True)
def app():
    made = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), App)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def identity(answer):
    """The identity headers that the application saw, none of them twice."""
    assert answer.status_code == 200, answer.text
    seen = [(k, v) for k, v in answer.json() if k.startswith("x-auth-request-")]
    assert len(dict(seen)) == len(seen), seen
    return {k.removeprefix("x-auth-request-"): v for k, v in seen}


@pytest.fixture(scope="module")
def user(server):
    return server.user(login=True, username="grace")


@pytest.mark.parametrize("path", ["/app/", "/app2/"])
def test_session(server, user, path):
    assert identity(user.http.get(path, headers=FORGED)) == {
        "user": user.user_id, "email": user.email, "preferred-username": "grace"}


@pytest.mark.parametrize("path", ["/app/", "/app/api/", "/app2/"])
def test_bearer(server, user, path):
    token = user.tokens["access_token"]
    assert identity(server.get(path, headers={**FORGED, **bearer(token)})) == {
        "user": user.user_id, "email": user.email, "preferred-username": "grace",
        "scope": "openid profile email"}


@pytest.mark.parametrize("path", ["/app/", "/app2/"])
def test_browser_is_sent_to_the_login_page_and_back(server, path):
    answer = server.get(path + "a?b=c%20d", headers={**HTML, **FORGED})
    assert answer.status_code == 302
    location = urllib.parse.urlsplit(answer.headers["location"])
    assert location.path == "/login"
    assert location.query.startswith("next=")
    page = server.get(answer.headers["location"], headers=HTML)
    assert page.status_code == 200 and "<html" in page.text


@pytest.mark.parametrize("path,headers", [
    ("/app/", {"Sec-Fetch-Mode": "cors"}),
    ("/app/", bearer("no token")),
    ("/app/api/", HTML),
    ("/app/api/", bearer("no token")),
])
def test_programs_get_401(server, path, headers):
    answer = server.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer ")


def test_session_is_no_bearer_token(user):
    assert user.http.get("/app/api/").status_code == 401


def test_logout_ends_it(server):
    other = server.user(login=True)
    assert other.http.get("/app/").status_code == 200
    assert other.http.post("/auth/logout").status_code == 204
    for path in ("/app/", "/app2/"):
        assert other.http.get(path, headers=HTML).status_code == 302


def test_pages(server):
    page = server.get("/dashboard")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-cache"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert "strict-transport-security" not in page.headers
    asset = re.search(r"/assets/[\w.-]+\.js", page.text).group()
    answer = server.get(asset)
    assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"]
    for path in ("/assets/none.js", "/.vite/manifest.json"):
        assert server.get(path).status_code == 404


@pytest.mark.parametrize("name", ["oauth-protected-resource", "webfinger?resource=acct:a@b.example",
                                  "openid-configuration/"])
def test_no_page_is_a_document(server, name):
    """RFC 8615: who asks for a document that is not there is told so."""
    assert server.get(f"/.well-known/{name}").status_code == 404
    answer = server.get("/.well-known/openid-configuration")
    assert answer.json()["issuer"] == server.base


@pytest.fixture
def production(nginx, database, keys, flavour):
    """conf/nginx.conf.example, with what a reader has to replace replaced."""
    process = nginx("", start=False)
    folder, port = process.folder, free_port()
    certificate = folder / "cert.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=login.example.com",
                    "-addext", "subjectAltName=DNS:login.example.com", "-days", "2",
                    "-keyout", folder / "cert.key", "-out", certificate],
                   check=True, capture_output=True)
    (folder / "app.conf").write_text("")
    text = (CONF / "nginx.conf.example").read_text()
    frame = process.conf_path.read_text()
    temp = "\n".join(re.findall(r"^ *\w+_temp_path .*$", frame, re.M))
    for old, new in {
        "load_module modules/ngx_http_oauth2_module.so;":
            "" if flavour == "asan" else f"load_module {MODULE};",
        "user www-data;": process.frame["user"],
        "worker_processes auto;": "worker_processes 1;",
        "/run/nginx.pid": f"{folder}/nginx.pid",
        "/var/log/nginx/": f"{folder}/",
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "    listen [::]:80;\n": "",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
        "    listen [::]:443 ssl http2;\n": "",
        "/etc/ssl/login.example.com.pem": str(certificate),
        "/etc/ssl/private/login.example.com.key": str(folder / "cert.key"),
        "/usr/share/ngx-http-oauth2/html": str(BUNDLE),
        "host=/run/postgresql user=oauth2_app dbname=oauth2": database.app,
        "/etc/nginx/oauth2/token.key": str(keys.token),
        "/etc/nginx/oauth2/pages.conf": str(CONF / "pages.conf"),
        "/etc/nginx/oauth2/app.conf": str(folder / "app.conf"),
        "default_type application/octet-stream;": f"default_type text/plain;\n{temp}",
    }.items():
        assert old in text, old
        text = text.replace(old, new)
    process.conf_path.write_text(text)
    process.http = text
    process.start()
    context = ssl.create_default_context(cafile=certificate)
    with httpx.Client(base_url=f"https://127.0.0.1:{port}", verify=context,
                      headers={"Host": "login.example.com"}) as client:
        client.extensions = {"sni_hostname": "login.example.com"}
        yield client


def test_production(production):
    def get(path):
        return production.get(path, extensions=production.extensions)

    found = get("/.well-known/openid-configuration").json()
    assert found["issuer"] == "https://login.example.com"
    page = get("/login")
    assert page.headers["strict-transport-security"] == "max-age=31536000"
    assert get("/health").status_code == 200
