# SPDX-License-Identifier: MIT
"""The server of ./dev conformance, and a client of it that does what a conformance suite does:
registers itself, sends a browser without JavaScript through the pages, checks what it is told."""

import base64
import hashlib
import json
import re
import secrets
import ssl
import subprocess
import urllib.parse

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet

from lib.client import bearer, query_of
from lib.database import Database
from lib.nginx import Nginx
from lib.page import Page
from lib.process import ROOT, accepts, free_port, temporary_folder, wait_for
from lib.site import end

PASSWORD = "conformance-password"
ALICE, BOB = "alice@example.com", "bob@example.com"
BACK = "https://suite.example/test/a/oauth2/callback"

# What ./dev conformance does, over a folder, ports and a database of the test's.
SCRIPT = """
set -Eeuo pipefail
top=$PWD run=$1 conformance_port=$2 conformance_host=localhost
conformance_suite=https://suite.example
for part in base packages processes services conformance; do
    . tools/dev/$part.sh
done
run=$1
service_group=$(id -gn "$service_user")
check_conformance
mkdir -p "$run/logs"
conformance_files
conformance_conf "$3"
conformance_people "$4" >&2
"""


def free_pair():
    """A port that is free, with another one behind it."""
    while accepts((port := free_port()) + 1):
        pass
    return port


