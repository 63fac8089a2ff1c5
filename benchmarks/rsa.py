"""Bootstrap RSA on the released English table, side by side with the naive way and rsatoolbox.

    HUMANLIKE_DATA_MIRROR=DIR python benchmarks/rsa.py [--peer-python .peers/bin/python]

Every contestant runs in a fresh process, pinned to one core unless it says otherwise. The slow ones
are timed on a few resamples and scaled to all of them; the table says so.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np

RELEASE = "wu2026/82cb67b/analysis/En_all_models_results.xlsx"
RESULTS = Path(__file__).parent / "results" / "rsa.json"
MODELS = ("base", "en_ft", "nl_ft", "qa_ft")
SENSORY = ("auditory", "gustatory", "haptic", "interoceptive", "olfactory", "visual")
DIMENSIONS = (*SENSORY, "foot", "hand", "head", "mouth", "torso")
N_BOOT, SEED = 200, 0
Tables = dict[str, np.ndarray]


def peak_mb() -> float:
    """Largest resident memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(run: Callable[[], object]) -> tuple[float, object]:
    """Seconds of one call, and what it returned."""
    start = time.perf_counter()
    value = run()
    return time.perf_counter() - start, value


def draws(n_items: int, n_boot: int) -> list[np.ndarray]:
    """The resampled items, as `humanlike.stats.rsa.resamples` draws them."""
    rng = np.random.default_rng(SEED)
    return [rng.integers(n_items, size=n_items) for _ in range(n_boot)]


def standardised(tables: Tables) -> Tables:
    """z-scores over all items."""
    return {name: (x - x.mean(axis=0)) / x.std(axis=0) for name, x in tables.items()}


def naive_pairs(tables: Tables, n_boot: int) -> dict[str, object]:
    """As the paper describes it: for each resample and pair of models, three RDMs and two rhos."""
    from scipy.spatial.distance import pdist
    from scipy.stats import spearmanr

    z, rhos = standardised(tables), []
    for rows in draws(len(z["human"]), n_boot):
        found = {}
        for pair in combinations(MODELS, 2):
            human, *others = (pdist(z[name][rows], "cosine") for name in ("human", *pair))
            for name, other in zip(pair, others, strict=True):
                found[name] = float(spearmanr(human, other).statistic)
        rhos.append([found[name] for name in MODELS])
    return {"rho": rhos}


def naive_shared(tables: Tables, n_boot: int) -> dict[str, object]:
    """The same without repetition: for each resample, every RDM once and one rho per model."""
    from scipy.spatial.distance import pdist
    from scipy.stats import spearmanr

    z, rhos = standardised(tables), []
    for rows in draws(len(z["human"]), n_boot):
        human = pdist(z["human"][rows], "cosine")
        others = (pdist(z[name][rows], "cosine") for name in MODELS)
        rhos.append([float(spearmanr(human, other).statistic) for other in others])
    return {"rho": rhos}


def rsatoolbox(tables: Tables, n_boot: int) -> dict[str, object]:
    """The peer's bootstrap over patterns, without the noise ceiling it would also compute."""
    from rsatoolbox.inference import eval_bootstrap_pattern
    from rsatoolbox.model import ModelFixed
    from rsatoolbox.rdm import RDMs
    from scipy.spatial.distance import pdist

    rdms = {k: RDMs(pdist(x, "cosine")[None]) for k, x in standardised(tables).items()}
    models = [ModelFixed(name, rdms[name]) for name in MODELS]
    result = eval_bootstrap_pattern(
        models, rdms["human"], method="spearman", N=n_boot, boot_noise_ceil=False
    )
    return {"mean_rho": np.asarray(result.evaluations).mean(axis=0).ravel().tolist()}


def ours(tables: Tables, n_boot: int, n_jobs: int) -> dict[str, object]:
    """`rsa_bootstrap` from features to all six differences."""
    from humanlike.stats.similarity import rsa_bootstrap

    models = {name: tables[name] for name in MODELS}
    result = rsa_bootstrap(tables["human"], models, n_boot, SEED, n_jobs=n_jobs)
    result.table()
    return {"rho": result.samples.tolist()}


