"""Asking from beginning to end: what is asked, kept, summed up, stopped and gone on with."""

from __future__ import annotations

import io
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from humanlike.cli.main import main
from humanlike.data.qa import simulate_questions
from humanlike.errors import HumanlikeError
from humanlike.models.base import Answer, Choice, Problem, Prompt, Settings
from humanlike.models.scripted import Scripted
from humanlike.models.simulated import Options, Simulated
from humanlike.query import Interrupted, plan, query
from humanlike.query.meter import Meter, duration
from humanlike.query.run import Result
from humanlike.store import Store, StoreError
from humanlike.store.transfer import load
from humanlike.store.verify import verify

Captured = pytest.CaptureFixture[str]
MCQ = "{index} {question} {options}"
WORDS = {f"word {n}": None for n in range(20)}
TEMPLATES = {"Visual": 'experienced by seeing on a scale: "{Word}"'}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


def first_option() -> Scripted:
    return Scripted(lambda prompt: Answer((prompt.allowed or ("",))[0], finish="stop"))


def test_everything_is_asked_once_and_never_again(path: Path) -> None:
    model = first_option()
    result = query("triplets", model, n=300, store=path)
    assert result.summary.valid == result.summary.new == len(model.asked) == 300
    again = query("triplets", model, n=300, store=path)
    assert len(model.asked) == 300
    assert (again.summary.before, again.summary.new, again.summary.valid) == (300, 0, 300)
    assert again.answers == result.answers
    assert verify(path).problems == ()


def test_more_triplets_ask_only_the_new_ones(path: Path) -> None:
    model = first_option()
    query("triplets", model, n=100, store=path)
    assert query("triplets", model, n=250, store=path).summary.new == 150
    assert len({prompt.user for prompt in model.asked}) == 250


def test_another_setting_seed_form_or_trial_is_another_question(path: Path) -> None:
    model = first_option()
    for change in ({}, {"temperature": 0.5}, {"seed": 1}, {"form": "base"}, {"trials": 2}):
        query("triplets", model, n=50, store=path, **change)  # type: ignore[arg-type]
    assert len(model.asked) == 50 * 5


def test_a_limit_stops_early_and_the_rest_is_unanswered(path: Path) -> None:
    model = first_option()
    result = query("triplets", model, n=100, limit=30, store=path)
    assert result.summary.invalid == {"unanswered": 70}
    assert query("triplets", model, n=100, store=path).summary.new == 70


def test_a_dry_run_asks_nothing(path: Path) -> None:
    model, said = first_option(), []
    result = query("triplets", model, n=100, store=path, dry_run=True, tell=said.append)
    assert model.asked == []
    assert (result.estimate.to_ask, result.estimate.known) == (100, 0)
    assert "100 to ask" in said[-1]
    assert "first run of this model" in said[-1]
    query("triplets", model, n=100, store=path)
    later = query("triplets", model, n=200, store=path, dry_run=True)
    assert later.estimate.seconds is not None


def test_the_summary_names_every_reason(path: Path) -> None:
    answers = {
        0: Answer("cannot say, I'm sorry"),
        1: Answer("both"),
        2: Answer(problem=Problem("refused", "no", final=True)),
        3: Answer(problem=Problem("timeout", "late")),
    }
    number = iter(range(1000))
    model = Scripted(lambda p: answers.get(next(number), Answer((p.allowed or ("",))[1])))
    result = query("triplets", model, n=10, store=path)
    assert result.summary.invalid == {"refusal": 1, "both": 1, "refused": 1, "timeout": 1}
    assert result.summary.positions == {"first": 0.0, "second": 1.0}
    assert result.summary.new == 9
    again = query("triplets", model, n=10, store=path)
    assert len(model.asked) == 11, "only what may pass is asked again"
    assert again.summary.valid == 7


