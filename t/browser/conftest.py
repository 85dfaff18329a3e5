# SPDX-License-Identifier: MIT
"""A headless Chromium, and pages of it that may not complain.

tab     a page over the server of the fixture "full"; a script error, a breach of the content
        security policy, or a request that failed without the test expecting it, fails the test
"""

import dataclasses
import urllib.parse

import pytest
from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"]
TIMEOUT = 15_000


@dataclasses.dataclass
class Watch:
    """What a page complained about.  expect() names answers that are no
    fault: the browser's console calls each one of 400 and above an error."""

    complaints: list = dataclasses.field(default_factory=list)
    expected: set = dataclasses.field(default_factory=lambda: {(401, "/users/me")})
    documents: int = 0

    def expect(self, status, path):
        self.expected.add((status, path))

    def console(self, message):
        if message.type in ("error", "warning") and (
                "Failed to load resource: the server" not in message.text):
            self.complaints.append(f"console: {message.text}")

    def error(self, error):
        self.complaints.append(f"script: {error}")

    def response(self, response):
        path = urllib.parse.urlsplit(response.url).path
        if response.status >= 400 and (response.status, path) not in self.expected:
            self.complaints.append(f"{response.status} {response.request.method} {path}")
        # The server's own pages have no script, and tell errors as well.
        plain = path.startswith("/oauth/")
        if response.request.resource_type == "document" and (
                response.status == 200 or plain and response.status >= 400):
            policy = response.headers.get("content-security-policy", "")
            words = {d.split()[0]: d.split()[1:] for d in policy.split(";") if d.split()}
            scripts = words.get("script-src"), words.get("style-src"), words.get("default-src")
            # the page of form_post has one, known by its digest
            if plain and scripts[0] and scripts[0][0].startswith("'sha256-"):
                scripts = (None if len(scripts[0]) == 1 else scripts[0], *scripts[1:])
            self.documents += 1
            if scripts != (None if plain else ["'self'"], ["'self'"], ["'none'"]):
                self.complaints.append(f"policy of {path}: {policy!r}")

    def failed(self, request):
        # A navigation cancels what the old page still waits for.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"{request.failure} {request.url}")


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def tab(request, chromium, full):
    """The marker context(...) gives the browser's settings."""
    marker = request.node.get_closest_marker("context")
    context = chromium.new_context(base_url=full.base, reduced_motion="reduce",
                                   **(marker.kwargs if marker else {}))
    context.set_default_timeout(TIMEOUT)
    page = context.new_page()
    page.watch = watch = Watch()
    page.on("console", watch.console)
    page.on("pageerror", watch.error)
    page.on("response", watch.response)
    page.on("requestfailed", watch.failed)
    yield page
    context.close()
    assert not watch.complaints, "\n".join(watch.complaints)
    assert watch.documents > 0
