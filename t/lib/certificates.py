# SPDX-License-Identifier: MIT
"""A certificate authority, and certificates of it, as PEM files."""

import base64
import datetime
import hashlib
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lib.process import give

DAY = datetime.timedelta(days=1)


class Authority:
    """cert: the file of its own certificate."""

    def __init__(self, folder, name="Test CA"):
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self.build(self.subject, self.key.public_key()).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(
                self.key, hashes.SHA256())
        self.cert = self.write(f"{name.replace(' ', '-')}.crt", pem(certificate))

    def build(self, subject, public_key, age=DAY, life=DAY, issuer=None):
        now = datetime.datetime.now(datetime.timezone.utc)
        return (x509.CertificateBuilder().subject_name(subject)
                .issuer_name(issuer or self.subject)
                .public_key(public_key).serial_number(x509.random_serial_number())
                .not_valid_before(now - age).not_valid_after(now + life))

    def write(self, name, content, mode=0o644):
        path = self.folder / name
        path.write_bytes(content)
        give(path, mode)
        return path

    def issue(self, file, *names, **validity):
        """(certificate file, key file) for these names or addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        certificate = (
            self.build(subject, key.public_key(), **validity)
            .add_extension(x509.SubjectAlternativeName([general(n) for n in names]), False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH,
                                                  ExtendedKeyUsageOID.CLIENT_AUTH]), False)
            .sign(self.key, hashes.SHA256()))
        private = key.private_bytes(serialization.Encoding.PEM,
                                    serialization.PrivateFormat.PKCS8,
                                    serialization.NoEncryption())
        return (self.write(f"{file}.crt", pem(certificate)),
                self.write(f"{file}.key", private, 0o600))

    def person(self, file, subject=None, names=(), key=None, own=False, **validity):
        """Somebody with a certificate of this authority, or of their own."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        subject = subject or x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, file)])
        builder = self.build(subject, key.public_key(), issuer=subject if own else None,
                             **validity)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), False)
        certificate = builder.sign(key if own else self.key, hashes.SHA256())
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                    serialization.NoEncryption())
        return Person(certificate, key, (str(self.write(f"{file}.crt", pem(certificate))),
                                         str(self.write(f"{file}.key", private, 0o600))))


class Person:
    """pair: certificate file and key file, as a TLS client wants them."""

    def __init__(self, certificate, key, pair):
        self.certificate, self.key, self.pair = certificate, key, pair
        self.der = certificate.public_bytes(serialization.Encoding.DER)

    @property
    def x5t(self):
        """RFC 8705 3.1"""
        return url64(hashlib.sha256(self.der).digest())

    def jwk(self, x5c=True):
        """Of a key on P-256."""
        point = self.key.public_key().public_numbers()
        jwk = {"kty": "EC", "crv": "P-256", "x": url64(point.x.to_bytes(32, "big")),
               "y": url64(point.y.to_bytes(32, "big"))}
        return {**jwk, "x5c": [base64.b64encode(self.der).decode()]} if x5c else jwk


def url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def general(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
