# SPDX-License-Identifier: MIT
"""nginx with the module: Debian's, or the one built with sanitizers.

A test that needs a special configuration writes it here and now:

    nginx(site(database, server="oauth2_register_reveal off;"))
"""

import os
import pathlib
import re
import signal
import subprocess

from lib.process import (IS_ROOT, ROOT, SERVICE_USER, Process, accepts, give, temporary_folder,
                         wait_for)

MODULE = ROOT / "build/module/ngx_http_oauth2_module.so"
ASAN = ROOT / "build/nginx-asan/nginx"

# Lines of error.log, and of the sanitizers, that no test may cause.
BAD = re.compile(
    r"\[(?:alert|emerg)\].*|.*runtime error: .*|==\d+==ERROR: .*|.*SUMMARY: \w*Sanitizer.*")

FRAME = """\
{modules}
{user}
worker_processes {workers};
error_log {folder}/error.log {level};
pid {folder}/nginx.pid;
thread_pool oauth2 threads=1 max_queue=16;
{main}

events {{
    worker_connections 512;
}}

http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    {temp}
    default_type application/octet-stream;
    types {{
        text/html html;
        application/javascript js;
        text/css css;
        image/svg+xml svg;
    }}
{http}
}}
"""


# The build with sanitizers leaves these modules out.
TEMP = " ".join(f"{name}_temp_path {{folder}}/{name};" for name in ("fastcgi", "uwsgi", "scgi"))


class Keys:
    """A token key and an ES256 signing key, as files."""

    def __init__(self, folder):
        self.folder = folder
        self.token = folder / "token.key"
        self.signing = folder / "signing.pem"
        self.token.write_text(os.urandom(32).hex() + "\n")
        subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-out", self.signing],
                       check=True, capture_output=True)
        for path in (self.token, self.signing):
            give(path, 0o600)


def server(port, conninfo, keys, *, worker=None, mail=None, issuer=None,
           settings="", locations=""):
    """The text of one server with the module on.  mail: a folder, or the
    arguments of oauth2_smtp.  settings come last and replace what is set
    here.  The key is the file's, unless settings speak of keys in the
    database."""
    lines = [
        f"listen 127.0.0.1:{port};",
        "server_name localhost;",
        "oauth2 on;",
        f'oauth2_database "{conninfo}";',
        f"oauth2_issuer {issuer or f'http://localhost:{port}'};",
        f"oauth2_frontend_url {issuer or f'http://localhost:{port}'};",
        f"oauth2_signing_key {keys.signing};",
        f"oauth2_token_key {keys.token};",
        "oauth2_thread_pool oauth2;",
        'oauth2_mail_from "Accounts <accounts@example.com>";',
        "oauth2_password_cost 4;",
    ]
    if worker is not None:
        lines.append(f"oauth2_worker unix:{worker};")
    if isinstance(mail, pathlib.Path):
        lines.append(f"oauth2_mail_folder {mail};")
    elif mail is not None:
        lines.append(f"oauth2_smtp {mail};")
    own = {line.split()[0] for line in settings.splitlines() if line.split()}
    if own & {"oauth2_signing_algs", "oauth2_signing_key_rotation"}:
        own.add("oauth2_signing_key")   # keys of the database instead
    lines = [line for line in lines if line.split()[0] not in own]
    inner = "\n".join(f"        {line}" for line in [*lines, settings, locations])
    return f"    server {{\n{inner}\n    }}\n"


class Nginx(Process):
    """nginx over one configuration: the text inside of http { }, or with
    whole=True all of it.  $folder in it becomes the folder of this nginx,
    where mail, sockets and files of the test belong."""

    def __init__(self, http, *, flavour="debian", main="", workers=1, level="info", env=None):
        folder = temporary_folder("nginx")
        self.flavour = flavour
        self.binary = ASAN if flavour == "asan" else "/usr/sbin/nginx"
        self.frame = {
            "modules": "" if flavour == "asan" else f"load_module {MODULE};",
            "temp": "" if flavour == "asan" else TEMP.format(folder=folder),
            "user": f"user {SERVICE_USER};" if IS_ROOT else "",
            "workers": workers, "folder": folder, "level": level, "main": main}
        self.http = http
        self.conf_path = folder / "nginx.conf"
        self.error_log = folder / "error.log"
        self.expected = []      # patterns of [alert] lines that a test causes
        self.seen = 0
        give(temporary_mkdir(folder / "san"), 0o755)
        sanitizers = {
            "ASAN_OPTIONS": f"detect_odr_violation=0:detect_leaks=0:log_path={folder}/san/asan",
            "UBSAN_OPTIONS": f"print_stacktrace=1:log_path={folder}/san/ubsan"}
        super().__init__(
            "nginx", [self.binary, "-p", f"{folder}/", "-c", self.conf_path, "-e",
                      self.error_log, "-g", "daemon off;"],
            folder, {**(sanitizers if flavour == "asan" else {}), **(env or {})})
        self.write()

    def write(self, http=None):
        """Writes the configuration, another one where it is given."""
        if http is not None:
            self.http = http
        text = self.http.replace("$folder", str(self.folder))
        self.conf_path.write_text(FRAME.format(http=text, **self.frame))

    def logs(self):
        return [self.error_log, self.log_path, *sorted((self.folder / "san").glob("*"))]

    def ports(self):
        return [int(p) for p in re.findall(r"listen 127\.0\.0\.1:(\d+)", self.http)]

    def test(self):
        """nginx -t: the exit code, and what it says."""
        done = subprocess.run([*self.argv[:-2], "-t"], capture_output=True, text=True,
                              check=False, env={**os.environ, **self.env})
        return done.returncode, done.stderr

    def start(self, ready=True):
        super().start()
        if ready:
            self.wait_ready(lambda: self.workers() and all(map(accepts, self.ports())))
        return self

    def workers(self):
        """Pids of the worker processes, leaving out those that shut down."""
        found = []
        for pid in self.children():
            try:
                title = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
            except OSError:
                continue
            if b"worker process" in title and b"shutting" not in title:
                found.append(pid)
        return found

    def children(self):
        path = pathlib.Path(f"/proc/{self.pid}/task/{self.pid}/children")
        try:
            return [int(pid) for pid in path.read_text().split()]
        except OSError:
            return []

    def reload(self, http=None, seconds=20.0):
        """Reloads, and waits until new workers serve (the old may still
        be ending)."""
        if http is not None:
            self.write(http)
        before = set(self.workers())
        self.send(signal.SIGHUP)
        wait_for(lambda: self.workers() and not before & set(self.workers()), seconds,
                 "new worker processes")

    def stop(self, number=signal.SIGQUIT, seconds=15.0):
        return super().stop(number, seconds)

    def bad_lines(self):
        """What happened since the last look that must not happen."""
        text = ""
        if self.error_log.exists():
            text = self.error_log.read_bytes()[self.seen:].decode(errors="replace")
            self.seen += len(text.encode(errors="replace"))
        found = [m.group() for m in BAD.finditer(text)]
        for path in (self.folder / "san").glob("*"):
            report = path.read_text(errors="replace")
            if report and not path.name.endswith(".seen"):
                found.append(report[:6000])
                path.rename(f"{path}.seen")
        return [line for line in found if not any(re.search(e, line) for e in self.expected)]


def temporary_mkdir(path):
    path.mkdir(parents=True, exist_ok=True)
    return path
