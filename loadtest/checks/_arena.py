"""The stack as every contestant finds it: the same posts with the same comments."""

from __future__ import annotations

from collections.abc import Mapping

from bench.stack import ComposeStack
from users.markers import WRITTEN

IMAGE = "cachelab-rivals"
PACKAGES = ("django-cachalot", "django-cacheops")


class Arena(ComposeStack):
    """Takes back the load's comments before each run and after the last: who answers faster was also
    asked to write more, and must not leave longer pages to whoever comes next."""

    def switch(self, toggles: Mapping[str, str]) -> None:
        self._take_back()
        super().switch(toggles)  # which empties every cache, so that none has a copy of them

    def restore(self) -> None:
        self.switch({})
        super().restore()

    def versions(self) -> dict[str, str]:
        code = f"from importlib.metadata import version\nfor p in {PACKAGES}: print(version(p))"
        said = self.engine.containers.run(
            IMAGE, ["python", "-c", code], network_mode="none", remove=True
        )
        rivals = dict(zip(PACKAGES, said.decode().split(), strict=True))
        return {**super().versions(), **rivals}

    def _take_back(self) -> None:
        sql = f"DELETE FROM magazine_comment WHERE body LIKE '{WRITTEN}, %'"  # noqa: S608 (ours)
        self._exec("postgres", "psql", "--username=lab", "--dbname=lab", "--quiet", "-c", sql)
