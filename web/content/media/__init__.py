"""Photographs and videos as they are stored, and what is generated from them.

Every object's name is made of the SHA-256 of its source, so an object never changes and may be
kept by anybody for ever.
"""

from .photos import BadImage, store_photo
from .videos import BadVideo, store_video

__all__ = ["BadImage", "BadVideo", "store_photo", "store_video"]
