"""Does what the student starts from lead to the solution?

Each line of the stub must be in the solution, in the same order. A line may hold ``...`` where the
student has to write something; it then fits every line that has the same beginning and end.
"""

from __future__ import annotations

import io
import re
import tokenize

GAP = "..."


def difference(stub: str, solution: str) -> str:
    """Say what in the stub the solution does not have; nothing if all is well.

    Parameters
    ----------
    stub, solution : str
        Python code. Comments and empty lines of the stub do not count.
    """
    lines = _bare(solution)
    if "answer" not in re.findall(r"^(\w+)\s*=", solution, re.MULTILINE):
        return "its solution never sets 'answer'."
    if not re.search(r"^answer\s*=.*\.\.\.", stub, re.MULTILINE):
        return "its start has no line 'answer = ...'."
    at = 0
    for line in _bare(stub):
        if not line or line == GAP:
            continue
        fitting = (n for n in range(at, len(lines)) if _fits(line, lines[n]))
        found = next(fitting, None)
        if found is None:
            return f"its start has the line '{line}', which the solution has not, or not there."
        at = found + 1
    return ""


def _bare(code: str) -> list[str]:
    """Return the lines of a code without comments; indentation counts."""
    lines = code.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    return [line.rstrip() for line in lines]


def _fits(stub: str, line: str) -> bool:
    pattern = ".+".join(re.escape(part) for part in stub.split(GAP))
    return re.fullmatch(pattern, line) is not None
