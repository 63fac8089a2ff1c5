"""Every kind of address that can be wrong is found, and a right one is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from humanlike.errors import HumanlikeError
from humanlike.trust.links import check_links
from humanlike.trust.online import Answer, check_online

GOOD = """<h1 id="top1">T</h1><a name="old"></a><label for="box">b</label><input id="box">
<a href="#top1">a</a><a href="#old">a</a><a href="#">a</a><a href="sub/other.html#there">b</a>
<a href="https://example.org/x#part">c</a><a href="mailto:a@b.c">d</a><img src="pic%20one.png">
<a href="?q=1">e</a><img srcset="pic%20one.png 1x, pic%20one.png 2x"><a
href="file.ipynb" download>f</a>"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "index.html").write_text(GOOD, encoding="utf-8")
    other = '<p id="there">x</p><a href="../index.html#top1">up</a>'
    (tmp_path / "sub" / "other.html").write_text(other, encoding="utf-8")
    (tmp_path / "pic one.png").write_bytes(b"x")
    (tmp_path / "file.ipynb").write_bytes(b"x")
    (tmp_path / "style.css").write_text("a{background:url('pic one.png')}", encoding="utf-8")
    return tmp_path


def test_what_is_right_is_left_alone_and_other_hosts_are_listed(site: Path) -> None:
    found = check_links(site)
    assert found.broken == []
    assert found.pages == 2
    assert found.checked == 12
    assert found.external == {"https://example.org/x": ["index.html"]}


@pytest.mark.parametrize(
    "markup,why",
    [
        ('<a href="#nowhere">', "no element of this name"),
        ('<a href="sub/other.html#nowhere">', "sub/other.html has no element"),
        ('<a href="gone.html">', "no such file"),
        ('<a href="sub">', "no such file"),
        ('<img src="gone.png">', "no such file"),
        ('<img srcset="pic%20one.png 1x, gone.png 2x">', "no such file"),
        ('<script src="gone.js"></script>', "no such file"),
        ('<link rel="stylesheet" href="gone.css">', "no such file"),
        ('<a href="gone.ipynb" download>', "no such file"),
        ('<p style="background:url(gone.png)">', "no such file"),
        ('<a href="../outside.html">', "leaves the folder"),
        ('<a href="/index.html">', "top of a server"),
        ('<a href="file:///x.html">', "nobody else's machine"),
        ('<img src="https://example.org/x.png">', "another host"),
        ('<script src="//example.org/x.js"></script>', "another host"),
        ('<p aria-labelledby="top1 nowhere">', "no element of this name"),
        ('<p id="top1">', "two elements"),
        ('<a href="http://[bad">', "no address"),
    ],
)
def test_what_leads_nowhere_is_named_with_page_and_line(site: Path, markup: str, why: str) -> None:
    page = site / "index.html"
    page.write_text(f"{GOOD}\n{markup}", encoding="utf-8")
    (broken,) = check_links(site).broken
    assert why in str(broken)
    assert str(broken).startswith("index.html:6: ")


def test_a_broken_address_in_a_style_sheet_is_found(site: Path) -> None:
    (site / "style.css").write_text("\na{background:url(no.png)}", encoding="utf-8")
    (broken,) = check_links(site).broken
    assert str(broken).startswith("style.css:2: no.png")


def test_a_folder_without_a_book_says_how_to_build_one(tmp_path: Path) -> None:
    with pytest.raises(HumanlikeError, match="humanlike build"):
        check_links(tmp_path)


class Web:
    """Other hosts, as far as a test needs them: what each address answers, in turn."""

    def __init__(self, **answers: list[int | BaseException]) -> None:
        self.answers = {f"https://{name}.org/": list(said) for name, said in answers.items()}
        self.asked: list[tuple[str, str]] = []
        self.pauses: list[float] = []

    def ask(self, method: str, address: str) -> tuple[int, str]:
        self.asked.append((method, address))
        answer = self.answers[address].pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer, address

    def check(self, memo: Path, fresh: bool = False) -> dict[str, Answer]:
        found = check_online(
            self.answers, memo, fresh=fresh, ask=self.ask, pause=self.pauses.append
        )
        return {answer.address[8:].removesuffix(".org/"): answer for answer in found}


@pytest.fixture
def memo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("HUMANLIKE_OFFLINE", raising=False)
    return tmp_path / "links.json"


def test_each_host_is_judged_by_what_it_says(memo: Path) -> None:
    web = Web(
        good=[200], shy=[405, 200], gone=[404, 404], refuses=[403, 403, 403, 403, 403, 403],
        busy=[503, 503, 200], nameless=[OSError("Name or service not known")] * 3,
        slow=[TimeoutError()] * 3, moved=[301],
    )  # fmt: skip
    states = {name: answer.state for name, answer in web.check(memo).items()}
    assert states == {
        "good": "ok", "shy": "ok", "gone": "gone", "refuses": "undecided", "busy": "ok",
        "nameless": "gone", "slow": "undecided", "moved": "ok",
    }  # fmt: skip
    methods = [method for method, address in web.asked if "shy" in address]
    assert methods == ["HEAD", "GET"]


def test_good_answers_are_kept_and_bad_ones_asked_again(memo: Path) -> None:
    Web(good=[200], gone=[404, 404]).check(memo)
    second = Web(good=[], gone=[200])
    assert {a.state for a in second.check(memo).values()} == {"ok"}
    assert {address for _, address in second.asked} == {"https://gone.org/"}
    third = Web(good=[410, 410], gone=[200])
    assert third.check(memo, fresh=True)["good"].state == "gone"


def test_a_damaged_memo_is_passed_over(memo: Path) -> None:
    memo.write_text('[{"what": 1}]', encoding="utf-8")
    assert Web(good=[200]).check(memo)["good"].state == "ok"


def test_two_addresses_of_one_host_are_asked_one_after_the_other(memo: Path) -> None:
    web = Web()
    web.answers = {"https://a.org/1": [200], "https://a.org/2": [200], "https://b.org/": [200]}
    web.check(memo)
    assert web.pauses == [1.0]


def test_a_kept_answer_survives_a_stop_in_the_middle(memo: Path) -> None:
    web = Web()
    web.answers = {"https://a.org/1": [200], "https://a.org/2": [KeyboardInterrupt()]}
    with pytest.raises(KeyboardInterrupt):
        web.check(memo)
    again = Web()
    again.answers = {"https://a.org/1": [], "https://a.org/2": [200]}
    assert len(again.check(memo)) == 2


def test_offline_forbids_it(memo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUMANLIKE_OFFLINE", "1")
    with pytest.raises(HumanlikeError, match="forbids --online"):
        check_online(["https://a.org/"], memo)
