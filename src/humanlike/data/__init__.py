"""Published data: pinned addresses, verified copies, tidy tables.

``registry`` says what exists, ``fetch`` brings it here, ``usage`` remembers what was read; the
other modules turn files into tables: ``norms``, ``responses``, ``prompts``, ``splits``, ``qa`` and
``things``, with ``simulated`` as their stand-in where the files cannot be had.
"""
