"""The book's numbers against a second computation that shares no code with the package.

Where a claim is tested on one of these values, the second computation must lead to the committed
verdict. Where a built book is at hand, the values it recorded must be those of the second
computation. The rest of the book rests on random draws or on models asked: not repeated here.
"""

from __future__ import annotations

import ast
import math
import os
from pathlib import Path
from typing import Any

import pytest

from humanlike.book.claims import CAVEAT, REPRODUCED, Claim, holds, load_claims
from humanlike.book.ledger import current_values
from second import paper_a, paper_b

ROOT = Path(__file__).resolve().parents[2]
MIRROR = os.environ.get("HUMANLIKE_DATA_MIRROR")
FITTED = ("effect", "joint_p", "filled", "filled_p", "se")  # two searches for one optimum

pytestmark = pytest.mark.skipif(
    not MIRROR, reason="needs the real data: HUMANLIKE_DATA_MIRROR is not set"
)


@pytest.fixture(scope="session")
def second() -> dict[str, Any]:
    """Every value of the second computation, by ``chapter/key``."""
    mirror = Path(str(MIRROR))
    one = paper_a.Release(mirror)
    two = paper_b.Release(mirror, ROOT / "data", one)
    found: dict[str, Any] = {}
    for part in paper_a.PARTS:
        found |= part(one)
    for other in paper_b.PARTS:
        found |= other(two)
    return found


def test_the_second_computation_knows_nothing_of_the_package() -> None:
    for module in (paper_a, paper_b):
        tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
        names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        names += [
            a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names
        ]
        assert not [name for name in names if name.startswith("humanlike")]


def test_it_covers_every_chapter_whose_values_rest_on_released_data(second: dict[str, Any]) -> None:
    chapters = {key.partition("/")[0] for key in second}
    assert chapters == {
        "norms", "ratings", "rsa", "dimensions", "words", "transfer", "multiverse", "concepts",
        "triplets", "alignment", "leaderboard", "ingredients", "stages", "benchmarks", "agreement",
    }  # fmt: skip


def test_claims_get_the_committed_verdict(second: dict[str, Any]) -> None:
    claims = [c for c in load_claims(ROOT) if c.compare and f"{c.chapter}/{c.key}" in second]
    assert len(claims) > 50
    assert {claim.paper for claim in claims} == {"A", "B"}
    wrong = [
        f"{claim.id}: {second[f'{claim.chapter}/{claim.key}']} against {claim.printed}, committed "
        f"as {claim.verdict}"
        for claim in claims
        if claim.compare != "conflict"
        and not _agrees(claim, second[f"{claim.chapter}/{claim.key}"])
    ]
    assert wrong == []


def _agrees(claim: Claim, value: Any) -> bool:
    plain = value if isinstance(value, str) else value.item() if hasattr(value, "item") else value
    return holds(claim, plain) == (claim.verdict in (REPRODUCED, CAVEAT))


def recorded() -> dict[str, Any]:
    """Return, by ``chapter/key``, what the chapters recorded that are up to date in ``_build``."""
    executions = current_values(ROOT)[0].executions
    return {
        f"{name}/{key}": entry["value"]
        for name, execution in executions.items() if execution.real
        for key, entry in execution.result["values"].items()
    }  # fmt: skip


def test_the_built_book_records_the_same_values(second: dict[str, Any]) -> None:
    book = recorded()
    shared = sorted(second.keys() & book.keys())
    if not shared:
        pytest.skip("no chapter in _build is on real data and up to date: make book first")
    chapters = {key.partition("/")[0] for key in shared}
    whole = {key for key in second if key.partition("/")[0] in chapters}
    assert sorted(whole - book.keys()) == []  # no value is compared with nothing
    different = [f"{key}: book {book[key]}, second {second[key]}" for key in shared
                 if not _same(key, book[key], second[key])]  # fmt: skip
    assert different == []


def _same(key: str, one: Any, two: Any) -> bool:
    if isinstance(one, str | bool):
        return bool(one == two)
    fitted = key.startswith("ingredients/") and key.split("/")[1].split(".")[0] in FITTED
    return math.isclose(float(one), float(two), rel_tol=1e-4 if fitted else 1e-6, abs_tol=1e-9)
