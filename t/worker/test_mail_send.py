# SPDX-License-Identifier: MIT
"""src/mail before real servers: STARTTLS, AUTH, refusals, servers that die or hang."""

import datetime
import email
import email.policy
import json
import os
import socket
import ssl
import stat
import subprocess
import threading
import time

import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lib.process import ROOT
from lib.smtp import Smtp, link_of, text_of

TO = "ada@example.com"
SOURCES = ["t/unit/mail_send.c", *(str(p.relative_to(ROOT)) for p in ROOT.glob("src/mail/*.c")),
           *(f"src/core/{name}.c" for name in (
               "pool", "str", "buf", "encode", "digest", "check", "field")),
           *(str(p.relative_to(ROOT)) for p in ROOT.glob("src/core/json_*.c"))]


@pytest.fixture(scope="module")
def binary(tmp_path_factory):
    subprocess.run(["make", "-s", "mail"], check=True, cwd=ROOT)
    path = tmp_path_factory.mktemp("mail") / "mail_send"
    subprocess.run(["cc", "-std=gnu11", "-O1", "-g", "-fsanitize=address,undefined",
                    "-fno-sanitize-recover", "-DOAUTH2_TEST", "-Ibuild", "-o", path, *SOURCES,
                    "-lcurl", "-lcrypto", "-lyajl"], check=True, cwd=ROOT)
    return path


@pytest.fixture
def send(binary):
    """send(url=..., ...): what it said."""
    def call(**options):
        done = subprocess.run([binary, *(f"{k}={v}" for k, v in options.items())],
                              capture_output=True, timeout=60, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
        return done.stdout.decode().strip()

    return call


@pytest.fixture
def server():
    """A factory of servers; they stop at the end."""
    made = []

    def start(**options):
        made.append(Smtp(**options))
        return made[-1].start()

    yield start
    for smtp in made:
        smtp.stop()


def certificate(name, key, issuer, issuer_key, authority):
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder(
        issuer_name=issuer, subject_name=name, public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now - datetime.timedelta(days=1),
        not_valid_after=now + datetime.timedelta(days=1))
    builder = builder.add_extension(x509.BasicConstraints(authority, None), critical=True)
    builder = builder.add_extension(
        x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    """(server's context, file of the authority that signed it)."""
    folder = tmp_path_factory.mktemp("tls")
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, n)]) for n in ("ca", "server")]
    pem = serialization.Encoding.PEM
    ca = certificate(names[0], keys[0], names[0], keys[0], True)
    own = certificate(names[1], keys[1], names[0], keys[0], False)
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    (folder / "server.pem").write_bytes(own.public_bytes(pem) + keys[1].private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context, folder / "ca.pem"


class Script:
    """A server that says these lines, one an input, and then closes or waits."""

    def __init__(self, *lines, hangs=False):
        self.lines = lines
        self.hangs = hangs
        self.over = threading.Event()
        self.heard = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self.listener.getsockname()[1]}"
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self):
        connection, _ = self.listener.accept()
        with connection, connection.makefile("rwb") as stream:
            for line in self.lines:
                stream.write(line.encode() + b"\r\n")
                stream.flush()
                in_message = line.startswith("354")
                while (heard := stream.readline()) and in_message and heard != b".\r\n":
                    pass
                self.heard.append(heard)
            if self.hangs:
                self.over.wait(30)

    def __enter__(self):
        return self

    def __exit__(self, *why):
        self.over.set()
        self.thread.join(10)
        self.listener.close()


def test_a_whole_message(send, server):
    smtp = server()
    assert send(url=smtp.url, data=json.dumps({"first_name": "Zoë <&>"}),
                id="7@example.com", now=1700000000, to=TO) == "sent"
    message = smtp.wait_message(TO)
    assert message["To"].addresses[0].display_name == "Zoë <&>"
    assert message["From"] == "Sign-in <noreply@example.com>"
    assert message["Message-ID"] == "<7@example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime.timestamp() == 1700000000
    assert message.get_content_type() == "multipart/alternative"
    assert [p.get_content_type() for p in message.iter_parts()] == ["text/plain", "text/html"]
    assert not message.defects
    assert "Hello Zoë <&>," in text_of(message)
    html = message.get_body(("html",)).get_content()
    assert "Hello Zoë &lt;&amp;&gt;," in html
    assert f'href="{link_of(message)}"' in html


def test_dots_at_the_beginning_of_lines(send, server):
    smtp = server()
    assert send(url=smtp.url, data='{"first_name": "."}') == "sent"
    assert "Hello .," in text_of(smtp.wait_message(TO))


def test_starttls(send, server, tls):
    context, ca = tls
    smtp = server(tls_context=context, require_starttls=True)
    url = f"smtp://localhost:{smtp.port}"
    assert send(url=url, starttls=1, ca=ca) == "sent"

    said = send(url=url, starttls=1)
    assert said.startswith("retry mail server: ")
    assert "certificate" in said
    assert send(url=smtp.url, starttls=1, ca=ca).startswith("retry "), "another name"
    assert send(url=url).startswith("retry the mail server refused our sender: 530")
    assert len(smtp.messages(TO)) == 1


