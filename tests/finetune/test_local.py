"""Adapters: a planted rule is learned, resuming changes nothing, labels are right by token."""

from __future__ import annotations

import json
import signal
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from models.tiny import END, KINDS, TEMPLATE, make

from finetune.tiny import run_script
from humanlike.errors import HumanlikeError
from humanlike.finetune.examples import Example, ExampleSet
from humanlike.finetune.local import RECORD, Recipe, train
from humanlike.models import open_model
from humanlike.models.base import Settings
from humanlike.tasks.prompt import Prompt, Scale

pytest.importorskip("peft")
RECIPE = Recipe(epochs=30, batch=16, learning_rate=1e-2, rank=8, save=1000)
FIRST, SECOND = "abcdefgh", "klmnopqr"


def rule(word: str) -> int:
    """Return the planted rating: the second letter's place, halved, from 0 to 3."""
    return SECOND.index(word[2]) // 2


def made(words: list[str], answers: list[int]) -> ExampleSet:
    rows = []
    for word, answer in zip(words, answers, strict=True):
        question = Scale(word, "Visual", "seeing")
        rows.append(Example(Prompt(f"Rate {word} .", question=question), str(answer), word))
    groups = {word: place for place, word in enumerate(words)}
    return ExampleSet("en_ft", tuple(rows), groups)


WORDS = [f"{a} {b}" for a in FIRST for b in SECOND]
ORDER = np.random.default_rng(0).permutation(len(WORDS))
TRAIN = [WORDS[n] for n in ORDER[:48]]
HELD = [WORDS[n] for n in ORDER[48:]]
EXAMPLES = made(TRAIN, [rule(word) for word in TRAIN])
ASKED = made(HELD, [rule(word) for word in HELD])


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("base"))


def right(spec: str) -> float:
    model = open_model(spec)
    prompts = [example.prompt for example in ASKED.examples]
    answers = dict(model.answer(prompts, Settings(temperature=0.0, max_tokens=4)))
    said = [answers[place].text.strip() for place in range(len(prompts))]
    return float(np.mean([a == e.answer for a, e in zip(said, ASKED.examples, strict=True)]))


def spec(base: Path, options: str = ",device=cpu") -> str:
    return f"hf:{base}{options}"


def test_a_planted_rule_is_learned_and_the_trained_model_is_a_spec(
    base: Path, tmp_path: Path
) -> None:
    found = train(spec(base), EXAMPLES, tmp_path / "out", recipe=RECIPE, held=ASKED)
    assert right(f"{found.spec},device=cpu") >= 0.9
    evaluated = [entry for entry in found.record["log"] if "spearman" in entry]
    assert evaluated[-1]["valid"] == 1
    assert evaluated[-1]["spearman"] > 0.9
    record = json.loads((tmp_path / "out" / RECORD).read_text())
    assert record["state"] == "finished"
    assert record["base"]["revision"] == open_model(spec(base)).info().revision
    assert not list((tmp_path / "out").glob("checkpoint-*"))
    assert open_model(f"{found.spec},device=cpu").info().adapter


def test_shuffled_labels_teach_nothing(base: Path, tmp_path: Path) -> None:
    answers = [rule(word) for word in TRAIN]
    mixed = made(TRAIN, list(np.random.default_rng(2).permutation(answers)))
    found = train(spec(base), mixed, tmp_path / "out", recipe=RECIPE)
    assert right(f"{found.spec},device=cpu") < 0.6


