# SPDX-License-Identifier: MIT
"""Documents of clients, through nginx: sector_identifier_uri of a registration is fetched within
bounds, once for all who ask, and nobody else waits for it."""

import concurrent.futures
import contextlib
import json
import socket
import threading

import pytest

from lib.answers import oauth_error
from lib.certificates import Authority
from lib.client import bearer
from lib.documents import Documents
from lib.process import give, temporary_folder, wait_for
from lib.site import end_server, start_server

CALLBACK, OTHER = "https://app.example.com/callback", "https://other.example.org/callback"


@pytest.fixture(scope="module")
def authority():
    folder = temporary_folder("egress")
    return Authority(give(folder, 0o755))


@pytest.fixture
def documents(authority):
    made = Documents(authority.issue("server", "127.0.0.1", "localhost")).start()
    yield made
    if made.hold is not None:
        made.hold.set()
    made.stop()


def settings(authority, *more):
    return "\n".join(["oauth2_registration open;",
                      f"oauth2_egress_ca_file {authority.cert};", *more])


@pytest.fixture(scope="module")
def site(request, database, keys, flavour, authority):
    made = start_server(request, database, keys, flavour, level="debug",
                        settings=settings(authority, "oauth2_egress_allow 10.0.0.0/8 127.0.0.1;"))
    yield made
    end_server(made, request)


@pytest.fixture(scope="module")
def strict(request, database, keys, flavour, authority):
    """Allows no address beside the public ones."""
    made = start_server(request, database, keys, flavour, settings=settings(authority))
    yield made
    end_server(made, request)


def metadata(uri, *redirects):
    return {"redirect_uris": list(redirects or (CALLBACK,)), "sector_identifier_uri": uri,
            "subject_type": "pairwise"}


def register(server, uri, *redirects):
    return server.browser().post("/oauth/register", json=metadata(uri, *redirects))


def refused(answer, word="There is no list"):
    body = oauth_error(answer, 400, "invalid_client_metadata")
    assert body["error_description"].startswith(f"sector_identifier_uri: {word}")


def log_of(server):
    return server.nginx.error_log.read_text()


def steps(server, number, name="fetching sector"):
    """Waits until so many more requests have come there than there were."""
    wait_for(lambda: log_of(server).count(f"oauth2 step: {name}") == number, 10, name)


def test_listed(site, documents):
    """OpenID Connect Registration 5: all redirect URIs are in the list."""
    url = documents.put("/sector", [OTHER, CALLBACK, "https://app.example.com/2"])
    answer = register(site, url, CALLBACK, "https://app.example.com/2")
    assert answer.status_code == 201, answer.text
    assert answer.json()["sector_identifier_uri"] == url
    assert len(documents.asked("/sector")) == 1


@pytest.mark.parametrize("listed", [[], [OTHER], ["https://app.example.com/"],
                                    ["https:\\/\\/app.example.com/callback"],
                                    [f"https://app.example.com/{n}" for n in range(1200)]
                                    + [CALLBACK]])
def test_not_listed(site, documents, listed):
    """OpenID Connect Registration 5: a redirect URI that is not in the list is refused."""
    refused(register(site, documents.put("/sector", listed)), "A redirect URI")


def test_changed_a_moment_ago(site, documents):
    """OpenID Connect Registration 5: what the document says now."""
    url = documents.put("/changed", [CALLBACK])
    assert register(site, url).status_code == 201
    assert documents.put("/changed", [OTHER]) == url
    refused(register(site, url), "A redirect URI")


@pytest.mark.parametrize("body", [b"", b"[", b"{}", b'"x"', b"null", json.dumps(CALLBACK).encode(),
                                  json.dumps({"uris": [CALLBACK]}).encode(),
                                  json.dumps([[CALLBACK]]).encode(),
                                  json.dumps([CALLBACK, 1]).encode(),
                                  json.dumps([{"uri": CALLBACK}]).encode(), b"\xff[]",
                                  b"[" * 2000 + b"]" * 2000, b'["' + b"\0" + b'"]'])
def test_no_list(site, documents, body):
    """OpenID Connect Registration 5: a JSON array of redirect URIs."""
    refused(register(site, documents.put("/sector", body)))


def test_no_document(site, documents):
    refused(register(site, documents.url("/nothing")))
    for status in (302, 500, 204):
        url = documents.put(f"/{status}", [CALLBACK], status, Location=documents.url("/there"))
        refused(register(site, url))
    documents.put("/there", [CALLBACK])
    assert not documents.asked("/there")
    refused(register(site, documents.put("/page", [CALLBACK], content_type="text/html")))
    refused(register(site, documents.put("/large", [CALLBACK, "x" * 65536])))
    log = log_of(site)
    for words in ("the answer is 302, which is not followed", "the answer is too large",
                  "the answer is of another type", "the answer is 404"):
        assert f'document of "127.0.0.1" not fetched: {words}' in log
    assert documents.url("/large") not in log.replace("client sent", "")


