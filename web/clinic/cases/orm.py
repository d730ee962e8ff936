"""ORM objects: a kept copy that is edited and saved over a newer row.

Somebody opens a note, which is kept. A colleague rewrites its body. Then its title is corrected,
on the copy that was kept before.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.db.models import F

from caching import Use, invalidate, policy

from ..caches import shared
from ..case import Case, Figures, Row
from ..models import Note

NOTES = 20
REWRITTEN = "what the colleague wrote"

Retitle = Callable[[int, str], object]


def note_from_cache(pk: int) -> Note:
    note: Note | None = shared().get(f"note:{pk}")
    if note is None:
        note = Note.objects.get(pk=pk)
        shared().set(f"note:{pk}", note, timeout=60)
    return note


def retitle_the_kept_one(pk: int, title: str) -> None:
    note = note_from_cache(pk)
    note.title = title
    note.save()


def retitle_that_field_only(pk: int, title: str) -> None:
    note = note_from_cache(pk)
    note.title = title
    note.save(update_fields=["title"])


@policy(use=Use.FRAGMENTS, tags=lambda pk: [f"clinic:note:{pk}"])
def clinic_note(pk: int) -> dict[str, str]:
    """The values that a page shows, and not the object."""
    note = Note.objects.get(pk=pk)
    return {"title": note.title, "body": note.body}


def retitle_a_fresh_one(pk: int, title: str) -> None:
    with transaction.atomic():
        note = Note.objects.select_for_update().get(pk=pk)
        note.title = title
        note.save()
        invalidate(f"clinic:note:{pk}")


def retitle_what_was_seen(pk: int, title: str) -> None:
    def saved() -> int:
        seen = Note.objects.filter(pk=pk, version=note_from_cache(pk).version)
        return seen.update(title=title, version=F("version") + 1)

    while not saved():
        shared().delete(f"note:{pk}")  # somebody was faster: look again


@policy(use=Use.FRAGMENTS)
def clinic_whole_note(pk: int) -> Note:
    """The bad idea, told to the library."""
    return Note.objects.get(pk=pk)


def day_of_work(read: Callable[[int], object], retitle: Retitle) -> tuple[int, int]:
    """How many of the colleague's bodies, and how many corrected titles, were lost."""
    notes = Note.objects.bulk_create([Note(title="teh", body="first") for _ in range(NOTES)])
    keys = [note.pk for note in notes]
    try:
        for key in keys:
            read(key)
            Note.objects.filter(pk=key).update(body=REWRITTEN, version=F("version") + 1)
            retitle(key, "the")
        saved = Note.objects.filter(pk__in=keys)
        return (
            NOTES - saved.filter(body=REWRITTEN).count(),
            NOTES - saved.filter(title="the").count(),
        )
    finally:
        Note.objects.filter(pk__in=keys).delete()
        shared().delete_many([f"note:{key}" for key in keys])


def run() -> Figures:
    bad, bad_titles = day_of_work(note_from_cache, retitle_the_kept_one)
    field, field_titles = day_of_work(note_from_cache, retitle_that_field_only)
    fresh, fresh_titles = day_of_work(clinic_note, retitle_a_fresh_one)
    seen, seen_titles = day_of_work(note_from_cache, retitle_what_was_seen)
    titles = field_titles + fresh_titles + seen_titles
    return {
        "notes": Row("notes that two people worked on", NOTES, NOTES),
        "field": Row("updates lost; cured by saving one field", bad, field),
        "fresh": Row("updates lost; cured by keeping values, not objects", bad, fresh),
        "seen": Row("updates lost; cured by a version number", bad, seen),
        "titles": Row("corrections lost, in all", bad_titles, titles),
    }


def keep_whole_note() -> object:
    note = Note.objects.create(title="kept", body="whole")
    try:
        return clinic_whole_note(note.pk)
    finally:
        note.delete()


def went_wrong(figures: Figures) -> bool:
    return int(figures["field"].bad) > 0


def cured(figures: Figures) -> bool:
    return all(figures[name].cure == 0 for name in ("field", "fresh", "seen", "titles"))


CASE = Case(
    name="orm",
    doc=__doc__,
    seed="ORM Objects … can be cached but it’s not necessarily wise because saving a cached "
    "instance of an object may overwrite changes to the database since the cached object was last "
    "generated.",
    wrong="Saving an object writes all its fields. Those that nobody touched come from the copy "
    "that was kept, and replace what others wrote since.",
    cure="Three ways: save only the field that changed; keep the values that pages show, and fetch "
    "the object anew to change it; or save only if the row is still the version that was seen.",
    bad_code=(note_from_cache, retitle_the_kept_one),
    cure_code=(retitle_that_field_only, clinic_note, retitle_a_fresh_one, retitle_what_was_seen),
    run=run,
    went_wrong=went_wrong,
    cured=cured,
    told_to_the_library=(keep_whole_note,),
)
