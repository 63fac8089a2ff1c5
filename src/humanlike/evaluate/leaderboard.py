"""The local leaderboard: published models, the versions of GPT-4o-mini, own evaluations."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from humanlike.data.problems import DataUnavailable
from humanlike.errors import HumanlikeError, unknown
from humanlike.evaluate.files import evaluations
from humanlike.evaluate.record import Evaluation, Measured

if TYPE_CHECKING:
    import pandas as pd

MEASURES: Final = {
    "r2": "Procrustes R²",
    "agreement": "Agreement with people's similarities",
    "held_out": "Held-out answers predicted",
    "rsa": "RSA of words (ρ)",
    "spearman": "Mean ρ per dimension",
    "similarity": "Mean similarity of words",
    "valid": "Valid answers",
}
COLUMNS: Final = (
    "source", "model", "id", "rank", "r2", "r2_low", "r2_high", "agreement", "agreement_low",
    "agreement_high", "held_out", "rsa", "rsa_low", "rsa_high", "spearman", "spearman_low",
    "spearman_high", "similarity", "similarity_low", "similarity_high", "valid", "triplets",
    "words", "triplet_verdict", "rating_verdict", "spec", "simulated", "at",
)  # fmt: skip
TEXTS: Final = ("source", "model", "id", "triplet_verdict", "rating_verdict", "spec", "at")
PUBLISHED, GPT, HERE = "published", "GPT-4o-mini", "evaluated here"
GPT_LABELS: Final = {"base": "Base", "qa_ft": "QA_FT", "nl_ft": "Nl_FT", "en_ft": "En_FT"}


def leaderboard(
    sort: str = "r2",
    folder: Path | None = None,
    *,
    own: Iterable[Evaluation] | None = None,
    problems: list[str] | None = None,
    missing: str = "raise",
) -> pd.DataFrame:
    """Return all models, best first.

    Parameters
    ----------
    sort : str
        Of `MEASURES`; models without it come last.
    folder : Path, optional
        Where evaluations lie; the user's own by default.
    own : iterable of Evaluation, optional
        Evaluations to show instead of those in the folder.
    problems : list of str, optional
        Takes what is wrong with files that cannot be read; and that the versions of GPT-4o-mini are
        left out because their ratings cannot be had, which is an error otherwise.
    missing : {"raise", "simulate"}
        What to do if the ratings of GPT-4o-mini cannot be had.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`; ``rank`` is that among the published models. Numbers that do not exist
        are missing. Published models have R² only, without interval; versions of GPT-4o-mini have
        ratings only, with intervals where a model was evaluated on the same words.

    Raises
    ------
    HumanlikeError
        If the measure is unknown.
    DataUnavailable
        If the ratings of GPT-4o-mini cannot be had and nobody takes note of it.
    """
    import pandas as pd

    if sort not in MEASURES:
        raise HumanlikeError(unknown("measure", sort, MEASURES))
    rows = [_own(one) for one in (evaluations(folder, problems=problems) if own is None else own)]
    references = [row.pop("references") for row in rows]
    rows += _published()
    try:
        rows += _gpt(references, missing)
    except DataUnavailable as problem:
        if problems is None:
            raise
        problems.append(f"The versions of GPT-4o-mini are left out. {problem}")
    table = pd.DataFrame(rows).reindex(columns=list(COLUMNS))
    for name in COLUMNS:
        if name in TEXTS:
            table[name] = table[name].astype(object).fillna("").astype(str)
        elif name != "simulated":
            table[name] = table[name].astype(float)
    table["simulated"] = table["simulated"].eq(True)
    ascending = [False, True, True]
    return table.sort_values([sort, "rank", "model"], ascending=ascending, ignore_index=True)


def _own(one: Evaluation) -> dict[str, Any]:
    row: dict[str, Any] = {
        "source": HERE,
        "model": one.name,
        "id": one.id,
        "spec": one.spec,
        "simulated": bool(one.simulated),
        "at": one.made.get("at", ""),
        "references": {},
    }
    asked = [part.asked for part in (one.triplets, one.ratings) if part]
    row["valid"] = sum(a.valid for a in asked) / max(1, sum(a.prompts for a in asked))
    if one.triplets:
        row |= {"triplets": one.triplets.asked.prompts, "triplet_verdict": one.triplets.verdict}
        row |= _columns("r2", one.triplets.r2) | _columns("agreement", one.triplets.agreement)
        row["held_out"] = one.triplets.held_out.value if one.triplets.held_out else None
        row["rank"] = one.triplets.rank.value if one.triplets.rank else None
    if one.ratings:
        row |= {"words": one.ratings.n_words, "rating_verdict": one.ratings.verdict}
        for name in ("rsa", "spearman", "similarity"):
            row |= _columns(name, getattr(one.ratings, name))
        row["references"] = {"n_words": one.ratings.n_words, "of": one.ratings.references}
    return row


def _columns(name: str, one: Measured | None) -> dict[str, float | None]:
    if one is None:
        return {}
    return {name: one.value, f"{name}_low": one.low, f"{name}_high": one.high}


def _published() -> list[dict[str, Any]]:
    from humanlike.data.published import load_ranking

    rows = load_ranking().itertuples()
    return [{"source": PUBLISHED, "model": r.model, "r2": r.r2, "rank": r.rank} for r in rows]


def _gpt(references: list[dict[str, Any]], missing: str) -> list[dict[str, Any]]:
    """Return the versions of GPT-4o-mini, from the evaluation on most words or computed."""
    from humanlike.evaluate.run import norms_of

    tables = norms_of(missing).tables
    most = max((one for one in references if one and one["of"]), default=None,
               key=lambda one: int(one["n_words"]))  # fmt: skip
    if most is not None and most["n_words"] == len(tables["human"]):
        found: dict[str, dict[str, Measured]] = most["of"]
    else:
        found = _computed(tables)
    return [
        {"source": GPT, "model": f"GPT-4o-mini, {label}", "words": len(tables["human"])}
        | {k: v for name, one in found[key].items() for k, v in _columns(name, one).items()}
        for key, label in GPT_LABELS.items()
    ]


def _computed(tables: dict[str, pd.DataFrame]) -> dict[str, dict[str, Measured]]:
    from humanlike.stats import rdm, rsa
    from humanlike.stats.agreement import mean_similarity, mean_spearman

    human = tables["human"]
    of_people, values = rdm(human), human.to_numpy()
    return {
        key: {
            "rsa": Measured(rsa(of_people, rdm(tables[key]))),
            "spearman": Measured(float(mean_spearman(values, tables[key].to_numpy()))),
            "similarity": Measured(float(mean_similarity(values, tables[key].to_numpy()))),
        }
        for key in GPT_LABELS
    }


def write_csv(table: pd.DataFrame, file: Path) -> None:
    """Write the leaderboard as a table; `read_csv` reads it back with the same values."""
    table.to_csv(file, index=False, lineterminator="\n")


def read_csv(file: Path) -> pd.DataFrame:
    """Read what `write_csv` wrote.

    Raises
    ------
    HumanlikeError
        If it is another table.
    """
    import pandas as pd

    types = {name: str if name in TEXTS else float for name in COLUMNS if name != "simulated"}
    table = pd.read_csv(file, dtype=types | {"simulated": bool}, keep_default_na=False,
                        na_values={name: [""] for name in set(COLUMNS) - set(TEXTS)})  # fmt: skip
    if list(table.columns) != list(COLUMNS):
        raise HumanlikeError(
            f"{file} is no leaderboard: expected the columns {', '.join(COLUMNS)}."
        )
    return table
