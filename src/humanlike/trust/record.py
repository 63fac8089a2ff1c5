"""The record of a verification: is all signed off, what moved since the last, as text, on disk."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from humanlike.book.values import render
from humanlike.data.digest import replacing
from humanlike.errors import HumanlikeError
from humanlike.trust.verify import FORMAT, NOT_EXECUTED, VERIFIED

FOLDER, NAME, TEXT = "_build/verify", "verify.json", "verify.txt"
Record = dict[str, Any]


def problems(record: Record) -> list[str]:
    """Say what keeps a record from being signed off; chapters nobody asked for do not."""
    found = [
        f"chapter {name}: {row['state']}. {row['why']}"
        for name, row in record["chapters"].items()
        if row["state"] not in (VERIFIED, NOT_EXECUTED)
    ]
    verified = {name for name, row in record["chapters"].items() if row["state"] == VERIFIED}
    found += [
        f"claim {claim['id']}: {claim['why_not']}"
        for claim in record["claims"]
        if claim["computed"] and claim["chapter"] in verified and not claim["signed_off"]
    ]
    if record["sources_changed_meanwhile"]:
        found.append("the sources were edited while the verification ran")
    return found


def moved(before: Record, now: Record) -> list[str]:
    """Say which recorded values and verdicts differ from those of another record."""
    lines = []
    for name, row in now["chapters"].items():
        old = before["chapters"].get(name, {}).get("values") or {}
        for key, entry in (row.get("values") or {}).items():
            if key in old and old[key] != entry:
                lines.append(f"{name}/{key}: {_shown(old[key])} before, {_shown(entry)} now")
    verdicts = {claim["id"]: claim["verdict"] for claim in before["claims"] if claim["signed_off"]}
    lines += [
        f"claim {c['id']}: {verdicts[c['id']]} before, {c['verdict']} now"
        for c in now["claims"]
        if c["signed_off"] and c["verdict"] != verdicts.get(c["id"], c["verdict"])
    ]
    return lines


def compare(before: Record, now: Record) -> Record:
    """Return what a record says of an earlier one; equal sources and profile give equal values."""
    return {
        "started": before["started"],
        "revision": before["revision"],
        "comparable": all(before[key] == now[key] for key in ("profile", "sources")),
        "moved": moved(before, now),
    }


def _shown(entry: dict[str, Any]) -> str:
    spec = ".6g" if isinstance(entry["value"], float) else ""
    return render(entry["value"], spec) if not isinstance(entry["value"], list) else "a list"


def read_record(file: Path) -> Record | None:
    """Return a record, or None if there is none.

    Raises
    ------
    HumanlikeError
        If the file is no record of this format.
    """
    if not file.is_file():
        return None
    try:
        record: Record = json.loads(file.read_text(encoding="utf-8"))
        if record["format"] == FORMAT:
            return record
    except (ValueError, KeyError, TypeError):
        pass
    raise HumanlikeError(
        f"{file} is not a record of 'humanlike verify' of this version. Move it away, or name "
        "another folder with --out."
    )


def write_record(record: Record, folder: Path) -> Path:
    """Write a record for machines and for people; return the file for people."""
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    for name, content in ((NAME, text), (TEXT, as_text(record))):
        with replacing(folder / name) as stream:
            stream.write(content.encode())
    return folder / TEXT


def as_text(record: Record) -> str:
    """Return a record as text for people."""
    wrong = problems(record)
    head = "SIGNED OFF" if not wrong else "NOT SIGNED OFF"
    title = f"{head}: {record['asked_for']}, executed anew from a clean state."
    parts = [
        [title, *_circumstances(record)],
        ["What stands against it", *[f"  {line}" for line in wrong]] if wrong else [],
        _chapters(record),
        _verdicts(record),
        _unsigned(record),
        _since(record),
        _given(record),
        _ledger(record),
        _data(record),
    ]  # fmt: skip
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _circumstances(record: Record) -> list[str]:
    environment, files = record["environment"], record["changed_files"]
    commit = record["revision"] or "unknown (no git checkout)"
    tree = f"with {len(files)} files changed since" if files else "nothing changed since"
    off = environment["off_pins"]
    made = "made from requirements.txt for this" if environment["made_for_this"] else "as installed"
    pins = f"{len(off)} packages other than pinned" if off else "every package as pinned"
    lines = [
        f"Began      {record['started']}, took {record['seconds']:.0f} s, "
        f"profile {record['profile']}",
        f"Revision   {commit}" + (f", {tree}" if record["revision"] else ""),
        f"Sources    {record['sources']}",
        f"Versions   humanlike {environment['humanlike']}, "
        f"python {environment['versions']['python']} on {environment['versions']['system']} "
        f"{environment['machine']}; environment {made}, {pins}",
    ]
    return lines + [f"           {name} {what}" for name, what in list(off.items())[:20]]


def _chapters(record: Record) -> list[str]:
    lines = ["Chapters"]
    for name, row in record["chapters"].items():
        seconds = f"{row['seconds']:8.1f} s" if "seconds" in row else " " * 10
        lines.append(f"  {name:<16}{seconds}  {row['state']}")
    return lines


def _verdicts(record: Record) -> list[str]:
    signed = Counter(c["verdict"] for c in record["claims"] if c["signed_off"])
    lines = [f"Claims signed off: {sum(signed.values())} of {len(record['claims'])}"]
    return lines + [f"  {count:5}  {verdict}" for verdict, count in sorted(signed.items())]


def _unsigned(record: Record) -> list[str]:
    why = Counter(c["why_not"] for c in record["claims"] if not c["signed_off"])
    return (
        ["Claims not signed off", *[f"  {n:5}  {w}" for w, n in why.most_common()]] if why else []
    )


def _since(record: Record) -> list[str]:
    earlier = record.get("compared_with")
    if not earlier:
        return []
    kind = "same sources and profile" if earlier["comparable"] else "other sources or profile"
    lines = [f"Compared with the record of {earlier['started']} ({kind}): "
             f"{len(earlier['moved'])} values or verdicts differ"]  # fmt: skip
    return lines + [f"  {line}" for line in earlier["moved"]]


def _given(record: Record) -> list[str]:
    rows = [f"  {name} reads {', '.join(row['taken_as_given'])}"
            for name, row in record["chapters"].items() if row.get("taken_as_given")]  # fmt: skip
    return ["Taken as given, not measured here", *rows] if rows else []


def _ledger(record: Record) -> list[str]:
    lines = ["Ledger (published, recomputed, verdict)"]
    for claim in record["claims"]:
        printed = claim["published"]
        printed = " · ".join(printed) if isinstance(printed, list) else printed
        mark = "+" if claim["signed_off"] else "-"
        lines.append(f"  {mark} {claim['id']:<32} {printed[:24]:>24} "
                     f"{claim['recomputed'] or '–':>12}  {claim['verdict']}")  # fmt: skip
    return lines


def _data(record: Record) -> list[str]:
    rows = [row.get("data", {}) for row in record["chapters"].values()]
    files = {path: digest for row in rows for path, digest in row.items()}
    lines = [f"  {digest}  {path}" for path, digest in sorted(files.items())]
    return ["Data, SHA-256 computed here", *lines] if lines else []
