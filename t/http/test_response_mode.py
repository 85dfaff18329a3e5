# SPDX-License-Identifier: MIT
"""response_mode (OAuth 2.0 Multiple Response Types 2.1, Form Post Response Mode 2)."""

import html.parser

import pytest

from lib.answers import page_error, redirect, redirect_error
from lib.client import Pkce
from lib.database import REDIRECT_URI


class Form(html.parser.HTMLParser):
    """Of a page with one form: where it goes, and what it carries."""

    def __init__(self, answer):
        super().__init__()
        self.forms = []
        self.fields = {}
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-frame-options"] == "DENY"
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert "location" not in answer.headers
        self.feed(answer.text)
        assert len(self.forms) == 1

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            assert given["method"] == "post"
            self.forms.append(given["action"])
        if tag == "input":
            assert given["type"] == "hidden" and given["name"] not in self.fields
            self.fields[given["name"]] = given["value"]


def test_form_post(server):
    """Form Post Response Mode 2."""
    user, pkce = server.user(login=True), Pkce()
    answer = server.authorize(user.http, pkce, response_mode="form_post")
    answer = server.consent(user.http, answer)
    form = Form(answer)
    assert 'id="continue"' in answer.text and "127.0.0.1" in answer.text
    assert form.forms == [REDIRECT_URI]
    assert set(form.fields) == {"code", "state", "iss"}
    assert form.fields["state"] == "a state" and form.fields["iss"] == server.base
    assert server.redeem(form.fields["code"], pkce).status_code == 200

    again = Form(server.authorize(user.http, pkce, response_mode="form_post"))
    assert again.fields["code"], "consented before"


def test_errors_are_posted_too(server):
    user = server.user(login=True)
    form = Form(server.authorize(user.http, Pkce(), response_mode="form_post", scope="nonsense"))
    assert form.fields["error"] == "invalid_scope" and form.fields["iss"] == server.base
    answer = server.authorize(user.http, Pkce(), response_mode="form_post")
    form = Form(server.consent(user.http, answer, decision="deny"))
    assert form.fields["error"] == "access_denied" and form.fields["state"] == "a state"


def test_a_state_is_text(server):
    """No page becomes another by what a client says."""
    state = "\"><script>alert('x')</script>&amp;"
    answer = server.authorize(server.browser(), Pkce(), response_mode="form_post", prompt="none",
                              state=state)
    assert Form(answer).fields["state"] == state
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("mode", ["fragment", "form_post.jwt", "web_message", "FORM_POST", " "])
def test_others(server, mode):
    """Multiple Response Types 2.1: a code never goes into a fragment here."""
    redirect_error(server.authorize(server.browser(), Pkce(), response_mode=mode), REDIRECT_URI,
                   "invalid_request", server.base)


def test_query(server):
    user = server.user(login=True)
    answer = server.authorize(user.http, Pkce(), response_mode="query")
    assert redirect(server.consent(user.http, answer), REDIRECT_URI)["code"]


def test_nothing_is_posted_to_strangers(server):
    page_error(server.authorize(server.browser(), Pkce(), response_mode="form_post",
                                redirect_uri="https://evil.example/"))
