"""Local models: names and options, which weights, chat templates, and what is refused."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanlike.cli.main import main
from humanlike.errors import HumanlikeError
from humanlike.models import open_model
from humanlike.models.base import ModelInfo, Prompt, Settings
from humanlike.models.hf import identity, load, open_spec
from humanlike.models.hf.prompts import Wording, common_start
from humanlike.models.hf.spec import Options, Source, read_spec
from humanlike.models.options import read_options, write_options
from humanlike.store.key import Keys
from humanlike.tasks import triplets
from models import tiny

torch = pytest.importorskip("torch")

SCORE, WRITE = Settings(mode="score"), Settings(temperature=0, max_tokens=3)
CHAT = triplets.prompt("dog", "cat", "car")
BASE = triplets.prompt("dog", "cat", "car", "base")
LEAD = (
    "{% for m in messages %}[{{ m['role'] }}] {{ m['content'] }}{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% endif %}"
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Llama."""
    return tiny.make(tmp_path_factory.mktemp("whole") / "tiny")


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A copy of it that may be spoiled."""
    return Path(shutil.copytree(whole, tmp_path / "tiny"))


def answer(
    place: Path, prompt: Prompt = CHAT, settings: Settings = SCORE, options: str = ""
) -> Any:
    (found,) = tiny.opened(place, options).answer([prompt], settings)
    return found[1]


def template(place: Path, text: str) -> Path:
    (place / "chat_template.jinja").write_text(text)
    return place


# --- names and options ---------------------------------------------------------------------------


def test_a_spec_has_a_name_a_revision_an_adapter_and_options(tmp_path: Path) -> None:
    assert read_spec("gpt2") == (Source("gpt2"), None, Options())
    source, adapter, options = read_spec("a/b@v1+c/d@abc,dtype=bfloat16,device=cpu,tokens=99")
    assert source == Source("a/b", "v1")
    assert adapter == Source("c/d", "abc")
    assert options == Options(dtype="bfloat16", device="cpu", tokens=99)
    own = tmp_path / "my model"
    own.mkdir()
    assert read_spec(str(own))[0] == Source("my model", folder=own)
    assert read_spec(f"a/b+{own}")[1] == Source("my model", folder=own)


@given(st.sampled_from(["auto", "cpu", "cuda:1"]), st.integers(0, 10**6), st.booleans(), st.dates())
def test_options_written_and_read_are_the_same(
    device: str, tokens: int, remote: bool, day: Any
) -> None:
    options = Options(device=device, tokens=tokens, remote_code=remote, date=day.isoformat())
    assert read_options(Options, write_options(options), "hf:") == options


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("", "a name on the hub or a folder"),
        ("two words", "a name on the hub or a folder"),
        ("a/b@", "a name on the hub or a folder"),
        ("./nowhere", "no folder ./nowhere"),
        ("a/b/c", "no folder a/b/c"),
        ("gpt2,dtype=bf16", "Did you mean 'bfloat16'"),
        ("gpt2,attention=flash", "Unknown attention 'flash'"),
        ("gpt2,device=gpu", "Unknown device 'gpu'"),
        ("gpt2,system=no", "Unknown system 'no'"),
        ("gpt2,thinking=maybe", "Unknown thinking 'maybe'"),
        ("gpt2,tokens=-1", "must not be negative"),
        ("gpt2,date=today", "a day such as 2024-07-26"),
        ("gpt2,form=base", "Unknown option of hf: 'form'"),
    ],
)
def test_a_wrong_spec_says_what_is_wrong(spec: str, message: str) -> None:
    with pytest.raises(HumanlikeError, match=message):
        open_model(f"hf:{spec}")


def test_a_model_says_who_it_is_before_its_weights_are_loaded(
    whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "load_weights", None)
    info = open_model(f"hf:{whole},device=cpu").info()
    assert info.spec == "hf:tiny,attention=sdpa,system=template,thinking=default,date=2024-07-26"
    assert (info.kind, info.name, info.dtype, info.device) == ("hf", "tiny", "float32", "cpu")
    assert len(info.revision) == len(info.template) == 64
    assert info.modes == ("generate", "score")
    assert info.forms == ("chat", "base")
    assert set(info.versions) == {"torch", "transformers", "tokenizers"}
    assert not info.reads_question


def test_whatever_can_change_an_answer_changes_the_key(whole: Path, folder: Path) -> None:
    def key(place: Path, options: str = "") -> bytes:
        return Keys.of_model(tiny.opened(place, options).info(), SCORE).of([CHAT])[0]

    plain = key(whole)
    assert key(folder) == plain
    assert key(whole, "tokens=64") == plain
    other = tiny.make(folder.parent / "other" / "tiny", seed=1)
    changed = {
        key(whole, "dtype=bfloat16"),
        key(whole, "dtype=float16"),
        key(whole, "attention=eager"),
        key(whole, "system=user"),
        key(whole, "thinking=no"),
        key(whole, "date=2025-01-01"),
        key(other),
        key(template(folder, tiny.TEMPLATE + " ")),
    }
    tiny.change_json(folder / "generation_config.json", temperature=0.3)
    changed.add(key(folder))
    renamed = folder.rename(folder.parent / "renamed")
    changed.add(key(renamed))
    assert len(changed - {plain}) == 10


def test_a_device_is_recorded_but_is_no_part_of_the_key() -> None:
    one, other = (ModelInfo("hf:x", "hf", "x", device=device) for device in ("cpu", "cuda"))
    assert one.identity() == other.identity()


def test_the_commit_of_the_hub_is_the_revision(
    whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cache of the hub as it lies on the disk after a download."""
    cache = whole.parent / "cache"
    commit = "0123456789abcdef0123456789abcdef01234567"
    at = cache / "models--some--model"
    if not at.exists():
        shutil.copytree(whole, at / "snapshots" / commit)
        (at / "refs").mkdir()
        (at / "refs" / "main").write_text(commit)
    import huggingface_hub.constants as hub
    from transformers.utils import hub as theirs

    monkeypatch.setattr(hub, "HF_HUB_CACHE", str(cache))
    monkeypatch.setattr(theirs.constants, "HF_HUB_CACHE", str(cache))
    monkeypatch.setenv("HUMANLIKE_OFFLINE", "1")
    named = open_spec("some/model,device=cpu")
    assert named.info().revision == commit
    assert named.info().spec.startswith("hf:some/model,")
    pinned = open_spec(f"some/model@{commit},device=cpu")
    assert pinned.info() == named.info()
    (found,) = named.answer([CHAT], SCORE)
    assert found[1].scores == answer(whole).scores


