# SPDX-License-Identifier: MIT
"""What people and applications do to a server, in the words of a test."""

import base64
import dataclasses
import hashlib
import itertools
import os
import secrets
import urllib.parse

import httpx

from lib.database import CLIENT_ID, CLIENT_SECRET, REDIRECT_URI
from lib.page import Page
from lib.smtp import token_of

PASSWORD = "correct horse battery"

_numbers = itertools.count(1)


def fresh_email(name="user"):
    """An address that no other test has."""
    return f"{name}{next(_numbers)}-{os.getpid()}-{secrets.token_hex(3)}@example.com"


@dataclasses.dataclass
class User:
    email: str
    password: str
    user_id: str = ""
    tokens: dict = dataclasses.field(default_factory=dict)
    http: httpx.Client = None       # with the session cookie, after login


class Pkce:
    """A verifier and its S256 challenge (RFC 7636)."""

    def __init__(self, verifier=None):
        self.verifier = verifier or secrets.token_urlsafe(48)
        digest = hashlib.sha256(self.verifier.encode()).digest()
        self.challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def query_of(url):
    """The query of a URL; a repeated parameter is an error."""
    pairs = urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query, keep_blank_values=True)
    assert len(dict(pairs)) == len(pairs), url
    return dict(pairs)


class Client:
    """The server at an address; mail is where its mail can be read."""

    def __init__(self, base, mail=None, timeout=15.0):
        self.base = base
        self.mail = mail
        self.timeout = timeout
        self.http = self.browser()

    def browser(self, **options):
        """An HTTP client with a cookie jar of its own; follows no redirect.
        There is no TLS here: without verify it does not load any roots,
        which costs a tenth of a second each time."""
        return httpx.Client(base_url=self.base, timeout=self.timeout,
                            **{"verify": False, **options})

    def get(self, path, **options):
        return self.http.get(path, **options)

    def post(self, path, json=None, **options):
        return self.http.post(path, json=json, **options)

    # accounts

    def register(self, email=None, password=PASSWORD, headers=None, **fields):
        """The answer to a registration."""
        return self.browser().post(
            "/auth/register", headers=headers,
            json={"email": email or fresh_email(), "password": password, **fields})

    def verify(self, token):
        return self.browser().post("/auth/verify-email", json={"token": token})

    def mail_token(self, email, number=1):
        """The token in the link of the number-th mail to an address."""
        return token_of(self.mail.wait_link(email, number))

    def user(self, password=PASSWORD, login=False, **fields):
        """Somebody registered and verified; with login, also signed in."""
        email = fields.pop("email", None) or fresh_email()
        answer = self.register(email, password, **fields)
        assert answer.status_code == 201, answer.text
        verified = self.verify(self.mail_token(email))
        assert verified.status_code == 200, verified.text
        user = User(email, password, answer.json()["user_id"])
        return self.login(user) if login else user

    def login(self, user):
        """Signs in: tokens, and a browser that has the session cookie."""
        user.http = self.browser()
        answer = user.http.post(
            "/auth/login", json={"email": user.email, "password": user.password})
        assert answer.status_code == 200, answer.text
        user.tokens = answer.json()
        return user

    def me(self, token):
        return self.browser().get("/users/me", headers=bearer(token))

    def userinfo(self, token):
        return self.browser().get("/oauth/userinfo", headers=bearer(token))

    # applications

    def authorize(self, browser, pkce=None, **changes):
        """The answer of GET /oauth/authorize; a parameter None is left out."""
        parameters = {
            "response_type": "code", "client_id": CLIENT_ID, "redirect_uri": REDIRECT_URI,
            "scope": "openid profile email offline_access", "state": "a state",
            "code_challenge": pkce.challenge if pkce else None,
            "code_challenge_method": "S256" if pkce else None, **changes}
        return browser.get("/oauth/authorize", params={
            k: v for k, v in parameters.items() if v is not None})

    def consent(self, browser, answer, decision="allow", **changes):
        """Decides on the page that an answer of authorize() leads to; a
        client that needs no consent gets its answer as it is."""
        location = answer.headers["location"]
        if urllib.parse.urlsplit(location).path != "/oauth/consent":
            return answer
        return Page(browser.get(location)).press(browser, decision, **changes)

    def code(self, user, pkce, **changes):
        """An authorization code for a user who is signed in and consents."""
        answer = self.authorize(user.http, pkce, **changes)
        assert answer.status_code == 303, answer.text
        answer = self.consent(user.http, answer)
        assert answer.status_code == 303, answer.text
        query = query_of(answer.headers["location"])
        assert "code" in query, query
        return query["code"]

    def token(self, auth=(CLIENT_ID, CLIENT_SECRET), **form):
        """The answer of the token endpoint."""
        return self.browser().post("/oauth/token", data=form, auth=auth)

    def redeem(self, code, pkce, auth=(CLIENT_ID, CLIENT_SECRET), **changes):
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI,
                "code_verifier": pkce.verifier, **changes}
        return self.token(auth, **{k: v for k, v in form.items() if v is not None})

    def rotate(self, refresh_token, auth=(CLIENT_ID, CLIENT_SECRET), **changes):
        return self.token(auth, grant_type="refresh_token", refresh_token=refresh_token,
                          **changes)


def bearer(token):
    return {"Authorization": f"Bearer {token}"}
