"""What LAB_DEBUG=on adds to the site: Django's debug toolbar, on pages that no cache keeps.

It shows queries and settings to whoever asks. That is for this machine alone: the stack publishes its
ports on loopback only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from debug_toolbar.panels import Panel
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join

from .outcomes import Outcome, outcomes


def show_toolbar(request: HttpRequest) -> bool:
    """The toolbar's own answer goes by the address that asks, which is nginx's for everybody here."""
    return bool(settings.DEBUG)


class NeverKept:
    """Outside of the toolbar: a page with it is for whoever asked, whatever it was made of."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        del response["CDN-Cache-Control"]
        del response["Surrogate-Key"]
        response["Cache-Control"] = "private, no-store"
        return response


class PoliciesPanel(Panel):
    """The site's values go past Django's cache framework, and so past the toolbar's own cache panel:
    what the upstream cache did for each policy."""

    title = "Upstream cache, by policy"
    nav_title = "Policies"

    @property
    def nav_subtitle(self) -> str:
        said = self.get_stats().get("outcomes", [])
        kept = sum(each["times"] for each in said if each["outcome"] == "hit")
        return f"{kept} of {sum(each['times'] for each in said)} values were there"

    @property
    def content(self) -> str:
        said = self.get_stats().get("outcomes", [])
        if not said:
            return format_html("<p>{}</p>", "No policy was asked for this page.")
        rows = format_html_join(
            "",
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            ((each["policy"], each["times"], each["outcome"], each["why"]) for each in said),
        )
        head = "<tr><th>policy</th><th>values</th><th>outcome</th><th>why</th></tr>"
        return format_html("<table><thead>" + head + "</thead><tbody>{}</tbody></table>", rows)

    def generate_stats(self, request: HttpRequest, response: HttpResponse) -> None:
        self.record_stats({"outcomes": [*map(_row, outcomes(response.get("Cache-Status", "")))]})


def _row(each: Outcome) -> dict[str, Any]:
    also = [word for word in ("stored", "collapsed") if getattr(each, word)]
    return {
        "policy": each.policy,
        "times": each.times,
        "outcome": each.outcome,
        "why": ", ".join([*([each.why] if each.why else []), *also]),
    }
