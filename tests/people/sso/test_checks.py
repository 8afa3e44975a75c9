"""Single sign-on that is set up by halves refuses to start."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from pytest_django import Settings

from keyconsole.demo.launch.environment import demo_environment
from keyconsole.people.sso import checks
from tools.children import PYTHON, ROOT

DISCOVERY = "https://id.example.org/.well-known/openid-configuration"


def ids() -> list[str | None]:
    every = (checks.provider_is_whole, checks.somebody_can_get_in, checks.proxy_is_named)
    return [message.id for check in every for message in check(None)]


def test_nothing_set_up_is_fine() -> None:
    assert ids() == []


@pytest.mark.parametrize(
    ("url", "client_id", "wrong"),
    [
        (DISCOVERY, "keyconsole", []),
        (DISCOVERY, "", ["keyconsole.E021"]),
        ("https://id.example.org", "keyconsole", ["keyconsole.E020"]),
        (DISCOVERY.replace("https", "http"), "keyconsole", ["keyconsole.E020"]),
        (DISCOVERY.replace("https://id.example.org", "http://127.0.0.1:9"), "keyconsole", []),
    ],
)
def test_a_provider_is_named_whole_and_over_https(
    settings: Settings, url: str, client_id: str, wrong: list[str]
) -> None:
    settings.KEYCONSOLE_OIDC_DISCOVERY_URL, settings.KEYCONSOLE_OIDC_CLIENT_ID = url, client_id
    assert ids() == wrong


def test_the_only_way_in_has_to_be_there(settings: Settings) -> None:
    settings.KEYCONSOLE_SSO_ONLY = True
    assert ids() == ["keyconsole.E022"]
    settings.KEYCONSOLE_OIDC_DISCOVERY_URL, settings.KEYCONSOLE_OIDC_CLIENT_ID = DISCOVERY, "keyconsole"
    assert ids() == []


@pytest.mark.processes
def test_a_server_with_one_way_in_starts(tmp_path: Path) -> None:
    """Beside second factors, which people go on having: the library's checks of its settings count too."""
    environment = demo_environment(tmp_path / "keyconsole.sqlite3", "http://127.0.0.1:9") | {
        "KEYCONSOLE_SSO_ONLY": "true",
        "KEYCONSOLE_OIDC_DISCOVERY_URL": DISCOVERY,
        "KEYCONSOLE_OIDC_CLIENT_ID": "keyconsole",
    }
    command = [str(PYTHON), "manage.py", "check", "--deploy", "--fail-level", "ERROR"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("named", [[], ["nonsense"], ["10.0.0.1/24"], ["0.0.0.0/0"], ["::/0"], ["unix"]])
def test_a_header_is_believed_from_a_named_proxy_alone(settings: Settings, named: list[str]) -> None:
    settings.KEYCONSOLE_PROXY_USER_HEADER = "X-Remote-User"
    settings.KEYCONSOLE_PROXY_ADDRESSES = named
    assert ids() == ["keyconsole.E023"]
    settings.KEYCONSOLE_PROXY_ADDRESSES = ["10.0.0.0/24", "fd00::1"]
    assert ids() == []


def test_a_header_has_the_name_of_one(settings: Settings) -> None:
    settings.KEYCONSOLE_PROXY_ADDRESSES = ["10.0.0.1"]
    settings.KEYCONSOLE_PROXY_USER_HEADER = "X_Remote User"
    assert ids() == ["keyconsole.E023"]
