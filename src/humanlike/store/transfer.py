"""Answers out of the store and into another: JSON lines, Parquet."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

from humanlike.errors import HumanlikeError
from humanlike.store.key import Keys, canonical
from humanlike.store.rows import (
    ANSWER_COLUMNS,
    PROMPT_COLUMNS,
    Entry,
    answer_from,
    answer_row,
    prompt_from,
    prompt_row,
)
from humanlike.store.store import Store

_LATER: dict[str, Any] = {"origin": None}
"""Fields that earlier versions did not write."""
FORMATS = (".jsonl", ".parquet")
BATCH = 10_000
_RUN = "model, settings, info, versions, task, spec, host, started, ended"
_ANSWER = [name.strip() for name in ANSWER_COLUMNS.split(",")]
_PROMPT = [name.strip() for name in PROMPT_COLUMNS.split(",")]
_JSON = {"model", "settings", "info", "versions", "scores", "tokens", "allowed", "question"}
_JSON |= {"origin"}
SELECT = (
    f"SELECT responses.key, trial, created, {ANSWER_COLUMNS}, {PROMPT_COLUMNS}, {_RUN} "  # noqa: S608
    "FROM responses JOIN prompts ON prompts.id = prompt JOIN runs ON runs.id = run"
)
_NUMBER, _NONE = (int, float), type(None)
_TYPES: dict[str, Any] = {
    **dict.fromkeys(
        ("key", "text", "finish", "user", "system", "form", "task", "spec", "host"), str
    ),
    **dict.fromkeys(("model", "settings", "info", "versions"), dict),
    **dict.fromkeys(("scores", "question", "origin"), (dict, _NONE)),
    **dict.fromkeys(("tokens", "allowed"), (list, _NONE)),
    **dict.fromkeys(("prompt_tokens", "completion_tokens"), (int, _NONE)),
    **dict.fromkeys(("problem", "message"), (str, _NONE)),
    **dict.fromkeys(("created", "started"), _NUMBER),
    **dict.fromkeys(("seconds", "ended"), (*_NUMBER, _NONE)),
    "trial": int,
    "settled": (bool, int),
}
"""What each field of a record holds."""
NAMES = ["key", "trial", "created", *_ANSWER, *_PROMPT, *(n.strip() for n in _RUN.split(","))]


@dataclass(frozen=True)
class Imported:
    """What an import did.

    Attributes
    ----------
    new : int
        Answers that were not here.
    known : int
        Answers that were here already, the same.
    different : int
        Requests answered otherwise here; the answer that was here is kept.
    """

    new: int
    known: int
    different: int


def records(store: Store, spec: str = "", task: str = "") -> Iterator[dict[str, Any]]:
    """Yield every answer with its prompt and what produced it, as plain data.

    Parameters
    ----------
    store : Store
        Where from.
    spec, task : str
        Only answers of runs with this model spec, this task; all by default.
    """
    last = 0
    while True:
        rows = store.rows(
            f"{SELECT} WHERE responses.id > ? AND responses.id <= ? "
            "AND (? = '' OR spec = ?) AND (? = '' OR task = ?) ORDER BY responses.id",
            (last, last + BATCH, spec, spec, task, task),
        )
        for row in rows:
            yield plain(dict(zip(NAMES, row, strict=True)))
        last += BATCH
        if last >= int(store.rows("SELECT coalesce(max(id), 0) FROM responses")[0][0]):
            return


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of `SELECT` as data that JSON can hold."""
    row["key"] = row["key"].hex()
    row["settled"] = bool(row["settled"])
    return {n: json.loads(v) if n in _JSON and v is not None else v for n, v in row.items()}


def export(store: Store, path: Path, spec: str = "", task: str = "") -> int:
    """Write answers to a file and return how many; the file appears only when it is complete.

    Parameters
    ----------
    store, spec, task
        As for `records`.
    path : Path
        Its ending says how: ``.jsonl``, or ``.parquet`` with JSON in the columns of nested data.

    Raises
    ------
    HumanlikeError
        If the ending is another, pyarrow is missing, or the file cannot be written.
    """
    if path.suffix not in FORMATS:
        raise HumanlikeError(f"Export writes {' or '.join(FORMATS)}; got '{path.name}'.")
    part = path.with_name(path.name + ".part")
    found = records(store, spec, task)
    try:
        if path.suffix == ".jsonl":
            with part.open("w", encoding="utf-8") as stream:
                count = write_lines(stream, found)
        else:
            count = _write_parquet(part, found)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return count


def write_lines(stream: IO[str], found: Iterable[dict[str, Any]]) -> int:
    """Write one JSON object per line and return how many."""
    count = 0
    for count, record in enumerate(found, start=1):  # noqa: B007
        stream.write(json.dumps(record, ensure_ascii=False) + "\n")
    return count


