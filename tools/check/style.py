# SPDX-License-Identifier: MIT
"""Columns, blanks, SPDX lines; and the shape of C."""

import bisect
import re

from tree import C_SUFFIXES, LONG_SUFFIXES, SCRIPTS, files

FILE_MAX = 500
BODY_MAX = 80
NESTING_MAX = 3
PARSER = re.compile(r"parse|json_|/pb|reader")

BANNED = re.compile(
    r"\b(sprintf|vsprintf|strcpy|strcat|strncpy|strncat|strtok|atoi|atol|sscanf|gets|rand|srand"
    r"|alloca|system|popen|setjmp|longjmp)\s*\(")
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X")) + r")\b")
OPENING = re.compile(r"\b(if|for|while|switch)\s*\(")
LABEL = re.compile(r"^ *(?!default:)(\w+):$", re.M)
GOTO = re.compile(r"\bgoto (\w+);")
CALL_IN_INIT = re.compile(
    r"^    (?:\w+ )*\w+ +\**\w+(?:\[[^]]*\])? = [^;]*?\b(?!sizeof\b|offsetof\b)[a-z_]\w*\(", re.M)


def check():
    for path in files():
        is_c = path.suffix in C_SUFFIXES
        if not is_c and path.suffix not in LONG_SUFFIXES and str(path) not in SCRIPTS:
            continue
        text = path.read_text(encoding="utf-8")
        for line, message in lines_of(text, 80 if is_c else 100):
            yield f"{path}:{line}: {message}"
        if is_c:
            for line, message in c_of(str(path), text):
                yield f"{path}:{line}: {message}"


def lines_of(text, columns):
    lines = text.split("\n")
    if lines[-1] != "":
        yield len(lines), "no newline at the end"
    first = lines[1] if lines[0].startswith("#!") and len(lines) > 1 else lines[0]
    if "SPDX-License-Identifier: MIT" not in first:
        yield 1, "the first line is not the SPDX line"
    if len(lines) - 1 > FILE_MAX:
        yield FILE_MAX, f"{len(lines) - 1} lines, at most {FILE_MAX}"

    for number, line in enumerate(lines, 1):
        if len(line) > columns:
            yield number, f"{len(line)} columns, at most {columns}"
        if line != line.rstrip():
            yield number, "blanks at the end"
        if UNFINISHED.search(line):
            yield number, "unfinished work"


class Code:
    """The text of a C file with comments, strings and preprocessor lines
    blanked, so that what is left stands where it stood."""

    TOKEN = re.compile(
        r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|^[ ]*#(?:\\\n|[^\n])*",
        re.S | re.M)

    def __init__(self, text):
        self.raw = text
        self.slashes = []
        self.text = self.TOKEN.sub(self.blank, text)
        self.starts = [0] + [m.end() for m in re.finditer("\n", text)]
        self.lines = self.text.split("\n")
        self.raw_lines = text.split("\n")

    def blank(self, match):
        token = match.group()
        if token.startswith("//"):
            self.slashes.append(match.start())
        if token[0] in "\"'":
            return token[0] + re.sub(r"[^\n]", "_", token[1:-1]) + token[0]
        return re.sub(r"[^\n]", " ", token)

    def line(self, position):
        return bisect.bisect_right(self.starts, position)

    def closing(self, position):
        """Where the parenthesis at a position is closed."""
        depth = 0
        for i in range(position, len(self.text)):
            depth += {"(": 1, ")": -1}.get(self.text[i], 0)
            if depth == 0:
                return i
        return len(self.text) - 1


def c_of(path, text):
    code = Code(text)
    for position in code.slashes:
        yield code.line(position), "a comment is written /* */"
    for number, line in enumerate(code.raw_lines, 1):
        if "\t" in line:
            yield number, "a tab"
    for match in BANNED.finditer(code.text):
        yield code.line(match.start()), f"{match.group(1)}() is banned"
    yield from braces_of(code)
    yield from elses_of(code)
    yield from functions_of(path, code)


