"""Local models: every kind against the slow way, alone and in company, with and without memory."""

from __future__ import annotations

import gc
import math
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanlike.data.published import load_concepts
from humanlike.models.base import Answer, Prompt, Settings
from humanlike.models.hf import batches, load, state
from humanlike.models.hf.batches import Work, in_batches, take
from humanlike.models.hf.model import Hf
from humanlike.models.hf.sampling import Sampling, sampling_of
from humanlike.tasks import triplets
from humanlike.tasks.prompt import Form
from models import tiny

torch = pytest.importorskip("torch")

CONCEPTS = list(load_concepts()["concept"])
SCORE = Settings(mode="score")
GREEDY = Settings(temperature=0, max_tokens=6)
SAMPLED = Settings(temperature=1.0, max_tokens=6, seed=3)
CLOSE = 2e-5
"""Largest difference of two log-probabilities in float32; they are sums of up to ten near -4."""
Folder = Callable[..., Path]
Opened = Callable[..., Hf]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Make a model of a kind, once."""
    known: dict[str, Path] = {}

    def folder(kind: str = "llama") -> Path:
        if kind not in known:
            known[kind] = tiny.make(tmp_path_factory.mktemp(kind) / "tiny", kind)
        return known[kind]

    return folder


@pytest.fixture(scope="module")
def opened(made: Folder) -> Opened:
    """Open a model of a kind, once for each group of options."""
    known: dict[tuple[str, str], Hf] = {}

    def model(kind: str = "llama", options: str = "") -> Hf:
        if (kind, options) not in known:
            known[kind, options] = tiny.opened(made(kind), options)
        return known[kind, options]

    return model


def asked(n: int, form: Form = "chat", seed: int = 1) -> list[Prompt]:
    rows = triplets.design(len(CONCEPTS), n, seed=seed).triplets
    return [triplets.prompt(*(CONCEPTS[place] for place in row), form) for row in rows]


def answers(model: Hf, prompts: list[Prompt], settings: Settings) -> list[Answer]:
    found = list(model.answer(prompts, settings))
    assert sorted(place for place, _ in found) == list(range(len(prompts)))
    return [answer for _, answer in sorted(found, key=lambda pair: pair[0])]


def scores(model: Hf, prompts: list[Prompt]) -> list[dict[str, float]]:
    return [dict(answer.scores or {}) for answer in answers(model, prompts, SCORE)]


def reference(folder: Path, multimodal: bool = False) -> tuple[Any, Any]:
    """Load model and tokenizer with transformers, nothing of ours between."""
    import transformers as hf

    config = hf.AutoConfig.from_pretrained(folder)
    auto: Any = hf.AutoModelForSeq2SeqLM if config.is_encoder_decoder else hf.AutoModelForCausalLM
    if multimodal:
        auto = hf.AutoModelForImageTextToText
    loaded = auto.from_pretrained(folder, dtype=torch.float32).eval()
    return loaded, hf.AutoTokenizer.from_pretrained(folder)


def tokens_of(tokenizer: Any, prompt: Prompt) -> list[int]:
    if prompt.form == "base":
        return list(tokenizer(prompt.text)["input_ids"])
    messages = [{"role": "system", "content": prompt.system}] if prompt.system else []
    messages.append({"role": "user", "content": prompt.user})
    return list(
        tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=False)
    )


def slow(model: Any, tokenizer: Any, prompt: Prompt, answer: str) -> float:
    """Sum the log-probabilities of an answer's tokens: one text, one full pass, no cache."""
    ids = tokens_of(tokenizer, prompt)
    if model.config.is_encoder_decoder:
        answer = answer.lstrip()
    said = tokenizer(answer, add_special_tokens=False)["input_ids"]
    with torch.no_grad():
        if model.config.is_encoder_decoder:
            given = [model.generation_config.decoder_start_token_id, *said]
            logits = model(
                input_ids=torch.tensor([ids]), decoder_input_ids=torch.tensor([given])
            ).logits[0]
            start = 0
        else:
            logits = model(torch.tensor([ids + said])).logits[0]
            start = len(ids) - 1
        found = logits.log_softmax(-1)
    return sum(float(found[start + n, token]) for n, token in enumerate(said))


@pytest.mark.parametrize("kind", tiny.KINDS)
def test_a_score_is_the_sum_of_its_tokens_log_probabilities(
    made: Folder, opened: Opened, kind: str
) -> None:
    model, tokenizer = reference(made(kind))
    ours, several = opened(kind), set()
    for prompts in (asked(10), asked(10, "base")):
        found = scores(ours, prompts)
        for place in (0, 7):
            for answer, score in found[place].items():
                expected = slow(model, tokenizer, prompts[place], answer)
                assert score == pytest.approx(expected, abs=CLOSE)
                several.add(len(tokenizer(answer, add_special_tokens=False)["input_ids"]))
    assert max(several) > 1
    assert ours.work.padding > 0 or not ours.engine().traits.paddable


