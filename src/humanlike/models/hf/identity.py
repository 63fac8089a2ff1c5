"""Which weights exactly: the commit on the hub, or a checksum over a folder."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from humanlike.data.digest import remember, remembered, sha256_of
from humanlike.errors import HumanlikeError
from humanlike.models.hf.spec import Source

T = TypeVar("T")
SMALL = (".json", ".jinja", ".model", ".txt", ".py")
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
ADAPTER_FILES = ("adapter_config.json", "adapter_model.safetensors")


@dataclass(frozen=True)
class Identity:
    """A model that was found.

    Attributes
    ----------
    config : PretrainedConfig
        Its configuration.
    revision : str
        Commit of the hub, or checksum of the folder.
    """

    config: Any
    revision: str


def offline() -> bool:
    """Tell whether the hub must not be asked."""
    names = ("HUMANLIKE_OFFLINE", "HF_HUB_OFFLINE")
    return any(os.environ.get(name, "").lower() in ("1", "true", "yes", "on") for name in names)


def identify(source: Source, remote_code: bool) -> Identity:
    """Find a model's configuration and settle its revision.

    Raises
    ------
    HumanlikeError
        If it is unknown, gated, neither at hand nor to be had, or would run pickled code.
    """
    from transformers import AutoConfig

    revision = checksum(source.folder) if source.folder else _commit(source)
    with explained(source):
        config = AutoConfig.from_pretrained(
            source.place,
            revision=None if source.folder else revision,
            trust_remote_code=remote_code,
            local_files_only=offline(),
        )
    return Identity(config, revision)


def _commit(source: Source) -> str:
    """Return the commit a revision of the hub stands for; it names the folder of the download."""
    from huggingface_hub import hf_hub_download

    with explained(source):
        found = hf_hub_download(
            source.name,
            "config.json",
            revision=source.revision or None,
            local_files_only=offline(),
        )
    return Path(found).parent.name


def checksum(folder: Path) -> str:
    """Return one SHA-256 over the weights, the configuration and the tokenizer in a folder.

    Weights are hashed once and remembered while size and time of the file stay the same.

    Raises
    ------
    HumanlikeError
        If there is no configuration, or no weights as safetensors.
    """
    files = sorted(path for path in folder.iterdir() if path.is_file())
    if not (folder / "config.json").is_file():
        raise HumanlikeError(f"{folder} is no folder of a transformers model: no config.json.")
    if not any(path.suffix == ".safetensors" for path in files):
        if any(path.suffix in PICKLES for path in files):
            raise HumanlikeError(pickled(str(folder)))
        raise HumanlikeError(f"{folder} holds no weights (*.safetensors).")
    digest = hashlib.sha256()
    for path in files:
        if path.suffix in SMALL:
            digest.update(f"{path.name} {sha256_of(path)}\n".encode())
        elif path.suffix == ".safetensors":
            digest.update(f"{path.name} {_large(path)}\n".encode())
    return digest.hexdigest()


def _large(path: Path) -> str:
    known = remembered(path)
    if known is None:
        stat = path.stat()
        known = sha256_of(path)
        remember(path, known, stat)
    return known


def adapter_folder(source: Source) -> tuple[Path, str]:
    """Return where an adapter lies, fetched if need be, and its name with commit or checksum.

    Raises
    ------
    HumanlikeError
        If it cannot be had or is no peft adapter as safetensors.
    """
    folder, revision = source.folder, ""
    if folder is None:
        from huggingface_hub import snapshot_download

        with explained(source):
            found = snapshot_download(
                source.name,
                revision=source.revision or None,
                allow_patterns=list(ADAPTER_FILES),
                local_files_only=offline(),
            )
        folder, revision = Path(found), Path(found).name
    missing = [name for name in ADAPTER_FILES if not (folder / name).is_file()]
    if missing:
        raise HumanlikeError(f"{source.place} is no adapter: it lacks {' and '.join(missing)}.")
    if not revision:
        parts = "".join(sha256_of(folder / name) for name in ADAPTER_FILES)
        revision = hashlib.sha256(parts.encode()).hexdigest()
    return folder, f"{source.name}@{revision}"


def pickled(name: str) -> str:
    """Say why pickled weights are not loaded."""
    return (
        f"{name} has its weights as pickle files only, which can run any code when they are "
        "opened. Ask its makers for safetensors, or convert it yourself: load it with transformers "
        "in a place you trust and save it again with save_pretrained."
    )


@contextmanager
def explained(source: Source) -> Iterator[None]:
    """Turn what goes wrong in finding or loading a model into one message for people."""
    from safetensors import SafetensorError

    known = (OSError, ValueError, RuntimeError, ImportError, KeyError, TypeError, SafetensorError)
    try:
        yield
    except known as problem:
        if out_of_memory(problem):
            raise HumanlikeError(
                f"{source.name} does not fit into memory. Use dtype=bfloat16, a GPU, device=all "
                "for several, or a smaller model."
            ) from problem
        raise HumanlikeError(_cause(source, problem)) from problem


def _cause(source: Source, problem: Exception) -> str:
    chain, link = [], problem
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__  # type: ignore[assignment]
    kinds = {type(link).__name__ for link in chain}
    text = " ".join(str(link) for link in chain)
    for told, say in _MESSAGES:
        if told(kinds, text):
            return say(source)
    first = next(iter(str(problem).strip().splitlines()), type(problem).__name__)
    return f"{source.name} cannot be loaded: {first}"


def _absent(source: Source) -> str:
    why = "the network may not be used" if offline() else "the hub cannot be reached"
    at = f" --revision {source.revision}" if source.revision else ""
    return (
        f"{source.name} is not on this machine and {why}. Where there is a network, fetch it with "
        f"'hf download {source.name}{at}' (HF_HUB_OFFLINE and HUMANLIKE_OFFLINE must not be set), "
        "or name a folder: hf:FOLDER."
    )


_Told = Callable[[set[str], str], bool]
_MESSAGES: tuple[tuple[_Told, Callable[[Source], str]], ...] = (
    (
        lambda kinds, _: "GatedRepoError" in kinds,
        lambda source: (
            f"{source.name} is gated: accept its conditions on its page of the hub, then set "
            "HF_TOKEN to a token of that account."
        ),
    ),
    (
        lambda kinds, _: "RevisionNotFoundError" in kinds,
        lambda source: f"{source.name} has no revision '{source.revision}' on the hub.",
    ),
    (
        lambda kinds, _: "RepositoryNotFoundError" in kinds,
        lambda source: (
            f"The hub knows no model '{source.name}'. Check the name; a private one needs HF_TOKEN."
        ),
    ),
    (
        lambda kinds, _: bool(kinds & {"LocalEntryNotFoundError", "OfflineModeIsEnabled"}),
        _absent,
    ),
    (
        lambda _, text: "safetensors" in text and ("no file named" in text or "appear" in text),
        lambda source: pickled(source.name),
    ),
    (
        lambda _, text: "trust_remote_code" in text,
        lambda source: (
            f"{source.name} brings code of its own. Read it, and if you trust it open the model "
            "with the option remote_code=yes."
        ),
    ),
)


def out_of_memory(problem: BaseException) -> bool:
    """Tell whether memory ran out, on a GPU or on the machine."""
    import torch

    if isinstance(problem, torch.OutOfMemoryError | MemoryError):
        return True
    text = str(problem).lower()
    signs = ("out of memory", "can't allocate memory", "not enough memory", "alloc_failed")
    return isinstance(problem, RuntimeError) and any(sign in text for sign in signs)
