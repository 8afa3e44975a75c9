"""The benchmark runs, both sides find everything, and ours makes the calls that it must and no more."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from benchmarks.desk import FULL, SMALL
from tests.patience import PATIENCE


def test_the_full_size_is_the_one_that_is_quoted():
    assert (FULL.accounts, FULL.regions, FULL.single_keys, FULL.sets, FULL.region_keys) == (
        5,
        8,
        1000,
        200,
        595,
    )


@pytest.mark.processes
def test_a_small_run_compares_both_on_the_same_keys():
    command = [sys.executable, "benchmarks/scan.py", "--small", "--rounds", "1"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout
    ours, naive = re.findall(r"^(?:KeyConsole|naive loop) +([\d,]+) .*$", told, re.MULTILINE)
    regions = SMALL.accounts * SMALL.regions
    assert int(ours) == SMALL.region_keys + 2 * regions + 2 * SMALL.accounts
    assert int(naive) == 2 * (SMALL.region_keys + SMALL.single_keys) + regions + SMALL.accounts
    assert "times the calls" in told
