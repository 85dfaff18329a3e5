# SPDX-License-Identifier: MIT
"""oauth2_cors_origin: listed origins may read our answers, and nobody else (Fetch 3.2)."""

import httpx
import pytest

from lib.answers import oauth_error, problem
from lib.client import PASSWORD, bearer
from lib.site import end_server, start_server

UI = "http://localhost:8081"
APP = "https://app.example.com"
SETTINGS = f"oauth2_cors_origin {UI} {APP};"
LOCATIONS = "location /oauth/token { oauth2_cors_origin off; }"


def cors(answer):
    """What the answer says of other origins, but for Vary."""
    return {name: value for name, value in answer.headers.items()
            if name.startswith("access-control-")}


def vary(answer):
    return [v.strip() for v in ",".join(answer.headers.get_list("vary")).split(",")]


ALLOWED = {
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": "X-Request-ID, WWW-Authenticate, Retry-After, DPoP-Nonce",
}


@pytest.mark.parametrize("origin", [UI, APP])
@pytest.mark.parametrize("method, path, status", [
    ("GET", "/health", 200),
    ("GET", "/.well-known/openid-configuration", 200),
    ("GET", "/oauth/jwks", 200),
    ("GET", "/users/me", 401),
    ("POST", "/auth/login", 403),
    ("GET", "/auth/login", 405),
    ("GET", "/auth/nothing", 404),
    ("POST", "/oauth/revoke", 415),
])
def test_listed(server, origin, method, path, status):
    answer = server.browser().request(method, path, headers={"Origin": origin})
    assert answer.status_code == status
    assert cors(answer) == {"access-control-allow-origin": origin, **ALLOWED}
    assert "Origin" in vary(answer)


@pytest.mark.parametrize("origin", [
    None, "", "*", "null", "http://localhost:8082", "https://localhost:8081", "http://localhost",
    "http://localhost:80811", "http://LOCALHOST:8081", f"{UI}/", f"{UI}, {APP}", f"{APP}.evil.com"])
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_not_listed(server, origin, method):
    """No word of it, but caches learn that there could have been."""
    headers = {"Access-Control-Request-Method": "GET"}
    answer = server.browser().request(
        method, "/health", headers=headers if origin is None else {**headers, "Origin": origin})
    assert answer.status_code == (200 if method == "GET" else 405)
    assert cors(answer) == {}
    assert "Origin" in vary(answer)


def preflight(server, path, origin=UI, **headers):
    return server.browser().options(path, headers={
        "Origin": origin, "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-namespace", **headers})


@pytest.mark.parametrize("path, methods", [
    ("/temporal/codec/decode", "POST"), ("/users/me", "GET, HEAD, PUT"),
    ("/oauth/userinfo", "GET, HEAD, POST")])
def test_preflight(server, path, methods):
    answer = preflight(server, path)
    assert answer.status_code == 204
    assert answer.content == b""
    assert answer.headers["x-request-id"]
    assert "Origin" in vary(answer)
    assert cors(answer) == {
        "access-control-allow-origin": UI, **ALLOWED,
        "access-control-allow-methods": methods, "access-control-max-age": "600",
        "access-control-allow-headers":
            "content-type, authorization, dpop, x-namespace, x-request-id, idempotency-key, "
            "x-requested-with, traceparent, tracestate, baggage"}


def test_no_preflight(server):
    """OPTIONS that asks for nothing, or at no address of ours."""
    answer = server.browser().options("/users/me", headers={"Origin": UI})
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD, PUT"
    problem(preflight(server, "/auth/nothing"), 404, "not_found")


@pytest.mark.parametrize("path", [
    "/oauth/authorize", "/oauth/login", "/oauth/resend", "/oauth/consent", "/oauth/logout",
    "/oauth/device"])
def test_never_what_the_sign_in_is_made_of(server, path):
    asked = preflight(server, path)
    assert asked.status_code >= 400
    for answer in (server.browser().get(path, headers={"Origin": UI}), asked):
        assert cors(answer) == {}


