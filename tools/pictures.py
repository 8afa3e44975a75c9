"""`make pictures`: each page and state, wide and on a phone, light and dark, laid out to be looked at.

Starts a demo of its own. With the folder of an earlier time each picture stands beside what it was.
"""

from __future__ import annotations

import argparse
import os
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from tools.children import PYTHON, ROOT
from tools.pages import PAGES

TAKES = "tests/browser/take_pictures.py"
SIZES = ((1440, 900), (390, 844))
SCHEMES = ("light", "dark")
_STYLE = """
body { margin: 16px; font: 14px/1.4 system-ui, sans-serif; background: #8883; }
section { margin: 0 0 40px; }
.row { display: flex; flex-wrap: wrap; gap: 12px; align-items: flex-start; }
figure { margin: 0; }
figcaption { font-size: 12px; }
img { border: 1px solid #8888; max-width: 46vw; height: auto; }
.phone img { max-width: 22vw; }
nav { columns: 5; margin-bottom: 32px; }
"""


def main() -> None:
    options = _options()
    folder: Path = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    names = [name for name in PAGES if not options.only or name in options.only]
    if unknown := set(options.only) - set(PAGES):
        raise SystemExit(f"No such page: {', '.join(sorted(unknown))}. tools/pages.py lists them.")
    take(names, folder)
    index = lay_out(folder, names, before=options.before)
    print(f"{len(names)} pages in {index}")


def take(names: Sequence[str], folder: Path) -> None:
    """By the browser tests' own product and people."""
    env = {**os.environ, "KEYCONSOLE_PICTURES": str(folder.resolve()), "KEYCONSOLE_PICTURED": " ".join(names)}
    command: list[str | Path] = [
        PYTHON,
        "-m",
        "pytest",
        "-q",
        "--no-header",
        "-m",
        "",
        "-p",
        "no:randomly",
        TAKES,
    ]
    if subprocess.run(command, cwd=ROOT, env=env, check=False).returncode:
        raise SystemExit("Not every picture could be taken.")


def lay_out(folder: Path, names: Sequence[str], *, before: Path | None) -> Path:
    """One page that shows them all; beside each what it was, where `before` has it."""
    written = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    links = "".join(f'<li><a href="#{name}">{name}</a></li>' for name in names)
    shown = "".join(_section(folder, name, before) for name in names)
    index = folder / "index.html"
    index.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>KeyConsole, {written}</title>'
        f"<style>{_STYLE}</style><h1>KeyConsole, {written}</h1><nav><ul>{links}</ul></nav>{shown}</html>",
        encoding="utf-8",
    )
    return index


def picture(name: str, width: int, scheme: str) -> str:
    return f"{name}-{width}-{scheme}.png"


def _section(folder: Path, name: str, before: Path | None) -> str:
    username, path = PAGES[name]
    rows = []
    for width, _ in SIZES:
        pictures = []
        for scheme in SCHEMES:
            file = picture(name, width, scheme)
            if before is not None:
                pictures.append(_figure(before / file, folder, f"before, {width} {scheme}"))
            pictures.append(_figure(folder / file, folder, f"{width} {scheme}"))
        rows.append(f'<div class="row{" phone" if width < 500 else ""}">{"".join(pictures)}</div>')
    about = f"{escape(username) or 'nobody'} at {escape(path)}"
    return f'<section id="{name}"><h2>{name}</h2><p>{about}</p>{"".join(rows)}</section>'


def _figure(file: Path, folder: Path, caption: str) -> str:
    if not file.is_file():
        return f"<figure><figcaption>{caption}: none</figcaption></figure>"
    source = escape(os.path.relpath(file.resolve(), folder.resolve()))
    return (
        f'<figure><figcaption>{caption}</figcaption><a href="{source}"><img src="{source}" loading="lazy" '
        f'alt="{caption}"></a></figure>'
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="pictures", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / ".pictures" / "now", help="where they go")
    parser.add_argument("--before", type=Path, help="the folder of an earlier time, to lay beside")
    parser.add_argument(
        "--only", nargs="*", default=[], help="some pages by name, as tools/pages.py has them"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
