"""Exercises: one source, a student's and an instructor's edition, answers checked without a server.

In a notebook::

    from humanlike.teach import check
    check("rsa-mean", answer)
"""

from humanlike.teach.checking import check
from humanlike.teach.source import exercises

__all__ = ["check", "exercises"]
