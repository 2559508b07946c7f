"""What a file is, judged by its content and never by its name."""

from collections.abc import Mapping

PICTURES: Mapping[str, str] = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "avif": "AVIF", "gif": "GIF"}
"""Kinds of pictures that are taken, each with the name of the reader for it."""

_STARTS = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"BM", "bmp"),
    (b"\x1f\x8b", "gzip"),
    (b"8BPS", "psd"),
    (b"\x00\x00\x01\x00", "ico"),
)
_HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_MP4 = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"M4VP", b"dash", b"mmp4", b"3gp4", b"3gp5")
_EBML = b"\x1aE\xdf\xa3"
_LOOK = 1_024

# Each is long enough not to come up in packed bytes by chance.
_SECOND_NATURES = ((b"<script", "html"), (b"<html", "html"), (b"<!doctype html", "html"), (b"<?php", "php"), (b"%pdf-", "pdf"))
_ZIP_END = b"PK\x05\x06"
_ZIP_LOOK = 66_000


def kind_of(content: bytes) -> str:
    """Return what a file is by its first bytes: a kind of `PICTURES`, `mp4`, `webm`, another thing we know the name of, or nothing."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content[4:8] == b"ftyp":
        return _boxed(content)
    if content[:4] == _EBML:
        return "webm" if b"webm" in content[:64] else "matroska"
    for start, name in _STARTS:
        if content.startswith(start):
            return name
    return _marked_up(content[:_LOOK])


def second_nature(content: bytes) -> str:
    """Return what a picture's file is besides: a page, a program, a document, an archive; empty where it is nothing else.

    Everything is made anew and would lose it; who sends such a file wants something else than to show a picture.
    """
    flat = content.lower()
    for mark, name in _SECOND_NATURES:
        if mark in flat:
            return name
    return "zip" if _ZIP_END in content[-_ZIP_LOOK:] else ""


def _boxed(content: bytes) -> str:
    brand = content[8:12]
    # The length of the first box says how many brands follow the main one.
    brands = content[8 : min(int.from_bytes(content[:4], "big"), 256)]
    if brand in (b"avif", b"avis") or (brand in _HEIC and b"avif" in brands):
        return "avif"
    if brand in _HEIC:
        return "heic"
    if brand in _MP4:
        return "mp4"
    return "quicktime" if brand == b"qt  " else ""


def _marked_up(head: bytes) -> str:
    flat = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in flat:
        return "svg"
    if flat.startswith((b"<!doctype html", b"<html", b"<script", b"<body", b"<head")):
        return "html"
    return "xml" if flat.startswith(b"<?xml") else ""
