# SPDX-License-Identifier: MIT
"""What other programs see: PostgreSQL, cppcheck, the bundle's budget."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

from tree import SCRIPTS, c_files, files


def run(*argv, **options):
    return subprocess.run([str(a) for a in argv], capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, **options)


def check_sql():
    """statements.def against a fresh cluster of this machine's PostgreSQL."""
    sys.path.insert(0, "t")
    from lib.postgres import Cluster
    cluster = Cluster()
    try:
        cluster.start()
        done = run("sql/check", cluster.create_database())
        for line in done.stderr.splitlines():
            yield f"src/db/{line}" if line.startswith("statements.def") else f"sql:1: {line}"
        if done.returncode != 0 and not done.stderr:
            yield "sql/check:1: failed and said nothing"
    except subprocess.CalledProcessError as error:
        yield f"sql/migrate:1: {error.stderr or error}"
    finally:
        cluster.remove()


def check_pages():
    """The budget of the bundle; it is built before."""
    if not pathlib.Path("build/html/index.html").exists():
        yield "build/html:1: is not built: nothing to weigh"
        return
    done = run("npm", "run", "--silent", "budget", "--", "../build/html", cwd="html")
    if done.returncode != 0:
        yield f"html/scripts/budget.mjs:1: {(done.stderr or done.stdout).strip()}"


def check_shell():
    """Scripts are read by their shell; nothing runs."""
    for path in files():
        if path.suffix != ".sh" and str(path) not in SCRIPTS:
            continue
        first = path.read_text().split("\n", 1)[0]
        if "python" in first:
            continue
        done = run("sh" if first.endswith("/sh") else "bash", "-n", path)
        for line in done.stderr.splitlines():
            match = re.match(r"[^:]+: (?:line )?(\d+): (.*)", line)
            yield f"{path}:{match.group(1)}: {match.group(2)}" if match else f"{path}:1: {line}"


def check_cppcheck():
    if shutil.which("cppcheck") is None:
        yield "tools/check:1: cppcheck is not installed"
        return

    cache = pathlib.Path("build/cppcheck")
    cache.mkdir(parents=True, exist_ok=True)
    sources = [p for p in c_files() if p.suffix == ".c" and not str(p).startswith("t/")]
    done = run("cppcheck", "--quiet", "--std=c11", "--enable=warning,portability,performance",
               "--inline-suppr", f"--cppcheck-build-dir={cache}", f"-j{os.cpu_count()}",
               "--suppress=missingIncludeSystem", "--suppress=unmatchedSuppression",
               "--template={file}:{line}: {message} [{id}]",
               *(f"-I{folder}" for folder in ("src/core", "src/db", "worker")), *sources)
    for line in done.stderr.splitlines():
        if re.match(r"\S+:\d+: ", line):
            yield line
    if done.returncode != 0 and not done.stderr:
        yield f"tools/check:1: cppcheck: {done.stdout.strip()}"
