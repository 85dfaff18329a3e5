# SPDX-License-Identifier: MIT
"""A page of the server's own, as a browser without JavaScript has it."""

import dataclasses
import html.parser
import urllib.parse

# the attributes of a frame of another site's page: what it may do
SANDBOX = "allow-forms allow-same-origin allow-scripts"
VOID = {"meta", "link", "input", "img", "rect", "circle", "path"}


@dataclasses.dataclass
class Form:
    action: str
    method: str
    fields: dict = dataclasses.field(default_factory=dict)      # name: value
    buttons: dict = dataclasses.field(default_factory=dict)     # name: value


class Page(html.parser.HTMLParser):
    """An answer that is a page: its forms, and the text of what has an id.

    Everything that such a page must be is checked here, for each page that
    a test opens.  frames: may it have any?  Their URIs; refresh is where the page goes on to
    by itself."""

    def __init__(self, answer, status=200, frames=False):
        super().__init__()
        self.frames = [] if frames else None
        self.refresh = None
        assert answer.status_code == status, answer.text
        self.answer = answer
        self.forms = []
        self.ids = {}
        self.links = {}
        self.open = []
        self.words = []
        check_headers(answer)
        self.feed(answer.text)
        self.close()
        assert self.open == [], "elements that are not closed"
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        assert len(given) == len(attrs), attrs
        assert tag not in ("script", "style", "object", "base"), tag
        assert not any(n == "style" or n.startswith("on") for n in given), attrs
        if tag not in VOID:
            self.open.append((tag, given.get("id")))
        if "id" in given:
            assert given["id"] not in self.ids
            self.ids[given["id"]] = given.get("value", "")
        if tag == "form":
            self.forms.append(Form(given["action"], given["method"]))
        if tag == "input":
            assert given["type"] == "hidden" or given["id"] == given["name"]
            assert given["name"] not in self.forms[-1].fields
            self.forms[-1].fields[given["name"]] = given["value"] if "value" in given else ""
        if tag == "button":
            assert given["type"] == "submit" and given["id"] == given["name"]
            self.forms[-1].buttons[given["name"]] = given["value"]
        if tag == "iframe":
            assert given.pop("hidden", "") is None and given.pop("title")
            assert given.pop("sandbox") == SANDBOX
            self.frames.append(given.pop("src"))
            assert not given
        if tag == "meta" and given.get("http-equiv") == "refresh":
            self.refresh = given["content"]
        if tag == "a":
            self.links[given.get("id") or given["href"]] = given["href"]

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop()[0] == tag, tag

    def handle_data(self, data):
        self.words.append(data)
        for _, name in self.open:
            if name:
                self.ids[name] = " ".join(f"{self.ids[name]} {data}".split())

    def form_of(self, button):
        return next(form for form in self.forms if button in form.buttons)

    def press(self, browser, button, headers=None, **changes):
        """Fills fields in and presses a button; a field None is not sent."""
        form = self.form_of(button)
        assert form.method == "post"
        data = {**form.fields, button: form.buttons[button], **changes}
        return browser.post(urllib.parse.urljoin(str(self.answer.url), form.action),
                            data={k: v for k, v in data.items() if v is not None},
                            headers=headers)

    def follow(self, browser, link):
        return browser.get(urllib.parse.urljoin(str(self.answer.url), self.links[link]))


def check_headers(answer):
    headers = answer.headers
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["cache-control"] == "no-store"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert "location" not in headers
    policy = {words[0]: words[1:] for words in map(
        str.split, headers["content-security-policy"].split(";"))}
    assert policy["default-src"] == ["'none'"] and policy["style-src"] == ["'self'"]
    assert policy["frame-ancestors"] == ["'none'"] and policy["base-uri"] == ["'none'"]
    assert "script-src" not in policy
