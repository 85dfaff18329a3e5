# SPDX-License-Identifier: MIT
"""Our payload codec as Temporal's Python SDK wants it: an independent reading
of how payloads are sealed, for replays and for tests that start workflows."""

import dataclasses
import os

import temporalio.converter
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from temporalio.api.common.v1 import Payload


def derive(secret, purpose, length=32):
    return HKDF(hashes.SHA256(), length, b"oauth2 key", purpose).derive(secret)


class Codec(temporalio.converter.PayloadCodec):
    """key: the text of a token key, hexadecimal."""

    def __init__(self, key):
        secret = bytes.fromhex(key)
        self.aead = AESGCM(derive(secret, b"seal"))
        self.key_id = derive(secret, b"id", 4).hex().encode()

    def seal(self, payload):
        nonce = os.urandom(12)
        return Payload(
            metadata={"encoding": b"binary/encrypted", "encryption-cipher": b"AES256GCM",
                      "encryption-key-id": self.key_id},
            data=nonce + self.aead.encrypt(nonce, payload.SerializeToString(), None))

    def open(self, payload):
        if payload.metadata.get("encoding") != b"binary/encrypted":
            return payload
        assert payload.metadata["encryption-key-id"] == self.key_id
        return Payload.FromString(
            self.aead.decrypt(payload.data[:12], payload.data[12:], None))

    async def encode(self, payloads):
        return [self.seal(p) for p in payloads]

    async def decode(self, payloads):
        return [self.open(p) for p in payloads]


def converter(key):
    """A data converter for clients and replayers."""
    return dataclasses.replace(temporalio.converter.default(), payload_codec=Codec(key))
