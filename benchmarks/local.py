"""How fast local models answer, beside simpler ways and beside what the hardware could do.

A Llama of random weights (its shape is an argument) is asked the paper's triplets, with a
byte-level tokenizer trained on them. Beside our engine stand, where the shape is small enough to
wait for them: the ``pipeline`` of transformers, one prompt after the other; and log-likelihoods as
evaluation harnesses compute them: every pair of prompt and answer is a text of its own, batched in
the order of arrival, padded on the right, logits taken at every position. The harness is written
out below; ``--harness`` measures the real lm-evaluation-harness too, if it can be imported.

The floor is the time that the multiplications alone would take: twice the weights of the layers for
every token that must be read, and of the last layer for every score, at the speed measured for one
large matrix product in the same run. It is stated for all tokens of the prompts, and for those that
are left when the common beginning is read once; on a processor it is compared with processor time,
because machines are shared (one thread). Results go to ``benchmarks/results/local.json``,
one entry per shape and device.

Run as ``OMP_NUM_THREADS=1 python benchmarks/local.py [--shape tiny] [--n 2000] [--device cpu]``; on
a GPU as ``python benchmarks/local.py --shape 8b --device cuda --n 35000``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import torch
import transformers

from humanlike.data.published import load_concepts
from humanlike.models.base import Answer, Prompt, Settings
from humanlike.models.hf.batches import Work
from humanlike.models.hf.engine import Engine
from humanlike.models.hf.load import sharpen
from humanlike.models.hf.model import TOKENS, TOKENS_ACCELERATED
from humanlike.models.hf.prompts import Wording
from humanlike.models.hf.spec import Options
from humanlike.tasks import triplets

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "benchmarks" / "results" / "local.json"
SHAPES: dict[str, dict[str, int]] = {
    "tiny": {"hidden_size": 128, "intermediate_size": 384, "num_hidden_layers": 4,
             "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 8_192},
    "small": {"hidden_size": 576, "intermediate_size": 1536, "num_hidden_layers": 12,
              "num_attention_heads": 9, "num_key_value_heads": 3, "vocab_size": 49_152},
    "8b": {"hidden_size": 4096, "intermediate_size": 14_336, "num_hidden_layers": 32,
           "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128_256},
}  # fmt: skip
PEERS = ("tiny", "small")
TEMPLATE = (
    "{% for m in messages %}<|start|>{{ m['role'] }}\n{{ m['content'] }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|start|>assistant\n{% endif %}"
)
SCORE, WRITE = Settings(mode="score"), Settings(temperature=0, max_tokens=4)


def tokenizer(prompts: list[Prompt], size: int) -> Any:
    """Train a byte-level tokenizer on the prompts' own text."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=min(size, 1000),
        special_tokens=["<|pad|>", "<|start|>", "<|end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator([prompt.text for prompt in prompts[:300]], trainer)
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=made, eos_token="<|end|>", pad_token="<|pad|>", padding_side="left"
    )
    fast.chat_template = TEMPLATE
    return fast


def model(shape: str, device: str, dtype: torch.dtype) -> Any:
    """Make a Llama with random weights where it is to run."""
    config = transformers.LlamaConfig(
        **SHAPES[shape], max_position_embeddings=2048, pad_token_id=0, bos_token_id=None,
        eos_token_id=None,
    )  # fmt: skip
    torch.manual_seed(0)
    torch.set_default_dtype(dtype)
    with torch.device(device):
        made = transformers.LlamaForCausalLM(config).eval()
    torch.set_default_dtype(torch.float32)
    return made


def asked(n: int) -> list[Prompt]:
    """Return the paper's triplets."""
    concepts = list(load_concepts()["concept"])
    rows = triplets.design(len(concepts), n).triplets
    return [triplets.prompt(*(concepts[place] for place in row)) for row in rows]


def wait(device: str) -> None:
    """Wait until the device has done all it was given."""
    if device.startswith("cuda"):
        torch.cuda.synchronize()


def timed(work: Callable[[], Any], device: str) -> tuple[Any, dict[str, float]]:
    """Return what a call gave, and its wall and processor seconds."""
    wait(device)
    wall, processor = time.perf_counter(), time.process_time()
    found = work()
    wait(device)
    return found, {
        "seconds": round(time.perf_counter() - wall, 3),
        "cpu_seconds": round(time.process_time() - processor, 3),
    }


def clock(device: str) -> str:
    """Return which time to go by: a processor is shared with others, so only our share counts."""
    return "seconds" if device.startswith("cuda") else "cpu_seconds"


