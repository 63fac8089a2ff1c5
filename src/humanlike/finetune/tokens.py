"""From examples to tokens with labels, and from these to batches without needless work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from humanlike.errors import HumanlikeError

if TYPE_CHECKING:
    from humanlike.finetune.examples import Example
    from humanlike.models.hf.prompts import Wording

PARTS = 50
IGNORED = -100
"""Label of a token that is not learned."""


def labelled(
    examples: Sequence[Example], wording: Wording, *, separate: bool, longest: int | None = None
) -> list[dict[str, list[int]]]:
    """Tokenise examples exactly as the model will be asked, and label the answer alone.

    Parameters
    ----------
    examples : sequence of Example
        What is to be learned.
    wording : Wording
        How the model wants its prompts.
    separate : bool
        Whether a decoder writes the answer apart from the prompt.
    longest : int, optional
        Most tokens the model reads.

    Returns
    -------
    list of dict
        ``input_ids`` and ``labels``. Of a causal model both hold prompt, answer and the mark that
        ends it, and the prompt's labels are `IGNORED`; of an encoder-decoder the labels hold answer
        and mark.

    Raises
    ------
    HumanlikeError
        If an example is too long for the model.
    """
    asked = [replace(example.prompt, allowed=(example.answer,)) for example in examples]
    rows = []
    for request in wording.requests(asked, scored=True):
        (answer,) = request.answers.values()
        learned = [*answer, *wording.closing(request.prompt.form)]
        if separate:
            rows.append({"input_ids": request.ids, "labels": learned})
            continue
        ignored = [IGNORED] * len(request.ids)
        rows.append({"input_ids": [*request.ids, *learned], "labels": [*ignored, *learned]})
    size = max(len(row["input_ids"]) for row in rows)
    if longest is not None and size > longest:
        raise HumanlikeError(f"An example has {size:,} tokens; the model reads {longest:,}.")
    return rows


def like_lengths(lengths: Sequence[int], batch: int, epochs: float, seed: int) -> list[int]:
    """Order examples so that each batch holds texts of like length, for all passes at once.

    Passes are shuffled one after the other; parts of `PARTS` batches are then sorted by length, cut
    into batches, and these shuffled. The order depends on the arguments alone, so a training
    that goes on from the middle of it sees what it would have seen.

    Parameters
    ----------
    lengths : sequence of int
        Length of each example, in tokens.
    batch : int
        Examples per batch.
    epochs : float
        Passes through the examples.
    seed : int
        Seed of the order.

    Returns
    -------
    list of int
        Places of the examples; each occurs in every pass once.
    """
    import numpy as np

    random = np.random.default_rng(seed)
    count = max(1, round(epochs * len(lengths)))
    passes = [random.permutation(len(lengths)) for _ in range(-(-count // len(lengths)))]
    stream, size = np.concatenate(passes)[:count], np.asarray(lengths)
    order: list[int] = []
    for first in range(0, count, PARTS * batch):
        part = stream[first : first + PARTS * batch]
        part = part[np.argsort(size[part], kind="stable")]
        cuts = [part[n : n + batch] for n in range(0, len(part), batch)]
        *whole, last = cuts
        for number in random.permutation(len(whole)):
            order += whole[number].tolist()
        order += last.tolist()
    return order


@dataclass(frozen=True)
class Collator:
    """Puts examples into one batch.

    Attributes
    ----------
    pad : int
        Token that fills.
    last_only : bool
        Whether the model can be told at which positions its predictions are wanted; those of the
        prompt are then never computed.
    start : int or None
        Token the decoder of an encoder-decoder begins with; None for a causal model.
    """

    pad: int
    last_only: bool
    start: int | None = None

    def __call__(self, rows: Sequence[dict[str, list[int]]]) -> dict[str, Any]:
        """Return tensors; the labels are those of the next token, after one column of `IGNORED`.

        The Trainer counts labels from their second column on, since it expects them unshifted.
        """
        import torch

        ids = _filled([row["input_ids"] for row in rows], self.pad)
        sizes = torch.tensor([len(row["input_ids"]) for row in rows])
        mask = (torch.arange(ids.shape[1]) < sizes[:, None]).long()
        labels = _filled([row["labels"] for row in rows], IGNORED)
        batch = {"input_ids": ids, "attention_mask": mask}
        if self.start is not None:
            before = [[self.start, *row["labels"][:-1]] for row in rows]
            written = _filled(before, self.pad)
            return batch | {"decoder_input_ids": written, "labels": _padded(labels)}
        wanted = labels[:, 1:]
        if self.last_only:
            places = (wanted != IGNORED).any(0).nonzero().squeeze(1)
            return batch | {"logits_to_keep": places, "labels": _padded(wanted[:, places])}
        return batch | {"labels": labels}


def answer_loss(outputs: Any, labels: Any, num_items_in_batch: Any = None) -> Any:
    """Return the mean cross-entropy over the answers' tokens.

    Parameters
    ----------
    outputs : ModelOutput
        ``logits`` of the positions that `Collator` asked for.
    labels : tensor, shape (texts, 1 + positions)
        As `Collator` makes them.
    num_items_in_batch : tensor or int, optional
        Number of labels of the whole step, where it is made of several batches.

    Raises
    ------
    HumanlikeError
        If the loss is no number.
    """
    import torch

    wanted = labels[:, 1:]
    logits = outputs.logits[:, : wanted.shape[1]].float()
    total = torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), wanted.flatten(), ignore_index=IGNORED, reduction="sum"
    )
    if not torch.isfinite(total):
        raise HumanlikeError(
            f"The loss became {total.item()}. Train with a lower learning rate, into another "
            "folder; the checkpoints up to here are kept."
        )
    count = (wanted != IGNORED).sum() if num_items_in_batch is None else num_items_in_batch
    return total / count


def _filled(rows: list[list[int]], filler: int) -> Any:
    import torch

    width = max(map(len, rows))
    return torch.tensor([row + [filler] * (width - len(row)) for row in rows])


def _padded(labels: Any) -> Any:
    """Put a column of `IGNORED` before the labels."""
    import torch

    return torch.cat([torch.full_like(labels[:, :1], IGNORED), labels], dim=1)
