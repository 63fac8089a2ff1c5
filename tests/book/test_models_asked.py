"""A chapter that asks a model is executed again when the model or the shown store has changed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from book.sample import Project
from humanlike.book import record
from humanlike.book.assemble import provenance
from humanlike.book.chapters import load_chapter
from humanlike.book.execute import Execution
from humanlike.book.fingerprint import fingerprint, key_of
from humanlike.errors import HumanlikeError
from humanlike.models.base import ModelInfo
from humanlike.models.scripted import Scripted
from humanlike.query import query as ask
from humanlike.query import usage
from humanlike.store.store import default_path

CARD = "title: Alpha\npaper: A\nasks: [model]\n"
SOURCE = """# %% tags=["parameters"]
model: str = "simulated:"  # who is asked
models: list[str] = ["simulated:"]  # who else is asked

# %%
from humanlike.query import query

query("triplets", model, n=20)
"""


@pytest.fixture
def asking(project_env: Project) -> Project:
    """The small book with a chapter that asks a model."""
    project_env.write("notebooks/alpha.yml", CARD)
    project_env.write("notebooks/alpha.py", SOURCE)
    return project_env


@pytest.fixture
def encoder(tmp_path: Path) -> Path:
    """A folder that looks like an encoder's until it is loaded."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"weights")
    (folder / "config.json").write_text("{}")
    return folder


def query(model: Any, n: int) -> None:
    """Ask about things that need no file of the project."""
    ask("triplets", model, n=n, concepts=[f"thing{number}" for number in range(9)])


class Outsider(Scripted):
    """A fake that passes for a model from elsewhere."""

    def info(self) -> ModelInfo:
        return replace(super().info(), spec="hf:other", kind="hf")


def parts(project: Project, **parameters: Any) -> dict[str, Any]:
    return fingerprint(load_chapter(project.root, "alpha"), parameters, project.root)


def test_another_model_is_another_key(asking: Project) -> None:
    one, two = (parts(asking, model=f"simulated:noise={noise}") for noise in (0.1, 0.2))
    assert key_of(one) != key_of(two)
    assert list(one["models"]) == ["simulated:noise=0.1"]


def test_new_weights_under_the_same_name_are_another_key(asking: Project, encoder: Path) -> None:
    before = parts(asking, model=f"encoder:{encoder}")
    assert parts(asking, model=f"encoder:{encoder}") == before
    (encoder / "model.safetensors").write_bytes(b"other weights")
    after = parts(asking, model=f"encoder:{encoder}")
    assert [name for name in before if before[name] != after[name]] == ["models"]


def test_the_code_of_the_models_counts(asking: Project, encoder: Path) -> None:
    package = parts(asking, model=f"encoder:{encoder}")["package"]
    assert {"humanlike.models.encoder", "humanlike.models.simulated"} <= set(package)
    assert "humanlike.models.replay" not in package
    asking.write("notebooks/alpha.yml", "title: Alpha\npaper: A\n")
    asking.write("notebooks/alpha.py", "# %%\nimport humanlike.book.record\n")
    assert not [name for name in parts(asking)["package"] if name.startswith("humanlike.models")]


def test_a_model_that_cannot_be_opened_gives_a_key_and_the_reason(asking: Project) -> None:
    found = parts(asking, model="encoder:/nowhere")["models"]["encoder:/nowhere"]
    assert "no folder" in found["problem"]


def test_lists_of_models_and_specs_in_the_card(asking: Project) -> None:
    asking.write("notebooks/alpha.yml", CARD.replace("[model]", '[models, "scripted:yes"]'))
    found = parts(asking, models=["simulated:", "encoder:/nowhere"])["models"]
    assert list(found) == ["simulated:", "encoder:/nowhere", "scripted:yes"]


def test_a_card_that_names_no_parameter_is_refused(asking: Project) -> None:
    asking.write("notebooks/alpha.yml", CARD.replace("model", "nobody"))
    with pytest.raises(HumanlikeError, match="under 'asks' that the parameter 'nobody' holds"):
        parts(asking, model="simulated:")


def test_an_execution_from_before_the_chapter_asked_anybody_is_out_of_date_and_no_error(
    asking: Project,
) -> None:
    assert parts(asking, n=3)["models"] == {}


@pytest.mark.parametrize(
    ("line", "message"),
    [("asks: model", "'asks' is a list"), ("store: maybe", "'store' is true or false")],
)
def test_a_card_with_the_wrong_type_is_refused(asking: Project, line: str, message: str) -> None:
    asking.write("notebooks/alpha.yml", f"title: Alpha\npaper: A\n{line}\n")
    with pytest.raises(HumanlikeError, match=message):
        parts(asking)


def test_the_store_counts_where_it_is_shown_and_only_what_others_said(asking: Project) -> None:
    asking.write("notebooks/alpha.yml", CARD.replace("[model]", '["scripted:", model]'))
    plain = parts(asking, model="replay:none.jsonl")
    asking.write("notebooks/alpha.yml", CARD + "store: true\n")
    empty = parts(asking, model="simulated:")
    assert empty["store"] == []
    query("simulated:", 10)
    query("simulated:seed=5", 10)
    assert parts(asking, model="simulated:") == empty
    other = Outsider("the first")
    query(other, 10)
    with_other = parts(asking, model="simulated:")
    assert [row[1] for row in with_other["store"]] == ["hf:other"]
    query(other, 12)
    assert parts(asking, model="simulated:")["store"] != with_other["store"]
    assert plain["store"] == []


def test_a_damaged_store_is_no_obstacle_to_a_key(asking: Project) -> None:
    asking.write("notebooks/alpha.yml", CARD + "store: true\n")
    default_path().parent.mkdir(parents=True, exist_ok=True)
    default_path().write_bytes(b"no database" * 1000)
    assert "store" in parts(asking, model="simulated:")["store"][0]


def test_a_model_the_card_does_not_name_is_refused(
    asking: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking.write("notebooks/alpha.yml", "title: Alpha\npaper: A\n")
    record.begin("alpha")
    query("simulated:", 10)
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr(record, "_display", lambda data: shown.append(data))
    record.close()
    query(Outsider("the first"), 10)
    with pytest.raises(HumanlikeError, match="asks hf:other, but its card does not say so"):
        record.close()
    (session,) = (data[record.SESSION_MIME] for data in shown)
    assert [use["spec"].partition(":")[0] for use in session["models"]] == ["simulated"]
    assert session["models"][0]["prompts"] == 10


def test_the_page_says_who_was_asked(asking: Project, tmp_path: Path) -> None:
    usage.clear()
    query("simulated:silent=0.5", 100)
    uses = [use.__dict__ for use in usage.asked()] * 2
    session = {"real": True, "models": json.loads(json.dumps(uses))}
    result = {"session": session, "profile": "quick", "started": "2026-01-01", "seconds": 1.0,
              "peak_mb": 1, "parameters": {}}  # fmt: skip
    page = provenance(load_chapter(asking.root, "alpha"), Execution("alpha", tmp_path, result))
    assert "Models asked" in page
    assert page.count("`simulated:") == 1
    assert page.count("triplets, 100 prompts, ") == 2
    assert "100 prompts, " in page
    assert "% valid" in page
