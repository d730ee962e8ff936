"""`python3 -m partner`: serve until SIGTERM, then finish what is under way."""

import os
import signal
import sys
from random import SystemRandom
from threading import Thread
from types import FrameType

from partner import config
from partner.entries import read_sayings
from partner.server import Partner, Server
from partner.temper import Temper


def main() -> None:
    try:
        settings = config.read(os.environ)
        sayings = read_sayings(settings.sayings)
    except (config.BadSettingError, OSError) as error:
        sys.exit(str(error))
    partner = Partner(sayings, Temper(settings, SystemRandom()))
    with Server(("", settings.port), partner) as server:
        # shutdown() waits for the loop to end: called from the loop's own thread it never would.
        def stop(_signal: int, _frame: FrameType | None) -> None:
            Thread(target=server.shutdown).start()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        server.serve_forever(poll_interval=0.25)


if __name__ == "__main__":
    main()
