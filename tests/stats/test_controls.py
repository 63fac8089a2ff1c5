"""Controls: spelling by hand, and panels drawn from known raters."""

from __future__ import annotations

import numpy as np
import pytest

from humanlike.errors import HumanlikeError
from humanlike.stats.controls import nearest_by_spelling, second_panel


def dice(a: str, b: str, length: int) -> float:
    groups = []
    for word in (a, b):
        marked = f"^{word.lower()}$"
        groups.append({marked[i : i + length] for i in range(len(marked) - length + 1)})
    return 2 * len(groups[0] & groups[1]) / (len(groups[0]) + len(groups[1]))


def test_night_and_nacht_share_one_quarter_of_their_inner_letter_pairs() -> None:
    """The textbook example, with marks: ^n ni ig gh ht t$ and ^n na ac ch ht t$ share three."""
    _, value = nearest_by_spelling(["night"], ["nacht"])
    assert value[0] == pytest.approx(2 * 3 / 12)


@pytest.mark.parametrize("length", [1, 2, 3])
def test_the_nearest_is_that_of_a_plain_loop(length: int) -> None:
    words, among = ["SHOUTER", "apple", "roller coaster"], ["shout", "APPLES", "toaster", "house"]
    index, value = nearest_by_spelling(words, among, length)
    for row, word in enumerate(words):
        every = [dice(word, other, length) for other in among]
        assert index[row] == int(np.argmax(every))
        assert value[row] == pytest.approx(max(every))


def test_a_word_is_nearest_to_itself_whatever_the_capitals() -> None:
    index, value = nearest_by_spelling(["Pear"], ["pea", "PEAR", "spear"])
    assert (index[0], value[0]) == (1, 1.0)


@pytest.mark.parametrize(
    ("words", "among", "length"), [([], ["a"], 2), (["a"], [], 2), (["a"], ["b"], 0)]
)
def test_nothing_to_spell_is_refused(words: list[str], among: list[str], length: int) -> None:
    with pytest.raises(HumanlikeError, match="words to choose from"):
        nearest_by_spelling(words, among, length)


def two_panels(n_items: int, raters: int) -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(4)
    true = random.normal(2.5, 0.6, (n_items, 1))
    panels = random.normal(true, 1.2, (2, n_items, raters))
    means = panels.mean(axis=2)
    sd = panels[0].std(axis=1, ddof=1)
    return means[0][:, None], means[1][:, None], sd[:, None], np.full((n_items, 1), raters)


def test_a_drawn_panel_is_as_far_from_the_first_as_a_real_second_one() -> None:
    first, real, sd, n = two_panels(6000, 15)
    drawn = second_panel(first, sd, n, 0)
    for measure in (
        lambda panel: float(((panel - first) ** 2).mean()),
        lambda panel: float(panel.var()),
        lambda panel: float(np.corrcoef(panel[:, 0], first[:, 0])[0, 1]),
    ):
        assert measure(drawn) == pytest.approx(measure(real), rel=0.05)


def test_raters_who_agree_completely_give_the_same_mean_again() -> None:
    first = np.array([[0.0, 5.0], [1.0, 2.0], [4.0, 3.0], [2.0, 2.5]])
    assert second_panel(first, np.zeros((4, 2)), np.full((4, 2), 10), 3) == pytest.approx(first)


def test_the_draw_depends_on_the_seed_only_and_stays_in_the_range() -> None:
    first, _, sd, n = two_panels(50, 5)
    assert np.array_equal(second_panel(first, sd, n, 1), second_panel(first, sd, n, 1))
    drawn = second_panel(first, sd, n, 2)
    assert not np.array_equal(second_panel(first, sd, n, 1), drawn)
    assert first.min() <= drawn.min() <= drawn.max() <= first.max()


@pytest.mark.parametrize(("sd", "n"), [(-0.1, 5), (1.0, 0)])
def test_raters_that_cannot_be_are_refused(sd: float, n: int) -> None:
    first = np.arange(8.0).reshape(4, 2)
    with pytest.raises(HumanlikeError, match="deviations of 0 or more and at least 1 rater"):
        second_panel(first, np.full((4, 2), sd), np.full((4, 2), n), 0)