def test_replaced(site, documents):
    """OpenID Connect Registration 5, RFC 7592 2.2: an update is checked in the same way."""
    url = documents.put("/sector", [CALLBACK])
    client = register(site, url).json()
    for uri, redirects, status in ((url, [OTHER], 400), (url, [CALLBACK], 200),
                                   (documents.put("/2", [OTHER]), [CALLBACK], 400)):
        answer = site.browser().put(
            client["registration_client_uri"],
            headers=bearer(client["registration_access_token"]),
            json={**metadata(uri, *redirects), "client_id": client["client_id"],
                  "client_secret": client["client_secret"]})
        assert answer.status_code == status, answer.text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"])
def test_loopback_is_not_asked(strict, documents, host):
    """OpenID Connect Core 8.1: whoever registers cannot have us ask what is inside."""
    documents.put("/sector", [CALLBACK])
    refused(register(strict, documents.url("/sector", host)))
    assert documents.connections == 0
    assert "the address is not public, and not in oauth2_egress_allow" in log_of(strict)


def test_name_of_an_allowed_address(site, documents):
    documents.put("/sector", [CALLBACK])
    assert register(site, documents.url("/sector", "localhost")).status_code == 201


def test_certificate_of_another(site, authority):
    server = Documents(authority.issue("name", "example.com")).start()
    refused(register(site, server.put("/sector", [CALLBACK])))
    server.stop()
    assert not server.requests


def test_slow(site, documents):
    """Bounded in time, and meanwhile nginx serves."""
    url = documents.put("/slow", b"[", drip=True)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        answer = pool.submit(register, site, url)
        wait_for(lambda: documents.asked("/slow"), 10, "the fetch")
        assert site.get("/health").status_code == 200
        assert site.user(login=True)
        refused(answer.result())
    assert 'document of "127.0.0.1" not fetched: Timeout was reached' in log_of(site)


def test_one_fetch_for_all(site, documents):
    url = documents.put("/sector", [CALLBACK])
    documents.hold = threading.Event()
    before = log_of(site).count("oauth2 step: fetching sector")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(register, site, url) for _ in range(8)]
        steps(site, before + 8)
        assert site.get("/health").status_code == 200
        documents.hold.set()
        assert {a.result().status_code for a in answers} == {201}
    assert len(documents.asked("/sector")) == 1


def test_bound_of_a_host(site, documents):
    """A host that does not answer cannot take all threads; others are not held up."""
    urls = [documents.put(f"/{n}", [CALLBACK]) for n in range(6)]
    documents.hold = threading.Event()
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = [pool.submit(register, site, url) for url in urls]
        documents.wait_held(4)
        done = concurrent.futures.wait(answers, 10, concurrent.futures.FIRST_COMPLETED).done
        wait_for(lambda: sum(a.done() for a in answers) == 2, 10, "two refusals")
        assert done and "document not fetched: too many at once" in log_of(site)
        documents.put("/other", [CALLBACK])
        hold, documents.hold = documents.hold, None
        assert register(site, documents.url("/other", "localhost")).status_code == 201
        hold.set()
        assert sorted(a.result().status_code for a in answers) == [201] * 4 + [400] * 2
    assert [register(site, url).status_code for url in urls] == [201] * 6


def test_client_that_leaves(site, documents):
    """Its fetch ends alone, and is of use to those who come meanwhile."""
    url = documents.put("/sector", [CALLBACK])
    documents.hold = threading.Event()
    body = json.dumps(metadata(url)).encode()
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", site.port)) as s:
            s.sendall(b"POST /oauth/register HTTP/1.1\r\nHost: localhost\r\n"
                      b"Content-Type: application/json\r\n"
                      b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            documents.wait_held(1)
    documents.hold.set()
    wait_for(lambda: documents.held == 0, 10, "the answer")
    assert len(documents.asked("/sector")) == 1
    assert register(site, url).status_code == 201


def test_reload_meanwhile(request, database, keys, flavour, authority, documents):
    """A worker process ends when its fetches have ended."""
    with closing_server(request, database, keys, flavour, authority) as server:
        url = documents.put("/sector", [CALLBACK])
        documents.hold = threading.Event()
        with concurrent.futures.ThreadPoolExecutor() as pool:
            answer = pool.submit(register, server, url)
            documents.wait_held(1)
            server.nginx.reload()
            documents.hold.set()
            assert answer.result().status_code == 201


@contextlib.contextmanager
def closing_server(request, database, keys, flavour, authority):
    made = start_server(request, database, keys, flavour,
                        settings=settings(authority, "oauth2_egress_allow 127.0.0.0/8;"))
    try:
        yield made
    finally:
        end_server(made, request)


def test_inherited_and_taken_back(request, database, keys, flavour, authority, documents):
    """What a server allows, a location of it may not."""
    own = "location = /oauth/register { oauth2_egress_allow off; }"
    made = start_server(request, database, keys, flavour, locations=own,
                        settings=settings(authority, "oauth2_egress_allow 127.0.0.0/8;"))
    try:
        refused(register(made, documents.put("/sector", [CALLBACK])))
        assert documents.connections == 0
    finally:
        end_server(made, request)
