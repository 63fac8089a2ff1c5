"""The machine and what is installed: interpreter, packages, memory, disk, devices."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from humanlike.doctor.finding import Finding, State, size
from humanlike.errors import HumanlikeError
from humanlike.paths import HOME_VARIABLE, home, project_root

if TYPE_CHECKING:
    from packaging.requirements import Requirement

OLDEST = (3, 11)
GIGABYTE = 10**9
LITTLE_MEMORY, TOO_LITTLE_MEMORY = 4 * GIGABYTE, GIGABYTE
LITTLE_DISK, TOO_LITTLE_DISK = 5 * GIGABYTE, GIGABYTE // 2
SHOWN = 5
PROC = Path("/proc/meminfo")
CGROUP = Path("/sys/fs/cgroup")
INSTALL = "python -m pip install -r requirements.txt"


def python() -> list[Finding]:
    """Look at the interpreter."""
    text = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info[:2] >= OLDEST:
        return [Finding("python", "ok", text)]
    wanted = ".".join(map(str, OLDEST))
    fix = f"Install Python {wanted} or newer and make the environment again: make clean book."
    return [Finding("python", "problem", f"{text}; {wanted} or newer is needed", fix)]


def packages() -> list[Finding]:
    """Compare what is installed with the ranges of pyproject.toml and the pins."""
    from packaging.requirements import Requirement

    try:
        root = project_root()
        project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
        needed = [Requirement(line) for line in project["project"]["dependencies"]]
        lines = (root / "requirements.txt").read_text("utf-8").splitlines()
    except (HumanlikeError, OSError, KeyError) as problem:
        text = f"cannot be compared with the pinned versions: {problem}"
        return [Finding("packages", "warning", text, "Run this inside a checkout.")]
    pins = [Requirement(line) for line in lines if line.strip() and not line.startswith(("#", "-"))]
    pins = [pin for pin in pins if pin.marker is None or pin.marker.evaluate()]
    broken, other = _unfit(needed), _unfit(pins)
    differing = {name: text for name, text in other.items() if name not in broken}
    found = [_listed("problem", "needed, but missing or out of range", broken)] if broken else []
    if differing:
        found.append(_listed("warning", "not in the pinned version", differing))
    return found or [Finding("packages", "ok", f"{len(pins)} in the pinned versions")]


def _unfit(requirements: Iterable[Requirement]) -> dict[str, str]:
    """Return the packages that are missing or do not fit, each with what is here."""
    from packaging.version import Version

    found = {}
    for wanted in requirements:
        try:
            here = Version(metadata.version(wanted.name)).public  # without the tag of a build
        except metadata.PackageNotFoundError:
            found[wanted.name] = f"{wanted} is not installed"
            continue
        if not wanted.specifier.contains(here, prereleases=True):
            found[wanted.name] = f"{wanted.name} is {here}, wanted {wanted.specifier}"
    return found


def _listed(state: State, what: str, unfit: dict[str, str]) -> Finding:
    shown = "; ".join([*unfit.values()][:SHOWN])
    more = f"; and {len(unfit) - SHOWN} more" if len(unfit) > SHOWN else ""
    return Finding("packages", state, f"{len(unfit)} {what}: {shown}{more}", INSTALL)


def memory(proc: Path = PROC, cgroup: Path = CGROUP) -> list[Finding]:
    """Look at main memory, also where a container limits it."""
    total, free = memory_bytes(proc, cgroup)
    text = f"{size(total)}" + (f", {size(free)} free" if free is not None else "")
    if total < TOO_LITTLE_MEMORY:
        fix = "A chapter needs about 1 GB. Give this machine or container more memory."
        return [Finding("memory", "problem", text, fix)]
    if min(total, total if free is None else free) < LITTLE_MEMORY:
        fix = "Execute chapters one after the other: humanlike build --jobs 1."
        return [Finding("memory", "warning", text, fix)]
    return [Finding("memory", "ok", text)]


def memory_bytes(proc: Path = PROC, cgroup: Path = CGROUP) -> tuple[int, int | None]:
    """Return how much memory there is and how much is free, None where nobody says."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    free = None
    if proc.is_file():
        fields = dict(line.split(":", 1) for line in proc.read_text("utf-8").splitlines())
        kibibytes = {name: int(text.split()[0]) for name, text in fields.items()}
        total, free = kibibytes["MemTotal"] * 1024, kibibytes.get("MemAvailable", 0) * 1024
    limit, used = (_number(cgroup / f"memory.{name}") for name in ("max", "current"))
    if limit is not None and limit < total:
        total = limit
        free = limit - (used or 0) if free is None else min(free, limit - (used or 0))
    return total, free


def _number(file: Path) -> int | None:
    """Return the number in a file; None if there is none, as for ``max``."""
    try:
        return int(file.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def disk() -> list[Finding]:
    """Look at the folders that are written to: room, and the right to write."""
    folders = {"your folder": home(), "temporary files": Path(tempfile.gettempdir())}
    with contextlib.suppress(HumanlikeError):
        folders["the build"] = project_root() / "_build"
    return [_folder(what, folder) for what, folder in folders.items()]


def _folder(what: str, folder: Path) -> Finding:
    there = next(place for place in (folder, *folder.parents) if place.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        fix = f"Give yourself the right to write there, or name another place in {HOME_VARIABLE}."
        return Finding("disk", "problem", f"{what}: {folder} cannot be written", fix)
    free = shutil.disk_usage(there).free
    text = f"{what}: {size(free)} free in {folder}"
    if free >= LITTLE_DISK:
        return Finding("disk", "ok", text)
    fix = f"Free some space, or name another place in {HOME_VARIABLE}."
    return Finding("disk", "problem" if free < TOO_LITTLE_DISK else "warning", text, fix)


def devices() -> list[Finding]:
    """Look at PyTorch and what it can compute on."""
    try:
        import torch
    except (ImportError, OSError) as problem:
        text = f"cannot be loaded: {problem}"
        return [Finding("torch", "problem", text, INSTALL)]
    found = [Finding("torch", "ok", f"{torch.__version__}, {torch.get_num_threads()} threads")]
    if torch.cuda.is_available():
        return found + [_cuda(number) for number in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        return [*found, Finding("devices", "ok", "the graphics unit of this Mac (mps)")]
    driver = _driver()
    if driver:
        text = f"{driver} is here, but this build of torch ({torch.__version__}) cannot use it"
        fix = "Install the CUDA build of the pinned torch, or a driver that it supports."
        return [*found, Finding("devices", "warning", text, fix)]
    text = f"no GPU; models run on {os.cpu_count()} processor cores"
    return [*found, Finding("devices", "note", text, "None needed; large models want a GPU.")]


def _cuda(number: int) -> Finding:
    import torch

    name = torch.cuda.get_device_name(number)
    try:
        free, total = torch.cuda.mem_get_info(number)
    except RuntimeError as problem:
        first = str(problem).splitlines()[0]
        fix = "See with nvidia-smi who uses it; another device is chosen by CUDA_VISIBLE_DEVICES."
        return Finding("devices", "warning", f"{name} does not answer: {first}", fix)
    return Finding("devices", "ok", f"cuda:{number} {name}, {size(free)} of {size(total)} free")


def _driver() -> str:
    """Return the name of a GPU that the system's own tool sees; empty if it sees none."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return ""
    command = [tool, "--query-gpu=name", "--format=csv,noheader"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.splitlines()[0].strip() if done.returncode == 0 and done.stdout else ""
