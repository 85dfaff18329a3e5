# SPDX-License-Identifier: MIT
"""What a machine can see of our conventions.

    python3 tools/check [part...]

Prints "file:line: message" for each finding; exit code 1 when there is any.
The parts are the modules named in PARTS; without arguments all run.
"""

import os
import pathlib
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
os.chdir(HERE.parents[1])

import layers  # noqa: E402
import programs  # noqa: E402
import routes  # noqa: E402
import standards  # noqa: E402
import style  # noqa: E402
import symbols  # noqa: E402
import tree  # noqa: E402

PARTS = {
    "style": style.check,
    "layers": layers.check,
    "tree": tree.check,
    "routes": routes.check,
    "standards": standards.check,
    "symbols": symbols.check,
    "sql": programs.check_sql,
    "pages": programs.check_pages,
    "shell": programs.check_shell,
    "cppcheck": programs.check_cppcheck,
}


def main():
    names = sys.argv[1:] or list(PARTS)
    for name in names:
        if name not in PARTS:
            sys.exit(f"check: no part \"{name}\": {', '.join(PARTS)}")

    found = [line for name in names for line in PARTS[name]()]
    for line in found:
        print(line)
    print(f"check: {len(found)} findings in {', '.join(names)}" if found
          else f"check: {', '.join(names)}: fine")
    return 1 if found else 0


sys.exit(main())
