"""The key of an execution: it changes with all that matters to a chapter and with nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from book.sample import HEADER, Project
from humanlike.book import fingerprint as module
from humanlike.book.chapters import load_chapter
from humanlike.book.fingerprint import fingerprint, key_of, reachable_modules, what_changed
from humanlike.errors import HumanlikeError


def parts(project: Project, name: str = "alpha", **parameters: Any) -> dict[str, Any]:
    return fingerprint(load_chapter(project.root, name), parameters, project.root)


def key(project: Project, name: str = "alpha", **parameters: Any) -> str:
    return key_of(parts(project, name, **parameters))


def key_elsewhere(project: Project, name: str) -> str:
    """The key as the project's own copy of the package computes it."""
    program = (
        "import sys\nfrom pathlib import Path\nfrom humanlike.book.chapters import load_chapter\n"
        "from humanlike.book.fingerprint import fingerprint, key_of\nroot = Path(sys.argv[1])\n"
        "print(key_of(fingerprint(load_chapter(root, sys.argv[2]), {}, root)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(project.root), name],
        env=project.environment(), text=True, capture_output=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


def test_the_key_is_a_short_hash_that_asking_again_does_not_change(project_env: Project) -> None:
    assert key(project_env) == key(project_env)
    assert len(key(project_env)) == 20
    assert json.loads(json.dumps(parts(project_env))) == parts(project_env)


def test_another_place_on_disk_has_the_same_key(project_env: Project, tmp_path: Path) -> None:
    other = Project(tmp_path / "elsewhere").create()
    assert key(other) == key(project_env)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("notebooks/alpha.py", "The mean is", "On average it is"),
        ("notebooks/beta.py", "pd.DataFrame", "pd.DataFrame  "),
        ("data/claims/a.yml", "The mean is two", "Two is the mean"),
        ("index.md", "A small book", "Another book"),
        ("_config.yml", "title:", "title: X"),
    ],
)
def test_prose_claims_settings_and_other_chapters_do_not_change_the_key(
    project_env: Project, name: str, old: str, new: str
) -> None:
    before = key(project_env)
    project_env.edit(name, old, new)
    assert key(project_env) == before


@pytest.mark.parametrize(
    ("name", "old", "new", "part"),
    [
        ("notebooks/alpha.py", "sum(numbers) / n", "sum(numbers) / (n + 1)", "code"),
        ("notebooks/alpha.py", "n: int = 5", "n: int = 6", "code"),
        ("notebooks/alpha.yml", "format: .2f", "format: .3f", "card"),
        ("data/numbers.csv", "1", "2", "files"),
    ],
)
def test_code_card_and_data_files_change_the_key(
    project_env: Project, name: str, old: str, new: str, part: str
) -> None:
    before = parts(project_env)
    project_env.edit(name, old, new)
    after = parts(project_env)
    assert key_of(before) != key_of(after)
    assert [name for name in before if before[name] != after[name]] == [part]


def test_a_data_file_that_comes_or_goes_changes_the_key_but_a_readme_does_not(
    project_env: Project,
) -> None:
    before = key(project_env)
    project_env.write("data/README.md", "words")
    assert key(project_env) == before
    project_env.write("data/more.csv", "a\n")
    assert key(project_env) != before


def test_parameters_change_the_key(project_env: Project) -> None:
    assert key(project_env, n=5) != key(project_env, n=6)
    assert key(project_env, n=5, label="a") == key(project_env, label="a", n=5)


