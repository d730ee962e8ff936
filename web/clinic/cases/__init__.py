"""The cases by name, in the order of the article."""

from . import admin, durable, orm, personal, rarely, volatile

CASES = {
    module.CASE.name: module.CASE for module in (rarely, volatile, durable, orm, personal, admin)
}
