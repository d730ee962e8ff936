"""Prints every policy that some apps declare, as Markdown."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.urls import get_resolver

from caching import catalogue


class Command(BaseCommand):
    help = "A table of the policies, made of their declarations: list_policies APP..."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("apps", nargs="+", help="the apps whose policies are wanted")

    def handle(self, *_: Any, apps: list[str], **__: Any) -> None:
        get_resolver().url_patterns  # noqa: B018  imports the views, and what they declare
        self.stdout.write(catalogue.table(apps), ending="")
