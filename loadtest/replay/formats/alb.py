"""The access log of AWS's Application Load Balancer: fields separated by spaces, some in quotes.

    type time elb client:port target:port 3 x processing_time elb_status_code target_status_code
    received_bytes sent_bytes "request" "user_agent" ...

Fields behind the request have been added over the years, and are passed over. It holds no cookies.
"""

from __future__ import annotations

import re

from replay.formats import clock
from replay.formats.combined import QUOTED
from replay.request import Broken, Parsed, from_texts

LINE = re.compile(
    rb"(?:https?|h2|grpcs|wss?) (\S{1,40})(?: \S+){6} (\S{1,20}) \S+ \S+ (\S{1,20}) " + QUOTED,
    re.DOTALL,
)


def parse(line: bytes) -> Parsed:
    if not line.strip():
        return None
    match = LINE.match(line)
    if match is None:
        return Broken.FORMAT
    time, status_text, size_text, asked = match.groups()
    at = clock.iso(time.decode("ascii", "replace"))
    return from_texts(at, asked, b"", status_text, size_text)
