"""What is reached from here: servers that want a key, the hub, a kernel, a browser."""

from __future__ import annotations

import os
import shutil
import tempfile
import urllib.error
import urllib.request
from importlib.util import find_spec
from pathlib import Path

from humanlike.data.download import offline
from humanlike.doctor.finding import Finding

KEYS = {
    "OPENAI_API_KEY": "OpenAI",
    "HUMANLIKE_API_KEY": "other servers of the OpenAI kind",
    "HF_TOKEN": "gated models of the hub",
}
"""Variables a key may stand in, and what it opens."""
HUB_SECONDS = 3.0
KERNEL_SECONDS = 30.0
BROWSER_VARIABLE = "HUMANLIKE_CHROMIUM"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
YES = ("1", "true", "yes", "on")


def keys() -> list[Finding]:
    """Say which keys are in the environment, never what they are."""
    found = []
    for name, opens in KEYS.items():
        value = os.environ.get(name)
        if not value:
            text, fix = f"{name} is not set", f"Only needed for {opens}: export {name}=…"
            found.append(Finding("keys", "note", text, fix))
        elif not value.isascii() or any(sign.isspace() for sign in value):
            text = f"{name} is set, but holds blanks, line breaks or signs that no key has"
            found.append(Finding("keys", "warning", text, f"Set {name} anew."))
        else:
            found.append(Finding("keys", "ok", f"{name} is set"))
    return found


def hub() -> list[Finding]:
    """Try to reach the hub of models, unless that is forbidden."""
    if offline() or os.environ.get("HF_HUB_OFFLINE", "").lower() in YES:
        text = "not tried: HUMANLIKE_OFFLINE or HF_HUB_OFFLINE forbids it"
        return [Finding("hub", "note", text, "Local folders and encoder: work without it.")]
    from huggingface_hub.constants import ENDPOINT

    request = urllib.request.Request(ENDPOINT, method="HEAD")  # noqa: S310 - the library's own
    try:
        urllib.request.urlopen(request, timeout=HUB_SECONDS).close()  # noqa: S310
    except urllib.error.HTTPError as answer:
        return [Finding("hub", "ok", f"{ENDPOINT} answers ({answer.code})")]
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "reason", problem)
        text = f"{ENDPOINT} cannot be reached: {reason}"
        fix = "Models that are on this machine and encoder: work; for others see network and proxy."
        return [Finding("hub", "warning", text, fix)]
    return [Finding("hub", "ok", f"{ENDPOINT} answers")]


def kernel() -> list[Finding]:
    """Start a notebook kernel as a chapter would, and let it compute something."""
    from jupyter_client.kernelspec import NoSuchKernel
    from jupyter_client.manager import KernelManager

    from humanlike.book.worker import transport

    with tempfile.TemporaryDirectory(prefix="hl-") as sockets:
        manager = KernelManager(kernel_name="python3", config=transport(Path(sockets)))
        try:
            manager.start_kernel(stdout=-3, stderr=-3)
            client = manager.blocking_client()
            client.start_channels()
            client.wait_for_ready(timeout=KERNEL_SECONDS)
            status = client.execute_interactive("6 * 7", timeout=KERNEL_SECONDS, silent=True)
            client.stop_channels()
        except NoSuchKernel:
            fix = "python -m ipykernel install --sys-prefix"
            return [Finding("kernel", "problem", "there is no kernel named python3", fix)]
        except (RuntimeError, TimeoutError, OSError) as problem:
            fix = (
                "Enough memory, the right to run programs, a temporary folder that can be written?"
            )
            return [Finding("kernel", "problem", f"does not start: {problem}", fix)]
        finally:
            if manager.has_kernel:
                manager.shutdown_kernel(now=True)
    if status["content"]["status"] != "ok":
        return [Finding("kernel", "problem", "starts, but does not compute", "Restart and retry.")]
    return [Finding("kernel", "ok", "starts and computes")]


def find_browser() -> str | None:
    """Return the Chromium that the browser tests use, or None."""
    named = os.environ.get(BROWSER_VARIABLE)
    return next((found for name in ([named] if named else BROWSERS)
                 if (found := shutil.which(name))), None)  # fmt: skip


def browser() -> list[Finding]:
    """Look for what the tests of the pages need."""
    program = find_browser()
    if program is None:
        fix = f"apt-get install chromium (Debian), or name one in {BROWSER_VARIABLE}."
        return [Finding("browser", "note", "no Chromium: tests of the pages are skipped", fix)]
    if find_spec("playwright") is None:
        fix = "python -m pip install -r requirements.txt"
        return [Finding("browser", "note", "no playwright: tests of the pages are skipped", fix)]
    return [Finding("browser", "ok", f"tests of the pages use {program}")]
