"""The page that shows a class what its answers gave, beside the models."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any, Final

from humanlike.classroom.paper import as_svg, document, figure
from humanlike.classroom.results import Results
from humanlike.classroom.server import folder

if TYPE_CHECKING:
    import pandas as pd

    from humanlike.plots.classroom import Range
    from humanlike.stats.consistency import Consistency

LEAST_GAP: Final = 0.05
"""Where observers as noisy as the class are no further above chance, a corrected score is noise."""
SIMULATED = (
    "<p><strong>Simulated data, not a result.</strong> The human space could not be had, so all "
    "comparisons with it are with made-up numbers.</p>"
)


def report(found: Results, limits: tuple[float, float] | None) -> str:
    """Write the page.

    Parameters
    ----------
    found : Results
    limits : (float, float) or None
        R² of random answers and of people's own in the design of the ranked models, as the chapter
        on the leaderboard recorded them; without them the ranking is left out.
    """
    from humanlike.plots.style import use_style

    use_style()
    parts = [
        "<main>",
        "<h1>What the class answered</h1>",
        "" if found.real else SIMULATED,
        _who(found),
        _agreement(found),
        _space(found),
        _ranking(found, limits),
        _more(found),
        "</main>",
    ]
    style = (folder() / "classroom.css").read_text(encoding="utf-8") + STYLE
    return document("What the class answered", "\n".join(parts), style=style)


STYLE: Final = """main { max-width: 52rem; }
h2 { margin-top: 2rem; }
figure { margin: 1rem 0; }
img { max-width: 100%; background: #fff; border-radius: 0.3rem; }
figcaption, caption { color: var(--muted); font-size: 0.95rem; text-align: left; }
.box { overflow-x: auto; }
table { border-collapse: collapse; }
td, th { padding: 0.2rem 0.7rem; border-bottom: 1px solid var(--line); text-align: left; }
.hl-number { text-align: right; font-variant-numeric: tabular-nums; }
"""


def _who(found: Results) -> str:
    people = "person" if found.n_people == 1 else "people"
    missed = f"{found.missed} of {found.checks} missed a question with an obvious answer"
    kept = "" if not found.missed else " and were kept"
    left = f", and {found.left_out} were left out for it" if found.left_out else kept
    return (
        f"<p>{found.n_people} {people} gave {found.n_answers:,} answers about "
        f"{len(found.lesson.concepts)} concepts. {missed}{left}. "
        f"Each person was asked {found.lesson.n} questions at most.</p>"
    )


def _agreement(found: Results) -> str:
    from humanlike.plots.classroom import predicted

    between, within = found.between, found.within
    person, again = _range(between), _range(within)
    others = {one.name: (one.same, one.same_low, one.same_high) for one in found.judges[1:]}
    if not (others or person or again):
        return ""
    words = "<h2>How far people agree</h2>"
    if between is None:
        words += "<p>No two people answered the same question yet, so there is no ceiling.</p>"
    else:
        low, high = between.bounds
        estimate, least, most = between.ceiling
        words += (
            f"<p>Two people gave the same answer in {between.same:.0%} of {between.n_pairs:,} "
            f"comparisons [{between.low:.0%}, {between.high:.0%}]. From this follows how often the "
            f"best prediction of a single answer can be right: between {low:.0%} and {high:.0%} "
            "whatever the questions are, and "
            f"about {estimate:.0%} [{least:.0%}, {most:.0%}] if the share of people who choose one "
            "option has a symmetric beta distribution over questions. That is the noise ceiling; "
            "no model can be expected to pass it.</p>"
        )
    drawn = predicted(
        others, person, again, between.ceiling if between else None,
        between.bounds if between else None,
    )  # fmt: skip
    alt = "Shares of the class's answers that others give too: " + _listed(
        others | {k: v for k, v in (("another person", person), ("the same person again", again),
                                    ("noise ceiling", between and between.ceiling)) if v}
    )  # fmt: skip
    caption = (
        "Which share of the class's answers others give too, with 95 % intervals. The grey band "
        "holds the noise ceiling whatever the questions are."
    )
    return words + figure(as_svg(drawn), caption=caption, alt=alt)


def _range(one: Consistency | None) -> Range | None:
    return None if one is None else (one.same, one.low, one.high)


def _space(found: Results) -> str:
    from humanlike.plots.classroom import same_questions
    from humanlike.plots.maps import concept_maps
    from humanlike.stats.maps import common_view

    models = {one.name: (one.r2, one.r2_low, one.r2_high) for one in found.judges[1:]}
    observers = _observers(found.observers)
    group = (found.group.r2, found.group.r2_low, found.group.r2_high)
    words = (
        f"<h2>The space behind the answers</h2><p>A space of {found.n_dims} dimensions was fitted "
        "to the answers and laid onto the space that explains people's judgements in THINGS. Its "
        f"R² is {group[0]:.2f} [{group[1]:.2f}, {group[2]:.2f}]. This number depends on how many "
        "answers there are: so models and observers whose agreement is known answered "
        "the same questions, and were fitted in the same way. A higher R² need not mean a more "
        "human answer: compare the observer without noise with the noisy one.</p>"
    )
    shown = figure(
        as_svg(same_questions(group, models, observers)),
        caption="R² of the class and of models, with 95 % intervals over resampled people; grey: "
        "observers whose answers are simulated, mean and middle 95 %.",
        alt="R² from the same questions. " + _listed(observers | models | {"this class": group}),
    )
    reasons = "".join(
        f"<p>{html.escape(name)} has no place: {html.escape(why)}.</p>"
        for name, why in found.reasons.items()
    )
    spaces = {one.name: one.space for one in found.judges}
    views = common_view(found.human, spaces)
    titles = {"people in THINGS" if k == "human" else k: v for k, v in views.items()}
    maps = figure(
        as_svg(
            concept_maps(
                titles, found.categories, "Widest two axes of the human space", shared=True
            )
        ),
        caption="The same concepts in each space, turned and scaled onto the human one.",
        alt=f"Maps of {len(found.lesson.concepts)} concepts by category, one each for "
        f"{', '.join(titles)}.",
    )
    return words + shown + reasons + maps


def corrected(found: Results, value: Range) -> Range | None:
    """Return R² on the scale from random answers to the human space as noisy as the class.

    None where that scale has no length, because answers are too few or people do not agree.
    """
    from humanlike.analysis.people import NOISY_PEOPLE

    chance, noisy = found.observer("at random"), found.observer(NOISY_PEOPLE)
    if chance is None or noisy is None or noisy[0] - chance[0] < LEAST_GAP:
        return None
    a, b, c = ((one - chance[0]) / (noisy[0] - chance[0]) for one in value)
    return a, b, c


def _ranking(found: Results, limits: tuple[float, float] | None) -> str:
    from humanlike.data.published import load_leaderboard
    from humanlike.plots.classroom import beside_models

    head = "<h2>Beside the ranked models</h2>"
    one = found.group
    group = corrected(found, (one.r2, one.r2_low, one.r2_high))
    if group is None:
        return head + (
            "<p>With so few answers even people who think as THINGS says stand hardly above "
            "chance; a place among the ranked models would mean nothing.</p>"
        )
    if limits is None:
        return head + (
            "<p>The chapter on the leaderboard has not been executed here on real data. "
            "<code>humanlike build --only leaderboard</code> does it; then this page shows the "
            "class among the ranked models.</p>"
        )
    models = {}
    for judge in found.judges[1:]:
        place = corrected(found, (judge.r2, judge.r2_low, judge.r2_high))
        if place is not None:
            models[judge.name] = place
    board = load_leaderboard()
    scores = ((board["r2"] - limits[0]) / (limits[1] - limits[0])).tolist()
    words = (
        "<p>The ranked models answered 35,000 questions about 128 concepts each, so their "
        "R² cannot be compared with the class's. Below, every R² is corrected by the limits of its "
        "own design: 0 is what random answers get there, 1 what the human space gets with people's "
        f"own noise. The class stands at {group[0]:.2f} [{group[1]:.2f}, {group[2]:.2f}].</p>"
    )
    return head + words + figure(
        as_svg(beside_models(scores, group, models)),
        caption="Corrected R² by rank. The class and the models that answered its questions stand "
        "where they would rank.",
        alt=f"Corrected R² of {len(scores)} ranked models, from {max(scores):.2f} to "
        f"{min(scores):.2f}. " + _listed({"this class": group} | models),
    )  # fmt: skip


def _more(found: Results) -> str:
    from humanlike.tables import to_html

    if found.growth.empty:
        return ""
    names = [
        "People",
        "Answers",
        "Dimensions",
        "R², thinking as THINGS says",
        "R², answering at random",
    ]
    table = to_html(
        found.growth.set_axis(names, axis="columns"),
        caption="Simulated classes that agree among themselves as this one does",
        formats={names[1]: ",", names[3]: ".2f", names[4]: ".2f"},
    )
    return (
        "<h2>What more answers would give</h2><p>The fewer the answers, the lower the R² of a good "
        "class and the less it differs from chance. A larger class may fit more dimensions, which "
        f'raises R² even at random.</p><div class="box" tabindex="0" role="region" '
        f'aria-label="What more answers would give">{table}</div>'
    )


def _observers(table: pd.DataFrame) -> dict[str, Any]:
    return {name: (r2, low, high) for name, r2, low, high in table.itertuples(index=False)}


def _listed(values: dict[str, Any]) -> str:
    said = (f"{name} {v:.2f} [{low:.2f}, {high:.2f}]" for name, (v, low, high) in values.items())
    return "; ".join(said) + "."


def leaderboard_limits() -> tuple[float, float] | None:
    """Return R² of random and of people's answers in the ranked models' design, if known here."""
    from humanlike.book.chapters import get_chapter
    from humanlike.book.execute import Cache

    kept = Cache().newest(get_chapter("leaderboard"))
    if kept is None or not kept.real:
        return None
    found = [kept.result["values"].get(f"limit.{name}") for name in ("random", "crowd")]
    if None in found:  # executed before the chapter recorded them
        return None
    chance, crowd = (float(one["value"]) for one in found)
    return chance, crowd
