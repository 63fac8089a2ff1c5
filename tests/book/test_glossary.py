"""Words of the glossary in a small book: the first use in a chapter, and only there."""

from __future__ import annotations

import html
import json
import re

import pytest

from humanlike.book.glossary import Glossary

PAGES = ("index", "glossary", "notebooks/a", "notebooks/b", "notebooks/other")
CONFIG = """
extensions = ["myst_parser", "humanlike.book.sphinx_ext"]
myst_enable_extensions = ["dollarmath", "colon_fence"]
html_theme = "basic"
nitpicky = True
"""
WORDS = """# Glossary

:::{glossary}
RDM
dissimilarity matrix
  Distances of *all* pairs, <as> numbers & more.

STE
  One loss.

t-STE
  Another loss, see {term}`STE`.

noise ceiling
  The most there is.

Holm's correction
  Stricter.

profile (of a word)
  Its ratings.
:::
"""
CHAPTER = """# RDM in a title

A t-STE, not STE-like. Dissimilarity matrices are rare; two RDMs, an RDM and a profile.
`noise ceiling` in code, then
*noise
ceilings* in words and $STE$. By Holm's correction, an STER is no STE, nor ste.

- [RDM](other.md) in a link

| noise ceiling | of a table |
|---|---|
| Holm's correction | RDM |

## Provenance

STE
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    from sphinx.application import Sphinx

    folder = tmp_path_factory.mktemp("sphinx")
    source = folder / "source"
    (source / "notebooks").mkdir(parents=True)
    files = {
        "conf.py": CONFIG,
        "index.md": "# Book\n\n```{toctree}\n" + "\n".join(PAGES[1:]) + "\n```\n\nAn RDM.",
        "glossary.md": WORDS,
        "notebooks/a.md": CHAPTER,
        "notebooks/b.md": "# B\n\nA RDM, then {term}`the one <dissimilarity matrix>` and STE.",
        "notebooks/other.md": "# Other\n\nNothing but [a link](https://example.org/?a=1&b=2).",
    }
    for name, text in files.items():
        (source / name).write_text(text, encoding="utf-8")
    app = Sphinx(str(source), str(source), str(folder / "out"), str(folder / "trees"), "html",
                 status=None, warningiserror=True)  # fmt: skip
    app.build()
    assert app.statuscode == 0
    return {page: (folder / "out" / f"{page}.html").read_text(encoding="utf-8") for page in PAGES}


def marked(page: str) -> list[tuple[str, str]]:
    found = re.findall(
        r'<a class="reference internal" href="[^"]*#term-([\w-]+)">(.*?)</a>', page, re.DOTALL
    )
    return [(mark, html.unescape(re.sub("<[^>]*>", "", words))) for mark, words in found]


def definitions(page: str) -> dict[str, list[str]]:
    found = re.search(r'<script type="application/json" id="hl-definitions">(.*?)</script>', page)
    return json.loads(found[1]) if found else {}


def test_the_first_use_of_each_entry_is_marked_in_words_only(pages: dict[str, str]) -> None:
    assert marked(pages["notebooks/a"]) == [
        ("t-STE", "t-STE"),
        ("RDM", "RDMs"),
        ("noise-ceiling", "noise\nceilings"),
        ("Holm-s-correction", "Holm’s correction"),
        ("STE", "STE"),
    ]


def test_a_use_marked_by_hand_stands_for_the_entry(pages: dict[str, str]) -> None:
    assert marked(pages["notebooks/b"]) == [("dissimilarity-matrix", "the one"), ("STE", "STE")]


def test_pages_that_are_no_chapters_are_left_alone(pages: dict[str, str]) -> None:
    assert marked(pages["index"]) == []
    assert "hl-definitions" not in pages["index"] + pages["notebooks/other"]


def test_a_page_holds_the_definitions_of_its_links_as_plain_text(pages: dict[str, str]) -> None:
    found = definitions(pages["notebooks/a"])
    assert set(found) == {f"term-{mark}" for mark, _ in marked(pages["notebooks/a"])}
    assert found["term-RDM"] == ["RDM", "Distances of all pairs, <as> numbers & more."]
    assert found["term-t-STE"][1] == "Another loss, see STE."
    assert definitions(pages["notebooks/b"])["term-dissimilarity-matrix"] == found["term-RDM"]


def test_an_address_with_several_parts_is_escaped_once(pages: dict[str, str]) -> None:
    assert 'href="https://example.org/?a=1&amp;b=2"' in pages["notebooks/other"]


def test_a_longer_word_goes_before_the_shorter_one_inside_it() -> None:
    pattern = Glossary(addresses={"ceiling": "a", "noise ceiling": "b"}).pattern()
    assert pattern is not None
    assert [m["word"] for m in pattern.finditer("A noise ceiling, Ceilings")] == [
        "noise ceiling",
        "Ceiling",
    ]


def test_a_book_without_a_glossary_marks_nothing() -> None:
    assert Glossary().pattern() is None
