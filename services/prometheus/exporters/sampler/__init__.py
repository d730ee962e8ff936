"""Looks into the caches and the database when the live page asks what they are busy with.

It does nothing at all while nobody asks. Each look is bounded in time and size, one is made at a time, and
none of them counts as a hit or a miss of what is looked at.
"""
