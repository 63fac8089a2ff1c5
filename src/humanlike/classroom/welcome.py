"""The page a student reads first."""

from __future__ import annotations

from collections.abc import Collection, Sequence

_HEAD = """# Start here

This folder is a book that can be read, executed and changed, for a seminar. It works without a
network once the Python packages are installed.
"""
_BOOK = """
## Read

Open `book/index.html` in a browser. Slides are in `book/slides/`, if there are any.
"""
_INSTALL = """
## Install (once, {network})

Python 3.11 or newer is needed.

```console
$ cd source
$ python3 -m venv .venv
$ .venv/bin/python -m pip install {links}-r requirements.txt
$ .venv/bin/python -m pip install --no-deps --no-build-isolation -e .
```

On Windows the folder is `.venv\\Scripts` instead of `.venv/bin`.
"""
_DATA = """
## Data

The data of this pack are for use in class; some have no licence that would allow you
to pass them on. In `source/`:

```console
$ export HUMANLIKE_DATA_MIRROR=../data
$ .venv/bin/humanlike data verify
```
"""
_ANSWERS = """
## What models answered

```console
$ .venv/bin/humanlike responses import ../responses.jsonl
$ .venv/bin/humanlike responses list
```
"""
_RUN = """
## Run

```console
$ .venv/bin/humanlike doctor
$ .venv/bin/humanlike params norms
$ .venv/bin/humanlike run norms --profile quick
$ .venv/bin/humanlike exercises 1 --out my_1.ipynb
$ .venv/bin/humanlike check 1
```

A chapter whose data are not here runs on simulated data and says so at its top.
"""


def welcome(left_out: Sequence[str], parts: Collection[str]) -> str:
    """Write the page.

    Parameters
    ----------
    left_out : sequence of str
        What is not in the pack, in sentences.
    parts : collection of str
        Names of the files and folders at the top of the pack.
    """
    complete = not any(one.startswith("Python packages") for one in left_out)
    links = "--find-links ../wheels " if "wheels" in parts else ""
    if complete:
        links = "--no-index " + links
    network = "no network needed" if complete else "with a network"
    text = _HEAD + (_BOOK if "book" in parts else "")
    text += _INSTALL.format(network=network, links=links)
    text += (_DATA if "data" in parts else "") + (_ANSWERS if "responses.jsonl" in parts else "")
    text += _RUN
    if left_out:
        text += "\n## What is not in this pack\n\n" + "".join(f"- {one}\n" for one in left_out)
    return text
