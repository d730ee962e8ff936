"""Stand-ins for the stack, the load and the site, for tests without containers."""
