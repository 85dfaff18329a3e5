# SPDX-License-Identifier: MIT
"""tools/check sees each fault that it promises to see, and no other."""

import sys

import pytest

from lib.process import ROOT

GOOD = """\
/* SPDX-License-Identifier: MIT */

/* Something. */

#include "api.h"

static int  table[] = { 1, 2 };


/*
 * Adds what is there.
 */

int
oauth2_thing_add(int a, const char *s)
{
    int          i;
    const char  *p;

    i = 0;
    p = s;

    do {
        i++;
    } while (i < a);

    for (i = 0; i < a; i++) {
        if (p == NULL) {
            return strlen("a // b");
        }
    }

    if (a == 1) {
        return 2;

    } else if (a >= 2) {
        goto failed;
    }

    return table[0];

failed:

    return 3;
}
"""

FAULTS = [
    ("i = 0;", "i = 0; // why", "a comment is written"),
    ("i = 0;", "i = 0;   ", "blanks at the end"),
    ("    i = 0;", "\ti = 0;", "a tab"),
    ("i = 0;", "i = 0;" + " " * 70 + "i;", "columns, at most 80"),
    ("i = 0;", "i = atoi(s);", "atoi() is banned"),
    ("p = s;", "if (a)\n        p = s;", "if without braces"),
    ("p = s;", "while (a)\n        p++;", "while without braces"),
    ("p = s;", "if ((p = s)) {\n        i = 1;\n    }", "an assignment in a condition"),
    ("\n\n    } else if", "\n    } else if", "no empty line before else"),
    ("    } else if", "    }\n    else if", "else stands behind"),
    ("int\noauth2_thing_add", "int oauth2_thing_add", "does not start its line"),
    ("*s)\n{", "*s) {", "the brace of a function"),
    ("int          i;", "int          i = getpid();", "a call in an initializer"),
    ("};\n\n\n/*", "};\n\n/*", "not two empty lines before"),
    ("MIT */", "GPL */", "SPDX"),
    ("i = 0;", "i = 0; /* TO" + "DO */", "unfinished work"),
    ("p = s;", "again:\n\n    goto again;", "goto backwards"),
    ("p = s;", "\n".join(["    i = 1;"] * 81), "lines, at most 80"),
    ("p = s;", "if (a) { if (a) { if (a) { if (a) { i = 1; } } } }", "nested 4 deep"),
    ("/* Something. */", "/* Something. */" + "\n" * 500, "lines, at most 500"),
]


@pytest.fixture(scope="module")
def checks():
    sys.path.insert(0, str(ROOT / "tools/check"))
    import layers
    import style
    yield style, layers
    sys.path.remove(str(ROOT / "tools/check"))


def complaints(style, text):
    found = [m for _, m in style.lines_of(text, 80)]
    return found + [m for _, m in style.c_of("src/core/thing.c", text)]


def test_good_file_has_no_fault(checks):
    assert complaints(checks[0], GOOD) == []


@pytest.mark.parametrize("old,new,message", FAULTS, ids=[f[2] for f in FAULTS])
def test_fault_is_seen(checks, old, new, message):
    assert GOOD.count(old) >= 1
    found = complaints(checks[0], GOOD.replace(old, new, 1))
    assert any(message in f for f in found), found


@pytest.mark.parametrize("path,name,is_foreign", [
    ("src/core/thing.c", "../db/db.h", False),
    ("src/flow/flow.c", "../http/http.h", False),
    ("src/api/login.c", "../core/json.h", False),
    ("src/mail/smtp.c", "../db/db.h", False),
    ("src/egress/egress.c", "../db/db.h", False),
    ("src/core/thing.c", "ngx_core.h", True),
    ("src/http/thing.c", "libpq-fe.h", True),
    ("src/core/digest.c", "jwt.h", True),
    ("worker/main.c", "curl/curl.h", True),
])
def test_layer_is_seen(checks, monkeypatch, path, name, is_foreign):
    layers = checks[1]
    monkeypatch.chdir(ROOT)
    assert (layers.foreign if is_foreign else layers.own)(path, name)


@pytest.mark.parametrize("path,name,is_foreign", [
    ("src/core/jwt.c", "jwt.h", True),
    ("src/http/http.h", "../api/api.h", False),
    ("src/api/login.c", "api.h", False),
    ("src/db/pool.c", "../core/pool.h", False),
    ("worker/h2.c", "nghttp2/nghttp2.h", True),
])
def test_layer_is_allowed(checks, monkeypatch, path, name, is_foreign):
    layers = checks[1]
    monkeypatch.chdir(ROOT)
    assert (layers.foreign if is_foreign else layers.own)(path, name) is None
