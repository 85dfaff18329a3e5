# SPDX-License-Identifier: MIT
"""docs/standards.md names tests that exist, and has each section that a test names.

A heading of the document is the name of a specification, as docstrings have it ("RFC 7662",
"OpenID Connect Core"); a row of its table begins with a section and ends with the tests. What
docs/conformance.md names must exist as well.
"""

import ast
import functools
import pathlib
import re

DOCUMENT = "docs/standards.md"
OTHERS = ("docs/conformance.md",)
TEST = re.compile(r"`(t/[\w./]+)::(\w+)`")
ROW = re.compile(r"\| *([^|]+?) *\|(.*)\|([^|]*)\|\s*$")
SECTION = r"[0-9]+(?:\.[0-9]+)*(?![\w-])"
FOLDERS = ("t/http", "t/sql", "t/browser")


@functools.cache
def functions(path):
    """Each test of a file: its docstring."""
    file = pathlib.Path(path)
    if not file.is_file():
        return {}
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        return {name: "" for name in re.findall(r"^(\w+)\(", text, re.M)}
    return {node.name: ast.get_docstring(node) or "" for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef)}


def document():
    """Rows of the document: (line, specification, sections, tests, text)."""
    name = None
    with open(DOCUMENT, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.startswith("## "):
                name = line[3:].split(":")[0].strip()
            elif name and (match := ROW.match(line)) and match[1][0].isdigit():
                yield (number, name, re.findall(SECTION, match[1]), TEST.findall(match[3]),
                       match[3])


def sections_of(text, names):
    """What a docstring names: (specification, section)."""
    for name in names:
        for match in re.finditer(rf"\b{re.escape(name)} ({SECTION}(?:, {SECTION})*)", text):
            for section in match[1].split(", "):
                yield name, section


def rfcs_of(text):
    return set(re.findall(rf"\b(RFC [0-9]+) {SECTION}", text))


def named(names):
    """Each section that a test names: (file, specification, section); None as the section of
    an RFC that has no heading."""
    for folder in FOLDERS:
        for path in sorted(pathlib.Path(folder).glob("test_*.py")):
            text = " ".join(" ".join(doc.split()) for doc in functions(str(path)).values())
            text = text.replace("Logout 1.0", "Logout")     # has a version in its name
            for name, section in sorted(set(sections_of(text, names))):
                yield path, name, section
            for name in sorted(rfcs_of(text) - set(names)):
                yield path, name, None


def check():
    rows = list(document())
    names = {name for _, name, _, _, _ in rows}
    for number, name, _, tests, text in rows:
        if not tests:
            yield f"{DOCUMENT}:{number}: a row of {name} without a test: {text.strip()}"
        for path, function in tests:
            if function not in functions(path):
                yield f"{DOCUMENT}:{number}: no test {path}::{function}"

    told = {(name, section) for _, name, sections, _, _ in rows for section in sections}
    for path, name, section in named(names):
        if section is None:
            yield f"{path}:1: names {name}, of which {DOCUMENT} has nothing"
        elif (name, section) not in told:
            yield f"{path}:1: names {name} {section}, which {DOCUMENT} lacks"

    for other in OTHERS:
        with open(other, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                for path, function in TEST.findall(line):
                    if function not in functions(path):
                        yield f"{other}:{number}: no test {path}::{function}"