# --- chat templates ------------------------------------------------------------------------------


def test_a_chat_prompt_needs_a_template_and_nothing_is_guessed(folder: Path) -> None:
    (folder / "chat_template.jinja").unlink()
    model = tiny.opened(folder)
    assert model.info().forms == ("base",)
    assert model.info().template == ""
    with pytest.raises(HumanlikeError, match=r"no chat template; use --form base"):
        list(model.answer([CHAT], SCORE))
    assert answer(folder, BASE).scores
    own = folder / "own.jinja"
    own.write_text(tiny.TEMPLATE)
    given = tiny.opened(folder, f"template={own}")
    assert given.info().forms == ("chat", "base")
    with pytest.raises(HumanlikeError, match="there is no such file"):
        tiny.opened(folder, "template=none.jinja")


def test_a_template_that_refuses_or_drops_the_instruction_is_not_used_silently(
    folder: Path,
) -> None:
    refusing = (
        "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}"
    )
    template(folder, refusing + tiny.TEMPLATE)
    with pytest.raises(HumanlikeError, match=r"no system.*system=user"):
        answer(folder)
    assert answer(folder, options="system=user").scores
    dropping = tiny.TEMPLATE.replace("for m in messages", "for m in messages[1:]")
    template(folder, dropping)
    with pytest.raises(HumanlikeError, match=r"does not show the instruction.*system=user"):
        answer(folder)


def test_a_template_that_shows_no_question_is_refused(folder: Path) -> None:
    template(folder, "hello{% if add_generation_prompt %}>{% endif %}")
    with pytest.raises(HumanlikeError, match="does not show the question"):
        answer(folder, Prompt("What?", allowed=("a", "b")))


def test_templates_of_multimodal_models_get_a_list_of_parts(folder: Path) -> None:
    same = answer(folder)
    parts = tiny.TEMPLATE.replace(
        "{{ m['content'] }}",
        "{% for p in m['content'] if p['type'] == 'text' %}{{ p['text'] }}{% endfor %}",
    )
    assert answer(template(folder, parts)).scores == same.scores


