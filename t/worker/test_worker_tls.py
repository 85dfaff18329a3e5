# SPDX-License-Identifier: MIT
"""TLS, client certificates and API keys towards Temporal.

The server is the real one behind an nginx that ends TLS and asks for
certificates and keys, as the front of a cluster does.
"""

import datetime
import os
import signal
import subprocess
import types

import pytest

from lib.certificates import Authority
from lib.client import fresh_email
from lib.nginx import Nginx
from lib.process import free_port, give, temporary_folder, wait_for
from lib.site import end, end_server, start_server
from lib.tls_front import TlsFront
from lib.worker import PROGRAM, Worker

FRONT = """
map "$http_authorization of $http_temporal_namespace" $refused {{
    default 1;
    "Bearer {key} of default" 0;
}}

server {{
    listen 127.0.0.1:{port} ssl{http2};
    ssl_certificate {cert};
    ssl_certificate_key {private};
    {more}

    location / {{
        grpc_pass grpc://{temporal};
        grpc_read_timeout 120s;
    }}

    location = /refused {{
        internal;
        default_type application/grpc;
        add_header grpc-status 16 always;
        add_header grpc-message "no%20such%20key" always;
        return 204;
    }}
}}
"""
WANT_KEY = "if ($refused) { rewrite ^ /refused last; }"
YEAR = datetime.timedelta(days=365)


@pytest.fixture(scope="module")
def pki():
    """Authorities and certificates: right, of another name, of another
    authority, expired."""
    folder = give(temporary_folder("pki"), 0o755)
    ours = Authority(folder, "Our CA")
    theirs = Authority(folder, "Their CA")
    return types.SimpleNamespace(
        folder=folder, ours=ours, theirs=theirs,
        server=ours.issue("server", "temporal.example", "127.0.0.1"),
        named=ours.issue("named", "temporal.example"),
        expired=ours.issue("expired", "127.0.0.1", age=2 * YEAR, life=-YEAR),
        client=ours.issue("client", "a worker"),
        stranger=theirs.issue("stranger", "a worker"))


@pytest.fixture
def front(temporal, pki):
    """A factory of fronts: their addresses."""
    made = []

    def factory(pair=None, *, more="", key="none", http2=" http2"):
        cert, private = pair or pki.server
        port = free_port()
        made.append(Nginx(FRONT.format(port=port, cert=cert, private=private, more=more, key=key,
                                       http2=http2, temporal=temporal.address)))
        made[-1].start()
        return f"127.0.0.1:{port}"

    yield factory
    for process in made:
        process.stop(signal.SIGTERM)    # and not when the last long poll has ended
        process.done(keep=False)


@pytest.fixture
def run(start_worker, database, mail, pki):
    """Starts a worker that trusts our authority, and logs as by default."""
    def start(address, **settings):
        settings = {"log_level": "notice", "temporal_tls": "on",
                    "temporal_tls_ca_file": pki.ours.cert, **settings}
        return start_worker(database.app, address, mail.path, task_queue=f"tls-{free_port()}",
                            connected=settings.pop("connected", True), **settings)
    return start


def refused(worker, *words):
    """It says why, once, in its log and in /status, stays alive, and answers
    at once that it is away."""
    def log():
        return worker.log_path.read_text()

    wait_for(lambda: any(w in log() for w in words), 20, f"one of {words}")
    answer = worker.ping()
    assert answer.status == 503 and answer.json["started"] is False
    status = worker.status()
    assert not status["temporal_connected"]
    assert any(w in status["reason"] for w in words), status
    word = next(w for w in words if w in log())
    assert sum(word in line for line in log().splitlines() if "cannot connect" in line) <= 1


def test_tls(run, front):
    worker = run(front())
    assert worker.ping().status == 200
    answer = worker.register("tls@example.com")
    assert answer.json["method"] == "temporal_workflow"


def test_the_name_that_is_configured(run, front, pki):
    worker = run(front(pki.named), temporal_tls_server_name="temporal.example")
    assert worker.ping().status == 200


def test_another_name(run, front, pki):
    refused(run(front(pki.named), connected=False), "IP address mismatch")
    refused(run(front(), connected=False, temporal_tls_server_name="other.example"),
            "hostname mismatch", "Hostname mismatch")