def test_position_bias_shows_in_both_orders(path: Path) -> None:
    result = query("triplets", first_option(), n=100, design="counterbalanced", store=path)
    assert result.summary.same_option == 0.0
    assert result.summary.positions["first"] == 1.0
    fair = query("triplets", Simulated(), n=100, design="counterbalanced", store=path)
    assert fair.summary.same_option == 1.0
    assert fair.summary.positions["first"] == 0.5


def test_self_consistency_is_measured_on_repetitions(path: Path) -> None:
    steady = query("triplets", Simulated(), n=100, trials=3, store=path)
    assert steady.summary.same_again == 1.0
    guess = Simulated(Options(lapse=1.0))
    loose = query("triplets", guess, n=500, trials=3, store=path).summary.same_again
    assert loose is not None
    assert abs(loose - 0.5) < 4 * 0.5 / 500**0.5


def test_the_frame_holds_items_and_values(path: Path) -> None:
    table = query("triplets", Simulated(Options(silent=0.2)), n=200, store=path).frame()
    assert len(table) == 200
    assert table["held_out"].sum() == 40
    valid = table[table["failure"] == ""]
    expected = valid["first"].where(valid["value"] == 0, valid["second"])
    assert list(valid["chosen"]) == list(expected) == list(valid["text"])
    assert set(table["failure"]) == {"", "refusal"}
    assert table.loc[table["failure"] != "", "value"].isna().all()


def test_ratings_are_asked_and_scored(path: Path) -> None:
    model = Simulated(Options(noise=0.7))
    options = {"words": list(WORDS), "dimensions": ["Visual"], "templates": TEMPLATES}
    said = query("ratings", model, store=path, **options).frame()
    assert said["value"].between(0, 5).all()
    scored = query("ratings", model, mode="score", store=path, **options).frame()
    assert (scored["expected"] - scored["value"].astype(float)).abs().max() < 1
    assert (scored["value"] == scored["value"].round()).all()


def test_ratings_are_greedy_and_triplets_are_not_unless_told(path: Path) -> None:
    options = {"words": ["a"], "dimensions": ["Visual"], "templates": TEMPLATES}
    model = first_option()
    assert query("ratings", model, store=path, **options).settings.temperature == 0.0
    free = query("ratings", model, store=path, default_sampling=True, **options)
    assert free.settings.temperature is None
    assert query("triplets", model, n=1, store=path).settings.temperature is None


def test_questions_are_asked_and_letters_counted(path: Path) -> None:
    questions = simulate_questions(["test"], 0)
    model = Scripted(lambda prompt: Answer("B"))
    result = query("qa", model, questions=questions, template=MCQ, shuffle=True, store=path)
    assert result.summary.positions == {"A": 0.0, "B": 1.0, "C": 0.0, "D": 0.0}
    table = result.frame()
    shown = [questions.set_index("index").loc[i, "ABCD"[int("ABCD".index(o[1]))]]
             for i, o in zip(table["index"], table["options_order"], strict=True)]  # fmt: skip
    assert list(table["chosen"]) == shown


