"""How quick, light and accessible the built pages are, by Lighthouse and by our own clock.

Every page of ``_build/html`` is served from this machine as a web host does (compressed) and judged
by Lighthouse with its desktop settings, which slow network and processor down by simulation. The
first page is also opened from disk several times, and the time until its contents are painted
taken. Other work on the machine lowers the scores for performance.

Needs Node, ``npm install lighthouse`` somewhere, Chromium, and a built book. Run as
``python benchmarks/pages.py --lighthouse node_modules/.bin/lighthouse [PAGE …]``. Results, with the
load of the machine while they were taken, go to ``benchmarks/results/pages.json``.
"""

from __future__ import annotations

import argparse
import gzip
import http.server
import json
import os
import statistics
import subprocess
import tempfile
import threading
from functools import lru_cache
from pathlib import Path

from humanlike.book.chapters import toc_files
from humanlike.doctor.access import find_browser

ROOT = Path(__file__).resolve().parents[1]
HTML = ROOT / "_build" / "html"
GOALS = {"performance": 0.9, "accessibility": 0.95}
METRICS = {"first-contentful-paint": "fcp_s", "largest-contentful-paint": "lcp_s",
           "total-blocking-time": "tbt_s", "total-byte-weight": "kilobytes"}  # fmt: skip
PAINTED = """() => new Promise(done => new PerformanceObserver(list => list.getEntries()
  .filter(one => one.name === "first-contentful-paint").forEach(one => done(one.startTime))
).observe({type: "paint", buffered: true}))"""


@lru_cache
def packed(file: Path) -> bytes:
    """Return a file's content compressed."""
    return gzip.compress(file.read_bytes())


class Host(http.server.SimpleHTTPRequestHandler):
    """Serve the pages, texts compressed."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments, directory=str(HTML))  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Answer one request."""
        file = Path(self.translate_path(self.path))
        if not file.is_file() or file.suffix in (".woff2", ".png"):
            super().do_GET()
            return
        content = packed(file)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Cache-Control", "max-age=31536000")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def lighthouse(program: str, address: str) -> dict[str, float]:
    """Return scores and metrics of one page."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        command = [
            program, address, "--preset=desktop", "--quiet", "--output=json",
            f"--output-path={out}", f"--only-categories={','.join(GOALS)}",
            "--chrome-flags=--headless --no-sandbox --disable-gpu",
        ]  # fmt: skip
        environment = os.environ | {"CHROME_PATH": str(find_browser())}
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=300)
        report = json.loads(out.read_text(encoding="utf-8"))
    found = {name: report["categories"][name]["score"] for name in GOALS}
    for audit, name in METRICS.items():
        found[name] = round(report["audits"][audit]["numericValue"] / 1000, 3)
    return found


def from_disk(page: str, repeats: int = 7) -> dict[str, float]:
    """Return the seconds from opening a file until its contents are painted."""
    from playwright.sync_api import sync_playwright

    seconds = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        for _ in range(repeats):
            context = browser.new_context()
            tab = context.new_page()
            tab.goto((HTML / page).as_uri())
            seconds.append(tab.evaluate(PAINTED) / 1000)
            context.close()
        browser.close()
    return {"median_s": round(statistics.median(seconds), 3), "worst_s": round(max(seconds), 3)}


def main() -> None:
    """Measure, print and store."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lighthouse", required=True)
    parser.add_argument("pages", nargs="*", default=[f"{page}.html" for page in toc_files(ROOT)])
    options = parser.parse_args()
    before = os.getloadavg()[0]
    disk = from_disk("index.html")
    print(f"first page from disk: {disk}")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    rows = {}
    for page in options.pages:
        rows[page] = lighthouse(options.lighthouse, f"http://127.0.0.1:{server.server_port}/{page}")
        print(f"{page:<32}{rows[page]}", flush=True)
    server.shutdown()
    version = subprocess.run([options.lighthouse, "--version"], capture_output=True, text=True)
    result = {
        "lighthouse": version.stdout.strip(), "settings": "desktop", "goals": GOALS,
        "first_page_from_disk": disk, "cores": os.cpu_count(),
        "load_before_and_after": [round(before, 1), round(os.getloadavg()[0], 1)],
        "lowest": {name: min(row[name] for row in rows.values()) for name in GOALS},
        "pages": rows,
    }  # fmt: skip
    target = ROOT / "benchmarks" / "results" / "pages.json"
    target.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"lowest: {result['lowest']}; written to {target.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