def test_off_below(server):
    """A location can take the list away."""
    answer = server.browser().post("/oauth/token", headers={"Origin": UI})
    assert answer.status_code == 415
    assert cors(answer) == {} and vary(answer) == ["Origin"], "for pages of public clients"
    assert preflight(server, "/oauth/token").status_code == 405


def test_reading_is_not_acting(server):
    """What the cookie can do stays with our own pages."""
    user = server.user(login=True)
    answer = user.http.get("/users/me", headers={"Origin": UI})
    assert answer.status_code == 200
    for method, path in (("PUT", "/users/me"), ("POST", "/auth/logout"),
                         ("POST", "/auth/refresh")):
        answer = user.http.request(method, path, json={}, headers={"Origin": UI})
        problem(answer, 403, "cross_site")
        assert answer.headers["access-control-allow-origin"] == UI, "it may read why"
    answer = server.post("/auth/login", {"email": user.email, "password": PASSWORD},
                         headers={"Origin": UI})
    problem(answer, 403, "cross_site")
    answer = server.browser().put("/users/me", json={"first_name": "Ada"}, headers={
        "Origin": UI, **bearer(user.tokens["access_token"])})
    assert answer.status_code == 200, "a token is no cookie"


def test_default(request, database, keys, flavour):
    """Without the directive there is none of it."""
    made = start_server(request, database, keys, flavour, settings="")
    try:
        answer = httpx.get(f"{made.base}/health", headers={"Origin": UI})
        assert cors(answer) == {} and vary(answer) == [""]
        assert preflight(made, "/health").status_code == 405
        for path in "/.well-known/openid-configuration", "/oauth/jwks":
            for answer in (httpx.get(made.base + path), preflight(made, path)):
                assert answer.is_success and vary(answer) == [""]
                assert answer.headers["access-control-allow-origin"] == "*"
                assert "access-control-allow-credentials" not in answer.headers
    finally:
        end_server(made, request)


def test_page_of_a_public_client(server):
    """Its answers from the token endpoint, without a cookie; nobody else's."""
    page = "https://spa.example.net"
    server.database.add_client("spa", None, redirect_uris=[f"{page}/callback"])
    form = {"client_id": "spa", "grant_type": "refresh_token", "refresh_token": "x"}

    def post(origin, **changes):
        return server.browser().post("/oauth/token", data={**form, **changes},
                                     headers={"Origin": origin})

    answer = post(page)
    assert answer.json()["error"] == "invalid_grant"
    assert cors(answer) == {
        "access-control-allow-origin": page,
        "access-control-expose-headers": ALLOWED["access-control-expose-headers"]}
    assert "Origin" in vary(answer)

    for origin in ("https://evil.example", f"{page}:8443", "http://spa.example.net", "null"):
        answer = post(origin)
        assert cors(answer) == {} and "Origin" in vary(answer)
    assert cors(post(page, client_id="demo-public")) == {}
    assert cors(post(page, client_id="nobody")) == {}


def test_page_of_a_confidential_client(server):
    """A secret has no business in a page."""
    server.database.add_client("web", "a secret", redirect_uris=[f"{APP}/callback"])
    answer = server.browser().post(
        "/oauth/token", auth=("web", "a secret"), headers={"Origin": APP},
        data={"grant_type": "client_credentials"})
    assert answer.status_code == 200
    assert cors(answer) == {}


def test_page_of_a_client_that_should_be_public(server):
    """Its developer reads that the client is refused, and does not look for it in CORS."""
    page = "https://forgot.example.net"
    server.database.add_client("forgot", "a secret", redirect_uris=[f"{page}/callback"])
    for origin, told in ((page, page), ("https://evil.example", None)):
        answer = server.browser().post("/oauth/token", headers={"Origin": origin}, data={
            "client_id": "forgot", "grant_type": "refresh_token", "refresh_token": "x"})
        oauth_error(answer, 401, "invalid_client")
        assert answer.headers.get("access-control-allow-origin") == told
        assert "access-control-allow-credentials" not in answer.headers


