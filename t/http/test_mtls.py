# SPDX-License-Identifier: MIT
"""Clients that authenticate by the certificate of their TLS connection (RFC 8705 2), on a server
of its own beside the issuer's.  Tokens that a certificate binds: test_mtls_token.py."""

import base64
import ipaddress
import json

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from lib.answers import oauth_error
from lib.documents import Documents
from lib.mtls import Site, context

FORM = {"grant_type": "client_credentials", "scope": "read"}
SUBJECT = x509.Name([
    x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"),
    x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Müller & Co, Inc."),
    x509.NameAttribute(NameOID.COMMON_NAME, "client+one")])
DN = r"CN=client\+one,O=Müller & Co\, Inc.,C=DE"


@pytest.fixture(scope="module")
def site(request, database, keys, flavour):
    made = Site(request, database, keys, flavour)
    yield made
    made.end()


def client(site, name, method, **metadata):
    """Registered by the operator with these metadata."""
    site.database.add_client(name, None)
    site.database.rows(
        "update oauth2.oauth2_clients set token_endpoint_auth_method = %s, metadata = %s"
        " where client_id = %s", method, json.dumps(metadata), name)
    return name


def ask(site, client_id, person=None, base=None, path="/oauth/token", **options):
    form = {"client_id": client_id, **FORM, **options.pop("form", {})}
    return site.browse(person, base).post(path, data=form, **options)


def refused(answer):
    oauth_error(answer, 401, "invalid_client")


@pytest.mark.parametrize("name, dn, good", [
    ("same", DN, True), ("case", r"cn=CLIENT\+one, o=müller & co\, inc., c=de", True),
    ("hex", r"CN=client\2Bone,O=M\C3\BCller & Co\2C Inc.,C=DE", True),
    ("oid", r"2.5.4.3=client\+one,2.5.4.10=Müller & Co\, Inc.,C=DE", True),
    ("der", r"CN=#0C0A636C69656E742B6F6E65,O=Müller & Co\, Inc.,C=DE", True),
    ("order", r"C=DE,O=Müller & Co\, Inc.,CN=client\+one", False),
    ("less", r"CN=client\+one,C=DE", False), ("more", DN + ",OU=x", False),
    ("joined", r"CN=client\+one+O=Müller & Co\, Inc.,C=DE", False),
    ("other", DN.replace("one", "two"), False), ("nothing", "", False), ("text", "x", False),
    ("plus", "CN=client+one,O=Müller & Co\\, Inc.,C=DE", False)])
def test_subject(site, name, dn, good):
    """RFC 8705 2.1.2, RFC 4514 3: tls_client_auth_subject_dn"""
    person = site.authority.person("subject", SUBJECT)
    answer = ask(site, client(site, f"dn-{name}", "tls_client_auth",
                              tls_client_auth_subject_dn=dn), person)
    if good:
        assert answer.status_code == 200, answer.text
    else:
        refused(answer)


NAMES = [x509.DNSName("Client.Example.com"), x509.RFC822Name("Ada@Example.com"),
         x509.UniformResourceIdentifier("https://client.example.com/One"),
         x509.IPAddress(ipaddress.ip_address("2001:db8::1")),
         x509.IPAddress(ipaddress.ip_address("192.0.2.1"))]


@pytest.mark.parametrize("kind, value, good", [
    ("dns", "client.example.COM", True), ("dns", "client.example.com.", False),
    ("dns", "example.com", False), ("dns", "*.example.com", False),
    ("uri", "https://client.example.com/One", True),
    ("uri", "https://client.example.com/one", False),
    ("uri", "Client.Example.com", False),
    ("ip", "2001:DB8:0:0:0:0:0:1", True), ("ip", "192.0.2.1", True), ("ip", "192.0.2.2", False),
    ("ip", "192.0.2.01x", False), ("ip", "client.example.com", False),
    ("email", "Ada@EXAMPLE.com", True), ("email", "ada@example.com", False),
    ("email", "Example.com", False)])
