"""Tests of the site run without any service: SQLite, local memory, files in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from caching.stores import current
from magazine.models import User

from .factories import person

MEMORY = {"BACKEND": "django.core.files.storage.InMemoryStorage"}


@pytest.fixture(autouse=True)
def _empty_store(settings: Any) -> Iterator[None]:
    """Nothing that one test kept is there in the next; logging in costs no key stretching."""
    settings.STORAGES = {**settings.STORAGES, "default": MEMORY}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    clear()
    yield
    clear()


def clear() -> None:
    store = current()
    if store:
        store.clear()


@pytest.fixture
def uncached(settings: Any) -> None:
    """Every policy is computed each time: what the pages cost by themselves."""
    settings.CACHING = {**settings.CACHING, "store": "off"}


@pytest.fixture
def member(db: None) -> User:
    return person("mary")


@pytest.fixture
def editor(db: None) -> User:
    return person("edith", is_staff=True)


@pytest.fixture
def logged_in() -> Callable[[User], Client]:
    def as_user(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return as_user