def test_a_multimodal_model_answers_text(tmp_path: Path) -> None:
    folder, prompts = tiny.make_multimodal(tmp_path / "eyes"), asked(9)
    ours = tiny.opened(folder)
    found = scores(ours, prompts)
    assert ours.work.padding > 0
    model, tokenizer = reference(folder, multimodal=True)
    for place in (0, 5):
        for answer, score in found[place].items():
            expected = slow(model, tokenizer, prompts[place], answer)
            assert score == pytest.approx(expected, abs=CLOSE)


@pytest.mark.parametrize("kind", ["llama", "gemma2", "mixtral", "bloom", "mamba", "t5"])
def test_company_changes_nothing(opened: Opened, kind: str) -> None:
    odd = Prompt("Say", allowed=(" a", " b"), form="base")
    model, mixed = opened(kind), [*asked(4), *asked(4, "base"), odd]
    many = scores(model, mixed)
    for place in (1, 5, 8):
        (alone,) = scores(model, [mixed[place]])
        assert many[place] == pytest.approx(alone, abs=CLOSE)
    for settings in (GREEDY, SAMPLED):
        found = [answer.text for answer in answers(model, asked(12), settings)]
        for place in (0, 9):
            assert answers(model, [asked(12)[place]], settings)[0].text == found[place]


def test_a_shared_beginning_is_read_once_and_changes_nothing(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, prompts = opened(), asked(40)
    counts = [model.work.tokens]
    with_it = scores(model, prompts)
    counts.append(model.work.tokens)
    monkeypatch.setattr(state, "LEAST_SHARED", 10**6)
    without = scores(model, prompts)
    counts.append(model.work.tokens)
    shared, whole = np.diff(counts)
    assert shared < 0.6 * whole
    for one, other in zip(with_it, without, strict=True):
        assert one == pytest.approx(other, abs=CLOSE)


@pytest.mark.parametrize(
    ("kind", "penalty"),
    [("llama", 1.0), ("gemma3", 1.0), ("mixtral", 1.0), ("mamba", 1.7), ("t5", 1.0), ("t5", 1.7)],
)
def test_greedy_text_is_that_of_generate(
    made: Folder, opened: Opened, kind: str, penalty: float
) -> None:
    """transformers' own ``generate``, one prompt at a time."""
    prompts = asked(9)
    model, tokenizer = reference(made(kind))
    model.generation_config.repetition_penalty = penalty
    ours = opened(kind)
    ours.engine().model.generation_config.repetition_penalty = penalty
    found = answers(ours, prompts, replace(GREEDY, max_tokens=8))
    ours.engine().model.generation_config.repetition_penalty = 1.0
    for prompt, answer in zip(prompts, found, strict=True):
        ids = torch.tensor([tokens_of(tokenizer, prompt)])
        out = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=8)
        new = out[0, 1:] if kind == "t5" else out[0, ids.shape[1] :]
        assert answer.text == tokenizer.decode(new, skip_special_tokens=True)
        assert answer.finish == ("stop" if tiny.END in new.tolist() else "length")
        assert answer.usage.prompt == ids.shape[1]
        assert answer.usage.completion == len(new)


def test_stop_tokens_end_an_answer_and_are_not_part_of_it(tmp_path: Path) -> None:
    folder = tiny.make(tmp_path / "m")
    before = answers(tiny.opened(folder), asked(8), GREEDY)
    tokenizer = reference(folder)[1]
    ends = tokenizer(before[0].text, add_special_tokens=False)["input_ids"][2]
    tiny.change_json(folder / "generation_config.json", eos_token_id=[tiny.END, ends])
    after = answers(tiny.opened(folder), asked(8), GREEDY)[0]
    assert after.finish == "stop"
    assert after.text == "".join(token.text for token in before[0].tokens[:2])
    assert len(after.tokens) == 2


def test_tokens_carry_the_models_log_probabilities(made: Folder, opened: Opened) -> None:
    prompts = asked(5)
    found = answers(opened(), prompts, replace(SAMPLED, top_logprobs=4))
    model, tokenizer = reference(made())
    for prompt, answer in zip(prompts, found, strict=True):
        text = "".join(token.text for token in answer.tokens)
        assert text == answer.text
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        if tokenizer.convert_ids_to_tokens(ids) and len(ids) == len(answer.tokens):
            total = sum(token.logprob for token in answer.tokens)
            assert total == pytest.approx(slow(model, tokenizer, prompt, text), abs=CLOSE)
        for token in answer.tokens:
            assert 1 <= len(token.top) <= 4
            assert list(token.top.values()) == sorted(token.top.values(), reverse=True)
            assert token.logprob <= max(token.top.values()) + 1e-6