def stopped_after(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the next training end abruptly after some steps."""
    from humanlike.finetune import during

    def stop(self, args, state, control, **_):
        if state.global_step == steps:
            raise KeyboardInterrupt

    monkeypatch.setattr(during.Report, "on_step_end", stop)


def weights(folder: Path) -> dict[str, np.ndarray]:
    from safetensors.numpy import load_file

    return load_file(folder / "adapter_model.safetensors")


def test_resumed_training_equals_uninterrupted_training(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = replace(RECIPE, epochs=6, save=5, dropout=0.1)
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        stopped_after(12, patched)
        train(spec(base), EXAMPLES, tmp_path / "stopped", recipe=recipe)
    lines: list[str] = []
    resumed = train(spec(base), EXAMPLES, tmp_path / "stopped", recipe=recipe, tell=lines.append)
    assert lines[0] == "goes on from checkpoint-10"
    whole = train(spec(base), EXAMPLES, tmp_path / "whole", recipe=recipe)
    one, two = weights(resumed.folder), weights(whole.folder)
    assert set(one) == set(two)
    for name in one:
        np.testing.assert_allclose(one[name], two[name], atol=1e-6)
    last = [run.record["log"][-1]["step"] for run in (resumed, whole)]
    assert last == [18, 18]


def test_a_finished_training_is_not_done_again_and_another_needs_another_folder(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = replace(RECIPE, epochs=1)
    first = train(spec(base), EXAMPLES, tmp_path, recipe=recipe)
    monkeypatch.setattr("humanlike.finetune.local._trainer", None)
    assert train(spec(base), EXAMPLES, tmp_path, recipe=recipe).record == first.record
    with pytest.raises(HumanlikeError, match=r"another training \(different: recipe\)"):
        train(spec(base), EXAMPLES, tmp_path, recipe=replace(recipe, rank=4))
    with pytest.raises(HumanlikeError, match=r"different: examples"):
        train(spec(base), ASKED, tmp_path, recipe=recipe)


# --- labels --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "form", "end"),
    [
        (TEMPLATE, "chat", "<|end|>"),
        (TEMPLATE.replace("<|end|>", "<|end|>\n"), "chat", "<|end|>"),
        (TEMPLATE.replace("<|end|>", "\n"), "chat", "<|end|>"),
        (None, "base", "<|end|>"),
    ],
    ids=["mark", "mark and line break", "no mark", "no template"],
)
def test_labels_are_the_answer_and_its_end_token_by_token(
    tmp_path: Path, template: str | None, form: str, end: str
) -> None:
    from models.tiny import tokenizer

    from humanlike.finetune.tokens import IGNORED, labelled
    from humanlike.models.hf.prompts import Wording
    from humanlike.models.hf.spec import Options

    own = tokenizer(tmp_path, template)
    wording = Wording(own, Options(), False, "tiny")
    lead = " " if form == "base" else ""
    examples = [
        Example(Prompt("How loud is a dog?", form=form), lead + answer, "dog")
        for answer in ("3.25", "0", "A")
    ]
    for example, row in zip(examples, labelled(examples, wording, separate=False), strict=True):
        ids, labels = row["input_ids"], row["labels"]
        prompt = wording.requests([example.prompt], scored=False)[0].ids
        assert ids[: len(prompt)] == prompt, "as the model is asked"
        assert labels[: len(prompt)] == [IGNORED] * len(prompt)
        assert labels[len(prompt) :] == ids[len(prompt) :]
        learned = ids[len(prompt) :]
        assert own.decode(learned[:-1]).strip() == example.answer.strip()
        assert own.decode(learned[-1:]) == end
        assert learned.count(END) == 1


@given(st.lists(st.integers(1, 40), min_size=1, max_size=70), st.integers(1, 9), st.integers(1, 3))
def test_every_pass_has_every_example_once_and_little_is_padded(
    lengths: list[int], batch: int, epochs: int
) -> None:
    from humanlike.finetune.tokens import like_lengths

    order = like_lengths(lengths, batch, epochs, 3)
    assert sorted(order) == sorted(list(range(len(lengths))) * epochs)
    assert order == like_lengths(lengths, batch, epochs, 3)

    def padding(places: list[int]) -> int:
        rows = [places[n : n + batch] for n in range(0, len(places), batch)]
        return sum(max(lengths[n] for n in row) * len(row) for row in rows)

    plain = list(range(len(lengths))) * epochs
    assert padding(order) <= padding(plain) + max(lengths) * batch


@pytest.mark.parametrize("last_only", [True, False])
def test_the_loss_is_that_of_the_plain_model_on_the_answers_alone(
    base: Path, last_only: bool
) -> None:
    """Against transformers' own loss on right-padded texts with the prompt's labels masked."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from humanlike.finetune.tokens import Collator, answer_loss, labelled
    from humanlike.models.hf.prompts import Wording
    from humanlike.models.hf.spec import Options

    wording = Wording(AutoTokenizer.from_pretrained(str(base)), Options(), False, "tiny")
    prompts = ["short", "a much longer question than that", "middle one"]
    examples = [
        Example(Prompt(p), a, p) for p, a in zip(prompts, ("1", "2.75", "0.5"), strict=True)
    ]
    rows = labelled(examples, wording, separate=False)
    model = AutoModelForCausalLM.from_pretrained(str(base))
    batch = Collator(0, last_only)(rows)
    assert ("logits_to_keep" in batch) == last_only
    labels = batch.pop("labels")
    with torch.no_grad():
        found = answer_loss(model(**batch), labels)
        plain = Collator(0, False)(rows)
        expected = model(**plain).loss
    torch.testing.assert_close(found, expected)
    assert (labels[:, 1:] != -100).sum() == sum(n != -100 for r in rows for n in r["labels"])


def test_an_encoder_decoder_learns_too_and_its_loss_is_that_of_transformers(
    tmp_path: Path,
) -> None:
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    from humanlike.finetune.tokens import Collator, answer_loss, labelled
    from humanlike.models.hf.prompts import Wording
    from humanlike.models.hf.spec import Options

    base = make(tmp_path / "t5", "t5")
    plain = ExampleSet(
        "en_ft",
        tuple(replace(e, prompt=replace(e.prompt, form="base")) for e in EXAMPLES.examples),
        EXAMPLES.groups,
    )
    wording = Wording(AutoTokenizer.from_pretrained(str(base)), Options(), True, "tiny")
    rows = labelled(plain.examples[:5], wording, separate=True)
    assert [row["labels"][-1] for row in rows] == [END] * 5
    model = AutoModelForSeq2SeqLM.from_pretrained(str(base))
    model.config.decoder_start_token_id = 0
    batch = Collator(0, False, start=0)(rows)
    labels = batch.pop("labels")
    with torch.no_grad():
        found = answer_loss(model(**batch), labels)
        batch.pop("decoder_input_ids")
        expected = model(**batch, labels=labels[:, 1:].contiguous()).loss
    torch.testing.assert_close(found, expected)
    trained = train(spec(base), plain, tmp_path / "out", recipe=replace(RECIPE, epochs=10))
    losses = [float(entry["loss"]) for entry in trained.record["log"] if "loss" in entry]
    assert losses[-1] < losses[0]
    assert "adapter" in str(open_model(f"{trained.spec},device=cpu").info())


@pytest.mark.parametrize("kind", ["gpt2", "qwen3", "mamba"])
def test_other_kinds_of_models_train(kind: str, tmp_path: Path) -> None:
    assert kind in KINDS
    base = make(tmp_path / kind, kind)
    plain = ExampleSet("en_ft", EXAMPLES.examples[:16], EXAMPLES.groups)
    targets = "in_proj x_proj" if kind == "mamba" else "all-linear"
    recipe = replace(RECIPE, epochs=8, checkpointing=kind == "qwen3", targets=targets)
    found = train(spec(base), plain, tmp_path / "out", recipe=recipe)
    losses = [float(entry["loss"]) for entry in found.record["log"] if "loss" in entry]
    assert losses[-1] < losses[0]


# --- refusals ------------------------------------------------------------------------------------


def test_a_loss_that_is_no_number_is_one_message(base: Path, tmp_path: Path) -> None:
    with pytest.raises(HumanlikeError, match=r"loss became (nan|inf).*lower learning rate"):
        train(spec(base), EXAMPLES, tmp_path, recipe=replace(RECIPE, learning_rate=1e30))


@pytest.mark.parametrize(
    ("base_spec", "message"),
    [
        ("encoder:", "local models, hf:NAME"),
        ("hf:", "local models, hf:NAME"),
        ("hf:NOWHERE/nothing", "NOWHERE/nothing"),
    ],
)
def test_models_that_cannot_be_trained_are_refused(
    base_spec: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUMANLIKE_OFFLINE", "1")
    with pytest.raises(HumanlikeError, match=message):
        train(base_spec, EXAMPLES, tmp_path)


def test_a_set_with_nothing_to_learn_is_refused(base: Path, tmp_path: Path) -> None:
    same = made(TRAIN, [2] * len(TRAIN))
    with pytest.raises(HumanlikeError, match="the answer '2' only"):
        train(spec(base), same, tmp_path)
    with pytest.raises(HumanlikeError, match="no examples"):
        train(spec(base), ExampleSet("en_ft", (), {}), tmp_path)
    letters = ExampleSet("qa_ft", tuple(
        replace(e, answer="AB"[n % 2]) for n, e in enumerate(EXAMPLES.examples)), {})  # fmt: skip
    with pytest.raises(HumanlikeError, match="right answer C or D"):
        train(spec(base), letters, tmp_path)


def test_impossible_recipes_are_refused() -> None:
    with pytest.raises(HumanlikeError, match="above 0"):
        Recipe(batch=0)
    with pytest.raises(HumanlikeError, match="dropout"):
        Recipe(dropout=1.0)


def test_unknown_layers_are_refused(base: Path, tmp_path: Path) -> None:
    with pytest.raises(HumanlikeError, match="takes no such adapter"):
        train(spec(base), EXAMPLES, tmp_path, recipe=replace(RECIPE, targets="nothing"))


SCRIPT = """
import sys
from pathlib import Path
from finetune.test_local import EXAMPLES, RECIPE, replace, spec, train
folder = Path(sys.argv[1])
train(spec(folder / "base"), EXAMPLES, folder / "out", recipe=replace(RECIPE, epochs=40, save=5))
"""


@pytest.mark.slow
def test_killed_it_goes_on_from_its_last_whole_checkpoint(tmp_path: Path) -> None:
    base = make(tmp_path / "base")
    recipe = replace(RECIPE, epochs=40, save=5)
    process = run_script(SCRIPT, tmp_path)
    while not list((tmp_path / "out").glob("checkpoint-*")) and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert json.loads((tmp_path / "out" / RECORD).read_text())["state"] == "begun"
    found = train(spec(base), EXAMPLES, tmp_path / "out", recipe=recipe)
    whole = train(spec(base), EXAMPLES, tmp_path / "whole", recipe=recipe)
    one, two = weights(found.folder), weights(whole.folder)
    for name in one:
        np.testing.assert_allclose(one[name], two[name], atol=1e-5)


TOGETHER = """
import sys
from pathlib import Path
from finetune.test_local import EXAMPLES, RECIPE, replace, spec, train
folder = Path(sys.argv[1])
train(spec(folder / "base"), EXAMPLES, folder / "two", recipe=replace(RECIPE, epochs=4, batch=8))
"""


@pytest.mark.slow
def test_two_processes_train_what_one_does_that_adds_up_two_steps(tmp_path: Path) -> None:
    """As `accelerate launch` starts them; each takes every second batch of a step."""
    import socket

    base = make(tmp_path / "base")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    shared = {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1",
              "MASTER_PORT": port}  # fmt: skip
    both = [run_script(TOGETHER, tmp_path, **shared, RANK=rank, LOCAL_RANK=rank) for rank in "01"]
    assert [process.wait(120) for process in both] == [0, 0]
    recipe = replace(RECIPE, epochs=4, batch=8, accumulate=2)
    alone = train(spec(base), EXAMPLES, tmp_path / "one", recipe=recipe)
    record = json.loads((tmp_path / "two" / RECORD).read_text())
    assert record["state"] == "finished"
    assert record["log"][-1]["step"] == alone.record["log"][-1]["step"] == 12
    one, two = weights(alone.folder), weights(tmp_path / "two")
    for name in one:
        np.testing.assert_allclose(one[name], two[name], atol=1e-4)


def test_the_command_trains_and_says_how_to_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from humanlike.cli.main import main

    monkeypatch.setenv("HUMANLIKE_DATA", "simulated")
    base = make(tmp_path / "base")
    out = tmp_path / "out"
    ask = ["finetune", "train", "en_ft", spec(base), "--out", str(out), "--n", "4", "--epochs", "1"]
    assert main([*ask, "--dimensions", "Visual,Foot", "--validation", "0.25"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == f"humanlike query ratings hf:{base}+{out}"
    assert any("valid" in line for line in said)
    assert main([*ask, "--rank", "3"]) == 1
    assert "another training" in capsys.readouterr().err
