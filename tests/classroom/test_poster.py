"""The class's address as a code: read back by the standard, drawn as it is, where it helps."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from web.running import Client, running

from humanlike.classroom.answers import Answers
from humanlike.classroom.poster import QUIET, as_svg, as_text, reachable
from humanlike.classroom.questions import Lesson
from humanlike.classroom.server import open_class

ADDRESS = "http://192.168.178.143:8321/"
Matrix = list[list[int]]

LEVELS = {0b01: "L", 0b00: "M", 0b11: "Q", 0b10: "H"}
MASK_OF_FORMAT = 0b101010000010010
BLOCKS = {(2, "M"): 1, (2, "Q"): 1, (3, "M"): 1, (3, "Q"): 2, (3, "H"): 2}
DATA_WORDS = {(2, "M"): 28, (2, "Q"): 22, (3, "M"): 44, (3, "Q"): 34, (3, "H"): 26}
MASKS = (
    lambda r, c: (r + c) % 2, lambda r, c: r % 2, lambda r, c: c % 3, lambda r, c: (r + c) % 3,
    lambda r, c: (r // 2 + c // 3) % 2, lambda r, c: r * c % 2 + r * c % 3,
    lambda r, c: (r * c % 2 + r * c % 3) % 2, lambda r, c: ((r + c) % 2 + r * c % 3) % 2,
)  # fmt: skip


def drawn(svg: str) -> Matrix:
    """Return the modules an SVG draws, by following its path with a pen."""
    root = ElementTree.fromstring(svg)
    size = int(root.attrib["viewBox"].split()[2])
    lines = [node for node in root if "stroke" in node.attrib]
    (line,) = lines
    assert line.attrib["stroke"] == "#000"
    found = [[0] * size for _ in range(size)]
    x = y = 0.0
    for step, numbers in re.findall(r"([Mmh])([^Mmh]+)", line.attrib["d"]):
        given = [float(n) for n in re.findall(r"-?[\d.]+", numbers)]
        if step == "h":
            for column in range(int(x), int(x + given[0])):
                found[int(y)][column] = 1
            x += given[0]
        else:
            x, y = given if step == "M" else (x + given[0], y + given[1])
    return found


def inside(matrix: Matrix) -> Matrix:
    return [row[QUIET:-QUIET] for row in matrix[QUIET:-QUIET]]


def format_of(matrix: Matrix) -> tuple[str, int]:
    """Return error correction level and mask (ISO/IEC 18004:2015, section 7.9)."""
    bits = [matrix[8][c] for c in (0, 1, 2, 3, 4, 5, 7, 8)]
    bits += [matrix[r][8] for r in (7, 5, 4, 3, 2, 1, 0)]
    number = int("".join(map(str, bits)), 2) ^ MASK_OF_FORMAT
    return LEVELS[number >> 13], number >> 10 & 0b111


def reserved(size: int, row: int, column: int) -> bool:
    """Whether a module of versions 2 to 6 holds no data."""
    corner = (row < 9 and (column < 9 or column >= size - 8)) or (row >= size - 8 and column < 9)
    return corner or 6 in (row, column) or all(size - 10 < at < size - 4 for at in (row, column))


def read(matrix: Matrix) -> str:
    """Read a symbol of version 2 or 3 that is not damaged (ISO/IEC 18004:2015, section 11)."""
    size = len(matrix)
    version = (size - 17) // 4
    level, mask = format_of(matrix)
    bits = []
    columns = [c if c > 6 else c - 1 for c in range(size - 1, 0, -2)]
    for turn, right in enumerate(columns):
        rows = range(size - 1, -1, -1) if turn % 2 == 0 else range(size)
        for row in rows:
            for column in (right, right - 1):
                if not reserved(size, row, column):
                    bits.append(matrix[row][column] ^ (MASKS[mask](row, column) == 0))
    words = [int("".join(map(str, bits[k : k + 8])), 2) for k in range(0, len(bits) - 7, 8)]
    blocks, total = BLOCKS[version, level], DATA_WORDS[version, level]
    data = [words[k] for b in range(blocks) for k in range(b, total, blocks)]
    stream = "".join(f"{word:08b}" for word in data)
    assert stream[:4] == "0100"  # bytes
    length = int(stream[4:12], 2)
    return bytes(int(stream[12 + 8 * k : 20 + 8 * k], 2) for k in range(length)).decode()


@pytest.mark.parametrize(
    "address", [ADDRESS, "http://10.0.0.2:8321/", "http://[fd00::1:2]:65535/", "http://klasse.local:80/"]
)  # fmt: skip
def test_what_is_drawn_reads_as_the_address(address: str) -> None:
    matrix = inside(drawn(as_svg(address)))
    assert read(matrix) == address
    assert format_of(matrix)[0] in "MQH"


def test_the_code_is_black_on_white_with_four_white_modules_around_it() -> None:
    svg = as_svg(ADDRESS)
    matrix, size = drawn(svg), len(drawn(svg))
    assert f'fill="#fff" d="M0 0h{size}v{size}h-{size}z"' in svg
    for edge in (matrix[:4], matrix[-4:], [r[:4] for r in matrix], [r[-4:] for r in matrix]):
        assert not any(map(any, edge))
    for row, column in ((4, 4), (4, size - 5), (size - 5, 4)):
        assert matrix[row][column] == 1
    assert " width=" not in svg.partition(">")[0] and "style" not in svg


class Terminal(io.StringIO):
    def __init__(self, encoding: str, *, tty: bool = True) -> None:
        super().__init__()
        self.named, self.tty = encoding, tty

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self.named

    def isatty(self) -> bool:
        return self.tty


def test_a_terminal_shows_the_same_modules_and_a_file_none() -> None:
    text = as_text(ADDRESS, Terminal("UTF-8"))
    rows = re.sub(r"\x1b\[[\d;]*m", "", text).splitlines()
    upper = [[int(c in "▀█") for c in row] for row in rows if row]
    lower = [[int(c in "▄█") for c in row] for row in rows if row]
    shown = [line for pair in zip(upper, lower, strict=True) for line in pair]
    matrix = drawn(as_svg(ADDRESS))
    size = len(matrix)
    light = [[1 - module for module in row] for row in matrix]
    assert [row[:size] for row in shown[:size]] == light
    assert as_text(ADDRESS, Terminal("utf-8", tty=False)) == ""
    assert as_text(ADDRESS, Terminal("ascii")) == ""


@pytest.mark.parametrize(
    ("address", "others"),
    [
        (ADDRESS, True), ("http://[fd00::1]:1/", True), ("http://klasse.local:1/", True),
        ("http://127.0.0.1:1/", False), ("http://localhost:1/", False), ("http://[::1]:1/", False),
    ],
)  # fmt: skip
def test_only_an_address_that_others_reach_gets_a_code(address: str, others: bool) -> None:
    assert reachable(address) is others


def lesson() -> Lesson:
    return Lesson(tuple(f"thing {n}" for n in range(16)), 20, 0)


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    monkeypatch.setattr("humanlike.web.server.own_address", lambda: "192.0.2.7")
    answers = Answers(tmp_path / "class.sqlite", lesson())
    with running(open_class(answers, "test", "0.0.0.0", 0)) as found:
        yield found


def test_the_page_for_the_projector_shows_code_and_address(client: Client) -> None:
    said = client.get("/show", Cookie=None)
    text, address = said.body.decode(), f"http://192.0.2.7:{client.port}/"
    assert said.status == 200
    assert f'role="img" aria-label="QR code of {address}"' in text
    assert f'<a href="{address}">{address}</a>' in text
    (svg,) = re.findall("<svg.*</svg>", text, re.DOTALL)
    assert read(inside(drawn(svg))) == address
    assert "20 questions, about 2 minutes" in text
    assert "thing 3" not in text


def test_a_class_that_nobody_else_reaches_is_told_how(tmp_path: Path) -> None:
    answers = Answers(tmp_path / "class.sqlite", lesson())
    with running(open_class(answers, "test", "127.0.0.1", 0)) as found:
        text = found.get("/show", Cookie=None).body.decode()
    assert "<svg" not in text
    assert "--host 0.0.0.0" in text
