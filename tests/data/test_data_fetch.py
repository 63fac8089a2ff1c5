"""Good copies are found, damaged ones are named and never win."""

from __future__ import annotations

import json
import lzma
import multiprocessing
import os
import threading
import time

import pytest
from tiny_server import CONTENT

from humanlike.data import digest, download, fetch
from humanlike.data.fetch import ChecksumMismatch, DataUnavailable, DataWarning
from humanlike.errors import HumanlikeError

ONE = CONTENT["one.txt"]


@pytest.fixture
def mirror(tiny, monkeypatch):
    folder = tiny / "mirror"
    (folder / "tiny" / "sub").mkdir(parents=True)
    monkeypatch.setenv("HUMANLIKE_DATA_MIRROR", str(folder))
    return folder / "tiny"


@pytest.fixture
def offline(monkeypatch):
    monkeypatch.setenv("HUMANLIKE_OFFLINE", "1")


def cached(tiny):
    return tiny / "home" / "data" / "tiny" / "one.txt"


def fill(tiny, content=ONE):
    path = cached(tiny)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def leftovers(tiny):
    return [path for path in tiny.rglob("*") if path.name.endswith(".part")]


def test_downloads_into_the_cache(tiny, server):
    path = fetch.path_of("tiny", "one.txt")
    assert path == cached(tiny) and path.read_bytes() == ONE
    fetch.path_of("tiny", "one.txt")
    assert server.hits["/base/one.txt"] == 1
    assert not leftovers(tiny)


def test_plain_mirror_is_read_in_place(mirror, offline):
    (mirror / "one.txt").write_bytes(ONE)
    assert fetch.path_of("tiny", "tiny/one.txt") == mirror / "one.txt"


def test_packed_mirror_is_unpacked_once(mirror, tiny, offline, monkeypatch):
    (mirror / "one.txt.xz").write_bytes(lzma.compress(ONE))
    path = fetch.path_of("tiny", "one.txt")
    assert path == cached(tiny) and path.read_bytes() == ONE
    monkeypatch.setattr(fetch.lzma, "open", None)
    assert fetch.path_of("tiny", "one.txt") == path


def test_tampered_unpacked_copy_is_unpacked_again(mirror, tiny, offline):
    (mirror / "one.txt.xz").write_bytes(lzma.compress(ONE))
    fetch.path_of("tiny", "one.txt").write_bytes(b"tampered")
    assert fetch.path_of("tiny", "one.txt").read_bytes() == ONE


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("one.txt", b"bad", "sha256 "),
        ("one.txt.xz", lzma.compress(b"bad"), "content sha256 "),
        ("one.txt.xz", lzma.compress(ONE)[:-20], "unreadable xz file"),
        ("one.txt.xz", b"not xz", "unreadable xz file"),
    ],
)
def test_bad_mirror_falls_through_to_a_good_cache(mirror, tiny, offline, name, content, reason):
    (mirror / name).write_bytes(content)
    good = fill(tiny)
    with pytest.warns(DataWarning, match=reason) as caught:
        assert fetch.path_of("tiny", "one.txt") == good
    assert str(mirror / name) in str(caught[0].message)
    assert good.read_bytes() == ONE
    assert not leftovers(tiny)


def test_bad_mirror_falls_through_to_a_download(mirror, tiny):
    (mirror / "one.txt").write_bytes(b"bad")
    with pytest.warns(DataWarning):
        assert fetch.path_of("tiny", "one.txt") == cached(tiny)


def test_only_a_bad_copy_is_a_mismatch(mirror, tiny, offline):
    (mirror / "one.txt").write_bytes(b"bad")
    with pytest.raises(ChecksumMismatch) as caught:
        fetch.path_of("tiny", "one.txt")
    text = str(caught.value)
    assert "one.txt is not the published file: expected sha256" in text
    assert str(mirror / "one.txt") in text
    assert "humanlike data fetch tiny" in text and "HUMANLIKE_OFFLINE is set" in text


