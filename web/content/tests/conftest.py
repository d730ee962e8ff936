"""A small corpus (the Jargon File and the Devil's Dictionary, both in the public domain) with
generated pictures, a bucket that is a temporary folder, and passwords that hash quickly."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from content.seeding.corpus import Corpus
from magazine.models import Clip, Photo

TEXTS = Path(__file__).parent / "corpus"
needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")


def stored(name: str) -> bytes:
    with default_storage.open(name) as file:
        return file.read()


def picture(size: tuple[int, int] = (900, 600), kind: str = "JPEG", **options: object) -> bytes:
    image = Image.radial_gradient("L").resize(size).convert("RGB")
    result = io.BytesIO()
    image.save(result, kind, **options)
    return result.getvalue()


@pytest.fixture(autouse=True)
def _quick(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def corpus_folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    shutil.copytree(TEXTS, folder, dirs_exist_ok=True)
    (folder / "photos").mkdir()
    (folder / "videos").mkdir()
    captions = []
    for number in range(3):
        name = f"{number}.jpg"
        (folder / "photos" / name).write_bytes(picture((400 + number, 300)))
        captions.append(
            {"file": name, "title": f"Picture {number}", "credit": "Test", "licence": "CC0"}
        )
    (folder / "photos/credits.json").write_text(json.dumps(captions))
    (folder / "videos/film.webm").write_bytes(b"the seed only stores it")
    film = {"file": "film.webm", "title": "Film", "credit": "Test", "licence": "CC0"}
    film |= {"width": 320, "height": 240, "seconds": 8.0}
    (folder / "videos/credits.json").write_text(json.dumps([film]))
    return folder


@pytest.fixture
def corpus(corpus_folder, settings) -> Corpus:
    settings.LAB = replace(settings.LAB, corpus=str(corpus_folder))
    return Corpus(corpus_folder)


@pytest.fixture
def photo(db) -> Photo:
    from content.media import store_photo

    return store_photo(io.BytesIO(picture()), title="A picture")


@pytest.fixture(scope="session")
def film(tmp_path_factory) -> bytes:
    """Three seconds of a test picture."""
    path = tmp_path_factory.mktemp("film") / "film.webm"
    source = ["-f", "lavfi", "-i", "testsrc=duration=3:size=160x120:rate=10"]
    command = ["ffmpeg", "-v", "error", *source, "-c:v", "libvpx", str(path)]
    subprocess.run(command, check=True)
    return path.read_bytes()


@pytest.fixture
def clip(db, film) -> Clip:
    default_storage.save("videos/film.webm", ContentFile(film))
    return Clip.objects.create(
        title="A clip",
        source_key="videos/film.webm",
        source_sha256="a" * 64,
        start=0.5,
        duration=1,
        width=160,
        height=120,
    )
