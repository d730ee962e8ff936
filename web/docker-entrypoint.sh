#!/usr/bin/env bash
# The first process of a Django replica. It must not end the server while the load balancer still
# sends it work: on SIGTERM it says so at /up, waits until that was seen, and only then stops the
# server, which finishes the requests in flight. What is not a server (init.sh, manage.py) is run
# as it is.
set -euo pipefail

if [[ ${1:-} != gunicorn ]]; then
  exec "$@"
fi

# Every line of a server says which request it is about (config/logs.py).
export LAB_LOG_FORMAT=json

# Each process of the server counts in a file of its own, and whichever is asked adds them up.
export PROMETHEUS_MULTIPROC_DIR=/tmp/metrics
rm -rf "$PROMETHEUS_MULTIPROC_DIR"
mkdir "$PROMETHEUS_MULTIPROC_DIR"

drain_file=${LAB_DRAIN_FILE:-/tmp/draining}
rm -f "$drain_file"

# shellcheck disable=SC2317 # the trap below calls it
drain() {
  trap '' TERM INT
  echo "draining for ${LAB_DRAIN_SECONDS:-3} s"
  touch "$drain_file"
  sleep "${LAB_DRAIN_SECONDS:-3}"
  kill -TERM "$server"
}

"$@" &
server=$!
trap drain TERM INT

# A signal ends the first wait; the second one is for the server itself.
status=0
wait "$server" || status=$?
while kill -0 "$server" 2>/dev/null; do
  status=0
  wait "$server" || status=$?
done
exit "$status"
