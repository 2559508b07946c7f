"""A product's pictures and videos: one page each, on which everything about them is said at once and saved together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shopkeeper.flows import pictures
from shopkeeper.flows.pictures import PictureWish, VideoWish
from shopkeeper.kit import together
from shopkeeper.kit.console import Command, Done
from shopkeeper.kit.ids import ProductId, UserId, VariantId
from shopkeeper.kit.text import Bilingual
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.media import public as media
from shopkeeper.selling.media.shapes import MOST_ALT, MOST_BYTES, MOST_PICTURES, MOST_VIDEO_BYTES, Cut, Picture, PictureDraft, Sent, Video

_SMALL = 320
LANGUAGES = (("en", "English"), ("zh-hans", "简体中文"))


def address(cut: Cut) -> str:
    """Return where a picture is fetched in a size for the console."""
    width = max((each for each in cut.widths if each <= _SMALL), default=cut.widths[0])
    return f"/media/{cut.key}/{width}.jpg"


def firsts(rows: Sequence[Any]) -> Mapping[int, str]:
    """Return the address of each product's first picture, for a list of products."""
    return {key: address(each.square) for key, each in media.first([ProductId(row.pk) for row in rows]).items()}


class Several(forms.FileInput):
    """A field for files: as many as one likes."""

    allow_multiple_selected = True


class Files(forms.FileField):
    """Several files at once; their contents are judged by the room, not by their names."""

    widget = Several

    def clean(self, data: Any, initial: Any = None) -> list[Sent]:
        """Return the files as they were sent, none where none were chosen."""
        chosen = data if isinstance(data, list | tuple) else [data] if data else []
        return [sent(each) for each in chosen]


