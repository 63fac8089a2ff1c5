"""The command from end to end: a random language model on disk, and the page about it."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

from humanlike.cli.main import main
from humanlike.evaluate import evaluations

WISHES = ("--n-triplets", "700", "--n-words", "24", "--profile", "quick", "--max-tokens", "4")


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Save a tiny Llama with random weights."""
    from models.tiny import make

    return make(tmp_path_factory.mktemp("models") / "tiny-llama")


@pytest.mark.slow
def test_a_random_llama_is_at_chance_and_its_page_says_so(
    llama: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = f"hf:{llama}"
    assert main(["evaluate", spec, *WISHES, "--robust", "100", "--robust-words", "4"]) == 0
    said = capsys.readouterr().out
    assert "so the allowed answers are scored instead" in said
    assert "triplets: not distinguishable from chance" in said
    page = Path(re.findall(r"^Open (.+)$", said, re.MULTILINE)[-1])
    written = page.with_name("evaluate.html").read_text(encoding="utf-8")
    text = html.unescape(re.sub(r"<[^>]+>", "", written))
    assert "By its triplets the model is not distinguishable from chance" in text
    assert "scored instead" in text
    one = next(one for one in evaluations() if one.spec.startswith("hf:"))
    values = json.loads((page.parents[1] / "values.json").read_text(encoding="utf-8"))
    assert one.triplets and one.triplets.agreement
    assert values["agreement"]["value"] == pytest.approx(100 * one.triplets.agreement.value)
    assert values["verdict.triplets"]["value"] == "not distinguishable from chance"
    assert main(["evaluate", spec, *WISHES, "--dry-run"]) == 0
    assert "Nothing was asked" in capsys.readouterr().out
    assert main(["evaluate", spec, *WISHES, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == one.id


def test_wrong_input_is_one_message(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, message in (
        (["hff:x"], "Unknown kind of model 'hff'. Did you mean 'hf'?"),
        (["encoder:/none"], "there is no folder /none"),
        (["encoder:", "--tasks", "triplet"], "Did you mean 'triplets'?"),
        (["encoder:", "--n-triplets", "60"], "n_triplets"),
        (["encoder:", "--robust", "-1"], "n_robust"),
        (["encoder:", "--n-triplets", "-3", "--no-page"], "n_triplets must be at least 1"),
        (["encoder:", "--temperature", "9", "--no-page"], "temperature must be in [0, 2]"),
        (["encoder:", "--form", "base", "--mode", "score"], "cannot score answers"),
    ):
        assert main(["evaluate", *arguments]) == 1
        said = capsys.readouterr()
        assert message in said.err
        assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("kind", "robust", "words", "asked"),
    [
        ("openai", None, None, ("0", "0")),
        ("openai", 700, None, ("700", "0")),
        ("openai", 700, 9, ("700", "9")),
        ("encoder", None, None, (None, None)),
    ],
)
def test_a_server_is_asked_nothing_that_was_not_announced(
    kind: str,
    robust: int | None,
    words: int | None,
    asked: tuple[str | None, str | None],
) -> None:
    from types import SimpleNamespace

    from humanlike.cli import evaluate as command

    options = SimpleNamespace(**dict.fromkeys(command.WISHES), n_robust=robust, tasks=None,
                              n_robust_words=words, store=None, profile="quick")  # fmt: skip
    given = command._texts(f"{kind}:x", options)  # type: ignore[arg-type]
    assert (given.get("n_robust"), given.get("n_robust_words")) == asked
