"""The answers of a class: one small file, apart from the store of models' answers.

A store promises to lose nothing; people may take their answers back. So these lie in a file of
their own, without names, addresses, devices or times of day: a random code, a number, the day.
"""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from humanlike.classroom.questions import Lesson, Question, questions
from humanlike.errors import HumanlikeError
from humanlike.paths import home

if TYPE_CHECKING:
    import pandas as pd

SCHEMA: Final = """
CREATE TABLE lesson (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE people (code TEXT PRIMARY KEY, number INTEGER NOT NULL UNIQUE, day TEXT NOT NULL);
CREATE TABLE answers (
  code TEXT NOT NULL REFERENCES people(code) ON DELETE CASCADE,
  place INTEGER NOT NULL, first INTEGER NOT NULL CHECK (first IN (0, 1)),
  PRIMARY KEY (code, place)
) WITHOUT ROWID;
"""
VERSION: Final = 1
LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
CODE: Final = re.compile(rf"[{LETTERS}]{{4}}-[{LETTERS}]{{4}}-[{LETTERS}]{{4}}")
MOST_PEOPLE: Final = 300
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class Refused(HumanlikeError):
    """A request that cannot be met, such as an unknown code; nothing was changed."""


@dataclass(frozen=True)
class Standing:
    """Where a person stands.

    Attributes
    ----------
    number : int
        The person's number, from 0.
    done : int
        Questions answered.
    question : Question or None
        The next one; None when all are answered.
    """

    number: int
    done: int
    question: Question | None


def place_of(name: str) -> Path:
    """Return where a class's answers lie.

    Raises
    ------
    HumanlikeError
        If the name is not made of lower-case letters, digits and hyphens.
    """
    if not _NAME.fullmatch(name):
        raise HumanlikeError(
            f"A class is named with lower-case letters, digits and hyphens, not '{name}'."
        )
    return home() / "classroom" / f"{name}.sqlite"


