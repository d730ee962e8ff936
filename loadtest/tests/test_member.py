"""Members log in once for each account, whatever the number of seats."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# Locust changes the standard library as it is imported: in a process of its own.
SEATS = """
from http.cookiejar import Cookie
from locust.env import Environment
from users.member import ACCOUNTS, Member
from users.visitor import Ground, Visitor

def cookie(value):
    return Cookie(0, "sessionid", value, None, False, "localhost", False, False, "/", True, False,
                  None, True, None, None, {})

class Quick(Member):
    host = "http://localhost"

    def log_in(self):
        print("logs in", self.username)
        self.client.cookiejar.set_cookie(cookie(self.username))
        return True

    def spend_time(self):
        print(self.username, "comes as", *(each.value for each in self.client.cookiejar))

Visitor.ground = Ground(site=None, seed=1)
seats = [Quick(Environment()) for _ in range(ACCOUNTS + 1)]
for seat in (seats[0], seats[1], seats[ACCOUNTS], seats[0]):
    seat.on_start()
    seat.visit()
"""


def test_an_account_that_has_logged_in_is_known_on_other_seats() -> None:
    loadtest = Path(__file__).resolve().parents[1]
    done = subprocess.run(
        [sys.executable, "-c", SEATS], cwd=loadtest, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "logs in member-0",
        "logs in member-1",
        "member-0 comes as member-0",
        "member-0 comes as member-0",
    ]
