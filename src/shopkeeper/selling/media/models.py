"""Pictures and videos of goods, and the photos of reviews, each kept once however often it is shown. Their bytes stand here too.

Products, variants and reviews are known by their ids only: their rooms stand beside this one.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from shopkeeper.selling.media.shapes import MOST_ALT, Format, VideoKind


class Original(models.Model):
    """A picture as it was made anew from what was sent: upright, sRGB, without anything but the picture. Named by its content."""

    sha = models.CharField(max_length=64, primary_key=True)
    content = models.BinaryField()
    width = models.IntegerField()
    height = models.IntegerField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(width__gt=0, height__gt=0), name="media_original_measure")]


class Cut(models.Model):
    """An original whole, or a square out of it. `is_ready`: every size is there in every format."""

    key = models.CharField(max_length=32, primary_key=True)
    original = models.ForeignKey(Original, on_delete=models.PROTECT, related_name="cuts")
    is_square = models.BooleanField()
    focus_x = models.SmallIntegerField()
    focus_y = models.SmallIntegerField()
    width = models.IntegerField()
    height = models.IntegerField()
    is_ready = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(focus_x__range=(0, 100), focus_y__range=(0, 100)), name="media_cut_focus"),
            models.CheckConstraint(condition=Q(width__gt=0, height__gt=0), name="media_cut_measure"),
        ]
        indexes: ClassVar = [models.Index("key", condition=Q(is_ready=False), name="media_cut_waits")]


class Size(models.Model):
    """A cut at one width in one format: the bytes that are served."""

    cut = models.ForeignKey(Cut, on_delete=models.CASCADE, related_name="sizes", db_index=False)
    width = models.IntegerField()
    format = models.CharField(max_length=4)
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("cut", "width", "format", name="media_size_once"),
            models.CheckConstraint(condition=Q(format__in=[each.value for each in Format]), name="media_size_format_known"),
        ]


class Picture(models.Model):
    """A picture in a product's gallery."""

    product_id = models.BigIntegerField()
    position = models.IntegerField()
    original = models.ForeignKey(Original, on_delete=models.PROTECT, related_name="+")
    whole = models.ForeignKey(Cut, on_delete=models.PROTECT, related_name="+")
    square = models.ForeignKey(Cut, on_delete=models.PROTECT, related_name="+")
    alt_en = models.CharField(max_length=MOST_ALT, blank=True)
    alt_zh = models.CharField(max_length=MOST_ALT, blank=True)
    focus_x = models.SmallIntegerField(default=50)
    focus_y = models.SmallIntegerField(default=50)
    added_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("product_id", "original", name="media_picture_once"),
            models.CheckConstraint(condition=Q(focus_x__range=(0, 100), focus_y__range=(0, 100)), name="media_picture_focus"),
        ]
        indexes: ClassVar = [models.Index("product_id", "position", "id", name="media_picture_gallery")]


class PictureVariant(models.Model):
    """A variant that a picture shows."""

    picture = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="shown", db_index=False)
    variant_id = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("picture", "variant_id", name="media_picturevariant_once")]


class Kept(models.Model):
    """Whom, beside a product's gallery, an original is kept for: the photos of a review, all its versions."""

    original = models.ForeignKey(Original, on_delete=models.PROTECT, related_name="+")
    holder = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("original", "holder", name="media_kept_once")]


class Film(models.Model):
    """A video's file as it was sent, in pieces; named by its content."""

    sha = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=4)
    size = models.IntegerField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=[each.value for each in VideoKind]), name="media_film_kind_known"),
            models.CheckConstraint(condition=Q(size__gt=0), name="media_film_is_something"),
        ]


class FilmPiece(models.Model):
    """A stretch of a video's file; all but the last are equally long."""

    film = models.ForeignKey(Film, on_delete=models.CASCADE, related_name="pieces", db_index=False)
    number = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("film", "number", name="media_filmpiece_once")]


class Video(models.Model):
    """A video in a product's gallery."""

    product_id = models.BigIntegerField()
    position = models.IntegerField()
    film = models.ForeignKey(Film, on_delete=models.PROTECT, related_name="+")
    poster = models.ForeignKey(Cut, null=True, on_delete=models.PROTECT, related_name="+")
    caption_en = models.CharField(max_length=MOST_ALT, blank=True)
    caption_zh = models.CharField(max_length=MOST_ALT, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("product_id", "film", name="media_video_once")]
        indexes: ClassVar = [models.Index("product_id", "position", "id", name="media_video_gallery")]


class Track(models.Model):
    """What is said in a video, as WebVTT, in one language; `key` is made from the text and stands in its address."""

    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="tracks", db_index=False)
    language = models.CharField(max_length=10)
    key = models.CharField(max_length=32)
    text = models.TextField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("video", "language", name="media_track_once")]
        indexes: ClassVar = [models.Index("key", name="media_track_key")]
