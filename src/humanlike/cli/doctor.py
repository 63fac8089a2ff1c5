"""``humanlike doctor``: is everything here that is needed, and what to do if not."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from humanlike.doctor import Finding


def register(commands: Any) -> None:
    """Add the command ``doctor``."""
    parser = commands.add_parser(
        "doctor",
        help="look over machine, installation, data and store",
        description="Say what works and what does not, with what to do about it. Returns 0 when "
        "nothing that is needed is broken, 1 otherwise. Keys are never shown.",
    )
    parser.add_argument("--verify", action="store_true", help="also hash every data file and look "
                        "at every stored answer")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.set_defaults(func=run_doctor)


def run_doctor(options: argparse.Namespace) -> int:
    """Print every finding; 1 when there is a problem."""
    from humanlike.doctor import examine, healthy

    found = examine(verify=options.verify)
    if options.json:
        import json
        from dataclasses import asdict

        print(json.dumps([asdict(finding) for finding in found], indent=1, ensure_ascii=False))
    else:
        _print(found)
    return 0 if healthy(found) else 1


def _print(found: list[Finding]) -> None:
    width = max(len(finding.check) for finding in found)
    for finding in found:
        print(f"{finding.state:<8} {finding.check:<{width}}  {finding.message}")
        if finding.fix:
            print(f"{'':<8} {'':<{width}}    → {finding.fix}")
    counts = {state: sum(f.state == state for f in found) for state in ("problem", "warning")}
    said = [f"{n} {state}{'s' if n > 1 else ''}" for state, n in counts.items() if n]
    print(" and ".join(said) + "." if said else "All that is needed is here.")
