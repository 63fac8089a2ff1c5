"""Train an adapter (LoRA) for a local model, in a folder that a stopped training goes on from."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from humanlike.data.digest import replacing
from humanlike.errors import HumanlikeError
from humanlike.finetune.examples import ExampleSet, check_answers

if TYPE_CHECKING:
    from humanlike.models.hf.identity import Identity
    from humanlike.models.hf.load import Setup
    from humanlike.models.hf.prompts import Wording
    from humanlike.models.hf.spec import Options, Source

RECORD = "training.json"
PACKAGES = ("torch", "transformers", "peft", "accelerate", "tokenizers")


@dataclass(frozen=True)
class Recipe:
    """How an adapter is trained.

    Attributes
    ----------
    epochs : float
        Passes through the examples.
    batch : int
        Examples per step and device.
    accumulate : int
        Steps that are added up before the weights move.
    learning_rate : float
        Largest learning rate of AdamW; it rises over the first twentieth and falls linearly.
    rank, alpha : int
        Of LoRA (Hu et al., 2022): the change of a matrix is B A alpha / rank.
    dropout : float
        On what enters the adapter, 0 to 1.
    targets : str
        Layers that get an adapter: ``all-linear``, or names separated by blanks.
    checkpointing : bool
        Compute inner results again on the way back instead of keeping them: less memory, a third
        more time.
    evaluate, save : int
        Steps between evaluations and between checkpoints; 0 evaluates at the end only.
    seed : int
        Seed of the adapter's first weights and of the order of the examples.
    """

    epochs: float = 3.0
    batch: int = 16
    accumulate: int = 1
    learning_rate: float = 2e-4
    rank: int = 16
    alpha: int = 32
    dropout: float = 0.0
    targets: str = "all-linear"
    checkpointing: bool = False
    evaluate: int = 0
    save: int = 200
    seed: int = 0

    def __post_init__(self) -> None:
        if self.epochs <= 0 or min(self.batch, self.accumulate, self.rank, self.save) < 1:
            raise HumanlikeError("Epochs, batch, accumulate, rank and save must be above 0.")
        if self.learning_rate <= 0 or not 0 <= self.dropout < 1:
            raise HumanlikeError("The learning rate must be above 0, dropout from 0 to below 1.")


@dataclass(frozen=True)
class Trained:
    """A finished training.

    Attributes
    ----------
    folder : Path
        Holds the adapter and its record.
    spec : str
        What opens the trained model.
    record : dict
        Base, examples, recipe, versions and the log: losses and evaluations by step.
    """

    folder: Path
    spec: str
    record: dict[str, Any] = field(repr=False)


def train(
    base: str,
    examples: ExampleSet,
    folder: Path,
    *,
    recipe: Recipe | None = None,
    held: ExampleSet | None = None,
    tell: Callable[[str], None] | None = None,
) -> Trained:
    """Train an adapter, or go on with a training that was stopped.

    Loss is on the answers alone; batches hold examples of like length. Under ``accelerate launch``
    it runs on several GPUs. Killed at any moment, the same call goes on from the last checkpoint
    and ends where it would have ended.

    Parameters
    ----------
    base : str
        Spec of a local model, ``hf:NAME``, without an adapter.
    examples : ExampleSet
        What is learned; its form must be one the model takes.
    folder : Path
        Where checkpoints, adapter and record go.
    recipe : Recipe, optional
        How it is trained.
    held : ExampleSet, optional
        Examples to evaluate on during training.
    tell : callable, optional
        Given a line now and then.

    Raises
    ------
    HumanlikeError
        If the model cannot be trained, the folder holds another training, all examples have one
        answer, the loss is no number, or peft is missing.
    """
    recipe = recipe or Recipe()
    check_answers(examples)
    desk = _Desk.open(base)
    record = _begun(folder, desk, examples, held, recipe)
    if record.get("state") == "finished":
        return Trained(folder, desk.spec(folder), record)
    trainer = _trainer(desk, examples, held, folder, recipe, tell)
    last = _last_checkpoint(folder)
    if tell:
        tell(f"goes on from {last.name}" if last else f"{len(examples):,} examples to learn")
    begun = time.monotonic()
    trainer.train(resume_from_checkpoint=str(last) if last else None)
    if trainer.is_world_process_zero():
        trainer.model.save_pretrained(str(folder))
        record |= {"state": "finished", "log": trainer.state.log_history}
        record["seconds"] = round(record.get("seconds", 0.0) + time.monotonic() - begun, 1)
        _write(folder, record)
        for checkpoint in folder.glob("checkpoint-*"):
            shutil.rmtree(checkpoint)
    return Trained(folder, desk.spec(folder), record)


@dataclass(frozen=True)
class _Desk:
    """The base model: what it is, and how it wants its prompts."""

    source: Source
    options: Options
    found: Identity
    setup: Setup
    wording: Wording

    @classmethod
    def open(cls, base: str) -> _Desk:
        from humanlike.models.hf.identity import identify
        from humanlike.models.hf.load import load_tokenizer, settle
        from humanlike.models.hf.prompts import Wording
        from humanlike.models.hf.spec import read_spec

        kind, _, rest = base.strip().partition(":")
        if kind != "hf" or not rest:
            raise HumanlikeError(f"Adapters are trained for local models, hf:NAME; got '{base}'.")
        source, adapter, options = read_spec(rest)
        if adapter is not None:
            raise HumanlikeError(f"{base} has an adapter already. Name the base model alone.")
        found = identify(source, options.remote_code)
        tokenizer = load_tokenizer(source, found, options.remote_code)
        separate = bool(getattr(found.config, "is_encoder_decoder", False))
        wording = Wording(tokenizer, options, separate, source.name)
        return cls(source, options, found, settle(source, found.config, options), wording)

    @property
    def separate(self) -> bool:
        return bool(getattr(self.found.config, "is_encoder_decoder", False))

    @property
    def longest(self) -> int | None:
        text = self.found.config.get_text_config(decoder=True)
        return getattr(text, "max_position_embeddings", None)

    def identity(self) -> dict[str, Any]:
        return {
            "name": self.source.name,
            "revision": self.found.revision,
            "dtype": self.setup.numbers,
            "template": self.wording.checksum,
            "options": self.options.changing(),
        }

    def spec(self, folder: Path) -> str:
        return f"hf:{self.source.place}+{folder}"


def leads() -> bool:
    """Return whether this process speaks for all that train together; alone it does."""
    return os.environ.get("RANK", "0") == "0"


def _begun(
    folder: Path, desk: _Desk, examples: ExampleSet, held: ExampleSet | None, recipe: Recipe
) -> dict[str, Any]:
    """Return the folder's record, begun if there is none.

    Raises
    ------
    HumanlikeError
        If the folder holds another training.
    """
    wanted = {
        "base": desk.identity(),
        "examples": {"set": examples.name, "count": len(examples), "sha256": _digest(examples),
                     "notes": list(examples.notes)},
        "held": _digest(held) if held else "",
        "recipe": asdict(recipe),
    }  # fmt: skip
    file = folder / RECORD
    if file.is_file():
        known: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        other = [name for name, value in wanted.items() if known.get(name) != value]
        if other:
            raise HumanlikeError(
                f"{folder} holds another training (different: {', '.join(other)}). Give another "
                "folder, or the options it was begun with."
            )
        return known
    record = wanted | {
        "state": "begun",
        "versions": {name: version(name) for name in PACKAGES},
        "device": desk.setup.device,
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    folder.mkdir(parents=True, exist_ok=True)
    if leads():
        _write(folder, record)
    return record


def _write(folder: Path, record: dict[str, Any]) -> None:
    with replacing(folder / RECORD) as stream:
        stream.write(json.dumps(record, indent=1).encode())


def _digest(examples: ExampleSet) -> str:
    digest = hashlib.sha256()
    for line in examples.chat_lines():
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def _last_checkpoint(folder: Path) -> Path | None:
    """Return the last checkpoint that was written to its end."""
    found = sorted(folder.glob("checkpoint-*"), key=lambda path: int(path.name.split("-")[1]))
    whole = [path for path in found if (path / "trainer_state.json").is_file()]
    return whole[-1] if whole else None


def _trainer(
    desk: _Desk,
    examples: ExampleSet,
    held: ExampleSet | None,
    folder: Path,
    recipe: Recipe,
    tell: Callable[[str], None] | None,
) -> Any:
    from transformers import PrinterCallback, Trainer

    from humanlike.finetune.during import Report
    from humanlike.finetune.tokens import Collator, answer_loss, labelled, like_lengths
    from humanlike.models.hf.engine import start_token
    from humanlike.models.hf.state import traits_of

    model = _adapted(desk, recipe)
    inner = model.get_base_model()
    tokenizer = desk.wording.tokenizer
    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    rows = labelled(examples.examples, desk.wording, separate=desk.separate, longest=desk.longest)
    lengths = [len(row["input_ids"]) for row in rows]
    order = like_lengths(lengths, recipe.batch, recipe.epochs, recipe.seed)
    start = start_token(inner, desk.source.name) if desk.separate else None
    trainer = Trainer(
        model=model,
        args=_arguments(folder, desk, recipe, len(order)),
        train_dataset=[rows[place] for place in order],
        data_collator=Collator(pad, traits_of(inner).last_only, start),
        compute_loss_func=answer_loss,
        callbacks=[Report(inner, desk.wording, desk.source.name, held, recipe.evaluate, tell)],
    )
    trainer.remove_callback(PrinterCallback)
    return trainer


def _adapted(desk: _Desk, recipe: Recipe) -> Any:
    """Load the base model and put a fresh adapter on it."""
    try:
        from peft import LoraConfig, TaskType, get_peft_model
    except ImportError as problem:
        raise HumanlikeError(
            "Training needs the packages peft and accelerate: pip install peft accelerate."
        ) from problem
    import torch

    from humanlike.models.hf.load import load_weights

    setup = replace(desk.setup, device="cpu") if desk.setup.device == "all" else desk.setup
    model = load_weights(
        desk.source, desk.found, setup, None, desk.options.remote_code, training=True
    )
    torch.manual_seed(recipe.seed)
    names = recipe.targets.split()
    task = TaskType.SEQ_2_SEQ_LM if desk.separate else TaskType.CAUSAL_LM
    config = LoraConfig(
        task_type=task, r=recipe.rank, lora_alpha=recipe.alpha, lora_dropout=recipe.dropout,
        target_modules=recipe.targets if recipe.targets == "all-linear" else names,
    )  # fmt: skip
    try:
        return get_peft_model(model, config)
    except ValueError as problem:
        raise HumanlikeError(f"{desk.source.name} takes no such adapter: {problem}") from problem


def _arguments(folder: Path, desk: _Desk, recipe: Recipe, count: int) -> Any:
    """Return the Trainer's settings; all passes are in the data, in their order."""
    from transformers import TrainingArguments

    devices = int(os.environ.get("WORLD_SIZE", "1"))
    steps = max(1, count // (recipe.batch * recipe.accumulate * devices))
    wanted: dict[str, Any] = {
        "num_train_epochs": 1,
        "train_sampling_strategy": "sequential",
        "per_device_train_batch_size": recipe.batch,
        "gradient_accumulation_steps": recipe.accumulate,
        "learning_rate": recipe.learning_rate,
        "lr_scheduler_type": "linear",
        "warmup_steps": steps // 20,
        "seed": recipe.seed,
        "bf16": desk.setup.dtype == "bfloat16",
        "use_cpu": desk.setup.device == "cpu",
        "save_strategy": "steps",
        "save_steps": recipe.save,
        "save_total_limit": 2,
        "logging_steps": max(1, min(10, steps // 10)),
        "logging_nan_inf_filter": False,
        "remove_unused_columns": False,
        "label_names": ["labels"],
        "ddp_find_unused_parameters": False,
        "report_to": [],
        "disable_tqdm": True,
    }
    if recipe.checkpointing:
        wanted["gradient_checkpointing"] = True
    arguments = TrainingArguments(output_dir=str(folder), **wanted)
    arguments._n_gpu = min(arguments.n_gpu, 1)
    return arguments
