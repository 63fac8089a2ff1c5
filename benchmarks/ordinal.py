"""Crowd-kernel embeddings of the same judgements by this package, cblearn and salmon.

    HUMANLIKE_DATA_MIRROR=DIR python benchmarks/ordinal.py [--peer-python .peers/bin/python]

A known observer of the 128 concepts answers 35,000 questions; all contestants train on the same
28,000 answers, in 30 dimensions, from three seeds, each in a fresh process pinned to one core
unless it says otherwise. Losses and accuracies are those of 20,000 further answers that no
contestant saw. Ratios compare processor time, which other work on the machine disturbs least.
Salmon's default of 400,000 epochs would take days, so its seconds are scaled up from fewer; its
losses are those after the fewer.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rsa import peak_mb, timed

RESULTS = Path(__file__).parent / "results" / "ordinal.json"
N_TRIPLETS, N_HELD_OUT, N_TEST, N_DIMS, N_SEEDS, NOISE = 35_000, 7_000, 20_000, 30, 3, 0.1
N_MODELS, N_BOOT, CORES = 75, 200, 4
SALMON_DEFAULT, SALMON_EPOCHS = 400_000, 300
Data = dict[str, np.ndarray]
Found = tuple[np.ndarray, float]  # points, offset of the loss they were fitted with


def cblearn(data: Data, seed: int, backend: str) -> Found:
    """CKL with all its defaults."""
    from cblearn.embedding import CKL

    model = CKL(n_components=N_DIMS, random_state=seed, backend=backend, device="cpu")
    return model.fit(data["train"]).embedding_, model.mu


def salmon(data: Data, seed: int) -> Found:
    """Offline embedding with all its defaults but the number of epochs."""
    from salmon.triplets.offline import OfflineEmbedding

    n_items = len(data["space"])
    model = OfflineEmbedding(n_items, N_DIMS, max_epochs=SALMON_EPOCHS, random_state=seed)
    model.fit(data["train"], data["held_out"])
    return np.asarray(model.embedding_, np.float64), float(model.opt_.module_.mu)


def ours(data: Data, seed: int, device: str | None = None) -> Found:
    """One fit with all defaults."""
    from humanlike.stats import OrdinalEmbedding

    rows = np.concatenate([data["train"], data["held_out"]])
    aside = np.arange(len(rows)) >= len(data["train"])
    fit = OrdinalEmbedding(N_DIMS, seed=seed, device=device)
    return fit.fit(rows, len(data["space"]), held_out=aside).embedding_, 0.0


def many(data: Data, seed: int) -> Found:
    """One fit to each of as many sets of answers as the paper has models."""
    from humanlike.stats import fit_many

    fits = fit_many(list(data["models"]), len(data["space"]), N_DIMS, seed=seed, n_jobs=CORES)
    return fits[0].embedding_, 0.0


def resampled(data: Data, seed: int) -> Found:
    """Fits to resamples of one model's answers."""
    from humanlike.stats import bootstrap_embeddings

    rows, n_items = np.concatenate([data["train"], data["held_out"]]), len(data["space"])
    return bootstrap_embeddings(rows, n_items, N_BOOT, N_DIMS, seed=seed, n_jobs=CORES)[0], 0.0


ONE = "humanlike, 1 core"
SEVERAL = {f"humanlike, {N_MODELS} models": many, f"humanlike, {N_BOOT} resamples": resampled}
CONTESTANTS: dict[str, Callable[[Data, int], Found]] = {
    "cblearn, scipy (default)": lambda data, seed: cblearn(data, seed, "scipy"),
    "cblearn, torch": lambda data, seed: cblearn(data, seed, "torch"),
    "salmon, offline": salmon,
    ONE: ours,
    "humanlike, torch batch of one": lambda data, seed: ours(data, seed, "cpu"),
    **SEVERAL,
}


