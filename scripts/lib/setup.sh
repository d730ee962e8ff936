# shellcheck shell=bash
# Makes a machine ready: Docker engine, Compose v2, buildx, the base image, Python.
# Every step first looks whether it is done, and says what it installs before it does so.
# Where it lacks the right, it names the package and stops; nothing is left half-done.

BASE_IMAGE=debian:trixie-slim
PLUGINS=/usr/libexec/docker/cli-plugins

is_root() { [ "$(id -u)" -eq 0 ]; }
on_apt() { have apt-get; }
release() { (. /etc/os-release 2>/dev/null && printf '%s' "${VERSION_CODENAME:-unknown}"); }

# apt_install PACKAGE... — or say who must, and stop.
apt_install() {
  on_apt || die "please install $* with this system's package manager, then run this again"
  is_root || die "please install what is missing, then run this again: sudo apt-get install $*"
  say "installing $*"
  apt_update_once
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >"$LAB_STATE/apt.log" 2>&1 ||
    die "apt-get could not install $*; its output is in .lab/apt.log"
}

apt_update_once() {
  [ -z "${APT_UPDATED:-}" ] || return 0
  apt-get update >"$LAB_STATE/apt.log" 2>&1 || die "apt-get update failed; its output is in .lab/apt.log"
  APT_UPDATED=1
}

# --- Docker engine -----------------------------------------------------------------------------

ensure_engine() {
  local problem
  if problem=$(docker info 2>&1 >/dev/null); then return 0; fi
  case "$problem" in
    *"permission denied"*) die "you may not use Docker here: run as root, or: sudo usermod -aG docker $(id -un), then log in again" ;;
  esac
  [ -z "${DOCKER_HOST:-}" ] || die "no Docker engine answers at DOCKER_HOST=$DOCKER_HOST: start it, or unset DOCKER_HOST"
  if ! have dockerd; then
    [ "$(uname -s)" = Linux ] || die "no Docker engine answers: start Docker Desktop (or colima), then run this again"
    grep -qi microsoft /proc/version 2>/dev/null && have docker &&
      warn "this is WSL: if you use Docker Desktop, start it and switch on its WSL integration instead"
    apt_install docker.io iptables ca-certificates
  fi
  # Newer releases pack the client apart from the engine.
  have docker || apt_install docker-cli
  start_engine
}

start_engine() {
  is_root || die "the Docker engine is not running: sudo systemctl start docker (or: sudo service docker start)"
  if [ -d /run/systemd/system ]; then
    say "starting the Docker engine by systemd"
    systemctl start docker || die "systemd could not start Docker: see journalctl -u docker"
  else
    say "starting the Docker engine (nothing manages it here); its log: /var/log/dockerd.log"
    # A pid file of an engine that was killed would keep the new one from starting.
    kill -0 "$(cat /var/run/docker.pid 2>/dev/null)" 2>/dev/null || rm -f /var/run/docker.pid
    nohup setsid dockerd >>/var/log/dockerd.log 2>&1 </dev/null &
  fi
  local _
  for _ in $(seq 120); do
    docker info >/dev/null 2>&1 && return 0
    sleep 0.5
  done
  die "the Docker engine did not start within 60 s: see /var/log/dockerd.log"
}

# --- Compose v2 and buildx ---------------------------------------------------------------------

compose_is_v2() { docker compose version --short 2>/dev/null | grep -Eq '^v?([2-9]|[1-9][0-9])\.'; }
buildx_is_there() { docker buildx version >/dev/null 2>&1; }

ensure_plugins() {
  if compose_is_v2 && buildx_is_there; then return 0; fi
  on_apt || die "please install Docker Compose v2 and buildx (they come with Docker Desktop), then run this again"
  is_root || die "please install Docker Compose v2 and buildx (docker-compose-v2 and docker-buildx), then run this again"
  apt_update_once
  case "$(release)" in
    bookworm) unpack_plugins_of_trixie ;;
    trixie | forky | sid) apt_install docker-compose docker-buildx ;;
    *) apt_install docker-compose-v2 docker-buildx ;;
  esac
  compose_is_v2 || die "Docker Compose v2 is still missing: please install it, then run this again"
  buildx_is_there || die "docker buildx is still missing: please install it, then run this again"
}

