"""Put many models through the tests: read the list, spread the work, keep a journal, plan.

``listing`` reads and checks the list, ``work`` is what a worker does, ``journal`` remembers what
came of it, ``run`` brings them together, ``table`` shows it; ``planning`` and ``measured`` say
beforehand what it would take.
"""