def configuration(folder, port, database):
    done = subprocess.run(["bash", "-c", SCRIPT, "conformance", folder, str(port), database.app,
                           database.owner], cwd=ROOT, capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Site:
    """./dev conformance over a database of its own."""

    def __init__(self, cluster, flavour):
        subprocess.run(["make", "-s", "ctl"], cwd=ROOT, check=True)
        self.database = Database(cluster)
        self.folder = temporary_folder("suite")
        self.port = free_pair()
        self.issuer = f"https://localhost:{self.port}"
        text = configuration(self.folder, self.port, self.database)
        self.nginx = Nginx("", flavour=flavour)
        if flavour == "asan":
            text = re.sub(r"^ *(load_module|(fastcgi|uwsgi|scgi)_temp_path) .*\n", "", text,
                          flags=re.M)
        text = text.replace(f"{self.folder}/logs/conformance.log", str(self.nginx.error_log))
        self.nginx.conf_path.write_text(text)
        self.nginx.http = text
        self.tls = ssl.create_default_context(cafile=self.folder / "conformance/ca.pem")
        self.nginx.start()
        self.metadata = wait_for(self.discovery, 60, "the signing keys").json()

    def discovery(self):
        """The document, when there is a key for each algorithm of the configuration: it names
        those that there are."""
        answer = self.browser().get("/.well-known/openid-configuration")
        if answer.status_code != 200:
            return None
        signing = set(answer.json()["id_token_signing_alg_values_supported"])
        return answer if signing >= {"RS256", "PS256", "ES256"} else None

    def done(self, session):
        end(self.nginx, session)
        self.database.drop()
        subprocess.run(["rm", "-rf", self.folder], check=True)

    def browser(self, **options):
        return httpx.Client(timeout=20,
                            **{"base_url": self.issuer, "verify": self.tls, **options})

    def ctl(self, *arguments):
        subprocess.run([ROOT / "build/oauth2ctl", "--database", self.database.owner,
                        *arguments], check=True, capture_output=True)

    def keys(self):
        return KeySet.import_key_set(self.browser().get(self.metadata["jwks_uri"]).json())

    def client(self, **metadata):
        return Party(self, **metadata)


class Party:
    """A relying party that registers itself (RFC 7591) and then walks the code flow."""

    def __init__(self, site, **metadata):
        self.site = site
        self.http = site.browser()
        asked = {"client_name": "Conformance", "redirect_uris": [BACK],
                 "grant_types": ["authorization_code", "refresh_token"],
                 "response_types": ["code"], **metadata}
        answer = self.http.post(site.metadata["registration_endpoint"], json={
            k: v for k, v in asked.items() if v is not None})
        assert answer.status_code == 201, answer.text
        self.registered = answer.json()
        self.client_id = self.registered["client_id"]
        self.secret = self.registered.get("client_secret")
        self.redirect_uri = self.registered["redirect_uris"][0]

    # at the authorization endpoint

    def request(self, **changes):
        """The parameters of an authorization request; None is left out."""
        asked = {"client_id": self.client_id, "redirect_uri": self.redirect_uri,
                 "scope": "openid", "response_type": "code", "state": secrets.token_hex(8),
                 "nonce": secrets.token_hex(8), **changes}
        return {k: v for k, v in asked.items() if v is not None}

    def start(self, browser, method="get", **changes):
        """The answer of the authorization endpoint."""
        asked = self.request(**changes)
        url = self.site.metadata["authorization_endpoint"]
        if method == "post":
            return browser.post(url, data=asked), asked
        return browser.get(url, params=asked), asked

    def walk(self, browser, answer, email=ALICE, decision="allow"):
        """Through the pages and back to the application: its parameters,
        and the pages that were seen."""
        seen = []
        while True:
            if answer.status_code == 303:
                target = answer.headers["location"]
                if target.startswith(self.redirect_uri):
                    return query_of(target), seen
                answer = browser.get(urllib.parse.urljoin(str(answer.url), target))
                continue
            assert answer.status_code == 200, answer.text
            if 'id="password"' in answer.text:
                page = Page(answer)
                seen.append("login")
                fields = {"email": email} if not page.ids["email"] else {}
                answer = page.press(browser, "login", password=PASSWORD, **fields)
            elif 'id="allow"' in answer.text:
                seen.append("consent")
                answer = Page(answer).press(browser, decision)
            else:
                form = self.form_post(answer)
                seen.append("form_post")
                return form, seen

    def form_post(self, answer):
        """Form Post Response Mode 2: the fields for the application."""
        action, = re.findall(r'<form[^>]* action="([^"]*)"', answer.text)
        assert action.replace("&amp;", "&") == self.redirect_uri
        return dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"',
                               answer.text))

    def authorize(self, browser, email=ALICE, method="get", **changes):
        """A code, and what was asked for it."""
        answer, asked = self.start(browser, method, **changes)
        back, seen = self.walk(browser, answer, email)
        assert back.get("code"), back
        assert back["state"] == asked["state"] and back["iss"] == self.site.issuer
        return back["code"], asked, seen

    # at the token endpoint, and behind it

    def token(self, **form):
        """By the method that was registered."""
        method = self.registered["token_endpoint_auth_method"]
        auth = None
        if method == "client_secret_basic":
            auth = (self.client_id, self.secret)
        elif method == "client_secret_post":
            form = {"client_id": self.client_id, "client_secret": self.secret, **form}
        else:
            form = {"client_id": self.client_id, **form}
        return self.http.post(self.site.metadata["token_endpoint"], data=form, auth=auth)

    def redeem(self, code, **changes):
        return self.token(grant_type="authorization_code", code=code,
                          redirect_uri=self.redirect_uri, **changes)

    def login(self, browser, email=ALICE, method="get", **changes):
        """The tokens of a whole flow; the claims of the ID token under id."""
        code, asked, seen = self.authorize(browser, email, method, **changes)
        answer = self.redeem(code)
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        tokens = answer.json()
        assert tokens["token_type"] == "Bearer" and tokens["expires_in"] > 0
        tokens["id"] = self.id_token(tokens, asked.get("nonce"))
        tokens["seen"] = seen
        return tokens

    def id_token(self, tokens, nonce, alg=None):
        """OpenID Connect Core 3.1.3.7, as an application checks it."""
        token = jwt.decode(tokens["id_token"], self.site.keys(), algorithms=[
            alg or self.registered.get("id_token_signed_response_alg", "RS256")])
        claims = token.claims
        assert claims["iss"] == self.site.issuer
        assert claims["aud"] in (self.client_id, [self.client_id])
        assert claims["exp"] > claims["iat"]
        assert claims.get("nonce") == nonce
        assert 0 < len(claims["sub"]) <= 255
        assert token.header["kid"]
        if "at_hash" in claims:
            digest = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
            assert urlsafe(digest) == claims["at_hash"]
        return claims

    def userinfo(self, token, method="get", **options):
        url = self.site.metadata["userinfo_endpoint"]
        return self.http.request(method, url, **{"headers": bearer(token), **options})


def header(token):
    """The header of a JWT, unverified."""
    text = token.partition(".")[0]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def urlsafe(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