def sent(file: Any) -> Sent:
    """Return an uploaded file as it crosses a face; one that is far too large is not read to its end."""
    return Sent(name=str(file.name)[:MOST_ALT], content=file.read(max(MOST_BYTES, MOST_VIDEO_BYTES) + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A picture on its page: where it is fetched, and its fields."""

    picture: Picture
    url: str
    fields: Sequence[Any]


class SavePictures(Command):
    """A product's pictures: new ones, and what is said of those that are there."""

    act = "media.save_pictures"
    title = gettext_lazy("Pictures")
    submit = gettext_lazy("Save pictures")
    caption = gettext_lazy(
        "The first one stands for the product on shelves. Place and camera are taken out of every file; what was in it besides the picture "
        "is gone."
    )
    template = "console/gallery.html"

    picture = Files(
        label=gettext_lazy("Add pictures"),
        required=False,
        widget=Several(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif,image/gif"}),
        help_text=gettext_lazy("JPEG, PNG, WebP, AVIF or GIF, at most 20 MB each, several at once; 1,500 pixels and more look best."),
    )

    def prepare(self) -> None:
        product_id = ProductId(self.target_id or 0)
        self.product, gallery = together.read(lambda: catalog.product_by_id(product_id), lambda: media.gallery(product_id))
        self.pictures: tuple[Picture, ...] = gallery.pictures
        language = self.setting.language
        self.variants = [(str(each.id), each.option.pick(language) or each.sku) for each in self.product.variants]
        for place, each in enumerate(self.pictures, start=1):
            self._fields_of(each, place)
        self.most = MOST_PICTURES

    def _fields_of(self, each: Picture, place: int) -> None:
        made: dict[str, forms.Field] = {
            "position": forms.IntegerField(label=_("Place in the list"), min_value=1, max_value=999, initial=place),
            "alt_en": forms.CharField(label=_("What it shows, in English"), max_length=MOST_ALT, required=False, initial=each.alt.en),
            "alt_zh": forms.CharField(label=_("What it shows, in Chinese"), max_length=MOST_ALT, required=False, initial=each.alt.zh),
            "focus_x": forms.IntegerField(label=_("Focus from the left, %"), min_value=0, max_value=100, initial=each.focus[0]),
            "focus_y": forms.IntegerField(label=_("Focus from the top, %"), min_value=0, max_value=100, initial=each.focus[1]),
        }
        if len(self.variants) > 1:
            made["variants"] = forms.MultipleChoiceField(
                label=_("Shown for"),
                choices=self.variants,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                initial=[str(variant) for variant in each.variants],
                help_text=_("None chosen: for all of them."),
            )
        made["gone"] = forms.BooleanField(label=_("Remove this picture"), required=False)
        for name, field in made.items():
            self.fields[f"{name}_{each.id}"] = field

    def shown(self) -> list[Shown]:
        """Return the pictures that are there, each with its fields."""
        return [
            Shown(picture=each, url=address(each.whole), fields=[self[name] for name in self.fields if name.endswith(f"_{each.id}")])
            for each in self.pictures
        ]

    def name(self) -> str:
        return str(self.product.name.pick(self.setting.language))

    def wishes(self) -> list[PictureWish]:
        """Return what is wished of each picture that is there."""
        found = self.cleaned_data
        return [
            PictureWish(
                id=each.id,
                position=found[f"position_{each.id}"],
                is_removed=found[f"gone_{each.id}"],
                draft=PictureDraft(
                    alt=Bilingual(found[f"alt_en_{each.id}"], found[f"alt_zh_{each.id}"]),
                    focus=(found[f"focus_x_{each.id}"], found[f"focus_y_{each.id}"]),
                    variants=tuple(VariantId(int(one)) for one in found.get(f"variants_{each.id}", [])) or self._others(each),
                ),
            )
            for each in self.pictures
        ]

    def _others(self, each: Picture) -> tuple[VariantId, ...]:
        """Return what a picture was shown for where the form does not ask, because there is one variant only."""
        return each.variants if len(self.variants) <= 1 else ()

    def run(self, *, actor: UserId, now: datetime) -> Done:
        pictures.save_pictures(product_id=self.product.id, files=self.cleaned_data["picture"], wishes=self.wishes(), actor=actor, now=now)
        return Done(_("The pictures of “%(name)s” are saved.") % {"name": self.name()}, self.product.id)


class SaveVideos(Command):
    """A product's videos: a new one, and what is said of those that are there."""

    act = "media.save_videos"
    title = gettext_lazy("Videos")
    submit = gettext_lazy("Save videos")
    caption = gettext_lazy(
        "A video is shown as it is sent: it is checked, not made smaller, and what the camera wrote into it stays in it. It plays only "
        "when somebody presses play."
    )
    template = "console/gallery.html"
    RENAMED = {"caption_en": "caption_new_en", "caption_zh": "caption_new_zh"}

    video = forms.FileField(
        label=gettext_lazy("Add a video"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "video/mp4,video/webm"}),
        help_text=gettext_lazy("MP4 or WebM, at most 40 MB."),
    )
    poster = forms.FileField(label=gettext_lazy("Picture before it plays"), required=False, widget=forms.FileInput)
    caption_new_en = forms.CharField(label=gettext_lazy("Words below the video, in English"), max_length=MOST_ALT, required=False)
    caption_new_zh = forms.CharField(label=gettext_lazy("Words below the video, in Chinese"), max_length=MOST_ALT, required=False)
    track = forms.FileField(
        label=gettext_lazy("Written-out words"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".vtt,text/vtt"}),
        help_text=gettext_lazy("WebVTT of what is said, for those who cannot hear it. Of the video chosen below, or of the new one."),
    )
    track_language = forms.ChoiceField(label=gettext_lazy("Language of the words"), choices=LANGUAGES, required=False)

    def prepare(self) -> None:
        product_id = ProductId(self.target_id or 0)
        self.product, gallery = together.read(lambda: catalog.product_by_id(product_id), lambda: media.gallery(product_id))
        self.videos: tuple[Video, ...] = gallery.videos
        named = [("", _("the new one")), *((str(each.id), each.caption.pick(self.setting.language)) for each in self.videos)]
        self.fields["track_of"] = forms.ChoiceField(label=_("Words of which video"), choices=named, required=False)
        self.groups = [
            (_("New video"), ["video", "poster", "caption_new_en", "caption_new_zh"]),
            (_("Written-out words"), ["track", "track_language", "track_of"]),
        ]
        for each in self.videos:
            self.groups.append((each.caption.pick(self.setting.language), self._fields_of(each)))

    def _fields_of(self, each: Video) -> list[str]:
        made: dict[str, forms.Field] = {
            f"caption_{each.id}_en": forms.CharField(label=_("In English"), max_length=MOST_ALT, required=False, initial=each.caption.en),
            f"caption_{each.id}_zh": forms.CharField(label=_("In Chinese"), max_length=MOST_ALT, required=False, initial=each.caption.zh),
            f"gone_{each.id}": forms.BooleanField(label=_("Remove this video"), required=False),
        }
        for name, field in made.items():
            self.fields[name] = field
        return list(made)

    def name(self) -> str:
        return str(self.product.name.pick(self.setting.language))

    def _wish(self, each: Video) -> VideoWish:
        found = self.cleaned_data
        said = Bilingual(found[f"caption_{each.id}_en"], found[f"caption_{each.id}_zh"])
        return VideoWish(id=each.id, caption=said, is_removed=found[f"gone_{each.id}"])

    def run(self, *, actor: UserId, now: datetime) -> Done:
        found = self.cleaned_data
        pictures.save_videos(
            product_id=self.product.id,
            film=sent(found["video"]) if found["video"] else None,
            poster=sent(found["poster"]) if found["poster"] else None,
            caption=Bilingual(found["caption_new_en"], found["caption_new_zh"]),
            track=found["track"].read() if found["track"] else None,
            track_language=found["track_language"] or "en",
            track_of=next((each.id for each in self.videos if str(each.id) == found["track_of"]), None),
            wishes=[self._wish(each) for each in self.videos],
            actor=actor,
            now=now,
        )  # fmt: skip
        return Done(_("The videos of “%(name)s” are saved.") % {"name": self.name()}, self.product.id)
