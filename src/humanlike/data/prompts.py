"""The prompt templates of Paper A (Wu et al., 2026), exactly as released."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from humanlike.data.fetch import paths_of
from humanlike.data.norms import DIMENSIONS, DUTCH
from humanlike.data.registry import dataset
from humanlike.data.source import real_or_simulated
from humanlike.errors import HumanlikeError, unknown

DATASET = "wu2026-prompts"
PLACEHOLDERS = {"English": ("{Word}",), "Dutch": ("{Woord}",)}
QUESTION_FILE = "prompt_mcq_en"
QUESTION_PLACEHOLDERS = ("{index}", "{question}", "{options}")
BY_STEM = {name.lower(): ("English", name) for name in DIMENSIONS} | {
    dutch.lower(): ("Dutch", name) for name, dutch in DUTCH.items()
}
"""Language and Lancaster name by the stem that file names use, in lower case."""


def load_prompts(*, missing: str = "raise") -> pd.DataFrame:
    """Load the eighteen templates.

    Parameters
    ----------
    missing : {"raise", "simulate"}
        What to do if the files cannot be had.

    Returns
    -------
    DataFrame
        Columns: task (``rating`` or ``question``), language, dimension (Lancaster name; empty for
        the question), template (the file's text, unchanged, with its placeholders), trailing_space
        (whether the text ends in a blank: the released files differ). ``attrs``: ``real``,
        ``dataset``, ``issues``.

    Raises
    ------
    DataUnavailable
        If the files cannot be had and ``missing`` is ``"raise"``.
    HumanlikeError
        If a file name is unknown or a placeholder is missing.
    """
    files = [file.path for file in dataset(DATASET).files]
    return real_or_simulated(
        DATASET, files, missing, lambda: parse_prompts(paths_of(DATASET)), simulate_prompts
    )


def parse_prompts(paths: list[Path]) -> pd.DataFrame:
    """Read template files into the form of `load_prompts`; see there for errors."""
    rows = [_row(path) for path in paths]
    order = {name: number for number, name in enumerate(("", *DIMENSIONS))}
    table = pd.DataFrame(rows).sort_values(
        ["task", "language", "dimension"],
        key=lambda column: column.map(order) if column.name == "dimension" else column,
        ascending=[False, False, True],
        ignore_index=True,
    )
    blank = int(table["trailing_space"].sum())
    found = [f"{blank} of {len(table)} templates end in a blank, the others do not."]
    table.attrs = {"real": True, "dataset": DATASET, "issues": found if blank else []}
    return table


def _row(path: Path) -> dict[str, object]:
    text = path.read_text(encoding="utf-8")
    stem = path.stem.removesuffix("_prompt").lower()
    needed: tuple[str, ...]
    if path.stem == QUESTION_FILE:
        task, language, dimension, needed = "question", "English", "", QUESTION_PLACEHOLDERS
    elif stem in BY_STEM:
        task, (language, dimension) = "rating", BY_STEM[stem]
        needed = PLACEHOLDERS[language]
    else:
        raise HumanlikeError(unknown("prompt file", path.name, [*BY_STEM, QUESTION_FILE]))
    for placeholder in needed:
        if placeholder not in text:
            raise HumanlikeError(f"Prompt file {path.name} lacks the placeholder {placeholder}.")
    return {
        "task": task,
        "language": language,
        "dimension": dimension,
        "template": text,
        "trailing_space": text.endswith(" "),
    }


def simulate_prompts() -> pd.DataFrame:
    """Give placeholders for the templates the schema of `load_prompts`."""
    rows = [
        {
            "task": "rating",
            "language": language,
            "dimension": dimension,
            "template": f"Simulated prompt: how strongly is {PLACEHOLDERS[language][0]} "
            f"experienced by {dimension} on a scale from 0 (not at all) to 5 (greatly)?",
            "trailing_space": False,
        }
        for language, dimension in BY_STEM.values()
    ]
    question = f"Simulated prompt: {' '.join(QUESTION_PLACEHOLDERS)}"
    rows.append(
        {
            "task": "question",
            "language": "English",
            "dimension": "",
            "template": question,
            "trailing_space": False,
        }
    )
    table = pd.DataFrame(rows)
    table.attrs = {"real": False, "dataset": DATASET, "issues": []}
    return table
