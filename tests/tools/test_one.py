"""`make one`: the test that was named, and nothing else on the screen."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.packaging.installation import environment
from tools.children import ROOT


def make_one(*variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", "one", *variables],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.processes
def test_one_test_runs_without_a_word_about_the_set_up():
    told = make_one("TEST=tests/architecture/test_sizes.py::test_the_rules_see_the_project")
    assert (told.returncode, told.stderr) == (0, "")
    assert re.fullmatch(r"\. +\[100%\]\n1 passed in .*\n", told.stdout)


def test_without_a_name_it_gives_an_example():
    told = make_one()
    assert told.returncode == 2
    assert told.stderr.startswith("Which one? For example: make one TEST=tests/")
