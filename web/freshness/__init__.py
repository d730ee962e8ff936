"""The stale-read checker: do readers ever see less than was acknowledged before they asked?

Writers and readers in many processes share one account of what was acknowledged (ledger.py). A read
that began after a write was acknowledged and returned something older is a stale read, and counted.
What is put to the test is a *subject* (subjects.py): a cache, with the way in which it is read and
invalidated. `manage.py check_freshness` runs one; `./scripts/lab check freshness` runs them all, on
each store, while the store is restarted, flushed, filled and paused.
"""
