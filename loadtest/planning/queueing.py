"""The M/M/c queue: arrivals by chance, `servers` that each take an exponentially distributed time.

Source: A. K. Erlang, 1917; by Erlang B's recursion, which is stable for any number of servers (Gross &
Harris, Fundamentals of Queueing Theory, chapter 2). `load` is arrivals a second times the mean service
time: busy servers on average.
"""

from __future__ import annotations

from math import inf, log


def erlang_b(servers: int, load: float) -> float:
    """The probability that all servers are busy where nobody waits."""
    blocked = 1.0
    for server in range(1, servers + 1):
        blocked = load * blocked / (server + load * blocked)
    return blocked


def erlang_c(servers: int, load: float) -> float:
    """The probability of having to wait; 1 where more comes in than can be served."""
    if load >= servers:
        return 1.0
    blocked = erlang_b(servers, load)
    return servers * blocked / (servers - load * (1 - blocked))


def mean_wait(servers: int, load: float, service: float) -> float:
    """In units of `service`, the mean service time; without end where more comes in than can be served."""
    if load >= servers:
        return inf
    return erlang_c(servers, load) * service / (servers - load)


def wait_quantile(servers: int, load: float, service: float, share: float) -> float:
    """The wait that this share of the requests does not exceed."""
    if load >= servers:
        return inf
    waiting = erlang_c(servers, load)
    if waiting <= 1 - share:
        return 0.0
    return log(waiting / (1 - share)) * service / (servers - load)
