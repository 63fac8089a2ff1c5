"""Recorded answers: what somebody else was told, told again."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from humanlike.data.digest import sha256_of
from humanlike.errors import HumanlikeError
from humanlike.models.base import Answer, ModelInfo, Problem, Prompt, Settings, Token, Usage

MISSING = Problem("not recorded", "the file holds no answer to this prompt", final=True)
Request = tuple[str, str, str, str]


class Replay:
    """Answers from a file of ``responses export`` (``.jsonl``).

    A prompt is found by its text, instruction and form and by the mode; repetitions come in the
    order of their numbers. What is not there is the named failure ``not recorded``.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    HumanlikeError
        If there is no such file or a line is no record of an answer.
    """

    def __init__(self, path: Path) -> None:
        if path.suffix != ".jsonl" or not path.is_file():
            raise HumanlikeError(
                f"replay: needs a .jsonl file of 'humanlike responses export'; there is no {path}."
            )
        self._path = path
        self._checksum = sha256_of(path)
        found: dict[Request, dict[int, Answer]] = defaultdict(dict)
        with path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    request, trial, answer = _read(line, f"{path}, line {number}")
                    found[request].setdefault(trial, answer)
        self._answers = dict(found)

    def info(self) -> ModelInfo:
        """Say whose answers these are; the file's checksum is the revision."""
        spec = f"replay:{self._path.name}"
        return ModelInfo(spec, "replay", self._path.stem, self._checksum, chunk=50_000)

    def answer(self, prompts: Sequence[Prompt], settings: Settings) -> Iterator[tuple[int, Answer]]:
        """Yield the recorded answers."""
        for place, prompt in enumerate(prompts):
            trials = self._answers.get((prompt.user, prompt.system, prompt.form, settings.mode), {})
            yield place, trials.get(prompt.trial, Answer(problem=MISSING))

    def close(self) -> None:
        """Forget the answers."""
        self._answers = {}


def _read(line: bytes, where: str) -> tuple[Request, int, Answer]:
    try:
        record: dict[str, Any] = json.loads(line)
        request = (
            record["user"],
            record.get("system", ""),
            record.get("form", "chat"),
            record.get("settings", {}).get("mode", "generate"),
        )
        return request, int(record.get("trial", 0)), _answer(record)
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise HumanlikeError(f"{where} is no record of an answer ({problem!r}).") from problem


def _answer(record: dict[str, Any]) -> Answer:
    problem, text, scores = record.get("problem"), record["text"], record.get("scores")
    if not isinstance(text, str) or not isinstance(scores, dict | None):
        raise TypeError("text is a text, and scores are numbers by answer")
    return Answer(
        text,
        scores,
        tuple(Token(*token) for token in record.get("tokens") or ()),
        record.get("finish", ""),
        Usage(record.get("prompt_tokens"), record.get("completion_tokens")),
        record.get("seconds"),
        Problem(problem, record.get("message") or "", True) if problem else None,
    )


def open_spec(rest: str) -> Replay:
    """Open ``replay:FILE.jsonl``."""
    return Replay(Path(rest).expanduser())
