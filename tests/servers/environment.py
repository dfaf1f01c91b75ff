"""The environment of the LiteLLM proxy: `python -m tests.servers.environment` makes it, once.

It is not the product's: the proxy pins older versions of what the product needs.
"""

import hashlib
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
REQUIREMENTS = pathlib.Path(__file__).parent / "requirements-litellm.txt"
VENV = ROOT / ".venv-litellm"
PROXY = VENV / "bin" / "litellm"
STAMP = VENV / "installed"


def is_there() -> bool:
    return PROXY.exists() and STAMP.exists() and STAMP.read_text() == fingerprint()


def fingerprint() -> str:
    return hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()


def install() -> None:
    """Make it hold what the requirement file says. Raises CalledProcessError without the package registry."""
    if is_there():
        return
    print("Installing the LiteLLM proxy for the tests (about 220 MB, once) …", flush=True)  # noqa: T201
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    pip = [VENV / "bin" / "python", "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*pip, "-r", REQUIREMENTS], check=True)
    STAMP.write_text(fingerprint())


if __name__ == "__main__":
    try:
        install()
    except (OSError, subprocess.CalledProcessError) as problem:
        raise SystemExit(f"The LiteLLM proxy could not be installed: {problem}") from None
