"""Pictures as pages show them: read and written anew, so that neither a position nor anything else comes along."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from tawteen.web.survey.params import FILES

PICTURE_FORMATS = ("JPEG", "PNG", "WEBP")
SHOWN_MEDIA = "image/jpeg"


class PictureError(Exception):
    """A file that is no picture, or one that is too large to be read."""


def shown_picture(path: Path, side: int) -> bytes:
    """The picture of a file as JPEG, upright, its longer side no longer than `side` pixels, and without metadata.

    Raises PictureError where it is none that can be read.
    """
    try:
        with Image.open(path, formats=PICTURE_FORMATS) as picture:
            if picture.width * picture.height > FILES.most_pixels:
                raise PictureError(path.name)
            picture.draft("RGB", (side, side))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((side, side))
            stream = io.BytesIO()
            on_white(upright).save(stream, "JPEG", quality=FILES.quality, optimize=True)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureError(path.name) from error
    return stream.getvalue()


def on_white(picture: Image.Image) -> Image.Image:
    """The colours alone, of a picture that one can see through before white."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        opaque = Image.new("RGBA", picture.size, "white")
        opaque.alpha_composite(picture.convert("RGBA"))
        picture = opaque
    plain = picture.convert("RGB")
    plain.info.clear()
    return plain