# --- sampling ------------------------------------------------------------------------------------


def test_sampled_answers_depend_on_prompt_repetition_and_seed_only(
    made: Folder, opened: Opened
) -> None:
    model, prompts = opened(), asked(16)
    first = [answer.text for answer in answers(model, prompts, SAMPLED)]
    again = answers(tiny.opened(made(), "tokens=100"), prompts[::-1], SAMPLED)
    assert [answer.text for answer in again][::-1] == first
    others = [replace(prompt, trial=1) for prompt in prompts]
    assert [answer.text for answer in answers(model, others, SAMPLED)] != first
    seeded = answers(model, prompts, replace(SAMPLED, seed=4))
    assert [answer.text for answer in seeded] != first


@pytest.mark.parametrize(
    ("own", "settings"),
    [
        ({"do_sample": True}, Settings()),
        ({"do_sample": True, "temperature": 0.6, "top_p": 0.9, "top_k": 20}, Settings()),
        ({"do_sample": True, "min_p": 0.05, "top_k": 0}, Settings()),
        ({"do_sample": True, "typical_p": 0.8, "epsilon_cutoff": 0.01}, Settings()),
        ({"do_sample": True, "eta_cutoff": 0.02}, Settings()),
        ({"do_sample": True, "suppress_tokens": [7, 9]}, Settings()),
        ({}, Settings(temperature=0.5, top_p=0.7)),
    ],
    ids=str,
)
def test_what_is_sampled_from_is_what_generate_samples_from(
    made: Folder, own: dict[str, Any], settings: Settings
) -> None:
    """Reference: the processors that transformers itself would apply."""
    import transformers as hf

    model = reference(made())[0]
    config = hf.GenerationConfig(eos_token_id=tiny.END, **own)
    given = {} if settings.temperature is None else {"do_sample": True, "temperature": 0.5}
    model.generation_config = config
    full, _ = model._prepare_generation_config(None, **given, top_p=settings.top_p or config.top_p)
    model._prepare_special_tokens(full)
    logits = torch.randn(5, tiny.VOCABULARY, generator=torch.Generator().manual_seed(0)) * 3
    ids = torch.zeros(5, 1, dtype=torch.long)
    theirs = model._get_logits_processor(full, input_ids_seq_length=1)(ids, logits.clone())
    ours = sampling_of(config, settings, tiny.END, "x").shaped(logits.clone(), None)
    torch.testing.assert_close(ours, theirs)


def test_draws_hit_each_token_as_often_as_its_probability_says() -> None:
    """Evenly spaced draws: the number that hit a token is its probability times their number."""
    sampling = Sampling(False, (), 1.0, (), frozenset())
    logits = torch.tensor([[0.3, -math.inf, 2.0, 1.1, -4.0]])
    n = 4000
    draws = [(place + 0.5) / n for place in range(n - 1)] + [1.0]
    chosen = sampling.choose(logits.expand(n, -1), None, draws)
    shares = np.bincount(chosen, minlength=5) / n
    np.testing.assert_allclose(shares, logits.softmax(-1)[0].numpy(), atol=1.01 / n)
    assert shares[1] == 0


# --- answers that begin others -------------------------------------------------------------------


def test_an_answer_that_begins_another_does_not_win_by_being_shorter(
    made: Folder, opened: Opened
) -> None:
    """Closed form: P(begins with 1 but not 1.5) = P(1) - P(1.5), from the slow way."""
    model, tokenizer = reference(made())
    listed = (" 1", " 1.5", " 1.52", " 1.6", " 2")
    prompt = Prompt("Rate it. Answer:", form="base", allowed=listed)
    raw = {answer: math.exp(slow(model, tokenizer, prompt, answer)) for answer in listed}
    (found,) = scores(opened(), [prompt])
    expected = {
        " 1": raw[" 1"] - raw[" 1.5"] - raw[" 1.6"],
        " 1.5": raw[" 1.5"] - raw[" 1.52"],
        " 1.52": raw[" 1.52"],
        " 1.6": raw[" 1.6"],
        " 2": raw[" 2"],
    }
    for answer, probability in expected.items():
        assert math.exp(found[answer]) == pytest.approx(probability, rel=1e-4)
    assert sum(map(math.exp, found.values())) <= 1


def test_letters_and_numbers_are_scored_alike(opened: Opened) -> None:
    prompts = [
        Prompt("Which?\nAnswer:", form="base", allowed=(" A", " B", " C", " D")),
        Prompt("How much?\nAnswer:", form="base", allowed=tuple(f" {n}" for n in range(6))),
    ]
    for answer in answers(opened(), prompts, SCORE):
        assert answer.scores is not None
        assert answer.text == max(answer.scores, key=answer.scores.__getitem__)
        assert sum(map(math.exp, answer.scores.values())) < 1


