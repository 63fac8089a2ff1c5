"""The chat template of a model, and the text it makes of a prompt."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from pathlib import Path
from typing import Any

from humanlike.errors import HumanlikeError
from humanlike.models.hf.spec import Options
from humanlike.tasks.prompt import Prompt

_TODAY = re.compile(r"strftime_now\(\s*(['\"])(.*?)\1\s*\)")
_PROBE = "humanlikeprobe"
Messages = list[dict[str, Any]]


class ChatTemplate:
    """Writes chat prompts the way one model wants them.

    Parameters
    ----------
    tokenizer : tokenizer of transformers
        The model's own.
    options : Options
        How the chat template is to be used.
    name : str
        The model's name, for messages.

    Notes
    -----
    A prompt is put through the template, with the mark that opens the answer. The result is refused
    if it does not show all that was put in.
    """

    def __init__(self, tokenizer: Any, options: Options, name: str) -> None:
        self._tokenizer, self._options, self._name = tokenizer, options, name
        self.source = _template(tokenizer, options)
        self._text = _with_date(self.source, date.fromisoformat(options.date))
        self._parts: bool | None = None
        self._lead: str | None = None

    @property
    def checksum(self) -> str:
        """SHA-256 of the chat template; empty where there is none."""
        return hashlib.sha256(self.source.encode()).hexdigest() if self.source else ""

    def text(self, prompt: Prompt) -> str:
        """Return a prompt's text as it is tokenised.

        Raises
        ------
        HumanlikeError
            If the template refuses the prompt or does not show all it was given.
        """
        if self._parts is None:
            self._parts = not self._shows_text()
        system, user = prompt.system, prompt.user
        if self._options.system == "user":
            system, user = "", prompt.text
        messages = [_said("system", system, self._parts)] if system else []
        shown = self._rendered([*messages, _said("user", user, self._parts)])
        for what, given in (("instruction", system), ("question", user)):
            if given.strip() not in shown:
                hint = " Use system=user to put it before the question." if given is system else ""
                raise HumanlikeError(
                    f"The chat template of {self._name} does not show the {what}.{hint}"
                )
        return shown

    def _shows_text(self) -> bool:
        """Tell whether the template takes a message as plain text, not only as a list of parts."""
        try:
            return _PROBE in self._rendered([_said("user", _PROBE, parts=False)])
        except HumanlikeError:
            return False

    def _rendered(self, messages: Messages, opened: bool = True) -> str:
        from jinja2 import TemplateError

        extra: dict[str, Any] = {"date_string": self._day}
        if self._options.thinking != "default":
            extra["enable_thinking"] = self._options.thinking == "yes"
        try:
            return str(
                self._tokenizer.apply_chat_template(
                    messages,
                    chat_template=self._text,
                    tokenize=False,
                    add_generation_prompt=opened,
                    **extra,
                )
            )
        except (TemplateError, TypeError, ValueError) as problem:
            hint = ""
            if any(message["role"] == "system" for message in messages):
                hint = " If it takes no instruction, system=user puts it before the question."
            raise HumanlikeError(
                f"The chat template of {self._name} refuses the prompt: {problem}.{hint}"
            ) from problem

    @property
    def _day(self) -> str:
        return date.fromisoformat(self._options.date).strftime("%d %b %Y")

    def lead(self) -> str:
        """Return the blank that the template leaves to the answer; mostly there is none."""
        if self._lead is None:
            user = _said("user", _PROBE, bool(self._parts))
            answer = _said("assistant", _PROBE[::-1], bool(self._parts))
            opened, whole = self._rendered([user]), self._rendered([user, answer], opened=False)
            rest = whole.removeprefix(opened)
            blank, *_ = rest.partition(_PROBE[::-1])
            self._lead = blank if blank.isspace() and rest != whole else ""
        return self._lead

    def ending(self) -> str:
        """Return what the template writes after an answer."""
        parts = self._parts if self._parts is not None else not self._shows_text()
        said = [_said("user", _PROBE, parts), _said("assistant", _PROBE[::-1], parts)]
        return self._rendered(said, opened=False).rpartition(_PROBE[::-1])[2]


def _said(role: str, text: str, parts: bool) -> dict[str, Any]:
    return {"role": role, "content": [{"type": "text", "text": text}] if parts else text}


def _template(tokenizer: Any, options: Options) -> str:
    """Return the chat template as it was written; empty if there is none."""
    if options.template:
        path = Path(options.template).expanduser()
        if not path.is_file():
            raise HumanlikeError(f"template={options.template}: there is no such file.")
        return path.read_text(encoding="utf-8")
    own = tokenizer.chat_template
    if isinstance(own, dict):
        own = own.get("default")
    return own or ""


def _with_date(template: str, day: date) -> str:
    """Write one day into a template that asks for today's, so that a prompt stays the same."""
    return _TODAY.sub(lambda match: repr(day.strftime(match[2])), template)
