"""Which object of THINGS a concept of Paper B is."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from humanlike.data import concepts
from humanlike.data.things import load_spose
from humanlike.errors import HumanlikeError

SOURCE = Path(__file__).resolve().parents[2] / "data" / "concept_senses.csv"
WORDS = pd.DataFrame(
    {"unique_id": ["cat", "bat1", "bat2", "toy"], "word": ["cat", "bat", "Bat", "toy"]}
)
needs_real = pytest.mark.skipif(
    not os.environ.get("HUMANLIKE_DATA_MIRROR"),
    reason="needs the real data: HUMANLIKE_DATA_MIRROR is not set",
)
NAMED = pd.Series(["bat", "cat"])


def senses(**ids: str) -> pd.DataFrame:
    """Senses whose id by category is the other bat."""
    rows = [{"concept": n, "unique_id": i, "unique_id_by_category": "bat2"} for n, i in ids.items()]
    return pd.DataFrame(rows, columns=["concept", "unique_id", "unique_id_by_category"])


def test_a_word_with_one_object_names_it_and_a_homograph_the_sense_given() -> None:
    assert concepts.identify(NAMED, WORDS, senses(bat="bat1")).tolist() == ["bat1", "cat"]


def test_the_category_may_name_another_object_than_the_definition() -> None:
    found = concepts.identify(NAMED, WORDS, senses(bat="bat1"), by="category")
    assert found.tolist() == ["bat2", "cat"]


@pytest.mark.parametrize(
    ("named", "given", "message"),
    [
        (["bat"], {}, r"'bat' names bat1, bat2 in THINGS, .* Name one of them there"),
        (["bat"], {"bat": "toy"}, r"says 'toy'"),
        (["car"], {}, "no object called 'car'"),
        (["cat", "Cat"], {}, "cat and Cat name the same object"),
    ],
)
def test_a_word_without_its_object_is_refused(
    named: list[str], given: dict[str, str], message: str
) -> None:
    with pytest.raises(HumanlikeError, match=message):
        concepts.identify(pd.Series(named), WORDS, senses(**given))


def test_an_unknown_way_to_choose_is_refused() -> None:
    with pytest.raises(HumanlikeError, match="Known: category, definition"):
        concepts.identify(NAMED, WORDS, senses(bat="bat1"), by="guess")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("mismatch", "wrong", "row 1: .*'wrong'"),
        ("unique_id", "", r"row 1 \(bow\) needs both ids"),
        ("concept", "tank", "tank occurs twice"),
    ],
)
def test_a_damaged_table_of_senses_is_refused(
    column: str, value: str, message: str, tmp_path: Path
) -> None:
    frame = pd.read_csv(SOURCE, dtype=str, keep_default_na=False)
    frame.loc[0, column] = value
    frame.to_csv(tmp_path / "senses.csv", index=False)
    with pytest.raises(HumanlikeError, match=message):
        concepts.load_senses(tmp_path / "senses.csv")


def test_without_things_simulated_objects_stand_in_and_say_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HUMANLIKE_DATA", "simulated")
    table = concepts.load_concept_ids(missing="simulate")
    space = concepts.load_concept_space(49, missing="simulate")
    assert not table.attrs["real"] and not space.attrs["real"]
    assert space.shape == (128, 49)
    assert space.index.tolist() == table["concept"].tolist()


@needs_real
def test_the_real_concepts_are_128_different_objects_of_things() -> None:
    table = concepts.load_concept_ids()
    assert table["unique_id"].nunique() == 128
    homographs = table[table["n_objects"] > 1].set_index("concept")["unique_id"]
    assert homographs.to_dict() == {
        "mouse": "mouse2", "bow": "bow1", "bracelet": "bracelet2", "button": "button1",
        "tank": "tank1",
    }  # fmt: skip
    other = concepts.load_concept_ids("category")["unique_id"]
    assert other[other != table["unique_id"]].tolist() == ["mouse1"]


@needs_real
def test_the_space_is_joined_by_id_not_by_position() -> None:
    space = concepts.load_concept_space(66)
    assert space.loc["lion"].idxmax() == "animal-related"
    assert space.loc["mouse"].idxmax() == "electronics/technology"
    assert space.loc["bow"].equals(load_spose(66).loc["bow1"])
