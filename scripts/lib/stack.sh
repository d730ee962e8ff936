# shellcheck shell=bash
# The Compose stack: building, starting, emptying its caches, saying where it is.

toggles() {
  local python
  python=$(find_python) || exit 1
  "$python" scripts/lib/toggles.py "$@"
}

# For the live page: what was switched, and when.
mark_toggles() {
  local python change
  python=$(find_python) || exit 1
  for change in "$@"; do "$python" scripts/lib/journal.py toggle "$change"; done
}

compose() { docker compose "$@"; }
compose_all() { docker compose --profile '*' "$@"; }

stack_is_up() { [ -n "$(compose ps -q --status running varnish 2>/dev/null)" ]; }

ensure_service_exists() {
  local services
  services=$(compose_all config --services | sort)
  grep -qxF -- "$1" <<<"$services" ||
    die "logs $1: accepted are a request's id, such as 1795626831-3414, and the services $(tr '\n' ' ' <<<"$services")" 2
}

ensure_stack_can_start() {
  toggles check || exit 2
  ensure_docker
  ensure_ports
}

# A port that somebody else holds makes Compose fail halfway, with containers already made.
ensure_ports() {
  local name port ours
  ours=$(compose_all ps --format '{{.Ports}}' 2>/dev/null || true)
  for name in LAB_PORT LAB_CONSOLE_PORT LAB_LOCUST_PORT LAB_PROMETHEUS_PORT LAB_MINIO_PORT; do
    port=$(toggles get "$name")
    case "$ours" in *":$port->"*) continue ;; esac
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      die "port $port of this machine is in use: stop what uses it, or choose another: $name=$((port + 1000)) ./scripts/lab ..."
    fi
  done
}

# build_images [SERVICE...]
build_images() { build_with "" "$@"; }

# build_images_for PROFILE — the stack, and what this profile adds to it.
build_images_for() { build_with "$1"; }

build_with() {
  local profile=$1
  shift
  if ! docker image inspect cachelab-minio >/dev/null 2>&1; then
    ensure_room 8
    say "building the images: once, and MinIO comes from source, so about 15 minutes on two cores"
  fi
  local command=(docker compose ${profile:+--profile "$profile"} build)
  if [ -t 2 ]; then
    "${command[@]}" "$@" || die "an image could not be built; what failed is above"
    return
  fi
  "${command[@]}" --progress plain "$@" >"$LAB_STATE/build.log" 2>&1 || {
    tail -n 40 "$LAB_STATE/build.log" >&2
    die "an image could not be built; the whole output is in .lab/build.log"
  }
}

start_stack() {
  if ! compose up -d --wait --wait-timeout 300 "$@" >"$LAB_STATE/up.log" 2>&1; then
    explain_start
    exit 1
  fi
}

# Why it did not start: the last words of every service that stopped or is not healthy.
explain_start() {
  tail -n 5 "$LAB_STATE/up.log" >&2
  local service
  for service in $(compose ps -a --format '{{.Service}} {{.State}} {{.Health}} {{.ExitCode}}' |
    awk '($2 == "exited" && $4 != 0) || $3 == "unhealthy" {print $1}' | sort -u); do
    warn "$service says:"
    compose logs --no-log-prefix --tail 5 "$service" >&2
  done
  die "the stack did not start; the services' last words are above (./scripts/lab logs SERVICE shows more)"
}

# Empties every cache, upstream before downstream, as a write does.
forget_kept() {
  compose exec -T redis redis-cli flushall >/dev/null
  # Debian ships no command-line client for Memcached.
  compose exec -T memcached bash -c 'exec 3<>/dev/tcp/127.0.0.1/11211; printf "flush_all\r\n" >&3; read -r -t 2 <&3'
  compose exec -T varnish varnishadm 'ban obj.status != 0' >/dev/null
}

# The clinic's cases, each with the first line of what it says of itself.
list_clinic() {
  local file name
  for file in web/clinic/cases/[a-z]*.py; do
    name=${file##*/}
    printf '%-10s %s\n' "${name%.py}" "$(sed -n '1s/^"""//; 1s/\.$//; 1p' "$file")"
  done
}

print_addresses() {
  local name
  for name in LAB_PORT LAB_CONSOLE_PORT LAB_LOCUST_PORT LAB_PROMETHEUS_PORT LAB_MINIO_PORT LAB_GRAFANA_PORT LAB_DEBUG; do
    export "$name=$(toggles get "$name")"
  done
  services/hello/addresses
}
