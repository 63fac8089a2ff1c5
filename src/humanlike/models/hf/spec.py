"""What stands after ``hf:``: a model, perhaps a revision, an adapter and options."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date as Date
from pathlib import Path

from humanlike.errors import HumanlikeError, unknown
from humanlike.models.options import read_options

DTYPES = ("auto", "bfloat16", "float16", "float32")
ATTENTION = ("auto", "eager", "sdpa", "flash_attention_2", "flex_attention")
DEVICES = ("auto", "all", "cpu", "cuda", "cuda:1", "mps", "xpu")
SYSTEM = ("template", "user")
THINKING = ("default", "yes", "no")
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.\-]*(/[A-Za-z0-9][\w.\-]*)?")
_DEVICE = re.compile(r"auto|all|cpu|mps|(cuda|xpu)(:\d+)?")


@dataclass(frozen=True)
class Options:
    """How a local model is opened.

    Attributes
    ----------
    dtype : {"auto", "bfloat16", "float16", "float32"}
        Number format; ``auto`` is bfloat16 on a GPU that has it, float16 on one that has not, and
        float32 on a processor.
    device : str
        ``cpu``, ``cuda``, ``cuda:1``, ``mps``, ``xpu``; ``auto`` is the first accelerator there is;
        ``all`` spreads the layers over all GPUs.
    attention : {"auto", "eager", "sdpa", "flash_attention_2", "flex_attention"}
        How attention is computed; ``auto`` is sdpa where the model has it, otherwise eager.
    tokens : int
        Most tokens of a batch; 0 chooses by device. It is halved when memory runs out.
    template : str
        A file with a chat template to be used instead of the model's own.
    system : {"template", "user"}
        Whether the instruction is handed to the chat template as such, or put before the question.
    thinking : {"default", "yes", "no"}
        What a template that knows it is told about thinking before the answer.
    date : str
        The day a template writes that asks for today's date, so that prompts do not change.
    remote_code : bool
        Whether the model may bring code of its own and run it here.
    """

    dtype: str = "auto"
    device: str = "auto"
    attention: str = "auto"
    tokens: int = 0
    template: str = ""
    system: str = "template"
    thinking: str = "default"
    date: str = "2024-07-26"
    remote_code: bool = False

    def __post_init__(self) -> None:
        for name, known in (
            ("dtype", DTYPES),
            ("attention", ATTENTION),
            ("system", SYSTEM),
            ("thinking", THINKING),
        ):
            if getattr(self, name) not in known:
                raise HumanlikeError(unknown(name, getattr(self, name), known))
        if not _DEVICE.fullmatch(self.device):
            raise HumanlikeError(unknown("device", self.device, DEVICES))
        if self.tokens < 0:
            raise HumanlikeError(f"tokens must not be negative; got {self.tokens}.")
        try:
            Date.fromisoformat(self.date)
        except ValueError as problem:
            raise HumanlikeError(f"date is a day such as 2024-07-26; got {self.date}.") from problem

    def changing(self) -> str:
        """Return those options that can change an answer and have no field of their own."""
        return f"system={self.system},thinking={self.thinking},date={self.date}"


@dataclass(frozen=True)
class Source:
    """Where weights come from.

    Attributes
    ----------
    name : str
        Name on the hub, or of the folder without what is above it.
    revision : str
        Branch, tag or commit on the hub; empty for its default branch.
    folder : Path or None
        The folder, if it is one of this machine.
    """

    name: str
    revision: str = ""
    folder: Path | None = None

    @property
    def place(self) -> str:
        """What transformers is told to load."""
        return str(self.folder) if self.folder else self.name


def read_spec(rest: str) -> tuple[Source, Source | None, Options]:
    """Split ``NAME[@REVISION][+ADAPTER[@REVISION]][,option=value,…]``.

    Raises
    ------
    HumanlikeError
        If a name is none, a folder does not exist, or an option is not understood.
    """
    head, _, given = (part.strip() for part in rest.partition(","))
    options = read_options(Options, given, "hf:")
    if Path(head).expanduser().is_dir():
        return _source(head), None, options
    base, plus, adapter = head.partition("+")
    return _source(base), _source(adapter) if plus else None, options


def _source(text: str) -> Source:
    path = Path(text).expanduser()
    if text and path.is_dir():
        return Source(path.resolve().name, folder=path)
    name, at, revision = text.partition("@")
    if text.startswith(("/", ".", "~", "\\")) or name.count("/") > 1:
        raise HumanlikeError(f"There is no folder {text} with a model.")
    if not _HUB_NAME.fullmatch(name) or bool(at) != bool(revision):
        raise HumanlikeError(
            "hf: takes a name on the hub or a folder, as in hf:HuggingFaceTB/SmolLM2-135M-Instruct "
            f"or hf:NAME@REVISION; got '{text}'."
        )
    return Source(name, revision)