def test_another_authority(run, front, pki):
    refused(run(front(), connected=False, temporal_tls_ca_file=pki.theirs.cert),
            "unable to get local issuer certificate", "self-signed", "self signed")


def test_expired(run, front, pki):
    refused(run(front(pki.expired), connected=False), "certificate has expired")


def test_no_h2(run, front):
    refused(run(front(http2=""), connected=False), "does not speak h2",
            "no application protocol")


def test_clear_text_to_a_tls_port(run, front):
    worker = run(front(), connected=False, temporal_tls="off", temporal_tls_ca_file="")
    refused(worker, "no connection to temporal: ", "cannot connect to temporal")


def test_client_certificate(run, front, pki):
    more = f"ssl_client_certificate {pki.ours.cert}; ssl_verify_client on;"
    cert, private = pki.client
    worker = run(front(more=more), temporal_tls_cert_file=cert, temporal_tls_key_file=private)
    assert worker.ping().status == 200


@pytest.mark.parametrize("pair", [None, "stranger"])
def test_no_right_client_certificate(run, front, pki, pair):
    more = f"ssl_client_certificate {pki.ours.cert}; ssl_verify_client on;"
    settings = {}
    if pair:
        cert, private = getattr(pki, pair)
        settings = {"temporal_tls_cert_file": cert, "temporal_tls_key_file": private}
    worker = run(front(more=more), connected=False, **settings)
    wait_for(lambda: worker.metric("probes_failed_total") > 2, 20, "failed probes")
    answer = worker.ping()
    assert answer.status == 503 and answer.json["started"] is False
    assert "no grpc-status, HTTP status 400" in worker.log_path.read_text()


@pytest.fixture
def strict(temporal, pki):
    """A front that ends the connection of who has no right certificate."""
    made = TlsFront(temporal.address, pki.server, pki.ours.cert).start()
    yield made.address
    made.done()


def test_alert_without_a_client_certificate(run, strict):
    """RFC 8446 6.2: certificate_required."""
    refused(run(strict, connected=False), "alert certificate required")


def test_renewed_client_certificate(run, strict, pki):
    """The files are read for each connection."""
    cert, private = (pki.ours.write(f"renewed.{old.suffix}", old.read_bytes(), 0o600)
                     for old in pki.stranger)
    worker = run(strict, connected=False, temporal_tls_cert_file=cert,
                 temporal_tls_key_file=private)
    refused(worker, "alert unknown ca")
    for new, path in zip(pki.client, (cert, private)):
        path.write_bytes(new.read_bytes())
    worker.wait_connected()
    assert worker.ping().status == 200


def key_file(pki, text, name="api.key"):
    return pki.ours.write(name, text.encode(), 0o600)


def test_api_key(run, front, pki):
    worker = run(front(more=WANT_KEY, key="eyJ.a-key.x"),
                 temporal_api_key_file=key_file(pki, "eyJ.a-key.x\n"))
    assert worker.ping().status == 200
    assert "eyJ.a-key.x" not in worker.log_path.read_text()


def test_another_api_key_until_the_file_changes(run, front, pki):
    path = key_file(pki, "an old key?", "changing.key")
    address = front(more=WANT_KEY, key="a-new-key")
    path.write_text("an-old-key")
    worker = run(address, connected=False, temporal_api_key_file=path)
    refused(worker, "refuses the worker's credentials")
    path.write_text("a-new-key-\n")
    path.write_text("a-new-key\n")
    worker.wait_connected(seconds=40)
    assert worker.ping().status == 200


def test_api_key_that_everyone_could_read(run, front, pki):
    """A new key is refused until its permissions are mended."""
    path = key_file(pki, "an-old-key", "open.key")
    worker = run(front(more=WANT_KEY, key="a-new-key"), connected=False,
                 temporal_api_key_file=path)
    refused(worker, "refuses the worker's credentials")
    os.chmod(path, 0o644)
    path.write_text("a-new-key")
    wait_for(lambda: "can be read by everyone" in worker.log_path.read_text(), 40, "the refusal")
    assert not worker.status()["temporal_connected"]
    os.chmod(path, 0o600)
    worker.wait_connected(seconds=40)
    assert "-key\n" not in worker.log_path.read_text().replace(str(path), "")


