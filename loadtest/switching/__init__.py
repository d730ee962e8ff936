"""`./scripts/lab console`: where the live page is, and the helper that switches toggles for it.

The page's container has no way to the engine. What it is asked for it puts into a folder; this helper, on the
host and only while its user lets it run, takes that up, checks it again, and does what `./scripts/lab toggle`
does.
"""