def floor(tables: Tables, n_boot: int) -> dict[str, object]:
    """One float32 pass over all pairs for each resample and RDM, and nothing else."""
    n_items = len(tables["human"])
    weights = np.ones(n_items * (n_items - 1) // 2, np.float32)
    for _ in range(n_boot * (len(MODELS) + 1)):
        np.dot(weights, weights)
    return {}


CONTESTANTS: dict[str, Callable[[Tables, int], dict[str, object]]] = {
    "naive, per model pair": naive_pairs,
    "naive, shared": naive_shared,
    "rsatoolbox": rsatoolbox,
    "humanlike, 1 core": lambda tables, n: ours(tables, n, 1),
    "humanlike, all cores": lambda tables, n: ours(tables, n, -1),
    "floor": floor,
}


def contest(name: str, features: str, n_boot: int, repeats: int) -> None:
    """Run one contestant in this process and print its record as JSON."""
    tables = dict(np.load(features))
    run = CONTESTANTS[name]
    first, value = timed(lambda: run(tables, n_boot))
    later = [timed(lambda: run(tables, n_boot))[0] for _ in range(repeats)]
    seconds = statistics.median(later) if later else first
    record = {"seconds": seconds * N_BOOT / n_boot, "first_call_seconds": first}
    record |= {"spread_seconds": [min(later, default=first), max(later, default=first)]}
    record |= {"timed_resamples": n_boot, "peak_mb": peak_mb(), **value}
    print(json.dumps(record))


def launch(python: str, name: str, features: Path, n_boot: int, repeats: int) -> dict | None:
    """Run one contestant in a fresh process; None where its package is missing."""
    cores = os.cpu_count() or 1
    all_cores = name.endswith("all cores")
    threads = str(cores if all_cores else 1)
    env = os.environ | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), threads)
    command = [python, __file__, "--contest", name, "--features", str(features)]
    command += ["--resamples", str(n_boot), "--repeats", str(repeats)]

    def pin() -> None:
        if hasattr(os, "sched_setaffinity") and not all_cores:
            os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

    done = subprocess.run(command, env=env, capture_output=True, text=True, preexec_fn=pin)
    if done.returncode and "ModuleNotFoundError" in done.stderr:
        print(f"{name}: left out, {done.stderr.strip().splitlines()[-1]}")
        return None
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def read_release(mirror: str) -> Tables:
    """The words with ratings from humans and every model: {name: (items x dimensions)}."""
    import pandas as pd

    table = pd.read_excel(Path(mirror) / RELEASE)
    table.columns = table.columns.str.lower()
    columns = {"human": [f"{name}.mean" for name in DIMENSIONS]}
    columns |= {model: [f"{name}_{model}" for name in DIMENSIONS] for model in MODELS}
    table = table.dropna(subset=[name for part in columns.values() for name in part])
    return {name: table[part].to_numpy(float) for name, part in columns.items()}


def report(records: dict[str, dict], n_items: int) -> dict[str, object]:
    """Add ratios and agreement, print the table, and return all that is to be kept."""
    one = records["humanlike, 1 core"]
    samples = np.array(one["rho"])
    print(f"{n_items} items, {len(MODELS)} models, {N_BOOT} resamples, six differences")
    print(f"{'':24}{'seconds':>10}{'x ours (1 core)':>17}{'peak MB':>9}  timed resamples")
    for name, record in records.items():
        record["times_ours"] = record["seconds"] / one["seconds"]
        print(
            f"{name:24}{record['seconds']:10.2f}{record['times_ours']:17.2f}"
            f"{record['peak_mb']:9.0f}  {record['timed_resamples']}"
        )
        if "rho" in record:
            rho = np.array(record.pop("rho"))
            record["largest_difference"] = float(np.abs(rho - samples[: len(rho)]).max())
    return {
        "what": "bootstrap RSA from features to all differences; times scaled to n_boot",
        "n_items": n_items,
        "n_boot": N_BOOT,
        "floor": "one float32 numpy.dot over all pairs for each resample and RDM",
        "machine": {"cpu_count": os.cpu_count(), "platform": platform.platform()},
        "python": platform.python_version(),
        "contestants": records,
    }


def main() -> None:
    """Read the options; run one contestant, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peer-python", default=sys.executable, help="Python with rsatoolbox")
    parser.add_argument("--slow-resamples", type=int, default=5, help="resamples the slow ones do")
    parser.add_argument("--repeats", type=int, default=7, help="further runs of the fast ones")
    for hidden in ("--contest", "--features"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    parser.add_argument("--resamples", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.contest:
        return contest(options.contest, options.features, options.resamples, options.repeats)
    mirror = os.environ.get("HUMANLIKE_DATA_MIRROR")
    if not mirror:
        parser.error(f"set HUMANLIKE_DATA_MIRROR to the folder that holds {RELEASE}")
    tables, records = read_release(mirror), {}
    with tempfile.TemporaryDirectory() as folder:
        features = Path(folder) / "features.npz"
        np.savez(features, **tables)
        for name in CONTESTANTS:
            slow = name.startswith("naive") or name == "rsatoolbox"
            python = options.peer_python if name == "rsatoolbox" else sys.executable
            size = (options.slow_resamples, 0) if slow else (N_BOOT, options.repeats)
            record = launch(python, name, features, *size)
            records |= {name: record} if record else {}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report(records, len(tables["human"])), indent=2) + "\n")
    return None


if __name__ == "__main__":
    main()
