"""From prompts to tokens: chat template or plain text, and the answers that may follow."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from humanlike.errors import HumanlikeError
from humanlike.models.hf.spec import Options
from humanlike.tasks.prompt import Form, Prompt

_TODAY = re.compile(r"strftime_now\(\s*(['\"])(.*?)\1\s*\)")
_PROBE = "humanlikeprobe"
Messages = list[dict[str, Any]]


@dataclass(slots=True)
class Request:
    """A prompt as the model reads it.

    Attributes
    ----------
    place : int
        Which prompt it is.
    prompt : Prompt
        The prompt.
    ids : list of int
        Its tokens.
    answers : dict of str to tuple of int
        Tokens of each allowed answer, as they follow the prompt.
    """

    place: int
    prompt: Prompt
    ids: list[int]
    answers: dict[str, tuple[int, ...]] = field(default_factory=dict)


class Wording:
    """Writes prompts the way one model wants them.

    Parameters
    ----------
    tokenizer : tokenizer of transformers
        The model's own.
    options : Options
        How the chat template is to be used.
    separate : bool
        Whether answers are written apart from the prompt, by the decoder of an encoder-decoder.
    name : str
        The model's name, for messages.

    Notes
    -----
    A prompt of form *chat* is put through the chat template, with the mark that opens the answer; a
    prompt of form *base* is its text and the special tokens the tokenizer puts before a text.
    Nothing falls back from one to the other.

    An allowed answer's tokens are those that follow the prompt when both are tokenised together.
    What the template puts between its mark and an answer (some leave the space to the answer) is
    put before it. Where the tokens of prompt and answer would merge at the border, the answer is
    tokenised alone, since that is what a model asked with this prompt can write.
    """

    def __init__(self, tokenizer: Any, options: Options, separate: bool, name: str) -> None:
        self.tokenizer = tokenizer
        self._options, self._separate, self._name = options, separate, name
        self.source = _template(tokenizer, options)
        self._text = _with_date(self.source, date.fromisoformat(options.date))
        self._parts: bool | None = None
        self._lead: str | None = None

    @property
    def checksum(self) -> str:
        """SHA-256 of the chat template; empty where there is none."""
        return hashlib.sha256(self.source.encode()).hexdigest() if self.source else ""

    def requests(self, prompts: Sequence[Prompt], scored: bool) -> list[Request]:
        """Turn prompts into tokens, with those of the allowed answers if they are to be scored."""
        texts = [self.text(prompt) for prompt in prompts]
        found = [
            Request(place, prompt, ids)
            for place, (prompt, ids) in enumerate(
                zip(prompts, self._ids(prompts, texts), strict=True)
            )
        ]
        if scored:
            self._add_answers(found, texts)
        return found

    def text(self, prompt: Prompt) -> str:
        """Return a prompt's text as it is tokenised.

        Raises
        ------
        HumanlikeError
            If the chat template refuses the prompt or does not show all it was given.
        """
        if prompt.form == "base":
            return prompt.text
        return self._chat(prompt)

    def _chat(self, prompt: Prompt) -> str:
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
                self.tokenizer.apply_chat_template(
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

    def closing(self, form: Form) -> tuple[int, ...]:
        """Return the tokens that end an answer, as a model in training has to learn them.

        For a chat they are what the template writes after an answer, up to its first special token;
        otherwise, and where the template writes none, the tokenizer's end of text.

        Raises
        ------
        HumanlikeError
            If the tokenizer has no such token.
        """
        end = self.tokenizer.eos_token_id
        if form == "chat" and not self._separate:
            parts = self._parts if self._parts is not None else not self._shows_text()
            said = [_said("user", _PROBE, parts), _said("assistant", _PROBE[::-1], parts)]
            tail = self._rendered(said, opened=False).rpartition(_PROBE[::-1])[2]
            ids = self._tokenised([tail], special=False)[0]
            special = {end, *self.tokenizer.all_special_ids, *self.tokenizer.added_tokens_decoder}
            first = next((n for n, token in enumerate(ids) if token in special), None)
            if first is not None:
                return tuple(ids[: first + 1])
        if end is None:
            raise HumanlikeError(f"The tokenizer of {self._name} has no token that ends a text.")
        return (int(end),)

    def _ids(self, prompts: Sequence[Prompt], texts: list[str]) -> list[list[int]]:
        found: list[list[int]] = [[] for _ in texts]
        for form in ("chat", "base"):
            places = [n for n, prompt in enumerate(prompts) if prompt.form == form]
            if places:
                many = self._tokenised([texts[n] for n in places], special=form == "base")
                for place, ids in zip(places, many, strict=True):
                    found[place] = ids
        return found

    def _tokenised(self, texts: list[str], special: bool) -> list[list[int]]:
        many: list[list[int]] = self.tokenizer(texts, add_special_tokens=special)["input_ids"]
        end = self.tokenizer.eos_token_id
        if special and not self._separate:
            return [ids[:-1] if ids and ids[-1] == end else ids for ids in many]
        return many

    def _add_answers(self, requests: list[Request], texts: list[str]) -> None:
        """Tokenise every allowed answer, after its prompt or, for a decoder, alone."""
        pairs, whole = [], []
        for request, text in zip(requests, texts, strict=True):
            lead = self.lead() if request.prompt.form == "chat" else ""
            for answer in request.prompt.allowed or ():
                pairs.append((request, answer, lead))
                whole.append(lead + answer if self._separate else text + lead + answer)
        if self._separate:
            tokens = self._tokenised(whole, special=False)
        else:
            tokens = self._ids([request.prompt for request, *_ in pairs], whole)
        alone: Callable[[str], list[int]] = lambda text: self._tokenised([text], False)[0]  # noqa: E731
        for (request, answer, lead), ids in zip(pairs, tokens, strict=True):
            size = 0 if self._separate else len(request.ids)
            same = self._separate or ids[:size] == request.ids
            request.answers[answer] = tuple(ids[size:] if same else alone(lead + answer))
            if not request.answers[answer]:
                raise HumanlikeError(f"The answer '{answer}' has no tokens and cannot be scored.")


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