def test_the_date_in_a_template_stands_still(folder: Path) -> None:
    template(folder, "{{ strftime_now('%d %b %Y') }}{{ date_string }}" + tiny.TEMPLATE)
    model = tiny.opened(folder, "date=2024-02-03")
    assert model.wording.text(CHAT).startswith("03 Feb 202403 Feb 2024<|system|>")


def test_thinking_is_passed_on(folder: Path) -> None:
    knows = "{% if enable_thinking is defined %}{{ enable_thinking }}{% endif %}"
    template(folder, knows + tiny.TEMPLATE)

    def begins(options: str) -> str:
        return tiny.opened(folder, options).wording.text(CHAT).partition("<")[0]

    assert [begins(f"thinking={choice}") for choice in ("default", "yes", "no")] == [
        "",
        "True",
        "False",
    ]


def test_the_blank_that_a_template_leaves_to_the_answer_is_put_before_it(folder: Path) -> None:
    (request,) = tiny.opened(template(folder, LEAD)).wording.requests([CHAT], scored=True)
    (plain,) = tiny.opened(template(folder, tiny.TEMPLATE)).wording.requests([CHAT], scored=True)
    read = tiny.opened(folder).wording.tokenizer
    assert [read.decode(ids) for ids in request.answers.values()] == [" cat", " car"]
    assert [read.decode(ids) for ids in plain.answers.values()] == ["cat", "car"]


def test_answers_after_a_common_end_have_the_tokens_they_have_after_the_whole(whole: Path) -> None:
    prompts = [CHAT, triplets.prompt("egg", "eggplant", "bok choy"), BASE]
    prompts.append(
        replace(CHAT, user="other <|end|> marks <s> within", allowed=(" x", "\n3", "7.5"))
    )
    wording = tiny.opened(whole).wording
    short = [request.answers for request in wording.requests(prompts, scored=True)]
    wording._marks = []
    long = [request.answers for request in wording.requests(prompts, scored=True)]
    assert short == long


@given(st.lists(st.text("ab", max_size=6), min_size=1, max_size=5))
def test_the_common_start_is_the_one_of_all(texts: list[str]) -> None:
    """Reference: the standard library's own."""
    assert common_start(texts) == len(os.path.commonprefix(texts))  # noqa: RUF071


def test_an_answer_that_would_merge_with_the_prompt_is_tokenised_alone() -> None:
    """A tokenizer that joins a colon and what follows it."""
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    words = {"x": 0, ":": 1, "a": 2, ":a": 3, "b": 4}
    fast = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.BPE(words, [(":", "a")])))
    wording = Wording(fast, Options(), separate=False, name="x")
    (request,) = wording.requests([Prompt("x:", form="base", allowed=("a", "b"))], scored=True)
    assert request.ids == [0, 1]
    assert request.answers == {"a": (2,), "b": (4,)}


def test_an_answer_alone_gets_no_blank_that_a_tokenizer_puts_before_a_text() -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = {"\u2581": 0, ":": 1, "a": 2, ":a": 3, "\n": 4, "b": 5}
    made = Tokenizer(models.BPE(words, [(":", "a")]))
    made.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    fast = PreTrainedTokenizerFast(tokenizer_object=made)
    assert fast("a")["input_ids"] == [0, 2]
    wording = Wording(fast, Options(), separate=False, name="x")
    (request,) = wording.requests([Prompt("b:", form="base", allowed=("a", " a"))], scored=True)
    assert request.answers == {"a": (2,), " a": (0, 2)}


def test_a_mark_for_the_end_that_a_tokenizer_puts_after_a_text_is_not_read(folder: Path) -> None:
    from tokenizers import processors

    fast = tiny.opened(folder).wording.tokenizer
    before = fast(BASE.text)["input_ids"]
    fast.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A <|end|>", special_tokens=[("<s>", tiny.BOS), ("<|end|>", tiny.END)]
    )
    assert fast(BASE.text)["input_ids"] == [*before, tiny.END]
    (request,) = Wording(fast, Options(), False, "x").requests([BASE], scored=True)
    assert request.ids == before


