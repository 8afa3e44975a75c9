"""A QR code as one path, to stand in a page: the Content-Security-Policy takes no picture that is data."""

from __future__ import annotations

from dataclasses import dataclass

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode


@dataclass(frozen=True, slots=True)
class Picture:
    """`side` counts modules, the quiet zone of four to each side among them."""

    side: int
    path: str


def qr_code(text: str) -> Picture:
    code = QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark
    )
    return Picture(len(rows), path)
