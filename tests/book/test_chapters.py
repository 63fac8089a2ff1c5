"""Chapters: their cards, their order, and the pair of files each one is."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from book.sample import Project
from humanlike.book.chapters import (
    Chapter,
    find_chapters,
    get_chapter,
    load_chapter,
    pair_difference,
    read_notebook,
    read_parameters,
    toc_files,
    write_pair,
)
from humanlike.errors import HumanlikeError


def alpha(project: Project) -> Chapter:
    return load_chapter(project.root, "alpha")


def card(project: Project, text: str) -> Chapter:
    project.write("notebooks/alpha.yml", text)
    return alpha(project)


def change_pair(chapter: Chapter, change: Any) -> None:
    content = json.loads(chapter.notebook.read_text(encoding="utf-8"))
    change(content["cells"])
    chapter.notebook.write_text(json.dumps(content), encoding="utf-8")


def test_chapters_come_in_the_order_of_the_table_of_contents(fresh: Project) -> None:
    assert list(find_chapters(fresh.root)) == ["alpha", "beta"]
    fresh.edit("_toc.yml", "notebooks/alpha", "notebooks/gamma")
    fresh.edit("_toc.yml", "notebooks/beta", "notebooks/alpha")
    fresh.edit("_toc.yml", "notebooks/gamma", "notebooks/beta")
    assert list(find_chapters(fresh.root)) == ["beta", "alpha"]


def test_pages_inside_parts_and_sections_are_found_in_order(fresh: Project) -> None:
    fresh.write(
        "_toc.yml",
        "format: jb-book\nroot: index\nparts:\n  - caption: I\n    chapters:\n"
        "      - file: notebooks/beta\n        sections:\n          - file: notebooks/alpha\n"
        "  - caption: II\n    chapters:\n      - file: book/status\n",
    )
    expected = ["index", "notebooks/beta", "notebooks/alpha", "book/status"]
    assert toc_files(fresh.root) == expected
    assert list(find_chapters(fresh.root)) == ["beta", "alpha"]


def test_a_card_gives_title_data_profiles_and_values(fresh: Project) -> None:
    beta = get_chapter("beta", fresh.root)
    assert (beta.title, beta.paper, beta.data) == ("Beta", "B", ("toy",))
    assert beta.values["total"].format == ".1f"
    assert beta.docname == "notebooks/beta"
    assert alpha(fresh).profile("thorough") == {"n": 9}
    assert alpha(fresh).profile("paper") == {}


def test_an_unknown_chapter_is_refused_with_the_nearest_name(fresh: Project) -> None:
    with pytest.raises(HumanlikeError, match=r"Unknown chapter 'alfa'. Did you mean 'alpha'\?"):
        get_chapter("alfa", fresh.root)


def test_an_unknown_profile_is_refused_with_the_nearest_name(fresh: Project) -> None:
    with pytest.raises(HumanlikeError, match=r"Unknown profile 'quik'. Did you mean 'quick'\?"):
        alpha(fresh).profile("quik")


@pytest.mark.parametrize("ending", ["py", "yml"])
def test_a_chapter_without_source_or_card_is_named(fresh: Project, ending: str) -> None:
    fresh.path(f"notebooks/alpha.{ending}").unlink()
    with pytest.raises(HumanlikeError) as caught:
        find_chapters(fresh.root)
    assert f"'alpha' stands in _toc.yml, but notebooks/alpha.{ending} does not exist" in str(
        caught.value
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: A\npaper: A\nvaluse: {}\n", "Unknown entry 'valuse'. Did you mean 'values'?"),
        ("paper: A\n", "the entry 'title' is missing"),
        ("title: A\n", "the entry 'paper' is missing"),
        ("", "the entry 'title' is missing"),
        (
            "title: A\npaper: A\nprofiles: {quik: {n: 1}}\n",
            "Unknown profile 'quik'. Did you mean 'quick'?",
        ),
    ],
)
def test_a_wrong_card_names_its_file_and_the_entry(fresh: Project, text: str, message: str) -> None:
    with pytest.raises(HumanlikeError) as caught:
        card(fresh, text)
    assert str(caught.value).startswith("notebooks/alpha.yml: ")
    assert message in str(caught.value)


def test_braces_in_a_key_stand_for_one_key_per_alternative(fresh: Project) -> None:
    values = card(
        fresh,
        'title: A\npaper: A\nvalues:\n  "r.{en, nl}.{x,y}": {doc: r, format: .3f}\n  n: a count\n',
    ).values
    assert list(values) == ["r.en.x", "r.en.y", "r.nl.x", "r.nl.y", "n"]
    assert {values[key].format for key in list(values)[:4]} == {".3f"}
    assert (values["n"].doc, values["n"].format) == ("a count", "")


def test_a_chapter_without_a_parameters_cell_has_no_parameters(fresh: Project) -> None:
    assert read_parameters(get_chapter("beta", fresh.root)) == {}
    assert list(read_parameters(alpha(fresh))) == ["n", "label"]


def test_cell_ids_depend_on_content_only_and_are_unique(fresh: Project) -> None:
    fresh.write("notebooks/alpha.py", fresh.read("notebooks/alpha.py") + "\n# %%\n1\n\n# %%\n1\n")
    first = [cell["id"] for cell in read_notebook(alpha(fresh)).cells]
    assert first == [cell["id"] for cell in read_notebook(alpha(fresh)).cells]
    assert len(set(first)) == len(first)


def test_a_missing_pair_is_a_difference_until_it_is_written(fresh: Project) -> None:
    assert pair_difference(alpha(fresh)) == "alpha.ipynb does not exist"
    assert write_pair(alpha(fresh))
    assert pair_difference(alpha(fresh)) == ""


def test_a_written_pair_is_valid_without_outputs_and_ends_in_one_newline(fresh: Project) -> None:
    import nbformat

    write_pair(alpha(fresh))
    notebook = nbformat.read(alpha(fresh).notebook, as_version=4)
    nbformat.validate(notebook)
    assert not any(cell.get("outputs") for cell in notebook.cells)
    assert notebook.metadata.kernelspec.name == "python3"
    text = alpha(fresh).notebook.read_text(encoding="utf-8")
    assert text.endswith("}\n")


def test_writing_a_pair_again_changes_nothing_whatever_the_dates(fresh: Project) -> None:
    chapter = alpha(fresh)
    write_pair(chapter)
    before = chapter.notebook.read_bytes()
    for file, when in ((chapter.source, 2e9), (chapter.notebook, 1e9)):
        os.utime(file, (when, when))
    assert pair_difference(chapter) == ""
    assert not write_pair(chapter)
    assert chapter.notebook.stat().st_mtime == 1e9
    chapter.notebook.unlink()
    write_pair(chapter)
    assert chapter.notebook.read_bytes() == before


def test_a_pair_saved_by_an_editor_with_other_cell_ids_still_agrees(fresh: Project) -> None:
    write_pair(alpha(fresh))
    change_pair(alpha(fresh), lambda cells: [c.update(id=f"x{i}") for i, c in enumerate(cells)])
    assert pair_difference(alpha(fresh)) == ""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda cells: cells.pop(), "5 cells in the source, 4 in the notebook"),
        (
            lambda cells: cells[1].update(cell_type="raw"),
            "cell 2 is markdown in the source, raw in the pair",
        ),
        (lambda cells: cells[2].update(source=["1 + 1"]), "the text of cell 3 differs"),
        (
            lambda cells: cells[1]["metadata"].update(tags=[]),
            "the tags or other metadata of cell 2 differ",
        ),
        (
            lambda cells: cells[3]["outputs"].append(
                {"output_type": "stream", "name": "stdout", "text": ["x"]}
            ),
            "cell 4 of the notebook has outputs",
        ),
    ],
)
def test_every_kind_of_difference_is_told_and_mended(
    fresh: Project, change: Any, message: str
) -> None:
    chapter = alpha(fresh)
    write_pair(chapter)
    change_pair(chapter, change)
    assert pair_difference(chapter) == message
    assert write_pair(chapter)
    assert pair_difference(chapter) == ""
