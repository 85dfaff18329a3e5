# SPDX-License-Identifier: MIT
"""A site with TLS: the issuer's own server, one beside it that asks for certificates, and one
that shares its port with another, whose authority is a stranger to us."""

import shutil
import ssl

import httpx

from lib.certificates import Authority
from lib.nginx import Nginx, server
from lib.process import free_port, give, temporary_folder
from lib.site import Server, end_server
from lib.smtp import Folder


def context(person=None):
    """Of a TLS client that looks at nobody, and shows its certificate."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    if person:
        made.load_cert_chain(*person.pair)
    return made


class Site(Server):
    """base: the issuer; mtls: where certificates are asked for; shared: of two servers."""

    def __init__(self, request, database, keys, flavour, settings="", locations=""):
        self.request = request
        self.folder = give(temporary_folder("tls"), 0o755)
        mail = give(temporary_folder("mail"), 0o755)
        self.authority = Authority(self.folder)
        (self.folder / "stranger").mkdir()
        self.stranger = Authority(give(self.folder / "stranger", 0o755), "Stranger")
        port, mtls, shared = free_port(), free_port(), free_port()
        base, self.mtls = f"https://localhost:{port}", f"https://localhost:{mtls}"
        self.shared = f"https://localhost:{shared}"
        pair = self.authority.issue("server", "localhost")

        def text(port, *more, listen="", name="localhost"):
            own = [f"listen 127.0.0.1:{port} ssl{listen};", f"server_name {name};",
                   f"ssl_certificate {pair[0]};", f"ssl_certificate_key {pair[1]};",
                   f"oauth2_mtls_url {self.mtls};", "oauth2_registration open;",
                   "oauth2_egress_allow 127.0.0.1;",
                   f"oauth2_egress_ca_file {self.authority.cert};", *more, settings]
            return server(port, database.app, keys, issuer=base, mail=mail,
                          settings="\n".join(own), locations=locations)

        def asks(authority):
            return [f"ssl_trusted_certificate {authority.cert};",
                    "ssl_verify_client optional_no_ca;"]

        process = Nginx(
            text(port) + text(mtls, *asks(self.authority))
            + text(shared, *asks(self.stranger), listen=" default_server", name="other.example")
            + text(shared, *asks(self.authority)), flavour=flavour).start()
        super().__init__(process, database, Folder(mail), port)
        self.base = base
        self.http = self.browser()
        self.mail_folder = mail

    def browse(self, person=None, base=None):
        """A browser with a certificate, where one is asked for."""
        return httpx.Client(base_url=base or self.mtls, verify=context(person),
                            timeout=self.timeout)

    def end(self):
        end_server(self, self.request)
        shutil.rmtree(self.mail_folder, ignore_errors=True)
