# SPDX-License-Identifier: MIT
"""Measurements, beside what others use, on servers started for them.

    ./dev bench workflows [--quick]
"""

import argparse
import pathlib
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "t")]

import workflows  # noqa: E402

SUBJECTS = {"workflows": workflows.main}


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description="Measures, and compares.")
    parser.add_argument("subject", choices=SUBJECTS)
    parser.add_argument("--quick", action="store_true",
                        help="shows that it runs, in half a minute; the numbers mean little")
    options = parser.parse_args()
    return SUBJECTS[options.subject](options.quick)


sys.exit(main())
