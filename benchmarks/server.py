"""How much of a server's throughput arrives: 10,000 requests, 50 ms each, 64 on their way.

Ideal are 64 requests every 50 ms. Beside it stand, in the same run and against the same server
(``tests/models/endpoint.py`` in a process of its own): a bare client that opens 64 sockets, writes
the same bytes and looks at nothing that comes back; our client alone; the whole engine, with keys,
claims, commits, parsing and summary; and the ``openai`` package with a semaphore, as one would
write it by hand. Memory is how much this process grew from a tenth of the requests to the end of
them, with answers thrown away; a query keeps those it returns.
Results go to ``benchmarks/results/server.json``.

Run as ``OMP_NUM_THREADS=1 python benchmarks/server.py [REQUESTS]`` on a quiet machine with at least
two free cores; the load average is recorded.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from humanlike.models.base import Prompt, Settings
from humanlike.models.openai import OpenAIModel
from humanlike.models.openai.asking import Limits
from humanlike.models.openai.wire import Wire
from humanlike.query import Result, plan, query

ROOT = Path(__file__).resolve().parents[1]
REQUESTS = 10_000
LATENCY, CONCURRENCY = 0.05, 64
SETTINGS = Settings(temperature=0, max_tokens=8)
PEER_SHARE = 5
"""The slow peer gets a fifth of the requests."""


@contextmanager
def served() -> Iterator[str]:
    """Run the server and give its address."""
    command = [sys.executable, str(ROOT / "tests" / "models" / "endpoint.py"), "0", str(LATENCY)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"
    finally:
        process.kill()
        process.wait()


def bare(url: str, prompts: list[Prompt]) -> None:
    """Write requests, wait for as many bytes as an answer has, look at nothing."""
    port = int(url.split(":")[2].split("/")[0])
    wire = Wire("fake")
    waiting = iter(prompts)

    async def line() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for prompt in waiting:
            body = json.dumps(wire.body(prompt, SETTINGS)).encode()
            head = f"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            start = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(start.partition(b"Length: ")[2].partition(b"\r")[0]))
        writer.close()

    async def all_lines() -> None:
        await asyncio.gather(*(line() for _ in range(CONCURRENCY)))

    asyncio.run(all_lines())


def by_hand(url: str, prompts: list[Prompt]) -> None:
    """Ask with the openai package, as its documentation shows."""
    from openai import AsyncOpenAI

    async def ask_all() -> None:
        gate = asyncio.Semaphore(CONCURRENCY)
        async with AsyncOpenAI(base_url=url, api_key="x") as client:

            async def one(prompt: Prompt) -> str | None:
                async with gate:
                    found = await client.chat.completions.create(
                        model="fake",
                        messages=[
                            {"role": "system", "content": prompt.system},
                            {"role": "user", "content": prompt.user},
                        ],
                        max_tokens=SETTINGS.max_tokens,
                        temperature=0,
                    )
                    return found.choices[0].message.content

            await asyncio.gather(*map(one, prompts))

    asyncio.run(ask_all())


def timed(count: int, work: Callable[[], object]) -> dict[str, float]:
    """Return throughput, its share of the ideal, and processor time per request."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    seconds, busy = time.perf_counter() - wall, time.process_time() - processor
    return {
        "requests": count,
        "seconds": round(seconds, 3),
        "requests_per_second": round(count / seconds, 1),
        "share_of_ideal": round(count / seconds * LATENCY / CONCURRENCY, 4),
        "cpu_ms_per_request": round(busy / count * 1000, 3),
    }


def watched(model: OpenAIModel, prompts: list[Prompt], memory: list[int]) -> None:
    """Ask, keep nothing, and write down the memory after a tenth of the answers and at the end."""
    own = psutil.Process()
    for count, _ in enumerate(model.answer(prompts, SETTINGS), start=1):
        if count in (len(prompts) // 10, len(prompts)):
            memory.append(own.memory_info().rss)


def figures(url: str, folder: Path, requests: int) -> dict[str, dict[str, float]]:
    """Measure everything once, the whole engine last."""
    made = plan("triplets", n=requests)
    prompts = made.prompts
    limits = Limits(concurrency=CONCURRENCY)
    model = OpenAIModel("fake", url, limits=limits)
    list(model.answer(prompts[:CONCURRENCY], SETTINGS))
    found = {"floor: bare sockets": timed(requests, lambda: bare(url, prompts))}
    memory: list[int] = []
    asked = timed(requests, lambda: watched(model, prompts, memory))
    grown = (memory[-1] - memory[0]) / 2**20
    found["our client"] = asked | {"memory_grown_mib": round(grown, 1)}
    query(plan("triplets", n=500, seed=1), model, store=folder / "warm.sqlite")
    results: list[Result] = []
    whole = timed(
        requests, lambda: results.append(query(made, model, store=folder / "store.sqlite"))
    )
    seconds = results[0].summary.seconds
    assert results[0].summary.valid == requests
    found["whole query, stored and summed up"] = whole | {
        "share_of_ideal_while_asking": round(requests / seconds * LATENCY / CONCURRENCY, 4)
    }
    model.close()
    few = prompts[: requests // PEER_SHARE]
    found["openai package by hand"] = timed(len(few), lambda: by_hand(url, few))
    return found


def main() -> None:
    """Measure, print and keep."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name, served() as url:
        found = figures(url, Path(name), requests)
    result = {
        "latency_seconds": LATENCY,
        "concurrency": CONCURRENCY,
        "ideal_requests_per_second": CONCURRENCY / LATENCY,
        "figures": found,
        "cores": os.cpu_count(),
        "load_average_before": round(load, 1),
        "load_average_after": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
    for label, row in found.items():
        print(f"{label:<36}" + "  ".join(f"{key} {value:,}" for key, value in row.items()))
    target = ROOT / "benchmarks" / "results" / "server.json"
    target.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"load average {load:.1f} before on {os.cpu_count()} cores; {target.name} written")


if __name__ == "__main__":
    main()
