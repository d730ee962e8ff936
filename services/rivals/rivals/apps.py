"""The site's app without its invalidation: whoever caches otherwise doesn't pay for ours."""

from magazine.apps import MagazineConfig


class Unwatched(MagazineConfig):
    """No signal writes to the outbox, and nobody is purged, when something is saved.

    What it skips beside that, the editors' group, is made where the database is: by `init`.
    """

    def ready(self) -> None:
        """Connects nothing."""