def distances(points: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Squared distances of the nearer and the farther item."""
    anchor, near, far = points[rows.T]
    return ((anchor - near) ** 2).sum(axis=1), ((anchor - far) ** 2).sum(axis=1)


def judged(points: np.ndarray, offset: float, data: Data) -> dict[str, float]:
    """Loss and accuracy on the fresh answers, loss on the held-out ones, and R² with the space."""
    near, far = distances(points, data["test"])
    close, wide = distances(points, data["held_out"])
    human, model = (x - x.mean(axis=0) for x in (data["space"], points))
    nuclear = np.linalg.svd(model.T @ human, compute_uv=False).sum()
    return {
        "loss": float(np.log((near + far + 2 * offset) / (far + offset)).mean()),
        "held_out_loss": float(np.log((close + wide + 2 * offset) / (wide + offset)).mean()),
        "accuracy": float((near < far).mean()),
        "r2": float(nuclear**2 / ((human**2).sum() * (model**2).sum())),
    }


def contest(name: str, file: str, n_seeds: int) -> None:
    """Run one contestant in this process and print its record as JSON."""
    data = dict(np.load(file))
    run = CONTESTANTS[name]
    first = timed(lambda: run(data, 0))[0] if name.startswith("humanlike") else None
    seconds, processor, judgements = [], [], []
    for seed in range(n_seeds):
        before = time.process_time()
        taken, found = timed(lambda seed=seed: run(data, seed))
        processor.append(time.process_time() - before)
        seconds.append(taken)
        judgements.append(judged(*found, data))
    factor = SALMON_DEFAULT / SALMON_EPOCHS if name.startswith("salmon") else 1.0
    record = {"seconds": factor * statistics.median(seconds), "timed_seconds": seconds}
    record |= {"processor_seconds": factor * statistics.median(processor)}
    record |= {"first_call_seconds": first, "peak_mb": peak_mb(), "seeds": n_seeds}
    record |= {key: [one[key] for one in judgements] for key in judgements[0]}
    print(json.dumps(record))


def launch(python: str, name: str, file: Path, n_seeds: int) -> dict | None:
    """Run one contestant in a fresh process; None where its package is missing."""
    env = os.environ | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    command = [python, __file__, "--contest", name, "--file", str(file), "--seeds", str(n_seeds)]

    def pin() -> None:
        if hasattr(os, "sched_setaffinity") and name not in SEVERAL:
            os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

    before = os.getloadavg()[0]
    done = subprocess.run(command, env=env, capture_output=True, text=True, preexec_fn=pin)
    if done.returncode and "ModuleNotFoundError" in done.stderr:
        print(f"{name}: left out, {done.stderr.strip().splitlines()[-1]}")
        return None
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr}")
    record = json.loads(done.stdout.splitlines()[-1])
    return record | {"load_before": before, "load_after": os.getloadavg()[0]}


def make_data() -> Data:
    """Answers of an observer with a known 30-dimensional space and known noise."""
    from humanlike.analysis.observers import Mind, Observer, answer, similarities
    from humanlike.data.concepts import load_concept_space
    from humanlike.tasks.triplets import design

    space = load_concept_space().to_numpy()
    centred = space - space.mean(axis=0)
    left, size, right = np.linalg.svd(centred, full_matrices=False)
    space = (left * size)[:, :N_DIMS] @ right[:N_DIMS] + space.mean(axis=0)
    mind = Mind({"human": similarities(space)}, space)
    observer = Observer("softmax", "softmax", NOISE, noise=NOISE)
    asked = design(len(space), N_TRIPLETS + N_TEST, seed=0).triplets
    said = answer(observer, mind, asked, 0)
    models = [answer(observer, mind, asked[:N_TRIPLETS], 1 + seed) for seed in range(N_MODELS)]
    border = N_TRIPLETS - N_HELD_OUT
    parts = np.split(said, [border, N_TRIPLETS])
    data = dict(zip(("train", "held_out", "test"), parts, strict=True))
    return data | {"space": (left * size)[:, :N_DIMS], "models": np.stack(models)}


def report(records: dict[str, dict]) -> dict[str, object]:
    """Add ratios, print the table, and return all that is to be kept."""
    one = records[ONE]["processor_seconds"]
    head = ("seconds", "processor s", "x ours", "peak MB", "loss", "acc.", "R²")
    print(" " * 30 + "".join(f"{word:>12}" for word in head))
    for name, record in records.items():
        record["times_ours"] = record["processor_seconds"] / one
        mean = {key: statistics.mean(record[key]) for key in ("loss", "accuracy", "r2")}
        shown = [record[key] for key in ("seconds", "processor_seconds", "times_ours", "peak_mb")]
        shown += [mean["loss"], mean["accuracy"], mean["r2"]]
        print(f"{name:30}" + "".join(f"{value:12.4g}" for value in shown))
    return {
        "what": "crowd-kernel embeddings of the same judgements; loss in nats per fresh judgement",
        "times_ours": "processor seconds as a multiple of one fit of ours",
        "n_items": 128,
        "n_triplets": N_TRIPLETS,
        "n_train": N_TRIPLETS - N_HELD_OUT,
        "n_test": N_TEST,
        "n_dims": N_DIMS,
        "observer": f"softmax over cosine similarities, temperature {NOISE}",
        "salmon": f"seconds scaled from {SALMON_EPOCHS} to {SALMON_DEFAULT:,} epochs",
        "cores_of_several": CORES,
        "machine": {"cpu_count": os.cpu_count(), "platform": platform.platform()},
        "python": platform.python_version(),
        "contestants": records,
    }


def main() -> None:
    """Read the options; run one contestant, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer-python", default=sys.executable, help="Python with the peers")
    parser.add_argument("--only", nargs="+", choices=CONTESTANTS, help="keep the others' records")
    parser.add_argument("--contest", help=argparse.SUPPRESS)
    parser.add_argument("--file", help=argparse.SUPPRESS)
    parser.add_argument("--seeds", type=int, default=N_SEEDS, help="seeds of every contestant")
    options = parser.parse_args()
    if options.contest:
        return contest(options.contest, options.file, options.seeds)
    records: dict[str, dict] = {}
    if options.only:
        records = json.loads(RESULTS.read_text())["contestants"]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.npz"
        np.savez(file, **make_data())
        for name in options.only or CONTESTANTS:
            python = sys.executable if name.startswith("humanlike") else options.peer_python
            start = time.perf_counter()
            record = launch(python, name, file, options.seeds)
            print(f"{name}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
            records |= {name: record} if record else {}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report(records), indent=2) + "\n")
    return None


if __name__ == "__main__":
    main()
