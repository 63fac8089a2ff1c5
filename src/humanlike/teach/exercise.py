"""What an exercise is: a task, a start, hints, a solution, and how answers are checked."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = {"predict": "Predict", "compute": "Compute", "criticise": "Criticise"}
ANSWERS = ("number", "choice", "text", "names", "table", "free")
LEVELS = {1: "introductory", 2: "intermediate", 3: "advanced"}


@dataclass(frozen=True)
class Slip:
    """A wrong answer that is worth a word of its own.

    Attributes
    ----------
    says : str
        What a student who gives it is told.
    code : str
        Code that leads to it: it goes on where the solution ended and changes ``answer``.
    """

    says: str
    code: str


@dataclass(frozen=True)
class Exercise:
    """One exercise of a chapter.

    Attributes
    ----------
    id : str
        Name in the book and on the command line; begins with the chapter's.
    chapter : str
        The chapter it belongs to.
    title : str
        Heading.
    kind : str
        ``predict`` (commit to an answer before looking), ``compute`` or ``criticise``.
    level : int
        1 (introductory), 2 or 3 (advanced).
    minutes : int
        Time it takes somebody who has read the chapter.
    answer : str
        What ``answer`` must be: a ``number``, a ``choice`` of a letter, a ``text`` (one word or
        name), ``names`` (a set of texts), a ``table`` (numbers with labels), or ``free`` words,
        which nobody checks but the student.
    tolerance : float
        How far a number may lie from the solution's, in the answer's unit; 0: whole numbers.
    text : str
        The task, MyST markdown.
    stub : str
        Code the student starts from; empty where words are asked for.
    hints : tuple of str
        Markdown, from the slightest to the strongest.
    rubric : str
        Markdown; what to look for when one judges one's own words.
    solution : str
        Markdown; empty in a student's copy of the sources.
    code : str
        Code of the solution, which leaves the right ``answer``; empty where words are asked for.
    slips : tuple of Slip
        Wrong answers with a message of their own.
    """

    id: str
    chapter: str
    title: str
    kind: str
    level: int
    minutes: int
    answer: str
    tolerance: float
    text: str
    stub: str
    hints: tuple[str, ...]
    rubric: str
    solution: str
    code: str
    slips: tuple[Slip, ...]

    @property
    def checked(self) -> bool:
        """Whether a program can tell if the answer is right."""
        return self.answer != "free"
