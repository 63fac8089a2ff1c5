"""What the API answered when Paper A (Wu et al., 2026) asked for ratings, and how it was parsed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from sys import intern
from typing import Any, NamedTuple

import pandas as pd

from humanlike.data import usage
from humanlike.data.excel import need_columns, need_unique, numbers, read_excel
from humanlike.data.fetch import paths_of
from humanlike.data.norms import DIMENSIONS, LANGUAGES, MODELS, SCALE, WORDS
from humanlike.data.prompts import BY_STEM
from humanlike.data.registry import dataset
from humanlike.data.source import real_or_simulated
from humanlike.errors import HumanlikeError, unknown

RESPONSES, PARSED = "wu2026-responses", "wu2026-parsed"
TOKENS = 3
"""Answer tokens whose alternatives are kept: ``3.5`` has three."""
NUMBER = re.compile(r"\s*\d+(\.\d+)?\s*")
_FILE = re.compile(r"(?P<stem>[A-Za-z]+)_(?P<model>base|en_ft|nl_ft|qa_ft)_", re.IGNORECASE)


class Part(NamedTuple):
    """What one file holds: all answers of one model on one dimension."""

    language: str
    dimension: str
    model: str

    def __str__(self) -> str:
        return f"{self.language} {self.dimension} {self.model}"


def part_of(file_name: str) -> Part:
    """Read language, dimension and model from a released file's name.

    Raises
    ------
    HumanlikeError
        If the name does not start with a dimension and a model.
    """
    match = _FILE.match(file_name)
    if match is None or match["stem"].lower() not in BY_STEM:
        raise HumanlikeError(f"'{file_name}' does not name a dimension and a model.")
    language, dimension = BY_STEM[match["stem"].lower()]
    return Part(language, dimension, match["model"].lower())


def load_parsed(
    *,
    language: str | None = None,
    dimensions: Iterable[str] | None = None,
    models: Iterable[str] | None = None,
    missing: str = "raise",
    seed: int = 0,
) -> pd.DataFrame:
    """Load the ratings that the authors parsed from the responses.

    Parameters
    ----------
    language : {"English", "Dutch"}, optional
        Only this language; both by default.
    dimensions, models : iterable of str, optional
        Only these; all by default.
    missing : {"raise", "simulate"}
        What to do if the data cannot be had.
    seed : int
        Seed of the simulation.

    Returns
    -------
    DataFrame
        Columns: language, dimension, model, index (place in the file, from 0; one file lacks a
        word, so join with `load_responses` by word), word, value (0 to 5, NaN where the answer was
        no number). ``attrs``: ``real``, ``dataset``, ``issues``.

    Raises
    ------
    HumanlikeError
        If a name is unknown or a file is not as described.
    """
    from humanlike.data.simulated_answers import simulate_parsed

    chosen = choose_files(PARSED, language, dimensions, models)

    def read() -> pd.DataFrame:
        paths = dict(zip(chosen, paths_of(PARSED, chosen.values()), strict=True))
        parts = [parse_parsed(read_excel(paths[part]), part) for part in paths]
        return _joined(parts, PARSED, _parsed_issues(parts))

    return real_or_simulated(
        PARSED, chosen.values(), missing, read, lambda: simulate_parsed(list(chosen), seed=seed)
    )


def parse_parsed(table: pd.DataFrame, part: Part) -> pd.DataFrame:
    """Turn one output workbook (columns ``word`` and a rating) into the form of `load_parsed`.

    Raises
    ------
    HumanlikeError
        If it has not these two columns, a word is repeated, or a rating is text or out of range.
    """
    what = f"parsed ratings, {part}"
    need_columns(table, ["word"], what)
    if table.shape[1] != 2 or part_of(f"{table.columns[1]}_") != part:
        raise HumanlikeError(f"{what}: expected the word and one rating, got {[*table.columns]}.")
    need_unique(table["word"], f"{what}, words")
    values = numbers(table.iloc[:, 1], table["word"], *SCALE, what)
    return pd.DataFrame(
        {**part._asdict(), "index": range(len(table)), "word": table["word"], "value": values}
    )


def load_responses(
    *,
    language: str | None = None,
    dimensions: Iterable[str] | None = None,
    models: Iterable[str] | None = None,
    logprobs: bool = True,
    missing: str = "raise",
    seed: int = 0,
) -> pd.DataFrame:
    """Load the raw responses of the rating task, 97,463 in all.

    Parameters
    ----------
    language, dimensions, models, missing, seed
        As for `load_parsed`.
    logprobs : bool
        False leaves that column out, which saves most of the memory.

    Returns
    -------
    DataFrame
        One row per response. Columns: language, dimension, model; index (place of the word in the
        test list, from 0, by the request's own number); word (from the matching parsed file); text;
        logprobs (for each of the first three answer tokens a dict from the five likeliest tokens to
        their natural log-probability); finish_reason; model_id; created (UTC); fingerprint of the
        serving system; prompt_tokens; completion_tokens. ``attrs``: ``real``, ``dataset``,
        ``issues``.

    Raises
    ------
    HumanlikeError
        If a name is unknown, a line is not a response, or there are more or fewer words than
        responses.
    """
    from humanlike.data.simulated_answers import simulate_responses

    chosen = choose_files(RESPONSES, language, dimensions, models)

    def read() -> pd.DataFrame:
        labels = choose_files(PARSED, language, dimensions, models)
        files = dict(zip(chosen, paths_of(RESPONSES, chosen.values()), strict=True))
        books = dict(zip(labels, paths_of(PARSED, labels.values()), strict=True))
        parts = [
            parse_responses(files[part], part, list(read_excel(books[part])["word"]), logprobs)
            for part in files
        ]
        usage.note(PARSED, labels.values())
        return _joined(parts, RESPONSES, _response_issues(parts))

    return real_or_simulated(
        RESPONSES,
        chosen.values(),
        missing,
        read,
        lambda: simulate_responses(list(chosen), logprobs=logprobs, seed=seed),
    )


def parse_responses(
    path: Path, part: Part, words: list[str], logprobs: bool = True
) -> pd.DataFrame:
    """Read one file of responses, one JSON object per line, into the form of `load_responses`.

    Parameters
    ----------
    path : Path
        The uncompressed file.
    part : Part
        What it holds.
    words : list of str
        The word of each response, in order.
    logprobs : bool
        Whether to keep the alternatives of the answer tokens.

    Raises
    ------
    HumanlikeError
        If a line is not a response, a request number is repeated or out of order, or there are more
        or fewer words than responses.
    """
    rows = []
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                rows.append(_response(json.loads(line), logprobs))
            except (ValueError, KeyError, TypeError, IndexError, AttributeError) as problem:
                raise HumanlikeError(
                    f"{path.name}, line {number} is not a response "
                    f"({type(problem).__name__}: {problem})."
                ) from problem
    if len(rows) != len(words):
        raise HumanlikeError(
            f"Responses, {part}: {len(rows):,} responses, but {len(words):,} words."
        )
    table = pd.DataFrame(rows)
    if not table["index"].is_monotonic_increasing or not table["index"].is_unique:
        raise HumanlikeError(f"Responses, {part}: request numbers are repeated or out of order.")
    table["created"] = pd.to_datetime(table["created"], unit="s", utc=True)
    first = {**part._asdict(), "index": table.pop("index"), "word": words}
    return pd.concat([pd.DataFrame(first), table], axis="columns")


def _response(record: Mapping[str, Any], logprobs: bool) -> dict[str, Any]:
    body = record["response"]["body"]
    choice = body["choices"][0]
    row = {
        "index": int(record["custom_id"].rpartition("_")[2]) - 1,
        "text": choice["message"]["content"] or "",
        "logprobs": _alternatives(choice) if logprobs else None,
        "finish_reason": intern(choice["finish_reason"]),
        "model_id": intern(body["model"]),
        "created": body["created"],
        "fingerprint": intern(body.get("system_fingerprint") or ""),
        "prompt_tokens": body["usage"]["prompt_tokens"],
        "completion_tokens": body["usage"]["completion_tokens"],
    }
    if not logprobs:
        del row["logprobs"]
    return row


def _alternatives(choice: Mapping[str, Any]) -> tuple[dict[str, float], ...]:
    tokens = (choice.get("logprobs") or {}).get("content") or []
    return tuple(
        {intern(option["token"]): option["logprob"] for option in token["top_logprobs"]}
        for token in tokens[:TOKENS]
    )


def choose_files(
    dataset_id: str,
    language: str | None,
    dimensions: Iterable[str] | None,
    models: Iterable[str] | None,
) -> dict[Part, str]:
    """Return the wanted files of a data set by what they hold, in a fixed order.

    Parameters
    ----------
    dataset_id : {"wu2026-responses", "wu2026-parsed"}
        Id in the registry.
    language, dimensions, models
        As for `load_parsed`.

    Returns
    -------
    dict of Part to str
        Registry path of each file.

    Raises
    ------
    HumanlikeError
        If a name is unknown or no file is left.
    """
    languages = LANGUAGES if language is None else (language,)
    wanted = {
        "language": (languages, LANGUAGES),
        "dimension": (DIMENSIONS if dimensions is None else tuple(dimensions), DIMENSIONS),
        "model": (MODELS if models is None else tuple(models), MODELS),
    }
    for kind, (names, known) in wanted.items():
        for name in names:
            if name not in known:
                raise HumanlikeError(unknown(kind, name, known))
    files = {part_of(file.name): file.path for file in dataset(dataset_id).files}
    chosen = {
        part: path
        for part, path in files.items()
        if all(value in names for value, (names, _) in zip(part, wanted.values(), strict=True))
    }
    if not chosen:
        raise HumanlikeError("No file has this combination of language, dimensions and models.")
    rank = {name: place for place, name in enumerate((*LANGUAGES, *DIMENSIONS, *MODELS))}
    return dict(sorted(chosen.items(), key=lambda item: [rank[name] for name in item[0]]))


def _joined(parts: list[pd.DataFrame], dataset_id: str, issues: list[str]) -> pd.DataFrame:
    table = pd.concat(parts, ignore_index=True)
    table.attrs = {"real": True, "dataset": dataset_id, "issues": issues}
    return table


def _parsed_issues(parts: list[pd.DataFrame]) -> list[str]:
    found = []
    for table in parts:
        name = Part(*table.loc[0, ["language", "dimension", "model"]])
        if len(table) != WORDS:
            found.append(f"{name} has {len(table):,} words instead of {WORDS:,}.")
        empty = table.loc[table["value"].isna(), "word"]
        if len(empty):
            found.append(f"{name} has no rating of {', '.join(empty)}.")
    return found


def _response_issues(parts: list[pd.DataFrame]) -> list[str]:
    found = []
    for table in parts:
        name = Part(*table.loc[0, ["language", "dimension", "model"]])
        absent = sorted(set(range(WORDS)) - set(table["index"]))
        if absent:
            requests = ", ".join(str(index + 1) for index in absent)
            found.append(f"{name} has no response to request {requests} of {WORDS:,}.")
        for row in table[~table["text"].str.fullmatch(NUMBER)].itertuples():
            found.append(f"{name} answered '{row.text}' for {row.word}.")
    return found
