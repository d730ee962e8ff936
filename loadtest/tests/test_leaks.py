"""The oracle finds what a site leaks, says when it proves nothing, and is silent otherwise."""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPMessage
from time import sleep

import pytest

import toggles
from checks.leaks import cli, run
from checks.leaks.asking import Cookies, Probe
from checks.leaks.canaries import Canary, unspeakable_word, word
from checks.leaks.combinations import BY_USE, LAYERS, SHORT
from checks.leaks.crawl import crawl, links
from checks.leaks.oracle import TOKEN, Leak, Oracle
from checks.leaks.passes import Bounds, Passes
from checks.leaks.people import ANONYMOUS, ANOTHER, EDITOR, EVERYBODY, A, B
from checks.leaks.probes import dressed
from checks.leaks.tokens import LETTERS, secrets_in, unmasked
from checks.visitor import Answer

SMALL = Bounds(pages=10, of_a_shape=3, dressed=1)
LETTER = "/inbox/1/"


def answer(body: str = "", status: int = 200, **headers: str) -> Answer:
    made = HTTPMessage()
    made["Content-Type"] = "text/html"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    return Answer(status, made, body.encode())


def masked(secret: str, mask: str) -> str:
    """As Django does it."""
    size = len(LETTERS)
    pairs = zip(mask, secret, strict=True)
    return mask + "".join(LETTERS[(LETTERS.index(m) + LETTERS.index(s)) % size] for m, s in pairs)


def secret_of(name: str) -> str:
    return (name.replace(" ", "") + "x" * 32)[:32]


def form(secret: str, mask: str = "m" * 32) -> str:
    return f'<input name="csrfmiddlewaretoken" value="{masked(secret, mask)}">'


class Site:
    """A letter from A to B, and a form for each. `keeps(probe)`: what its cache takes for public."""

    def __init__(self, keeps: Callable[[Probe], bool] = lambda probe: False) -> None:
        self.text = word()
        self.public = word()
        self.upstream = f"<p>{self.public}</p>"
        self.keeps = keeps
        self.kept: dict[str, Answer] = {}

    @property
    def canaries(self) -> list[Canary]:
        return [Canary("text of a message", "A and B", self.text, frozenset({A, B}))]

    def __call__(self, cookies: Cookies, probe: Probe) -> Answer:
        if probe.path in self.kept:
            return self.kept[probe.path]
        made = self.made(cookies["sessionid"], probe)
        if self.keeps(probe):
            self.kept[probe.path] = made
        return made

    def made(self, name: str, probe: Probe) -> Answer:
        if LETTER in probe.path and name in (A, B):
            return answer(self.text)
        if probe.path == "/":
            return answer(f'<a href="{LETTER}">Letter</a>{form(secret_of(name))}')
        return answer("not here", 404)

    def show(self, oracle: Oracle) -> None:
        oracle.hear_kept("redis", self.upstream.encode())

    def judged(self) -> Oracle:
        oracle = Oracle(self.canaries, EVERYBODY, "LAB_EDGE_PAGES=on", self.public)
        cookies = {name: {"sessionid": name} for name in EVERYBODY}
        passes = Passes(oracle, cookies, self, self.kept.clear, lambda: self.show(oracle))
        passes.run({LETTER: A}, SMALL)
        return oracle


def test_a_site_that_tells_each_what_is_theirs_leaks_nothing() -> None:
    oracle = Site().judged()
    assert oracle.leaks == []
    assert oracle.unseen() == []
    assert oracle.planted == oracle.seen_by_their_own == 1 + len(EVERYBODY)
    assert oracle.requests > 100


@pytest.mark.parametrize(
    "keeps",
    [
        lambda probe: probe.path.endswith(".css"),
        lambda probe: probe.path.startswith("/static/"),
        lambda probe: probe.path == LETTER and ("Range", "bytes=0-") in probe.headers,
        lambda probe: probe.path == LETTER and probe.cookie.startswith("sessionid ="),
        lambda probe: probe.path == LETTER and probe.method == "HEAD",
    ],
    ids=["by its end", "by its beginning", "by a header", "by a cookie not seen", "by its method"],
)
def test_a_cache_that_takes_a_letter_for_public_is_found(keeps: Callable[[Probe], bool]) -> None:
    oracle = Site(keeps).judged()
    assert {leak.seen_by for leak in oracle.leaks} >= {ANONYMOUS}
    assert {leak.kind for leak in oracle.leaks} == {"text of a message"}


