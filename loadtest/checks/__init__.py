"""Checks: what the lab promises, put to the test against the running stack, in figures.

Each module is one check, `./scripts/lab check NAME`, with a function `main(arguments) -> int`.
Exit codes: 0 the promise held, 1 it did not, 2 asked for what there is not.
"""
