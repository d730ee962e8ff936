"""LAB_DEBUG: off, there is no trace of the toolbar; on, it is in pages that nobody may keep."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

# A process of its own, for what is installed is decided once, at its start.
ASK = """
import json, sys, django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = ":memory:"
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.test import Client
answer = Client(headers={"Host": "localhost"}).get("/")
print(json.dumps({
    "status": answer.status_code,
    "headers": dict(answer.headers),
    "body": answer.content.decode(),
    "loaded": "debug_toolbar" in sys.modules,
}))
"""


def asked(debug: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=Path(__file__).resolve().parents[2],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LAB_DEBUG": debug,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def off() -> dict[str, Any]:
    return asked("off")


@pytest.fixture(scope="module")
def on() -> dict[str, Any]:
    return asked("on")


def test_off_nothing_of_it_is_loaded_and_pages_may_be_kept(off: dict[str, Any]) -> None:
    assert off["status"] == 200
    assert not off["loaded"]
    assert "djdt" not in off["body"].lower()
    assert off["headers"]["Cache-Control"].startswith("public")
    assert "Surrogate-Key" in off["headers"]


def test_on_it_is_in_the_page_with_sql_and_both_kinds_of_cache(on: dict[str, Any]) -> None:
    assert on["status"] == 200
    for panel in ("SQLPanel", "CachePanel", "PoliciesPanel"):
        assert f'id="{panel}"' in on["body"]
    assert "front_list" in on["body"], "the policies that the page was made of"


def test_on_no_cache_may_keep_the_page(on: dict[str, Any]) -> None:
    assert on["headers"]["Cache-Control"] == "private, no-store"
    assert not {"CDN-Cache-Control", "Surrogate-Key"} & set(on["headers"])
