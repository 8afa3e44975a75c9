"""Each test signs with a key of its own, into a data folder of its own."""

from __future__ import annotations

import pytest

from keyconsole.audit.notes import make_key_file
from tests.worker.record.given import ORIGIN


@pytest.fixture(autouse=True)
def signing(settings, tmp_path):
    settings.KEYCONSOLE_DATA_DIR = tmp_path / "data"
    settings.KEYCONSOLE_DATA_DIR.mkdir()
    settings.KEYCONSOLE_CHECKPOINT_ORIGIN = ORIGIN
    settings.KEYCONSOLE_CHECKPOINT_KEY_FILE = str(tmp_path / "key.pem")
    make_key_file(tmp_path / "key.pem")
