# SPDX-License-Identifier: MIT
"""nginx -t refuses what is wrong, with a sentence that says what to write."""

import os
import re

import httpx
import pytest

from lib.nginx import server
from lib.process import free_port, give


@pytest.fixture
def check(nginx, keys, tmp_path, database):
    """The exit code and the words of nginx -t over a server."""
    def run(settings="", drop="", locations=""):
        text = server(free_port(), database.app, keys, settings=settings, locations=locations)
        if drop:
            text = re.sub(rf"^\s*{drop} .*$", "", text, flags=re.MULTILINE)
        process = nginx(text, start=False)
        process.expected.append(r"\[emerg\]")
        return process.test()

    return run


def test_right_one_passes(check):
    code, said = check()
    assert code == 0, said


def test_signing_keys_may_be_left_to_the_database(check):
    code, said = check(drop="oauth2_signing_key")
    assert code == 0, said


@pytest.mark.parametrize("directive", ["oauth2_database", "oauth2_issuer", "oauth2_token_key",
                                       "oauth2_thread_pool"])
def test_missing_directive_is_named(check, directive):
    code, said = check(drop=directive)
    assert code == 1
    assert f"write {directive} " in said


@pytest.mark.parametrize("settings, words", [
    ("oauth2_issuer http://login.example.com;", "http is for localhost only"),
    ("oauth2_mtls_url http://login.example.com;", "no TLS, and so no certificates; write"),
    ("oauth2_mtls_url login.example.com;", "no URL of a server; write oauth2_mtls_url"),
    ("oauth2_dpop_nonce maybe;", "invalid value"),
    *((f"auth_oauth2_origin {origin};", "is no origin; write auth_oauth2_origin https://api")
      for origin in ("api.example.com", "https://api.example.com/", "https://u@api.example.com",
                     "ftp://api.example.com", "https://")),
    ("auth_oauth2_origin https://a.example; auth_oauth2_origin https://b.example;",
     "is duplicate"),
    ("auth_oauth2_origin " + "https://a.example " * 9 + ";", "too many origins"),
    ("oauth2_issuer login.example.com;", "no URL of a server; write oauth2_issuer"),
    ("oauth2_issuer https://a.example.com/?x=1;", "no URL of a server"),
    ("oauth2_frontend_url http://example.com;", "http is for localhost only"),
    ("oauth2_password_cost 3;", "from 4 to 16"),
    ("oauth2_password_cost 17;", "from 4 to 16"),
    ("oauth2_password_min_length 5;", "from 6 to 72"),
    ("oauth2_access_token_lifetime 0;", "lets nobody in"),
    ("oauth2_database_pool fast=0;", "write oauth2_database_pool fast=2"),
    ("oauth2_database_pool quick=2;", "write oauth2_database_pool fast=2"),
    ("oauth2_database_pool timeout=never;", "write oauth2_database_pool fast=2"),
    ("oauth2_smtp mail.example.com;", "write oauth2_smtp smtp://mail.example.com:587"),
    ("oauth2_smtp smtp://mail.example.com; oauth2_mail_from \"\";", "write oauth2_mail_from"),
    ("oauth2_smtp smtp://m.example.com tls=on; oauth2_mail_from a@b.org;", "is not understood"),
    ("oauth2_smtp smtp://m.example.com user=me starttls=off; oauth2_mail_from a@b.org;",
     "would get the password in clear"),
    ("oauth2_smtp smtp://localhost.evil.com user=me starttls=off; oauth2_mail_from a@b.org;",
     "would get the password in clear"),
    ("oauth2_smtp smtp://127.0.0.1.evil.com:25 user=me starttls=off; oauth2_mail_from a@b.org;",
     "would get the password in clear"),
    ("oauth2_worker unix:/run/w.sock wait=1s;", "write oauth2_worker unix:/run/w.sock"),
    *((f"oauth2_cors_origin {origin};", "no origin as browsers send it; write oauth2_cors_origin")
      for origin in ("*", "null", "https://*.example.com", "http://example.com", "example.com",
                     "https://a.example.com/", "https://a.example.com/x", "https://A.example.com",
                     "https://a.example.com:443", "http://localhost:80", "https://u@a.example.com",
                     "https://a.example.com off", '""')),
    ("oauth2_cors_origin;", "invalid number of arguments"),
    *((f"oauth2_egress_allow {network};", "no address and no network; write oauth2_egress_allow")
      for network in ("localhost", "10.0.0.1/8", "10.0.0.0/33", "all", "127.0.0.0/8 off", '""')),
    ("oauth2_retention never;", "is no time; write oauth2_retention 7d; or"),
    ("oauth2_retention -1d;", "is no time; write oauth2_retention 7d; or"),
    ("oauth2_retention 99999d;", "is no time; write oauth2_retention 7d; or"),
    ("oauth2_retention off; oauth2_retention 1d;", "is duplicate"),
    ("oauth2_egress_allow off; oauth2_egress_allow ::1;", "is duplicate"),
    ("oauth2_egress_allow;", "invalid number of arguments"),
    ("oauth2_egress_ca_file /nowhere/ca.pem;", "no file of certificates; write oauth2_egress"),
    ("oauth2_egress_ca_file /etc/ssl;", "no file of certificates; write oauth2_egress_ca_file"),
    ("oauth2_signing_algs HS256;", "write oauth2_signing_key FILE HS256; instead"),
    ("oauth2_signing_algs none;", "is no algorithm; write oauth2_signing_algs"),
    ("oauth2_signing_algs es256;", "is no algorithm; write oauth2_signing_algs"),
    ("oauth2_signing_algs ES256 ES256;", "is there twice"),
    ("oauth2_signing_algs ES256; oauth2_signing_algs RS256;", "is duplicate"),
    ("oauth2_signing_algs;", "invalid number of arguments"),
    *((f"oauth2_signing_key_rotation {value};", "write oauth2_signing_key_rotation 90d")
      for value in ("never", "0", "90d publish=0", "90d publish=x", "90d hold=1d", "20y",
                    "publish=1d", "90d publish=1d publish=1d")),
    ("oauth2_signing_key_rotation 90d publish=46d;", "for at most half of the time"),
    ("oauth2_signing_key_rotation 90d keep=5m;", "would outlive the key"),
    ("oauth2_signing_key_rotation 1d keep=14d;", "up to 34 keys at a time, and 32"),
    ("oauth2_signing_key_rotation 90d; oauth2_signing_key_rotation 80d;", "is duplicate"),
    ("auth_oauth2 maybe;", "invalid value \"maybe\""),
    ("auth_oauth2_unauthorized 403;", "invalid value \"403\""),
    ("oauth2_registration on;", "write oauth2_registration off; or"),
    ("oauth2_registration token;", "write oauth2_registration off; or"),
    ("oauth2_registration open /etc/token;", "write oauth2_registration off; or"),
    ("oauth2_registration token /nowhere/token;", "cannot read"),
    ("oauth2_registration;", "invalid number of arguments"),
    ("oauth2_registration open; oauth2_registration off;", "is duplicate"),
    ("oauth2_register_reveal maybe;", "it must be \"on\" or \"off\""),
])
def test_wrong_value_is_refused(check, settings, words):
    code, said = check(settings.replace("; ", ";\n"))
    assert code == 1
    assert words in said, said