def matmul_peak(device: str, dtype: torch.dtype) -> float:
    """Return the floating-point operations per second of the best of some matrix products."""
    size = 8192 if device.startswith("cuda") else 1024
    one, other = (torch.randn(size, size, device=device, dtype=dtype) for _ in range(2))
    best = 0.0
    for _ in range(8):
        _, took = timed(lambda: [one @ other for _ in range(10)], device)
        best = max(best, 10 * 2 * size**3 / max(took[clock(device)], 1e-3))
    return best


def floor(made: Any, tokens: int, scores: int, peak: float) -> float:
    """Return the seconds that the multiplications alone would take."""
    layers = sum(p.numel() for p in made.model.layers.parameters())
    last = made.config.hidden_size * made.config.vocab_size
    return 2 * (layers * tokens + last * scores) / peak


def inner_nodes(answers: Iterable[tuple[int, ...]]) -> int:
    """Return how many tokens must be read after a prompt to score all its answers."""
    return len({answer[:size] for answer in answers for size in range(1, len(answer))})


def by_pipeline(made: Any, fast: Any, prompts: list[Prompt]) -> list[str]:
    """Ask one prompt after the other with the pipeline of transformers."""
    transformers.utils.logging.set_verbosity_error()
    ask = transformers.pipeline("text-generation", model=made, tokenizer=fast)
    found = []
    for prompt in prompts:
        messages = [
            {"role": "system", "content": prompt.system},
            {"role": "user", "content": prompt.user},
        ]
        said = ask(messages, max_new_tokens=4, do_sample=False, return_full_text=False)
        found.append(said[0]["generated_text"])
    return found


@torch.inference_mode()
def by_harness(made: Any, requests: list[Any], batch: int) -> list[float]:
    """Score every pair of prompt and answer as a text of its own, in the order of arrival."""
    pairs = [(r.ids, list(answer)) for r in requests for answer in r.answers.values()]
    found: list[float] = []
    for start in range(0, len(pairs), batch):
        part = pairs[start : start + batch]
        width = max(len(ids) + len(answer) - 1 for ids, answer in part)
        rows = [(ids + answer)[:-1] for ids, answer in part]
        padded = torch.tensor([row + [0] * (width - len(row)) for row in rows])
        logits = made(padded.to(made.device), use_cache=False).logits.float().log_softmax(-1)
        for row, (ids, answer) in enumerate(part):
            places = torch.arange(len(ids) - 1, len(ids) + len(answer) - 1)
            found.append(float(logits[row, places, answer].sum()))
    return found


def by_lm_eval(made: Any, fast: Any, prompts: list[Prompt], wording: Wording, batch: int) -> Any:
    """Score with the real harness; it sorts by length, and reads each pair apart."""
    from lm_eval.api.instance import Instance  # type: ignore[import-not-found]
    from lm_eval.models.huggingface import HFLM  # type: ignore[import-not-found]

    harness = HFLM(pretrained=made, tokenizer=fast, batch_size=batch, device=str(made.device))
    instances = [
        Instance("loglikelihood", {}, (wording.text(prompt), answer), 0)
        for prompt in prompts
        for answer in prompt.allowed or ()
    ]
    return timed(lambda: harness.loglikelihood(instances, disable_tqdm=True), "cpu")


def ratios(theirs: dict[str, float], ours: dict[str, float]) -> dict[str, float]:
    """Return how many times our time another way took, by the clock and by the processor."""
    return {key: round(theirs[key] / max(ours[key], 1e-3), 2) for key in ours}


