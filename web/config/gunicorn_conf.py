"""gunicorn: between nginx, its only client, and Django. It must not be reachable from anywhere
else, for it trusts whoever connects, nor write an access log: nginx has one, and Django (logs.py).
"""

import os

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