def test_a_cache_that_keeps_a_form_hands_out_its_owners_token() -> None:
    oracle = Site(lambda probe: probe.path == "/").judged()
    assert {leak.kind for leak in oracle.leaks} == {TOKEN}
    assert ANOTHER in {leak.seen_by for leak in oracle.leaks}, "an anonymous reader's is theirs too"


def test_a_leaks_line_says_what_whose_to_whom_where_and_under_which_toggles() -> None:
    site = Site()
    oracle = Oracle(site.canaries, EVERYBODY, "LAB_EDGE_PAGES=on", site.public)
    probe = Probe("/inbox/1/.css", headers=(("Range", "bytes=0-"),))
    oracle.hear(EDITOR, probe, answer(site.text, Cache_Status="varnish; hit; ttl=9"))
    assert [str(leak) for leak in oracle.leaks] == [
        (
            "LEAK text of a message of A and B, seen by the editor: GET /inbox/1/.css "
            "[Range: bytes=0-] -> 200 [varnish; hit; ttl=9] under LAB_EDGE_PAGES=on"
        )
    ]


def test_headers_are_heard_like_bodies_and_encoded_words_like_plain_ones() -> None:
    title = unspeakable_word()
    canary = Canary("title of a draft", A, title, frozenset({A}))
    oracle = Oracle([canary], EVERYBODY, "", "")
    oracle.hear(B, Probe("/a"), answer(Location=f"/{Probe('/').path}?q=%CE%B1"))
    assert oracle.leaks == []
    encoded = "".join(f"%{byte:02X}" for byte in title.encode())
    oracle.hear(B, Probe("/a"), answer(Location=f"/?q={encoded}"))
    assert [leak.kind for leak in oracle.leaks] == ["title of a draft"]


def test_who_says_the_word_does_not_learn_it_from_the_echo() -> None:
    site = Site()
    oracle = Oracle(site.canaries, EVERYBODY, "", "")
    oracle.hear(ANONYMOUS, Probe(f"/search/?q={site.text}"), answer(site.text))
    assert oracle.leaks == []


def test_what_its_owners_never_saw_is_said_to_prove_nothing() -> None:
    site = Site()
    oracle = Oracle(site.canaries, [A], "", "")
    oracle.hear(A, Probe(LETTER), answer(site.text))
    letter = f"canary text of a message ({site.text})"
    assert oracle.unseen() == [
        f"{letter} was never seen by its owner {B}: the crawl proves nothing",
        f"canary CSRF token was never seen by its owner {A}: the crawl proves nothing",
    ]
    assert oracle.seen_by_their_own == 0


def test_a_failure_of_the_site_is_no_proof_of_its_silence() -> None:
    oracle = Oracle([], [], "", word())
    oracle.hear(A, Probe("/"), answer(status=503))
    assert oracle.failures == ["member A GET / -> 503"]
    assert run.troubles(oracle, LAYERS[0])[-1] == "the site failed: member A GET / -> 503"


def test_caches_that_kept_nothing_say_nothing_of_what_they_keep() -> None:
    oracle = Oracle([], [], "", word())
    off = {"LAB_EDGE_PAGES": "off", "LAB_EDGE_ASSETS": "off", "LAB_UPSTREAM": "off"}
    assert run.troubles(oracle, off) == []
    assert len(run.troubles(oracle, off | {"LAB_EDGE_ASSETS": "on"})) == 1
    assert len(run.troubles(oracle, off | {"LAB_UPSTREAM": "memcached"})) == 1
    oracle.hear_kept("memcached", oracle.public.encode())
    assert run.troubles(oracle, off | {"LAB_UPSTREAM": "memcached"}) == []


