"""Addresses of the site. Posts have one name, in `/posts/NAME/`, whatever their kind."""

from django.contrib.auth.views import LogoutView
from django.urls import path, re_path

from .views import accounts, board, finding, inbox, my, reading, taking_part, uploading

# As long as a number of the database can be.
NUMBER = r"[0-9]{1,18}"
# Letters, digits and @ . + - _ are what a user name may hold.
USERNAME = r"(?P<username>[\w.@+-]{1,150})"

urlpatterns = [
    path("", reading.front),
    path("posts/<slug:slug>/", reading.post),
    path("posts/<slug:slug>/comment", taking_part.comment),
    path("posts/<slug:slug>/vote", taking_part.vote),
    path("posts/<slug:slug>/edit", taking_part.edit),
    path("posts/<slug:slug>/preview", taking_part.preview),
    path("tags/<slug:slug>/", reading.tag),
    re_path(rf"^authors/{USERNAME}/$", reading.author),
    path("archive/", reading.archive),
    re_path(r"^archive/(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/$", reading.month_page),
    path("search/", finding.search),
    path("board/", board.topics),
    path("board/new", board.new),
    path("trending/", reading.trending),
    path("wire/", reading.wire),
    path("photos/", reading.photos),
    path("photos/new", uploading.new),
    re_path(rf"^photos/(?P<number>{NUMBER})/$", reading.photo),
    path("clips/", reading.clips),
    re_path(rf"^clips/(?P<number>{NUMBER})/$", reading.clip),
    path("write/", taking_part.write),
    path("drafts/", taking_part.drafts),
    path("inbox/", inbox.inbox),
    path("inbox/new", inbox.new),
    re_path(rf"^inbox/(?P<number>{NUMBER})/$", inbox.message),
    path("my/masthead", my.masthead),
    path("my/posts/<slug:slug>/", my.post),
    re_path(rf"^my/authors/{USERNAME}/$", my.author),
    path("feed.atom", finding.feed),
    path("sitemap.xml", finding.sitemap),
    re_path(r"^sitemap-(?P<part>[0-9]{1,6})\.xml$", finding.sitemap),
    path("accounts/login/", accounts.login_page, name="login"),
    path("accounts/register/", accounts.register),
    path("accounts/leave/", accounts.leave),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
]
