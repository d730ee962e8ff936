"""Something from the network, within limits of time and size."""

from __future__ import annotations

import threading
import time

import urllib3

from .addresses import web_address

CHUNK = 65_536
# Nothing is tried twice; a feed that has moved is followed.
RETRIES = urllib3.Retry(total=3, connect=False, read=False, status=False, redirect=3)


class FetchError(Exception):
    """It could not be had; the text is one line that says why."""


def fetch(url: str, *, seconds: float, most_bytes: int) -> bytes:
    """The body of an address. Raises FetchError after `seconds` at the latest.

    A thread does it: timeouts of sockets are per packet, and a server that sends a header every
    second would never meet them.
    """
    if not web_address(url):
        raise FetchError(f"{url}: only http and https addresses can be fetched")
    result: list[bytes | FetchError] = []
    worker = threading.Thread(
        target=lambda: result.append(_outcome(url, seconds, most_bytes)), daemon=True
    )
    worker.start()
    worker.join(seconds)
    outcome = result[0] if result else _late(url, seconds)
    if isinstance(outcome, FetchError):
        raise outcome
    return outcome


def _outcome(url: str, seconds: float, most_bytes: int) -> bytes | FetchError:
    try:
        return _read(url, seconds, most_bytes)
    except FetchError as failure:
        return failure
    except urllib3.exceptions.TimeoutError:
        return _late(url, seconds)
    except (urllib3.exceptions.HTTPError, ValueError) as failure:
        return FetchError(f"{url}: cannot be fetched ({_reason(failure)}); is the address right?")


def _read(url: str, seconds: float, most_bytes: int) -> bytes:
    end = time.monotonic() + seconds
    with urllib3.PoolManager(timeout=seconds, retries=RETRIES) as pool:
        answer = pool.request("GET", url, preload_content=False)
        try:
            if answer.status != 200:
                raise FetchError(f"{url}: answers {answer.status}, not 200; is the address right?")
            body = bytearray()
            for chunk in answer.stream(CHUNK):
                body += chunk
                if len(body) > most_bytes:
                    raise FetchError(f"{url}: is larger than the limit of {most_bytes:,} bytes")
                if time.monotonic() > end:
                    raise _late(url, seconds)
            return bytes(body)
        finally:
            answer.close()


def _late(url: str, seconds: float) -> FetchError:
    return FetchError(f"{url}: did not arrive within {seconds:g} s; try again later")


def _reason(failure: Exception) -> str:
    return (str(failure) or type(failure).__name__).splitlines()[0][:160]
