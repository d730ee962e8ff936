"""No canary is ever seen by another: `./scripts/lab check leaks`.

Canaries are planted for each person (messages, drafts, names, addresses, sessions, tokens); an
anonymous reader, two members, an editor and the admin ask for everything that any of them found,
and for private pages in every disguise, under each combination of the layers' toggles.
"""

from .cli import main

__all__ = ["main"]
