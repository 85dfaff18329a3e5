# SPDX-License-Identifier: MIT
"""nginx deletes what nobody needs any more (oauth2_retention), and nothing else."""

import pytest

from lib.process import wait_for
from lib.site import end_server, new_database, start_server

OLD = """
    insert into oauth2.pushed_requests (request_digest, client_id, parameters, expires_at)
    select lpad(to_hex(n), 64, '0'), 'demo', '{}', now() - interval '8 days'
    from generate_series(1, 350) as n
"""


@pytest.fixture
def old(postgres):
    """A database with rows that expired eight days ago, more than one batch of them."""
    made = new_database(postgres)
    made.rows(OLD)
    yield made
    made.drop()


def left(database):
    return database.value("select count(*) from oauth2.pushed_requests")


@pytest.fixture
def serve(request, keys, flavour):
    """A factory of servers over a database."""
    made = []

    def start(database, settings="", **options):
        made.append(start_server(request, database, keys, flavour, settings=settings,
                                 level="debug", **options))
        return made[-1]

    yield start
    for server in made:
        end_server(server, request)


def rounds(server):
    return server.nginx.error_log.read_text().count("oauth2 purge: going on")


def test_old_rows_go(serve, old):
    server = serve(old)
    user = server.user(login=True)
    wait_for(lambda: left(old) == 0, 20, "the rows deleted")
    wait_for(lambda: rounds(server) >= 4, 20, "the end")
    assert server.me(user.tokens["access_token"]).status_code == 200
    assert user.http.get("/users/me").status_code == 200
    assert "old rows were not deleted" not in server.nginx.error_log.read_text()


def test_retention(serve, old):
    server = serve(old, "oauth2_retention 9d;")
    wait_for(lambda: rounds(server) == 1, 20, "one batch")
    assert left(old) == 350


def test_off(serve, old):
    """Beside a server that deletes in another database, this one does not."""
    server = serve(old, "oauth2_retention off;")
    other = new_database(old.cluster)
    other.rows(OLD)
    serve(other)
    wait_for(lambda: left(other) == 0, 20, "the rows of the other")
    assert left(old) == 350 and rounds(server) == 0
    other.terminate()


def test_a_database_that_is_slow(serve, old):
    """What takes too long is given up, said, and does not hold up anybody."""
    old.rows("create function oauth2.wait() returns trigger language plpgsql as"
             " $$ begin perform pg_sleep(10); return old; end $$")
    old.rows("create trigger wait before delete on oauth2.pushed_requests"
             " for each statement execute function oauth2.wait()")
    server = serve(old, "oauth2_database_pool timeout=500ms;")
    words = "old rows were not deleted: "
    wait_for(lambda: words in server.nginx.error_log.read_text(), 20, "the failure")
    assert server.get("/health").status_code == 200
    assert server.user(login=True) and left(old) == 350
