"""The editors' templates that the site starts with. What editors made of them stays."""

from __future__ import annotations

from magazine.models import Block

SOURCES = {
    Block.Place.FRONT_INTRO: """\
<p>{{ site }} has {{ articles }} article{% if articles != 1 %}s{% endif %} to read
{%- if tags %}, for example on
{%- for tag in tags[:3] %} <a href="/tags/{{ tag.slug }}/">{{ tag.name }}</a>
{%- if not loop.last %},{% endif %}{% endfor %}{% endif %}.</p>
""",
    Block.Place.POST_FOOTER: """\
<p>“{{ title }}” was written by <a href="/authors/{{ username }}/">{{ author }}</a>
{%- if tags %} and is filed under {{ tags[0].name }}{% endif %}.
{% if comments %}<a href="#comments">{{ comments }} comment{% if comments != 1 %}s{% endif %}</a>
so far.{% else %}Nobody has commented yet.{% endif %}</p>
""",
}


def ensure_blocks() -> None:
    """Makes those whose place is empty."""
    made = [Block(name=place.value, source=source) for place, source in SOURCES.items()]
    Block.objects.bulk_create(made, ignore_conflicts=True)
