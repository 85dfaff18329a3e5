# SPDX-License-Identifier: MIT
"""Proofs of possession by DPoP (RFC 9449), right ones and wrong ones."""

import base64
import hashlib
import json
import time
import uuid

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

HASH = hashes.SHA256()
PSS = padding.PSS(mgf=padding.MGF1(HASH), salt_length=32)


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value):
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


class Prover:
    """A key, and the nonce that was told last."""

    def __init__(self, alg="ES256"):
        self.alg = alg
        self.nonce = None
        if alg == "ES256":
            self.key = ec.generate_private_key(ec.SECP256R1())
            point = self.key.public_key().public_numbers()
            self.jwk = {"kty": "EC", "crv": "P-256", "x": b64(point.x.to_bytes(32, "big")),
                        "y": b64(point.y.to_bytes(32, "big"))}
        elif alg == "EdDSA":
            self.key = ed25519.Ed25519PrivateKey.generate()
            self.jwk = {"kty": "OKP", "crv": "Ed25519",
                        "x": b64(self.key.public_key().public_bytes_raw())}
        else:
            self.key = rsa.generate_private_key(65537, 2048)
            numbers = self.key.public_key().public_numbers()
            self.jwk = {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e)}

    @property
    def jkt(self):
        """RFC 7638."""
        text = json.dumps(self.jwk, separators=(",", ":"), sort_keys=True)
        return b64(hashlib.sha256(text.encode()).digest())

    def sign(self, data):
        if self.alg == "ES256":
            r, s = utils.decode_dss_signature(self.key.sign(data, ec.ECDSA(HASH)))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        if self.alg == "EdDSA":
            return self.key.sign(data)
        return self.key.sign(data, PSS if self.alg == "PS256" else padding.PKCS1v15(), HASH)

    def proof(self, method, uri, token=None, header=None, **claims):
        """A proof; a member of the header or a claim None is left out."""
        head = {"typ": "dpop+jwt", "alg": self.alg, "jwk": self.jwk, **(header or {})}
        body = {"jti": str(uuid.uuid4()), "htm": method, "htu": uri, "iat": int(time.time()),
                "nonce": self.nonce,
                "ath": token and b64(hashlib.sha256(token.encode()).digest()), **claims}
        text = ".".join(b64(json.dumps({k: v for k, v in part.items() if v is not None}).encode())
                        for part in (head, body))
        return f"{text}.{b64(self.sign(text.encode()))}"

    def ask(self, browser, method, uri, proof=None, token=None, base=None, **options):
        """Asks with a proof, once more when another nonce is wanted; options
        are those of httpx, proof those of proof()."""
        headers = options.pop("headers", {})
        for _ in range(2):
            more = {"DPoP": self.proof(method, base or uri, token, **(proof or {}))}
            if token:
                more["Authorization"] = f"DPoP {token}"
            answer = browser.request(method, uri, headers={**headers, **more}, **options)
            told = answer.headers.get("dpop-nonce")
            wanted = (answer.status_code in (400, 401) and told not in (None, self.nonce)
                      and "use_dpop_nonce" in answer.text + answer.headers.get(
                          "www-authenticate", ""))
            self.nonce = told or self.nonce
            if not wanted:
                break
        return answer
