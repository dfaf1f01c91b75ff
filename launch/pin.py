"""`make constraints`: resolve the requirement files in a clean environment and write what came out to constraints.txt."""

import pathlib
import subprocess
import sys
import tempfile

from launch.install import CONSTRAINTS, ROOT

HEADER = "# Exact versions of everything that requirements*.txt bring along. Made by: make constraints\n"


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [str(pathlib.Path(folder) / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
        files = [part for file in sorted(ROOT.glob("requirements*.txt")) for part in ("-r", str(file))]
        subprocess.run([*pip, "install", "--quiet", *files], check=True)
        frozen = subprocess.run([*pip, "freeze"], check=True, capture_output=True, text=True).stdout
    CONSTRAINTS.write_text(HEADER + "".join(sorted(frozen.splitlines(keepends=True), key=str.lower)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
