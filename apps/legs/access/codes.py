"""What is shown to a reader: the pass as text, or as an image that a scanner reads."""

import base64
import io
from typing import Any

import segno
import zxingcpp
from PIL import Image

from apps.legs.access.opening import Opening

PNG = "image/png"
PIXELS_PER_MODULE = 4


def token(opening: Opening) -> dict[str, Any]:
    """The pass itself, or the ticket, for an app that hands it to a lock or a gate (docs/access.md)."""
    return {"tokenType": "tokenDefault", "accessMethod": "TOMP-API", "token": opening.ticket or opening.signed_pass}


def qr_code(opening: Opening) -> dict[str, Any]:
    """A QR code of the link into the operator's app, or of the ticket: a PNG image, base64."""
    code = segno.make_qr(opening.scanned)
    return {"tokenType": "tokenQR", "base64": _base64(_qr_png(code)), "version": str(code.version)}


def aztec_code(opening: Opening) -> dict[str, Any]:
    """The same as an Aztec code."""
    return _image("AZTEC", aztec_png(opening.scanned))


def barcode(opening: Opening) -> dict[str, Any]:
    """A barcode (Code 128) of the short code or the ticket."""
    return _image("BARCODE", barcode_png(opening.short_code))


def shown_code(opening: Opening) -> bytes:
    """The code on a page or a document: an image of the kind that readers of this asset type read, else a QR code."""
    offered = opening.leg.asset_type.access_methods
    if "QR" not in offered and "AZTEC" in offered:
        return aztec_png(opening.scanned)
    if "QR" not in offered and "BARCODE" in offered:
        return barcode_png(opening.short_code)
    return qr_png(opening.scanned)


def qr_png(content: str) -> bytes:
    """`content` as a QR code."""
    return _qr_png(segno.make_qr(content))


def aztec_png(content: str) -> bytes:
    """`content` as an Aztec code."""
    return _png(zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.Aztec))


def barcode_png(content: str) -> bytes:
    """`content` as a Code 128 barcode, with what it says below."""
    return _png(zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.Code128), readable=True)


def _qr_png(code: segno.QRCode) -> bytes:
    image = io.BytesIO()
    code.save(image, kind="png", scale=PIXELS_PER_MODULE)
    return image.getvalue()


def _png(code: zxingcpp.Barcode, *, readable: bool = False) -> bytes:
    pixels = code.to_image(scale=PIXELS_PER_MODULE, add_hrt=readable)
    image = io.BytesIO()
    Image.fromarray(pixels).convert("1").save(image, "PNG")
    return image.getvalue()


def _image(method: str, png: bytes) -> dict[str, Any]:
    """TOMP has no token of its own for these; its `tokenDefault` may hold anything."""
    return {"tokenType": "tokenDefault", "accessMethod": method, "contentType": PNG, "base64": _base64(png)}


def _base64(png: bytes) -> str:
    return base64.b64encode(png).decode()
