"""Refusals that teach: each says what was wrong and what to do instead."""


class NotCacheable(TypeError):
    """A value or a key that must not be kept, such as a model instance."""


class PrivateInPublic(RuntimeError):
    """What is one user's, or the staff's, was about to become part of what everybody gets."""


class ShortInLong(RuntimeError):
    """What dies by age was about to be held by an entry that dies only when its data changes."""


class BadPolicy(ValueError):
    """A declaration that contradicts itself, refused when the module is imported."""


class MissingTags(RuntimeError):
    """What a write ends was about to be held by an entry that this write does not end."""
