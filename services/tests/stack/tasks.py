"""Tasks of `./scripts/lab` that go on while a test looks, as their user starts them."""

import signal
import subprocess

from checks import stack


def start(*task: str) -> "subprocess.Popen[str]":
    """Both of its outputs are pipes: `communicate` reads and closes them."""
    return subprocess.Popen(
        ["./scripts/lab", *task],
        cwd=stack.TOP,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A job in the background of a script ignores Ctrl-C, and so would all that it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
