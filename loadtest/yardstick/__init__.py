"""How fast the stack's cores are at this moment: a fixed piece of work, made again and again beside a run.

A core's speed is no constant. A host that others share, or a laptop that grows warm, gives fewer instructions
for one second of CPU time than a minute before, and no counter says so: the time is booked to whoever was
running. What the same piece of work costs at the same time on the same core says it.

piece.py     the piece of work
__main__.py  makes it at a steady pace, on each core in turn, and prints what each cost

It runs in the load's image, on the cores of the stack; `bench.measuring.speed` starts it and reads it.
"""
