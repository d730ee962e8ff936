"""Someone else's feed: outside the lab's request path, behind Django's syndicated content.

It is slow and sometimes broken on purpose, as other people's services are. It must not know that
anybody caches it.
"""
