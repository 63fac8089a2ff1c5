"""The key changes with everything that can change an answer, and with nothing else."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanlike.models.base import Choice, ModelInfo, Prompt, Settings
from humanlike.store.key import Keys, canonical, digest

INFO = ModelInfo("hf:tiny@1", "hf", "tiny", "abc", "bfloat16", "template", "adapter")
PROMPT = Prompt(
    "Which?", "You answer.", allowed=("a", "b"), question=Choice("x", ("a", "b"), ("a", "b"))
)
SETTINGS = Settings()
OTHER_INFO: dict[str, Any] = {
    "spec": "hf:tiny@2",
    "revision": "abd",
    "dtype": "float32",
    "template": "other",
    "adapter": "",
    "rule": 2,
}
OTHER_SETTINGS: dict[str, Any] = {
    "mode": "score",
    "temperature": 0.0,
    "top_p": 0.9,
    "max_tokens": 33,
    "seed": 1,
    "top_logprobs": 5,
}
OTHER_PROMPT: dict[str, Any] = {"user": "Which", "system": "", "form": "base", "trial": 1}
texts = st.text(st.characters(), max_size=20)


def key(info: ModelInfo = INFO, settings: Settings = SETTINGS, prompt: Prompt = PROMPT) -> bytes:
    return Keys.of_model(info, settings).of([prompt])[0]


@pytest.mark.parametrize("name", OTHER_INFO)
def test_everything_about_the_model_that_can_change_an_answer_changes_the_key(name: str) -> None:
    assert key(replace(INFO, **{name: OTHER_INFO[name]})) != key()


@pytest.mark.parametrize("name", [f.name for f in fields(Settings)])
def test_every_setting_changes_the_key(name: str) -> None:
    assert key(settings=replace(Settings(), **{name: OTHER_SETTINGS[name]})) != key()


@pytest.mark.parametrize("name", OTHER_PROMPT)
def test_every_part_of_the_prompt_changes_the_key(name: str) -> None:
    assert key(prompt=replace(PROMPT, **{name: OTHER_PROMPT[name]})) != key()


def test_allowed_answers_matter_for_scoring_only() -> None:
    other = replace(PROMPT, allowed=("a", "c"))
    assert key(prompt=other) == key()
    scoring = Settings(mode="score")
    assert key(settings=scoring, prompt=other) != key(settings=scoring)


def test_the_question_matters_only_to_models_that_read_it() -> None:
    other = replace(PROMPT, question=None)
    assert key(prompt=other) == key()
    reader = replace(INFO, reads_question=True)
    assert key(reader, prompt=other) != key(reader)


@pytest.mark.parametrize(
    "change",
    [{"device": "cuda:0"}, {"versions": {"torch": "9"}}, {"chunk": 1}, {"name": "other"}],
    ids=str,
)
def test_where_a_model_runs_does_not_change_the_key(change: dict[str, Any]) -> None:
    assert key(replace(INFO, **change)) == key()


@given(texts, texts, st.integers(0, 3), st.booleans(), st.booleans())
def test_the_fast_way_is_the_documented_way(
    user: str, system: str, trial: int, score: bool, reads: bool
) -> None:
    """Independent reference: the whole content through json and sha256 in one piece."""
    keys = Keys.of_model(
        replace(INFO, reads_question=reads), Settings(mode="score" if score else "generate")
    )
    prompt = replace(PROMPT, user=user, system=system, trial=trial)
    text = json.dumps(keys.content(prompt), sort_keys=True, separators=(",", ":"))
    assert keys.of([prompt, prompt])[1] == hashlib.sha256(text.encode("ascii")).digest()


@given(st.lists(st.tuples(texts, texts, st.integers(0, 2)), unique=True, max_size=30))
def test_different_prompts_have_different_keys(found: list[tuple[str, str, int]]) -> None:
    """Among them texts that would be equal if parts were simply put one after another."""
    asked = [Prompt(user, system, trial=trial) for user, system, trial in found]
    asked += [Prompt(system + user, "", trial=trial) for user, system, trial in found if system]
    distinct = {(p.user, p.system, p.trial) for p in asked}
    assert len(set(Keys.of_model(INFO, Settings()).of(asked))) == len(distinct)


def test_the_order_of_names_does_not_matter() -> None:
    assert canonical({"b": 1, "a": 2}) == canonical({"a": 2, "b": 1}) == '{"a":2,"b":1}'


@given(st.lists(texts, max_size=4), st.lists(texts, max_size=4))
def test_checksums_of_parts_keep_the_parts_apart(left: list[str], right: list[str]) -> None:
    assert (digest(left) == digest(right)) == (left == right)
