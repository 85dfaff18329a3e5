# SPDX-License-Identifier: MIT
"""src/db under a driver process (t/unit/db_drive.c), with functions made for it."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import threading

import pytest

from .postgres import ROOT, Cluster
from .process import temporary_folder, wait_for
from .statements import STATEMENTS

SOURCES = ["t/unit/db_drive.c", *(str(p.relative_to(ROOT)) for p in ROOT.glob("src/db/*.c")),
           *(f"src/core/{name}.c" for name in ("pool", "str", "buf", "encode"))]

# What a function does is its first text: fail, sleep, lose its backend once.
BODY = """
begin
    insert into calls values ('{name}', {arg});
    if {arg} = 'error' then
        raise exception 'wished for';
    elsif {arg} like 'sleep:%' then
        perform pg_sleep(substr({arg}, 7)::float8);
    elsif {arg} = 'terminate' and nextval('tries') = 1 then
        perform pg_terminate_backend(pg_backend_pid()), pg_sleep(5);
    elsif {arg} = 'deadlock' and nextval('tries') = 1 then
        raise exception sqlstate '40P01';
    end if;
    return query select {values};
end"""


def create_function(name):
    _, types, columns = STATEMENTS[name]
    params = ", ".join(f"p{i} {t}" for i, t in enumerate(types))
    arg = f"p{types.index('text')}" if "text" in types else "'none'"
    values = ", ".join(f"{arg}::text" if c == "status text" else f"null::{c.split()[1]}"
                       for c in columns)
    body = BODY.format(name=name, arg=arg, values=values)
    return (f"create function oauth2.{name}({params}) returns table ({', '.join(columns)})"
            f" language plpgsql set search_path = public, pg_temp as $${body}$$;")


class Drive:
    """The driver process: says commands, remembers what it answered."""

    def __init__(self, binary, conninfo, fast=2, depth=8, slow=2, queue=1024, timeout=2000):
        numbers = [str(n) for n in (fast, depth, slow, queue, timeout)]
        self.lines = []
        self.process = subprocess.Popen([binary, conninfo, *numbers], text=True, bufsize=1,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def say(self, *lines):
        self.process.stdin.write("".join(f"{line}\n" for line in lines))

    def find(self, pattern):
        return [m for m in (re.fullmatch(pattern, line) for line in list(self.lines)) if m]

    def wait(self, pattern, number=1, seconds=15):
        try:
            wait_for(lambda: len(self.find(pattern)) >= number, seconds)
        except AssertionError:
            pytest.fail(f"no {number} times {pattern!r} in {self.lines[-30:]}")
        return self.find(pattern)

    def done(self, number, seconds=15):
        """{id: (result, rows, milliseconds, status)} of so many queries."""
        found = self.wait(r"(?:done|refused) (\d+) (\w+) ?(\d*) ?(\d*) ?(.*)", number, seconds)
        answers = {int(m[1]): (m[2], int(m[3] or 0), int(m[4] or 0), m[5]) for m in found}
        assert len(answers) == len(found), "a query ended twice"
        return answers

    def state(self):
        before = len(self.find(r"state .*"))
        self.say("state")
        last = self.wait(r"state (\d+) (\d)", before + 1)[-1]
        return int(last[1]), last[2] == "1"

    def ready(self, seconds=15):
        wait_for(lambda: self.state() == (0, True), seconds, "ready")
        return self

    def errors(self):
        return [m[1] for m in self.find(r"log error (.*)")]

    def quit(self):
        """The end: no crash, no leak, no complaint of the sanitizers."""
        if self.process.poll() is None:
            try:
                self.say("quit")
            except BrokenPipeError:
                pass
        self.process.stdin.close()
        complaint = self.process.stderr.read()
        self.reader.join()
        assert (self.process.wait(10), complaint) == (0, "")
        assert self.lines[-1] == "destroyed"


class Cable:
    """Between client and server: a unix socket that forwards, and can be cut."""

    def __init__(self, server, folder):
        self.server = server
        self.folder = folder
        self.ends = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(f"{folder}/.s.PGSQL.5432")
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(f"{self.server.folder}/.s.PGSQL.5432")
            self.ends += [near, far]
            for a, b in ((near, far), (far, near)):
                threading.Thread(target=self._forward, args=(a, b), daemon=True).start()

    def _forward(self, source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self):
        ends, self.ends = self.ends, []
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def conninfo(self):
        return self.server.conninfo().replace(str(self.server.folder), str(self.folder))


@pytest.fixture
def cable(server):
    folder = temporary_folder("cable")
    line = Cable(server, folder)
    yield line
    line.listener.close()
    line.cut()
    shutil.rmtree(folder)


def build():
    """The driver, under the sanitizers; compiled when a source is newer."""
    path = ROOT / "build" / "test" / "db_drive"
    headers = [*ROOT.glob("src/db/*.[hd]*"), *ROOT.glob("src/core/*.h"),
               ROOT / "t/unit/poll_host.h"]
    newest = max(p.stat().st_mtime for p in [*headers, *(ROOT / s for s in SOURCES)])
    if path.exists() and path.stat().st_mtime > newest:
        return path

    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    include = subprocess.run(["pg_config", "--includedir"], check=True, text=True,
                             stdout=subprocess.PIPE).stdout.strip()
    subprocess.run(["cc", "-std=gnu11", "-O1", "-g", "-fsanitize=address,undefined",
                    "-fno-sanitize-recover", "-DOAUTH2_TEST", f"-I{include}", "-o", fresh,
                    *SOURCES, "-lpq", "-lcrypto"], check=True, cwd=ROOT)
    fresh.rename(path)
    return path


@pytest.fixture(scope="module")
def server():
    cluster = Cluster()
    try:
        yield cluster.start()
    finally:
        cluster.remove()


@pytest.fixture
def schema(server):
    """Functions of our own with the signatures of statements.def."""
    server.psql("set client_min_messages = warning; drop schema if exists oauth2 cascade;"
                " drop table if exists calls; drop sequence if exists tries;"
                "create table calls (name text, arg text); create sequence tries;"
                "create schema oauth2;" + "".join(map(create_function, STATEMENTS)))
    return server


@pytest.fixture
def start(schema):
    drives = []
    binary = build()

    def begin(conninfo=None, **options):
        drives.append(Drive(binary, conninfo or schema.conninfo(), **options))
        return drives[-1]

    yield begin
    for drive in drives:
        drive.quit()


def calls(server, name):
    return int(server.psql(f"select count(*) from calls where name = '{name}'"))


def backends(server):
    return [int(pid) for pid in server.psql(
        "select pid from pg_stat_activity where application_name = 'oauth2'").split()]


def running(server, number, text="sleep:"):
    """Waits until so many functions sleep; their backends."""
    return wait_for(lambda: len(pids := server.psql(
        "select pid from pg_stat_activity where application_name = 'oauth2'"
        " and wait_event = 'PgSleep'").split()) >= number and [int(p) for p in pids],
        what=f"{number} sleeping")


def terminate(server):
    server.psql("select pg_terminate_backend(pid) from pg_stat_activity"
                " where application_name = 'oauth2'")
