"""The real book's sources fit together: pairs, cards, claims, registry, pages, notebooks."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from humanlike.book.chapters import (
    PROFILES,
    Chapter,
    find_chapters,
    pair_difference,
    read_notebook,
    read_parameters,
    toc_files,
)
from humanlike.book.claims import load_claims
from humanlike.book.parameters import resolve
from humanlike.book.values import render
from humanlike.data.registry import load_registry

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = find_chapters(ROOT)
CLAIMS = load_claims(ROOT)
MAX_CELL = 15
ROLE = re.compile(r"\{(?:value|interval)\}`([^`:]+)")

chapters = pytest.mark.parametrize("chapter", CHAPTERS.values(), ids=CHAPTERS)


def code_cells(chapter: Chapter) -> list[str]:
    return [cell.source for cell in read_notebook(chapter).cells if cell.cell_type == "code"]


def prose(chapter: Chapter) -> str:
    cells = read_notebook(chapter).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def calls(chapter: Chapter, method: str) -> Iterator[ast.Call]:
    """Yield every call of ``page.method`` in a chapter."""
    for cell in code_cells(chapter):
        for node in ast.walk(ast.parse(cell)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == f"page.{method}":
                yield node


def figure_labels(chapter: Chapter) -> set[str]:
    constants = [call.args[1] for call in calls(chapter, "figure")]
    return {str(node.value) for node in constants if isinstance(node, ast.Constant)}


def text_labels(chapter: Chapter) -> set[str]:
    return set(re.findall(r"^\(([\w-]+)\)=", prose(chapter), re.MULTILINE))


def test_there_are_chapters_and_claims_to_check() -> None:
    assert CHAPTERS
    assert CLAIMS


@chapters
def test_source_and_paired_notebook_agree(chapter: Chapter) -> None:
    assert pair_difference(chapter) == ""


def test_every_source_in_the_folder_is_a_chapter_of_the_table_of_contents() -> None:
    names = {path.stem for path in (ROOT / "notebooks").glob("*.py")}
    assert names == set(CHAPTERS)


def test_every_page_of_the_table_of_contents_exists_once() -> None:
    pages = toc_files(ROOT)
    assert len(pages) == len(set(pages))
    for page in pages:
        ending = ".py" if page.startswith("notebooks/") else ".md"
        assert (ROOT / f"{page}{ending}").is_file(), page


def test_every_prose_page_is_in_the_table_of_contents() -> None:
    pages = {str(p.relative_to(ROOT).with_suffix("")) for p in (ROOT / "book").glob("*.md")}
    assert pages <= set(toc_files(ROOT))


@chapters
def test_the_card_belongs_to_a_paper_and_names_registered_data(chapter: Chapter) -> None:
    assert chapter.paper in ("A", "B", "both")
    assert set(chapter.data) <= set(load_registry())


@chapters
def test_every_value_of_the_card_is_explained_and_its_format_works(chapter: Chapter) -> None:
    assert [key for key, spec in chapter.values.items() if not spec.doc.strip()] == []
    for spec in chapter.values.values():
        assert render(0.5, spec.format)


@chapters
@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_sets_allowed_values_of_known_parameters(
    chapter: Chapter, profile: str
) -> None:
    known = read_parameters(chapter)
    assert set(resolve(known, chapter.profile(profile), {}, chapter.name)) == set(known)


@chapters
def test_every_value_in_the_prose_is_declared(chapter: Chapter) -> None:
    for reference in ROLE.findall(prose(chapter)):
        home, slash, key = reference.rpartition("/")
        assert key in CHAPTERS[home if slash else chapter.name].values, reference


def test_every_value_on_a_prose_page_is_declared() -> None:
    for page in toc_files(ROOT):
        file = ROOT / f"{page}.md"
        for reference in ROLE.findall(file.read_text(encoding="utf-8")) if file.is_file() else ():
            home, _, key = reference.rpartition("/")
            assert key in CHAPTERS[home].values, f"{page}: {reference}"


@chapters
def test_a_code_cell_is_short_the_package_does_the_work(chapter: Chapter) -> None:
    """A line of parameters is a row of a table, not code."""
    cells = {
        number: len(cell.source.splitlines())
        for number, cell in enumerate(read_notebook(chapter).cells)
        if cell.cell_type == "code" and "parameters" not in cell.metadata.get("tags", [])
    }
    assert {number: lines for number, lines in cells.items() if lines > MAX_CELL} == {}


@chapters
def test_every_figure_has_a_label_a_caption_and_an_alternative_text(chapter: Chapter) -> None:
    found = list(calls(chapter, "figure"))
    for call in found:
        given = {keyword.arg for keyword in call.keywords}
        assert {"caption", "alt"} <= given, ast.unparse(call)[:80]
    labels = [ast.unparse(call.args[1]).strip("'") for call in found]
    assert all(label.startswith(f"fig-{chapter.name}-") for label in labels), labels
    assert len(labels) == len(set(labels))


@chapters
def test_every_table_has_a_caption(chapter: Chapter) -> None:
    for call in calls(chapter, "table"):
        assert "caption" in {keyword.arg for keyword in call.keywords}, ast.unparse(call)[:80]


@chapters
def test_a_chapter_begins_with_a_title_and_opens_its_own_page(chapter: Chapter) -> None:
    assert re.match(r"(\([\w-]+\)=\n)?# \S", read_notebook(chapter).cells[0].source)
    assert f'begin("{chapter.name}")' in "\n".join(code_cells(chapter))


@pytest.mark.parametrize("claim", CLAIMS, ids=[claim.id for claim in CLAIMS])
def test_a_claim_names_a_chapter_a_value_and_a_label_that_exist(claim: Any) -> None:
    if claim.chapter:
        assert claim.chapter in CHAPTERS
    if claim.key:
        assert claim.key in CHAPTERS[claim.chapter].values
    if claim.anchor:
        chapter = CHAPTERS[claim.chapter]
        assert claim.anchor in figure_labels(chapter) | text_labels(chapter)


def test_claims_keep_the_printed_digits() -> None:
    """A number without quotes would lose its last zeros when the file is read."""
    import yaml

    for file in sorted((ROOT / "data" / "claims").glob("*.yml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8")):
            published = entry["published"]
            for one in published if isinstance(published, list) else [published]:
                assert isinstance(one, str), f"{file.name}, {entry['id']}: quote {one}"


def test_a_conflict_within_a_paper_shows_at_least_two_printed_values() -> None:
    for claim in CLAIMS:
        if claim.compare == "conflict":
            assert isinstance(claim.published, list), claim.id
            assert len(claim.published) > 1, claim.id


def test_the_registry_pins_every_file_and_names_citations_of_the_book() -> None:
    references = (ROOT / "book" / "references.bib").read_text(encoding="utf-8")
    entries = set(re.findall(r"^@\w+\{([^,\s]+),", references, re.MULTILINE))
    for data in load_registry().values():
        assert set(data.citation_keys) <= entries, data.id
        for file in data.files:
            assert file.bytes > 0
            assert file.url.startswith("https://")


def test_tables_the_project_holds_are_rectangular_csv() -> None:
    for file in sorted((ROOT / "data").rglob("*.csv")):
        with file.open(encoding="utf-8", newline="") as stream:
            widths = {len(row) for row in csv.reader(stream)}
        assert len(widths) == 1, file.name
