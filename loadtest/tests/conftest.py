"""What the tools tell the live page goes into a folder of the tests' own, and no test is timed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

import journal

# An example that takes long says that the machine is busy, and nothing of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True, scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal, "FOLDER", tmp_path_factory.mktemp("shared"))
        yield
