# SPDX-License-Identifier: MIT
"""A single-page application of oidc-client-ts on another origin, from discovery alone: by
redirect, in windows and frames, and with DPoP."""

import pytest

from browser_steps import LOCATIONS, SETTINGS, heading, press, sign_in
from lib.spa import Spa, install_libraries

__all__ = ["LOCATIONS", "SETTINGS"]     # of the server that conftest.py starts

SIGN_IN = "() => { manager.signinRedirect({ state: 'mine' }) }"
SIGN_OUT = "() => { manager.signoutRedirect() }"
SILENT = "() => manager.signinSilent()"
FORGET = """async () => {
    const { refresh_token, ...user } = await manager.getUser();
    await manager.storeUser(new oidc.User(user));
}"""
REFUSED = "(call) => manager[call]().then(() => 'done', e => e.error)"
USERINFO = """async ([scheme, headers]) => {
    const user = await manager.getUser();
    const url = await manager.metadataService.getUserInfoEndpoint();
    let answer = {};
    for (let again = 0; again < 2; again++) {
        const nonce = answer.headers?.get("dpop-nonce") ?? undefined;
        const proof = scheme && { DPoP: await manager.dpopProof(url, user, "GET", nonce) };
        answer = await fetch(url, { headers: {
            Authorization: `${scheme ?? "Bearer"} ${user.access_token}`, ...proof } });
    }
    return { status: answer.status, told: answer.headers.get("www-authenticate"),
             body: await answer.json() };
}"""


@pytest.fixture(scope="module")
def libraries():
    install_libraries()


@pytest.fixture
def app(request, full, libraries):
    """At another port; with the parameter, at another site as well."""
    made = Spa(full, getattr(request, "param", "localhost")).start()
    yield made
    made.stop()


def sign_in_by_redirect(full, app, tab, **settings):
    user = full.user(first_name="Ada")
    app.open(tab, **settings)
    tab.evaluate(SIGN_IN)
    sign_in(tab, user.email)
    press(tab, "Allow")
    tab.wait_for_url(f"{app.base}/callback?**")
    return user, tab.evaluate("() => arrived")


def test_redirect(full, app, tab):
    """Refresh, renewal in a frame, revocation and sign-out behind it."""
    user, made = sign_in_by_redirect(full, app, tab, monitorSession=True)
    assert made["profile"]["sub"] == user.user_id and made["profile"]["name"] == "Ada"
    assert made["profile"]["email"] == user.email
    renewed = tab.evaluate(SILENT)
    assert renewed["refresh_token"] != made["refresh_token"]
    assert renewed["profile"]["sub"] == user.user_id

    # prompt=none, and nobody has to see it (OpenID Connect Core 3.1.2.1)
    tab.evaluate(FORGET)
    framed = tab.evaluate(SILENT)
    assert framed["profile"]["sub"] == user.user_id
    assert framed["access_token"] != renewed["access_token"]

    tab.evaluate("() => manager.revokeTokens()")
    assert full.userinfo(framed["access_token"]).status_code == 401
    tab.evaluate(SIGN_OUT)
    tab.wait_for_url(f"{app.base}/signed-out")
    assert tab.evaluate("() => arrived.then(() => manager.getUser())") is None
    assert tab.evaluate(REFUSED, "signinSilent") == "login_required"


@pytest.mark.parametrize("app", ["127.0.0.1"], indirect=True)
def test_another_site(full, app, tab):
    """Frames come without the cookie (SameSite); a refresh token needs none."""
    user, made = sign_in_by_redirect(full, app, tab)
    renewed = tab.evaluate(SILENT)
    assert renewed["profile"]["sub"] == user.user_id
    assert renewed["access_token"] != made["access_token"]
    tab.evaluate(FORGET)
    assert tab.evaluate(REFUSED, "signinSilent") == "login_required"


def test_dpop(full, app, tab):
    """The code is bound as well, a nonce is taken up; what is wrong with a use is told."""
    tab.watch.expect(400, "/oauth/token")       # use_dpop_nonce
    tab.watch.expect(401, "/oauth/userinfo")
    user, made = sign_in_by_redirect(full, app, tab, dpop=True, loadUserInfo=False)
    assert made["token_type"] == "DPoP" and made["profile"]["sub"] == user.user_id
    assert tab.evaluate(SILENT)["access_token"] != made["access_token"]
    answer = tab.evaluate(USERINFO, ["DPoP"])
    assert answer["status"] == 200 and answer["body"]["sub"] == user.user_id
    answer = tab.evaluate(USERINFO, [None])
    assert answer["status"] == 401 and "wrong scheme" in answer["body"]["error_description"]
    assert 'error="invalid_token"' in answer["told"] and "DPoP algs=" in answer["told"]


def window(tab, call):
    """The window that a call of the manager opens, watched as the tab is."""
    with tab.expect_popup() as opened:
        tab.evaluate("(call) => { window.told = manager[call]() }", call)
    made = opened.value
    for name, seen in (("console", tab.watch.console), ("pageerror", tab.watch.error),
                       ("response", tab.watch.response), ("requestfailed", tab.watch.failed)):
        made.on(name, seen)
    return made


def detour(opened, there, title, back):
    """To a page that is no part of the sign-in, and back to one that leads on."""
    opened.get_by_role("link", name=there).click()
    heading(opened, title).to_be_visible()
    opened.get_by_role("main").get_by_role("link", name=back).click()
    heading(opened, "Sign in").to_be_visible()


def test_window(full, app, tab):
    """It stays in touch with the application, also when the user looks at other pages."""
    user = full.user()
    app.open(tab)
    opened = window(tab, "signinPopup")
    detour(opened, "Forgot your password?", "Forgot your password?", "Back to sign in")
    detour(opened, "Sign up here", "Create your account", "Sign in")
    sign_in(opened, user.email)
    press(opened, "Allow")
    assert tab.evaluate("() => told")["profile"]["sub"] == user.user_id
    assert opened.is_closed()
    window(tab, "signoutPopup")
    tab.evaluate("() => told")
    assert tab.evaluate("() => manager.getUser()") is None


@pytest.mark.parametrize("path, apart", [
    ("/", True), ("/dashboard", True), ("/docs", True), ("/login-x", True),
    ("/login?next=%2F", False), ("/register", False), ("/forgot-password", False),
    ("/reset-password?token=x", False), ("/verify-email", False)])
def test_windows_of_others(full, path, apart):
    """Only what a sign-in leads to can be reached from them."""
    answer = full.get(path)
    assert answer.status_code == 200
    said = answer.headers.get("cross-origin-opener-policy")
    assert said == ("same-origin" if apart else None)
