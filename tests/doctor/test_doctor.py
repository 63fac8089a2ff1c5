"""Every finding of the doctor, provoked."""

from __future__ import annotations

import http.server
import json
import sqlite3
import sys
import threading
from collections import namedtuple
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from humanlike import doctor
from humanlike.cli.main import main
from humanlike.doctor import Finding, access, examine, healthy, machine, state
from humanlike.query import query
from humanlike.store.store import default_path

GB = 10**9
SECRET = "sk-this-must-never-be-shown"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the user's own state that no other test sees."""
    monkeypatch.setenv("HUMANLIKE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HUMANLIKE_OFFLINE", "1")
    return tmp_path / "home"


def states(findings: list[Finding]) -> list[str]:
    return [finding.state for finding in findings]


def only(findings: list[Finding], wanted: str) -> Finding:
    (found,) = [finding for finding in findings if finding.state == wanted]
    return found


# --- machine -------------------------------------------------------------------------------------


def test_an_old_python(monkeypatch: pytest.MonkeyPatch) -> None:
    assert states(machine.python()) == ["ok"]
    monkeypatch.setattr("sys.version_info", (3, 10, 4))
    found = only(machine.python(), "problem")
    assert "3.11 or newer" in found.message
    assert "make" in found.fix


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose ranges and pins a test may write."""
    root = tmp_path / "checkout"
    (root / "notebooks").mkdir(parents=True)
    (root / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    monkeypatch.setenv("HUMANLIKE_PROJECT", str(root))
    return root


@pytest.mark.parametrize(
    ("needed", "pins", "state", "message"),
    [
        ('"numpy>=2"', "# a comment\npytest>=1\n", "ok", "1 in the pinned"),
        ('"numpy>=99"', "", "problem", "numpy is 2"),
        ('"no-such-package>=1"', "", "problem", "no-such-package>=1 is not installed"),
        ('"numpy>=2"', "numpy==1.0\n", "warning", "wanted ==1.0"),
        ('"numpy>=2"', "absent==1.0; python_version < '3'\n", "ok", "0 in the pinned"),
    ],
)
def test_versions_out_of_range_and_off_the_pins(
    checkout: Path, needed: str, pins: str, state: str, message: str
) -> None:
    (checkout / "pyproject.toml").write_text(f"[project]\ndependencies = [{needed}]\n")
    (checkout / "requirements.txt").write_text(pins)
    (found,) = machine.packages()
    assert found.state == state
    assert message in found.message
    assert bool(found.fix) == (state != "ok")


def test_the_tag_of_a_build_is_no_other_version(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / "pyproject.toml").write_text('[project]\ndependencies = ["torch>=2"]\n')
    (checkout / "requirements.txt").write_text("torch==2.13.0\n")
    monkeypatch.setattr("importlib.metadata.version", lambda _: "2.13.0+cpu")
    assert states(machine.packages()) == ["ok"]


def test_no_checkout_to_compare_with(checkout: Path) -> None:
    assert only(machine.packages(), "warning").fix == "Run this inside a checkout."


@pytest.mark.parametrize(
    ("total", "free", "state"),
    [(16, 12, "ok"), (16, 3, "warning"), (3, 2, "warning"), (0.5, 0.4, "problem")],
)
def test_little_memory(tmp_path: Path, total: float, free: float, state: str) -> None:
    proc = tmp_path / "meminfo"
    kibibytes = [int(number * GB / 1024) for number in (total, free)]
    proc.write_text(f"MemTotal: {kibibytes[0]} kB\nMemAvailable: {kibibytes[1]} kB\n")
    (found,) = machine.memory(proc, tmp_path / "none")
    assert found.state == state


def test_a_container_has_what_it_is_given(tmp_path: Path) -> None:
    proc = tmp_path / "meminfo"
    proc.write_text("MemTotal: 64000000 kB\nMemAvailable: 60000000 kB\n")
    (tmp_path / "memory.max").write_text(f"{2 * GB}\n")
    (tmp_path / "memory.current").write_text(f"{GB}\n")
    assert machine.memory_bytes(proc, tmp_path) == (2 * GB, GB)
    (tmp_path / "memory.max").write_text("max\n")
    assert machine.memory_bytes(proc, tmp_path)[0] == 64000000 * 1024


@pytest.mark.parametrize(("free", "state"), [(50, "ok"), (2, "warning"), (0.1, "problem")])
def test_little_disk(monkeypatch: pytest.MonkeyPatch, free: float, state: str) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(100 * GB, 0, free * GB))
    assert set(states(machine.disk())) == {state}


def test_a_folder_that_cannot_be_written(own_home: Path) -> None:
    own_home.parent.mkdir(exist_ok=True)
    own_home.write_text("a file where a folder should be")
    found = only(machine.disk(), "problem")
    assert "cannot be written" in found.message
    assert "HUMANLIKE_HOME" in found.fix


def test_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: False)
    monkeypatch.setattr(machine, "_driver", lambda: "")
    assert "no GPU" in only(machine.devices(), "note").message
    monkeypatch.setattr(machine, "_driver", lambda: "NVIDIA H100")
    assert "NVIDIA H100 is here, but this build" in only(machine.devices(), "warning").message


def test_a_gpu_that_works_and_one_that_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def memory(number: int) -> tuple[int, int]:
        if number:
            raise RuntimeError("CUDA error: out of memory\nmore")
        return 70 * GB, 80 * GB

    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    monkeypatch.setattr("torch.cuda.get_device_name", lambda number: f"GPU {number}")
    monkeypatch.setattr("torch.cuda.mem_get_info", memory)
    _, works, broken = machine.devices()
    assert works.message == "cuda:0 GPU 0, 70 GB of 80 GB free"
    assert (broken.state, broken.message) == ("warning",
        "GPU 1 does not answer: CUDA error: out of memory")  # fmt: skip


def test_no_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert "cannot be loaded" in only(machine.devices(), "problem").message


def test_the_systems_own_tool_names_the_gpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho 'Some GPU'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine._driver() == "Some GPU"
    tool.write_text("#!/bin/sh\nexit 9\n")
    assert machine._driver() == ""


# --- access --------------------------------------------------------------------------------------


def test_keys_are_told_to_be_there_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in access.KEYS:
        monkeypatch.delenv(name, raising=False)
    assert states(access.keys()) == ["note"] * 3
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    monkeypatch.setenv("HF_TOKEN", SECRET + "\n")
    assert states(access.keys()) == ["ok", "note", "warning"]
    monkeypatch.setattr(doctor.access, "kernel", lambda: [])
    for arguments in (["doctor"], ["doctor", "--json"]):
        main(arguments)
        said = capsys.readouterr()
        assert "OPENAI_API_KEY is set" in said.out
        assert SECRET not in said.out + said.err


@pytest.fixture
def server() -> Iterator[str]:
    """A server that says no to everything."""
    quiet = type("Quiet", (http.server.BaseHTTPRequestHandler,), {"log_message": lambda *_: None})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), quiet) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{served.server_port}"
        served.shutdown()


def test_the_hub(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "not tried" in only(access.hub(), "note").message
    monkeypatch.delenv("HUMANLIKE_OFFLINE")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert states(access.hub()) == ["note"]
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", server)
    assert "answers (501)" in only(access.hub(), "ok").message
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    assert "cannot be reached" in only(access.hub(), "warning").message


def test_a_kernel_computes() -> None:
    assert states(access.kernel()) == ["ok"]


def test_no_kernel_and_one_that_dies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "kernels" / "python3"
    folder.mkdir(parents=True)
    spec = {"argv": ["false", "{connection_file}"], "display_name": "x", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    finder = "jupyter_client.kernelspec.KernelSpecManager"
    monkeypatch.setattr(f"{finder}.ensure_native_kernel", False)
    monkeypatch.setattr(f"{finder}._kernel_dirs_default", lambda _: [str(folder.parent)])
    assert "does not start" in only(access.kernel(), "problem").message
    (folder / "kernel.json").unlink()
    monkeypatch.setitem(sys.modules, "ipykernel.kernelspec", None)
    assert "no kernel named python3" in only(access.kernel(), "problem").message


def test_no_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("HUMANLIKE_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "apt-get install chromium" in only(access.browser(), "note").fix
    program = tmp_path / "my-browser"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("HUMANLIKE_CHROMIUM", str(program))
    assert access.find_browser() == str(program)
    monkeypatch.setattr(access, "find_spec", lambda _: None)
    assert "no playwright" in only(access.browser(), "note").message


# --- state ---------------------------------------------------------------------------------------


def test_no_project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert states(state.project()) == ["ok"]
    monkeypatch.setenv("HUMANLIKE_PROJECT", str(tmp_path))
    assert "no _toc.yml" in only(state.project(), "problem").message


def test_missing_data_a_wrong_mirror_and_a_wrong_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HUMANLIKE_DATA", raising=False)
    monkeypatch.setenv("HUMANLIKE_DATA_MIRROR", str(tmp_path / "nowhere"))
    mirror, missing = state.data()
    assert "is no folder" in mirror.message
    assert missing.state == "warning"
    assert missing.fix.startswith("humanlike data fetch ")
    assert "things-spose" in missing.fix
    assert healthy([mirror, missing])
    monkeypatch.setenv("HUMANLIKE_DATA", "simulated")
    assert "every chapter runs on simulated" in state.data()[0].message
    monkeypatch.setenv("HUMANLIKE_DATA", "reel")
    assert "Did you mean 'real'" in only(state.data(), "problem").message


def test_a_damaged_file_is_found_when_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from humanlike.data.registry import dataset

    monkeypatch.delenv("HUMANLIKE_DATA", raising=False)
    monkeypatch.setenv("HUMANLIKE_DATA_MIRROR", str(tmp_path))
    file = dataset("things-spose").file("labels_66.txt")
    copy = tmp_path / file.path
    copy.parent.mkdir(parents=True)
    copy.write_bytes(b"x" * file.bytes)
    assert "1 files in the mirror" in only(state.data(), "ok").message
    found = state.data(verify=True)
    assert str(copy) in only(found, "problem").message
    assert "humanlike data fetch things-spose" in only(found, "problem").fix


def test_the_store_from_none_to_damaged() -> None:
    assert "no answers yet" in only(state.store(), "note").message
    query("triplets", "simulated:", n=50)
    assert "50 answers" in only(state.store(), "ok").message
    with sqlite3.connect(default_path()) as connection:
        connection.execute("UPDATE responses SET text = 'forged' WHERE id = 7")
    found = only(state.store(), "problem")
    assert "checksum" in found.message
    assert "--repair" in found.fix
    default_path().write_bytes(b"no database " * 1000)
    assert "damaged" in only(state.store(), "problem").message


def test_a_large_store_is_looked_through_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    query("triplets", "simulated:", n=50)
    with sqlite3.connect(default_path()) as connection:
        connection.execute("UPDATE responses SET text = 'forged' WHERE id = 7")
    monkeypatch.setattr(state, "QUICK_BYTES", 10)
    assert "with --verify" in only(state.store(), "ok").message
    assert states(state.store(verify=True)) == ["problem"]


# --- all of it -----------------------------------------------------------------------------------


def test_a_check_that_fails_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "python", lambda: 1 / 0)
    monkeypatch.setattr(access, "kernel", lambda: [])
    found = [f for f in examine() if "ZeroDivisionError" in f.message]
    assert states(found) == ["problem"]


def test_the_command_returns_1_only_for_a_problem(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [Finding("disk", "ok", "much"), Finding("data", "warning", "few", "fetch more")]
    monkeypatch.setattr("humanlike.doctor.examine", lambda verify: given)
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "→ fetch more" in said
    assert said.endswith("1 warning.\n")
    given.append(Finding("store", "problem", "torn", "repair"))
    assert main(["doctor", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == [asdict(finding) for finding in given]
    given[:] = given[:1]
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out.endswith("All that is needed is here.\n")