def test_installed_versions_change_the_key(
    project_env: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = key(project_env)
    assert {"python", "numpy", "papermill"} <= set(module.versions())
    assert "humanlike" not in module.versions()
    changed = module.versions() | {"numpy": "0.0"}
    monkeypatch.setattr(module, "versions", lambda: changed)
    assert key(project_env) != before


def test_data_that_come_to_hand_change_the_key_of_the_chapters_that_read_them(
    project_env: Project,
) -> None:
    before = {name: key(project_env, name) for name in ("alpha", "beta")}
    assert not parts(project_env, "beta")["data"]["toy"]["at hand"]
    project_env.add_data()
    assert parts(project_env, "beta")["data"]["toy"]["at hand"]
    assert key(project_env, "beta") != before["beta"]


def test_asking_for_simulated_data_gives_the_key_of_a_machine_without_them(
    project_env: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = key(project_env, "beta")
    project_env.add_data()
    assert key(project_env, "beta") != without
    monkeypatch.setenv("HUMANLIKE_DATA", "simulated")
    assert key(project_env, "beta") == without


def test_a_data_set_no_registry_knows_is_refused(project_env: Project) -> None:
    project_env.edit("notebooks/beta.yml", "[toy]", "[tou]")
    with pytest.raises(HumanlikeError, match=r"'tou'\. Did you mean 'toy'"):
        parts(project_env, "beta")


def test_a_helper_module_changes_the_key_of_the_chapters_that_reach_it_only(
    fresh: Project,
) -> None:
    before = {name: key_elsewhere(fresh, name) for name in ("alpha", "beta")}
    fresh.edit_package("stats/groups.py", "# only alpha imports this")
    assert key_elsewhere(fresh, "beta") == before["beta"]
    assert key_elsewhere(fresh, "alpha") != before["alpha"]
    fresh.edit_package("tables.py", "# both reach this through humanlike.book.record")
    assert key_elsewhere(fresh, "beta") != before["beta"]


def test_a_module_nothing_reaches_does_not_change_any_key(fresh: Project) -> None:
    before = key_elsewhere(fresh, "alpha")
    fresh.edit_package("cli/main.py", "# no chapter imports this")
    assert key_elsewhere(fresh, "alpha") == before


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("import humanlike.stats.groups", {"humanlike.stats.groups", "humanlike.stats"}),
        ("from humanlike.stats import groups", {"humanlike.stats.groups"}),
        ("from humanlike.stats.groups import welch", {"humanlike.stats.groups"}),
        ("def f():\n    from humanlike.plots import style", {"humanlike.plots.style"}),
        ("%matplotlib inline\nimport humanlike.tables", {"humanlike.tables"}),
        ("!ls\nimport humanlike.tables as t", {"humanlike.tables"}),
        ("import humanlike.data.source", {"humanlike.data.usage", "humanlike.data.registry"}),
    ],
)
def test_imports_are_followed_wherever_they_stand(cell: str, expected: set[str]) -> None:
    found = reachable_modules([cell])
    assert expected | {"humanlike"} <= set(found)
    assert all(file.is_file() for file in found.values())


@pytest.mark.parametrize("cell", ["import numpy", "x = (", "import humanlikeness", "1 + 1", ""])
def test_code_without_our_imports_reaches_nothing(cell: str) -> None:
    assert reachable_modules([cell]) == {}


def test_relative_imports_are_followed(monkeypatch: pytest.MonkeyPatch, fresh: Project) -> None:
    package = fresh.folder / "src" / "humanlike"
    (package / "stats" / "one.py").write_text("from .two import x\nfrom ..tables import to_html\n")
    (package / "stats" / "two.py").write_text("from . import three\n")
    (package / "stats" / "three.py").write_text("")
    monkeypatch.setattr(module, "__file__", str(package / "book" / "fingerprint.py"))
    found = set(reachable_modules(["import humanlike.stats.one"]))
    assert found >= {f"humanlike.{n}" for n in ("stats.one", "stats.two", "stats.three", "tables")}


def test_a_chapter_without_prose_has_a_key_too(project_env: Project) -> None:
    project_env.write("notebooks/alpha.py", HEADER + "# %%\n1\n")
    assert parts(project_env)["code"] == ["1"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ({"code": ["1"]}, {"code": ["2"]}, "its code cells"),
        ({"parameters": {"n": 1}}, {"parameters": {"n": 2}}, "its parameters (n)"),
        (
            {"package": dict.fromkeys("abcd", 1)},
            {"package": dict.fromkeys("abcd", 2)},
            "the package (a, b, c, …)",
        ),
        ({"data": {}}, {"data": {"toy": 1}}, "the registered data (toy)"),
        ({"code": 1, "card": 1}, {"code": 2, "card": 2}, "its code cells, its card"),
        ({}, {}, "nothing known"),
    ],
)
def test_what_changed_is_told_in_a_few_words(old: Any, new: Any, words: str) -> None:
    assert what_changed(old, new) == words


def test_a_file_that_the_card_names_counts_and_must_exist(project_env: Project) -> None:
    project_env.write(
        "notebooks/alpha.yml", "title: Alpha\npaper: A\nfiles: [results/speed.json]\n"
    )
    with pytest.raises(HumanlikeError, match=r"alpha.yml says .* reads results/speed.json, which"):
        key(project_env)
    project_env.write("results/speed.json", "1")
    before, other = key(project_env), key(project_env, "beta")
    project_env.write("results/speed.json", "2")
    assert key(project_env) != before
    assert key(project_env, "beta") == other


def test_files_of_a_card_are_a_list(project_env: Project) -> None:
    project_env.write("notebooks/alpha.yml", "title: Alpha\npaper: A\nfiles: speed.json\n")
    with pytest.raises(HumanlikeError, match="'files' is a list of names"):
        key(project_env)