# Debian 12 ships Compose v1. Debian 13's packages are static enough to run there unpacked.
# The newer release goes into apt's view of its own, so nothing else on the machine can come from it.
unpack_plugins_of_trixie() {
  say "unpacking Debian 13's Compose v2 and buildx into $PLUGINS"
  local work
  work=$(mktemp -d)
  mkdir -p "$work"/{state/lists/partial,cache/archives/partial,parts,preferences,out}
  trixie_sources >"$work/sources.list"
  local apt=(apt-get -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts="$work/parts"
    -o Dir::State="$work/state" -o Dir::Cache="$work/cache" -o Dir::State::status=/var/lib/dpkg/status
    -o APT::Sandbox::User=root -o Debug::NoLocking=1)
  "${apt[@]}" update >"$LAB_STATE/apt.log" 2>&1 || die "Debian 13's package list could not be read; see .lab/apt.log"
  (cd "$work/out" && "${apt[@]}" download docker-compose docker-buildx >>"$LAB_STATE/apt.log" 2>&1) ||
    die "docker-compose and docker-buildx of Debian 13 could not be fetched; see .lab/apt.log"
  local package
  for package in "$work"/out/*.deb; do dpkg -x "$package" "$work/root"; done
  mkdir -p "$PLUGINS"
  find "$work/root" -type f \( -name docker-compose -o -name docker-buildx \) -exec install -m 0755 {} "$PLUGINS/" \;
  rm -rf "$work"
}

# The machine's own apt sources, for Debian 13: whatever mirror it trusts is the mirror used.
trixie_sources() {
  local etc=${APT:-/etc/apt}
  {
    sed -n 's/^deb \(\[[^]]*\] \)\?//p' "$etc"/sources.list "$etc"/sources.list.d/*.list 2>/dev/null || true
    awk '/^$/ {uris = suites = ""} /^URIs:/ {uris = $2} /^Suites:/ {suites = substr($0, 9)}
         uris && suites {n = split(suites, s, " "); for (i = 1; i <= n; i++) print uris, s[i]; uris = suites = ""}' \
      "$etc"/sources.list.d/*.sources 2>/dev/null || true
  } | awk '$2 ~ /^(bookworm|trixie)(-updates|-security)?$/ {
      sub(/bookworm/, "trixie", $2)
      line = "deb " $1 " " $2 " main"
      if (!seen[line]++) print line
    }'
}

# --- the base image ----------------------------------------------------------------------------

ensure_base_image() {
  if docker image inspect "$BASE_IMAGE" >/dev/null 2>&1; then return 0; fi
  say "pulling $BASE_IMAGE"
  if timeout 120 docker pull -q "$BASE_IMAGE" >"$LAB_STATE/pull.log" 2>&1; then return 0; fi
  make_base_image
}

# Where no image registry can be reached the same base is made from Debian's own packages.
make_base_image() {
  say "no image registry can be reached: making $BASE_IMAGE with debootstrap (about a minute)"
  is_root || die "$BASE_IMAGE can't be pulled, and making it needs root: sudo ./scripts/lab doctor"
  have debootstrap || apt_install debootstrap
  on_apt && [ "$(release)" != bookworm ] && [ "$(release)" != trixie ] && apt_install debian-archive-keyring
  local root mirror
  root=$(mktemp -d)
  mirror=$(trixie_sources | awk '$3 == "trixie" {print $2; exit}')
  # Without a Debian mirror among the machine's sources (Ubuntu) debootstrap takes its own default.
  debootstrap --variant=minbase --include=ca-certificates trixie "$root" ${mirror:+"$mirror"} \
    >"$LAB_STATE/debootstrap.log" 2>&1 || {
    rm -rf "$root"
    die "debootstrap failed; its output is in .lab/debootstrap.log"
  }
  # What this machine trusts, builds inside the image must trust too (a company's proxy, for one).
  if [ -r /etc/ssl/certs/ca-certificates.crt ]; then
    cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  fi
  [ -z "$mirror" ] || trixie_sources >"$root/etc/apt/sources.list"
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
  tar -C "$root" -c . | docker import - "$BASE_IMAGE" >/dev/null || {
    rm -rf "$root"
    die "$BASE_IMAGE could not be imported: is the disk full? (df -h /var/lib/docker)"
  }
  rm -rf "$root"
}

# --- Python for the runner and the tests -------------------------------------------------------

find_python() {
  local candidate
  for candidate in "${LAB_PYTHON:-python3}" python3 python3.14 python3.13 python3.12 python3.11; do
    have "$candidate" || continue
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    command -v "$candidate"
    return 0
  done
  die "Python 3.11 or newer is needed: install python3, or name one in LAB_PYTHON"
}

# ensure_venv NAME REQUIREMENTS... — .lab/NAME, made anew only when the requirements change, or the
# folder was moved: what is in it names its own path.
ensure_venv() {
  local name=$1 python venv stamp
  shift
  python=$(find_python) || exit 1
  venv="$LAB_STATE/$name"
  stamp=$(cat "$@" | cat - <("$python" --version) <(echo "$venv") | cksum)
  [ "$(cat "$venv/stamp" 2>/dev/null)" != "$stamp" ] || return 0
  "$python" -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv
  say "installing Python packages into .lab/$name"
  rm -rf "$venv"
  "$python" -m venv "$venv" || die "a virtual environment could not be made in .lab/$name"
  local arguments=() file
  for file in "$@"; do arguments+=(-r "$file"); done
  "$venv/bin/pip" install -q --disable-pip-version-check --require-hashes "${arguments[@]}" >"$LAB_STATE/pip.log" 2>&1 ||
    die "pip could not install what $* names; its output is in .lab/pip.log"
  printf '%s' "$stamp" >"$venv/stamp"
}

# --- room --------------------------------------------------------------------------------------

# ensure_room GIB — images and build caches need it; a full disk breaks a build in ways hard to read.
ensure_room() {
  local root free
  root=$(docker info --format '{{.DockerRootDir}}' 2>/dev/null)
  [ -d "$root" ] || return 0 # the engine lives in a virtual machine with a disk of its own
  free=$(df -Pk "$root" | awk 'NR == 2 {print int($4 / 1048576)}')
  [ "$free" -ge "$1" ] || die "only $free GiB are free where Docker keeps its images ($root); $1 GiB are needed: free some (docker system df shows what Docker holds)"
}

ensure_docker() {
  mkdir -p "$LAB_STATE"
  ensure_engine
  ensure_plugins
  ensure_base_image
}