def site_of(request, database, keys, flavour, mail, address, **settings):
    """nginx over a worker that cannot reach Temporal."""
    worker = Worker(database.app, address, mail.path, key=str(keys.token),
                    task_queue=f"tls-{free_port()}", temporal_tls="on", **settings)
    worker.start(connected=False)
    return worker, start_server(request, database, keys, flavour, worker=worker.socket)


@pytest.mark.parametrize("which", ["authority", "key"])
def test_operations_go_directly(request, database, keys, flavour, mail, front, pki, which):
    if which == "authority":
        settings = {"temporal_tls_ca_file": pki.theirs.cert}
    else:
        settings = {"temporal_tls_ca_file": pki.ours.cert,
                    "temporal_api_key_file": key_file(pki, "not-it", "not.key")}
    worker, site = site_of(request, database, keys, flavour, mail,
                           front(more=WANT_KEY, key="it"), **settings)
    try:
        answer = site.register(fresh_email())
        assert answer.status_code == 201
        assert answer.json()["method"] == "direct_registration"
        status = site.get("/temporal-status").json()
        assert status["temporal_connected"] is False and "not-it" not in str(status)
    finally:
        end_server(site, request)
        end(worker, request.session)


@pytest.mark.parametrize("settings, sentence", [
    ({"temporal_tls_ca_file": "/nowhere"}, "temporal_tls = on"),
    ({"temporal_tls": "on", "temporal_tls_ca_file": "/nowhere"}, "/nowhere"),
    ({"temporal_tls": "on", "temporal_tls_cert_file": "CERT"}, "go together"),
    ({"temporal_tls": "on", "temporal_tls_cert_file": "CERT", "temporal_tls_key_file": "OTHER"},
     "no private key for the certificate"),
    ({"temporal_tls": "on", "temporal_tls_cert_file": "CERT", "temporal_tls_key_file": "OPEN"},
     "can be read by everyone"),
    ({"temporal_api_key_file": "KEY", "temporal_address": "temporal.example:7233"},
     "sent in clear"),
    ({"temporal_api_key_file": "KEY", "temporal_address": "127.evil.example:7233"},
     "sent in clear"),
    ({"temporal_api_key_file": "TWO"}, "an API key in one line"),
    ({"temporal_api_key_file": "OPEN"}, "can be read by everyone"),
    ({"temporal_api_key_file": "/nowhere"}, "/nowhere"),
    ({"smtp_url": "smtp://mail.example:25", "smtp_user": "ada"}, "to the mail server in clear"),
    ({"smtp_url": "smtp://localhost.evil.example", "smtp_user": "ada"},
     "to the mail server in clear"),
])
def test_configuration(pki, tmp_path, settings, sentence):
    """Refused with a sentence, before anything is connected."""
    open_key = tmp_path / "open.key"
    open_key.write_bytes(pki.client[1].read_bytes())
    os.chmod(open_key, 0o644)
    two = tmp_path / "two.key"
    two.write_text("a key\nand another")
    os.chmod(two, 0o600)
    files = {"CERT": pki.client[0], "OTHER": pki.server[1], "OPEN": open_key, "TWO": two,
             "KEY": key_file(pki, "key", "a.key")}
    token = tmp_path / "token.key"
    token.write_text("3f1c" * 16)
    os.chmod(token, 0o600)
    values = {"database": "dbname=nobody", "socket": tmp_path / "worker.sock",
              "temporal_address": "127.0.0.1:9", "token_key_file": token,
              "frontend_url": "http://localhost:3000", "mail_from": "a@example.com",
              "mail_folder": tmp_path, **{k: files.get(v, v) for k, v in settings.items()}}
    conf = tmp_path / "worker.conf"
    conf.write_text("".join(f"{k} = {v}\n" for k, v in values.items()))
    done = subprocess.run([PROGRAM, "-c", conf], capture_output=True, text=True, check=False,
                          timeout=20)
    assert done.returncode != 0
    assert sentence in done.stderr, done.stderr
