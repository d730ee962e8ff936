# shellcheck shell=bash
# The rings of tests. Each is a function `ring_NAME`, and fails by its exit code.

ensure_test_venv() {
  ensure_venv venv web/requirements.txt loadtest/requirements.txt loadtest/bench/requirements.txt scripts/requirements.txt services/console/requirements.txt
}

in_venv() {
  local tool=$1
  shift
  "$LAB_STATE/venv/bin/$tool" "$@"
}

# Tools that are no Python packages live in the tests image, so that nobody need install them.
in_tests_image() {
  ensure_docker
  compose --profile tests build -q tests >&2
  docker run --rm --network none -v "$LAB_HOME:/repo:ro" -w /repo --entrypoint "" cachelab-tests "$@"
}

shell_files() { git ls-files -co --exclude-standard -- '*.sh' scripts/lab .ci/run varnish/tests/run nginx services web | xargs grep -lE '^#!.*\b(ba)?sh\b|shellcheck shell=' 2>/dev/null | sort -u; }

ring_lint() {
  ensure_docker # Compose checks its own file
  in_venv ruff check .
  in_venv ruff format --check .
  in_venv mypy web loadtest/bench loadtest/checks loadtest/planning loadtest/replay loadtest/switching loadtest/terminal loadtest/tour loadtest/tracing scripts/lib services/console/server/console services/partner/partner services/prometheus/exporters services/prometheus/prometheus_config.py services/grafana/dashboards services/rivals/rivals
  in_venv djlint --lint --quiet web/magazine/templates web/clinic/templates
  compose_all config -q
  local files
  mapfile -t files < <(shell_files)
  in_tests_image shellcheck -x "${files[@]}"
  in_tests_image shfmt -i 2 -ci -d "${files[@]}"
  in_tests_image promtool check config --syntax-only services/prometheus/prometheus.yml
  in_tests_image promtool check rules --lint-fatal services/prometheus/rules/*.yml
  in_tests_image promtool test rules services/prometheus/tests/*_test.yml
}

ring_unit() {
  in_venv python -m pytest -q -n 2
}

ring_vtc() {
  ensure_docker
  build_images varnish
  varnish/tests/run
}

ring_stack() {
  ensure_stack_can_start
  build_images_for faults
  build_images_for http
  build_images_for load
  start_stack
  # Faults that must last for minutes are a ring of their own.
  in_venv python -m pytest -q -c services/tests/stack/pytest.ini services/tests/stack \
    --ignore services/tests/stack/test_alerts.py
}

ring_alerts() {
  ensure_stack_can_start
  build_images
  start_stack
  in_venv python -m pytest -q -c services/tests/stack/pytest.ini services/tests/stack/test_alerts.py
}

ring_browser() {
  ensure_stack_can_start
  build_images_for tests
  start_stack
  # Chromium runs as another user.
  install -d -m 1777 results results/screenshots
  compose --profile tests run --rm tests
}

format_everything() {
  ensure_test_venv
  in_venv ruff check --fix-only -q .
  in_venv ruff format -q .
  local files
  mapfile -t files < <(shell_files)
  ensure_docker
  compose --profile tests build -q tests >&2
  docker run --rm -v "$LAB_HOME:/repo" -w /repo --user "$(id -u):$(id -g)" --entrypoint "" cachelab-tests shfmt -i 2 -ci -w "${files[@]}"
}

# One tool compiles every requirements file, from the loosest to the one that must fit them all.
pin_requirements() {
  local python=$LAB_STATE/pin/bin/python
  [ -x "$python" ] || "$(find_python)" -m venv "$LAB_STATE/pin"
  "$python" -m pip install -q uv
  local pin=("$LAB_STATE/pin/bin/uv" pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate)
  "${pin[@]}" web/requirements.in -o web/requirements.txt
  "${pin[@]}" loadtest/requirements.in -c web/requirements.txt -o loadtest/requirements.txt
  "${pin[@]}" loadtest/bench/requirements.in -c web/requirements.txt -c loadtest/requirements.txt -o loadtest/bench/requirements.txt
  "${pin[@]}" scripts/requirements.in \
    -c web/requirements.txt -c loadtest/requirements.txt -c loadtest/bench/requirements.txt -o scripts/requirements.txt
  "${pin[@]}" services/console/requirements.in \
    -c web/requirements.txt -c loadtest/requirements.txt -c loadtest/bench/requirements.txt -o services/console/requirements.txt
  "${pin[@]}" services/tests/requirements.in -o services/tests/requirements.txt
  "${pin[@]}" services/rivals/requirements.in -c web/requirements.txt -o services/rivals/requirements.txt
}
