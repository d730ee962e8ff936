"""What is read of the servers and of the machine around a run, and what it comes to for one request.

servers/      each server's own counters: how it is asked, and what its answer says
cpu.py        the engine's accounting of each container
machine.py    the whole machine's processors, and what was stolen of them
processes.py  what processes used that have nothing to do with a run
health.py     what the machine did meanwhile: clock, memory, disks
cores.py      the cores that each service used, second by second
costs.py      what one request cost besides CPU
capacity.py   what one core of each service would carry, and which is the bottleneck
"""