def test_a_letter_in_a_shared_store_is_a_leak_though_nobody_was_shown_it() -> None:
    site = Site()
    site.upstream += site.text
    [leak] = site.judged().leaks
    assert leak.seen_by == "all who share redis"


def test_an_address_may_be_in_a_shared_stores_keys_since_whoever_asks_has_said_it() -> None:
    address = Canary("address of a draft", A, word(), frozenset({A}), asked_for=True)
    oracle = Oracle([address], EVERYBODY, "", word())
    oracle.hear_kept("redis", address.needle.encode())
    assert oracle.leaks == []
    oracle.hear(B, Probe("/drafts/"), answer(address.needle))
    assert [leak.seen_by for leak in oracle.leaks] == [B]


def test_an_answer_that_was_meant_for_somebody_who_waits_too_is_found() -> None:
    class Collapsed(Site):
        """Whoever asks while A's letter is on its way is given A's answer."""

        together = 0

        def made(self, name: str, probe: Probe) -> Answer:
            if probe != Probe(LETTER) or name not in (A, EDITOR):
                return super().made(name, probe)
            self.together += 1
            sleep(0.02)
            collapsed, self.together = self.together > 1, 0
            return super().made(A if collapsed else name, probe)

    assert {leak.seen_by for leak in Collapsed().judged().leaks} == {EDITOR}


def test_a_304_tells_a_stranger_that_a_copy_is_still_true() -> None:
    class Marked(Site):
        def made(self, name: str, probe: Probe) -> Answer:
            if ("If-None-Match", '"1"') in probe.headers:
                return answer(status=304)
            made = super().made(name, probe)
            if made.body == self.text.encode():
                made.headers["ETag"] = '"1"'
            return made

    oracle = Marked().judged()
    assert {leak.kind for leak in oracle.leaks} == {"304 for text of a message"}
    assert {leak.seen_by for leak in oracle.leaks} >= {ANONYMOUS, ANOTHER}
    assert not {leak.seen_by for leak in oracle.leaks} & {A, B}


def test_two_masks_of_one_secret_are_one_secret() -> None:
    secret = secret_of("A")
    for mask in ("a" * 32, "9" * 32, "aZ09" * 8):
        assert unmasked(masked(secret, mask)) == secret
    cookie = answer(Set_Cookie=f"csrftoken={secret}; Path=/; SameSite=Lax")
    assert secrets_in(cookie) == secrets_in(answer(form(secret))) == {secret}


# The crawl


def pages(site: dict[str, Answer]) -> Callable[[Probe], Answer]:
    return lambda probe: site.get(probe.path, answer("", 404))


def test_a_crawl_goes_breadth_first_within_its_bounds() -> None:
    posts = "".join(f'<a href="/posts/{number}/">' for number in range(9))
    site = {"/": answer(posts + '<a href="/board/">'), "/posts/1/": answer('<a href="/tags/x/">')}
    found = crawl(pages(site), most=100, of_a_shape=3, each=map)
    assert [path for path in found if path.startswith("/posts/")] == [
        *("/posts/0/", "/posts/1/", "/posts/2/")
    ]
    assert found.index("/board/") < found.index("/tags/x/")
    assert len(crawl(pages(site), most=7, of_a_shape=3, each=map)) == 7


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("?before=1&amp;x=2", ["/board/?before=1&x=2"]),
        ("/authors/zoë/", ["/authors/zo%C3%AB/"]),
        ("/a%20b", ["/a%20b"]),
        ("#comment-1", ["/board/"]),
        ("https://elsewhere.example/", []),
        ("//elsewhere.example/", []),
        ("mailto:a@lab.invalid", []),
    ],
)
def test_links_are_asked_for_as_a_browser_would(written: str, asked: list[str]) -> None:
    assert list(links("/board/", answer(f'<a href="{written}">'))) == asked


def test_redirects_lead_on() -> None:
    assert list(links("/write/", answer(status=302, Location="/accounts/login/?next=/write/"))) == [
        "/accounts/login/?next=/write/"
    ]


# What is asked, as data


