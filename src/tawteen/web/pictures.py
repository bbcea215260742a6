"""Pictures as pages show them: read and written anew, so that neither a position nor anything else comes along."""

from __future__ import annotations

import io
import struct
from pathlib import Path

from PIL import ExifTags, Image, UnidentifiedImageError

from tawteen.web.survey.params import FILES

PICTURE_FORMATS = ("JPEG", "PNG", "WEBP")
SHOWN_MEDIA = "image/jpeg"


_FAULTS = (
    UnidentifiedImageError, OSError, ValueError, TypeError, SyntaxError, struct.error, Image.DecompressionBombError,
)  # fmt: skip
"""What the library raises for pictures with contents or metadata that are wrong."""


_TURNS: dict[object, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip
"""By the orientation of EXIF, what makes a picture upright."""


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
            picture.thumbnail((side, side))
            stream = io.BytesIO()
            on_white(upright(picture)).save(stream, "JPEG", quality=FILES.quality, optimize=True)
    except _FAULTS as error:
        raise PictureError(path.name) from error
    return stream.getvalue()


def upright(picture: Image.Image) -> Image.Image:
    """A picture as it was held, by its metadata; `ImageOps.exif_transpose` writes all of that again, which fails where
    a telephone wrote a position as text.
    """
    turn = _TURNS.get(picture.getexif().get(ExifTags.Base.Orientation))
    return picture if turn is None else picture.transpose(turn)


def on_white(picture: Image.Image) -> Image.Image:
    """The colours alone, of a picture that one can see through before white."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        opaque = Image.new("RGBA", picture.size, "white")
        opaque.alpha_composite(picture.convert("RGBA"))
        picture = opaque
    plain = picture.convert("RGB")
    plain.info.clear()
    return plain
