"""`{% personal ADDRESS %} ... {% endpersonal %}`: what depends on who reads the page.

Where the context says that the page is `composed` it renders what is inside of it for a reader
without a session, which the context must then describe (`user`), and the place of the part
that is at ADDRESS (caching/parts.py). Elsewhere it renders what is inside.
"""

from __future__ import annotations

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString

from .. import parts

register = template.Library()


class PersonalNode(template.Node):
    def __init__(self, address: FilterExpression, inside: NodeList) -> None:
        self.address = address
        self.nodelist = inside

    def render(self, context: Context) -> SafeString:
        inside = self.nodelist.render(context)
        if not context.get("composed"):
            return inside
        return parts.place(inside, self.address.resolve(context))


@register.tag
def personal(parser: Parser, token: Token) -> PersonalNode:
    try:
        _, address = token.split_contents()
    except ValueError:
        raise template.TemplateSyntaxError(
            "personal takes one argument: the part's address"
        ) from None
    inside = parser.parse(("endpersonal",))
    parser.delete_first_token()
    return PersonalNode(parser.compile_filter(address), inside)
