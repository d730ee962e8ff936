"""Attacks on a shared cache as data, and what runs them against the site through Varnish."""

from .running import Failure, Tried, run

__all__ = ["Failure", "Tried", "run"]
