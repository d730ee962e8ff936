"""Videos, and the clips and posters that ffmpeg cuts from them."""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from pathlib import Path
from typing import Literal

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from magazine.models import Clip

# A clip takes ffmpeg about a second; one that takes this long is given up.
SECONDS = 20
MOST_BYTES = 8_000_000


# A clip's two objects: the video and the poster that stands for it until it plays.
Kind = Literal["webm", "webp"]
KINDS: tuple[Kind, ...] = ("webm", "webp")


class BadVideo(ValueError):
    """ffmpeg could not do it; the text is one line."""


def store_video(data: bytes) -> tuple[str, str]:
    """Keeps a video that clips are to be cut from: its object's name and SHA-256."""
    sha256 = hashlib.sha256(data).hexdigest()
    key = f"videos/{sha256}.webm"
    if not default_storage.exists(key):
        default_storage.save(key, ContentFile(data))
    return key, sha256


def span(clip: Clip) -> str:
    """The piece of the video, as it is written in names and addresses: 2.5-3."""
    return f"{clip.start:g}-{clip.duration:g}"


def clip_name(clip: Clip, kind: Kind) -> str:
    return f"clips/{clip.source_sha256}-{span(clip)}.{kind}"


def generate(clip: Clip, kind: Kind) -> bytes:
    """The clip's video, or its poster."""
    return _video(clip) if kind == "webm" else _poster(clip)


def _video(clip: Clip) -> bytes:
    """The clip as a WebM (VP8, no sound): the same bytes for the same clip."""
    encode = [
        *("-t", f"{clip.duration:g}", "-an", "-map_metadata", "-1", "-c:v", "libvpx"),
        *("-b:v", "500k", "-deadline", "realtime", "-cpu-used", "5", "-g", "50"),
        *("-pix_fmt", "yuv420p", "-fs", str(MOST_BYTES), "-f", "webm"),
    ]
    return _ffmpeg(clip, encode)


def _poster(clip: Clip) -> bytes:
    """The clip's first frame as a WebP."""
    encode = ["-frames:v", "1", "-map_metadata", "-1", "-c:v", "libwebp", "-quality", "78"]
    return _ffmpeg(clip, [*encode, "-f", "webp"])


def _ffmpeg(clip: Clip, encode: list[str]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        source, result = Path(folder, "source"), Path(folder, "result")
        with default_storage.open(clip.source_key) as stored:
            source.write_bytes(stored.read())
        run(["-ss", f"{clip.start:g}", "-i", str(source), *encode, str(result)])
        return result.read_bytes()


def run(arguments: list[str], seconds: float = SECONDS) -> None:
    """ffmpeg with these arguments. Bit-exact and on one thread, so that results can be compared.

    It may open nothing but local files, whatever a video's contents ask for.
    """
    command = [
        *("ffmpeg", "-nostdin", "-v", "error", "-y", "-protocol_whitelist", "file,pipe"),
        *arguments[:-1],
        *("-threads", "1", "-fflags", "+bitexact", "-flags:v", "+bitexact"),
        arguments[-1],
    ]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=False)
    except FileNotFoundError:
        raise BadVideo("ffmpeg is not installed: install it, or leave LAB_GENERATED on") from None
    except subprocess.TimeoutExpired:
        raise BadVideo(f"ffmpeg took longer than {seconds:g} s and was stopped") from None
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no message"]
        raise BadVideo(f"ffmpeg could not read or cut the video: {last[0][:200]}")