def test_every_disguise_is_filled_in_and_none_comes_twice() -> None:
    probes = dressed("/posts/a/preview")
    assert len(set(probes)) == len(probes) > 50
    assert not [probe for probe in probes if "{" in probe.path]
    assert {"{session}" in probe.cookie for probe in probes if probe.cookie} == {True}


def test_the_layers_are_combined_in_every_way_with_accepted_values() -> None:
    declared = toggles.load()
    assert len({tuple(each.items()) for each in LAYERS}) == 16
    for combination in (*LAYERS, *BY_USE, *SHORT):
        for name, value in combination.items():
            declared[name].check(value)
    for name in LAYERS[0]:
        assert {each[name] for each in LAYERS} == set(declared[name].accepts)


# The command line


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--combinations", "0"], "'0': accepted are a number, or two like 5-8"),
        (["--combinations", "8-5"], "'8-5': accepted are"),
        (["--combinations", "17-20"], "--combinations 17-20: there are 16"),
        (["--pages", "none"], "accepted are whole numbers from 1 to 1000"),
        (["--short", "--uses"], "leave out --short or --uses"),
        (["--quick"], "unrecognized arguments: --quick"),
    ],
)
def test_bad_input_is_one_line_with_what_is_accepted(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(options)
    lines = capsys.readouterr().err.splitlines()
    assert stopped.value.code == 2
    assert len(lines) == 1
    assert said in lines[0]


@pytest.mark.parametrize(
    ("options", "count"),
    [([], 16), (["--uses"], 23), (["--short"], 2), (["--combinations", "5-8"], 4)],
)
def test_the_options_choose_the_combinations(options: list[str], count: int) -> None:
    combinations, bounds = cli.chosen(cli.parser().parse_args([*options, "--pages", "9"]))
    assert len(combinations) == count
    assert bounds.pages == 9
    assert bounds.dressed == 1, "no run goes without disguises"


def row(leaks: int = 0, troubles: tuple[str, ...] = ()) -> run.Row:
    found = [Leak("session", A, B, f"GET /{n} -> 200", "LAB_UPSTREAM=off") for n in range(leaks)]
    return run.Row("LAB_UPSTREAM=off", 6, 29, 1842, 231, 48, 48, found, troubles)


@pytest.mark.parametrize(
    ("tried", "code", "said"),
    [
        (
            [row(), row()],
            0,
            "3,684 requests under 2 combinations of toggles: 0 leaks; 0 combi",
        ),
        ([row(), row(leaks=2)], 1, "2 leaks"),
        ([row(troubles=("the crawl proves nothing",))], 1, "1 combinations prove nothing"),
    ],
)
def test_the_exit_code_and_the_last_line(
    tried: list[run.Row], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.conclude(tried) == code
    assert said in capsys.readouterr().out


def test_a_row_stands_under_its_heading_and_one_hole_is_not_told_a_hundred_times() -> None:
    assert len(str(row())) == len(run.Row.heading())
    assert row().lines(20) == []
    assert len(row(leaks=30).lines(20)) == 21
    assert row(leaks=30).lines(20)[-1] == "  ... and 10 more"


def test_each_kind_of_leak_is_told_before_more_of_the_first_one() -> None:
    found = [Leak(kind, A, B, f"GET /{n}", "") for n, kind in enumerate(["a", "a", "a", "b"])]
    tried = run.Row("", 6, 29, 1842, 231, 48, 48, found, ())
    assert [line.split()[-2] for line in tried.lines(20)] == ["/0", "/3", "/1", "/2"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, AssertionError, SystemExit, OSError])
def test_the_toggles_are_put_back_whatever_happens(
    stop: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    put_back: list[str] = []

    def try_combination(*_: object) -> run.Row:
        raise stop

    monkeypatch.setattr(cli, "try_combination", try_combination)
    monkeypatch.setattr(cli, "put_back", put_back.append)
    monkeypatch.setattr(cli.signal, "signal", lambda *_: None)
    try:
        code = cli.main(["--short"])
    except (KeyboardInterrupt, SystemExit):
        code = 1
    assert code == 1
    assert len(put_back) == 1
