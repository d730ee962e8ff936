"""What members do with posts: comment, vote, write, edit, preview. Never kept by anybody."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import policies, writing
from ..forms import ArticleForm, CommentForm, TopicForm, VoteForm
from ..models import Comment, Post
from .common import may_edit, member_of, show

DRAFTS = 100


def public_post(slug: str) -> Post:
    return get_object_or_404(policies.published, slug=slug)


def editable_post(request: HttpRequest, slug: str) -> Post:
    """The post, for whoever may edit it; there is none for others, who need not know of it."""
    post = get_object_or_404(Post.objects.select_related("author", "photo"), slug=slug)
    if not may_edit(request.user, post):
        raise Http404
    return post


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest, slug: str) -> HttpResponse:
    """POST keeps a comment; GET is its form by itself, with what it answers (`?parent=ID`)."""
    post = public_post(slug)
    given = request.POST if request.method == "POST" else request.GET
    parent = answered(post, given.get("parent", ""))
    form = CommentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        body = form.cleaned_data["body"]
        written = writing.add_comment(post, member_of(request), body, parent)
        return redirect(f"{post.get_absolute_url()}#comment-{written.pk}")
    return show(
        request,
        "comment.html",
        status=400 if form.is_bound else 200,
        post=post,
        parent=parent,
        quoted=policies.compiled(parent.body) if parent else "",
        form=form,
    )


def answered(post: Post, number: str) -> Comment | None:
    """The comment that is answered. Http404 where it is not one of this post's."""
    if not number:
        return None
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        raise Http404
    return get_object_or_404(post.comments.select_related("author"), pk=int(number))


@login_required
@require_POST
def vote(request: HttpRequest, slug: str) -> HttpResponse:
    post = public_post(slug)
    form = VoteForm(request.POST)
    if not form.is_valid():
        return HttpResponse("value: 1, -1, or 0 to take it back\n", "text/plain", status=400)
    writing.vote(member_of(request), post, form.cleaned_data["value"])
    return redirect(f"{post.get_absolute_url()}#votes")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    return article_form(request, Post(author=member_of(request)))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    post = editable_post(request, slug)
    if post.kind == Post.Kind.ARTICLE:
        return article_form(request, post)
    form = TopicForm(request.POST or None, instance=post)
    if form.is_valid():
        return redirect(writing.save_post(form.save(commit=False)))
    return show(request, "topic_form.html", status=bad(form), form=form, post=post)


def article_form(request: HttpRequest, post: Post) -> HttpResponse:
    names = [tag.name for tag in post.tags.all()] if post.pk else []
    form = ArticleForm(
        request.POST or None, instance=post, initial={"tags": names, "photo": post.photo_id}
    )
    if form.is_valid():
        changed = form.save(commit=False)
        follow(request, changed)
        writing.save_post(changed, form.cleaned_data["tags"])
        if changed.is_public:
            return redirect(changed)
        messages.success(request, "The draft is saved.")
        return redirect(f"/posts/{changed.slug}/preview")
    return show(request, "article_form.html", status=bad(form), form=form, post=post)


def follow(request: HttpRequest, post: Post) -> None:
    """Publishes or withdraws, if that was asked by somebody who may."""
    if not member_of(request).is_staff:
        return
    if request.POST.get("action") == "publish":
        writing.publish(post)
    elif request.POST.get("action") == "withdraw":
        post.status = Post.Status.DRAFT


def bad(form: ArticleForm | TopicForm) -> int:
    return 400 if form.is_bound else 200


@login_required
@require_safe
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    post = editable_post(request, slug)
    return show(request, "preview.html", post=post, html=policies.preview(slug))


@login_required
@require_safe
def drafts(request: HttpRequest) -> HttpResponse:
    """One's own; an editor's list is everybody's."""
    found = Post.objects.filter(status=Post.Status.DRAFT).select_related("author").defer("body")
    if not request.user.is_staff:
        found = found.filter(author_id=request.user.pk)
    return show(request, "drafts.html", drafts=found.order_by(F("updated_at").desc())[:DRAFTS])
