# SPDX-License-Identifier: MIT
"""oauth2ctl: clients and users by command, and what they can do then."""

import hashlib
import json
import os
import subprocess

import pytest

from lib.assertion import Key, claims, form, jwks
from lib.client import PASSWORD, Pkce, User, fresh_email
from lib.process import ROOT

CALLBACK = "https://shop.example.com/callback"


@pytest.fixture(scope="module")
def program():
    """As ./dev up has it."""
    subprocess.run(["make", "-s", "ctl"], cwd=ROOT, check=True)
    return ROOT / "build" / "oauth2ctl"


@pytest.fixture
def ctl(program, database):
    """Runs it: (exit code, what it said, what it complained about)."""
    def run(*arguments, stdin=""):
        done = subprocess.run([program, "--database", database.owner, *arguments], input=stdin,
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr
    return run


@pytest.fixture
def told(ctl):
    """Runs it with --json; the object it said."""
    def run(*arguments, stdin=""):
        code, said, complaint = ctl("--json", *arguments, stdin=stdin)
        assert (code, complaint) == (0, "")
        return json.loads(said)
    return run


@pytest.fixture
def refused(ctl):
    """Runs it; the sentence it ended with."""
    def run(*arguments, stdin=""):
        code, said, complaint = ctl(*arguments, stdin=stdin)
        assert (code, said) == (1, "")
        assert complaint.startswith("oauth2ctl: "), complaint
        return complaint.removeprefix("oauth2ctl: ").strip()
    return run


def flow(server, user, client_id, auth):
    pkce = Pkce()
    code = server.code(user, pkce, client_id=client_id, redirect_uri=CALLBACK,
                       scope="openid email")
    form = {"client_id": client_id} if auth is None else {}
    return server.redeem(code, pkce, auth, redirect_uri=CALLBACK, **form)


def test_user_signs_in_to_a_client(server, told):
    """All of it by command: the conformance suite's users and clients."""
    email = fresh_email()
    made = told("user", "create", email.upper(), "--first-name", "Ada", "--cost", "4",
                stdin=PASSWORD + "\n")
    assert (made["email"], made["first_name"], made["is_verified"], made["is_superuser"]) == (
        email, "Ada", True, False)
    client = told("client", "create", "--id", "shop", "--redirect-uri", CALLBACK,
                  "--name", 'The "shop" \\ ü')
    assert client["client_name"] == 'The "shop" \\ ü'
    user = server.login(User(email, PASSWORD))
    tokens = flow(server, user, "shop", ("shop", client["client_secret"]))
    assert tokens.status_code == 200, tokens.text
    assert server.userinfo(tokens.json()["access_token"]).json()["sub"] == made["id"]

    again = told("client", "rotate-secret", "shop")
    assert again["client_secret"] != client["client_secret"]
    assert flow(server, user, "shop", ("shop", client["client_secret"])).status_code == 401
    assert flow(server, user, "shop", ("shop", again["client_secret"])).status_code == 200

    told("client", "update", "shop", "--public")
    assert flow(server, user, "shop", None).status_code == 200
    told("client", "delete", "shop")
    assert server.userinfo(tokens.json()["access_token"]).status_code == 401


def test_secret_is_told_once_and_kept_as_a_digest(told, ctl, database):
    secret = told("client", "create", "--id", "digest", "--redirect-uri", CALLBACK)["client_secret"]
    assert len(secret) == 43
    kept = database.value("select client_secret from oauth2.oauth2_clients"
                          " where client_id = 'digest'")
    assert kept == hashlib.sha256(secret.encode()).hexdigest()
    for arguments in (("client", "show", "digest"), ("--json", "client", "list"),
                      ("client", "list")):
        code, said, _ = ctl(*arguments)
        assert code == 0 and "digest" in said
        assert secret not in said and kept not in said


def test_as_a_table(ctl):
    code, said, _ = ctl("client", "create", "--id", "table", "--redirect-uri", CALLBACK,
                        "--redirect-uri", "com.example.app:/cb", "--first-party")
    assert code == 0
    rows = dict(line.split(maxsplit=1) for line in said.splitlines())
    assert rows["client_id"] == "table"
    assert rows["redirect_uris"] == f"{CALLBACK} com.example.app:/cb"
    assert rows["is_first_party"] == "true"
    assert len(rows["client_secret"]) == 43
    code, said, _ = ctl("client", "list")
    assert code == 0
    assert said.split("\n")[0].split() == ["client_id", "name", "authentication", "active",
                                           "created", "redirect_uris"]
    assert any(line.startswith("table ") for line in said.splitlines())


def test_members_of_a_client(told):
    made = told("client", "create", "--id", "members", "--grant", "client_credentials",
                "--scope", "read", "--auth-method", "client_secret_post",
                "--metadata", '{"logo_uri": "https://a.example/", "default_max_age": 60}')
    assert made["grant_types"] == ["client_credentials"]
    assert made["redirect_uris"] == made["response_types"] == []
    assert (made["scope"], made["logo_uri"], made["default_max_age"]) == (
        "read", "https://a.example/", 60)
    changed = told("client", "update", "members", "--disable", "--metadata",
                   '{"logo_uri": null, "tos_uri": "https://b.example/"}')
    assert "client_secret" not in changed
    assert "logo_uri" not in changed
    assert (changed["is_active"], changed["tos_uri"], changed["default_max_age"]) == (
        False, "https://b.example/", 60)
    assert told("client", "show", "members")["token_endpoint_auth_method"] == "client_secret_post"


def test_where_a_client_is_told_of_logouts(told, refused):
    uris = {"backchannel_logout_uri": "http://app:8080/back?a=b",
            "frontchannel_logout_uri": "https://a.example/front"}
    made = told("client", "create", "--id", "told", "--redirect-uri", "https://a.example/",
                "--metadata", json.dumps(uris))
    assert {name: made[name] for name in uris} == uris
    for uri in ("/back", "https://a.example/#part", "https://user@a.example/", "ftp://a.example/"):
        assert refused("client", "update", "told", "--metadata",
                       json.dumps({"backchannel_logout_uri": uri})) == (
            "/metadata/backchannel_logout_uri: This must be an absolute URI without a fragment.")
    changed = told("client", "update", "told", "--metadata", '{"backchannel_logout_uri": null}')
    assert "backchannel_logout_uri" not in changed


def test_exchange(told, refused):
    """Who may exchange whose tokens (RFC 8693), by options."""
    made = told("client", "create", "--id", "trader", "--grant", "client_credentials",
                "--exchange", "delegation", "--exchange-client", "a", "--exchange-client", "b")
    assert (made["exchange"], made["exchange_clients"]) == ("delegation", ["a", "b"])
    changed = told("client", "update", "trader", "--exchange", "off")
    assert "exchange" not in changed and changed["exchange_clients"] == ["a", "b"]
    assert refused("client", "update", "trader", "--exchange", "all") == (
        "/metadata/exchange: This must be delegation or impersonation.")
    assert refused("client", "update", "trader", "--metadata",
                   '{"exchange_clients": "a", "exchange_resources": [1], "may_act": []}') == (
        "/metadata/exchange_clients: This must be an array of strings.\n"
        "/metadata/exchange_resources: This must be an array of strings.\n"
        "/metadata/may_act: This must be the id of a client.")
    changed = told("client", "update", "trader", "--exchange", "impersonation", "--metadata",
                   '{"may_act": "c"}')
    assert (changed["exchange"], changed["may_act"]) == ("impersonation", "c")


def test_update_makes_a_secret_when_there_is_none(told, server):
    told("client", "create", "--id", "late", "--public", "--redirect-uri", CALLBACK)
    made = told("client", "update", "late", "--auth-method", "client_secret_basic",
                "--grant", "client_credentials")
    assert made["created_secret"] is True
    answer = server.token(("late", made["client_secret"]), grant_type="client_credentials")
    assert answer.status_code == 200, answer.text
    assert "client_secret" not in told("client", "update", "late", "--auth-method",
                                       "client_secret_post")


def test_client_with_keys(told, refused, server, tmp_path):
    """OpenID Connect Core 9: private_key_jwt, by command."""
    key, path = Key("ES256", "k"), tmp_path / "jwks.json"
    path.write_text(json.dumps(jwks(key), indent=2) + "\n")
    create = ("client", "create", "--id", "keys", "--grant", "client_credentials")
    assert refused(*create, "--auth-method", "private_key_jwt") == (
        "/metadata/jwks: This client needs it, or jwks_uri.")
    made = told(*create, "--auth-method", "private_key_jwt", "--jwks", str(path), "--metadata",
                '{"tos_uri": "https://a.example/"}')
    assert "client_secret" not in made
    assert (made["jwks"], made["tos_uri"]) == (jwks(key), "https://a.example/")
    answer = server.browser().post("/oauth/token", data=form(
        key.sign(claims("keys", server.base)), grant_type="client_credentials"))
    assert answer.status_code == 200, answer.text
    changed = told("client", "update", "keys", "--jwks-uri", "https://a.example/keys",
                   "--metadata", " { } ")
    assert changed["jwks_uri"] == "https://a.example/keys" and "jwks" not in changed
    assert told("client", "update", "keys", "--jwks", str(path))["jwks"] == jwks(key)
    assert refused("client", "update", "keys", "--metadata",
                   '{"jwks": null}') == "/metadata/jwks: This client needs it, or jwks_uri."
    assert refused("client", "rotate-secret", "keys") == "client_has_none"


def test_client_with_a_certificate(told, refused):
    """RFC 8705 2.1.2, 2.2: by exactly one name of a certificate, or by a certificate itself."""
    create = ("client", "create", "--grant", "client_credentials", "--auth-method")
    complaint = ("/metadata/tls_client_auth_subject_dn: This client needs it, or one other"
                 " tls_client_auth_* member.")
    dn = {"tls_client_auth_subject_dn": "CN=client,O=Müller"}
    for wrong in ({}, {**dn, "tls_client_auth_san_dns": "a.example"},
                  {"tls_client_auth_san_dns": ["a.example"]}, {"tls_client_auth_san_ip": ""}):
        assert refused(*create, "tls_client_auth", "--metadata", json.dumps(wrong)) == complaint
    made = told(*create, "tls_client_auth", "--id", "tls", "--metadata", json.dumps(dn))
    assert made["token_endpoint_auth_method"] == "tls_client_auth" and "client_secret" not in made
    assert made["tls_client_auth_subject_dn"] == dn["tls_client_auth_subject_dn"]
    changed = told("client", "update", "tls", "--metadata", json.dumps(
        {"tls_client_auth_subject_dn": None, "tls_client_auth_san_uri": "https://a.example/"}))
    assert changed["tls_client_auth_san_uri"] == "https://a.example/"
    assert "tls_client_auth_subject_dn" not in changed
    assert refused(*create, "self_signed_tls_client_auth") == (
        "/metadata/jwks: This client needs it, or jwks_uri.")
    made = told(*create, "self_signed_tls_client_auth", "--id", "own", "--jwks-uri",
                "https://a.example/keys")
    assert "client_secret" not in made
    assert refused("client", "rotate-secret", "own") == "client_has_none"


def test_client_with_a_sealed_secret(told, refused, server, keys, tmp_path):
    """OpenID Connect Core 9: client_secret_jwt, whose secret the server must have: it is sealed
    here, by the server's key."""
    def ask(client_id, secret):
        assertion = Key("HS256", secret=secret.encode()).sign(claims(client_id, server.base))
        return server.browser().post("/oauth/token", data=form(
            assertion, grant_type="client_credentials")).status_code

    create = ("client", "create", "--grant", "client_credentials", "--auth-method",
              "client_secret_jwt")
    by_key = ("--token-key", str(keys.token))
    complaint = "/sealed_secret: This client needs one, sealed under the key of the server."
    assert refused(*create, "--id", "sealed") == complaint
    made = told(*create, "--id", "sealed", *by_key)
    assert "sealed_secret" not in made and ask("sealed", made["client_secret"]) == 200
    anonymous = told(*create, *by_key)
    assert ask(anonymous["client_id"], anonymous["client_secret"]) == 200

    assert refused("client", "rotate-secret", "sealed") == complaint
    again = told("client", "rotate-secret", "sealed", *by_key)
    assert ask("sealed", made["client_secret"]) == 401
    assert ask("sealed", again["client_secret"]) == 200

    told("client", "create", "--id", "unsealed", "--grant", "client_credentials")
    assert refused("client", "update", "unsealed", "--auth-method",
                   "client_secret_jwt") == complaint
    changed = told("client", "update", "unsealed", "--auth-method", "client_secret_jwt", *by_key)
    assert ask("unsealed", changed["client_secret"]) == 200
    kept = told("client", "update", "unsealed", "--name", "Kept", *by_key)
    assert "client_secret" not in kept and ask("unsealed", changed["client_secret"]) == 200


def test_key_that_is_none(ctl, tmp_path):
    (tmp_path / "key").write_text("short\n")
    for path in tmp_path / "key", tmp_path / "nothing":
        code, said, complaint = ctl("client", "create", "--grant", "client_credentials",
                                    "--token-key", str(path))
        assert (code, said) == (1, "")
        assert complaint == "oauth2-seal: the file is no key as oauth2_token_key has it\n"


@pytest.mark.parametrize("keys", ["[]", "{}", '{"keys": []}', '{"keys": {}}', '{"keys": [1]}',
                                  '{"keys": [{}]}', '{"keys": [{"kty": "EC", "d": "x"}]}',
                                  '{"keys": [{"kty": "oct", "k": "x"}]}'])
def test_keys_refused(refused, tmp_path, keys):
    """RFC 7517 5, and nothing that is secret."""
    (tmp_path / "jwks.json").write_text(keys)
    assert refused("client", "create", "--grant", "client_credentials", "--jwks",
                   str(tmp_path / "jwks.json")) == (
        "/metadata/jwks: This must be a set of public keys (RFC 7517 5).")


@pytest.mark.parametrize("arguments, sentence", [
    (["create", "--jwks", "/nowhere"], "/nowhere cannot be read"),
    (["create", "--jwks-uri", "http://a.example/"],
     "/metadata/jwks_uri: This must be an https URI."),
    (["create", "--auth-method", "magic"], "/token_endpoint_auth_method: This is not known."),
    (["show", "nobody"], "not_found"), (["update", "nobody", "--public"], "not_found"),
    (["delete", "nobody"], "not_found"), (["rotate-secret", "nobody"], "not_found"),
    (["rotate-secret", "account"], "client_has_none"), (["delete", "account"], "client_reserved"),
    (["update", "account", "--disable"], "client_reserved"),
    (["create", "--id", "demo", "--redirect-uri", CALLBACK], "client_exists"),
    (["create"], "/redirect_uris: The code grant needs one."),
    (["create", "--id", "a b", "--public", "--redirect-uri", CALLBACK],
     "/client_id: An id has no blanks and no colon."),
    (["create", "--name", "a\nb"], "control characters are not allowed")])
def test_clients_refused(refused, arguments, sentence):
    assert refused("client", *arguments) == sentence


@pytest.mark.parametrize("uri", [
    "http://shop.example.com/", "https://shop.example.com/#x", "https://*.example.com/", "/x",
    "javascript:alert(1)", "app:/x", "https://u@shop.example.com/", "http://127.0.0.1.evil.com/"])
def test_redirect_uris_refused(refused, uri):
    """RFC 6749 3.1.2: absolute, without a fragment."""
    assert refused("client", "create", "--redirect-uri", CALLBACK, "--redirect-uri",
                   uri).startswith("/redirect_uris/1: ")


def test_life_of_a_user(server, told, refused):
    email = fresh_email()
    made = told("user", "create", email, "--username", "ada-" + os.urandom(3).hex(),
                "--unverified", "--cost", "4", stdin=PASSWORD)
    login = {"email": email, "password": PASSWORD}
    assert server.post("/auth/login", login).status_code == 403
    assert told("user", "verify", email)["is_verified"] is True
    user = server.login(User(email, PASSWORD))

    assert told("user", "set-admin", email)["is_superuser"] is True
    assert told("user", "set-admin", email, "--off")["is_superuser"] is False
    assert told("user", "disable", email)["is_active"] is False
    assert server.me(user.tokens["access_token"]).status_code == 401
    assert server.post("/auth/login", login).status_code == 403
    assert told("user", "enable", email)["is_active"] is True
    assert server.post("/auth/login", login).status_code == 200

    listed = [u for u in told("user", "list")["items"] if u["email"] == email]
    assert listed == [told("user", "show", email)]
    assert listed[0]["last_login"] and "password" not in str(listed)
    assert told("user", "delete", email)["id"] == made["id"]
    assert refused("user", "show", email) == "not_found"
    assert server.post("/auth/login", login).status_code == 401


def test_claims_of_a_user(told, refused):
    email = fresh_email()
    made = told("user", "create", email, "--claims", '{"nickname": "Ada", "locale": "en"}',
                "--cost", "4", stdin=PASSWORD)
    assert (made["nickname"], made["locale"]) == ("Ada", "en")
    changed = told("user", "set-claims", email,
                   '{"locale": null, "address": {"country": "UK"}, "birthdate": "1815-12-10"}')
    assert "locale" not in changed and changed["nickname"] == "Ada"
    assert changed["address"] == {"country": "UK"} and changed["birthdate"] == "1815-12-10"
    for claims, pointer in (('[]', "/claims"), ('{"email": "x"}', "/claims/email"),
                            ('{"locale": 7}', "/claims/locale"),
                            ('{"gender": ""}', "/claims/gender"),
                            ('{"website": "javascript:x"}', "/claims/website"),
                            ('{"address": {"planet": "x"}}', "/claims/address"),
                            ('{"address": "x"}', "/claims/address"),
                            ('{"phone_number": "110"}', "/claims/phone_number")):
        assert refused("user", "set-claims", email, claims).startswith(pointer + ": "), claims
    assert refused("user", "set-claims", "nobody@example.com", "{}") == "not_found"


def test_users_refused(refused, told, ctl):
    email = fresh_email()
    told("user", "create", email, "--cost", "4", stdin=PASSWORD)
    assert refused("user", "create", email.upper(), "--cost", "4", stdin="x") == "user_exists"
    assert refused("user", "create", "nobody", "--cost", "4", stdin="x") == (
        "/email: This is no e-mail address.")
    assert refused("user", "create", fresh_email(), "--username", "a@b", "--cost", "4",
                   stdin="x").startswith("/username: ")
    for verb in ("verify", "enable", "disable", "delete", "set-admin", "show"):
        assert refused("user", verb, "nobody@example.com") == "not_found"
    for password in ("", "\n", "x" * 73, "a\tb"):
        code, said, complaint = ctl("user", "create", fresh_email(), stdin=password)
        assert (code, said) == (1, "")
        assert complaint == "oauth2-hash: a password has 1 to 72 bytes of UTF-8\n"
    code, _, complaint = ctl("user", "create", fresh_email(), "--cost", "99", stdin="x")
    assert code == 1 and "from 4 to 16" in complaint


def test_keys_where_there_are_none(refused, told):
    """What they do where there are some: test_key_rotation.py."""
    assert told("key", "list") == {"items": [], "next": None}
    assert refused("key", "rotate") == "no_keys"
    assert refused("key", "rotate", "--alg", "HS256").startswith("/alg: ")
    assert refused("key", "revoke", "nobody") == "not_found"
    assert refused("key", "rotate", "--alg", "ES256", "--wait", "0").startswith("no nginx has made")


@pytest.mark.parametrize("arguments", [
    [], ["client"], ["client", "make"], ["client", "show"], ["client", "create", "--id"],
    ["client", "create", "--colour", "red"], ["user", "show"], ["user", "set-admin", "a", "--on"],
    ["client", "update", "demo", "--id", "other"], ["--loud", "client", "list"],
    ["key", "list", "x"], ["key", "rotate", "--alg"], ["key", "rotate", "ES256"],
    ["key", "rotate", "--wait", "long"], ["key", "revoke"], ["key", "revoke", "--some"]])
def test_usage(ctl, arguments):
    code, said, complaint = ctl(*arguments)
    assert (code, said) == (2, "")
    assert complaint.startswith("usage: oauth2ctl ")


def test_by_the_variables_of_libpq(program, database):
    host, name, user = (part.split("=")[1] for part in database.owner.split())
    done = subprocess.run([program, "client", "list"], capture_output=True, text=True, check=False,
                          env={**os.environ, "PGHOST": host, "PGDATABASE": name, "PGUSER": user})
    assert done.returncode == 0 and "account" in done.stdout


def test_not_for_the_role_of_the_programs(program, database):
    done = subprocess.run([program, "--database", database.app, "client", "list"],
                          capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "permission denied" in done.stderr


def test_without_a_database(program):
    done = subprocess.run([program, "--database", "host=/nowhere", "client", "list"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "/nowhere" in done.stderr
