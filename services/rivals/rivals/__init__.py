"""The site with other caches than its own, to compare with: a settings module for each.

Each is set up as its documentation advises for Redis and as a careful developer would, and its
settings say what was decided and why. In all of them the site's own policies keep nothing.
"""