def test_no_starttls_no_mail(send, server):
    smtp = server()
    assert send(url=smtp.url, starttls=1).startswith("retry mail server: ")
    assert smtp.inbox.messages == []


def authenticator(server, session, envelope, mechanism, data):
    return AuthResult(handled=False, success=(data.login, data.password) == (b"robot", b"s3cret"))


def test_login(send, server, tls):
    context, ca = tls
    smtp = server(tls_context=context, require_starttls=True, authenticator=authenticator,
                  auth_required=True)
    url = f"smtp://localhost:{smtp.port}"
    right = {"url": url, "starttls": 1, "ca": ca, "user": "robot"}
    assert send(**right, password="s3cret") == "sent"
    assert send(**right, password="wrong") == "retry the mail server refused our login: 535 5.7.8"
    assert send(url=url, starttls=1, ca=ca).startswith("retry the mail server refused ")
    assert len(smtp.messages(TO)) == 1


@pytest.mark.parametrize(("answer", "said"), [
    ("451 4.3.0 try later", "retry the mail server refused the recipient: 451 4.3.0"),
    ("550 5.1.1 <ada@example.com> is unknown",
     "park the mail server refused the recipient: 550 5.1.1"),
    ("550 <ada@example.com>", "park the mail server refused the recipient: 550"),
    ("530 5.7.0 log in first", "retry the mail server refused the recipient: 530 5.7.0"),
])
def test_refused_recipients(send, server, answer, said):
    smtp = server()
    smtp.inbox.refuse = answer
    assert send(url=smtp.url) == said
    smtp.inbox.refuse = None
    assert send(url=smtp.url) == "sent"


@pytest.mark.parametrize(("answer", "said"), [
    ("452 4.2.2 full", "retry the mail server refused the message: 452 4.2.2"),
    ("554 5.6.0 no", "park the mail server refused the message: 554 5.6.0"),
])
def test_refused_messages(send, server, answer, said):
    smtp = server()
    smtp.inbox.fail_data = answer
    assert send(url=smtp.url) == said
    assert smtp.inbox.messages == []


HELLO = ("220 here", "250 here")


@pytest.mark.parametrize(("lines", "said"), [
    (("554 go away",), "retry the mail server refused the connection: 554"),
    (("220 here", "550 no", "550 no"), "retry the mail server refused the greeting: 550"),
    ((*HELLO, "550 5.1.8 who are you"), "retry the mail server refused our sender: 550 5.1.8"),
    ((*HELLO, "250 ok", "250 ok", "554 no"), "park the mail server refused the message: 554"),
    ((*HELLO, "250 ok", "250 ok", "354 go", "521 no"),
     "park the mail server refused the message: 521"),
    ((*HELLO, "250 ok", "250 ok", "354 go", "250 ok", "221 bye"), "sent"),
    ((*HELLO, "250 ok", "250 ok", "354 go", "250 ok"), "sent"),
])
def test_what_an_answer_means(send, lines, said):
    with Script(*lines) as script:
        assert send(url=script.url) == said


@pytest.mark.parametrize("lines", [
    (), ("220 here",), HELLO, (*HELLO, "250 ok"), (*HELLO, "250 ok", "250 ok"),
    (*HELLO, "250 ok", "250 ok", "354 go"), ("gibberish",),
])
def test_closing_in_the_middle(send, lines):
    with Script(*lines) as script:
        assert send(url=script.url).startswith("retry ")


@pytest.mark.parametrize("lines", [
    (), HELLO, (*HELLO, "250 ok", "250 ok"), (*HELLO, "250 ok", "250 ok", "354 go"),
])
def test_hanging(send, lines):
    with Script(*lines, hangs=True) as script:
        began = time.monotonic()
        assert send(url=script.url, timeout=1).startswith("retry mail server: Timeout")
        assert time.monotonic() - began < 4


def test_hanging_after_the_mail_was_taken(send):
    with Script(*HELLO, "250 ok", "250 ok", "354 go", "250 ok", hangs=True) as script:
        began = time.monotonic()
        assert send(url=script.url, timeout=1) == "sent"
        assert time.monotonic() - began < 4


def test_nobody_there(send, server):
    smtp = server()
    smtp.stop()
    assert send(url=smtp.url).startswith("retry mail server: ")
    assert send(url="ftp://127.0.0.1/").startswith("retry mail server: ")
    assert send(url=smtp.url, **{"from": "a@b"}).startswith("retry mail server: ")


def test_the_environment_has_no_say(send, server, monkeypatch):
    smtp = server()
    for name in ("all_proxy", "ALL_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert send(url=smtp.url) == "sent"


def test_a_folder(send, tmp_path):
    os.umask(0o022)
    for _ in range(2):
        assert send(folder=tmp_path, id="7-x@example.com") == "sent"
    assert [p.name for p in tmp_path.iterdir()] == ["7-x@example.com.eml"]
    path = tmp_path / "7-x@example.com.eml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert link_of(message).startswith("https://id.example.com/verify-email?token=")
    assert message["To"] == TO


def test_a_folder_that_cannot_be_written(send, tmp_path):
    said = send(folder=tmp_path / "missing")
    assert said == "retry cannot make a file in the mail folder: No such file or directory"
