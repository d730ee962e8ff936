"""The editors' back room. Its pages are never kept, and what is saved here is seen at once:
invalidation hangs on the models, not on the site's views."""

# mypy: disable-error-code="type-arg"
# Django's own classes here take no type arguments when the program runs.

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest
from django.utils.html import format_html_join

from . import writing
from .blocks.places import described
from .models import Block, Clip, Comment, Message, Photo, Post, Tag, User, Vote

admin.site.site_header = "The Cached Gazette: back room"
admin.site.site_title = "The Cached Gazette"


@admin.register(User)
class PersonAdmin(UserAdmin):
    list_display = ("username", "display_name", "is_staff", "date_joined")
    fieldsets = (
        *(UserAdmin.fieldsets or ()),
        ("On the site", {"fields": ("display_name", "bio", "what_others_made_of_it")}),
    )
    readonly_fields = ("what_others_made_of_it",)

    @admin.display(description="standing")
    def what_others_made_of_it(self, person: User) -> str:
        return ", ".join(f"{what}: {count}" for what, count in person.standing.items())


@admin.register(Post)
class PostAdmin(admin.ModelAdmin):
    list_display = ("title", "kind", "status", "author", "published_at")
    list_filter = ("kind", "status")
    list_select_related = ("author",)
    search_fields = ("title", "slug")
    autocomplete_fields = ("author", "tags", "photo")
    prepopulated_fields = {"slug": ("title",)}
    readonly_fields = ("reading_time", "related")
    show_full_result_count = False

    @admin.display(description="reading time")
    def reading_time(self, post: Post) -> str:
        return f"{post.reading_minutes} min"

    @admin.display(description="related articles")
    def related(self, post: Post) -> str:
        return format_html_join(", ", '<a href="/posts/{slug}/">{title}</a>', post.related) or "-"

    def save_model(self, request: HttpRequest, obj: Post, form: object, change: bool) -> None:
        """A post that is published gets its date."""
        if obj.is_public:
            writing.publish(obj)
        writing.save_post(obj)


@admin.register(Comment)
class CommentAdmin(admin.ModelAdmin):
    list_display = ("post", "author", "created_at")
    list_select_related = ("post", "author")
    search_fields = ("body",)
    raw_id_fields = ("post", "author", "parent")
    show_full_result_count = False


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    list_display = ("name", "slug")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Block)
class BlockAdmin(admin.ModelAdmin):
    """A template that does not compile or does not show is refused by `Block.clean`."""

    list_display = ("__str__", "name", "updated_at")
    fieldsets = ((None, {"fields": ("name", "source"), "description": f"Values: {described()}."}),)


@admin.register(Photo)
class PhotoAdmin(admin.ModelAdmin):
    """Pictures come in by the site's own form, which looks at them; here is their description."""

    list_display = ("title", "credit", "licence", "created_at")
    search_fields = ("title", "credit")
    fields = ("title", "credit", "licence", "uploader", "sha256", "width", "height", "key")
    readonly_fields = ("sha256", "width", "height", "key")
    raw_id_fields = ("uploader",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Clip)
class ClipAdmin(admin.ModelAdmin):
    list_display = ("title", "start", "duration", "created_at")
    search_fields = ("title",)
    # Its address is made of where it starts and how long it lasts.
    readonly_fields = ("source_key", "source_sha256", "start", "duration", "width", "height")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Vote)
class VoteAdmin(admin.ModelAdmin):
    list_display = ("post", "user", "value", "created_at")
    list_select_related = ("post", "user")
    raw_id_fields = ("post", "user")
    show_full_result_count = False


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    """Who wrote to whom and when; what they wrote is theirs."""

    list_display = ("sender", "recipient", "created_at", "read_at")
    list_select_related = ("sender", "recipient")
    fields = ("sender", "recipient", "created_at", "read_at")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
