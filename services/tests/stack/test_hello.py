"""What `docker compose up` ends with."""

from checks import stack


def test_it_has_told_the_addresses_and_ended_well() -> None:
    stack.up()
    (container,) = stack.compose("ps", "--all", "--quiet", "hello").split()
    state = stack.run(
        "docker", "inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", container
    )
    assert state.split() == ["exited", "0"]
    told = stack.compose("logs", "--no-log-prefix", "hello")
    for name in ("LAB_PORT", "LAB_CONSOLE_PORT", "LAB_PROMETHEUS_PORT", "LAB_MINIO_PORT"):
        assert f"http://localhost:{stack.setting(name)}" in told
    assert "./scripts/lab tour" in told


def test_what_waits_for_its_end_is_no_container() -> None:
    assert not stack.compose("ps", "--all", "--quiet", "hello-ended").split()
