"""Verification of the small book: what is signed off, and everything that prevents it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from book.sample import Answer, Project, interrupt, wait_for

pytestmark = pytest.mark.slow
RECORD = "_build/verify/verify.json"


def record(project: Project) -> Any:
    return json.loads(project.read(RECORD))


def claims(project: Project) -> dict[str, Any]:
    return {claim["id"]: claim for claim in record(project)["claims"]}


def states(project: Project) -> dict[str, str]:
    return {name: row["state"] for name, row in record(project)["chapters"].items()}


def leftovers() -> set[str]:
    return {p.name for p in Path(tempfile.gettempdir()).glob("hl-clean-*")}


@pytest.fixture(scope="module")
def verified(
    built_once: Project, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Project, Answer]:
    """The small book with its data, verified although a kept execution has been tampered with."""
    project = built_once.copy(tmp_path_factory.mktemp("verified"))
    project.add_data()
    for result in (project.home / "cache" / "chapters" / "alpha").glob("*/result.json"):
        kept = json.loads(result.read_text(encoding="utf-8"))
        kept["values"]["mean"]["value"] = 99.0
        result.write_text(json.dumps(kept), encoding="utf-8")
    return project, project.cli("verify", "--jobs", "2")


def test_what_was_executed_on_real_data_is_signed_off(verified: tuple[Project, Answer]) -> None:
    project, answer = verified
    assert answer.code == 0, answer.text
    assert answer.out.startswith("SIGNED OFF: all chapters")
    assert states(project) == {"alpha": "verified", "beta": "verified"}
    assert {name for name, claim in claims(project).items() if claim["signed_off"]} == {
        "a-mean", "a-size", "b-total",
    }  # fmt: skip


def test_nothing_kept_is_used_and_the_users_folder_is_left_alone(
    verified: tuple[Project, Answer],
) -> None:
    project, answer = verified
    assert record(project)["chapters"]["alpha"]["values"]["mean"]["value"] == 2.0
    assert "alpha: executing (never executed)" in answer.err
    assert sorted(p.name for p in project.home.iterdir()) == ["cache"]
    assert len(project.kept("alpha")) == 1


def test_a_claim_that_nothing_can_be_run_for_is_not_signed_off(
    verified: tuple[Project, Answer],
) -> None:
    people = claims(verified[0])["b-people"]
    assert not people["signed_off"]
    assert "nothing to run" in people["why_not"]


def test_the_record_names_data_versions_and_sources(verified: tuple[Project, Answer]) -> None:
    found = record(verified[0])
    (digest,) = found["chapters"]["beta"]["data"].values()
    text = verified[0].read("_build/verify/verify.txt")
    assert digest in text
    assert f"Sources    {found['sources']}" in text
    assert "unknown (no git checkout)" in text
    assert found["environment"]["versions"]["numpy"]
    assert "+ a-mean" in text
    assert "- b-people" in text


def test_a_chapter_that_failed_or_was_simulated_is_named_and_not_signed_off(
    built: Project,
) -> None:
    built.edit("notebooks/alpha.py", "mean = sum(numbers) / n", "mean = 1 / 0")
    answer = built.cli("verify", "--jobs", "2")
    assert answer.code == 1
    assert answer.out.startswith("NOT SIGNED OFF")
    assert states(built) == {"alpha": "failed", "beta": "on simulated data"}
    assert "ZeroDivisionError" in record(built)["chapters"]["alpha"]["why"]
    assert not any(claim["signed_off"] for claim in claims(built).values())


def test_data_damaged_and_sources_edited_meanwhile_are_noticed(built: Project) -> None:
    built.add_data()
    numbers, toy = built.path("data/numbers.csv"), built.mirror / "toy" / "toy.txt"
    spoil = "\n# %%\nfrom pathlib import Path\n\nPath({!r}).write_text({!r})\n"
    for name, file, text in (("alpha", numbers, "a\n2\n"), ("beta", toy, "4 3 2 1\n")):
        source = f"notebooks/{name}.py"
        built.write(source, built.read(source) + spoil.format(str(file), text))
    answer = built.cli("verify", "--jobs", "1")
    assert answer.code == 1
    assert states(built) == {"alpha": "changed while it ran", "beta": "damaged data"}
    assert "toy.txt is not the published file" in answer.out
    assert "the sources were edited while the verification ran" in answer.out


def test_a_changed_verdict_is_named_and_what_moved_since_the_last_record(
    built: Project,
) -> None:
    assert built.cli("verify", "--only", "alpha").code == 0
    assert states(built) == {"alpha": "verified", "beta": "not executed"}
    assert not claims(built)["b-total"]["signed_off"]
    built.edit("notebooks/alpha.py", "numbers = list(range(n))", "numbers = list(range(1, n + 1))")
    answer = built.cli("verify", "--only", "alpha")
    assert answer.code == 1
    assert "claim a-mean: comes out as 'contradicted', committed as 'reproduced'" in answer.out
    assert "alpha/mean: 2 before, 3 now" in answer.out
    assert "(other sources or profile)" in answer.out


def test_ctrl_c_leaves_nothing(built: Project) -> None:
    built.edit("notebooks/alpha.py", "numbers = list(range(n))",
               "import time\n\ntime.sleep(60)\nnumbers = []")  # fmt: skip
    before = leftovers()
    process = built.start("verify", "--only", "alpha")
    assert wait_for(lambda: leftovers() - before)
    answer = interrupt(process)
    assert answer.code == 130
    assert not (built.root / "_build" / "verify").exists()
    assert leftovers() <= before


@pytest.mark.parametrize(
    "arguments,words",
    [
        (("--only", "alhpa"), "Did you mean 'alpha'"),
        (("--jobs", "0"), "--jobs is 0"),
        (("--fresh-environment",), "requirements.txt, which does not exist"),
    ],
)
def test_what_cannot_be_is_refused(built: Project, arguments: tuple[str, ...], words: str) -> None:
    answer = built.cli("verify", *arguments)
    assert answer.code == 1
    assert words in answer.err


def test_a_record_that_is_none_is_not_overwritten(built: Project) -> None:
    built.write(RECORD, '{"format": 0}')
    answer = built.cli("verify", "--only", "alpha")
    assert answer.code == 1
    assert "is not a record" in answer.err
    assert built.read(RECORD) == '{"format": 0}'


def test_a_fresh_environment_needs_a_network(built: Project) -> None:
    built.write("requirements.txt", "")
    answer = built.cli("verify", "--fresh-environment")
    assert answer.code == 1
    assert "HUMANLIKE_OFFLINE forbids it" in answer.err
