"""From prompts to tokens: chat template or plain text, and the answers that may follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from humanlike.errors import HumanlikeError
from humanlike.models.hf.spec import Options
from humanlike.models.hf.template import ChatTemplate
from humanlike.tasks.prompt import Form, Prompt


def common_start(texts: Sequence[Sequence[Any]]) -> int:
    """Return the length of the longest common beginning of at least one text."""
    low, high = min(texts, key=tuple), max(texts, key=tuple)
    most = min(len(low), len(high))
    return next((place for place in range(most) if low[place] != high[place]), most)


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


@dataclass(frozen=True, slots=True)
class _Start:
    """What an answer is tokenised together with.

    Attributes
    ----------
    text : str
        The prompt, or its end from where on tokens do not depend on what stands before.
    ids : list of int
        Its tokens.
    special : bool
        Whether the tokenizer puts its marks around it.
    """

    text: str
    ids: list[int]
    special: bool


class Wording:
    """Turns prompts into tokens the way one model wants them.

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

    Attributes
    ----------
    template : ChatTemplate
        Writes prompts of form *chat*.

    Notes
    -----
    A prompt of form *chat* is put through the chat template; a prompt of form *base* is its text,
    with the special tokens the tokenizer puts before a text. Nothing falls back from one to the
    other. A mark for the end, which some tokenizers add, is left out.

    An allowed answer's tokens are those that follow the prompt when both are tokenised together.
    What the template puts between its mark and an answer (some leave the space to the answer) is
    put before it. Where the tokens of prompt and answer would merge at the border, the answer is
    tokenised alone, since that is what a model asked with this prompt can write. A separate decoder
    begins a text of its own, so that a blank before the answer is left out.

    A tokenizer never joins what stands before a special token with what stands after it. Chat
    prompts that end alike, from a special token on, therefore share the tokens of their answers.
    """

    def __init__(self, tokenizer: Any, options: Options, separate: bool, name: str) -> None:
        self.tokenizer, self._separate = tokenizer, separate
        self.template = ChatTemplate(tokenizer, options, name)
        self._marks = [str(token) for token in tokenizer.added_tokens_decoder.values()]

    @property
    def checksum(self) -> str:
        """SHA-256 of the chat template; empty where there is none."""
        return self.template.checksum

    def text(self, prompt: Prompt) -> str:
        """Return a prompt's text as it is tokenised."""
        return self.template.text(prompt) if prompt.form == "chat" else prompt.text

    def requests(self, prompts: Sequence[Prompt], scored: bool) -> list[Request]:
        """Turn prompts into tokens, with those of the allowed answers if they are to be scored.

        Raises
        ------
        HumanlikeError
            If the chat template does not fit a prompt, or an answer has no tokens.
        """
        texts = [self.text(prompt) for prompt in prompts]
        asked = [(text, prompt.form == "base") for text, prompt in zip(texts, prompts, strict=True)]
        known = self._tokenised(asked)
        found = [
            Request(place, prompt, known[key])
            for place, (prompt, key) in enumerate(zip(prompts, asked, strict=True))
        ]
        if scored:
            self._add_answers(found, texts)
        return found

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
            ids = self.tokenizer(self.template.ending(), add_special_tokens=False)["input_ids"]
            special = {end, *self.tokenizer.all_special_ids, *self.tokenizer.added_tokens_decoder}
            first = next((n for n, token in enumerate(ids) if token in special), None)
            if first is not None:
                return tuple(ids[: first + 1])
        if end is None:
            raise HumanlikeError("The tokenizer has no token that ends a text.")
        return (int(end),)

    def _tokenised(self, texts: Sequence[tuple[str, bool]]) -> dict[tuple[str, bool], list[int]]:
        """Return the tokens of texts, with or without special tokens around them, each once."""
        found: dict[tuple[str, bool], list[int]] = {}
        for special in (False, True):
            some = list(dict.fromkeys(text for text, marked in texts if marked is special))
            many = self.tokenizer(some, add_special_tokens=special)["input_ids"] if some else []
            found |= {(text, special): ids for text, ids in zip(some, many, strict=True)}
            if special and not self._separate:
                found |= {key: self._open(ids) for key, ids in found.items() if key[1]}
        return found

    def _open(self, ids: list[int]) -> list[int]:
        """Leave out the mark for the end, so that a text can be continued."""
        return ids[:-1] if ids and ids[-1] == self.tokenizer.eos_token_id else ids

    def _add_answers(self, requests: list[Request], texts: list[str]) -> None:
        """Tokenise every allowed answer after its prompt or, for a decoder, alone."""
        starts = self._starts(requests, texts)
        asked = []
        for request, start in zip(requests, starts, strict=True):
            lead = self.template.lead() if request.prompt.form == "chat" else ""
            for answer in request.prompt.allowed or ():
                said = answer.lstrip() if self._separate else lead + answer
                asked.append((request, start, answer, said))
        known = self._tokenised([(start.text + said, start.special) for _, start, _, said in asked])
        for request, start, answer, said in asked:
            ids, size = known[start.text + said, start.special], len(start.ids)
            if ids[:size] != start.ids:
                ids, size = self._alone(said), 0
            if not ids[size:]:
                raise HumanlikeError(f"The answer '{answer}' has no tokens and cannot be scored.")
            request.answers[answer] = tuple(ids[size:])

    def _alone(self, text: str) -> list[int]:
        """Tokenise a text without a prompt, but not as the beginning of one.

        Some tokenizers put a blank before whatever comes first; a line break takes that place.
        """
        after = self._tokenised([(part, False) for part in ("\n", "\n" + text, text)])
        start, both = after["\n", False], after["\n" + text, False]
        joined = both[: len(start)] != start
        return after[text, False] if joined else both[len(start) :]

    def _starts(self, requests: list[Request], texts: list[str]) -> list[_Start]:
        """Say what the answers of each request are tokenised together with."""
        if self._separate:
            return [_Start("", [], False)] * len(requests)
        pairs = list(zip(requests, texts, strict=True))
        tail = self._tail([text for request, text in pairs if request.prompt.form == "chat"])
        found = []
        for request, text in pairs:
            chat, size = request.prompt.form == "chat", len(tail.ids)
            if chat and size and request.ids[-size:] == tail.ids:
                found.append(tail)
            else:
                found.append(_Start(text, request.ids, not chat))
        return found

    def _tail(self, texts: list[str]) -> _Start:
        """Return the common end of texts from its last special token on; empty without one."""
        backwards = [text[::-1] for text in texts]
        end = backwards[0][: common_start(backwards)][::-1] if backwards else ""
        place = max((end.rfind(mark) for mark in self._marks), default=-1)
        if place < 0:
            return _Start("", [], False)
        return _Start(
            end[place:], self._tokenised([(end[place:], False)])[end[place:], False], False
        )
