"""What is slowed, and where that shows."""

DJANGO = "web"
"""The service in which a view runs."""

SLOWDOWN = "0.10"
"""The toggle's value: each view burns a tenth of its own CPU time once more."""
