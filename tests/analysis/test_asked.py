"""Asking a model from a chapter: the answers, where they come from, and what is not there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from humanlike.analysis.agreement import asked_by_dimension
from humanlike.analysis.asked import ask_ratings, ask_triplets, judgements
from humanlike.data.norms import features, load_ratings
from humanlike.data.published import load_concepts
from humanlike.errors import HumanlikeError
from humanlike.models.base import Answer, Prompt
from humanlike.models.scripted import Scripted
from humanlike.query import query

CONCEPTS = list(load_concepts()["concept"])


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


def test_triplets_are_those_of_the_query_and_judged_as_the_observer_judges(store: Path) -> None:
    table = ask_triplets("simulated:", 500, 3, store=store)
    plain = query("triplets", "simulated:", n=500, seed=3, store=store).frame()
    assert list(table["nearer"]) == list(plain["chosen"])
    assert set(table["failure"]) == {""}
    assert table["held_out"].sum() == 100
    options = table[["first", "second"]].to_numpy()
    assert (np.sort(options, 1) == np.sort(table[["nearer", "farther"]].to_numpy(), 1)).all()
    assert table.attrs["asked"] == table.attrs["valid"] == 500


def test_answers_that_are_there_are_not_asked_for_again(store: Path) -> None:
    model = Scripted(lambda prompt: Answer((prompt.allowed or ("",))[0]), name="counts")
    assert ask_triplets(model, 100, store=store).attrs["new"] == 100
    assert ask_triplets(model, 150, store=store).attrs["new"] == 50
    assert ask_triplets(model, 150, store=store).attrs["new"] == 0
    assert len(model.asked) == 150


def test_invalid_answers_are_named_and_give_no_judgement(store: Path) -> None:
    table = ask_triplets("simulated:silent=0.6", 1000, store=store)
    invalid = table["nearer"].isna()
    assert 0.5 < invalid.mean() < 0.7
    assert table.attrs["valid_share"] == pytest.approx(1 - invalid.mean())
    assert sum(table.attrs["failures"].values()) == invalid.sum()
    assert (table["failure"][invalid] != "").all()
    assert table["farther"][invalid].isna().all()
    assert len(judgements(table, CONCEPTS)) == (~invalid).sum()


def test_judgements_are_anchor_nearer_farther(store: Path) -> None:
    table = ask_triplets("simulated:", 300, store=store)
    found = judgements(table, CONCEPTS)
    assert found.shape == (300, 3)
    names = np.array(CONCEPTS)[found]
    assert names.tolist() == table[["anchor", "nearer", "farther"]].to_numpy().tolist()
    apart = [judgements(table, CONCEPTS, held_out=part) for part in (True, False)]
    assert [len(part) for part in apart] == [60, 240]


def test_judgements_about_other_things_are_refused(store: Path) -> None:
    table = ask_triplets("simulated:", 12, concepts=["a1", "b2", "c3", "d4"], store=store)
    with pytest.raises(HumanlikeError, match="not among the 128 concepts: a1"):
        judgements(table, CONCEPTS)


def test_nobody_said_anything_valid(store: Path) -> None:
    table = ask_triplets(Scripted("I cannot say.", name="dumb"), 50, store=store)
    assert table.attrs["valid_share"] == 0
    assert judgements(table, CONCEPTS).shape == (0, 3)


def test_ratings_are_numbers_or_named_failures(store: Path, simulated: None) -> None:
    def script(prompt: Prompt) -> Answer:
        return Answer("3,5" if "Word0001".upper() in prompt.user.upper() else "no idea")

    words = ["word0001", "rose"]
    table = ask_ratings(
        Scripted(script, name="rates"), words, dimensions=["Visual", "Hand"],
        missing="simulate", store=store,
    )  # fmt: skip
    assert list(table["word"]) == ["word0001", "word0001", "rose", "rose"]
    assert table["rating"].tolist()[:2] == [3.5, 3.5]
    assert table["rating"].isna().tolist() == [False, False, True, True]
    assert list(table["failure"]) == ["", "", "no number", "no number"]
    assert table.attrs["valid_share"] == 0.5


def test_the_evaluated_words_are_asked_by_default(store: Path, real: None) -> None:
    table = ask_ratings("simulated:", dimensions=["Visual"], store=store)
    assert len(table) == 1572
    assert table["rating"].between(0, 5).all()


def test_several_processes_share_the_work(store: Path) -> None:
    """Each asks the same 3,000 triplets; together they store each once and get the same table."""
    program = (
        "import sys, pathlib\nfrom humanlike.analysis.asked import ask_triplets\n"
        "t = ask_triplets('simulated:noise=0.2', 3000, store=pathlib.Path(sys.argv[1]))\n"
        "print(t.attrs['new'], hash(tuple(t['nearer'].map(len))))\n"
    )
    command = [sys.executable, "-c", program, str(store)]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [run.communicate(timeout=60)[0].split() for run in runs]
    assert sum(int(new) for new, _ in said) == 3000
    assert said[0][1] == said[1][1]


def test_agreement_with_people_is_scipys_and_lies_in_its_interval(
    store: Path, simulated: None
) -> None:
    """The observer's ratings are random by name; a second one repeats what people said."""
    from scipy.stats import spearmanr

    released = load_ratings(missing="simulate")
    words = list(dict.fromkeys(released["word"]))[:200]
    asked = ask_ratings("simulated:", words, missing="simulate", store=store)
    found = asked_by_dimension(asked, released, 300, 1).set_index("dimension")
    human, base = (features(released, who).loc[words] for who in ("human", "base"))
    own = asked.pivot(index="word", columns="dimension", values="rating").loc[words]
    for name in human.columns:
        assert found.loc[name, "rho"] == pytest.approx(spearmanr(own[name], human[name])[0])
        assert found.loc[name, "beside"] == pytest.approx(spearmanr(base[name], human[name])[0])
    single = found.drop(index="mean")
    assert found.loc["mean", "rho"] == pytest.approx(single["rho"].mean())
    assert (found["low"] < found["rho"]).all()
    assert (found["rho"] < found["high"]).all()
    assert (found["high"] - found["low"])["mean"] < (single["high"] - single["low"]).min()
    echo = asked.assign(rating=released.set_index(["word", "dimension"]).loc[
        list(zip(asked["word"], asked["dimension"], strict=True)), "human"].to_numpy())  # fmt: skip
    same = asked_by_dimension(echo, released, 50, 1)
    np.testing.assert_allclose(same[["rho", "low", "high"]], 1)


def test_too_few_valid_ratings_are_said_to_be_too_few(store: Path, simulated: None) -> None:
    released = load_ratings(missing="simulate")
    words = list(dict.fromkeys(released["word"]))[:20]
    asked = ask_ratings("simulated:silent=0.9", words, missing="simulate", store=store)
    with pytest.raises(HumanlikeError, match="words have a rating of people, of the model"):
        asked_by_dimension(asked, released, 50, 1)
