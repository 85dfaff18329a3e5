# SPDX-License-Identifier: MIT
"""Signing keys of the database: made, published, rotated and revoked on all nodes, without a
reload (OpenID Connect Core 10.1.1)."""

import json
import subprocess

import pytest

from lib.client import Pkce, User
from lib.database import CLIENT_ID
from lib.process import ROOT, free_port, wait_for
from lib.site import end_server, new_database, start_server
from lib.token import header

ALGS = ["ES256", "RS256", "PS256", "EdDSA"]
SETTINGS = (f"oauth2_signing_algs {' '.join(ALGS)};\n"
            "oauth2_signing_key_rotation 90d publish=2s;\noauth2_password_cost 4;")


@pytest.fixture(scope="module")
def nodes(request, database, keys, flavour):
    """Two nginx servers of one issuer over one database."""
    ports = [free_port(), free_port()]
    made = [start_server(request, database, keys, flavour, port=port, settings=SETTINGS,
                         issuer=f"http://localhost:{ports[0]}") for port in ports]
    for node in made:
        wait_for(lambda n=node: len(n.get("/oauth/jwks").json().get("keys", [])) == len(ALGS), 60,
                 "a key for each algorithm")
    yield made
    for node in made:
        end_server(node, request)


@pytest.fixture(scope="module")
def told(database):
    """oauth2ctl: the object it said."""
    subprocess.run(["make", "-s", "ctl"], cwd=ROOT, check=True)

    def run(*arguments):
        done = subprocess.run([ROOT / "build" / "oauth2ctl", "--database", database.owner,
                               "--json", *arguments], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)
    return run


@pytest.fixture
def user(nodes):
    return nodes[0].user(login=True)


def kids(node):
    return {key["kid"] for key in node.get("/oauth/jwks").json()["keys"]}


def signs(node, user):
    """The kid of a fresh access token."""
    return header(node.login(User(user.email, user.password)).tokens["access_token"])["kid"]


def test_first_start(nodes, told):
    """An empty database: one key an algorithm, though two nodes saw it; ES256 by default."""
    listed = told("key", "list")["items"]
    assert sorted(k["alg"] for k in listed) == sorted(ALGS)
    assert {k["state"] for k in listed} == {"signing"}
    assert kids(nodes[0]) == kids(nodes[1]) == {k["kid"] for k in listed}
    for node in nodes:
        found = node.get("/.well-known/openid-configuration").json()
        assert found["id_token_signing_alg_values_supported"] == [*ALGS, "HS256"]
        assert node.get("/health").status_code == 200
        assert node.get("/oauth/jwks").headers["cache-control"] == "public, max-age=1"
    token = nodes[0].user(login=True).tokens["access_token"]
    assert header(token)["alg"] == "ES256"
    assert nodes[1].me(token).status_code == 200


def algs(node):
    """What the node says that it signs with, when it says something."""
    return node.get("/.well-known/openid-configuration").json().get(
        "id_token_signing_alg_values_supported", [])


@pytest.mark.parametrize("start", range(3))
def test_all_nodes_agree_at_once(request, postgres, keys, flavour, start):
    """OpenID Connect Discovery 3: an algorithm that one node offers is offered by all of them,
    while the keys are still being made."""
    own = new_database(postgres)
    port = free_port()
    both = [start_server(request, own, keys, flavour, settings=SETTINGS, port=p,
                         issuer=f"http://localhost:{port}") for p in (port, free_port())]
    try:
        wait_for(lambda: set(ALGS) <= set(algs(both[start % 2])), 60, "the keys")
        assert algs(both[1 - start % 2]) == [*ALGS, "HS256"]
    finally:
        for node in both:
            end_server(node, request)
        own.drop()


def test_keys_are_sealed(nodes, database):
    """What the database has of a key is of no use to who has the database."""
    for row in database.rows("select sealed from oauth2.signing_keys"):
        assert len(row["sealed"]) > 28 + 64
        assert b"PRIVATE KEY" not in row["sealed"] and b"BEGIN" not in row["sealed"]


@pytest.mark.parametrize("metadata, alg", [
    *[({"id_token_signed_response_alg": alg}, alg) for alg in ALGS],
    ({}, "ES256")])
