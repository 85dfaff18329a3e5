# SPDX-License-Identifier: MIT
"""/docs: the documentation of the API, to read and to try, under our policy."""

from playwright.sync_api import expect

from browser_steps import LOCATIONS, SETTINGS

__all__ = ["LOCATIONS", "SETTINGS"]     # of the server that conftest.py starts


def test_docs(full, tab):
    tab.goto("/docs")
    expect(tab.get_by_role("heading", level=1)).to_contain_text("ngx_http_oauth2_module")
    document = tab.request.get("/openapi.json").json()
    count = sum(len(methods) for methods in document["paths"].values())
    expect(tab.locator(".opblock")).to_have_count(count)

    # The document's server is the one that it comes from.
    operation = tab.locator(".opblock", has_text="/health")
    operation.get_by_role("button").first.click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table")).to_contain_text('"status": "healthy"')
    expect(operation.locator(".request-url")).to_contain_text(f"{full.base}/health")


def test_app_does_not_load_it(full, tab):
    loaded = []
    tab.on("request", lambda request: loaded.append(request.url))
    tab.goto("/login")
    expect(tab.get_by_role("heading", level=1)).to_be_visible()
    assert loaded and not [url for url in loaded if "swagger" in url or "docs" in url]
