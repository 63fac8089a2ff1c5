"""The radar chart's data: complete, compact, and harmless whatever the words are."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from humanlike.errors import HumanlikeError
from humanlike.plots.radar import radar, radar_widget

EVIL = ["</script><b>", "a&b", 'quo"te']
DIMENSIONS = ["Auditory", "Haptic", "Visual"]


def tables() -> dict[str, pd.DataFrame]:
    random = np.random.default_rng(0)
    made = {
        who: pd.DataFrame(random.uniform(0, 5, (3, 3)).round(3), index=EVIL, columns=DIMENSIONS)
        for who in ("human", "base", "en_ft")
    }
    made["base"].iloc[1, 2] = np.nan
    made["base"].iloc[0] = [0, 5, 3]
    return made


def data_of(markup: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json">(.*?)</script>', markup, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def test_the_data_come_back_as_they_were_with_gaps_as_null() -> None:
    data = data_of(radar_widget(tables(), ["x", "y", "z"], "a&b", "Still."))
    assert data["words"] == EVIL
    assert data["start"] == "a&b"
    assert [source["key"] for source in data["sources"]] == ["human", "base", "en_ft"]
    rows = np.array(data["ratings"], dtype=float).reshape(3, 3, 3)
    for place, table in enumerate(tables().values()):
        np.testing.assert_array_equal(rows[:, place], table.to_numpy())
    assert data["ratings"][0][3:6] == [0, 5, 3]


def test_nothing_in_the_words_is_markup() -> None:
    markup = radar_widget(tables(), ["<i>", "y", "z"], "a&b", "<u>still</u>")
    assert markup.count("</script>") == 1
    for tag in ("<b>", "<i>", "<u>"):
        assert tag not in markup


@pytest.mark.parametrize(
    ("change", "translations", "start", "message"),
    [
        (lambda t: {k: t[k] for k in ("base", "human")}, 3, "a&b", "'human' first"),
        (lambda t: {**t, "en_ft": t["en_ft"].iloc[:2]}, 3, "a&b", "'en_ft' are not those of"),
        (lambda t: t, 2, "a&b", "2 translations came for 3 words"),
        (lambda t: t, 3, "a&c", "Did you mean 'a&b'"),
    ],
)
def test_what_does_not_fit_is_refused(
    change: Any, translations: int, start: str, message: str
) -> None:
    with pytest.raises(HumanlikeError, match=message):
        radar_widget(change(tables()), ["x", "y", "z"][:translations], start, "Still.")


def test_the_still_figure_draws_one_closed_line_per_source() -> None:
    import matplotlib.pyplot as plt

    profiles = pd.DataFrame({"human": [1.0, 2, 3], "base": [5.0, 4, 0]}, index=DIMENSIONS)
    figure = radar(profiles)
    lines = figure.axes[0].get_lines()
    assert [line.get_ydata().tolist() for line in lines] == [[1, 2, 3, 1], [5, 4, 0, 5]]
    plt.close(figure)
