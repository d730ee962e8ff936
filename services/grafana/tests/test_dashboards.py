"""The files that Grafana reads: what the generator makes, within Grafana's schema, of figures that exist.

That each query finds figures under load is shown on the stack (services/tests/stack/test_grafana.py).
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

import prometheus_config
from dashboards import ALL
from dashboards.files import texts, write

GRAFANA = Path(__file__).parents[1]
FILES = {path.name: path.read_text() for path in sorted((GRAFANA / "json").glob("*.json"))}
DASHBOARDS: dict[str, Any] = {name: json.loads(text) for name, text in FILES.items()}
DRAWN = [
    pytest.param(panel, id=f"{name}/{panel['title']}")
    for name, dashboard in DASHBOARDS.items()
    for panel in dashboard["panels"]
    if panel["type"] != "row"
]
QUERIES = [
    pytest.param(target, id=f"{drawn.id}/{target['refId']}")
    for drawn in DRAWN
    for target in drawn.values[0]["targets"]
]
WIDTH = 24


def test_the_files_are_what_the_generator_makes() -> None:
    again = "PYTHONPATH=services/grafana .lab/venv/bin/python -m dashboards"
    assert texts(ALL) == FILES, f"write them anew: {again}"


@pytest.mark.parametrize("name", FILES)
def test_a_file_says_nothing_that_grafanas_schema_does_not_know(name: str) -> None:
    read = Dashboard.from_json(DASHBOARDS[name])
    for link in read.links or ():
        link.placement = None  # where a file has none, the library reads what it would write
    assert json.loads(json.dumps(read, cls=JSONEncoder)) == DASHBOARDS[name]


def test_writing_leaves_no_dashboard_of_before(tmp_path: Path) -> None:
    (tmp_path / "of-before.json").write_text("{}")
    write(ALL, tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == FILES


@pytest.mark.parametrize("target", QUERIES)
def test_a_query_is_promql_and_asks_for_what_is_kept(target: dict[str, Any]) -> None:
    asked = prometheus_config.metrics_in(target["expr"])
    assert asked, "it asks for nothing"
    unknown = {name for name in asked if not prometheus_config.is_known(name)}
    assert not unknown, f"keep {unknown} in prometheus.yml, or record it"


@pytest.mark.parametrize("target", QUERIES)
def test_no_two_lines_have_the_same_name(target: dict[str, Any]) -> None:
    """A query that gives a line for each of some labels names them by these."""
    by = re.match(r"sum by \(([\w, ]+)\)", target["expr"])
    if by:
        assert set(by[1].split(", ")) <= set(re.findall(r"{{(\w+)}}", target["legendFormat"]))


@pytest.mark.parametrize("panel", DRAWN)
def test_a_panel_says_what_it_shows_in_which_unit_and_asks_the_one_source(
    panel: dict[str, Any],
) -> None:
    assert len(panel["description"]) >= len("At work now.")
    assert panel["fieldConfig"]["defaults"]["unit"]
    (source,) = yaml.safe_load((GRAFANA / "provisioning/datasources/prometheus.yaml").read_text())[
        "datasources"
    ]
    for asker in (panel, *panel["targets"]):
        assert asker["datasource"] == {"type": source["type"], "uid": source["uid"]}


@pytest.mark.parametrize("name", DASHBOARDS)
def test_panels_lie_beside_each_other(name: str) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARDS[name]["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= WIDTH
        cells = {
            (at["x"] + across, at["y"] + down)
            for across in range(at["w"])
            for down in range(at["h"])
        }
        assert not cells & taken, f"{panel['title']} lies on another"
        taken |= cells


@pytest.mark.parametrize("name", DASHBOARDS)
def test_panels_can_be_told_apart(name: str) -> None:
    panels = DASHBOARDS[name]["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)


@pytest.fixture(scope="module")
def service() -> dict[str, Any]:
    compose = yaml.safe_load((GRAFANA.parents[1] / "compose.yaml").read_text())
    found: dict[str, Any] = compose["services"]["grafana"]
    return found


def test_grafana_finds_the_files_where_compose_puts_them(service: dict[str, Any]) -> None:
    provisioned = yaml.safe_load((GRAFANA / "provisioning/dashboards/files.yaml").read_text())
    (provider,) = provisioned["providers"]
    mounts = dict(volume.split(":")[:2] for volume in service["volumes"])
    assert mounts["./services/grafana/json"] == provider["options"]["path"]
    for kind in ("datasources", "dashboards"):
        # Where Grafana looks for them unless it is told otherwise.
        assert (
            mounts[f"./services/grafana/provisioning/{kind}"] == f"/etc/grafana/provisioning/{kind}"
        )
    home = Path(service["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert home.parent == Path(provider["options"]["path"])
    assert home.name in FILES


def test_grafana_reads_the_prometheus_of_this_stack() -> None:
    compose = yaml.safe_load((GRAFANA.parents[1] / "compose.yaml").read_text())["services"]
    provisioned = yaml.safe_load((GRAFANA / "provisioning/datasources/prometheus.yaml").read_text())
    (source,) = provisioned["datasources"]
    assert source["url"] == "http://prometheus:9090"
    assert set(compose["grafana"]["networks"]) & set(compose["prometheus"]["networks"])


def test_grafana_is_only_there_when_asked_for_and_tells_nobody(service: dict[str, Any]) -> None:
    assert service["profiles"] == ["grafana"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    said = service["environment"]
    assert said["GF_AUTH_ANONYMOUS_ORG_ROLE"] == "Viewer"
    for setting in (
        "GF_ANALYTICS_REPORTING_ENABLED",
        "GF_ANALYTICS_CHECK_FOR_UPDATES",
        "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES",
        "GF_USERS_ALLOW_SIGN_UP",
        "GF_AUTH_BASIC_ENABLED",
    ):
        assert said[setting] == "false"
