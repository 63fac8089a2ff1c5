"""The prompt templates of Paper A (Wu et al., 2026), exactly as released."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from humanlike.data import usage
from humanlike.data.fetch import paths_of
from humanlike.data.norms import DIMENSIONS, DUTCH
from humanlike.errors import HumanlikeError, unknown

DATASET = "wu2026-prompts"
PLACEHOLDERS = {"English": ("{Word}",), "Dutch": ("{Woord}",)}
QUESTION_FILE = "prompt_mcq_en"
QUESTION_PLACEHOLDERS = ("{index}", "{question}", "{options}")
BY_STEM = {name.lower(): ("English", name) for name in DIMENSIONS} | {
    dutch.lower(): ("Dutch", name) for name, dutch in DUTCH.items()
}
"""Language and Lancaster name by the stem that file names use, in lower case."""


def load_prompts() -> pd.DataFrame:
    """Load the eighteen templates.

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
        If the files cannot be had. There is no simulated stand-in.
    HumanlikeError
        If a file name is unknown or a placeholder is missing.
    """
    paths = paths_of(DATASET)
    usage.note(DATASET, [path.name for path in paths])
    return parse_prompts(paths)


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
