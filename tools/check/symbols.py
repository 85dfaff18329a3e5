# SPDX-License-Identifier: MIT
"""The names that our objects give to the linker, and what core asks for."""

import pathlib
import re
import subprocess

OWN = re.compile(r"(oauth2_|ngx_http_oauth2_)")
# nginx's build writes these into each dynamic module
NGINX = {"ngx_modules", "ngx_module_names", "ngx_module_order"}
OBJECTS = ("build/nginx-debian/addon/**/*.o", "build/nginx-debian/*_modules.o",
           "build/worker/**/*.o")
LIBRARY = "build/module/ngx_http_oauth2_module.so"
WORKER = "build/oauth2-worker"

# core is C without I/O, without a clock and without randomness of its own
IMPURE = {
    "time", "clock", "clock_gettime", "gettimeofday", "localtime", "gmtime", "rand", "random",
    "open", "open64", "fopen", "fopen64", "read", "write", "socket", "connect", "getenv",
    "printf", "puts", "fprintf", "__printf_chk", "__fprintf_chk", "pthread_create", "sleep",
    "usleep", "nanosleep", "system", "fork",
}


def nm(*arguments):
    done = subprocess.run(["nm", *arguments], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def check():
    objects = sorted({path for pattern in OBJECTS for path in pathlib.Path().glob(pattern)})
    if not objects or not pathlib.Path(LIBRARY).exists():
        yield f"{LIBRARY}:1: is not built: nothing to look at"
        return

    for path in objects:
        for symbol in defined(path):
            yield f"{path}:1: the external symbol {symbol} begins with neither oauth2_ nor " \
                  "ngx_http_oauth2_"
        if "/core/" in str(path):
            for symbol in asked(path) & IMPURE:
                yield f"{path}:1: core calls {symbol}()"

    for line in nm("-D", "--defined-only", LIBRARY):
        symbol = line.split()[-1]
        if not OWN.match(symbol) and symbol not in NGINX:
            yield f"{LIBRARY}:1: exports {symbol}"


def defined(path):
    for line in nm("-g", "--defined-only", str(path)):
        symbol = line.split()[-1]
        if not OWN.match(symbol) and symbol not in NGINX and not (
                symbol == "main" and "worker" in str(path)):
            yield symbol


def asked(path):
    return {line.split()[-1].split("@")[0] for line in nm("-u", str(path))}
