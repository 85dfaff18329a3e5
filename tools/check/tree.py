# SPDX-License-Identifier: MIT
"""Which files there are, and what may not be among them."""

import functools
import pathlib
import subprocess

C_SUFFIXES = {".c", ".h", ".def"}
LONG_SUFFIXES = {".py", ".sql", ".ts", ".tsx", ".css", ".mjs", ".sh", ".mk"}
SCRIPTS = {"dev", "sql/migrate", "sql/check", "tools/nginx-source", ".ci/run",
           "ctl/oauth2ctl"}


@functools.cache
def files():
    """Tracked files, and new ones that git would not ignore."""
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return sorted({pathlib.Path(name) for name in listed if pathlib.Path(name).is_file()})


def git(*arguments):
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=True)
    return [name for name in done.stdout.split("\0") if name]


def c_files(*folders):
    """C files below folders; without any, all."""
    return [path for path in files() if path.suffix in C_SUFFIXES
            and (not folders or str(path).startswith(folders))]


def check():
    for name in git("ls-files", "-z", "--cached", "--ignored", "--exclude-standard"):
        yield f"{name}:1: is generated, and tracked all the same"
