# SPDX-License-Identifier: MIT
"""conf/app.conf.example before a real application: auth_oauth2 and
auth_request let in who has a session or a token and nobody else, and no
client can speak in an identity of its own."""

import urllib.parse

import pytest

from lib.app import App, header
from lib.client import bearer
from lib.process import ROOT
from lib.site import end_server, start_server

IDENTITY = ["X-Auth-Request-User", "X_Auth_Request_User", "x-auth-request-user",
            "X-Forwarded-User", "X_FORWARDED_USER", "Remote-User", "REMOTE_USER",
            "X-Forwarded-Groups", "X-User-Id", "X-User-Email"]


@pytest.fixture(scope="module")
def app():
    made = App().start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def site(request, database, keys, flavour, app):
    example = (ROOT / "conf/app.conf.example").read_text().replace(
        "127.0.0.1:5000", f"127.0.0.1:{app.port}")
    more = """
        underscores_in_headers on;
        location /any/ { auth_oauth2 any; auth_oauth2_headers X-Tenant; %(to)s }
        location /session/ { auth_oauth2 session; auth_oauth2_unauthorized redirect; %(to)s }
        location /plain/ { auth_oauth2 session; auth_oauth2_unauthorized 401; %(to)s }
        location /either/ { satisfy any; deny all; auth_oauth2 any; %(to)s }
        location /local/ { satisfy any; allow 127.0.0.1; auth_oauth2 any; %(to)s }
        location /claims/ {
            auth_oauth2 any;
            add_header X-Seen "$oauth2_method,$oauth2_claim_email,$oauth2_claim_client_id";
            add_header X-Acr "$oauth2_acr";
            %(to)s
        }
        """ % {"to": f"proxy_pass http://127.0.0.1:{app.port};"}
    made = start_server(request, database, keys, flavour, locations=more + example)
    yield made
    end_server(made, request)


@pytest.fixture(scope="module")
def user(site):
    return site.user(login=True, first_name="Ada")


@pytest.mark.parametrize("path", ["/app/x", "/app2/x"])
def test_session_reaches_the_app(site, user, path):
    answer = user.http.get(path)
    assert answer.status_code == 200
    assert header(answer, "x-auth-request-user") == [user.user_id]
    assert header(answer, "x-auth-request-email") == [user.email]


@pytest.mark.parametrize("path", ["/app/x", "/app/api/x", "/app2/x"])
def test_bearer_reaches_the_app(site, user, path):
    answer = site.browser().get(path, headers=bearer(user.tokens["access_token"]))
    assert answer.status_code == 200
    assert header(answer, "x-auth-request-user") == [user.user_id]


@pytest.mark.parametrize("path", ["/app/x?a=1&b=%2F", "/app2/x?a=1&b=%2F", "/session/?q"])
def test_browser_is_sent_to_the_login_page_and_back(site, path):
    answer = site.browser().get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 302
    location = urllib.parse.urlsplit(answer.headers["location"])
    assert location.path == "/login"
    assert urllib.parse.parse_qs(location.query) == {"next": [path]}


@pytest.mark.parametrize("headers", [
    {}, {"Accept": "application/json"},
    {"Accept": "text/html", "Sec-Fetch-Mode": "cors"},
    {"Accept": "text/html", "Authorization": "Bearer nonsense"}])
def test_program_gets_401(site, headers):
    answer = site.browser().get("/app/x", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer realm=")


def test_post_is_not_redirected(site):
    assert site.browser().post("/app/x", headers={"Accept": "text/html"}).status_code == 401


def test_unauthorized_401_never_redirects(site):
    answer = site.browser().get("/plain/", headers={"Accept": "text/html"})
    assert answer.status_code == 401


def test_next_is_never_another_site(site):
    answer = site.browser().get("/app//../app/x", headers={"Accept": "text/html"})
    following = urllib.parse.parse_qs(urllib.parse.urlsplit(answer.headers["location"]).query)
    assert following["next"][0].startswith("/") and not following["next"][0].startswith("//")


@pytest.mark.parametrize("name", IDENTITY)
@pytest.mark.parametrize("path", ["/any/", "/app/x"])
def test_identity_of_the_client_is_cleared(site, user, path, name):
    answer = user.http.get(path, headers=[(name, "admin"), (name, "root"), ("X-Other", "kept")])
    assert answer.status_code == 200
    values = [value for _, value in answer.json()["headers"]]
    assert "admin" not in values and "root" not in values
    assert "kept" in values


def test_named_headers_are_cleared_too(site, user):
    answer = user.http.get("/any/", headers={"x_tenant": "1", "X-Tenant": "2", "X-Tenants": "3"})
    assert header(answer, "x-tenants") == ["3"]
    assert header(answer, "x-tenant") == header(answer, "x_tenant") == []


def test_many_headers_stay_in_order(site, user):
    sent = [(f"X-H{i}", str(i)) for i in range(60)]
    sent.insert(30, ("X-User-Id", "admin"))
    answer = user.http.get("/any/", headers=sent)
    seen = [value for name, value in answer.json()["headers"] if name.startswith("x-h")]
    assert seen == [str(i) for i in range(60)]


def test_each_guard_takes_its_own_credentials(site, user):
    token = bearer(user.tokens["access_token"])
    assert site.browser().get("/session/", headers=token).status_code == 302
    assert user.http.get("/app/api/x").status_code == 401
    assert user.http.get("/session/").status_code == 200


def test_satisfy_any(site, user):
    assert site.browser().get("/local/").status_code == 200
    assert site.browser().get("/either/").status_code == 401
    assert user.http.get("/either/").status_code == 200


def test_claims_are_variables(site, user):
    seen = user.http.get("/claims/").headers["x-seen"]
    assert seen == f"session,{user.email},"
    assert "PasswordProtectedTransport" in user.http.get("/claims/").headers["x-acr"]
    seen = site.browser().get("/claims/", headers=bearer(user.tokens["access_token"]))
    assert seen.headers["x-seen"] == "bearer,,account"


@pytest.mark.parametrize("cookie", [
    "oauth2_session=", "oauth2_session=short", "oauth2_session=" + "A" * 43,
    "oauth2_session=" + "A" * 4000, "oauth2_session=\xff" + "A" * 42, "=; ;;oauth2_session"])
def test_cookie_that_is_none(site, cookie):
    answer = site.browser().get("/app/x", headers=[(b"Cookie", cookie.encode("latin-1"))])
    assert answer.status_code == 401


def test_two_session_cookies_are_none(site, user):
    value = user.http.cookies["oauth2_session"]
    answer = site.browser().get("/app/x", headers={
        "Cookie": f"oauth2_session={value}; oauth2_session={value}"})
    assert answer.status_code == 401


def test_logout_ends_both_ways_at_once(site):
    user = site.user(login=True)
    token = bearer(user.tokens["access_token"])
    assert user.http.get("/app/x").status_code == 200
    assert user.http.post("/auth/logout", json={}).status_code == 204
    assert site.browser().get("/app/x", headers=token).status_code == 401
    assert user.http.get("/app2/x", headers={"Accept": "text/html"}).status_code == 302
