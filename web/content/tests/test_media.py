"""Uploads that are no pictures are refused; what is generated is the same wherever it is made."""

import hashlib
import io
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from PIL import Image

from content import policies
from content.media import BadImage, BadVideo, photos, renditions, store_photo, videos
from content.models import Rendition

from .conftest import needs_ffmpeg, picture, stored


def claims_to_be_huge() -> bytes:
    """A few bytes of PNG that would be 60,000 pixels wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a JPEG"),
        (b"GIF89a" + b"\0" * 50, "not a JPEG"),
        (picture(kind="TIFF"), "not a JPEG"),
        (picture()[:2_000], "damaged"),
        (picture(kind="PNG")[:300], "damaged"),
        (claims_to_be_huge(), "megapixels"),
        (b"\0" * (photos.MOST_BYTES + 1), "larger than 10 MB"),
    ],
    ids=["empty", "svg", "gif", "tiff", "cut jpeg", "cut png", "pixel bomb", "too many bytes"],
)
def test_what_is_no_picture_is_refused_and_nothing_is_kept(data, reason):
    with pytest.raises(BadImage, match=reason) as failure:
        store_photo(io.BytesIO(data), title="x")
    assert "\n" not in str(failure.value)
    assert not default_storage.exists("photos")


def test_a_photo_is_kept_upright_without_its_metadata(db):
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "Secret camera"
    photo = store_photo(io.BytesIO(picture((900, 600), exif=exif)), title="A picture")
    kept = stored(photo.key)
    assert (photo.width, photo.height) == (600, 900)
    assert b"Secret" not in kept
    assert photo.sha256 == hashlib.sha256(kept).hexdigest()
    assert photo.key == f"photos/{photo.sha256}.jpg"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_transparency_becomes_white(db, kind):
    layer = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(layer, kind)
    layer.seek(0)
    photo = store_photo(layer, title="x")
    assert Image.open(io.BytesIO(stored(photo.key))).getpixel((5, 5)) == (255, 255, 255)


def test_a_large_photo_is_made_smaller(db):
    photo = store_photo(io.BytesIO(picture((4_000, 1_000))), title="x")
    assert (photo.width, photo.height) == (2048, 512)


def test_the_same_picture_twice_is_one_photo(db):
    first = store_photo(io.BytesIO(picture()), title="First")
    assert store_photo(io.BytesIO(picture()), title="Second") == first


@pytest.mark.parametrize(("width", "expected"), [(320, 320), (640, 640), (1280, 900)])
def test_a_thumbnail_is_a_webp_of_its_width_and_never_wider_than_the_photo(photo, width, expected):
    image = Image.open(io.BytesIO(photos.thumbnail(photo, width)))
    assert image.format == "WEBP"
    assert image.width == expected


def test_a_thumbnail_is_generated_once_and_then_costs_one_query(photo, django_assert_num_queries):
    wanted = [(photo.sha256, width) for width in photos.WIDTHS]
    assert renditions.ensure_thumbnails(wanted) == 3
    with django_assert_num_queries(1):
        assert renditions.ensure_thumbnails(wanted) == 0


def test_the_stored_and_the_generated_thumbnail_are_the_same(photo, client, settings):
    assert policies.thumbnail_url(photo.sha256, 320) == f"/media/thumbs/{photo.sha256}-320.webp"
    settings.CACHING = {"uses": frozenset()}
    generated = policies.thumbnail_url(photo.sha256, 320)
    answer = client.get(generated)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer.content == stored(photos.thumbnail_name(photo.sha256, 320))


@pytest.mark.parametrize("path", ["{0}/321.webp", "{1}/320.webp", "{0}/320.jpg", "x/320.webp"])
def test_unknown_photos_and_other_widths_are_not_generated(photo, client, path):
    answer = client.get("/generate/thumb/" + path.format(photo.sha256, "b" * 64))
    assert answer.status_code == 404


@needs_ffmpeg
@pytest.mark.parametrize("kind", videos.KINDS)
def test_the_stored_and_the_generated_clip_are_the_same(clip, client, settings, kind):
    policy = policies.clip_url if kind == "webm" else policies.poster_url
    assert policy(clip.pk) == f"/media/clips/{'a' * 64}-0.5-1.{kind}"
    settings.CACHING = {"uses": frozenset()}
    answer = client.get(policy(clip.pk))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    assert answer.content == stored(videos.clip_name(clip, kind))


@needs_ffmpeg
def test_a_clip_is_as_long_as_it_says(clip, tmp_path):
    path = tmp_path / "clip.webm"
    path.write_bytes(videos.generate(clip, "webm"))
    videos.run(["-i", str(path), "-vf", "fps=10", str(tmp_path / "%d.png")])
    assert len(list(tmp_path.glob("*.png"))) == pytest.approx(10, abs=1)


@needs_ffmpeg
@pytest.mark.parametrize("span", ["0.5-2", "1-1", "0-9999"])
def test_only_the_clips_that_there_are_can_be_generated(clip, client, span):
    assert client.get(f"/generate/clip/{clip.source_sha256}/{span}.webm").status_code == 404


@needs_ffmpeg
def test_a_video_that_is_none_is_one_line(clip):
    default_storage.delete(clip.source_key)
    default_storage.save(clip.source_key, io.BytesIO(b"not a video"))
    with pytest.raises(BadVideo) as failure:
        videos.generate(clip, "webm")
    assert "\n" not in str(failure.value)


@needs_ffmpeg
def test_ffmpeg_is_stopped_when_it_takes_too_long(tmp_path):
    with pytest.raises(BadVideo, match=r"longer than 0\.2 s"):
        videos.run(["-re", "-f", "lavfi", "-i", "testsrc", str(tmp_path / "x.webm")], seconds=0.2)


@needs_ffmpeg
def test_a_playlist_cannot_make_ffmpeg_fetch_from_the_network(tmp_path):
    playlist = tmp_path / "list.m3u8"
    playlist.write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/x.ts\n#EXT-X-ENDLIST\n")
    with pytest.raises(BadVideo):
        videos.run(["-i", str(playlist), str(tmp_path / "x.webm")])


@needs_ffmpeg
def test_media_is_generated_ahead_and_again_when_the_bucket_lost_it(photo, clip, capsys):
    call_command("generate_media")
    call_command("generate_media")
    default_storage.delete(photos.thumbnail_name(photo.sha256, 320))
    call_command("generate_media")
    made = [line.split()[1] for line in capsys.readouterr().out.splitlines()]
    assert made == ["5", "0", "1"]
    assert Rendition.objects.count() == 5


@needs_ffmpeg
@pytest.mark.usefixtures("corpus")
def test_everything_is_prepared_once(db, settings, tmp_path, film, corpus_folder, capsys):
    settings.STATIC_ROOT = tmp_path / "static"
    (corpus_folder / "videos/film.webm").write_bytes(film)
    call_command("prepare", posts="0")
    first = capsys.readouterr().out
    assert "collected static files" in first
    call_command("prepare", posts="0")
    assert "collected" not in capsys.readouterr().out
