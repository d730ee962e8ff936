"""The promises of the downstream cache, put to the test: `./scripts/lab check edge`.

Nobody gets a page into the cache that was not meant for all, nobody is shown a page after its purge
was answered, purging is quick however much is kept, a site that is down still shows its last good
pages, and all that costs hardly more than Varnish without any of it.
"""

from .cli import main

__all__ = ["main"]
