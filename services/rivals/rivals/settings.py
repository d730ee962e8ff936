"""The site with no cache at all: what each rival starts from, and the comparison's `none`."""

from config.settings import *  # noqa: F403
from config.settings import CACHING, INSTALLED_APPS

# Whatever LAB_UPSTREAM says: only the rival keeps anything.
CACHING = {**CACHING, "store": "off", "purge_urls": ()}
INSTALLED_APPS = ["rivals.apps.Unwatched" if app == "magazine" else app for app in INSTALLED_APPS]
