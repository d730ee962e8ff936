"""Where editors' templates show, and what each is given there."""

from __future__ import annotations

from jinja2 import TemplateAssertionError, meta, nodes

from . import language

SITE = "The Cached Gazette"
MOST_TAGS = 40

# Values as the pages give them, to try a template with before it is kept.
SAMPLES: dict[str, language.Values] = {
    "masthead-notice": {"site": SITE},
    "front-intro": {
        "site": SITE,
        "articles": 1_000,
        "tags": [{"name": "Linux", "slug": "linux", "posts": 12}],
    },
    "post-footer": {
        "site": SITE,
        "title": "On <caches>",
        "slug": "on-caches",
        "kind": "article",
        "author": "Ada & Co.",
        "username": "ada",
        "published": "1 March 2024",
        "minutes": 4,
        "comments": 12,
        "tags": [{"name": "Linux", "slug": "linux"}],
    },
}


def problem(place: str, source: str) -> str:
    """What keeps this template from being shown there, in one line; "" if nothing does.

    It is tried with full values and with empty ones: a post may have no tags.
    """
    values = SAMPLES[place]
    try:
        code = language.code_of(source)
        _know_all_names(source, values)
        language.render(code, values)
        language.render(code, {name: type(value)() for name, value in values.items()})
    except Exception as failure:
        return language.reason(failure)
    return ""


def _know_all_names(source: str, values: language.Values) -> None:
    """Also those in branches that no sample reaches. Raises TemplateAssertionError."""
    tree = language.environment.parse(source)
    unknown = meta.find_undeclared_variables(tree) - values.keys()
    for name in tree.find_all(nodes.Name):
        if name.name in unknown:
            known = ", ".join(values)
            raise TemplateAssertionError(
                f"there is no “{name.name}” here; there are {known}", name.lineno
            )


def described() -> str:
    """What an editor may use, one line for each place."""
    return "; ".join(f"{place}: {', '.join(values)}" for place, values in SAMPLES.items())
