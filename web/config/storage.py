"""The bucket, as Django's storages. Addresses are the site's own (`/media/…`, `/static/…`):
Varnish stands in front of the bucket, and no reader learns where that is."""

from storages.backends.s3 import S3ManifestStaticStorage, S3StaticStorage, S3Storage


class MediaStorage(S3Storage):
    """Photographs, thumbnails, clips."""

    def url(self, name: str, *_: object, **__: object) -> str:
        return f"/media/{name}"


class _StaticBucket(S3StaticStorage):
    # Beneath the manifest's mixin in the order of resolution: it asks here for the address of
    # a name that it has already given its hash.
    def url(self, name: str, *_: object, **__: object) -> str:
        return f"/static/{name}"


class StaticStorage(S3ManifestStaticStorage, _StaticBucket):
    """Static files under a name that holds their content's hash, with LAB_DEBUG=on as well: under any
    other, browsers would keep them for a year."""

    def url(self, name: str, *_: object, **__: object) -> str:
        return str(super().url(name, force=True))
