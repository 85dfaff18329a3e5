# SPDX-License-Identifier: MIT
"""tools/check standards: a table of sections and tests that cannot name what is not there."""

import sys

import pytest

from lib.process import ROOT

GOOD = """\
## RFC 7662: Introspection

| section | the server | tests |
|---|---|---|
| 2.2, 4 | tells who lives | `t/http/test_a.py::test_one` `t/unit/test_b.c::rows` |

## RP-Initiated Logout

| section | the server | tests |
|---|---|---|
| 2 | asks | `t/http/test_a.py::test_two` |
"""
TESTS = '''\
def test_one():
    """RFC 7662 2.2,
    4: what has ended."""


def test_two():
    """OpenID Connect RP-Initiated Logout 1.0 2: asked first."""
'''


@pytest.fixture
def complaints(tmp_path, monkeypatch):
    """What is complained about: in the document, and of the tests."""
    monkeypatch.syspath_prepend(str(ROOT / "tools/check"))
    sys.modules.pop("standards", None)
    import standards
    monkeypatch.chdir(tmp_path)

    def of(document=GOOD, tests=TESTS, other=""):
        standards.functions.cache_clear()
        for name, text in (("docs/standards.md", document), ("docs/conformance.md", other),
                           ("t/http/test_a.py", tests), ("t/unit/test_b.c", "static void\n"
                                                         "rows(pool_t *pool)\n{\n}\n")):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return list(standards.check())
    return of


def test_nothing_to_say(complaints):
    assert complaints(other="| `oidcc-server` | `t/http/test_a.py::test_one` |\n") == []


@pytest.mark.parametrize("changes,message", [
    ({"document": GOOD.replace("test_one", "test_none")}, "no test t/http/test_a.py::test_none"),
    ({"document": GOOD.replace("rows", "lines")}, "no test t/unit/test_b.c::lines"),
    ({"document": GOOD.replace("`t/http/test_a.py::test_two`", "not offered")},
     "a row of RP-Initiated Logout without a test"),
    ({"document": GOOD.replace("2.2, 4", "2.2")}, "names RFC 7662 4, which"),
    ({"tests": TESTS.replace("1.0 2", "1.0 3")}, "names RP-Initiated Logout 3, which"),
    ({"tests": TESTS.replace("7662", "7009")}, "names RFC 7009, of which"),
    ({"other": "`t/http/test_a.py::test_gone`\n"}, "docs/conformance.md:1: no test"),
])
def test_faults(complaints, changes, message):
    assert any(message in line for line in complaints(**changes))


def test_a_section_is_not_a_part_of_another(complaints):
    """2 does not stand for 2.1."""
    assert complaints(tests=TESTS.replace("1.0 2", "1.0 2.1")) == [
        "t/http/test_a.py:1: names RP-Initiated Logout 2.1, which docs/standards.md lacks"]
