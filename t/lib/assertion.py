# SPDX-License-Identifier: MIT
"""Keys of clients, and what clients sign with them."""

import hashlib
import hmac
import json
import secrets
import time
from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def b64(data):
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value):
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


class Key:
    """A key pair for one algorithm, or a secret for HS256."""

    def __init__(self, alg, kid=None, secret=None):
        self.alg, self.kid, self.secret = alg, kid, secret
        if alg in ("RS256", "PS256"):
            self.private = rsa.generate_private_key(65537, 2048)
        elif alg == "ES256":
            self.private = ec.generate_private_key(ec.SECP256R1())
        elif alg == "EdDSA":
            self.private = ed25519.Ed25519PrivateKey.generate()

    def public(self, **members):
        """The JWK that everybody may see."""
        key = self.private.public_key()
        if self.alg == "EdDSA":
            jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64(key.public_bytes_raw())}
        elif self.alg == "ES256":
            numbers = key.public_numbers()
            jwk = {"kty": "EC", "crv": "P-256", "x": b64(numbers.x.to_bytes(32, "big")),
                   "y": b64(numbers.y.to_bytes(32, "big"))}
        else:
            numbers = key.public_numbers()
            jwk = {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e)}
        return {**jwk, **({"kid": self.kid} if self.kid else {}), **members}

    def signature(self, data):
        if self.alg == "HS256":
            return hmac.new(self.secret, data, hashlib.sha256).digest()
        if self.alg == "EdDSA":
            return self.private.sign(data)
        if self.alg == "ES256":
            r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        pad = (padding.PKCS1v15() if self.alg == "RS256"
               else padding.PSS(padding.MGF1(hashes.SHA256()), 32))
        return self.private.sign(data, pad, hashes.SHA256())

    def sign(self, claims, **header):
        """A compact JWS; a member of the header that is None is left out."""
        head = {"alg": self.alg, **({"kid": self.kid} if self.kid else {}), **header}
        head = {k: v for k, v in head.items() if v is not None}
        body = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
        start = f"{b64(json.dumps(head).encode())}.{b64(body)}"
        return f"{start}.{b64(self.signature(start.encode()))}"


def jwks(*keys):
    return {"keys": [key if isinstance(key, dict) else key.public() for key in keys]}


def claims(client_id, audience, **changes):
    """Of a client assertion; a claim that is None is left out."""
    now = int(time.time())
    made = {"iss": client_id, "sub": client_id, "aud": audience, "jti": secrets.token_hex(16),
            "iat": now, "exp": now + 60, **changes}
    return {k: v for k, v in made.items() if v is not None}


def form(assertion, **fields):
    return {"client_assertion_type": TYPE, "client_assertion": assertion, **fields}
