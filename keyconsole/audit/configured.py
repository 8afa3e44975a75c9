"""What the settings say of signing: under which name, with which key, and where else checkpoints are kept."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from keyconsole.audit.notes import FileSigner, KeyFileError, Signer, is_name
from keyconsole.audit.verifier import Key, NotValidError


def origin() -> str:
    name: str = settings.KEYCONSOLE_CHECKPOINT_ORIGIN
    return name


def file_signer() -> Signer | None:
    """None where no file is named. Raises KeyFileError."""
    file: str = settings.KEYCONSOLE_CHECKPOINT_KEY_FILE
    if not file:
        return None
    refuse_without_a_name()
    return FileSigner(Path(file), name=origin())


def refuse_without_a_name() -> None:
    """Raises KeyFileError."""
    if not is_name(origin()):
        raise KeyFileError(
            "KEYCONSOLE_CHECKPOINT_ORIGIN must name the record, such as keys.example.org/record."
        )


def old_keys() -> list[Key]:
    """Raises KeyFileError."""
    try:
        return [Key.parse(text) for text in settings.KEYCONSOLE_CHECKPOINT_OLD_KEYS]
    except NotValidError as error:
        raise KeyFileError(f"KEYCONSOLE_CHECKPOINT_OLD_KEYS: {error}") from None
