"""Read a YAML file, with one clear message when it is not one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from humanlike.errors import HumanlikeError


def read_yaml(file: Path) -> Any:
    """Return the content of a YAML file.

    Raises
    ------
    HumanlikeError
        If it does not exist, is no text or is not valid; the message names the file and the line.
    """
    import yaml

    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise HumanlikeError(f"{file} does not exist.") from None
    except UnicodeDecodeError as problem:
        raise HumanlikeError(f"{file} is no UTF-8 text: {problem}.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        what = getattr(error, "problem", None) or "it cannot be read"
        raise HumanlikeError(f"{file}{line} is not valid YAML: {what}.") from None
