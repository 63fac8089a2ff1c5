"""The chooser's data and the specification curve: complete, in order, harmless."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection

from humanlike.errors import HumanlikeError
from humanlike.plots.multiverse import chooser, specification_curve

AXES = {"scale": ("raw", "z"), "metric": ("cosine", "</script><b>")}
TABLE = pd.DataFrame(
    {
        "spec": [0, 1, 2, 3],
        "scale": ["raw", "raw", "z", "z"],
        "metric": ["cosine", "</script><b>"] * 2,
        "words": "all",
        "name": "nl_ft - base",
        "estimate": [-0.1, 0.1, 0.2, 0.3],
        "low": [-0.2, np.nan, 0.1, 0.2],
        "high": [0.0, np.nan, 0.3, 0.4],
    }
)


def test_the_data_come_back_in_the_order_of_the_axes_with_gaps_as_null() -> None:
    one = {"axes": AXES, "table": TABLE[::-1], "published": {"scale": "z", "metric": "cosine"}}
    markup = chooser({"English": one}, "<p>still</p>", "<i>")
    found = re.search(r'<script type="application/json">(.*?)</script>', markup, re.DOTALL)
    assert found and markup.count("</script>") == 1
    assert "<b>" not in markup and "<i>" not in markup and "<p>still</p>" in markup
    first = json.loads(found[1])["sets"][0]
    assert first["names"] == ["Nl_FT − Base"] and first["contrast"] == [True]
    assert first["values"] == [
        [[-0.1, -0.2, 0.0], [0.1, None, None], [0.2, 0.1, 0.3], [0.3, 0.2, 0.4]]
    ]
    assert first["published"] == ["z", "cosine"]
    assert [axis["options"] for axis in first["axes"]] == [
        list(options) for options in AXES.values()
    ]


def test_a_table_with_a_missing_combination_is_refused() -> None:
    one = {"axes": AXES, "table": TABLE[1:], "published": {}}
    with pytest.raises(HumanlikeError, match="3 specifications, but the axes have 4"):
        chooser({"English": one}, "")


def test_the_curve_shows_every_estimate_and_the_board_every_option() -> None:
    figure = specification_curve(
        TABLE, AXES | {"words": ("all",)}, [False, False, True, False], "Δ"
    )
    curve, board = figure.axes
    points = np.concatenate(
        [
            np.asarray(part.get_offsets())
            for part in curve.collections
            if isinstance(part, PathCollection)
        ]
    )
    assert {tuple(point) for point in points} == set(enumerate(TABLE["estimate"]))
    labels = [label.get_text() for label in board.get_yticklabels()]
    assert labels == ["scale: raw", "z", "metric: cosine", "</script><b>"]
    assert curve.get_legend_handles_labels()[1] == [
        "with interval",
        "Kendall, no interval",
        "published",
    ]
