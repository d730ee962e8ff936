# shellcheck shell=bash
# What the task runner says, and how it gives up: one clear line each.

say() { printf '\033[1;36m==>\033[0m %s\n' "$*" >&2; }
warn() { printf '\033[1;33m==>\033[0m %s\n' "$*" >&2; }

# die MESSAGE [EXIT_CODE] — the message says what is wrong and what to do.
die() {
  printf '\033[1;31mlab:\033[0m %s\n' "$1" >&2
  exit "${2:-1}"
}

have() { command -v "$1" >/dev/null 2>&1; }
