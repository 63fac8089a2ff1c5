"""Three exercises of a chapter that reads no data; every secret word stands in ``SECRETS``."""

from __future__ import annotations

SOURCE = """# What comes out?

```yaml
id: alpha-guess
kind: predict
level: 1
minutes: 5
answer: choice
```

Is the mean of 0 to 4 **a** one, **b** two?

## Start
```python
numbers = range(5)

answer = ...  # "a" or "b"
```

## Hint
Add them up $\\\\sum_i x_i$ and see {doc}`/notebooks/beta`.

## Solution
The wombat adds them all: aardvark prose.
```python
numbers = range(5)
wombat_total = sum(numbers)
print("quokka printed", wombat_total / 5)
answer = "b" if wombat_total == 10 else "a"
```

# The spread

```yaml
id: alpha-spread
kind: compute
level: 2
minutes: 10
answer: number
tolerance: 0.01
```

What is the variance of `numbers` (divided by their number less one), **times** 1.2345678?

## Start
```python
import statistics

numbers = range(5)

answer = ...
```

## Hint
Look at `statistics`.

## Hint
There are two functions of that kind.

## Solution
Bandicoot prose.

```python
import statistics

numbers = range(5)
numbat_factor = 1.2345678

answer = numbat_factor * statistics.variance(numbers)
```

## Slip: You divided by the number itself.
```python
answer = numbat_factor * statistics.pvariance(numbers)
```

# Is that so?

```yaml
id: alpha-claim
kind: criticise
level: 3
minutes: 15
answer: free
```

Somebody says that five numbers are enough. Reply.

## Hint
Enough for what?

## Rubric
- Do you ask for what?

## Solution
Kookaburra prose.
"""

SECRETS = (
    "wombat",
    "aardvark",
    "quokka",
    "bandicoot",
    "numbat",
    "kookaburra",
    "divided by the number itself",
    "pvariance",
    "statistics.variance(",
    "3.0864",  # the right answer, 1.2345678 times 2.5
)
RIGHT = {"alpha-guess": "b", "alpha-spread": 1.2345678 * 2.5}