class Answers:
    """The answers of one class.

    Parameters
    ----------
    path : Path
        Its file, made if there is none.
    lesson : Lesson, optional
        What is asked; needed for a new file. An existing file keeps its own.

    Raises
    ------
    HumanlikeError
        If the file is missing and no lesson is given, is something else, or asks something else.
    """

    def __init__(self, path: Path, lesson: Lesson | None = None) -> None:
        if not path.is_file() and lesson is None:
            raise HumanlikeError(
                f"There are no answers of a class in {path}. Collect some with 'humanlike "
                "classroom serve'."
            )
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
        try:
            with self._open() as db:
                self.lesson = _lesson(db, lesson, path)
        except sqlite3.DatabaseError as problem:
            raise HumanlikeError(f"{path} holds no answers of a class ({problem}).") from problem

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open for one transaction; what is deleted is overwritten on disk."""
        with closing(sqlite3.connect(self.path, timeout=30, isolation_level=None)) as db:
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA secure_delete = ON")
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def join(self) -> str:
        """Let in a new person and return the code; the lowest free number is taken.

        Raises
        ------
        Refused
            If the class is full.
        """
        parts = ("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))
        code = "-".join(parts)
        with self._open() as db:
            taken = {row[0] for row in db.execute("SELECT number FROM people")}
            if len(taken) >= MOST_PEOPLE:
                raise Refused(f"This class is full: {MOST_PEOPLE} people take part.")
            number = next(n for n in range(len(taken) + 1) if n not in taken)
            day = datetime.now(UTC).strftime("%Y-%m-%d")
            db.execute("INSERT INTO people VALUES (?, ?, ?)", (code, number, day))
        return code

    def standing(self, code: str) -> Standing:
        """Say where a person stands.

        Raises
        ------
        Refused
            If nobody has the code.
        """
        with self._open() as db:
            return self._standing(db, code)

    def answer(self, code: str, place: int, first: bool) -> Standing:
        """Keep an answer; one that is there already stays, so a second click does nothing.

        Parameters
        ----------
        code : str
            The person's code.
        place : int
            Which of the person's questions, from 0; the next one or one answered before.
        first : bool
            Whether the option shown first was chosen.

        Raises
        ------
        Refused
            If nobody has the code, or the question is not the person's turn.
        """
        with self._open() as db:
            now = self._standing(db, code)
            if not 0 <= place <= now.done or (place == now.done and now.question is None):
                raise Refused(f"Question {now.done} is next, not {place}.")
            if place < now.done:
                return now
            db.execute("INSERT INTO answers VALUES (?, ?, ?)", (code, place, int(first)))
            return self._standing(db, code)

    def erase(self, code: str) -> int:
        """Delete a person and all answers, and return how many answers there were.

        Raises
        ------
        Refused
            If nobody has the code.
        """
        with self._open() as db:
            done = self._standing(db, code).done
            db.execute("DELETE FROM people WHERE code = ?", (code,))
        with closing(sqlite3.connect(self.path, timeout=30, isolation_level=None)) as db:
            db.execute("VACUUM")
        return done

    def _standing(self, db: sqlite3.Connection, code: str) -> Standing:
        row = db.execute("SELECT number FROM people WHERE code = ?", (code,)).fetchone()
        if row is None:
            raise Refused(f"Nobody here has the code '{code}'. It may have been erased.")
        number = int(row[0])
        found = db.execute("SELECT count(*) FROM answers WHERE code = ?", (code,)).fetchone()
        done, asked = int(found[0]), questions(self.lesson, number)
        return Standing(number, done, asked[done] if done < len(asked) else None)

    def counts(self) -> tuple[int, int]:
        """Return the numbers of people and of answers."""
        with self._open() as db:
            people = db.execute("SELECT count(*) FROM people").fetchone()[0]
            return int(people), int(db.execute("SELECT count(*) FROM answers").fetchone()[0])

    def table(self) -> pd.DataFrame:
        """Return all answers, without the codes.

        Returns
        -------
        DataFrame
            One row per answer: ``person`` (number, from 0), ``place``, ``kind`` (see
            `humanlike.classroom.questions.KINDS`), ``item`` (of shared questions, else -1),
            ``anchor``, ``chosen``, ``other`` (places in the lesson's concepts), ``first`` (whether
            the option shown first was chosen).
        """
        import pandas as pd

        with self._open() as db:
            found = db.execute(
                "SELECT number, place, first FROM answers JOIN people USING (code) "
                "ORDER BY number, place"
            ).fetchall()
        asked = {n: questions(self.lesson, n) for n in sorted({row[0] for row in found})}
        rows = []
        for number, place, first in found:
            one = asked[number][place]
            pair = (one.first, one.second) if first else (one.second, one.first)
            rows.append((number, place, one.kind, one.item, one.anchor, *pair, bool(first)))
        columns = ["person", "place", "kind", "item", "anchor", "chosen", "other", "first"]
        return pd.DataFrame(rows, columns=columns)


def _lesson(db: sqlite3.Connection, given: Lesson | None, path: Path) -> Lesson:
    """Read the lesson of a file, or write it into a new one."""
    if not db.execute("SELECT 1 FROM sqlite_master").fetchone():
        if given is None:
            raise HumanlikeError(f"{path} is empty: it holds no answers of a class.")
        for statement in SCHEMA.split(";"):
            db.execute(statement)
        about: dict[str, Any] = {"version": VERSION, **given.as_dict()}
        rows = [(name, json.dumps(value)) for name, value in about.items()]
        db.executemany("INSERT INTO lesson VALUES (?, ?)", rows)
        return given
    known = {name: json.loads(value) for name, value in db.execute("SELECT * FROM lesson")}
    if known.pop("version", None) != VERSION:
        raise HumanlikeError(f"{path} was written by another version of this program.")
    found = Lesson(tuple(known["concepts"]), known["n"], known["seed"])
    if given is not None and given != found:
        raise HumanlikeError(
            f"{path} belongs to another lesson: {len(found.concepts)} concepts, {found.n} "
            f"questions, seed {found.seed}. Give the same, or start another class with --name."
        )
    return found
