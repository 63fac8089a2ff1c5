"""Read the exercises of a chapter from their one source, ``book/exercises/CHAPTER.md``.

Each exercise is a heading, a block of facts and sections, so that the file reads well as it is::

    # How much is the mean profile?

    ```yaml
    id: rsa-mean
    kind: compute
    level: 2
    minutes: 15
    answer: number
    tolerance: 0.005
    ```

    The task, in MyST markdown.

    ## Start
    ```python
    answer = ...
    ```

    ## Hint
    …

    ## Solution
    …
    ```python
    answer = 42
    ```

    ## Slip: You forgot to …
    ```python
    answer = 41
    ```

Words are judged by their author: ``answer: free``, with a section ``## Rubric`` in place of code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from humanlike.book.chapters import get_chapter
from humanlike.errors import HumanlikeError, unknown
from humanlike.paths import project_root
from humanlike.teach.exercise import ANSWERS, KINDS, LEVELS, Exercise, Slip
from humanlike.teach.stub import difference

FOLDER = Path("book") / "exercises"
FEWEST = 3
STUDENT_COPY = "<!-- A student's copy: the solutions are not in this file. -->"
_FACTS = {"id", "kind", "level", "minutes", "answer", "tolerance"}
_SECTIONS = ("Start", "Hint", "Rubric", "Solution", "Slip")
_ONCE = ("Start", "Rubric", "Solution")
_FENCE = re.compile(r"^(`{3,}|:{3,}|~{3,})")
_CODE = re.compile(r"^```python\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
_YAML = re.compile(r"\A\s*```yaml\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)


def exercises(chapter: str, root: Path | None = None) -> list[Exercise]:
    """Return the exercises of a chapter, in order; none where it has no file of them.

    Parameters
    ----------
    chapter : str
        Name of the chapter.
    root : Path, optional
        The project.

    Raises
    ------
    HumanlikeError
        If there is no such chapter, or something in the file is missing, unknown or does not fit;
        the message names the file and the exercise.
    """
    root = root or project_root()
    name = get_chapter(chapter, root).name
    file = root / FOLDER / f"{name}.md"
    if not file.is_file():
        return []
    return parse(file.read_text(encoding="utf-8"), name, str(FOLDER / file.name))


def exercise(name: str, root: Path | None = None) -> Exercise:
    """Return one exercise by its id, such as ``rsa-mean``.

    Raises
    ------
    HumanlikeError
        If there is none of that name.
    """
    found = exercises(name.partition("-")[0], root)
    for one in found:
        if one.id == name:
            return one
    raise HumanlikeError(unknown("exercise", name, [one.id for one in found]))


def strays(root: Path, chapters: list[str]) -> list[str]:
    """Return files of exercises whose chapter does not exist."""
    files = sorted((root / FOLDER).glob("*.md"))
    return [f.name for f in files if f.stem not in chapters and f.stem != "README"]


def parse(text: str, chapter: str, where: str) -> list[Exercise]:
    """Read a file of exercises.

    Raises
    ------
    HumanlikeError
        If it does not hold what exercises need; see the module's description.
    """
    found = [
        _exercise(title, body, chapter, where, STUDENT_COPY in text)
        for title, body in split_at(text, "# ")
        if title
    ]
    ids = [one.id for one in found]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise HumanlikeError(f"{where}: the id '{twice[0]}' is used twice.")
    lacking = [kind for kind in KINDS if kind not in {one.kind for one in found}]
    if len(found) < FEWEST or lacking:
        raise HumanlikeError(
            f"{where} has {len(found)} exercises; a chapter needs at least {FEWEST}, and one of "
            f"each kind. Lacking: {', '.join(lacking) or 'none'}."
        )
    return found


def split_at(text: str, mark: str) -> Iterator[tuple[str, str]]:
    """Yield heading and body of each part that begins with a heading; code blocks are skipped.

    What stands before the first heading comes first, with an empty heading.
    """
    heading, fence = "", ""
    body: list[str] = []
    for line in text.splitlines():
        fence = fence_after(line, fence)
        if line.startswith(mark) and not fence:
            yield heading, "\n".join(body).strip() + "\n"
            heading, body = line[len(mark) :].strip(), []
        else:
            body.append(line)
    yield heading, "\n".join(body).strip() + "\n"


def fence_after(line: str, fence: str) -> str:
    """Return the fence that is open after a line, given the one open before it."""
    edge = _FENCE.match(line)
    if edge and not fence:
        return edge[1]
    return "" if fence and line.strip() == fence else fence


def _exercise(title: str, body: str, chapter: str, where: str, copy: bool) -> Exercise:
    where = f"{where}, exercise '{title}'"
    parts = list(split_at(body, "## "))
    facts, text = _facts(parts[0][1], where)
    sections = _sections(parts[1:], where)
    start, rubric, solution = (sections[name] for name in _ONCE)
    one = Exercise(
        **_checked_facts(facts, chapter, where),
        chapter=chapter,
        title=title,
        text=text,
        stub=_only_code("Start", start[0][1], where) if start else "",
        hints=tuple(body.strip() for _, body in sections["Hint"]),
        rubric=rubric[0][1].strip() if rubric else "",
        solution=_CODE.sub("", solution[0][1]).strip() if solution else "",
        code=_code(solution[0][1], where) if solution else "",
        slips=tuple(Slip(n, _only_code("Slip", b, where)) for n, b in sections["Slip"]),
    )
    _check(one, where, copy)
    return one


def _facts(body: str, where: str) -> tuple[dict[str, Any], str]:
    import yaml

    match = _YAML.match(body)
    if not match:
        raise HumanlikeError(f"{where}: a block ```yaml with its facts must follow the heading.")
    try:
        facts = yaml.safe_load(match[1])
    except yaml.YAMLError as error:
        raise HumanlikeError(f"{where}: its facts are not valid YAML: {error}.") from None
    if not isinstance(facts, dict):
        raise HumanlikeError(f"{where}: its facts are lines 'name: value'.")
    return facts, body[match.end() :].strip()


def _sections(parts: list[tuple[str, str]], where: str) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {name: [] for name in _SECTIONS}
    for heading, body in parts:
        name, _, rest = heading.partition(":")
        if name not in found:
            raise HumanlikeError(f"{where}: " + unknown("section", name, _SECTIONS))
        if name in _ONCE and found[name]:
            raise HumanlikeError(f"{where}: the section '{name}' stands there twice.")
        if not body.strip():
            raise HumanlikeError(f"{where}: the section '{name}' is empty.")
        if name == "Slip" and not rest.strip():
            raise HumanlikeError(f"{where}: '## Slip:' needs the words a student is told.")
        found[name].append((rest.strip(), body))
    return found


def _code(body: str, where: str) -> str:
    blocks = _CODE.findall(body)
    if len(blocks) > 1:
        raise HumanlikeError(
            f"{where}: one block of code per section, please; found {len(blocks)}."
        )
    code = blocks[0] if blocks else ""
    try:
        compile(code, where, "exec")
    except SyntaxError as error:
        raise HumanlikeError(f"{where}: line {error.lineno} of its code: {error.msg}.") from None
    return str(code)


def _only_code(section: str, body: str, where: str) -> str:
    code = _code(body, where)
    if not code or _CODE.sub("", body).strip():
        raise HumanlikeError(f"{where}: '{section}' holds one ```python block and nothing else.")
    return code


def _checked_facts(facts: dict[str, Any], chapter: str, where: str) -> dict[str, Any]:
    for name in facts:
        if name not in _FACTS:
            raise HumanlikeError(f"{where}: " + unknown("fact", str(name), _FACTS))
    for name in sorted(_FACTS - {"tolerance"} - facts.keys()):
        raise HumanlikeError(f"{where}: the fact '{name}' is missing.")
    for name, known in (("kind", KINDS), ("answer", ANSWERS), ("level", LEVELS)):
        if facts[name] not in known:
            raise HumanlikeError(f"{where}: " + unknown(name, str(facts[name]), map(str, known)))
    if not re.fullmatch(rf"{chapter}-[a-z0-9-]+", str(facts["id"])):
        raise HumanlikeError(
            f"{where}: its id is '{facts['id']}'; expected '{chapter}-…', small letters."
        )
    minutes, tolerance = facts["minutes"], facts.get("tolerance")
    if not isinstance(minutes, int) or not 1 <= minutes <= 60:
        raise HumanlikeError(
            f"{where}: 'minutes' is {minutes!r}; give a whole number from 1 to 60."
        )
    numeric = facts["answer"] in ("number", "table")
    fits = isinstance(tolerance, int | float) and tolerance >= 0
    if numeric != (tolerance is not None) or (numeric and not fits):
        raise HumanlikeError(
            f"{where}: 'tolerance' is {tolerance!r}; a number or table needs one (0 for whole "
            "numbers), other answers have none."
        )
    return facts | {"tolerance": float(tolerance or 0)}


def _check(one: Exercise, where: str, copy: bool) -> None:
    if (one.kind == "criticise") != (not one.checked):
        raise HumanlikeError(f"{where}: a critique, and nothing else, is answered in free words.")
    need = ["text", "hints"] + (["stub"] if one.checked else ["rubric"])
    need += [] if copy else ["solution"] + (["code"] if one.checked else [])
    for name in need:
        if not getattr(one, name):
            raise HumanlikeError(
                f"{where}: it has no {'solution code' if name == 'code' else name}."
            )
    if not one.checked and (one.stub or one.slips or one.code):
        raise HumanlikeError(f"{where}: words are not checked, so there is no code and no slip.")
    if one.checked and not copy:
        problem = difference(one.stub, one.code)
        if problem:
            raise HumanlikeError(f"{where}: {problem}")
