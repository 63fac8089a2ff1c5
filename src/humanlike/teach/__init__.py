"""Exercises: one source, a student's and an instructor's edition, answers checked without a server.

| | |
|---|---|
| ``book/exercises/CHAPTER.md`` | the source, with solutions (`source.exercises`) |
| ``book/exercises/sessions.yml`` | what a session of the seminar takes (`sessions.gather`) |
| ``book/exercises/checks/CHAPTER.json`` | digests of right answers (`seal.sealed`) |
| ``humanlike build --edition student`` or ``instructor`` | the pages (`page.section`) |
| ``humanlike exercises NAME --out FILE.ipynb`` | a notebook to work in (`workbook.workbook`) |
| ``humanlike check NAME FILE.ipynb`` | what is right in it (`marking.mark`) |
| ``handout.hand_out(folder)`` | all of the above that students may have |

In a notebook::

    from humanlike.teach import check
    check("rsa-mean", answer)
"""

from humanlike.teach.checking import check
from humanlike.teach.source import exercises

__all__ = ["check", "exercises"]
