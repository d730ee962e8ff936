"""Every accepted value of every toggle, in few restarts; and wrong values refused in one line."""

import re
from dataclasses import dataclass
from urllib.parse import quote

import pytest

from checks import stack
from checks.visitor import Visitor, first_asset, first_post, member

USES = ("PROPERTIES", "COMPILED", "FRAGMENTS", "GENERATED", "AGGREGATES", "SYNDICATED")
PAGES = ("/", "/board/", "/trending/", "/photos/", "/clips/", "/wire/", "/archive/", "/search/?q=a")


@dataclass(frozen=True)
class Setting:
    """Toggles beside their defaults, and what must then be so."""

    toggles: dict[str, str]
    pages_kept: bool = True
    assets_kept: bool = True
    redis_used: bool = False
    memcached_used: bool = False


SETTINGS = {
    "pages not kept, Memcached upstream": Setting(
        {"LAB_EDGE_PAGES": "off", "LAB_UPSTREAM": "memcached"},
        pages_kept=False,
        memcached_used=True,
    ),
    "objects not kept, local memory upstream, by age": Setting(
        {
            "LAB_EDGE_ASSETS": "off",
            "LAB_UPSTREAM": "local",
            "LAB_FRESHNESS": "ttl",
            "LAB_TTL": "5",
        },
        assets_kept=False,
    ),
    "no upstream cache and none of its uses": Setting(
        {"LAB_UPSTREAM": "off"} | {f"LAB_{use}": "off" for use in USES}
    ),
    "looked into": Setting({"LAB_DEBUG": "on"}, pages_kept=False, redis_used=True),
    "as declared": Setting({}, redis_used=True),
}


def test_the_settings_hold_every_accepted_value() -> None:
    tried = {(name, value) for each in SETTINGS.values() for name, value in each.toggles.items()}
    comment = re.compile(r"\(accepted: ([a-z]+(?: \| [a-z]+)+)\)\n(LAB_\w+)=(\S*)")
    declared = comment.findall((stack.TOP / ".env").read_text())
    assert declared, ".env declares no toggle in a form that this test reads"
    for accepted, name, default in declared:
        missing = {
            value
            for value in accepted.split(" | ")
            if value != default and (name, value) not in tried
        }
        assert not missing, f"{name}: add {missing} to a setting of this test"


@pytest.mark.usefixtures("put_back_at_last")
@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_works(name: str, visitor: Visitor) -> None:
    setting = SETTINGS[name]
    stack.up(**setting.toggles)
    stack.forget_kept()
    post, asset = first_post(visitor), first_asset(visitor)
    for path in (*PAGES, post):
        assert visitor.get(path).status == 200, f"{path} under {setting.toggles}"
    assert is_kept(visitor, post) == setting.pages_kept
    assert is_kept(visitor, asset) == setting.assets_kept
    redis, memcached = stack.redis_hits(), stack.memcached_hits()
    reader = member()
    for _ in range(3):
        reader.get(post)
    assert (stack.redis_hits() > redis) == setting.redis_used
    assert (stack.memcached_hits() > memcached) == setting.memcached_used


def is_kept(visitor: Visitor, path: str) -> bool:
    visitor.get(path)
    return visitor.get(path).is_hit


WRONG = [
    ("web", "LAB_UPSTREAM", "Redis"),
    ("web", "LAB_COMPILED", "maybe"),
    ("web", "LAB_FRESHNESS", "never"),
    ("web", "LAB_TTL", "0"),
    ("web", "LAB_TTL", "soon"),
    ("varnish", "LAB_EDGE_PAGES", "maybe"),
    ("varnish", "LAB_EDGE_ASSETS", "1"),
]


@pytest.mark.parametrize(("service", "variable", "value"), WRONG)
def test_a_wrong_value_stops_the_service_with_one_line(
    service: str, variable: str, value: str
) -> None:
    [container, *_] = stack.containers()[service]
    environ = dict(each.split("=", 1) for each in container["Config"]["Env"]) | {variable: value}
    given = [part for each in environ.items() for part in ("-e", "=".join(each))]
    done = stack.attempt(
        *("timeout", "60", "docker", "run", "--rm", "--network", next(iter(networks(container)))),
        *("--tmpfs", "/tmp:mode=1777", "--tmpfs", "/var/lib/varnish:uid=10001,exec"),
        *given,
        container["Config"]["Image"],
    )
    assert done.returncode != 0, f"{variable}={value} was accepted"
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    wanted = f"{variable}={value}: accepted values are "
    assert len(lines) == 1, f"{variable}={quote(value)} must be told in one line:\n" + "\n".join(
        lines
    )
    assert wanted in lines[0], f"{lines[0]!r} does not say {wanted!r}"


def networks(container: dict[str, dict[str, dict[str, object]]]) -> list[str]:
    """Those that lead to the services behind it, the inner one first."""
    return sorted(container["NetworkSettings"]["Networks"], key=lambda name: "inner" not in name)
