"""A user folder that holds nothing but the data, for as long as something is verified."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from humanlike.data.fetch import cache_path, where
from humanlike.paths import HOME_VARIABLE


@contextmanager
def clean_home() -> Iterator[Path]:
    """Let this process and all it starts use an empty user folder, which is gone afterwards.

    Kept executions, stored answers, trained encoders and noted checksums are in the user's own
    folder and thus out of reach. Data files downloaded earlier are copied over, and hashed anew
    when a chapter reads them.
    """
    had = os.environ.get(HOME_VARIABLE)
    known = [state for state in where() if state.source == "cache" and state.path]
    with tempfile.TemporaryDirectory(prefix="hl-clean-", ignore_cleanup_errors=True) as folder:
        os.environ[HOME_VARIABLE] = folder
        try:
            for state in known:
                target = cache_path(state.file)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(state.path or target, target)
            yield Path(folder)
        finally:
            if had is None:
                del os.environ[HOME_VARIABLE]
            else:
                os.environ[HOME_VARIABLE] = had