FOR_CLIENTS = ["/oauth/token", "/oauth/revoke", "/oauth/par", "/oauth/device_authorization",
               "/oauth/introspect", "/oauth/userinfo"]


@pytest.fixture(scope="module")
def pages(server):
    """Public clients, with pages of their own; one is switched off."""
    add = server.database.add_client
    add("pages", None, redirect_uris=["https://pages.example.net:8443/callback", "com.example:/x"])
    add("bare", None, redirect_uris=["https://bare.example.net", "https://query.example.net?x=1"])
    add("told", None, redirect_uris=["https://elsewhere.example.net/cb"])
    add("secretive", "its secret", redirect_uris=["https://secretive.example.net/cb"])
    add("gone", None, redirect_uris=["https://gone.example.net/cb"])
    say = "update oauth2.oauth2_clients set %s where client_id = '%s'"
    server.database.rows(say % ("is_active = false", "gone"))
    server.database.rows(say % (
        "metadata = '{\"allowed_origins\": [\"https://told.example.net\"]}'", "told"))


@pytest.mark.parametrize("path", FOR_CLIENTS)
@pytest.mark.parametrize("origin", [
    "https://pages.example.net:8443", "https://bare.example.net", "https://query.example.net",
    "https://told.example.net", "https://elsewhere.example.net"])
def test_preflight_of_a_clients_page(server, pages, path, origin):
    """RFC 9449 8: the header of a proof, and the nonce of the answer."""
    for _ in range(2):
        answer = preflight(server, path, origin)
        assert answer.status_code == 204
        said = cors(answer)
        assert said["access-control-allow-origin"] == origin
        assert "access-control-allow-credentials" not in said
        assert {"authorization", "dpop", "content-type"} <= set(
            said["access-control-allow-headers"].split(", "))
        assert "DPoP-Nonce" in said["access-control-expose-headers"]
        assert "POST" in said["access-control-allow-methods"]
        assert "Origin" in vary(answer)


@pytest.mark.parametrize("path, origin", [
    *[("/oauth/token", origin) for origin in (
        "https://pages.example.net", "https://pages.example.net:844",
        "http://pages.example.net:8443", "https://bare.example.ne",
        "https://secretive.example.net", "https://gone.example.net",
        "https://bare.example.net.evil.example", "null", "https://", "https", "com.example:",
        "https://%.example.net", "https://" + "a" * 300)],
    *[(path, "https://bare.example.net") for path in (
        "/users/me", "/auth/login", "/auth/refresh", "/oauth/authorize", "/oauth/register")]])
def test_no_preflight_of_others(server, pages, path, origin):
    for _ in range(2):
        answer = preflight(server, path, origin)
        assert answer.status_code == 405 and answer.headers["allow"]
        assert cors(answer) == {}


def test_userinfo_for_a_clients_page(server, pages):
    """OpenID Connect Core 5.3: also what was refused can be read."""
    for origin, can in ("https://bare.example.net", True), ("https://evil.example", False):
        answer = server.browser().get("/oauth/userinfo", headers={
            "Origin": origin, **bearer("x")})
        assert answer.status_code == 401 and "Origin" in vary(answer)
        assert (cors(answer).get("access-control-allow-origin") == origin) is can


def test_an_allowed_origin(server, pages):
    """The operator's word; the answer is for pages of this client alone."""
    for client, can in ("told", True), ("bare", False):
        answer = server.browser().post("/oauth/token", headers={
            "Origin": "https://told.example.net"}, data={
                "client_id": client, "grant_type": "refresh_token", "refresh_token": "x"})
        assert answer.status_code == 400
        assert ("access-control-allow-origin" in answer.headers) is can


def test_the_answer_is_kept(server, pages):
    """The database is asked once, whatever it would say now."""
    page = "https://kept.example.net"
    assert preflight(server, "/oauth/token", page).status_code == 405
    server.database.add_client("kept", None, redirect_uris=[f"{page}/cb"])
    assert preflight(server, "/oauth/token", page).status_code == 405
    server.nginx.reload()
    assert preflight(server, "/oauth/token", page).status_code == 204
