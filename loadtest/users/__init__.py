"""The visitors of the site, one kind per file, and the driver that sends them without a web page."""
