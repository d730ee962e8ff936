"""The bucket, as Django's storages. Addresses are the site's own (`/media/…`, `/static/…`):
Varnish stands in front of the bucket, and no reader learns where that is."""

from typing import Any

from storages.backends.s3 import S3ManifestStaticStorage, S3StaticStorage, S3Storage

from counting.counters import count_bucket_call


class _Counted(S3Storage):
    """Its requests are counted (counting/)."""

    @property
    def connection(self) -> Any:
        connection = super().connection
        # The same name makes it one handler, however often it is asked for.
        connection.meta.client.meta.events.register(
            "before-send.s3", count_bucket_call, unique_id="counting"
        )
        return connection


class MediaStorage(_Counted):
    """Photographs, thumbnails, clips."""

    def url(self, name: str, *_: object, **__: object) -> str:
        return f"/media/{name}"


class _StaticBucket(_Counted, S3StaticStorage):
    # Beneath the manifest's mixin in the order of resolution: it asks here for the address of
    # a name that it has already given its hash.
    def url(self, name: str, *_: object, **__: object) -> str:
        return f"/static/{name}"


class StaticStorage(S3ManifestStaticStorage, _StaticBucket):
    """Static files under a name that holds their content's hash, with LAB_DEBUG=on as well: under any
    other, browsers would keep them for a year."""

    def url(self, name: str, *_: object, **__: object) -> str:
        return str(super().url(name, force=True))