class Ours:
    """Our engine around a model, with tokens counted."""

    def __init__(self, made: Any, fast: Any, prompts: list[Prompt], tokens: int) -> None:
        self.work = Work(tokens)
        self.engine = Engine(made, fast, self.work, "bench")
        self.wording = Wording(fast, Options(), False, "bench")
        self.prompts = prompts

    def run(self, settings: Settings, chunk: int = 4096) -> list[Answer]:
        """Answer all prompts, in chunks as the query hands them over."""
        found: list[Answer] = []
        for start in range(0, len(self.prompts), chunk):
            part = self.prompts[start : start + chunk]
            requests = self.wording.requests(part, settings.mode == "score")
            answers = dict(self.engine.answer(requests, settings))
            found += [answers[place] for place in range(len(part))]
        return found


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Measure our engine, and the peers where the shape is small."""
    device, dtype = options.device, getattr(torch, options.dtype)
    prompts = asked(options.n)
    made = model(options.shape, device, dtype)
    fast = tokenizer(prompts, made.config.vocab_size)
    peers = peer_figures(options, made, fast, prompts[: options.peers]) if options.peers else {}
    sharpen(made)
    ours = Ours(made, fast, prompts, options.tokens or TOKENS.get(device, TOKENS_ACCELERATED))
    Ours(made, fast, prompts[:200], ours.work.budget).run(SCORE)
    scored, took = timed(lambda: ours.run(SCORE), device)
    all_tokens = sum(answer.usage.prompt or 0 for answer in scored)
    read, padding = ours.work.tokens, ours.work.waste
    written, took_writing = timed(lambda: ours.run(WRITE), device)
    peak = matmul_peak(device, dtype)
    requests = ours.wording.requests(prompts, scored=True)
    more = sum(inner_nodes(request.answers.values()) for request in requests)
    floors = {
        "all tokens of the prompts": floor(made, all_tokens + more, len(prompts) + more, peak),
        "common beginning read once": floor(made, read + more, len(prompts) + more, peak),
    }
    return {
        "prompts": len(prompts),
        "tokens per prompt": round(all_tokens / len(prompts), 1),
        "tokens read per prompt": round(read / len(prompts), 1),
        "padding": round(padding, 4),
        "budget": ours.work.budget,
        "halvings": ours.work.halvings,
        "score": took | {"prompts_per_second": round(len(prompts) / took["seconds"], 1)},
        "generate up to 4 tokens": took_writing
        | {"times the scoring": round(took_writing["seconds"] / took["seconds"], 2),
           "tokens written": sum(a.usage.completion or 0 for a in written)},
        "matmul TFLOP/s": round(peak / 1e12, 3),
        "floor seconds": {key: round(value, 3) for key, value in floors.items()},
        "share of floor": {
            key: round(value / took[clock(device)], 3) for key, value in floors.items()
        },
        "peers": peers,
    }  # fmt: skip


def peer_figures(
    options: argparse.Namespace, made: Any, fast: Any, prompts: list[Prompt]
) -> dict[str, Any]:
    """Measure the simpler ways on fewer prompts, ours beside them, and compare the answers."""
    device, budget = (
        options.device,
        options.tokens or TOKENS.get(options.device, TOKENS_ACCELERATED),
    )
    ours = Ours(made, fast, prompts, budget)
    requests = ours.wording.requests(prompts, scored=True)
    by_pipeline(made, fast, prompts[:3])
    ours.run(SCORE)
    scored, score_time = timed(lambda: ours.run(SCORE), device)
    written, write_time = timed(lambda: ours.run(WRITE), device)
    piped, pipe_time = timed(lambda: by_pipeline(made, fast, prompts), device)
    found: dict[str, Any] = {
        "prompts": len(prompts),
        "ours, score": score_time,
        "ours, generate up to 4 tokens": write_time,
        "pipeline, one by one": pipe_time,
        "times the pipeline": ratios(pipe_time, write_time),
        "same text as the pipeline": sum(
            answer.text.strip() == text.strip() for answer, text in zip(written, piped, strict=True)
        ),
    }
    mine = [value for answer in scored for value in (answer.scores or {}).values()]
    for batch in (8, 32, 128):
        theirs, took = timed(lambda batch=batch: by_harness(made, requests, batch), device)
        worst = max(abs(a - b) for a, b in zip(mine, theirs, strict=True))
        found[f"harness style, arrival order, batches of {batch}"] = took | {
            "times ours": ratios(took, score_time),
            "largest difference of scores": round(worst, 6),
        }
        if options.harness:
            _, took = by_lm_eval(made, fast, prompts, ours.wording, batch)
            found[f"lm-evaluation-harness, batches of {batch}"] = took | {
                "times ours": ratios(took, score_time)
            }
    return found


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shape", choices=SHAPES, default="tiny")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--dtype", choices=("bfloat16", "float32"))
    parser.add_argument("--n", type=int, default=2000, help="prompts (the paper: 35,000)")
    parser.add_argument("--tokens", type=int, default=0, help="most tokens of a batch")
    parser.add_argument("--peers", type=int, help="prompts for the slow ways; 0 leaves them out")
    parser.add_argument("--harness", action="store_true", help="also the real harness")
    options = parser.parse_args()
    if options.dtype is None:
        options.dtype = "bfloat16" if options.device.startswith("cuda") else "float32"
    if options.peers is None:
        options.peers = min(options.n, 300) if options.shape in PEERS else 0
    return options


def main() -> None:
    """Measure, print and keep."""
    options = arguments()
    found = measure(options) | {
        "dtype": options.dtype,
        "device": torch.cuda.get_device_name() if options.device.startswith("cuda") else "cpu",
        "cores": os.cpu_count(),
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "all"),
        "load_average": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "machine": platform.machine(),
    }
    print(json.dumps(found, indent=1))
    kept = json.loads(TARGET.read_text(encoding="utf-8")) if TARGET.exists() else {}
    kept[f"{options.shape}, {options.dtype} on {options.device}"] = found
    TARGET.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    print(f"load average {found['load_average']} on {found['cores']} cores; {TARGET.name} written")


if __name__ == "__main__":
    main()
