"""`./scripts/lab tour`: the article's two drawings, walked through on the running stack in ten minutes: no
cache, each layer by itself, all of them, a write that everybody sees, a cache that breaks.

Every figure is measured while one looks on, and every toggle is put back at the end, whatever ends it.
"""
