"""Which addresses may be followed, or shown as a link."""

from urllib.parse import urlsplit


def web_address(written: str) -> str:
    """The address if it is one of the web; "" for javascript: and the like."""
    try:
        parts = urlsplit(written.strip())
    except ValueError:
        return ""
    return written.strip() if parts.scheme in {"http", "https"} and parts.netloc else ""
