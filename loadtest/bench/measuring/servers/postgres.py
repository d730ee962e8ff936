"""PostgreSQL: statements by kind, from pg_stat_statements, and transactions, from pg_stat_database.

pg_stat_statements counts what the site's role sent, whoever used the role: Django, and the exporter,
whose statements are told apart by what they read. What the server does by itself (checks of foreign
keys) is in it, too. All databases of the role count: an experiment may use others than the site's own.
"""

from __future__ import annotations

KINDS = {
    "statistics": r"pg_stat|version\(\)|pg_settings|pg_is_in_recovery",
    "foreign_keys": r"operator\(pg_catalog\.",
    "transactions": r"^\s*(begin|commit|rollback|savepoint|release|start transaction|end)\M",
    "cursors": r"^\s*(fetch|close|move)\M",
    "connecting": r"^\s*(set|show|reset|discard)\M|\mpg_type\M|\mset_config\(",
}
"""By a pattern of PostgreSQL's; the first that fits counts, and what fits none is a query. `statistics`
are the exporter's, `connecting` what a new connection begins with."""

_CASES = " ".join(f"WHEN query ~* '{pattern}' THEN '{kind}'" for kind, pattern in KINDS.items())

SQL = f"""
SELECT CASE {_CASES} ELSE 'queries' END, sum(calls)
  FROM pg_stat_statements
 WHERE userid = 'lab'::regrole
 GROUP BY 1
UNION ALL SELECT 'commits', sum(xact_commit) FROM pg_stat_database WHERE datname LIKE 'lab%'
UNION ALL SELECT 'rollbacks', sum(xact_rollback) FROM pg_stat_database WHERE datname LIKE 'lab%'
"""  # noqa: S608 (constants of this file)

# The cluster's own administrator, on the container's own socket: what is asked here is no part of
# what is counted.
COMMAND = (
    *("psql", "--username=postgres", "--dbname=lab", "--no-psqlrc", "--quiet"),
    *("--tuples-only", "--no-align", "--field-separator=\t", f"--command={SQL}"),
)


def read(text: str) -> dict[str, int]:
    found = {f"postgres.{kind}": 0 for kind in ("queries", *KINDS)}
    for line in text.splitlines():
        kind, tab, value = line.partition("\t")
        if tab:
            found[f"postgres.{kind}"] = int(value)
    return found
