"""Derived tables on the norms, on simulated and constructed data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from humanlike.analysis import norms
from humanlike.data.audit import audit, count_files, impossible_means
from humanlike.data.norms import DIMENSIONS, load_ratings
from humanlike.data.splits import load_pool, load_splits
from humanlike.errors import HumanlikeError


def test_counts_have_a_row_for_every_statement(simulated):
    table = norms.counts_table(count_files())
    assert len(table) == len(norms.STATED)
    row = table.set_index("What").loc["Training pairs"]
    assert row.to_list() == ["2,358", "2,358", "5,436"]


def test_spread_is_that_of_the_columns(simulated):
    pairs = load_splits("earlier").head(200)
    found = norms.spread_table(pairs, ["Hand", "Visual"]).set_index("dimension").loc["Hand"]
    assert found["variance"] == pytest.approx(pairs["Hand"].var())
    assert found["below_one"] == (pairs["Hand"] < 1).mean()
    assert found["noise"] == pytest.approx((pairs["Hand_sd"] ** 2 / pairs["n_known_motor"]).mean())
    with pytest.raises(HumanlikeError, match="Did you mean 'Hand'"):
        norms.spread_table(pairs, ["Hannd"])


def test_each_word_has_its_own_error():
    columns = {
        "word": "W", "dimension": DIMENSIONS, "group": ["sensory"] * 6 + ["motor"] * 5,
        "human": np.arange(11) / 5, "human_sd": 2.0, "n_known": [16] * 6 + [4] * 5,
    }  # fmt: skip
    row = norms.word_table(pd.DataFrame(columns)).iloc[0]
    error = (6 * 0.25 + 5 * 1.0) / 11
    assert row["standard_error"] == pytest.approx(np.sqrt(error))
    assert row["reliability"] == pytest.approx(1 - error / np.var(np.arange(11) / 5, ddof=1))
    assert (row["raters_sensory"], row["raters_motor"]) == (16, 4)


def test_a_biased_draw_is_found_and_a_random_one_is_not(simulated):
    pool, split = load_pool(), load_splits("earlier")
    random = np.random.default_rng(1)
    chosen = random.permutation(len(pool))[: len(split)]
    fair = pool.iloc[chosen].assign(part=random.permutation(split["part"]))
    assert norms.draw_check(pool, fair)["p_holm"].min() > 0.01
    biased = pool.sort_values("Hand").head(len(split)).assign(part=fair["part"].to_numpy())
    found = norms.draw_check(pool, biased).set_index(["comparison", "variable"])
    assert found.loc[("drawn", "Hand"), "p_holm"] < 1e-10
    assert found.loc[("drawn", "Hand"), "difference"] < -1


def test_p_values_of_the_draw_are_those_of_scipy(simulated):
    pool, split = load_pool(), load_splits("earlier")
    found = norms.draw_check(pool, split).set_index(["comparison", "variable"])
    train, test = (split.loc[split["part"] == part, "frequency"] for part in ("train", "test"))
    p = stats.ttest_ind(np.log10(train + 1), np.log10(test + 1), equal_var=False).pvalue
    assert found.loc[("training", "frequency"), "p"] == pytest.approx(p)


def test_training_on_words_leaves_a_trace(simulated):
    table = load_ratings("English")
    seen = list(table["word"].unique()[:500])
    table.loc[table["word"].isin(seen), "en_ft"] = table["human"]
    found = norms.training_traces(table, seen).set_index("model")
    assert found.loc["en_ft", "high"] < 0 and found.loc["en_ft", "exact_seen"] == 1
    assert found.loc["base", "low"] < 0 < found.loc["base", "high"]


def test_translations_are_matched_by_both_words(simulated):
    english, dutch = load_ratings("English"), load_ratings("Dutch")
    found = norms.languages_agree(english, dutch.sample(frac=1, random_state=1))
    assert set(found["n"]) == {1572}
    assert found["rho"].between(0.3, 1).all()
    same = english.rename(columns={"word": "translation", "translation": "word"})
    assert norms.languages_agree(english, same)["rho"].to_numpy() == pytest.approx(1)


def test_impossible_means_are_found():
    table = pd.DataFrame({"human": [1.333, 1.25, 1.3, 2.0], "n_known": [18.0, 18.0, 18.0, np.nan]})
    assert list(impossible_means(table)["human"]) == [1.25, 1.3]


def test_real_counts_and_irregularities(real):
    counts = count_files()
    assert counts["included"] == 10_677 and counts["pool"] == 7_861
    assert counts["evaluated_in_train.current"] == 620 and counts["evaluated_in_train.earlier"] == 0
    assert counts["evaluated_is_test.earlier"] and not counts["evaluated_is_test.current"]
    found = audit()
    assert found["consequence"].str.len().min() > 0
    for part in ("AUTOCRATIC", "NAME lacks 8", "838 English", "7039", "840 training", "11 of 18"):
        assert found["irregularity"].str.contains(part).sum() == 1, part
    assert impossible_means(load_ratings("English")).empty
