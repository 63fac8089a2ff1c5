"""What the released files of Paper A (Wu et al., 2026) hold, counted, with every irregularity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from humanlike.data.norms import DIMENSIONS, DUTCH, MANY_RATERS, load_ratings
from humanlike.data.prompts import load_prompts
from humanlike.data.qa import MODALITIES, load_questions
from humanlike.data.splits import RELEASES, load_pool, load_splits, load_translations

Count = int | bool
ROUNDED = 0.0005
"""Half a unit of the last printed decimal of an English mean."""


def count_files(*, missing: str = "raise", seed: int = 0) -> dict[str, Count]:
    """Count words, pairs, examples and questions in the files of both commits.

    Parameters
    ----------
    missing, seed
        As for `humanlike.data.norms.load_ratings`.

    Returns
    -------
    dict of str to int or bool
        Keys begin with what is counted; those of the split files end in the release, ``current``
        or ``earlier``.
    """
    translations = load_translations(missing=missing, seed=seed)
    counts = _translations(translations)
    pool = load_pool(missing=missing, seed=seed)
    counts["pool"] = len(pool)
    counts["pool_inexact"] = int(pool["translation"].isin(_inexact(translations)).sum())
    for release in RELEASES:
        found = _split(load_splits(release, missing=missing, seed=seed), missing, seed)
        counts |= {f"{key}.{release}": value for key, value in found.items()}
    return counts | _questions(load_questions(missing=missing, seed=seed))


def _inexact(table: pd.DataFrame) -> pd.Series[str]:
    """Dutch words that were kept although they come back in another spelling."""
    return table.loc[table["included"] & (table["dutch"] != table["back"]), "dutch"]


def _translations(table: pd.DataFrame) -> dict[str, Count]:
    kept = table[table["included"]]
    same = kept["dutch"].str.lower() == kept["english"].str.lower()
    return {
        "dutch_words": len(table),
        "included": len(kept),
        "inexact": len(_inexact(table)),
        "cognates": int(same.sum()),
        "not_translated": int(table["back"].str.endswith("_nt").sum()),
    }


def _split(table: pd.DataFrame, missing: str, seed: int) -> dict[str, Count]:
    train, test = (table[table["part"] == part] for part in ("train", "test"))
    english = load_ratings("English", missing=missing, seed=seed)
    dutch = load_ratings("Dutch", missing=missing, seed=seed)
    translations = load_translations(missing=missing, seed=seed)
    kept = translations.loc[translations["included"], "dutch"]
    return {
        "sampled": len(table),
        "train": len(train),
        "test": len(test),
        "train_words": train["word"].nunique(),
        "test_words": test["word"].nunique(),
        "shared": len(set(train["word"]) & set(test["word"])),
        "filtered": int(table["translation"].isin(kept).sum()),
        "cognates": int((table["word"].str.lower() == table["translation"].str.lower()).sum()),
        "evaluated_in_train": len(set(english["word"]) & set(train["word"])),
        "evaluated_in_train_nl": len(set(dutch["word"]) & set(train["translation"])),
        "evaluated_is_test": set(english["word"]) == set(test["word"]),
        "examples_en": int(train[list(DIMENSIONS)].notna().to_numpy().sum()),
        "examples_nl": int(train[list(DUTCH.values())].notna().to_numpy().sum()),
    }


def _questions(table: pd.DataFrame) -> dict[str, Count]:
    blocks = table.groupby("block").size()
    other = [block for block in blocks.index if block in MODALITIES]
    return {
        "questions": len(table),
        "questions_train": int((table["part"] == "train").sum()),
        "questions_test": int((table["part"] == "test").sum()),
        "visual_blocks": int((blocks.drop(other) == 200).sum()),
        "other_blocks": int((blocks[other] == 100).sum()),
    }


def impossible_means(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a rating table whose mean no whole ratings of its raters could give.

    A mean of n whole numbers times n is whole; means are printed with three decimals. This is the
    GRIM test of Brown & Heathers (2017, doi 10.1177/1948550616673876).

    Parameters
    ----------
    table : DataFrame
        As `load_ratings` gives it, in English.
    """
    known = table[table["n_known"].notna()]
    nearest = (known["human"] * known["n_known"]).round() / known["n_known"]
    return known[(nearest - known["human"]).abs() > ROUNDED * (1 + 1e-6)]


