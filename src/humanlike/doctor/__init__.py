"""Look over this machine, the installation and the user's state: what works, what does not, why.

``machine`` looks at interpreter, packages, memory, disk and devices, ``access`` at keys, the hub,
kernel and browser, ``state`` at project, data and store. Each check returns findings.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from humanlike.doctor.finding import Finding

__all__ = ["Finding", "examine", "healthy"]
Check = Callable[[], list[Finding]]


def examine(*, verify: bool = False) -> list[Finding]:
    """Run every check.

    Parameters
    ----------
    verify : bool
        Also hash every local copy of the data, and check every answer of a large store.

    Returns
    -------
    list of Finding
        In the order in which one would repair.
    """
    from humanlike.doctor import access, machine, state

    beside: list[Check] = [
        machine.python,
        machine.packages,
        machine.memory,
        machine.disk,
        machine.devices,
        state.project,
        partial(state.data, verify=verify),
        partial(state.store, verify=verify),
        access.keys,
        access.hub,
        access.browser,
    ]
    with ThreadPoolExecutor(len(beside)) as pool:
        waiting = [pool.submit(_run, check) for check in beside]
        found = _run(access.kernel)  # its sockets belong to the thread they are opened in
    return [finding for future in waiting for finding in future.result()] + found


def _run(check: Check) -> list[Finding]:
    """Run one check; one that fails by itself is a finding like any other."""
    try:
        return check()
    except Exception as problem:  # a doctor must not fall ill of what it looks at
        name = getattr(check, "func", check).__name__
        text = f"this could not be checked: {type(problem).__name__}: {problem}"
        return [Finding(name, "problem", text, "Report this with the output of --json.")]


def healthy(findings: list[Finding]) -> bool:
    """Tell whether nothing that is needed is broken; warnings are no obstacle."""
    return all(finding.state != "problem" for finding in findings)
