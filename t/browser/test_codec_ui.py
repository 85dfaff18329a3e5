# SPDX-License-Identifier: MIT
"""Temporal's UI shows a history decoded to an administrator who is signed in to our pages
(docs/operations.md), and sealed to anybody else."""

import json

import pytest

from lib.client import fresh_email
from lib.process import accepts, free_port, wait_for
from lib.site import end, end_server, start_server
from lib.temporal import Temporal
from lib.worker import Worker


TIMEOUT = 20_000


@pytest.fixture(scope="module")
def ui():
    made = Temporal(ui_port=free_port())
    made.ui_port = made.argv[made.argv.index("--ui-port") + 1]
    made.start()
    wait_for(lambda: accepts(int(made.ui_port)), 20, "the UI")
    yield made
    made.done(keep=False)


@pytest.fixture(scope="module")
def site(request, database, keys, flavour, ui, smtp):
    port = free_port()
    worker = Worker(database.app, ui.address, smtp.url, key=str(keys.token),
                    frontend_url=f"http://localhost:{port}", smtp_starttls="off").start()
    made = start_server(request, database, keys, flavour, port, worker=worker.socket,
                        mail=f"{smtp.url} starttls=off",
                        settings=f"oauth2_cors_origin http://localhost:{ui.ui_port};")
    made.mail = smtp
    yield made
    end_server(made, request)
    end(worker, request.session)


def test_history_in_the_ui(site, ui, chromium):
    user = site.user(login=True)
    email = fresh_email("history")
    assert site.register(email).json()["method"] == "temporal_workflow"
    operation = site.database.value(
        "select id from oauth2.operations where result ->> 'email' = %s", email)
    workflow = f"register-{operation}"
    wait_for(lambda: ui.status(workflow) == "COMPLETED", 20, "completed")

    context = chromium.new_context(viewport={"width": 1400, "height": 1000})
    try:
        context.add_cookies([{
            "name": "oauth2_session", "value": user.http.cookies["oauth2_session"],
            "domain": "localhost", "path": "/", "httpOnly": True, "sameSite": "Lax"}])
        context.set_default_timeout(TIMEOUT)
        page = context.new_page()
        page.goto(f"http://localhost:{ui.ui_port}/namespaces/default/workflows/{workflow}")

        # what docs/operations.md says to do
        page.locator("[data-testid^=data-encoder-status]").first.click()
        page.get_by_test_id("use-local-endpoint-input").check(force=True)
        page.get_by_placeholder("Paste your endpoint here").fill(f"{site.base}/temporal/codec")
        page.get_by_text("Include cross-origin credentials").click()
        page.get_by_role("button", name="Apply").first.click()

        for allowed, status in ((False, 403), (True, 200)):
            site.database.rows("select * from oauth2.admin_user_set(%s)",
                               json.dumps({"id": user.user_id, "is_superuser": allowed}))
            with page.expect_response(lambda r: r.url.startswith(
                    f"{site.base}/temporal/codec/decode") and r.request.method == "POST") as got:
                page.reload()
            assert got.value.status == status
            if allowed:
                page.get_by_text(email).first.wait_for()
            else:
                page.get_by_test_id("data-encoder-status-error").first.wait_for()
                assert email not in page.content()
    finally:
        context.close()
