# SPDX-License-Identifier: MIT
"""src/egress before real servers: which addresses, what answers, how long."""

import subprocess
import urllib.parse

import pytest

from lib.certificates import DAY, Authority
from lib.documents import Documents
from lib.process import ROOT, free_port, temporary_folder

SOURCES = ["t/unit/egress_ask.c", *(str(p.relative_to(ROOT)) for p in ROOT.glob("src/egress/*.c")),
           *(f"src/core/{name}.c" for name in ("address", "pool", "str", "buf", "encode", "uri"))]


@pytest.fixture(scope="module")
def binary(tmp_path_factory):
    path = tmp_path_factory.mktemp("egress") / "egress_ask"
    subprocess.run(["cc", "-std=gnu11", "-O1", "-g", "-fsanitize=address,undefined",
                    "-fno-sanitize-recover", "-o", path, *SOURCES, "-lcurl", "-lcrypto"],
                   check=True, cwd=ROOT)
    return path


class Said:
    """What came of a request."""

    def __init__(self, output):
        self.rc, status, age, self.host, self.reason, self.text = output.split(b"\n", 5)
        self.rc, self.host, self.reason = (s.decode() for s in (self.rc, self.host, self.reason))
        self.status, self.age = int(status), int(age)


@pytest.fixture
def ask(binary):
    """ask(url, allow…, ca=…, form=…, timeout=…)."""
    def call(url, *allow, env=None, **options):
        words = [f"url={url}", *(f"allow={a}" for a in allow),
                 *(f"{k}={v}" for k, v in options.items())]
        done = subprocess.run([binary, *words], capture_output=True, timeout=60, check=False,
                              env=env)
        assert (done.returncode, done.stderr) == (0, b""), done
        return Said(done.stdout)

    return call


@pytest.fixture(scope="module")
def authority():
    return Authority(temporary_folder("egress"))


@pytest.fixture
def http():
    made = Documents().start()
    yield made
    made.stop()


@pytest.fixture
def https(authority):
    made = Documents(authority.issue("server", "127.0.0.1", "localhost")).start()
    yield made
    made.stop()


LOOPBACK = ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "0.0.0.0", "0",
            "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]", "[::1]", "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]"]


@pytest.mark.parametrize("host", LOOPBACK)
def test_loopback_by_any_name(ask, http, https, host):
    """OpenID Connect Core 6.2, RFC 9101 10.4.1: a URL of a client reaches nothing inside."""
    for server in (http, https):
        said = ask(server.url("/x", host))
        assert (said.rc, said.status) == ("refused", 0), said.reason
        assert "oauth2_egress_allow" in said.reason
        assert server.connections == 0


def test_other_loopback_address_is_not_the_allowed_one(ask, http):
    http.put("/x", [])
    assert ask(http.url("/x"), "127.0.0.2", "10.0.0.0/8", "::1").rc == "refused"
    assert ask(http.url("/x"), "::ffff:127.0.0.1").rc == "refused"
    assert ask(http.url("/x", "[::ffff:127.0.0.1]"), "127.0.0.0/8").rc == "refused"
    assert http.connections == 0
    assert ask(http.url("/x"), "10.0.0.0/8", "127.0.0.0/8").rc == "ok"


def test_clear_needs_an_allowed_address(ask):
    """RFC 9101 5.2.2: https; a public address is not asked over http."""
    said = ask("http://8.8.8.8:9/x", timeout=2000)
    assert (said.rc, said.reason) == ("refused", "http is for addresses of oauth2_egress_allow")


@pytest.mark.parametrize("url", [
    "", "x", "ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/", "https://",
    "https:///x", "https://user@127.0.0.1/", "https://user:secret@127.0.0.1/", "https:x",
    "//127.0.0.1/", "https://127.0.0.1/ x", "https://127.0.0.1/\u00fc", "dict://127.0.0.1/",
    "https://127.0.0.1/" + "x" * 2040, "httpsx://127.0.0.1/", "unix:/tmp/x"])
def test_urls_that_are_not_asked(ask, url):
    said = ask(url, "127.0.0.0/8")
    assert (said.rc, said.reason) == ("refused", "the URL is not one that can be asked")


def test_document(ask, https, authority):
    url = https.put("/a?b=c", {"keys": []}, Cache_Control="public, max-age=77")
    said = ask(url + "#part", "127.0.0.1", ca=authority.cert)
    assert (said.rc, said.status, said.host) == ("ok", 200, "127.0.0.1"), said.reason
    assert (said.text, said.age) == (b'{"keys": []}', 77)
    request = https.asked("/a?b=c")[0]
    assert request.command == "GET" and "application/json" in request.headers["accept"]
    assert not {"cookie", "authorization", "accept-encoding", "referer"} & {
        name.lower() for name in request.headers}


