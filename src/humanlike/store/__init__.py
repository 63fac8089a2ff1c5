"""The store: every answer, its prompt, its settings and what produced it, for ever.

``schema`` says what is kept, ``key`` what makes two requests the same, ``store`` reads and writes,
``writer`` commits answers as they arrive, ``transfer`` exports and imports, ``verify`` checks and
repairs.
"""

from humanlike.store.problems import StoreError
from humanlike.store.store import Store

__all__ = ["Store", "StoreError"]