def audit(*, missing: str = "raise", seed: int = 0) -> pd.DataFrame:
    """List every irregularity found in norms, splits, translations, questions and prompts.

    Returns
    -------
    DataFrame
        Columns: material, irregularity (a sentence), consequence (what it means for the analyses).
        The responses have their own list, ``attrs["issues"]`` of
        `humanlike.data.responses.load_responses`.
    """
    options: Any = {"missing": missing, "seed": seed}
    loaders: dict[str, Callable[[], pd.DataFrame]] = {
        "English analysis table": lambda: load_ratings("English", **options),
        "Dutch analysis table": lambda: load_ratings("Dutch", **options),
        "Split, earlier commit": lambda: load_splits("earlier", **options),
        "Split, current release": lambda: load_splits("current", **options),
        "Translations": lambda: load_translations(**options),
        "PerceptualQA": lambda: load_questions(**options),
        "Prompts": lambda: load_prompts(missing=missing),
    }
    found = [(name, issue) for name, load in loaders.items() for issue in load().attrs["issues"]]
    rows = [(name, issue, text) for name, issue in found if (text := _consequence(issue))]
    rows += _across(count_files(**options))
    rows += _crowded(load_splits("earlier", **options))
    order = {name: place for place, name in enumerate(loaders)}
    table = pd.DataFrame(rows, columns=["material", "irregularity", "consequence"])
    return table.sort_values(
        "material", key=lambda c: c.map(order), kind="stable", ignore_index=True
    )


_CONSEQUENCES = {
    " lacks ": "The word is left out wherever every rating is needed.",
    "raters": "Their means are far more exact than those of other words, and weigh the same.",
    "repeat an English word": "Several Dutch words share one translation and its human ratings.",
    "in both train and test": "Test words of this split are not held back from training.",
    "do not come back exactly": "Case was ignored when the pairs were chosen.",
    "the same option twice": "Two letters are right, one of them counts as wrong.",
    "wording of a training question": "The wording is familiar; the options differ.",
    "the same options": "The test question stands in the training file.",
    "end in a blank": "The dimensions are not asked in exactly the same form.",
}
"""What an irregularity means, by a part of the sentence that reports it."""


def _consequence(issue: str) -> str:
    """What an irregularity means; empty if the sentence reports none."""
    return next((text for part, text in _CONSEQUENCES.items() if part in issue), "")


def _across(counts: dict[str, Count]) -> list[tuple[str, str, str]]:
    """Irregularities that show only between files."""
    found = []
    now = {k.removesuffix(".current"): v for k, v in counts.items() if k.endswith(".current")}
    if not now["evaluated_is_test"]:
        found.append(
            (
                f"{now['train']:,} training and {now['test']:,} test rows; the evaluated words are "
                "not its test words.",
                "The models were not evaluated on this split.",
            )
        )
    if now["evaluated_in_train"]:
        found.append(
            (
                f"{now['evaluated_in_train']} evaluated English words and "
                f"{now['evaluated_in_train_nl']} Dutch ones are in its training file.",
                "Training on this file would leak; the membership check tests whether it did.",
            )
        )
    if now["filtered"] < now["sampled"]:
        found.append(
            (
                f"Only {now['filtered']:,} of {now['sampled']:,} pairs are marked as included; "
                f"{now['cognates']} are identical in both languages.",
                "The filter described in the paper was not applied to this sample.",
            )
        )
    rows = [("Split, current release", *pair) for pair in found]
    if counts["questions_train"] != 800:
        split = (
            f"{counts['questions_train']} training and {counts['questions_test']} test questions"
        )
        rows.append(("PerceptualQA", f"{split}; printed are 800 and 600.", "Counts only."))
    return rows


def _crowded(table: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Training words with far more raters than the others."""
    many = (table[["n_known_sensory", "n_known_motor"]] > MANY_RATERS).any(axis="columns")
    words = table.loc[many & (table["part"] == "train"), "word"]
    if words.empty:
        return []
    text = f"{len(words)} training words had more than {MANY_RATERS:,} raters ({', '.join(words)})."
    return [("Split, earlier commit", text, _consequence(text))]