@pytest.mark.parametrize(
    ("task", "options", "message"),
    [
        ("triplet", {}, "Did you mean 'triplets'"),
        ("triplets", {"dimensions": ["Visual"]}, "Unknown option of triplets 'dimensions'"),
        ("triplets", {"n": 10**9}, "make 1,024,128 different trials"),
        ("triplets", {"trials": 0}, "at least once"),
        ("triplets", {"seed": -4}, "A seed is a whole number of at least 0; got -4"),
        ("triplets", {"n": 10, "limit": -1}, "limit must not be negative"),
        ("triplets", {"form": "chatt"}, "Did you mean 'chat'"),
        ("ratings", {"dimensions": ["Visul"]}, "Did you mean 'Visual'"),
        ("ratings", {"words": ["a"], "templates": TEMPLATES, "n": 2}, "There are 1 words"),
        ("ratings", {"language": "Dutc"}, "Did you mean 'Dutch'"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_asked(
    path: Path, task: str, options: dict[str, object], message: str
) -> None:
    model = first_option()
    with pytest.raises(HumanlikeError, match=message):
        query(task, model, store=path, **options)  # type: ignore[arg-type]
    assert model.asked == []


def interrupting(at: int) -> Scripted:
    number = iter(range(10**6))

    def script(prompt: Prompt) -> Answer:
        if next(number) == at:
            raise KeyboardInterrupt
        return Answer((prompt.allowed or ("",))[0])

    return Scripted(script, name="stops")


def test_ctrl_c_keeps_all_that_had_arrived_and_the_same_command_goes_on(path: Path) -> None:
    with pytest.raises(Interrupted) as stop:
        query("triplets", interrupting(37), n=100, store=path)
    assert stop.value.result.summary.valid == 37
    with Store(path) as store:
        assert store.rows("SELECT state FROM runs") == [("stopped",)]
        assert store.rows("SELECT count(*) FROM claims") == [(0,)]
    result = query("triplets", interrupting(1000), n=100, store=path)
    assert (result.summary.before, result.summary.new) == (37, 63)


def test_a_model_that_fails_loses_nothing(path: Path) -> None:
    number = iter(range(10**6))

    def script(prompt: Prompt) -> Answer:
        if next(number) == 20:
            raise HumanlikeError("The key is wrong.")
        return Answer((prompt.allowed or ("",))[0])

    with pytest.raises(HumanlikeError, match="The key is wrong"):
        query("triplets", Scripted(script, name="fails"), n=100, store=path)
    with Store(path) as store:
        assert len(store) == 20
        assert store.rows("SELECT state FROM runs") == [("failed",)]


def test_answers_may_come_in_any_order(path: Path) -> None:
    model = Scripted(
        lambda prompt: Answer((prompt.allowed or ("",))[0]), order=lambda places: places[::-1]
    )
    table = query("triplets", model, n=200, store=path).frame()
    assert list(table["chosen"]) == list(table["first"])


def test_a_full_disk_saves_what_had_arrived_elsewhere(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add: Callable[..., None] = Store.add
    calls = Counter[str]()

    def full(store: Store, run: int, entries: list[object]) -> None:
        calls["add"] += 1
        if calls["add"] > 1:
            raise StoreError("The disk is full.")
        add(store, run, entries)

    monkeypatch.setattr("humanlike.store.writer.BATCH", 10)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with monkeypatch.context() as patch:
        patch.setattr(Store, "add", full)
        with pytest.raises(StoreError, match=r"The disk is full\. \d+ answers .* are in .*jsonl"):
            query("triplets", first_option(), n=500, store=path)
    (file,) = tmp_path.glob("humanlike-unsaved-*.jsonl")
    with Store(path) as store:
        before = len(store)
        imported = load(store, file)
        assert before == 10
        assert imported.new > 0
        assert len(store) == before + imported.new
    assert verify(path).problems == ()
    model = first_option()
    result = query("triplets", model, n=500, store=path)
    assert result.summary.valid == 500
    assert len(model.asked) == 500 - before - imported.new


def test_a_disk_that_is_full_at_the_very_end_is_said_and_the_answers_are_saved(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(Store, "add", full)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(StoreError, match=r"The disk is full\. 5 answers .* are in .*jsonl"):
        query("triplets", first_option(), n=5, store=path)


def test_a_model_that_breaks_the_protocol_is_named(path: Path) -> None:
    class Careless(Scripted):
        def answer(self, prompts: Sequence[Prompt], settings: Settings) -> Iterator[Any]:
            return enumerate(prompt.text for prompt in prompts)

    with pytest.raises(HumanlikeError, match=r"scripted:x should yield an Answer .* got a str"):
        query("triplets", Careless("x"), n=5, store=path)


def test_a_plan_of_ones_own(path: Path) -> None:
    made = plan("triplets", n=20, concepts=["a1", "b2", "c3", "d4", "e5"])
    names = {prompt.question.anchor for prompt in made.prompts
             if isinstance(prompt.question, Choice)}  # fmt: skip
    assert names == {"a1", "b2", "c3", "d4", "e5"}
    result = query(replace(made, task="mine"), first_option(), store=path)
    assert result.summary.valid == 20


def test_off_a_terminal_progress_is_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("humanlike.query.meter.LINE_SECONDS", -1.0)
    stream = io.StringIO()
    with Meter(1000, stream=stream) as meter:
        meter.add(250, 200)
    assert stream.getvalue().startswith("250 of 1,000, ")
    assert "80.0% valid" in stream.getvalue()
    silent = io.StringIO()
    with Meter(1000, shown=False, stream=silent) as meter:
        meter.add(250, 200)
    assert silent.getvalue() == ""


def test_on_a_terminal_progress_is_a_bar() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    with Meter(1000, stream=stream) as meter:
        meter.add(1000, 900)
    assert "1000/1000" in stream.getvalue()


def test_durations_in_words() -> None:
    assert [duration(s) for s in (5, 600, 7200)] == ["5 s", "10 min", "2.0 h"]


def test_the_command_asks_resumes_and_sums_up(path: Path, capsys: Captured) -> None:
    command = ["query", "triplets", "simulated:noise=0.1,silent=0.1", "--n", "200", "--store"]
    assert main([*command, str(path), "--dry-run"]) == 0
    assert "200 to ask" in (said := capsys.readouterr().out)
    assert said.endswith("Nothing was asked.\n")
    assert main([*command, str(path)]) == 0
    said = capsys.readouterr().out
    assert "200 prompts: 0 answered before, 200 now" in said
    assert " refusal" in said
    assert str(path) in said
    assert main([*command, str(path), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["summary"]["before"] == 200
    assert main([*command, str(path), "--limit", "5", "--seed", "3", "--quiet"]) == 0
    assert "195 unanswered" in capsys.readouterr().out


def test_the_command_stops_with_130(
    path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("humanlike.query.run.open_model", lambda spec: interrupting(5))
    assert main(["query", "triplets", "x:", "--n", "20", "--store", str(path)]) == 130
    assert "The same command goes on" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("triplet", "encoder:"), 2, "Did you mean 'triplets'"),
        (("triplets", "encodr:"), 1, "Did you mean 'encoder'"),
        (("triplets", "hf:nobody/nothing"), 1, "hf download nobody/nothing"),
        (("qa", "simulated:", "--design", "random"), 1, "Unknown option of qa 'design'"),
        (("triplets",), 2, "required: MODEL"),
    ],
)
def test_wrong_commands_are_one_line(
    arguments: tuple[str, ...],
    code: int,
    message: str,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HUMANLIKE_OFFLINE", "1")
    try:
        found = main(["query", *arguments])
    except SystemExit as stop:
        found = int(stop.code or 0)
    said = capsys.readouterr()
    assert found == code
    assert message in said.err
    assert said.err.count("\n") == 1


def test_two_runs_that_gave_up_prompts_do_not_wait_for_each_other(path: Path) -> None:
    """Each has asked a part, a prompt of either part fails for now, and both live."""
    made = plan("triplets", n=20)
    begun = threading.Barrier(2)
    both = made.prompts[0].user, made.prompts[10].user

    def ask() -> Result:
        met = False

        def script(prompt: Prompt) -> Answer:
            nonlocal met
            if not met:
                met = True
                begun.wait(30)
            if prompt.user in both:
                return Answer(problem=Problem("timeout"))
            return Answer((prompt.allowed or ("",))[0], finish="stop")

        return query(made, Scripted(script, name="shared", chunk=10), store=path)

    with ThreadPoolExecutor(2) as pool:
        found = [pool.submit(ask) for _ in range(2)]
        results = [one.result(timeout=60) for one in found]
    assert [result.summary.valid for result in results] == [18, 18]
    assert results[0].answers == results[1].answers