def test_a_tokenizer_without_a_token_for_padding_is_no_hindrance(folder: Path) -> None:
    with_it = answer(folder)
    tiny.change_json(folder / "tokenizer_config.json", pad_token=None)
    assert tiny.opened(folder).wording.tokenizer.pad_token is None
    prompts = [CHAT, Prompt("Hi", allowed=("a", "b")), CHAT]
    found = dict(tiny.opened(folder).answer(prompts, SCORE))
    assert found[2].scores == pytest.approx(dict(with_it.scores), abs=1e-5)


# --- what is refused -----------------------------------------------------------------------------


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(HumanlikeError, match=r"no config\.json"):
        open_model(f"hf:{tmp_path}")
    weights = folder / "model.safetensors"
    weights.unlink()
    with pytest.raises(HumanlikeError, match="holds no weights"):
        open_model(f"hf:{folder}")
    (folder / "pytorch_model.bin").write_bytes(b"anything")
    with pytest.raises(HumanlikeError, match="pickle"):
        open_model(f"hf:{folder}")
    weights.write_bytes(b"broken")
    with pytest.raises(HumanlikeError, match="cannot be loaded"):
        answer(folder)


def test_weights_that_lack_a_part_are_refused_instead_of_filled_with_chance(folder: Path) -> None:
    from transformers import LlamaForCausalLM

    LlamaForCausalLM.from_pretrained(folder).model.save_pretrained(folder)
    with pytest.raises(HumanlikeError, match=r"lack 1 parts.*lm_head"):
        answer(folder)


def test_an_encoder_is_sent_to_its_own_kind(folder: Path) -> None:
    tiny.change_json(folder / "config.json", model_type="bert", architectures=["BertForMaskedLM"])
    with pytest.raises(HumanlikeError, match="use encoder:FOLDER"):
        tiny.opened(folder)
    tiny.change_json(folder / "config.json", model_type="vit")
    with pytest.raises(HumanlikeError, match="writes no text"):
        tiny.opened(folder)
    tiny.change_json(folder / "config.json", model_type="no-such-type")
    with pytest.raises(HumanlikeError, match="cannot be loaded"):
        tiny.opened(folder)


def test_code_from_outside_is_not_run(folder: Path) -> None:
    tiny.change_json(
        folder / "config.json", model_type="own", auto_map={"AutoConfig": "code.Config"}
    )
    (folder / "code.py").write_text("raise SystemExit('it ran')")
    with pytest.raises(HumanlikeError, match="remote_code=yes"):
        tiny.opened(folder)


def test_a_model_that_is_not_here_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUMANLIKE_OFFLINE", "1")
    with pytest.raises(HumanlikeError, match=r"not on this machine.*hf download nobody/nothing"):
        open_model("hf:nobody/nothing")


