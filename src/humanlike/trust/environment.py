"""Run a command of the package in an environment that is made from the pins for it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from humanlike.data.download import offline
from humanlike.errors import HumanlikeError

INSIDE = "--inside-fresh-environment"


def run_fresh(root: Path, arguments: list[str]) -> int:
    """Install ``requirements.txt`` into a new environment, run a command there, take it away.

    Parameters
    ----------
    root : Path
        The project; its package is used from where it lies.
    arguments : list of str
        What would follow ``humanlike``.

    Returns
    -------
    int
        Exit status of the command.

    Raises
    ------
    HumanlikeError
        If there are no pins, no network, or the installation fails.
    """
    pins = root / "requirements.txt"
    if not pins.is_file():
        raise HumanlikeError(f"--fresh-environment installs {pins}, which does not exist.")
    if offline():
        raise HumanlikeError(
            "--fresh-environment installs packages, and HUMANLIKE_OFFLINE forbids it. Unset it, or "
            "verify in the environment at hand."
        )
    with tempfile.TemporaryDirectory(prefix="hl-fresh-", ignore_cleanup_errors=True) as folder:
        python = make(Path(folder) / "venv", pins)
        command = [str(python), "-m", "humanlike", *arguments]
        done = subprocess.run(command, env=_environment(), check=False)
    return done.returncode


def make(folder: Path, pins: Path) -> Path:
    """Make an environment with the pinned packages and this package; return its Python."""
    print("  making an environment from requirements.txt …", file=sys.stderr)
    _run([sys.executable, "-m", "venv", str(folder)])
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
          "--requirement", str(pins)])  # fmt: skip
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(_run([str(python), "-c", where]).strip())
    source = Path(__file__).resolve().parents[2]
    (site / "humanlike.pth").write_text(f"{source}\n", encoding="utf-8")
    return python


def _environment() -> dict[str, str]:
    """Return the variables of this process but those that bring in other packages."""
    return {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}


def _run(command: list[str]) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, env=_environment(), stdin=subprocess.DEVNULL,
        check=False,
    )  # fmt: skip
    if done.returncode:
        said = "\n  ".join((done.stderr or done.stdout).strip().splitlines()[-6:])
        raise HumanlikeError(f"The environment could not be made:\n  {said}")
    return done.stdout
