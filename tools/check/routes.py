# SPDX-License-Identifier: MIT
"""docs/openapi.yaml has the paths and methods of src/api/routes.def, and no others.

It is read line by line: a path stands at two blanks and may be another's alias, a method at four.
"""

import re

TABLE = "src/api/routes.def"
DOCUMENT = "docs/openapi.yaml"
ROUTE = re.compile(r'^OAUTH2_ROUTE\((\w+),\s*"([^"]+)"', re.M)
PATH = re.compile(r"  (/\S*):(?: ([&*])(\w+))?")
METHOD = re.compile(r"    (get|put|post|delete|patch|head|options|trace):")


def table():
    """Each route of the table: (method, path)."""
    with open(TABLE, encoding="utf-8") as file:
        return set(ROUTE.findall(file.read()))


def document():
    """The same of the document, with the line."""
    found, anchors, path, name = {}, {}, None, None
    with open(DOCUMENT, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line[:1].isalpha():
                path = None
            elif match := PATH.match(line):
                path, sign, name = match.groups()
                if sign == "*":
                    found.update({(method, path): number for method in anchors[name]})
            elif path and (match := METHOD.match(line)):
                found[match[1].upper(), path] = number
                anchors.setdefault(name, []).append(match[1].upper())
    return found


def check():
    routes, told = table(), document()
    for method, path in sorted(routes - set(told), key=str):
        yield f"{DOCUMENT}:1: lacks {method} {path}, which {TABLE} has"
    for method, path in sorted(set(told) - routes, key=str):
        yield f"{DOCUMENT}:{told[method, path]}: {method} {path} is not in {TABLE}"
