"""A site's own access log, read for what it says about caching: what is asked for, and again when."""
