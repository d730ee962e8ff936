"""What people send. Lengths and formats are checked here; the models hold the same limits."""

# mypy: disable-error-code="type-arg"
# Django's own classes here take no type arguments when the program runs.

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib.auth.forms import UserCreationForm
from django.core.exceptions import ValidationError
from django.utils.text import slugify

from .models import BODY_LENGTH, COMMENT_LENGTH, TITLE_LENGTH, Comment, Message, Photo, Post, User

MOST_TAGS = 8
PHOTO_ADDRESS = re.compile(r"(?:.*/photos/)?([0-9]{1,18})/?")
MARKDOWN_HELP = "Markdown: *italic*, **bold**, [a link](https://example.org), > a quotation."


class TagsField(forms.CharField):
    """Names between commas, as a list."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        text = ",".join(value) if isinstance(value, list) else super().to_python(value) or ""
        names = [" ".join(name.split()) for name in text.split(",")]
        return list({name.casefold(): name for name in names if name}.values())

    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > MOST_TAGS:
            raise ValidationError(f"At most {MOST_TAGS} tags.")
        for name in value:
            if len(name) > 50 or not slugify(name):
                raise ValidationError(f"“{name[:50]}” can’t be a tag: use up to 50 letters.")

    def run_validators(self, value: Any) -> None:
        super().run_validators(",".join(value))


class PhotoField(forms.CharField):
    """A photo of the site, by its number or its address."""

    def prepare_value(self, value: Any) -> Any:
        return f"/photos/{value}/" if isinstance(value, int) else value

    def clean(self, value: Any) -> Photo | None:
        text = super().clean(value)
        if not text:
            return None
        match = PHOTO_ADDRESS.fullmatch(text)
        photo = Photo.objects.filter(pk=int(match[1])).first() if match else None
        if photo is None:
            raise ValidationError("There is no such photo: give its address, like /photos/12/.")
        return photo


class ArticleForm(forms.ModelForm):
    """An article, whoever may publish it."""

    tags = TagsField(required=False, help_text="Up to eight, between commas.")
    photo = PhotoField(required=False, help_text="The address of a photo here, like /photos/12/.")

    class Meta:
        model = Post
        fields = ("title", "standfirst", "body", "photo")
        field_order = ("title", "standfirst", "body", "tags", "photo")
        widgets = {
            "standfirst": forms.Textarea(attrs={"rows": 2}),
            "body": forms.Textarea(attrs={"rows": 20}),
        }
        help_texts = {"body": MARKDOWN_HELP}

    field_order = ("title", "standfirst", "body", "tags", "photo")


class TopicForm(forms.ModelForm):
    body = forms.CharField(
        max_length=BODY_LENGTH, help_text=MARKDOWN_HELP, widget=forms.Textarea(attrs={"rows": 10})
    )

    class Meta:
        model = Post
        fields = ("title", "body")


class CommentForm(forms.ModelForm):
    body = forms.CharField(
        label="Your comment",
        max_length=COMMENT_LENGTH,
        help_text=MARKDOWN_HELP,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    class Meta:
        model = Comment
        fields = ("body",)


class VoteForm(forms.Form):
    """0 takes the vote back."""

    value = forms.TypedChoiceField(choices=[(1, "Up"), (-1, "Down"), (0, "None")], coerce=int)


class MessageForm(forms.ModelForm):
    to = forms.CharField(max_length=150, help_text="The user name of a member.")
    subject = forms.CharField(max_length=TITLE_LENGTH)
    body = forms.CharField(
        label="Message", max_length=COMMENT_LENGTH, widget=forms.Textarea(attrs={"rows": 8})
    )

    class Meta:
        model = Message
        fields = ("subject", "body")

    field_order = ("to", "subject", "body")

    def clean_to(self) -> User:
        name = self.cleaned_data["to"].strip()
        person = User.objects.filter(username=name, is_active=True).first()
        if person is None:
            raise ValidationError("There is no member of this name.")
        return person


class PhotoForm(forms.Form):
    """What a picture is, is looked at where it is stored (content.media)."""

    title = forms.CharField(max_length=TITLE_LENGTH, help_text="What the picture shows.")
    credit = forms.CharField(max_length=200, required=False, help_text="Who took it.")
    licence = forms.CharField(max_length=200, required=False, help_text="For example CC BY 4.0.")
    file = forms.FileField(
        label="Picture",
        help_text="JPEG, PNG or WebP, at most 10 MB and 40 megapixels.",
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


class SearchForm(forms.Form):
    q = forms.CharField(label="Search for", max_length=200)


class RegisterForm(UserCreationForm):
    display_name = forms.CharField(
        max_length=80, required=False, help_text="What others see; your user name if left empty."
    )

    class Meta:
        model = User
        fields = ("username", "display_name")
