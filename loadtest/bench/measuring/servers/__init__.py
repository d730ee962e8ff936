"""Each server's own counters. A module a server: the question (`COMMAND`, `REQUEST`), and `read`, which
makes `server.what` to a number of its answer. Every number only ever grows while the server runs.

Pure: nothing here asks. What the answers look like is in loadtest/tests/recorded/counters.
"""