def test_algorithm_of_a_client(nodes, database, metadata, alg):
    """OpenID Connect Registration 2: id_token_signed_response_alg, and the first of ours."""
    node, pkce = nodes[0], Pkce()
    code = node.code(node.user(login=True), pkce)
    database.rows("update oauth2.oauth2_clients set metadata = %s where client_id = %s",
                  json.dumps(metadata), CLIENT_ID)
    token = node.redeem(code, pkce).json()["id_token"]
    assert header(token)["alg"] == alg
    key, = (k for k in node.get("/oauth/jwks").json()["keys"]
            if k["kid"] == header(token)["kid"])
    assert key["alg"] == header(token)["alg"]
    database.rows("update oauth2.oauth2_clients set metadata = '{}' where client_id = %s",
                  CLIENT_ID)


def test_rotation(nodes, told):
    """Published before it signs; then it does, and the tokens of the one before still verify; on
    both nodes, which nobody reloads."""
    user = nodes[0].user(login=True)
    old = header(user.tokens["access_token"])["kid"]
    listed = told("key", "rotate", "--alg", "ES256")["items"]
    new, = (k["kid"] for k in listed if k["state"] == "published")
    assert old in {k["kid"] for k in listed if k["state"] == "signing"}

    for node in nodes:
        wait_for(lambda n=node: new in kids(n), 20, "the key in the JWK set")
        wait_for(lambda n=node: signs(n, user) == new, 20, "tokens by the new key")
        assert old in kids(node)
        assert node.me(user.tokens["access_token"]).status_code == 200
        assert not node.nginx.error_log.read_text().count("reconfiguring")
    listed = told("key", "list")["items"]
    assert {k["kid"]: k["state"] for k in listed if k["alg"] == "ES256"} == {
        old: "retired", new: "signing"}


def test_rotation_at_once(nodes, told):
    """Whoever meets a kid that it does not know looks for it, before it refuses the token."""
    user = nodes[0].user(login=True)
    before = header(user.tokens["access_token"])["kid"]
    told("key", "rotate", "--alg", "ES256", "--now")
    wait_for(lambda: signs(nodes[0], user) != before, 20, "tokens by the new key")
    token = nodes[0].login(user).tokens["access_token"]
    assert header(token)["kid"] in kids(nodes[1])
    assert nodes[1].me(token).status_code == 200


@pytest.mark.parametrize("asked", range(3))
def test_a_set_is_of_now(nodes, told, user, asked):
    """OpenID Connect Core 10.1.1: whoever asks because of a kid finds it, on any node."""
    before = signs(nodes[0], user)
    told("key", "rotate", "--alg", "ES256", "--now")
    wait_for(lambda: signs(nodes[0], user) != before, 20, "tokens by the new key")
    assert signs(nodes[0], user) in kids(nodes[1])


def test_revocation(nodes, told):
    user = nodes[0].user(login=True)
    token = user.tokens["access_token"]
    kid = header(token)["kid"]
    assert nodes[1].me(token).status_code == 200
    revoked, = told("key", "revoke", kid)["items"]
    assert (revoked["kid"], revoked["state"]) == (kid, "revoked")
    for node in nodes:
        wait_for(lambda n=node: n.me(token).status_code == 401, 20, "the end of its tokens")
        assert kid not in kids(node)
        wait_for(lambda n=node: n.post("/auth/login", {
            "email": user.email, "password": user.password}).status_code == 200, 20, "a new key")
        assert signs(node, user) != kid


def test_reload_keeps_serving(nodes):
    """New processes have the keys before they answer."""
    user = nodes[0].user(login=True)
    nodes[0].nginx.reload()
    assert nodes[0].me(user.tokens["access_token"]).status_code == 200


def test_schedule(request, postgres, keys, flavour):
    """It goes on by itself: the next one is published, signs, and the one before goes."""
    own = new_database(postgres)
    server = start_server(request, own, keys, flavour, settings=(
        "oauth2_signing_algs EdDSA;\noauth2_signing_key_rotation 12s publish=6s keep=2s;\n"
        "oauth2_access_token_lifetime 1s;\noauth2_password_cost 4;"))
    try:
        user = server.user()
        first, = kids(server)
        assert signs(server, user) == first
        second, = wait_for(lambda: kids(server) - {first}, 20, "the next key")
        assert signs(server, user) == first
        wait_for(lambda: signs(server, user) == second, 20, "tokens by the next key")
        wait_for(lambda: first not in kids(server), 20, "the end of the first key")
    finally:
        end_server(server, request)
        own.drop()