def test_name_and_environment(ask, https, authority, tmp_path):
    """A proxy of the environment is not asked, .netrc gives nothing away."""
    (tmp_path / ".netrc").write_text("machine localhost login me password secret\n")
    trap = f"http://127.0.0.1:{free_port()}"
    env = {"https_proxy": trap, "all_proxy": trap, "HOME": str(tmp_path)}
    said = ask(https.url("/x", "localhost"), "127.0.0.1", ca=authority.cert, env=env)
    assert (said.rc, said.status, said.host) == ("refused", 404, "localhost"), said.reason
    assert "authorization" not in https.asked("/x")[0].headers


@pytest.mark.parametrize("status, rc", [(201, "refused"), (204, "refused"), (400, "refused"),
                                        (404, "refused"), (408, "away"), (429, "away"),
                                        (500, "away"), (503, "away")])
def test_status(ask, http, status, rc):
    said = ask(http.put("/x", b"", status), "127.0.0.1")
    assert (said.rc, said.status, said.reason) == (rc, status, f"the answer is {status}")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_not_followed(ask, http, status):
    said = ask(http.put("/x", b"", status, Location=http.put("/y", [])), "127.0.0.1")
    assert (said.rc, said.reason) == ("refused", f"the answer is {status}, which is not followed")
    assert not http.asked("/y")


@pytest.mark.parametrize("content_type, rc", [
    ("application/json", "ok"), ("Application/JWK-Set+JSON; charset=utf-8", "ok"), (None, "ok"),
    ("text/plain", "ok"), ("application/octet-stream", "ok"), ("text/html", "refused"),
    ("image/png", "refused"), ("application/", "refused"), (";", "refused")])
def test_content_type(ask, http, content_type, rc):
    assert ask(http.put("/x", [], content_type=content_type), "127.0.0.1").rc == rc


def test_size(ask, http):
    said = ask(http.put("/x", b"x" * 65536), "127.0.0.1")
    assert (said.rc, len(said.text)) == ("ok", 65536)
    said = ask(http.put("/y", b"x" * 65537), "127.0.0.1")
    assert (said.rc, said.reason) == ("refused", "the answer is too large")
    said = ask(http.put("/z", [], X_Long="x" * 17000), "127.0.0.1")
    assert (said.rc, said.reason) == ("refused", "the answer is too large")


def test_time(ask, http):
    """All of it is bounded, not only each wait."""
    said = ask(http.put("/x", b"[", drip=True), "127.0.0.1", timeout=500)
    assert said.rc == "away" and "imeout" in said.reason


def test_certificates(ask, authority):
    """RFC 9110 4.3.4: the certificate is for the host, valid, of a known authority."""
    other = Authority(authority.folder, "Other CA")
    pairs = {"wrong name": authority.issue("name", "example.com"),
             "unknown": other.issue("other", "127.0.0.1"),
             "expired": authority.issue("old", "127.0.0.1", age=3 * DAY,
                                        life=-DAY)}
    for pair in pairs.values():
        server = Documents(pair).start()
        said = ask(server.put("/x", []), "127.0.0.1", ca=authority.cert)
        server.stop()
        assert (said.rc, said.status) == ("away", 0) and "SSL" in said.reason, said.reason
        assert not server.requests


def test_authority_is_needed(ask, https):
    said = ask(https.put("/x", []), "127.0.0.1")
    assert said.rc == "away" and not https.requests


def test_nobody_there(ask):
    said = ask(f"http://127.0.0.1:{free_port()}/", "127.0.0.1")
    assert said.rc == "away" and said.reason == "Couldn't connect to server"


@pytest.mark.parametrize("status, rc", [(200, "ok"), (204, "ok"), (201, "refused"),
                                        (302, "refused"), (400, "refused"), (503, "away")])
def test_form(ask, http, status, rc):
    """OpenID Connect Back-Channel Logout 2.8: 200, and 204 for those who say that."""
    url = http.put("/x", b"", status, content_type="text/html")
    form = urllib.parse.urlencode({"logout_token": "a.b.c", "x": "\u00fc&="})
    said = ask(url, "127.0.0.1", form=form)
    assert (said.rc, said.status) == (rc, status)
    request = http.asked("/x")[0]
    assert request.command == "POST" and request.body.decode() == form
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