def secret(tmp_path, text, mode=0o600):
    path = tmp_path / "secret"
    path.write_text(text)
    give(path, mode)
    return path


@pytest.mark.parametrize("text, words", [
    ("too short", "32 bytes"),
    ("your-super-secret-jwt-key-change-in-production", "openssl rand"),
    ("-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n", "key"),
    ("", "empty"),
])
def test_signing_key_that_is_none(check, tmp_path, text, words):
    tmp_path.chmod(0o755)
    code, said = check(f"oauth2_signing_key {secret(tmp_path, text)};")
    assert code == 1
    assert words in said, said


def test_token_key_that_is_none(check, tmp_path):
    code, said = check(f"oauth2_token_key {secret(tmp_path, 'abc')};")
    assert code == 1
    assert "openssl rand -hex 32" in said


def test_registration_token_that_is_none(check, tmp_path):
    code, said = check(f"oauth2_registration token {secret(tmp_path, 'x' * 31)};")
    assert code == 1
    assert "can be guessed" in said and "openssl rand -hex 32" in said
    code, said = check(f"oauth2_registration token {secret(tmp_path, 'x' * 32, 0o644)};")
    assert code == 1
    assert "can be read by everybody" in said


def test_key_that_everybody_can_read(check, tmp_path):
    path = secret(tmp_path, os.urandom(32).hex(), 0o644)
    code, said = check(f"oauth2_token_key {path};")
    assert code == 1
    assert f"chmod 600 {path}" in said


def test_key_that_is_not_there(check, tmp_path):
    code, said = check(f"oauth2_token_key {tmp_path}/none;")
    assert code == 1
    assert "cannot read" in said


def test_settings_are_inherited(check):
    code, said = check(locations="location /a { oauth2 off; location /a/b { auth_oauth2 any; } }")
    assert code == 0, said


def test_two_issuers_in_one_server(nginx, keys, database):
    port = free_port()
    text = server(port, database.app, keys, locations=(
        "location /.well-known/oauth-authorization-server {\n"
        f"oauth2_issuer http://localhost:{port}/two;\n}}"))
    nginx(text)
    base = f"http://localhost:{port}/.well-known"
    assert httpx.get(f"{base}/openid-configuration").json()["issuer"] == f"http://localhost:{port}"
    other = httpx.get(f"{base}/oauth-authorization-server").json()["issuer"]
    assert other == f"http://localhost:{port}/two"