def test_bad_cache_is_replaced_by_a_good_download(tiny):
    fill(tiny, b"bad")
    with pytest.warns(DataWarning):
        assert fetch.path_of("tiny", "one.txt").read_bytes() == ONE


def test_wrong_download_is_refused_and_replaces_nothing(tiny, server):
    server.mode["/base/one.txt"] = "wrong"
    old = fill(tiny, b"old and bad")
    with pytest.raises(ChecksumMismatch, match=r"in http://127\.0\.0\.1"):
        fetch.path_of("tiny", "one.txt")
    assert old.read_bytes() == b"old and bad"
    assert not leftovers(tiny)


def test_truncated_download_is_tried_three_times(tiny, server):
    server.mode["/base/one.txt"] = "cut"
    with pytest.raises(DataUnavailable, match="broke off"):
        fetch.path_of("tiny", "one.txt")
    assert server.hits["/base/one.txt"] == 3
    assert not cached(tiny).exists() and not leftovers(tiny)


def test_a_busy_server_is_asked_again(tiny, server):
    server.mode["/base/one.txt"] = "once busy"
    assert fetch.path_of("tiny", "one.txt").read_bytes() == ONE


def test_absent_file_is_not_asked_again(tiny, server):
    server.mode["/base/one.txt"] = "absent"
    with pytest.raises(DataUnavailable, match="answered 404"):
        fetch.path_of("tiny", "one.txt")
    assert server.hits["/base/one.txt"] == 1


def test_an_unreachable_host_is_asked_only_once(tiny, server, monkeypatch):
    server.close()
    with pytest.raises(DataUnavailable, match="cannot be reached"):
        fetch.fetch("tiny")
    monkeypatch.setattr(download, "_transfer", None)
    with pytest.raises(DataUnavailable, match="cannot be reached"):
        fetch.path_of("tiny", "one.txt")


def test_unavailable_lists_files_and_ways(tiny, offline):
    with pytest.raises(DataUnavailable) as caught:
        fetch.fetch("tiny")
    text = str(caught.value)
    assert "2 of 2 files wanted of tiny are not here: one.txt, two.txt." in text
    for way in ("humanlike data fetch tiny", "HUMANLIKE_DATA_MIRROR", str(cached(tiny)), "sha256"):
        assert way in text


def test_a_mirror_that_is_no_folder_is_named(tiny, offline, monkeypatch):
    monkeypatch.setenv("HUMANLIKE_DATA_MIRROR", str(tiny / "nowhere"))
    with pytest.raises(DataUnavailable, match="nowhere, which is not a folder"):
        fetch.path_of("tiny", "one.txt")


def test_a_home_that_cannot_be_written_is_named(tiny):
    (tiny / "home").write_text("a file where a folder should be")
    with pytest.raises(HumanlikeError, match="set HUMANLIKE_HOME"):
        fetch.path_of("tiny", "one.txt")


def test_an_exception_while_writing_leaves_nothing(tiny):
    target = fill(tiny, b"old")
    with pytest.raises(KeyboardInterrupt), digest.replacing(target) as stream:
        stream.write(b"half")
        raise KeyboardInterrupt
    assert target.read_bytes() == b"old" and not leftovers(tiny)


def test_parts_of_a_killed_process_are_swept_when_old(tiny):
    folder = cached(tiny).parent
    folder.mkdir(parents=True)
    young, old = folder / ".a.part", folder / ".b.part"
    young.touch()
    old.touch()
    long_ago = time.time() - 2 * digest.STALE_SECONDS
    os.utime(old, (long_ago, long_ago))
    fetch.path_of("tiny", "one.txt")
    assert young.exists() and not old.exists()


