"""Encoders that were taught ratings and kept whole, so that they can be asked anything."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from humanlike.finetune.encoder import Lesson, teach
from humanlike.finetune.lessons import key
from humanlike.models.encoder import Encoder
from humanlike.paths import home


class _Lent(Encoder):
    """An encoder that remembers the copy it gave away, which `teach` trains in place."""

    lent: tuple[Any, Any]

    def copy(self) -> tuple[Any, Any]:
        self.lent = super().copy()
        return self.lent


def pupil(encoder: Encoder, lesson: Lesson, name: str, folder: Path | None = None) -> Encoder:
    """Teach a copy of an encoder and keep it: a folder that ``encoder:FOLDER`` opens.

    Training takes one thread, so that the weights do not depend on the number of cores. What was
    taught before is not taught again.

    Parameters
    ----------
    encoder : Encoder
        Who is taught; it stays as it is.
    lesson : Lesson
        With a recipe.
    name : str
        Beginning of the folder's name.
    folder : Path, optional
        Where pupils are kept, about 90 MB each for MiniLM; by default under the user's own folder.

    Returns
    -------
    Encoder

    Raises
    ------
    HumanlikeError
        If the loss is no longer a number.
    """
    kept = (folder or home() / "finetune" / "pupils") / f"{name}-{key(lesson, encoder)[:12]}"
    if not (kept / "lesson.json").is_file():
        _teach(encoder, lesson, kept)
    return Encoder(kept, kept.name)


def _teach(encoder: Encoder, lesson: Lesson, kept: Path) -> None:
    """Train, write under another name, and rename: a folder that is there is whole."""
    import torch

    lender = _Lent(encoder.folder, "lender", options=encoder.options)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        teach(lesson, lender)
    finally:
        torch.set_num_threads(threads)
    part = kept.with_name(f"{kept.name}.{os.getpid()}.part")
    for thing in reversed(lender.lent):
        thing.save_pretrained(part)
    what = {"encoder": encoder.info().identity(), "lesson": lesson.identity()}
    (part / "lesson.json").write_text(json.dumps(what, indent=1), encoding="utf-8")
    try:
        part.rename(kept)
    except OSError:  # another process was faster
        shutil.rmtree(part)