def test_alternative_name(site, kind, value, good):
    """RFC 8705 2.1.2: tls_client_auth_san_dns, _uri, _ip, _email"""
    person = site.authority.person("names", names=NAMES)
    name = f"san-{kind}-{value}"[:200]
    answer = ask(site, client(site, name, "tls_client_auth",
                              **{f"tls_client_auth_san_{kind}": value}), person)
    if good:
        assert answer.status_code == 200, answer.text
    else:
        refused(answer)


@pytest.mark.parametrize("metadata", [
    {}, {"tls_client_auth_subject_dn": "CN=several", "tls_client_auth_san_dns": "several"}])
def test_exactly_one_name_is_registered(site, metadata):
    """RFC 8705 2.1.2"""
    person = site.authority.person("several", names=[x509.DNSName("several")])
    refused(ask(site, client(site, f"several-{len(metadata)}", "tls_client_auth", **metadata),
                person))


@pytest.fixture(scope="module")
def chained(site):
    """A client by the name "chained", and its certificate."""
    return (client(site, "chained", "tls_client_auth", tls_client_auth_subject_dn="CN=chained"),
            site.authority.person("chained"))


def test_chain_is_verified(site, chained):
    """RFC 8705 2.1: by the authorities that nginx trusts"""
    name, person = chained
    assert ask(site, name, person).status_code == 200
    refused(ask(site, name, site.stranger.person("chained")))
    refused(ask(site, name, site.authority.person("own", SUBJECT, own=True)))
    refused(ask(site, name))


def test_every_endpoint_that_authenticates(site, chained):
    """RFC 8705 2: at the endpoints that discovery names"""
    name, person = chained
    token = ask(site, name, person).json()["access_token"]
    for path in ("/oauth/introspect", "/oauth/revoke"):
        assert ask(site, name, person, path=path, form={"token": token}).status_code == 200
        refused(ask(site, name, path=path, form={"token": token}))


def test_server_that_asks_for_no_certificate(site, chained):
    """RFC 8705 2: the issuer's own server is not the one to ask"""
    refused(ask(site, *chained, base=site.base))


@pytest.mark.parametrize("header", [
    "X-SSL-Cert", "X-SSL-Client-Cert", "SSL-Client-Cert", "X-Forwarded-Client-Cert",
    "Client-Cert", "X-Client-Cert"])
def test_header_is_no_certificate(site, chained, header):
    """RFC 8705 6.5: what a client writes there is the client's word"""
    name, person = chained
    text = "".join(open(person.pair[0], encoding="ascii").read().split("\n")[1:-2])
    refused(ask(site, name, headers={header: text, "X-SSL-Client-Verify": "SUCCESS"}))


def test_two_ways_at_once(site, chained):
    """RFC 6749 2.3"""
    name, person = chained
    refused(ask(site, name, person, form={"client_secret": "x"}))
    refused(ask(site, name, person, auth=(name, "x")))


def test_certificate_of_another_client(site, chained):
    _, person = chained
    name = client(site, "another", "tls_client_auth", tls_client_auth_subject_dn="CN=another")
    refused(ask(site, name, person))
    refused(ask(site, "nobody", person))


def test_secret_does_not_do(site):
    """A client that was registered for certificates has no secret to send."""
    name = client(site, "secretless", "tls_client_auth",
                  tls_client_auth_subject_dn="CN=secretless")
    refused(ask(site, name, form={"client_secret": ""}))
    refused(ask(site, name, form={"client_secret": "x"}))


def connect(site, person, server_name, host):
    """The answer over a connection that was begun for another server."""
    url = f"https://127.0.0.1:{httpx.URL(site.shared).port}/oauth/token"
    extensions = {"sni_hostname": server_name} if server_name else {}
    with httpx.Client(verify=context(person), trust_env=False) as browser:
        return browser.post(url, headers={"Host": host}, extensions=extensions,
                            data={"client_id": "chained", **FORM})


