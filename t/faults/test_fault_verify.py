# SPDX-License-Identifier: MIT
"""verify, with each process killed or frozen at each moment (design, section 4)."""

import pytest

from fault_matrix import cells, check_end, run


@pytest.mark.parametrize("cell", cells("verify"))
def test_cell(system, cell, record_property):
    run(system, cell, record_property)


def test_in_the_end(system):
    check_end(system)