@pytest.mark.parametrize("content", [b"", b"{broken", b"[1, 2]", b'{"x": 3}', b"\xff\xfe"])
def test_a_corrupt_memo_is_ignored(tiny, content):
    fetch.path_of("tiny", "one.txt")
    digest.memo_path().write_bytes(content)
    assert fetch.path_of("tiny", "one.txt") == cached(tiny)
    assert str(cached(tiny)) in json.loads(digest.memo_path().read_bytes())


def test_a_lying_memo_accuses_nobody(tiny, offline):
    path = fill(tiny)
    stat = path.stat()
    digest.remember(path, "0" * 64, stat)
    assert fetch.path_of("tiny", "one.txt") == path


def test_the_memo_spares_hashing_until_the_file_changes(tiny, offline, monkeypatch):
    path = fill(tiny)
    fetch.path_of("tiny", "one.txt")
    with monkeypatch.context() as patch:
        patch.setattr(digest, "sha256_of", None)
        assert fetch.path_of("tiny", "one.txt") == path
    path.write_bytes(ONE[:-1] + b"X")
    with pytest.raises(ChecksumMismatch):
        fetch.path_of("tiny", "one.txt")


def test_where_and_available_do_not_hash(mirror, tiny, offline, monkeypatch):
    monkeypatch.setattr(digest, "sha256_of", None)
    assert not fetch.available("tiny")
    (mirror / "one.txt").write_bytes(ONE)
    (mirror / "sub" / "two.txt.xz").write_bytes(b"anything")
    assert [state.source for state in fetch.where("tiny")] == ["mirror", "mirror.xz"]
    assert fetch.available("tiny")
    (mirror / "one.txt").write_bytes(ONE[:-1])
    assert [state.source for state in fetch.where("tiny")] == ["missing", "mirror.xz"]


def test_verify_trusts_no_memo(tiny):
    path = fetch.fetch("tiny")["tiny"][0]
    assert all(state.ok for state in fetch.verify("tiny"))
    stat = path.stat()
    path.write_bytes(ONE[:-1] + b"X")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    wrong, good = fetch.verify("tiny")
    assert (wrong.ok, good.ok) == (False, True) and wrong.path == path


def test_verify_reports_missing_and_unreadable(mirror, tiny, offline):
    (mirror / "one.txt.xz").write_bytes(b"not xz")
    first, second = fetch.verify()
    assert (first.ok, second.ok) == (False, False)
    assert first.found is not None and first.found.startswith("unreadable")
    assert second.source == "missing"


def test_threads_fetch_at_once(tiny):
    found, errors = [], []

    def work():
        try:
            found.append(fetch.path_of("tiny", "one.txt").read_bytes())
        except Exception as problem:
            errors.append(problem)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [ONE] * 8 and not errors and not leftovers(tiny)


def _fetch_all(queue):
    queue.put([path.read_bytes() for path in fetch.fetch("tiny")["tiny"]])


def test_processes_fetch_at_once(tiny):
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    workers = [context.Process(target=_fetch_all, args=(queue,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    results = [queue.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()
    assert results == [list(CONTENT.values())] * 3
    assert not leftovers(tiny)


def test_a_process_killed_midway_leaves_no_half_file(tiny, server):
    gate = threading.Event()
    slow = server.answer

    def answer(request):
        data = server.content[request.path]
        request.send_response(200)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data[:100])
        request.wfile.flush()
        server.hits["started"] += 1
        gate.wait(20)

    server.answer = answer
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    worker = context.Process(target=_fetch_all, args=(queue,))
    worker.start()
    deadline = time.time() + 30
    while not server.hits["started"] and time.time() < deadline:
        time.sleep(0.05)
    assert server.hits["started"] and leftovers(tiny)
    worker.kill()
    worker.join()
    gate.set()
    server.answer = slow
    assert not cached(tiny).exists()
    assert fetch.path_of("tiny", "one.txt").read_bytes() == ONE


def test_a_progress_bar_reaches_the_end(tiny, capsys):
    fetch.fetch("tiny", progress=True)
    assert "32.0/32.0 kB" in capsys.readouterr().err
