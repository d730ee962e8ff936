"""Exporters of our own, for what Debian has none for: beside the request path, reading only."""