def _response(status: int) -> Any:
    import httpx2

    return httpx2.Response(status, request=httpx2.Request("GET", "https://hub.invalid/x"))


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ("GatedRepoError", "gated.*HF_TOKEN"),
        ("RepositoryNotFoundError", "knows no model 'a/b'"),
        ("RevisionNotFoundError", "no revision 'v9'"),
        ("LocalEntryNotFoundError", "the hub cannot be reached"),
    ],
)
def test_what_the_hub_refuses_is_one_plain_message(
    error: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub
    from huggingface_hub import errors

    monkeypatch.delenv("HUMANLIKE_OFFLINE", raising=False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    kind = getattr(errors, error)
    cause = kind("x") if error.startswith("Local") else kind("x", response=_response(403))

    def refuse(*_: Any, **__: Any) -> None:
        raise cause

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", refuse)
    with pytest.raises(HumanlikeError, match=message):
        open_model("hf:a/b@v9,device=cpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
@pytest.mark.parametrize("device", ["cuda", "all", "cuda:3"])
def test_a_device_that_is_not_there_is_named(whole: Path, device: str) -> None:
    with pytest.raises(HumanlikeError, match=f"device={device}, but this machine has 0"):
        open_spec(f"{whole},device={device}")


def test_a_number_format_the_gpu_lacks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: False)
    with pytest.raises(HumanlikeError, match="no bfloat16"):
        load.choose_dtype("bfloat16", "cuda")
    assert load.choose_dtype("auto", "cuda") == "float16"
    assert load.choose_dtype("auto", "cpu") == "float32"
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: True)
    assert load.choose_dtype("auto", "all") == "bfloat16"


def test_numbers_too_large_for_the_format_are_no_answer(folder: Path) -> None:
    from transformers import LlamaForCausalLM

    model = LlamaForCausalLM.from_pretrained(folder)
    with torch.no_grad():
        model.model.layers[0].mlp.down_proj.weight.fill_(1e5)
    model.save_pretrained(folder)
    with pytest.raises(HumanlikeError, match=r"no number in torch.float16.*dtype=float32"):
        answer(folder, options="dtype=float16")
    assert answer(folder).scores


def test_weights_that_do_not_fit_say_what_to_do(
    whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(torch.nn.Module, "to", full)
    with pytest.raises(HumanlikeError, match=r"does not fit into memory.*device=all"):
        answer(whole)


def test_a_prompt_that_is_too_long_or_empty_is_that_prompts_failure(whole: Path) -> None:
    bare = Prompt("", form="base", allowed=(" a",))
    prompts = [CHAT, replace(CHAT, user="word " * 600), CHAT]
    found = dict(tiny.opened(whole).answer(prompts, SCORE))
    assert found[0].scores == pytest.approx(found[2].scores, abs=1e-5)
    problem = found[1].problem
    assert problem is not None
    assert problem.kind == "too long"
    assert problem.final
    model = tiny.opened(whole)
    model.wording.tokenizer.backend_tokenizer.post_processor = None  # no mark before a text
    ((_, nothing),) = model.answer([bare], SCORE)
    assert nothing.problem.kind == "empty prompt"


def test_generation_settings_that_are_not_supported_are_named(folder: Path) -> None:
    tiny.change_json(folder / "generation_config.json", num_beams=4, no_repeat_ngram_size=2)
    with pytest.raises(HumanlikeError, match=r"num_beams=4, no_repeat_ngram_size=2.*--mode score"):
        answer(folder, CHAT, WRITE)
    assert answer(folder).scores


def test_an_answer_without_tokens_cannot_be_scored(whole: Path) -> None:
    with pytest.raises(HumanlikeError, match="has no tokens"):
        answer(whole, replace(CHAT, allowed=("", "a")))


# --- adapters ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def adapter(whole: Path) -> Path:
    peft = pytest.importorskip("peft")
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(whole)
    config = peft.LoraConfig(r=2, target_modules=["q_proj", "v_proj"], init_lora_weights=False)
    torch.manual_seed(5)
    peft.get_peft_model(base, config).save_pretrained(whole.parent / "lora")
    return whole.parent / "lora"


def test_an_adapter_changes_answers_and_key(whole: Path, adapter: Path) -> None:
    """Reference: the adapter left beside the weights, by peft itself."""
    from peft import AutoPeftModelForCausalLM

    model = open_spec(f"{whole}+{adapter},device=cpu")
    info = model.info()
    assert info.name == "tiny+lora"
    assert info.adapter.startswith("lora@")
    assert info.identity() != tiny.opened(whole).info().identity()
    (found,) = model.answer([BASE], SCORE)
    reference = AutoPeftModelForCausalLM.from_pretrained(adapter).eval()
    (request,) = model.wording.requests([BASE], scored=True)
    for said, tokens in request.answers.items():
        with torch.no_grad():
            logits = reference(torch.tensor([[*request.ids, *tokens]])).logits[0]
        start, chances = len(request.ids) - 1, logits.log_softmax(-1)
        total = sum(float(chances[start + n, token]) for n, token in enumerate(tokens))
        assert found[1].scores[said] == pytest.approx(total, abs=2e-5)
    assert found[1].scores != answer(whole, BASE).scores


def test_what_is_no_adapter_is_refused(whole: Path, tmp_path: Path) -> None:
    with pytest.raises(HumanlikeError, match="is no adapter: it lacks adapter_config"):
        open_spec(f"{whole}+{tmp_path},device=cpu")


# --- the whole engine ----------------------------------------------------------------------------


def test_the_command_asks_a_local_model_once(
    whole: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = tmp_path / "store.sqlite"
    command = ["query", "triplets", f"hf:{whole},device=cpu", "--n", "12", "--mode", "score"]
    command += ["--json", "--store", str(store)]
    assert main(command) == 0
    shown = json.loads(capsys.readouterr().out)["summary"]
    assert (shown["new"], shown["valid"]) == (12, 12)
    monkeypatch.setattr("humanlike.models.hf.model.load_weights", None)
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out)["summary"]["before"] == 12


def test_offline_is_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HUMANLIKE_OFFLINE", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    assert not identity.offline()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert identity.offline()
