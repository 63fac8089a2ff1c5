"""The tables the project holds: what a sound file gives, and what each kind of damage says."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from humanlike.data import benchmarks, published
from humanlike.data.standard_errors import load_errors
from humanlike.errors import HumanlikeError

DATA = Path(__file__).resolve().parents[2] / "data"
RANKING = DATA / "published" / "paper_b_ranking.csv"
STAGES = DATA / "published" / "paper_b_stages.csv"
SUITE = DATA / "published" / "paper_b_suite.csv"
ERRORS = DATA / "published" / "paper_b_errors.csv"
CONCEPTS = DATA / "concepts.csv"
INGREDIENTS = DATA / "ingredients" / "models.csv"
BENCHMARKS = DATA / "benchmarks" / "open_llm_leaderboard.csv"
NORMALISED = DATA / "benchmarks" / "open_llm_leaderboard_normalised.csv"
REEVALUATIONS = DATA / "benchmarks" / "reevaluations.csv"

Loader = Callable[[Path], pd.DataFrame]
Damage = Callable[[pd.DataFrame], pd.DataFrame]


def normalised(path: Path) -> pd.DataFrame:
    return benchmarks.load_benchmarks(path, scale="normalised")


TABLES: list[tuple[Loader, Path]] = [
    (published.load_ranking, RANKING),
    (published.load_stages, STAGES),
    (published.load_suite, SUITE),
    (load_errors, ERRORS),
    (published.load_concepts, CONCEPTS),
    (published.load_ingredients, INGREDIENTS),
    (benchmarks.load_benchmarks, BENCHMARKS),
    (normalised, NORMALISED),
    (benchmarks.load_reevaluations, REEVALUATIONS),
]
IDS = [path.stem for _, path in TABLES]


def tampered(source: Path, folder: Path, damage: Damage) -> Path:
    """Write a damaged copy of a table."""
    frame = damage(pd.read_csv(source, dtype=str, keep_default_na=False))
    target = folder / source.name
    frame.to_csv(target, index=False)
    return target


def put(row: int, column: str, value: str) -> Damage:
    """Return a damage that writes one cell."""

    def damage(frame: pd.DataFrame) -> pd.DataFrame:
        frame.loc[row, column] = value
        return frame

    return damage


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project that holds nothing but the tables."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "_toc.yml").touch()
    shutil.copytree(DATA, tmp_path / "data")
    monkeypatch.setenv("HUMANLIKE_PROJECT", str(tmp_path))
    return tmp_path


def test_ranking_as_printed() -> None:
    frame = published.load_ranking(RANKING)
    assert list(frame.columns) == ["rank", "model", "r2", "r2_printed"]
    assert frame.dtypes[["rank", "r2"]].astype(str).tolist() == ["int64", "float64"]
    assert frame.iloc[0].tolist() == [1, "qwen25-14b-instruct", 0.492, "0.492"]
    assert frame.iloc[3].tolist() == [4, "gemma-3-27b-it", 0.46, "0.460"]
    assert frame.iloc[37].tolist() == [38, "OLMo-2-1124-13B", 0.299, "0.299"]
    assert frame.iloc[38].tolist() == [39, "qwen2-7b", 0.294, "0.294"]
    assert frame.iloc[74].tolist() == [75, "gpt-j-6b", 0.025, "0.025"]


def test_stages_as_printed() -> None:
    frame = published.load_stages(STAGES)
    assert frame["is_average"].sum() == 5
    assert frame.loc[~frame["is_average"], "model"].nunique() == 4
    averages = frame[frame["is_average"]].set_index("stage")["r2_printed"]
    assert averages.to_dict() == {
        "Base Stage 1": "0.106",
        "Base": "0.269",
        "SFT": "0.333",
        "DPO": "0.372",
        "RLVR": "0.360",
    }


def test_suite_keeps_the_print_and_reads_it() -> None:
    frame = published.load_suite(SUITE).set_index("model")
    falcon = frame.loc["Falcon3-3B-Base"]
    assert (falcon["training_tokens"], falcon["heads"]) == ("100B", "12 (4 KV)")
    assert falcon[["training_tokens_trillion", "n_heads", "n_kv_heads"]].tolist() == [0.1, 12, 4]
    shared = frame.loc["gemma-2-2b"]
    assert (shared["n_heads"], shared["hidden_size"]) == (8, 2048)
    assert pd.isna(shared["n_kv_heads"]) and pd.isna(shared["training_tokens_trillion"])
    assert frame.loc["amd/Instella-3B", "training_tokens_trillion"] == 4.15
    state_space = frame.loc["state-spaces/mamba-1.4b-hf"]
    assert state_space["attention_type"] == "(SSM)" and pd.isna(state_space["n_heads"])
    assert frame.loc["GPT-OSS-20B", "citation"] == "Black et al. (2022)"


def test_suite_rows_describe_ranked_models() -> None:
    suite, ranking = published.load_suite(SUITE), published.load_ranking(RANKING)
    assert set(suite["ranked_model"]) <= set(ranking["model"])
    assert suite["ranked_model"].nunique() == 54


def test_concepts_by_category() -> None:
    frame = published.load_concepts(CONCEPTS)
    assert frame["category"].value_counts().to_dict() == {
        "other": 33,
        "food": 31,
        "animal": 20,
        "clothing": 15,
        "furniture": 10,
        "vehicle": 10,
        "container": 7,
        "plant": 2,
    }
    mouse = frame.set_index("concept").loc["mouse"]
    assert mouse["category"] == "animal"
    assert mouse["definition"].startswith("a hand-operated electronic device")


def test_ingredients_have_types() -> None:
    frame = published.load_ingredients(INGREDIENTS).set_index("model")
    assert frame["instruction_tuned"].dtype == bool and frame["multimodal"].dtype == bool
    assert frame["n_layers"].dtype == "int64"
    assert frame["instruction_tuned"].sum() == 44
    assert frame.loc["qwen25-14b", "release_date"] == pd.Timestamp(2024, 9, 1)
    assert frame.loc["mamba-1.4b-hf", "attention_type"] == "none"
    assert pd.isna(frame.loc["mamba-1.4b-hf", "n_heads"])
    assert pd.isna(frame.loc["gpt-oss-20b", "training_tokens_trillion"])
    assert (frame["family"] != "").all()


def test_leaderboard_joins_all() -> None:
    frame = published.load_leaderboard(RANKING, INGREDIENTS)
    assert frame["rank"].tolist() == list(range(1, 76))
    assert not {"r2_published", "rank_published"} & set(frame.columns)
    assert frame.columns[:6].tolist() == ["rank", "model", "r2", "r2_printed", "hf_id", "family"]
    assert frame.notna()["n_params_billion"].all()


def test_benchmarks_cover_what_the_readme_says() -> None:
    frame = benchmarks.load_benchmarks(BENCHMARKS)
    counts = frame[list(benchmarks.BENCHMARKS)].notna().sum().tolist()
    assert counts == [43, 61, 43, 55, 55, 61]
    assert frame["protocol"].value_counts().to_dict() == {
        "leaderboard": 40,
        "reeval_no_chat_template": 15,
        "": 14,
        "reeval_falcon_h1": 6,
    }
    assert normalised(NORMALISED)["bbh"].notna().sum() == 40
    assert benchmarks.load_reevaluations(REEVALUATIONS)["set"].value_counts().to_dict() == {
        "B": 33,
        "C": 12,
    }


@pytest.mark.parametrize("path", [BENCHMARKS, NORMALISED, REEVALUATIONS], ids=lambda p: p.stem)
def test_benchmarks_repeat_the_ranking_faithfully(path: Path) -> None:
    ranking = published.load_ranking(RANKING).set_index("model")["r2"]
    frame = pd.read_csv(path)
    assert (frame["model"].map(ranking) == frame["r2_published"]).all()


def test_found_in_the_project(project: Path) -> None:
    assert len(published.load_ranking()) == 75
    assert len(published.load_stages()) == 21
    assert len(published.load_suite()) == 55
    assert len(published.load_concepts()) == 128
    assert len(published.load_ingredients()) == 75
    assert len(published.load_leaderboard()) == 75
    assert len(benchmarks.load_benchmarks()) == 75
    assert len(benchmarks.load_benchmarks(scale="normalised")) == 75
    assert len(benchmarks.load_reevaluations()) == 45


@pytest.mark.parametrize(("load", "path"), TABLES, ids=IDS)
def test_missing_file(load: Loader, path: Path, tmp_path: Path) -> None:
    with pytest.raises(HumanlikeError, match=r"There is no table .*restore it"):
        load(tmp_path / path.name)


@pytest.mark.parametrize(("load", "path"), TABLES, ids=IDS)
def test_missing_row(load: Loader, path: Path, tmp_path: Path) -> None:
    damaged = tampered(path, tmp_path, lambda frame: frame.iloc[:-1])
    with pytest.raises(HumanlikeError, match=r"expected \d+ rows, found \d+"):
        load(damaged)


@pytest.mark.parametrize(("load", "path"), TABLES, ids=IDS)
def test_wrong_columns(load: Loader, path: Path, tmp_path: Path) -> None:
    first = pd.read_csv(path, nrows=0).columns[0]
    damaged = tampered(path, tmp_path, lambda frame: frame.rename(columns={first: "nonsense"}))
    with pytest.raises(HumanlikeError, match=f"columns missing: {first}; not expected: nonsense"):
        load(damaged)


@pytest.mark.parametrize(("load", "path"), TABLES, ids=IDS)
def test_repeated_row(load: Loader, path: Path, tmp_path: Path) -> None:
    damaged = tampered(path, tmp_path, lambda f: pd.concat([f.iloc[:-1], f.iloc[[0]]]))
    with pytest.raises(HumanlikeError, match=r"should be unique, but .* occurs twice"):
        load(damaged)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\xff", b'rank,model,r2\n1,"a,b\n'])
def test_not_a_table(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / RANKING.name
    path.write_bytes(content)
    with pytest.raises(HumanlikeError, match="not a table of comma-separated UTF-8 text"):
        published.load_ranking(path)


CELLS: list[tuple[Loader, Path, int, str, str, str]] = [
    (published.load_ranking, RANKING, 4, "rank", "6", "row 5 should have rank 5, .* got 6"),
    (published.load_ranking, RANKING, 4, "rank", "five", "row 5, column rank: expected a whole"),
    (published.load_ranking, RANKING, 0, "r2", "1.492", "row 1: r2 should lie from 0 to 1"),
    (published.load_ranking, RANKING, 9, "r2", "", "row 10: r2 should lie from 0 to 1, got ''"),
    (published.load_ranking, RANKING, 9, "r2", "0,4", "row 10, column r2: expected a number"),
    (published.load_ranking, RANKING, 9, "r2", "nan", "row 10, column r2: expected a number"),
    (published.load_ranking, RANKING, 9, "r2", "0.48", "not rise with rank, .* gemma-3-4b-it"),
    (published.load_stages, STAGES, 2, "r2", "-0.1", "row 3: r2 should lie from 0 to 1"),
    (published.load_suite, SUITE, 0, "heads", "twelve", "column heads: cannot read 'twelve'"),
    (published.load_suite, SUITE, 0, "training_tokens", "9X", "training_tokens: cannot read"),
    (published.load_suite, SUITE, 0, "hidden_dim", "3k", "hidden_dim: cannot read '3k'"),
    (published.load_concepts, CONCEPTS, 5, "category", " ", "row 6 has no category"),
    (published.load_ingredients, INGREDIENTS, 3, "n_layers", "", "n_layers: expected a whole"),
    (published.load_ingredients, INGREDIENTS, 3, "n_heads", "x", "n_heads: expected a number"),
    (published.load_ingredients, INGREDIENTS, 3, "multimodal", "2", "expected 0 or 1, got '2'"),
    (published.load_ingredients, INGREDIENTS, 3, "release_date", "2025", "expected a month"),
    (benchmarks.load_benchmarks, BENCHMARKS, 0, "bbh", "64", "bbh should lie from 0 to 1, got 64"),
    (benchmarks.load_benchmarks, BENCHMARKS, 0, "scale", "", "row 1 should have scale 'raw'"),
    (normalised, NORMALISED, 0, "musr", "101", "musr should lie from 0 to 100, got 101"),
    (normalised, NORMALISED, 0, "scale", "raw", "should have scale 'normalised', got 'raw'"),
    (benchmarks.load_reevaluations, REEVALUATIONS, 2, "gpqa", "-1", "gpqa should lie from 0 to 1"),
]


@pytest.mark.parametrize(("load", "path", "row", "column", "value", "message"), CELLS)
def test_wrong_cell(
    load: Loader, path: Path, row: int, column: str, value: str, message: str, tmp_path: Path
) -> None:
    damaged = tampered(path, tmp_path, put(row, column, value))
    with pytest.raises(HumanlikeError, match=message) as error:
        load(damaged)
    assert str(damaged) in str(error.value)


def test_leaderboard_names_differ(tmp_path: Path) -> None:
    damaged = tampered(INGREDIENTS, tmp_path, put(2, "model", "somebody-else"))
    with pytest.raises(
        HumanlikeError,
        match=r"without ingredients: Phi-3\.5-MoE-instruct\. Not ranked: somebody-else",
    ):
        published.load_leaderboard(RANKING, damaged)


@pytest.mark.parametrize(("column", "value"), [("r2_published", "0.111"), ("rank_published", "9")])
def test_leaderboard_values_differ(column: str, value: str, tmp_path: Path) -> None:
    damaged = tampered(INGREDIENTS, tmp_path, put(2, column, value))
    with pytest.raises(HumanlikeError, match=r"They differ for: Phi-3\.5-MoE-instruct\."):
        published.load_leaderboard(RANKING, damaged)


def test_unknown_scale() -> None:
    with pytest.raises(HumanlikeError, match=r"Unknown scale 'normalized'\. Did you mean 'normal"):
        benchmarks.load_benchmarks(BENCHMARKS, scale="normalized")  # type: ignore[arg-type]


def test_every_row_of_ingredients_names_a_source() -> None:
    frame = published.load_ingredients(INGREDIENTS)
    assert (frame["source"] != "").all()
    assert set(frame["confidence"]) <= {"high", "medium"}


def test_import_is_cheap() -> None:
    code = "import sys, humanlike.data.published; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
