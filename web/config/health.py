"""What the load balancer and Docker ask a replica, and never a cache."""

from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache


@never_cache
def up(request: HttpRequest) -> HttpResponse:
    """200 while this replica takes work; 503 once it drains before it stops."""
    if Path(settings.LAB.drain_file).exists():
        return HttpResponse("draining\n", status=503, content_type="text/plain")
    return HttpResponse("up\n", content_type="text/plain")


@never_cache
def databases(request: HttpRequest) -> HttpResponse:
    """200 when the durable truth answers; 503 when it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
    return HttpResponse("up\n", content_type="text/plain")
