"""The few kinds of panels that there are, and the frame around them: one look for all dashboards."""

from __future__ import annotations

from typing import NamedTuple

from grafana_foundation_sdk.builders import common as looks
from grafana_foundation_sdk.builders import stat, timeseries
from grafana_foundation_sdk.builders.dashboard import (
    Dashboard,
    DashboardLink,
    ThresholdsConfig,
    TimePicker,
)
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    DataSourceRef,
    LegendDisplayMode,
    LegendPlacement,
    StackingMode,
    TooltipDisplayMode,
    VisibilityMode,
)
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    Threshold,
    ThresholdsMode,
)

TAG = "cachelab"
PROMETHEUS = DataSourceRef(type_val="prometheus", uid="prometheus")
"""The uid is given in provisioning/datasources/prometheus.yaml."""

# Units in Grafana's words.
PER_SECOND = "reqps"
OPERATIONS = "ops"
SHARE = "percentunit"  # 0 to 1
SECONDS = "s"
MILLISECONDS = "ms"
BYTES = "bytes"
BYTES_PER_SECOND = "Bps"
COUNT = "short"

THIRD, HALF, WHOLE = 8, 12, 24
"""Widths: a row is 24 wide."""


class Query(NamedTuple):
    """expr: PromQL; legend: a line's name, with labels as `{{layer}}`."""

    expr: str
    legend: str


def frame(uid: str, title: str, description: str) -> Dashboard:
    """An empty dashboard: five minutes, renewed every ten seconds, with links to the others."""
    others = (
        DashboardLink("Dashboards")
        .type(DashboardLinkType.DASHBOARDS)
        .tags([TAG])
        .as_dropdown(False)
        .keep_time(True)
    )
    # Above the panels, where they are seen; the library would put them into a menu.
    others.build().placement = None  # type: ignore[assignment]
    return (
        Dashboard(title)
        .uid(f"{TAG}-{uid}")
        .description(description)
        .tags([TAG])
        .readonly()
        .timezone("browser")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .time("now-5m", "now")
        .timepicker(TimePicker().refresh_intervals(["10s", "30s", "1m"]))
        .refresh("10s")
        .link(others)
    )


def lines(
    title: str,
    description: str,
    unit: str,
    *queries: Query,
    width: int = HALF,
    stacked: bool = False,
) -> timeseries.Panel:
    """Figures over time; shares are drawn from 0 to 1. stacked: they add up to a whole."""
    panel = (
        timeseries.Panel()
        .title(title)
        .description(description)
        .datasource(PROMETHEUS)
        .unit(unit)
        .min(0)
        .span(width)
        .height(8)
        .line_width(1)
        .fill_opacity(30 if stacked else 5)
        .show_points(VisibilityMode.NEVER)
        .tooltip(looks.VizTooltipOptions().mode(TooltipDisplayMode.MULTI))
        .legend(
            looks.VizLegendOptions()
            .display_mode(LegendDisplayMode.LIST)
            .placement(LegendPlacement.BOTTOM)
            .show_legend(True)
        )
    )
    if unit == SHARE:
        panel.max(1)
    if stacked:
        panel.stacking(looks.StackingConfig().mode(StackingMode.NORMAL))
    for ref, query in zip("ABCDEFGH", queries, strict=False):
        panel.with_target(_target(ref, query))
    return panel


def number(
    title: str,
    description: str,
    unit: str,
    *queries: Query,
    width: int = 4,
    alarming: float | None = None,
) -> stat.Panel:
    """The newest figure, large. alarming: from here on it is red."""
    steps = [Threshold(color="text", value=None)]
    if alarming is not None:
        steps = [Threshold(color="green", value=None), Threshold(color="red", value=alarming)]
    panel = (
        stat.Panel()
        .title(title)
        .description(description)
        .datasource(PROMETHEUS)
        .unit(unit)
        .span(width)
        .height(4)
        .graph_mode(BigValueGraphMode.AREA)
        .color_mode(BigValueColorMode.VALUE)
        .reduce_options(looks.ReduceDataOptions().calcs(["lastNotNull"]).values(False))
        .thresholds(ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps))
    )
    for ref, query in zip("ABCDEFGH", queries, strict=False):
        panel.with_target(_target(ref, query))
    return panel


def _target(ref: str, query: Query) -> Dataquery:
    return (
        Dataquery()
        .ref_id(ref)
        .datasource(PROMETHEUS)
        .expr(query.expr)
        .legend_format(query.legend)
        .range()
    )
