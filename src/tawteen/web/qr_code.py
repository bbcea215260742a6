"""QR codes as SVG, without a file and without a style."""

from __future__ import annotations


def qr_path(text: str) -> tuple[int, str]:
    """A QR code with its quiet zone: its modules on a side, and the path of its dark ones for SVG."""
    from qrcode import QRCode  # noqa: PLC0415 - few pages show one

    code = QRCode()
    code.add_data(text)
    code.make()
    rows = code.get_matrix()
    runs = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return len(rows), "".join(runs)
