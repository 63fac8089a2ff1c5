"""Which words Paper A (Wu et al., 2026) trained and tested on, as released in two commits.

The repository's current release and an earlier commit hold split files of the same names with
different words. The paper's counts (2,358 and 1,572 words out of a pool of 7,861 translation pairs)
are those of the earlier commit.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from humanlike.data.excel import need_columns, need_rows, need_unique, numbers, read_excel
from humanlike.data.fetch import path_of
from humanlike.data.norms import DIMENSIONS, DUTCH, SCALE, SENSORY
from humanlike.data.source import real_or_simulated
from humanlike.errors import HumanlikeError, unknown

RELEASES = {"current": "wu2026-splits", "earlier": "wu2026-earlier"}
PARTS = {
    "train": "2_train_sensorimotor_random_sample.xlsx",
    "test": "2_test_sensorimotor_random_sample.xlsx",
}
ROWS = {
    ("current", "train"): 5436,
    ("current", "test"): 3625,
    ("earlier", "train"): 2358,
    ("earlier", "test"): 1572,
}
POOL, POOL_ROWS = "lancaster_speedbrysbaert_common_norms.xlsx", 7861
TRANSLATIONS = "Words_Speed_Brysbaert_with_English_translation_and_back_translation.xlsx"
TRANSLATION_ROWS = 24036
OTHER = {
    "N_known.perceptual": "n_known_sensory",
    "N_known.action": "n_known_motor",
    "Concreteness": "concreteness",
    "Frequency": "frequency",
    "Prevalence": "prevalence",
    "PoS": "pos",
}


def load_splits(release: str = "current", *, missing: str = "raise", seed: int = 0) -> pd.DataFrame:
    """Load the training and test words of one commit, with their human ratings.

    Parameters
    ----------
    release : {"current", "earlier"}
        Commit 82cb67b or 6967ebf.
    missing : {"raise", "simulate"}
        What to do if the data cannot be had.
    seed : int
        Seed of the simulation.

    Returns
    -------
    DataFrame
        One row per row of the files. Columns: part (``train`` or ``test``); word (English, in
        capitals); translation (Dutch); the eleven English mean ratings under their Lancaster names
        and the six Dutch ones under their Dutch names, 0 to 5; the standard deviations over English
        raters, in scale points, as ``Auditory_sd`` … ``Torso_sd``; n_known_sensory, n_known_motor
        (raters who knew the word); of the Dutch word: concreteness (1 to 5), frequency,
        prevalence, pos (part of speech). ``attrs``: ``real``, ``dataset``, ``release``, ``issues``.

    Raises
    ------
    HumanlikeError
        If the release is unknown or a file is not as described.
    """
    if release not in RELEASES:
        raise HumanlikeError(unknown("release", release, RELEASES))
    data = RELEASES[release]

    def read() -> pd.DataFrame:
        parts = [
            parse_pairs(
                read_excel(path_of(data, name)), f"{release} {part}", ROWS[release, part]
            ).assign(part=part)
            for part, name in PARTS.items()
        ]
        table = pd.concat(parts, ignore_index=True)
        table.insert(0, "part", table.pop("part"))
        found = split_issues(table)
        table.attrs = {"real": True, "dataset": data, "release": release, "issues": found}
        return table

    def simulate() -> pd.DataFrame:
        counts = {part: ROWS[release, part] for part in PARTS}
        table = simulate_pairs(sum(counts.values()), seed)
        part = np.repeat(["test", "train"], [counts["test"], counts["train"]])
        if release == "current":
            part = np.random.default_rng([seed, 3]).permutation(part)
        table.insert(0, "part", part)
        table.attrs = {"real": False, "dataset": data, "release": release, "issues": []}
        return table

    return real_or_simulated(data, PARTS.values(), missing, read, simulate)


def load_pool(*, missing: str = "raise", seed: int = 0) -> pd.DataFrame:
    """Load the pool of 7,861 translation pairs that have human ratings in both languages.

    Returns
    -------
    DataFrame
        Columns as in `load_splits`, without ``part``; words and translations are unique.
    """
    data = RELEASES["earlier"]

    def read() -> pd.DataFrame:
        table = parse_pairs(read_excel(path_of(data, POOL)), "pool", POOL_ROWS)
        need_unique(table["word"], "pool, words")
        table.attrs = {"real": True, "dataset": data, "issues": []}
        return table

    def simulate() -> pd.DataFrame:
        table = simulate_pairs(POOL_ROWS, seed)
        table.attrs = {"real": False, "dataset": data, "issues": []}
        return table

    return real_or_simulated(data, [POOL], missing, read, simulate)


def load_translations(*, missing: str = "raise", seed: int = 0) -> pd.DataFrame:
    """Load the machine translations of the Dutch norms' words, and back.

    Parameters
    ----------
    missing : {"raise", "simulate"}
        What to do if the data cannot be had.
    seed : int
        Seed of the simulation.

    Returns
    -------
    DataFrame
        24,036 rows. Columns: dutch; english (DeepL); back (translated back; a suffix ``_nt`` marks
        words that were not translated); included (bool, whether the authors kept the pair).
        ``attrs``: ``real``, ``dataset``, ``issues``.

    Raises
    ------
    HumanlikeError
        If the file is not as described.
    """
    data = RELEASES["current"]

    def read() -> pd.DataFrame:
        return parse_translations(read_excel(path_of(data, TRANSLATIONS)))

    return real_or_simulated(
        data, [TRANSLATIONS], missing, read, lambda: simulate_translations(seed)
    )


def parse_pairs(table: pd.DataFrame, what: str, expected_rows: int | None = None) -> pd.DataFrame:
    """Turn a released table of word pairs into the columns of `load_splits`, without ``part``.

    Raises
    ------
    HumanlikeError
        If columns are missing, the number of rows differs, a Dutch word is missing or repeated, or
        a rating is missing or outside 0 to 5.
    """
    means = {f"{name}.mean": name for name in SENSORY} | {
        "Foot_leg.mean": "Foot",
        "Hand_arm.mean": "Hand",
        "Head.mean": "Head",
        "Mouth.mean": "Mouth",
        "Torso.mean": "Torso",
    }
    ratings = means | {name: name for name in DUTCH.values()}
    spreads = {name.replace(".mean", ".SD"): f"{short}_sd" for name, short in means.items()}
    need_columns(table, ["Word", "Woord", *ratings, *spreads, *OTHER], what)
    need_rows(table, expected_rows, what)
    need_unique(table["Woord"], f"{what}, Dutch words")
    tidy = table[["Word", "Woord"]].rename(columns={"Word": "word", "Woord": "translation"})
    for source, name in (ratings | spreads).items():
        values = numbers(table[source], table["Woord"], *SCALE, f"{what}, column {source}")
        if values.isna().any():
            where = ", ".join(table.loc[values.isna(), "Woord"].head())
            raise HumanlikeError(f"{what}, column {source}: no rating of {where}.")
        tidy[name] = values
    return tidy.assign(**{new: table[old] for old, new in OTHER.items()})


def parse_translations(
    table: pd.DataFrame, expected_rows: int | None = TRANSLATION_ROWS
) -> pd.DataFrame:
    """Turn the released translation table into the form of `load_translations`.

    Raises
    ------
    HumanlikeError
        If columns are missing, the number of rows differs, a Dutch word is repeated or the mark of
        inclusion is neither 0 nor 1.
    """
    names = {
        "Original_word": "dutch",
        "Deepl_translation_English": "english",
        "Back_translation": "back",
        "Include?": "included",
    }
    what = "translations"
    need_columns(table, names, what)
    need_rows(table, expected_rows, what)
    need_unique(table["Original_word"], f"{what}, Dutch words")
    if not table["Include?"].isin([0, 1]).all():
        raise HumanlikeError(f"{what}: the column 'Include?' must hold 0 or 1 only.")
    tidy = table[list(names)].rename(columns=names).astype({"included": bool})
    kept = tidy[tidy["included"]]
    exact = kept["dutch"] == kept["back"]
    found = [
        f"{len(kept):,} of {len(tidy):,} pairs are marked as included.",
        f"{int((~exact).sum())} of them do not come back exactly (they differ in capitals).",
    ]
    tidy.attrs = {"real": True, "dataset": RELEASES["current"], "issues": found}
    return tidy


def split_issues(table: pd.DataFrame) -> list[str]:
    """Describe repeated words, and words in both parts, in plain sentences."""
    found = []
    sides = {part: table[table["part"] == part] for part in PARTS}
    for part, rows in sides.items():
        repeated = int(rows["word"].duplicated().sum())
        if repeated:
            found.append(f"{part}: {repeated} of {len(rows):,} rows repeat an English word.")
    for column, language in (("word", "English"), ("translation", "Dutch")):
        shared = set(sides["train"][column]) & set(sides["test"][column])
        if shared:
            found.append(f"{len(shared)} {language} words are in both train and test.")
    return found


def simulate_pairs(rows: int, seed: int) -> pd.DataFrame:
    """Simulate word pairs: people's means of `simulate_ratings`, the rest drawn independently."""
    from humanlike.data.norms import features
    from humanlike.data.simulated import simulate_ratings

    english = simulate_ratings("English", n_words=rows, seed=seed)
    dutch = features(simulate_ratings("Dutch", n_words=rows, seed=seed), "human")
    pairs = english.drop_duplicates("word")[["word", "translation"]].reset_index(drop=True)
    own = features(english, "human", DIMENSIONS).reset_index(drop=True)
    other = dutch[list(DUTCH)].rename(columns=DUTCH).reset_index(drop=True)
    random = np.random.default_rng([seed, rows])
    spread = features(english.assign(human=english["human_sd"]), "human", DIMENSIONS)
    spread = spread.add_suffix("_sd").reset_index(drop=True)
    return pd.concat([pairs, own, other, spread], axis="columns").assign(
        n_known_sensory=english["n_known"].to_numpy()[:: len(DIMENSIONS)].astype(int),
        n_known_motor=english["n_known"].to_numpy()[:: len(DIMENSIONS)].astype(int),
        concreteness=random.uniform(1, 5, rows),
        frequency=random.lognormal(5, 2, rows).astype(int),
        prevalence=random.normal(2.5, 0.3, rows),
        pos="N",
    )


def simulate_translations(seed: int, rows: int = TRANSLATION_ROWS) -> pd.DataFrame:
    """Simulate translations: 45 % of the words, drawn at random, come back as they were."""
    numbers = [f"{number:05d}" for number in range(1, rows + 1)]
    dutch = pd.Series([f"woord-{number}" for number in numbers])
    kept = np.random.default_rng([seed, 4]).random(rows) < 0.45
    columns = {
        "dutch": dutch,
        "english": [f"word-{number}" for number in numbers],
        "back": dutch.where(kept, dutch + "-anders"),
        "included": kept,
    }
    table = pd.DataFrame(columns)
    table.attrs = {"real": False, "dataset": RELEASES["current"], "issues": []}
    return table
