"""`make sbom`: the bill of materials of what a deployment runs, as CycloneDX JSON in dist/.

cyclonedx-bom describes an environment, and ours also holds what developers need. So it is shown one that
holds the descriptions of the runtime dependencies and nothing else.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from keyconsole import __version__
from tools import runtime
from tools.children import PYTHON, ROOT

FILE = Path("dist") / f"keyconsole-{__version__}.cdx.json"


def make(file: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="kc-sbom-") as folder:
        environment = _environment(Path(folder) / "env")
        subprocess.run(
            [
                PYTHON.parent / "cyclonedx-py", "environment", "--pyproject", ROOT / "pyproject.toml",
                "--output-reproducible", "--spec-version", "1.6", "--output-file", file, environment,
            ],
            check=True,
        )  # fmt: skip
    described = json.loads(file.read_text(encoding="utf-8"))
    # What each is follows from its name and version; its authors' links lead to registries, too.
    for component in (*described["components"], *described["metadata"]["tools"]["components"]):
        component.pop("externalReferences", None)
    # It reads pyproject.toml, in which the version does not stand.
    described["metadata"]["component"]["version"] = __version__
    file.write_text(json.dumps(described, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _environment(folder: Path) -> Path:
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", folder], check=True)
    packages = next((folder / "lib").glob("python3*/site-packages"))
    for each in runtime.distributions().values():
        [metadata] = [file for file in each.files or [] if str(file).endswith(".dist-info/METADATA")]
        described = Path(str(metadata.locate())).parent
        shutil.copytree(
            described, packages / described.name, ignore=shutil.ignore_patterns("direct_url.json")
        )
    return folder


def main() -> None:
    file = ROOT / FILE
    file.parent.mkdir(exist_ok=True)
    try:
        make(file)
    except subprocess.CalledProcessError:
        sys.exit("The bill of materials could not be made (see above).")
    print(FILE)


if __name__ == "__main__":
    main()
