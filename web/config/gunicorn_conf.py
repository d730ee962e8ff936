"""gunicorn: between nginx, its only client, and Django. It must not be reachable from anywhere
else, for it trusts whoever connects, nor write an access log: nginx has one, and Django (logs.py).
"""

import gc
import os
from itertools import count
from typing import Any

bind = "0.0.0.0:8000"
worker_class = "gthread"
# Processes times threads is how many requests run at once; each may hold a database connection.
workers = int(os.environ.get("WEB_WORKERS") or "2")
threads = int(os.environ.get("WEB_THREADS") or "4")
# The application is loaded once and shared by the workers' memory. Pools of connections are
# opened by the first request, which is after the fork.
preload_app = True
# The workers' heartbeat is a file, and on a disk it can stall them.
worker_tmp_dir = "/dev/shm"  # noqa: S108
# No commands from outside but signals.
control_socket_disable = True
# Seconds: after which a worker that gives no sign of life is replaced, and how long requests in
# flight may go on after SIGTERM.
timeout = 30
graceful_timeout = 25
accesslog = None
errorlog = "-"
loglevel = "warning"

# What is loaded lives as long as its process, so the garbage collector need not look through it: that took
# 100 ms of CPU each time, during which all threads of the process stood still (a second and more where
# processors are short, and the upstream cache was taken for gone), and it copied memory that workers share.
# What is loaded by the first requests only (addresses, S3's description) is set aside as well.
SETTLED = {100, 1000}  # requests of a worker, without those of the machinery, which load little
MACHINERY = ("/up", "/metrics")
_answered = count(1)


def when_ready(_server: Any) -> None:
    """Between loading the application and the first fork."""
    _set_aside()


def post_request(_worker: Any, request: Any, _environ: Any, _answer: Any) -> None:
    if not request.path.startswith(MACHINERY) and next(_answered) in SETTLED:
        _set_aside()


def _set_aside() -> None:
    gc.collect()
    gc.freeze()
