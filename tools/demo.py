"""`make demo`: the demo from the checkout, with the checkout's own Python."""

from __future__ import annotations

import argparse
from pathlib import Path

from keyconsole.demo.launch.demo import run_demo
from keyconsole.demo.launch.program import Program
from keyconsole.folders import demo_dir
from tools.children import PYTHON, ROOT


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="demo", description="KeyConsole with its sandbox KMS on this machine."
    )
    parser.add_argument("--port", default="8000", help="where the pages are, on 127.0.0.1 (8000)")
    parser.add_argument("--folder", type=Path, help="where the data goes; deleted first (.demo/<port>)")
    parser.add_argument(
        "--settle-seconds", type=float, default=8.0, help="how long the sandbox's KMS takes to settle"
    )
    options = parser.parse_args()
    chosen: Path | None = options.folder
    run_demo(
        Program(str(PYTHON), with_port="make demo PORT={port}"),
        lambda port: chosen.resolve() if chosen else demo_dir(ROOT, port),
        port=options.port,
        settle_seconds=options.settle_seconds,
        started_by_make=True,
    )


if __name__ == "__main__":
    main()
