# SPDX-License-Identifier: MIT
"""src/db in trouble: lost connections, a server that restarts, crashes, stalls."""

import os
import signal
import threading

from lib.db_layer import (  # noqa: F401
    backends, cable, calls, running, schema, server, start, terminate)
from lib.process import wait_for


def test_terminated_backends_cost_no_answer(start, server):
    drive = start().ready()
    drive.say("start 1 16 login_find sleep:0.05")
    running(server, 1)
    terminate(server)
    assert {a[0] for a in drive.done(16).values()} == {"ok"}
    assert calls(server, "login_find") == 16


def test_terminated_while_idle(start, server):
    drive = start().ready()
    old = set(backends(server))
    terminate(server)
    drive.wait(r"log error database connection lost: terminating connection .*")
    drive.say("start 1 20 login_find hello", "start 21 2 session_close hello - -")
    assert {a[0] for a in drive.done(22).values()} == {"ok"}
    assert not old & set(backends(server))


def test_rolled_back_for_sure_is_repeated(start, server):
    """57P01 and a deadlock: even what may run only once is sent again, once."""
    drive = start().ready()
    drive.say("start 1 1 token_issue - terminate - -")
    assert drive.done(1)[1][0] == "ok"
    server.psql("select setval('tries', 1, false)")
    drive.say("start 2 1 token_issue - deadlock - -")
    assert drive.done(2)[2][0] == "ok"
    assert calls(server, "token_issue") == 2


def test_lost_without_a_word(start, server, cable):
    """What may run twice is repeated, what may not is given up."""
    drive = start(cable.conninfo()).ready()
    drive.say("start 1 1 session_close sleep:0.5 - -", "start 2 1 token_issue - sleep:0.5 - -")
    running(server, 2)
    cable.cut()
    answers = drive.done(2)
    assert answers[1][0] == "ok"
    assert answers[2][0] == "unavailable"
    assert calls(server, "token_issue") <= 1
    drive.ready()


def test_a_crash_of_the_server(start, server):
    server.psql("checkpoint")       # nothing waits for its WAL here, a crash would undo it
    drive = start().ready()
    drive.say("start 1 1 session_close sleep:0.5 - -", "start 2 1 token_issue - sleep:0.5 - -",
              "start 3 8 login_find sleep:0.1")
    os.kill(running(server, 3)[0], signal.SIGKILL)
    assert {a[0] for a in drive.done(10).values()} <= {"ok", "unavailable"}
    wait_for(lambda: drive.state() == (0, True), what="ready")
    drive.say("start 21 5 login_find hello")
    assert all(drive.done(15)[i][0] == "ok" for i in range(21, 26))


def test_a_restart_in_the_middle(start, server):
    """Every query ends, within its deadline, and service comes back by itself."""
    drive = start().ready()
    restart = threading.Thread(target=server.restart)
    asked = 0
    while asked < 400 or restart.is_alive() or not drive.state()[1]:
        drive.say(f"start {asked} 3 login_find hello", f"start {asked + 3} 1 session_close a - -")
        asked += 4
        answers = drive.done(asked)
        if asked == 100:
            restart.start()
    restart.join()
    assert {a[0] for a in answers.values()} <= {"ok", "unavailable"}
    assert all(a[2] < 2100 for a in answers.values())
    drive.say("start 60000 5 login_find again")
    answers = drive.done(asked + 5)
    assert all(answers[i][0] == "ok" for i in range(60000, 60005))


def test_away_is_said_at_once(start, server):
    drive = start().ready()
    server.stop()
    drive.wait(r"log error cannot connect to the database: .*")
    wait_for(lambda: drive.state()[1] is False, what="not ready")
    drive.say("start 1 20 login_find hello", "start 21 5 session_close hello - -")
    answers = drive.done(25)
    assert {a[0] for a in answers.values()} == {"unavailable"}
    assert all(a[2] < 1000 for a in answers.values())
    server.start()
    drive.ready()
    drive.wait(r"log notice database is in service again")
    drive.say("start 31 5 login_find hello")
    assert all(drive.done(30)[i][0] == "ok" for i in range(31, 36))
    assert len(drive.errors()) < 6


def test_a_stopped_backend(start, server):
    """Its queries end at their deadline, then the connection is replaced."""
    drive = start(fast=1, timeout=600).ready()
    stopped = backends(server)
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        drive.say("start 1 3 login_find hello", "start 4 1 session_close hello - -")
        answers = drive.done(4)
        assert {a[0] for a in answers.values()} == {"unavailable"}
        assert all(550 < a[2] < 1100 for a in answers.values())
        drive.wait(r"log error database connection lost: no answer from the server")
        wait_for(lambda: drive.state() == (0, True), what="ready")
        drive.say("start 5 3 login_find hello")
        assert all(drive.done(7)[i][0] == "ok" for i in (5, 6, 7))
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)


def test_detached_then_lost(start, server):
    drive = start().ready()
    drive.say("start 1 8 login_find sleep:0.3")
    running(server, 2)
    drive.say("detach 1", "detach 2", "detach 7")
    terminate(server)
    assert set(drive.done(5)) == {3, 4, 5, 6, 8}
    drive.ready()


def test_a_host_that_cannot_watch(start):
    drive = start().ready()
    drive.say("watch 9", "start 1 1 login_find hello")
    assert drive.done(1)[1][0] in ("ok", "unavailable")
    drive.ready(30)
    drive.say("start 2 5 login_find hello")
    assert all(drive.done(6)[i][0] == "ok" for i in range(2, 7))