# --- number formats ------------------------------------------------------------------------------


def test_the_last_layer_is_computed_in_float32_so_that_options_do_not_tie(
    made: Folder, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompts = [replace(prompt, allowed=("A", "B")) for prompt in asked(60)]
    sharp = scores(tiny.opened(made(), "dtype=bfloat16"), prompts)
    full = scores(opened(), prompts)
    monkeypatch.setattr(load, "sharpen", lambda model: None)
    blunt = scores(tiny.opened(made(), "dtype=bfloat16"), prompts)

    def steps(found: list[dict[str, float]]) -> int:
        return len({round(a - b, 9) for a, b in (tuple(entry.values()) for entry in found)})

    def error(found: list[dict[str, float]]) -> float:
        pairs = zip(found, full, strict=True)
        return float(np.mean([abs(a[key] - b[key]) for a, b in pairs for key in a]))

    assert steps(sharp) == steps(full) == 60
    assert steps(blunt) < 60
    assert error(sharp) < error(blunt) < 1.0


# --- batches and memory --------------------------------------------------------------------------


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=80),
    st.integers(1, 500),
    st.sampled_from([0.0, 0.1, 0.5]),
)
def test_batches_hold_everything_once_within_budget_and_waste(
    lengths: list[int], budget: int, waste: float
) -> None:
    work, seen = Work(budget), []
    items = list(enumerate(lengths))
    for batch, results in in_batches(items, lambda item: item[1], list, work, waste):
        assert results is not None
        sizes = [size for _, size in batch]
        places = max(sizes) * len(sizes)
        assert len(batch) == 1 or places <= budget
        assert places - sum(sizes) <= waste * places
        seen += batch
    assert sorted(seen) == items
    assert work.tokens == sum(lengths)
    assert work.waste <= waste


def test_a_batch_is_as_large_as_allowed() -> None:
    assert take([10, 10, 9, 9, 5], 40, 0.1) == 4
    assert take([10, 10, 9, 9, 5], 30, 0.1) == 3
    assert take([10, 10, 9], 100, 0.0) == 2
    assert take([500, 10], 40, 0.1) == 1


@pytest.fixture
def tight(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], None]]:
    """A memory that holds so many places of a batch and no more."""
    real, room = state._run, [10**9]

    def run(model: Any, traits: Any, **feed: Any) -> Any:
        ids = feed.get("input_ids")
        if ids is not None and ids.numel() > room[0]:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1 GiB")
        return real(model, traits, **feed)

    monkeypatch.setattr(state, "_run", run)
    yield lambda places: room.__setitem__(0, places)


@pytest.mark.parametrize("settings", [SCORE, GREEDY], ids=["score", "generate"])
def test_when_memory_runs_out_batches_are_halved_and_nothing_is_lost(
    made: Folder, opened: Opened, tight: Callable[[int], None], settings: Settings
) -> None:
    prompts = asked(40)
    expected = answers(opened(), prompts, settings)
    model = tiny.opened(made(), "tokens=2000")
    tight(150)
    found = answers(model, prompts, settings)
    assert [answer.text for answer in found] == [answer.text for answer in expected]
    assert all(answer.problem is None for answer in found)
    halvings = model.work.halvings
    assert halvings > 0
    assert model.work.budget <= 150
    assert answers(model, prompts, settings)
    assert model.work.halvings == halvings


def test_a_prompt_that_memory_never_suffices_for_is_asked_again_another_time(
    made: Folder, tight: Callable[[int], None]
) -> None:
    prompts = [Prompt("word " * n, form="base", allowed=(" a", " b")) for n in (3, 100, 4)]
    tight(60)
    found = answers(tiny.opened(made()), prompts, SCORE)
    problem = found[1].problem
    assert problem is not None
    assert problem.kind == "memory"
    assert not found[1].settled
    assert found[0].settled
    assert found[2].settled


def test_other_errors_are_not_taken_for_a_lack_of_memory() -> None:
    def broken(items: list[int]) -> list[int]:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    with pytest.raises(RuntimeError, match="mat1"):
        list(in_batches([1, 2], lambda item: item, broken, Work(10)))
    assert batches.out_of_memory(RuntimeError("DefaultCPUAllocator: can't allocate memory"))


def test_closing_gives_the_memory_back_and_asking_again_loads_again(made: Folder) -> None:
    model = tiny.opened(made())
    before = scores(model, asked(3))
    held = weakref.ref(model.engine().model)
    model.close()
    model.close()
    gc.collect()
    assert held() is None
    assert scores(model, asked(3)) == before