def test_certificate_that_another_server_verified(site, chained):
    """RFC 8705 2.1: one whose authority only another server on the same port trusts, by its
    name in the handshake, or by none there and ours in Host"""
    theirs = site.stranger.person("chained")
    own = connect(site, chained[1], "localhost", "localhost")
    assert own.status_code == 200, own.text
    assert connect(site, theirs, "other.example", "localhost").status_code == 421
    refused(connect(site, theirs, None, "localhost"))


@pytest.mark.parametrize("x5c", [True, False])
def test_self_signed(site, x5c):
    """RFC 8705 2.2.2: the certificate is among the client's keys, or its key is"""
    person = site.authority.person("own-1", own=True)
    name = client(site, f"own-{x5c}", "self_signed_tls_client_auth",
                  jwks={"keys": [{"kty": "EC"}, person.jwk(x5c)]})
    assert ask(site, name, person).status_code == 200
    refused(ask(site, name, site.authority.person("own-1", own=True)))
    refused(ask(site, name))
    again = site.authority.person("own-2", key=person.key, own=True)
    assert ask(site, name, again).status_code == (401 if x5c else 200)


@pytest.mark.parametrize("jwks", [{}, {"keys": []}, {"keys": {}}, {"keys": ["x"]},
                                  {"keys": [{"x5c": []}]}, {"keys": [{"x5c": "x"}]},
                                  {"keys": [{"x5c": [1]}]}])
def test_self_signed_without_keys(site, jwks):
    name = client(site, f"none-{json.dumps(jwks)}", "self_signed_tls_client_auth", jwks=jwks)
    refused(ask(site, name, site.authority.person("own-3", own=True)))


def test_self_signed_rsa(site):
    """RFC 8705 2.2.2"""
    person = site.authority.person("own-rsa", key=rsa.generate_private_key(65537, 2048), own=True)
    name = client(site, "own-rsa", "self_signed_tls_client_auth",
                  jwks={"keys": [{"kty": "RSA", "x5c": [base64.b64encode(person.der).decode()]}]})
    assert ask(site, name, person).status_code == 200


def test_self_signed_with_jwks_uri(site):
    """RFC 8705 2.2.2: the keys may be a document of the client's"""
    person = site.authority.person("own-4", own=True)
    documents = Documents(site.authority.issue("documents", "127.0.0.1")).start()
    try:
        uri = documents.put("/jwks", {"keys": [person.jwk()]})
        name = client(site, "own-uri", "self_signed_tls_client_auth", jwks_uri=uri)
        assert ask(site, name, person).status_code == 200
        refused(ask(site, name, site.authority.person("own-5", own=True)))
    finally:
        documents.stop()


def test_discovery(site):
    """RFC 8705 3.3, 5: mtls_endpoint_aliases, and what they are for"""
    metadata = site.get("/.well-known/openid-configuration").json()
    assert metadata["tls_client_certificate_bound_access_tokens"] is True
    aliases = metadata["mtls_endpoint_aliases"]
    assert {name: metadata[name].replace(site.base, site.mtls) for name in aliases} == aliases
    assert {"token_endpoint", "userinfo_endpoint", "introspection_endpoint",
            "revocation_endpoint", "pushed_authorization_request_endpoint"} <= set(aliases)
    for endpoint in ("token", "revocation", "introspection"):
        assert {"tls_client_auth", "self_signed_tls_client_auth"} <= set(
            metadata[f"{endpoint}_endpoint_auth_methods_supported"])


def test_registration(site):
    """RFC 8705 2.1.2, RFC 7591: by the client itself, with the aliases"""
    person = site.authority.person("registered", names=[x509.DNSName("registered.example")])
    answer = site.browser().post("/oauth/register", json={
        "grant_types": ["client_credentials"], "response_types": [],
        "token_endpoint_auth_method": "tls_client_auth",
        "tls_client_auth_san_dns": "registered.example",
        "tls_client_certificate_bound_access_tokens": True})
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert "client_secret" not in body
    tokens = ask(site, body["client_id"], person, form={"scope": ""})
    assert tokens.status_code == 200, tokens.text
