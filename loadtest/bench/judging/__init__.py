"""Whether what was measured may be taken at its word: reasons against a run, and against a comparison.

codes.py       every reason there is
books.py       the books: what each hop says it sent, against what the next one says it got
load.py        the load's own faults: failures, the generator, starts that were missed
layers.py      layers that did not do as they were told, and hit ratios that still moved
machine.py     what the machine did meanwhile
comparison.py  what stands against comparing two variants
run.py         all of it, for one run
"""
