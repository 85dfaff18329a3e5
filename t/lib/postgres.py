# SPDX-License-Identifier: MIT
"""A private PostgreSQL cluster for tests: unix socket only, nothing durable."""

import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid

import psycopg

ROOT = pathlib.Path(__file__).resolve().parents[2]
MIGRATE = ROOT / "sql" / "migrate"

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "10min",
    "deadlock_timeout": "200ms",
    "log_line_prefix": "%m [%p] %u@%d ",
}


# Outlives a test run that dies without its fixtures' ends: reads until the
# run's end of the pipe is closed, then ends the server and forgets its data.
GUARD = """
read -r line
kill -QUIT "$1" 2>/dev/null
while kill -0 "$1" 2>/dev/null; do sleep 0.1; done
rm -rf "$2"
"""


def bindir():
    """Where the server's programs are: behind PATH, or where Debian keeps them."""
    initdb = shutil.which("initdb")
    if initdb is not None:
        folder = pathlib.Path(initdb).resolve().parent
        if (folder / "pg_isready").exists():
            return folder

    found = pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(found, key=lambda p: int(p.parent.parent.name), default=None)
    if newest is None:
        raise RuntimeError("PostgreSQL's server programs are not installed")
    return newest.parent


def ask(conninfo, sql):
    """Runs a statement as the owner; answers its first row."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchone() if cursor.description else None


def run(program, conninfo):
    """(exit code, output, complaints) of sql/migrate or sql/check."""
    done = subprocess.run([program, conninfo], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


class Cluster:
    """One postmaster in a folder of its own; it never runs as root."""

    def __init__(self, **settings):
        self.bin = bindir()
        self.settings = {**SETTINGS, **settings}
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="oauth2-pg-"))
        self.data = self.folder / "data"
        self.log = self.folder / "postgresql.log"
        self.process = None
        self.guard = None
        self.template = None

    @property
    def pid(self):
        """The postmaster's process id, None when it does not run."""
        return None if self.process is None else self.process.pid

    def _as_owner(self):
        """Arguments of subprocess that leave root behind."""
        if os.geteuid() != 0:
            return {}
        owner = pwd.getpwnam("postgres")
        return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}

    def start(self):
        """Makes the cluster when there is none, and waits until it answers."""
        if not self.data.exists():
            self._init()

        options = [word for k, v in self.settings.items() for word in ("-c", f"{k}={v}")]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.bin / "postgres", "-D", self.data, "-k", self.folder, *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                start_new_session=True, **self._as_owner())
        self.guard = subprocess.Popen(
            ["sh", "-c", GUARD, "guard", str(self.pid), self.folder],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)
        self.wait()
        return self

    def _init(self):
        self.folder.chmod(0o755)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        subprocess.run(
            [self.bin / "initdb", "-D", self.data, "-U", "postgres", "-A", "trust",
             "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
            check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **self._as_owner())

    def wait(self, deadline=30):
        """Until it takes connections."""
        end = time.monotonic() + deadline
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"PostgreSQL ended:\n{self.log.read_text()[-2000:]}")
            ready = subprocess.run(
                [self.bin / "pg_isready", "-q", "-h", self.folder], check=False)
            if ready.returncode == 0:
                return
            if time.monotonic() > end:
                raise TimeoutError("PostgreSQL does not answer")
            time.sleep(0.02)

    def stop(self, sig=signal.SIGINT):
        """Ends it and keeps the data; SIGINT is a fast, SIGQUIT an immediate shutdown."""
        if self.process is None:
            return
        self.guard.kill()
        self.guard.communicate()
        if self.process.poll() is None:
            self.process.send_signal(sig)
            self.process.wait(30)
        self.process = None

    def processes(self):
        """The postmaster and its children."""
        children = pathlib.Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [self.pid, *map(int, children.split())]

    def freeze(self):
        """Stops every process of it where it stands."""
        self.send(signal.SIGSTOP)

    def thaw(self):
        self.send(signal.SIGCONT)

    def send(self, number):
        """A signal to every process of it; some may just be ending."""
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self):
        """Ends every process of it as a crash does; start() brings it back."""
        self.guard.kill()
        self.guard.communicate()
        self.freeze()
        self.send(signal.SIGKILL)
        self.process.wait(30)
        self.process = None

    def restart(self, sig=signal.SIGINT):
        self.stop(sig)
        return self.start()

    def remove(self):
        """Ends it and forgets the data."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def conninfo(self, database="postgres", user="postgres"):
        return f"host={self.folder} dbname={database} user={user}"

    def psql(self, sql, database="postgres"):
        """Runs SQL as the superuser; answers what psql printed, unaligned."""
        return subprocess.run(
            [self.bin / "psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1",
             "-d", self.conninfo(database), "-c", sql],
            check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

    def migrate(self, database):
        subprocess.run([MIGRATE, self.conninfo(database)], check=True,
                       stdout=subprocess.DEVNULL)

    def seed_client(self, conninfo, client_id, secret_digest="0" * 64,
                    redirect_uris='["https://app.example.com/callback"]'):
        """Makes a client as ./dev up makes the demo client."""
        subprocess.run(
            [self.bin / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", conninfo,
             "-v", f"client_id={client_id}", "-v", f"secret_digest={secret_digest}",
             "-v", f"redirect_uris={redirect_uris}", "-v", f"name=The client {client_id}",
             "-f", ROOT / "sql" / "seed_demo.sql"], check=True)

    def create_database(self, migrated=True, name=None):
        """A fresh database; answers the conninfo of its owner."""
        name = name or f"t{uuid.uuid4().hex}"
        if migrated and self.template is None:
            self.psql("create database oauth2_template")
            self.migrate("oauth2_template")
            self.template = "oauth2_template"

        template = self.template if migrated else "template1"
        self.psql(f"create database {name} template {template}")
        return self.conninfo(name)

    def drop_database(self, name):
        self.psql(f"drop database if exists {name} with (force)")