def _write_parquet(path: Path, found: Iterator[dict[str, Any]]) -> int:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as problem:
        raise HumanlikeError(
            "Parquet needs pyarrow, which is not installed. Install it, or export to .jsonl."
        ) from problem
    whole, decimal = {"trial", "prompt_tokens", "completion_tokens"}, {"created", "seconds"}
    decimal |= {"started", "ended"}
    kinds = {n: pa.int64() if n in whole else pa.float64() if n in decimal else pa.string()
             for n in NAMES} | {"settled": pa.bool_()}  # fmt: skip
    schema, count = pa.schema(list(kinds.items())), 0
    with pq.ParquetWriter(path, schema) as writer:
        while batch := list(islice(found, BATCH)):
            for record in batch:
                record.update({n: _text(record[n]) for n in _JSON})
            writer.write_table(pa.Table.from_pylist(batch, schema))
            count += len(batch)
    return count


def _text(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def unsaved_records(store: Store, run: int, entries: Iterable[Entry]) -> Iterator[dict[str, Any]]:
    """Yield answers that did not reach the store as `records` would have."""
    head = store.rows(f"SELECT {_RUN} FROM runs WHERE id = ?", (run,))[0]  # noqa: S608
    for entry in entries:
        values = (entry.key, entry.prompt.trial, time.time())
        row = (*values, *answer_row(entry.answer), *prompt_row(entry.prompt)[1:], *head)
        yield plain(dict(zip(NAMES, row, strict=True)))


def load(store: Store, path: Path) -> Imported:
    """Bring answers from an exported file into the store; what is here already stays.

    Raises
    ------
    HumanlikeError
        If a line is not a record, or its key is not the one its content has.
    """
    runs: dict[str, int] = {}
    counts = [0, 0, 0]
    lines = enumerate(_lines(path), start=1)
    while batch := list(islice(lines, BATCH)):
        groups: dict[int, list[Entry]] = {}
        for number, line in batch:
            record = _record(line, f"{path}, line {number}")
            run = _run_of(store, record, runs)
            groups.setdefault(run, []).append(_entry(record, f"{path}, line {number}"))
        for run, entries in groups.items():
            for place, count in enumerate(_merge(store, run, entries)):
                counts[place] += count
    return Imported(*counts)


def _lines(path: Path) -> Iterator[str]:
    if path.suffix != ".jsonl":
        raise HumanlikeError(f"Import reads .jsonl; got '{path.name}'.")
    with path.open(encoding="utf-8") as stream:
        try:
            yield from (line for line in stream if line.strip())
        except UnicodeDecodeError as problem:
            raise HumanlikeError(f"{path} is no UTF-8 text: {problem}.") from None


def _record(line: str, where: str) -> dict[str, Any]:
    try:
        record = _LATER | json.loads(line)
        absent = [name for name in NAMES if name not in record]
    except (ValueError, TypeError, RecursionError) as problem:
        raise HumanlikeError(f"{where} is no record of an answer ({problem}).") from problem
    if absent:
        raise HumanlikeError(f"{where} is no record of an answer: it lacks {', '.join(absent)}.")
    for name, kind in _TYPES.items():
        if not isinstance(record[name], kind):
            raise HumanlikeError(
                f"{where} is no record of an answer: it holds {str(record[name])[:40]!r} under "
                f"{name}."
            )
    return dict(record)


def _entry(record: dict[str, Any], where: str) -> Entry:
    row = {n: _text(record[n]) if n in _JSON else record[n] for n in _PROMPT + _ANSWER}
    try:
        prompt = prompt_from([row[name] for name in _PROMPT], record["trial"])
        prompt_row(prompt)  # it must go into a store, too
        with_question = bool(record["info"].get("reads_question"))
        key = Keys(record["model"], record["settings"], with_question).of([prompt])[0]
        answer = answer_from([row[name] for name in _ANSWER])
        answer_row(answer)
    except (TypeError, ValueError, KeyError, AttributeError) as problem:
        raise HumanlikeError(
            f"{where} is no record of an answer ({type(problem).__name__}: {problem})."
        ) from problem
    if key.hex() != record["key"]:
        raise HumanlikeError(
            f"{where}: the key does not belong to the content; the line was changed. "
            "Nothing of this part of the file was taken in."
        )
    return Entry(key, prompt, answer)


def _run_of(store: Store, record: dict[str, Any], runs: dict[str, int]) -> int:
    names = [name.strip() for name in _RUN.split(",")]
    row = {n: canonical(record[n]) if n in _JSON else record[n] for n in names}
    label = canonical(row)
    if label not in runs:
        same = " AND ".join(f"{name} IS ?" for name in names)
        found = store.rows(f"SELECT id FROM runs WHERE {same}", tuple(row.values()))  # noqa: S608
        more = {"pid": 0, "beat": record["started"], "state": "imported"}
        runs[label] = found[0][0] if found else store.insert_run(row | more)
    return runs[label]


def _merge(store: Store, run: int, entries: list[Entry]) -> tuple[int, int, int]:
    here = store.answers([entry.key for entry in entries])
    fresh = {e.key: e for e in entries if e.key not in here or not here[e.key].settled}
    same = sum(e.key in here and here[e.key] == e.answer for e in entries)
    store.add(run, fresh.values())
    return len(fresh), same, len(entries) - len(fresh) - same
