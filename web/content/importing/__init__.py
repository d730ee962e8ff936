"""Readers of what people have, feeds and WordPress exports, and what saves it as posts."""