def braces_of(code):
    for match in OPENING.finditer(code.text):
        opening = match.end() - 1
        closing = code.closing(opening)
        rest = code.text[closing + 1:].lstrip()
        before = code.text[:match.start()].rstrip()
        after_do = match.group(1) == "while" and rest.startswith(";") and before.endswith("}")
        if not rest.startswith("{") and not after_do:
            yield code.line(match.start()), f"{match.group(1)} without braces"
        condition = code.text[opening + 1:closing]
        if match.group(1) in ("if", "while") and re.search(
                r"(?<![=!<>+\-*/%&|^])=(?!=)", condition):
            yield code.line(match.start()), "an assignment in a condition"

    for match in re.finditer(r"\b(else|do)\b", code.text):
        rest = code.text[match.end():].lstrip()
        if not rest.startswith("{") and not (
                match.group() == "else" and re.match(r"if\b", rest)):
            yield code.line(match.start()), f"{match.group()} without braces"


def elses_of(code):
    for number, line in enumerate(code.lines, 1):
        if not re.match(r"\s*(\} )?else\b", line):
            continue
        if not line.lstrip().startswith("}"):
            yield number, "else stands behind the closing brace"
        elif code.raw_lines[number - 2].strip():
            yield number, "no empty line before else"


def functions_of(path, code):
    """Names, distances, lengths and nesting of functions.  A body is what
    stands between braces in the first column."""
    lines = code.lines
    number = 0
    while number < len(lines):
        if re.match(r"[a-zA-Z].*\) \{$", lines[number]):
            yield number + 1, "the brace of a function stands on a line of its own"
        if lines[number] != "{":
            number += 1
            continue
        end = next((i for i in range(number, len(lines)) if lines[i] == "}"), len(lines) - 1)
        name, start = signature(lines, number)
        if name is None:
            yield number + 1, "the function's name does not start its line"
        else:
            yield from body_of(path, code, name, number, end)
            yield from distance_of(code, start, end)
        number = end + 1


def signature(lines, brace):
    """The name that starts a line above the brace, and the first line."""
    i = brace - 1
    while i > 0 and lines[i] and (lines[i][0] in " )"):
        i -= 1
    match = re.match(r"([a-z_]\w*)\(", lines[i])
    if match is None:
        return None, i
    while i > 0 and lines[i - 1].strip():
        i -= 1
    return match.group(1), i


def body_of(path, code, name, brace, end):
    length = end - brace - 1
    if length > BODY_MAX:
        yield brace + 1, f"{name}() has {length} lines, at most {BODY_MAX}"

    limit = NESTING_MAX + (1 if PARSER.search(f"{path}:{name}") else 0)
    body = code.text[code.starts[brace]:code.starts[end]]
    deepest, where = nesting(body)
    if deepest > limit:
        line = brace + 1 + body[:where].count("\n")
        yield line, f"{name}() is nested {deepest} deep, at most {limit}"

    for match in CALL_IN_INIT.finditer(body):
        yield brace + 1 + body[:match.start()].count("\n"), "a call in an initializer"

    labels = {m.group(1): m.start() for m in LABEL.finditer(body)}
    for match in GOTO.finditer(body):
        if labels.get(match.group(1), len(body)) < match.start():
            yield brace + 1 + body[:match.start()].count("\n"), "goto backwards"


def nesting(body):
    """The deepest block inside of a body, and where; initializers are none."""
    deepest = where = depth = 0
    stack = []
    for i, c in enumerate(body):
        if c == "{":
            before = body[:i].rstrip()
            block = not before or before[-1] in ");{}" or bool(
                re.search(r"\b(else|do)$", before))
            if before.endswith("])") or before.endswith("=") or before.endswith(","):
                block = False
            stack.append(block)
            depth += block
            if depth - 1 > deepest:
                deepest, where = depth - 1, i
        elif c == "}" and stack:
            depth -= stack.pop()
    return deepest, where


def distance_of(code, start, end):
    """Two empty lines before a function, or before its comment."""
    raw = code.raw_lines
    i = start
    while i > 0:
        above = i - 1
        if raw[above].strip() == "" and above > 0 and raw[above - 1].strip().endswith("*/"):
            i = comment_start(raw, above - 1)
        elif raw[above].strip().endswith("*/"):
            i = comment_start(raw, above)
        else:
            break
    if i > 3 and not (raw[i - 1].strip() == raw[i - 2].strip() == "" != raw[i - 3].strip()) \
            and not raw[i - 1].startswith("#"):
        yield start + 1, "not two empty lines before the function"

    after = raw[end + 1:end + 4]
    if len(after) == 3 and not any(line.startswith("#") for line in after) \
            and not (after[0].strip() == after[1].strip() == "" != after[2].strip()):
        yield end + 1, "not two empty lines after the function"


def comment_start(raw, end):
    i = end
    while i > 0 and not raw[i].lstrip().startswith("/*"):
        i -= 1
    return i
