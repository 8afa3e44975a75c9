"""requirements.lock holds what a deployment installs: all of it, in the tested versions, by hash."""

from __future__ import annotations

import json
import re
from itertools import pairwise

from packaging.utils import canonicalize_name

from tests.architecture.sources import read
from tools import runtime

PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;\\]+)(?: ; (?P<marker>[^\\]+))? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def locked() -> dict[str, str]:
    return {
        canonicalize_name(found["name"]): found["version"]
        for line in read("requirements.lock").splitlines()
        if (found := PIN.match(line))
    }


def pinned() -> dict[str, str]:
    pins = (line.split("==") for line in read("constraints.txt").split())
    return {str(canonicalize_name(name)): version for name, version in pins}


def test_what_is_needed_to_run_is_locked_and_nothing_else_is():
    assert set(locked()) == set(runtime.distributions())


def test_what_is_locked_is_what_was_tested():
    assert {name: version for name, version in locked().items() if pinned().get(name) != version} == {}
    installed = {name: each.version for name, each in runtime.distributions().items()}
    assert installed == locked()


def test_each_has_its_hashes_and_no_line_says_where_it_comes_from():
    lines = [line for line in read("requirements.lock").splitlines() if not line.startswith("#")]
    assert [line for line in lines if not PIN.match(line) and not HASH.match(line)] == []
    for before, line in pairwise(lines):
        assert HASH.match(line) or not PIN.match(before), f"{before} has no hash"


def test_what_is_needed_only_to_test_is_not_needed_to_run():
    assert not {"pytest", "mypy", "moto", "bandit", "uv"} & set(runtime.distributions())
    assert {"django", "fido2", "psycopg-binary", "brotli"} <= set(runtime.distributions())


def test_neither_does_the_lock_of_the_tests_provider():
    text = read("tests/oidc_provider/package-lock.json")
    assert "://" not in text
    packages = {name: each for name, each in json.loads(text)["packages"].items() if name}
    assert [name for name, each in packages.items() if not each["integrity"].startswith("sha512-")] == []
    assert "node_modules/oidc-provider" in packages
