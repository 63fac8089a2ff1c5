"""The rating tables are checked, tidy, and simulated only where that is allowed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from humanlike.data import norms, simulated, usage
from humanlike.data.fetch import ChecksumMismatch, DataUnavailable
from humanlike.data.norms import features, load_ratings, parse_ratings
from humanlike.errors import HumanlikeError


def published(words=3):
    """An analysis table as released, English, with its mixture of spellings."""
    columns = {"Word": [f"WORD{n}" for n in range(words)], "Woord": [f"w{n}" for n in range(words)]}
    for place, name in enumerate(norms.DIMENSIONS):
        columns[f"{name}.mean"] = np.linspace(0, 5, words)
        spelled = {"Foot": "Foot_leg", "Hand": "Hand_arm"}.get(name, name)
        columns[f"{spelled}.SD"] = np.ones(words)
        columns[f"{name.lower()}_base"] = [float(place % 5)] * words
        columns[f"{name}_en_ft"] = columns[f"{name.lower()}_nl_ft"] = [1.5] * words
        columns[f"{name.lower()}_QA_ft"] = [2] * words
    columns["N_known.perceptual"], columns["N_known.action"] = [18] * words, [20] * words
    return pd.DataFrame(columns)


def parse(table, **options):
    return parse_ratings(table, "English", expected_words=None, **options)


def test_tidy_order_and_columns():
    table = parse(published())
    assert list(table.columns) == list(norms.COLUMNS)
    assert list(table["dimension"][:11]) == list(norms.DIMENSIONS)
    assert list(table["word"].unique()) == ["WORD0", "WORD1", "WORD2"]
    assert set(table.loc[table["dimension"] == "Foot", "n_known"]) == {20}
    assert table.attrs["issues"] == []


def test_values_land_in_their_cells():
    raw = published()
    raw.loc[1, "Foot.mean"], raw.loc[2, "olfactory_base"] = 4.25, 3.0
    table = parse(raw).set_index(["word", "dimension"])
    assert table.loc[("WORD1", "Foot"), "human"] == 4.25
    assert table.loc[("WORD2", "Olfactory"), "base"] == 3.0


def test_missing_ratings_are_reported_with_their_place():
    raw = published()
    raw.loc[1, ["foot_base", "hand_base"]] = np.nan
    raw.loc[2, "Foot_en_ft"] = np.nan
    raw.loc[0, "N_known.action"] = 16000
    assert parse(raw).attrs["issues"] == [
        "WORD1 lacks 2 base ratings (Foot, Hand).",
        "WORD2 lacks 1 en_ft rating (Foot).",
        "1 words were known to more than 1,000 raters, the median is 18 (WORD0).",
    ]


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("visual_base", 5.5, r"visual_base: 1 values are outside 0 to 5 \(WORD1: 5.5\)"),
        ("Head.mean", -0.1, r"head.mean: 1 values are outside 0 to 5 \(WORD1: -0.1\)"),
        ("Foot_leg.SD", -1.0, "foot.sd: 1 values are outside"),
        ("N_known.action", 0, "n_known.action: 1 values are outside 1 to inf"),
        ("Torso_en_ft", "x", r"torso_en_ft: 1 values are not a number \(WORD1: x\)"),
        ("Word", "WORD0", "words: 1 labels appear twice or more: WORD0"),
        ("Word", None, "words: 1 labels are empty, first in row 3"),
    ],
)
def test_tampered_tables_are_refused(column, value, message):
    raw = published().astype({column: object})
    raw.loc[1, column] = value
    with pytest.raises(HumanlikeError, match=message):
        parse(raw)


def test_missing_columns_are_named():
    raw = published().drop(columns=["Foot.mean", "visual_base"])
    with pytest.raises(HumanlikeError, match=r"2 columns are missing: visual_base, foot\.mean"):
        parse(raw)


def test_wrong_number_of_words():
    with pytest.raises(HumanlikeError, match="expected 1,572 rows, found 3"):
        parse_ratings(published(), "English")


def test_unknown_names_get_the_nearest():
    table = parse(published())
    with pytest.raises(HumanlikeError, match="Did you mean 'English'"):
        load_ratings("Englisch")
    with pytest.raises(HumanlikeError, match="Did you mean 'human'"):
        features(table, "humans")
    with pytest.raises(HumanlikeError, match="Did you mean 'Haptic'"):
        features(table, "human", ["Haptik"])
    with pytest.raises(HumanlikeError, match="Did you mean 'qa_ft'"):
        norms.complete_words(table, ["QA_ft"])


def test_features_keep_the_order_of_words_and_dimensions():
    table = parse(published().iloc[::-1])
    wide = features(table, "human", ["Visual", "Foot"])
    assert list(wide.columns) == ["Visual", "Foot"]
    assert list(wide.index) == ["WORD2", "WORD1", "WORD0"]
    assert list(wide["Foot"]) == [5, 2.5, 0]


def test_features_refuse_what_the_table_does_not_hold():
    dutch = simulated.simulate_ratings("Dutch", n_words=4)
    with pytest.raises(HumanlikeError, match="Foot was not rated in Dutch"):
        features(dutch, "human", ["Foot"])
    with pytest.raises(HumanlikeError, match="qa_ft was not evaluated in Dutch"):
        features(dutch, "qa_ft")
    with pytest.raises(HumanlikeError, match="WORD0 has more than one row for Auditory"):
        features(pd.concat([parse(published())] * 2), "human")


def test_complete_words():
    raw = published()
    raw.loc[1, "foot_base"] = np.nan
    table = parse(raw)
    assert norms.complete_words(table, "base") == ["WORD0", "WORD2"]
    assert norms.complete_words(table, ["human", "en_ft"]) == ["WORD0", "WORD1", "WORD2"]


@pytest.mark.parametrize("language", norms.LANGUAGES)
def test_simulated_ratings_obey_the_schema(language):
    table = simulated.simulate_ratings(language, n_words=200, seed=3)
    assert list(table.columns) == list(norms.COLUMNS)
    assert len(table) == 200 * len(norms.dimensions_of(language))
    for source in norms.SOURCES:
        values = table[source].dropna()
        assert values.between(0, 5).all()
    assert table["base"].eq(table["base"].round()).all()
    assert not table["word"].str.fullmatch("[A-Z ]+").any()
    again = simulated.simulate_ratings(language, n_words=200, seed=3)
    pd.testing.assert_frame_equal(table, again)
    other = simulated.simulate_ratings(language, n_words=200, seed=4)
    assert not table["human"].equals(other["human"])


def test_simulated_models_come_closer_when_fine_tuned():
    table = simulated.simulate_ratings(n_words=300)
    error = {m: (table[m] - table["human"]).abs().mean() for m in norms.MODELS}
    assert error["en_ft"] < error["nl_ft"] < error["base"]


def test_simulation_needs_permission(registered):
    with pytest.raises(DataUnavailable, match="humanlike data fetch wu2026-ratings"):
        load_ratings()
    table = load_ratings(missing="simulate", seed=1)
    assert table.attrs["real"] is False
    assert [(use.id, use.real) for use in usage.used()] == [("wu2026-ratings", False)]
    with pytest.raises(HumanlikeError, match="Unknown value of 'missing' 'ignore'"):
        load_ratings(missing="ignore")


def test_a_damaged_file_is_never_replaced_by_simulation(registered, monkeypatch):
    monkeypatch.setenv("HUMANLIKE_DATA_MIRROR", str(registered / "mirror"))
    folder = registered / "mirror" / "wu2026" / "82cb67b" / "analysis"
    folder.mkdir(parents=True)
    (folder / norms.FILES["English"]).write_bytes(b"damaged")
    with pytest.raises(ChecksumMismatch):
        load_ratings(missing="simulate")


def test_the_variable_forces_simulation(real, monkeypatch):
    monkeypatch.setenv("HUMANLIKE_DATA", "simulated")
    assert load_ratings().attrs["real"] is False
    monkeypatch.setenv("HUMANLIKE_DATA", "simulate")
    with pytest.raises(HumanlikeError, match="Did you mean 'simulated'"):
        load_ratings()


def test_not_a_workbook(tmp_path):
    from humanlike.data.excel import read_excel

    path = tmp_path / "x.xlsx"
    path.write_bytes(b"not a workbook")
    with pytest.raises(HumanlikeError, match="not a readable Excel workbook"):
        read_excel(path)


def test_words_such_as_null_are_words(tmp_path):
    from humanlike.data.excel import read_excel

    path = tmp_path / "x.xlsx"
    pd.DataFrame({"word": ["NULL", "NA", None], "value": [1, 2, 3]}).to_excel(path, index=False)
    table = read_excel(path)
    assert list(table["word"][:2]) == ["NULL", "NA"]
    assert table.isna().sum().tolist() == [1, 0]


def test_the_real_tables(real):
    english, dutch = load_ratings(), load_ratings("Dutch")
    assert len(english) == 1572 * 11 and len(dutch) == 1572 * 6
    assert set(english["word"]) == set(dutch["translation"])
    assert english.attrs["real"] and english.attrs["issues"] == [
        "AUTOCRATIC lacks 1 base rating (Foot).",
        "NAME lacks 8 base ratings (Auditory, Gustatory, Haptic, Interoceptive, Olfactory, Visual, "
        "Hand, Torso).",
        "5 words were known to more than 1,000 raters, the median is 19 (ACCOUNT, BITE, BREATH, "
        "LIQUID, REPUBLIC).",
    ]
    assert dutch.attrs["issues"] == []
    assert len(norms.complete_words(english, norms.SOURCES)) == 1570
    assert usage.used()[0].real and len(usage.used()[0].sha256) == 2


def similarity(table, sources):
    """The paper's measure: cosine distances of standardised ratings, Spearman over word pairs."""
    from scipy.spatial.distance import pdist
    from scipy.stats import spearmanr

    words = norms.complete_words(table, sources)
    distances = {}
    for source in sources:
        wide = features(table, source).loc[words]
        distances[source] = pdist((wide - wide.mean()) / wide.std(ddof=0), "cosine")
    return {
        source: round(float(spearmanr(distances["human"], distances[source])[0]), 3)
        for source in sources[1:]
    }


@pytest.mark.parametrize(
    ("language", "published"),
    [
        ("English", {"base": 0.192, "en_ft": 0.724, "nl_ft": 0.577}),
        ("Dutch", {"base": 0.125, "en_ft": 0.641, "nl_ft": 0.721}),
    ],
)
def test_the_papers_similarities_come_out(real, language, published):
    table = load_ratings(language)
    sources = [name for name in norms.SOURCES if table[name].notna().any()]
    found = similarity(table, sources)
    assert {model: found[model] for model in published} == published
