"""Experiments as files: read, checked line by line, and made into plans.

An experiment is a TOML file, such as those in loadtest/experiments; docs/experiments.md tells its format.
"""
