"""`./scripts/lab check instrument`: the benchmark put to the test, by the benchmark itself.

It measures what is known beforehand: one variant beside itself, one variant twice, one beside itself with
each view made a tenth slower, and likewise a whole experiment. The stack, the load, the counters, the
verdicts and the statistics are those of every other comparison; only what is asked for is chosen here.

cli.py      which parts, how much of each; the verdict
asked.py    how much of each part: long, and short
parts.py    three of the parts: what they measure, and what is made of it
layers.py   the fourth: two results of the experiment `layers`
slowed.py   what is slowed
measure.py  runs through the benchmark's own experiment, kept like any other result
"""

from .cli import main

__all__ = ["main"]
