"""Building the small book with the real command line: what is done again, and what fails."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from book.sample import Project

pytestmark = pytest.mark.slow


def test_a_first_build_executes_every_chapter_and_shows_what_they_recorded(
    built: Project,
) -> None:
    alpha, index = built.page("notebooks/alpha"), built.page("index")
    assert "The mean is 2.00 [1.00, 3.00], the label plain." in alpha
    assert "Alpha: 2.00." in index
    assert 'id="provenance"' in alpha
    assert "Only what" not in alpha
    assert "profile <code" in alpha


def test_an_unchanged_book_is_neither_executed_nor_rendered_again(built: Project) -> None:
    before = built.html_state()
    answer = built.build()
    assert "Executed: none. Unchanged: alpha, beta. Pages were up to date" in answer.out
    assert built.html_state() == before


def test_an_edited_sentence_is_rendered_without_executing_anything(built: Project) -> None:
    built.edit("notebooks/alpha.py", "The mean is", "On average it is")
    answer = built.build()
    assert "Executed: none. Unchanged: alpha, beta. Rendered" in answer.out
    assert "On average it is 2.00 [1.00, 3.00]" in built.page("notebooks/alpha")


def test_another_profile_executes_only_the_chapter_it_sets_and_updates_every_page(
    built: Project,
) -> None:
    answer = built.build("--profile", "thorough")
    assert "Executed: alpha. Unchanged: beta. Rendered" in answer.out
    assert "alpha: executing (its parameters (n))" in answer.err
    assert "The mean is 4.00" in built.page("notebooks/alpha")
    assert "Alpha: 4.00." in built.page("index")
    back = built.build()
    assert "Executed: none." in back.out
    assert "Alpha: 2.00." in built.page("index")


def test_a_changed_default_or_helper_executes_the_chapters_that_use_it(built: Project) -> None:
    built.edit("notebooks/alpha.py", "n: int = 5", "n: int = 7")
    built.edit_package("plots/style.py", "# every chapter reaches this")
    answer = built.build()
    assert "Executed: alpha, beta." in answer.out
    assert "beta: executing (the package (humanlike.plots.style))" in answer.err
    assert "Alpha: 3.00." in built.page("index")
    built.edit_package("stats/groups.py", "# alpha alone reaches this")
    answer = built.build()
    assert "Executed: alpha. Unchanged: beta." in answer.out


def test_a_broken_chapter_is_named_and_the_others_still_run(built: Project) -> None:
    built.edit("notebooks/alpha.py", "mean = sum(numbers) / n", "mean = sum(numbers) / (n - n)")
    built.edit("notebooks/beta.py", "sum(numbers)", "sum(numbers) + 0")
    before, kept = built.html_state(), built.kept("beta")
    answer = built.cli("build")
    assert answer.code == 1
    assert "humanlike: Chapter alpha, cell 4 (numbers = list(range(n))): " in answer.err
    assert "ZeroDivisionError: division by zero" in answer.err
    assert "the book was not rendered" in answer.err
    notebook = answer.err.partition("The notebook up to the error: ")[2].splitlines()[0]
    assert "ZeroDivisionError" in built.path(notebook).read_text(encoding="utf-8")
    assert len(built.kept("beta")) == len(kept) + 1
    assert built.html_state() == before
    assert not [name for name in built.kept("alpha") if name.startswith(".")]
    built.edit("notebooks/alpha.py", "(n - n)", "n")
    assert "Executed: none. Unchanged: alpha, beta." in built.build().out


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (
            "index.md",
            "alpha/mean",
            "alpha/meen",
            "index.md, {value}`alpha/meen`: Unknown value of chapter alpha 'meen'. "
            "Did you mean 'mean'?",
        ),
        (
            "notebooks/alpha.py",
            "{value}`label`",
            "{value}`labl`",
            "notebooks/alpha.py, {value}`labl`: Unknown value of chapter alpha 'labl'",
        ),
        ("_toc.yml", "book/status", "book/stats", "_toc.yml names 'book/stats', but book/stats.md"),
        ("book/status.md", "{hl} status", "{hl} statsu", "book/status.md: Unknown generated block"),
        ("_toc.yml", "notebooks/beta", "notebooks/gamma", "notebooks/gamma.py does not exist"),
        (
            "notebooks/alpha.py",
            "n: int = 5",
            "n: int = 0",
            "'n' is 0, outside its range",
        ),
        ("data/claims/a.yml", "key: mean", "key: men", "Claim 'a-mean': Unknown value of chapter"),
        (
            "data/claims/a.yml",
            "fig-beta-line",
            "fig-beta-lone",
            "Claim 'b-total' points to 'fig-beta-lone', which chapter beta lacks",
        ),
    ],
)
def test_a_mistake_in_a_source_is_one_clear_message_and_the_old_pages_stay(
    built: Project, name: str, old: str, new: str, message: str
) -> None:
    before = built.html_state()
    built.edit(name, old, new)
    answer = built.cli("build")
    assert answer.code == 1
    assert message in answer.err
    assert built.html_state() == before


def test_a_broken_cross_reference_fails_with_page_and_label_and_the_old_pages_stay(
    built: Project,
) -> None:
    before = built.html_state()
    built.edit("index.md", "Alpha:", "See {ref}`sec-nowhere`. Alpha:")
    answer = built.cli("build")
    assert answer.code == 1
    assert "jupyter-book could not render the pages" in answer.err
    assert "index.md" in answer.err
    assert "sec-nowhere" in answer.err
    assert built.html_state() == before
    log = answer.err.partition("Everything it said: ")[2].splitlines()[0]
    assert "sec-nowhere" in built.path(log).read_text(encoding="utf-8")


def test_missing_data_are_simulated_in_plain_sight_until_they_come(built: Project) -> None:
    page, index, ledger = (built.page(n) for n in ("notebooks/beta", "index", "book/ledger"))
    banner = page.index('class="admonition-title">Simulated data, not a result')
    assert page.index("<h1>Beta") < banner < page.index("the total is 11.0")
    assert 'alt="Simulated data, not a result. A rising line."' in page
    assert "<strong>Simulated data, not a result.</strong> The numbers." in page
    assert "<caption>Simulated data, not a result. All numbers</caption>" in page
    assert "Beta: n/a." in index
    assert "Some numbers are missing" in index
    assert "not run" in ledger
    assert "imulated" not in built.page("notebooks/alpha")
    built.add_data()
    answer = built.build()
    assert "Executed: beta. Unchanged: alpha." in answer.out
    assert "Simulated data" not in built.page("notebooks/beta")
    assert "Beta: 10.0." in built.page("index")
    assert "n/a" not in built.page("index")
    forced = built.build(HUMANLIKE_DATA="simulated")
    assert "Executed: none." in forced.out
    assert "Simulated data, not a result" in built.page("notebooks/beta")


def test_only_executes_one_chapter_and_says_that_the_other_is_out_of_date(built: Project) -> None:
    built.edit("notebooks/alpha.py", "n: int = 5", "n: int = 3")
    built.edit_package("tables.py", "# both chapters reach this")
    answer = built.build("--only", "alpha")
    assert "Executed: alpha. Unchanged: none." in answer.out
    assert "Alpha: 1.00." in built.page("index")
    status = built.page("book/status")
    assert status.count("out of date") == 1
    assert "the total is 11.0" in built.page("notebooks/beta")


def test_only_refuses_an_unknown_chapter_and_bad_numbers_of_jobs(built: Project) -> None:
    answer = built.cli("build", "--only", "alfa")
    assert (answer.code, "Did you mean 'alpha'?" in answer.err) == (1, True)
    assert "--jobs is 0; give at least 1." in built.cli("build", "--jobs", "0").err
    assert built.cli("build", "--jobs", "many").code == 2


def test_a_build_leaves_a_git_checkout_clean(built: Project) -> None:
    def git(*arguments: str) -> str:
        command = ["git", "-C", str(built.root), "-c", "user.name=a", "-c", "user.email=a@b.c"]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=True)
        return done.stdout

    shutil.rmtree(built.root / "_build")
    git("init", "-q")
    assert built.cli("pair").code == 0
    git("add", ".")
    git("commit", "-q", "-m", "all")
    built.build()
    assert git("status", "--porcelain") == ""
