"""Who writes on the site: the accounts of the lab, the authors, the commenters."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission
from django.utils.text import slugify

from magazine.models import User

# Writers and scientists whose work is in the public domain.
AUTHORS = tuple(
    name.strip()
    for name in """
    Ada Lovelace, Mary Somerville, Charles Babbage, George Boole, Ambrose Bierce, Jane Austen,
    Mary Shelley, Charlotte Brontë, Emily Dickinson, Walt Whitman, Herman Melville, Mark
    Twain, Kate Chopin, Edith Wharton, Willa Cather, George Eliot, Elizabeth Gaskell, Thomas
    Hardy, Oscar Wilde, Robert Louis Stevenson, Lewis Carroll, Edward Lear, Christina
    Rossetti, John Keats, Percy Shelley, William Blake, Robert Burns, Walter Scott, Henry
    Thoreau, Ralph Emerson, Margaret Fuller, Frederick Douglass, Harriet Stowe, Louisa Alcott,
    Nathaniel Hawthorne, Washington Irving, Caroline Herschel, William Herschel, Maria
    Mitchell, Michael Faraday, James Maxwell, Humphry Davy, Charles Darwin, Thomas Huxley,
    Mary Anning, Joseph Priestley, Sophie Germain, Emmy Noether, Srinivasa Ramanujan, Beatrix
    Potter
    """.replace("\n", " ").split(",")
)
COMMENTERS = 150
# The load generator logs in as these, all with the password of `member`.
LOAD_ACCOUNTS = 20
EDITABLE = ("post", "comment", "tag", "photo", "clip", "block")


@dataclass(frozen=True, slots=True)
class People:
    """Primary keys. `new`: whether the lab's own accounts were made just now."""

    authors: tuple[int, ...]
    everybody: tuple[int, ...]
    accounts: dict[str, int]
    new: bool


def ensure_people() -> People:
    """Those that are missing are made; those that are there stay as they are."""
    before = User.objects.filter(username="editor").exists()
    accounts = _accounts()
    _missing(accounts + _authors() + _commenters())
    by_name = dict(User.objects.values_list("username", "pk"))
    _make_editor(by_name["editor"])
    authors = tuple(by_name[user.username] for user in _authors())
    commenters = tuple(by_name[user.username] for user in _commenters())
    return People(
        authors,
        authors + commenters,
        {user.username: by_name[user.username] for user in accounts},
        new=not before,
    )


def _missing(wanted: list[User]) -> None:
    there = set(User.objects.values_list("username", flat=True))
    User.objects.bulk_create([user for user in wanted if user.username not in there])


def _accounts() -> list[User]:
    # Hashing is slow on purpose: once per password, and not at all when they are there already.
    if User.objects.filter(username="member-0").exists():
        names = ["reader", "member", "editor", "admin"]
        return [User(username=name) for name in (*names, *_load_names())]
    member = make_password("lab-member")
    return [
        _account("reader", "Rae Reader", make_password("lab-reader")),
        _account("member", "Max Member", member),
        _account("editor", "Edna Editor", make_password("lab-editor"), is_staff=True),
        _account(
            "admin", "Alex Admin", make_password("lab-admin"), is_staff=True, is_superuser=True
        ),
        *(_account(name, name.replace("-", " ").title(), member) for name in _load_names()),
    ]


def _load_names() -> list[str]:
    return [f"member-{number}" for number in range(LOAD_ACCOUNTS)]


def _account(username: str, name: str, password: str, **rights: bool) -> User:
    email = f"{username}@lab.invalid"
    return User(username=username, display_name=name, password=password, email=email, **rights)


def _authors() -> list[User]:
    return [_writer(name, f"{name} writes for the magazine.") for name in AUTHORS]


def _commenters() -> list[User]:
    given = [name.split()[0] for name in AUTHORS]
    family = [name.split()[-1] for name in AUTHORS]
    # Steps that share no factor with 50 never pair the same two twice, nor an author's own.
    pairs = ((i % 50, (i * 7 + 3 + i // 50) % 50) for i in range(COMMENTERS))
    users = {}
    for first, last in pairs:
        user = _writer(f"{given[first]} {family[last][0]}. {family[last]}", "")
        users[user.username] = user
    return list(users.values())


def _writer(name: str, bio: str) -> User:
    # Nobody can log in as these.
    password = make_password(None)
    return User(username=slugify(name), display_name=name, bio=bio, password=password)


def _make_editor(user: int) -> None:
    group, _ = Group.objects.get_or_create(name="editors")
    group.permissions.set(
        Permission.objects.filter(
            content_type__app_label="magazine", content_type__model__in=EDITABLE
        )
    )
    group.user_set.add(user)
