# SPDX-License-Identifier: MIT
"""Who may include what: the layers of the tree, and the homes of foreign
libraries."""

import os
import re

from tree import c_files

INCLUDE = re.compile(r'^[ ]*#[ ]*include[ ]*(<[^>]+>|"[^"]+")', re.M)

# layer: the layers it may include (its own is always one of them)
LAYERS = {
    "src/core": (),
    "src/flow": ("src/core",),
    "src/db": ("src/core",),
    "src/mail": ("src/core",),
    "src/egress": ("src/core",),
    "src/http": ("src/core", "src/flow", "src/db", "src/mail", "src/egress"),
    "worker": ("src/core", "src/flow", "src/db", "src/mail", "src/egress"),
    "ctl": ("src/core",),
    "": ("src/http",),
}

# More than its layer may, or less: the file, and exactly what it includes.
FILES = {
    "src/api/api.h": ("src/core", "src/flow", "src/db/db.h", "src/api/client.h",
                      "src/api/fetch.h", "src/api/grant.h", "src/api/logout.h",
                      "src/api/pages.h", "src/api/pop.h", "src/api/registration.h",
                      "src/api/sign.h",
                      "src/api/subject.h"),
    "src/api/client.h": (),
    "src/api/fetch.h": (),
    "src/api/logout.h": (),
    "src/api/page.c": ("src/api/api.h",),
    "src/api/registration.h": (),
    "src/api/pop.h": (),
}
API = ("api.h",)
HTTP_MORE = ("src/api/api.h", "src/api/routes.def")

# a foreign header, and the only places that may name it
HOMES = (
    (r"jwt\.h", r"src/core/jwt\w*\.[ch]"),
    (r"yajl/.*", r"src/core/json_\w+\.[ch]"),
    (r"crypt\.h", r"src/core/password\.c"),
    (r"openssl/.*", r"src/core/\w+\.[ch]|worker/tls\.c"),
    (r"(libpq-fe|libpq/.*|postgres_ext)\.h", r"src/db/.*"),
    (r"curl/.*", r"src/(mail|egress)/.*"),
    (r"(nghttp2|protobuf-c|event2?)/.*|event\.h", r"worker/.*"),
    (r"ngx_.*|nginx\.h", r"src/http/.*|[^/]+\.c"),
    (r"cmocka\.h", r"t/unit/.*"),
)


def layer_of(path):
    return next((layer for layer in LAYERS if layer and path.startswith(f"{layer}/")),
                "" if "/" not in path else None)


def check():
    for path in map(str, c_files()):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for match in INCLUDE.finditer(text):
            name = match.group(1)
            message = (foreign(path, name[1:-1]) if name[0] == "<" else own(path, name[1:-1]))
            if message:
                line = text.count("\n", 0, match.start()) + 1
                yield f"{path}:{line}: {message}"


def foreign(path, name):
    for header, home in HOMES:
        if re.fullmatch(header, name) and not re.fullmatch(home, path):
            if path.startswith("t/"):
                return None
            return f"<{name}> has its home elsewhere ({home})"
    return None


def own(path, name):
    """Tests may look into everything."""
    if path.startswith("t/"):
        return None
    if path.startswith("src/api/") and path not in FILES:
        return None if name in API else f'an endpoint includes api.h only, not "{name}"'

    target = os.path.normpath(os.path.join(os.path.dirname(path), name))
    if not os.path.exists(target):
        # nginx's headers and generated ones are found by -I
        return None
    layer = layer_of(path)
    allowed = FILES.get(path, LAYERS.get(layer, ()) + ((layer,) if layer else ()))
    if layer == "src/http":
        allowed += HTTP_MORE
    if any(target == a or target.startswith(f"{a}/") for a in allowed):
        return None
    return f'{layer or "the module"} may not include "{name}"'
