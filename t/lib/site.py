# SPDX-License-Identifier: MIT
"""A site as the tests use it: nginx over a database, and its end."""

import shutil

from lib.client import Client
from lib.database import PUBLIC_ID, Database
from lib.nginx import Nginx, server as server_text
from lib.process import free_port, give, temporary_folder
from lib.smtp import Folder


def end(process, session):
    """Ends a process of a fixture; nginx must have ended cleanly."""
    process.stop()
    bad = process.bad_lines() if isinstance(process, Nginx) else []
    process.done(keep=getattr(session, "keep_logs", False) or bool(bad))
    assert not bad, "\n".join(bad)


def new_database(cluster):
    database = Database(cluster)
    database.add_client()
    database.add_client(PUBLIC_ID, None, name="Public demo",
                        grants=["authorization_code", "refresh_token"])
    return database


class Server(Client):
    """A running nginx over a database, as the client of a test sees it."""

    def __init__(self, nginx, database, mail, port, worker=None):
        super().__init__(f"http://localhost:{port}", mail)
        self.nginx = nginx
        self.database = database
        self.port = port
        self.worker = worker


def start_server(request, database, keys, flavour, port=None, **options):
    """A Server by the arguments of lib.nginx.server(), and level of the log;
    it ends with end_server()."""
    port = port or free_port()
    level = options.pop("level", "info")
    folder = give(temporary_folder("mail"), 0o755)
    defaults = {"settings": getattr(request.module, "SETTINGS", ""),
                "locations": getattr(request.module, "LOCATIONS", ""), "mail": folder}
    text = server_text(port, database.app, keys, **{**defaults, **options})
    process = Nginx(text, flavour=flavour, level=level).start()
    made = Server(process, database, Folder(folder), port)
    made.folder = folder
    return made


def end_server(made, request):
    end(made.nginx, request.session)
    shutil.rmtree(made.folder, ignore_errors=True)
