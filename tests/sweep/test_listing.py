"""The list of a sweep: what it means, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from humanlike.errors import HumanlikeError
from humanlike.sweep.listing import Cell, read_list

WHOLE = """
tasks: [triplets]
profile: quick
defaults:
  n_triplets: 1000
  concurrency: 32
prompts:
  written: {form: chat, mode: generate}
  scored: {mode: score}
seeds: [0, 1]
models:
  - simulated:noise=0.1
  - spec: openai:big@http://node:8000/v1
    name: big
    prompts: [written]
    seeds: [7]
    tasks: [triplets, ratings]
    n_triplets: 2000
    temperature: 1
    concurrency: 256
"""


def read(text: str, folder: Path) -> list[Cell]:
    file = folder / "models.yml"
    file.write_text(text, encoding="utf-8")
    return read_list(file)


def test_models_times_prompts_times_seeds(tmp_path: Path) -> None:
    cells = read(WHOLE, tmp_path)
    assert [cell.label for cell in cells] == [
        "simulated:noise=0.1, written",
        "simulated:noise=0.1, scored",
        "simulated:noise=0.1, written, seed 1",
        "simulated:noise=0.1, scored, seed 1",
        "big, seed 7",
    ]
    first, scored, *_, big = cells
    assert (first.parameters.n_triplets, first.parameters.mode) == (1000, "generate")
    assert (scored.parameters.form, scored.parameters.mode) == ("auto", "score")
    assert (first.parameters.n_refits, first.parameters.tasks) == (50, ("triplets",))
    assert first.reach == {}
    assert big.reach == {"concurrency": 256}
    assert (big.parameters.n_triplets, big.parameters.temperature) == (2000, 1.0)
    assert big.parameters.tasks == ("triplets", "ratings")
    assert len({cell.id for cell in cells}) == 5


def test_an_id_depends_on_what_changes_an_evaluation_only(tmp_path: Path) -> None:
    one = read("models: [simulated]", tmp_path)[0]
    named = read("models: [{spec: simulated, name: me}]", tmp_path)[0]
    other = read("models: [{spec: simulated, n_triplets: 9}]", tmp_path)[0]
    assert one.id == named.id != other.id


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("models: [", "line 1 is not valid YAML"),
        ("", "Expected tasks, defaults, models"),
        ("profile: quick", "Expected 'models'"),
        ("models: []", "line 1, models: Expected a list of models, at least one"),
        ("models: all", "models: Expected a list of models"),
        ("model: [simulated]", "line 1, model: Unknown key 'model'. Did you mean 'models'"),
        ("models: [simulated]\nmodels: [simulated]", "line 2: 'models' is there twice, first in l"),
        ("models:\n  - simulated\n  - 7", "line 3, models.2: Expected a spec"),
        ("models:\n  - name: x", "line 2, models.1: Expected 'spec'"),
        ("models: [simulate]", "models.1.spec: Unknown kind of model 'simulate'. Did you mean"),
        ("models:\n - simulated\n - spec: simulated\n   n_triplet: 4",
         "line 4, models.2.n_triplet: Unknown setting 'n_triplet'. Did you mean 'n_triplets'"),
        ("models: [{spec: simulated, n_triplets: many}]", "n_triplets: Expected a whole number; g"),
        ("models: [{spec: simulated, n_triplets: true}]", "Expected a whole number; got True"),
        ("models: [{spec: simulated, temperature: hot}]", "temperature: Expected a number; got"),
        ("models: [{spec: simulated, form: 3}]", "form: Expected a text; got 3"),
        ("models: [{spec: simulated, form: chatty}]", "models.1: Unknown form of prompt 'chatty'"),
        ("models: [{spec: simulated, n_triplets: 0}]", "n_triplets must be at least 1"),
        ("models: [{spec: simulated, concurrency: 4}]", "concurrency' says how a server is asked"),
        ("models: [{spec: simulated, name: 3}]", "name: Expected a text; got 3"),
        ("tasks: [triplet]\nmodels: [simulated]", "Unknown test 'triplet'. Did you mean 'triplets"),
        ("tasks: triplets\nmodels: [simulated]", "'tasks' should be a list"),
        ("profile: slow\nmodels: [simulated]", "Unknown profile 'slow'"),
        ("seeds: 3\nmodels: [simulated]", "line 1, seeds: Expected a list of seeds"),
        ("seeds: [0, x]\nmodels: [simulated]", "seeds.2: Expected a whole number; got 'x'"),
        ("defaults: 3\nmodels: [simulated]", "defaults: Expected settings; got 3"),
        ("defaults: {spec: a}\nmodels: [simulated]", "defaults.spec: Unknown setting 'spec'"),
        ("prompts: [a]\nmodels: [simulated]", "prompts: Expected names of ways of asking"),
        ("prompts: {a: {mode: score}}\nmodels: [{spec: simulated, prompts: [b]}]",
         "prompts.1: Unknown prompt 'b'"),
        ("models:\n  - encoder:", 'models.1: Without quotes YAML takes this for a key and a value; '
         'write "encoder:"'),
        ("models: &m [*m]", "models.1: Expected a spec"),
        ("models: [{spec: simulated, name: ' '}]", "name: Expected a name of one line"),
        ('models: ["simulated:seed=1\\n2"]', "name: Expected a name of one line"),
        ("models: [{spec: simulated, temperature: .nan}]", "must be in [0, 2]; got nan"),
        ("models: [{spec: simulated, least_valid: .nan}]", "least_valid is a share"),
        ("prompts: {a: {mode: score}}\nmodels: [{spec: simulated, prompts: [[a]]}]",
         "prompts.1: Unknown prompt '['a']'"),
        ("models: [simulated, simulated]", "'simulated' is there twice"),
        ("models: [simulated, {spec: simulated, name: other}]", "are the same model with the same"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_file_and_place(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(HumanlikeError) as caught:
        read(text, tmp_path)
    assert said in str(caught.value)
    assert str(tmp_path / "models.yml") in str(caught.value)


def test_a_missing_file_is_one_message(tmp_path: Path) -> None:
    with pytest.raises(HumanlikeError, match="does not exist"):
        read_list(tmp_path / "nothing.yml")


def test_a_file_that_is_no_text_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "models.yml").write_bytes(b"\xff\xfemodels: [simulated]")
    with pytest.raises(HumanlikeError, match=r"models\.yml is no UTF-8 text"):
        read_list(tmp_path / "models.yml")


def test_a_few_lines_that_stand_for_very_many_are_read_at_once(tmp_path: Path) -> None:
    names = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 30)]
    with pytest.raises(HumanlikeError, match="line 1, l0: Unknown key"):
        read("\n".join(["l0: &l0 [1]", *names, "models: [simulated]"]), tmp_path)


def test_ways_of_asking_may_be_numbered(tmp_path: Path) -> None:
    ways = "prompts: {1: {mode: generate}, 2: {mode: score}}"
    text = f"{ways}\nmodels: [{{spec: simulated, prompts: [2]}}]"
    assert [cell.parameters.mode for cell in read(text, tmp_path)] == ["score"]


def test_no_object_is_made_from_the_file(tmp_path: Path) -> None:
    with pytest.raises(HumanlikeError, match="not valid YAML"):
        read("models: !!python/object/apply:os.getcwd []", tmp_path)
