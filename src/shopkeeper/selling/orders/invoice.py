"""The invoice as an A4 page: paper, ink and a red seal, in the buyer's language, the same bytes each time it is asked for."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent
from django.utils.translation import gettext as _
from django.utils.translation import override
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont
from PIL import Image

from shopkeeper.kit import divisions, places
from shopkeeper.kit.money import BASIS_POINTS, exponent, to_decimal
from shopkeeper.selling.orders.shapes import InvoiceWish, NoInvoice, Order, OrderLine, OrderState
from shopkeeper.selling.shop import public as shops
from shopkeeper.selling.shop.shapes import Shop

FONTS = Path(__file__).parent / "fonts"
WHOLE = {"sans": FONTS / "sans.otf", "serif": FONTS / "serif-bold.otf"}
LATIN = {"sans": FONTS / "sans-latin.otf", "serif": FONTS / "serif-bold-latin.otf"}
"""The same letters, as far as they are Latin: fonts of many thousand letters cost most of the time of an invoice that needs a hundred."""

PAPER, LINE, LINE_STRONG = (250, 248, 244), (226, 220, 209), (201, 192, 177)
INK, INK_2, INK_3 = (29, 26, 23), (93, 86, 77), (113, 106, 96)
SEAL, SHEET = (185, 58, 43), (255, 255, 255)

LEFT, RIGHT, WIDTH = 18.0, 192.0, 174.0
HEAD_HEIGHT = 46.0
SEAL_SIDE, LOGO_WIDE = 18.0, 40.0
FOOT = 24.0
BABEL = {"en": "en_GB", "zh-hans": "zh_Hans_CN"}


def draw(order: Order, *, language: str, shop: Shop | None = None, wish: InvoiceWish | None = None, logo: bytes | None = None) -> bytes:
    """Return the invoice of a paid order as PDF, with the shop's particulars as they are now unless given. Raises NoInvoice.

    `wish`: to whom the buyer wants it written, instead of to whoever ordered. `logo`: a picture that stands in the place of the seal.
    A gift's note is never on it.
    """
    if not order.has_invoice:
        raise NoInvoice(order.number, may_come=order.state is OrderState.PLACED)
    particulars = shop if shop is not None else shops.shop()
    with override(language):
        fonts = dict(LATIN)
        while True:
            try:
                return _drawn(order, particulars, language, fonts, _Added(wish, logo))
            except _MoreLetters as more:
                fonts[more.font] = WHOLE[more.font]


@dataclass(frozen=True, slots=True)
class _Added:
    """What not every invoice has."""

    wish: InvoiceWish | None = None
    logo: bytes | None = None


_NOTHING = _Added()


def _drawn(order: Order, shop: Shop, language: str, fonts: Mapping[str, Path], added: _Added = _NOTHING) -> bytes:
    page = _Page(order, shop, language, fonts)
    page.wish, page.logo = added.wish, added.logo
    with closing(page):
        page.head()
        page.parties()
        page.goods()
        page.totals()
        page.tax_table()
        return page.finish()


class _MoreLetters(Exception):
    """A letter is wanted that the small cut of a font lacks."""

    def __init__(self, font: str) -> None:
        super().__init__(font)
        self.font = font


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    width: float
    align: str


class _Page:
    """A pen over the paper; all lengths in millimetres."""

    def __init__(self, order: Order, shop: Shop, language: str, fonts: Mapping[str, Path]) -> None:
        self.order, self.shop, self.language, self.locale = order, shop, language, BABEL[language]
        self.wish: InvoiceWish | None = None
        self.logo: bytes | None = None
        self.pdf = _Paper(self._foot_lines(), fonts)
        self.pdf.set_creation_date(order.placed_at)
        self.pdf.set_title(f"{_('Invoice')} {order.number}")
        self.pdf.set_author(shop.legal_name or shop.name.pick(language))
        self.pdf.set_lang("zh-Hans" if language.startswith("zh") else "en")
        self.pdf.add_page()

    # ── parts of the page ─────────────────────────────────────────────────────────────────────────────────────────────

    def head(self) -> None:
        """The shop's logo or seal and its name on a band of paper, the word Invoice and its number to the right."""
        pdf, name = self.pdf, self.shop.name.pick(self.language)
        pdf.set_fill_color(*PAPER)
        pdf.rect(0, 0, 210, HEAD_HEIGHT, style="F")
        pdf.set_draw_color(*LINE)
        pdf.line(0, HEAD_HEIGHT, 210, HEAD_HEIGHT)
        beside = LEFT + self._mark(LEFT, 14) + 5
        room = RIGHT - 63 - beside
        self._text(beside, 15.5, name, font="serif", size=self._fitting(name, room), width=room)
        self._text(beside, 24, self.shop.tagline.pick(self.language), size=8.5, colour=INK_2, width=room)
        self._text(RIGHT - 70, 13.5, _("Invoice"), font="serif", size=24, width=70, align="R")
        self._text(RIGHT - 70, 26, self.order.number, size=11, colour=SEAL, width=70, align="R")
        pdf.set_y(HEAD_HEIGHT + 9)

    def parties(self) -> None:
        """Who bought, where it goes, and when, in three columns."""
        address, contact, top = self.order.address, self.order.contact, self.pdf.get_y()
        wish = self.wish
        bought = [wish.title, wish.tax_number, wish.email] if wish else [contact.name, contact.email, contact.phone]
        sent = [
            *divisions.lines(
                name=address.name, line1=address.line1, line2=address.line2, city=address.city, region=address.region,
                postcode=address.postcode, country=address.country,
            ),
            self._country(address.country),
        ]  # fmt: skip
        made = self._dates()
        bottoms = [
            self._block(LEFT, top, 54, _("Sold to"), bought),
            self._block(LEFT + 60, top, 58, _("Delivered to"), sent),
            self._block(LEFT + 124, top, 50, _("Dates"), made),
        ]
        self.pdf.set_y(max(bottoms) + 7)

    def goods(self) -> None:
        """The lines, under a head that comes again on every page."""
        columns = (
            _Column("", 8, "L"), _Column(_("Goods"), 78, "L"), _Column(_("Units"), 16, "R"), _Column(_("Unit price"), 26, "R"),
            _Column(_("Tax rate"), 18, "R"), _Column(_("Amount"), 28, "R"),
        )  # fmt: skip
        self._columns(columns)
        for number, line in enumerate(self.order.lines, start=1):
            self._goods_line(number, line, columns)

    def totals(self) -> None:
        """Goods, delivery, tax, what was paid and given back, flush right; the total in the seal's red."""
        order, rows = self.order, [(_("Goods"), sum(line.gross_minor for line in self.order.lines))]
        if order.discount_minor:
            rows.append((_("of it taken off"), -order.discount_minor))
        delivery = order.delivery_name.pick(self.language)
        rows.append((_("Delivery") + (f" · {delivery}" if delivery else ""), order.delivery_minor))
        self._room_for(14 + 6.2 * (len(rows) + 3))
        self.pdf.set_y(self.pdf.get_y() + 3)
        top = self.pdf.get_y()
        for label, amount in rows:
            self._sum(label, amount)
        self._sum(_("of it tax"), order.tax_minor, colour=INK_3)
        self._rule(LEFT + 86, self.pdf.get_y() + 1, LINE_STRONG)
        self.pdf.set_y(self.pdf.get_y() + 2.5)
        self._sum(_("Total"), order.total_minor, font="serif", size=14, colour=SEAL, height=9)
        if order.refunded_minor:
            self._sum(_("Refunded"), -order.refunded_minor)
            self._sum(_("Left after refunds"), order.paid_minor - order.refunded_minor, font="serif", size=10)
        bottom = self.pdf.get_y()
        self._stamp(LEFT + 14, top + 8)
        self.pdf.set_y(bottom)

    def tax_table(self) -> None:
        """Net, tax and gross by rate: what a bookkeeper looks for."""
        rates: dict[int, list[int]] = {}
        for line in self.order.lines:
            sums = rates.setdefault(line.tax_basis_points, [0, 0])
            sums[0] += line.gross_minor
            sums[1] += line.tax_minor
        if self.order.delivery_minor and self.order.lines:
            sums = rates[self.order.lines[0].tax_basis_points]
            sums[0] += self.order.delivery_minor
            sums[1] += self.order.delivery_tax_minor
        self._room_for(16 + 6 * len(rates))
        self.pdf.set_y(self.pdf.get_y() + 8)
        columns = (_Column(_("Tax rate"), 30, "L"), _Column(_("Net"), 32, "R"), _Column(_("Tax"), 32, "R"), _Column(_("Gross"), 32, "R"))
        self._columns(columns)
        for rate, (gross, tax) in sorted(rates.items()):
            self._row(columns, [self._percent(rate), self._money(gross - tax), self._money(tax), self._money(gross)], size=8.5)

    def finish(self) -> bytes:
        """The page as PDF."""
        return bytes(self.pdf.output())

    def close(self) -> None:
        """Close the files of the fonts, which the library leaves open."""
        for font in self.pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()

    # ── strokes ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _goods_line(self, number: int, line: OrderLine, columns: Sequence[_Column]) -> None:
        pdf = self.pdf
        pdf.set_font("sans", size=9.5)
        wrapped = pdf.wrapped(line.name.pick(self.language) or line.sku, columns[1].width - 3)
        held = self._held(line, columns[1].width - 3)
        self._room_for(5.5 + 4.6 * len(wrapped) + 3.6 * len(held), columns)
        top = pdf.get_y() + 1.6
        self._text(LEFT, top, str(number), size=8, colour=INK_3, width=columns[0].width)
        for index, part in enumerate(wrapped):
            self._text(LEFT + columns[0].width, top + 4.6 * index, part, size=9.5, width=columns[1].width)
        bottom = top + 4.6 * len(wrapped)
        for small in [line.sku, *held]:
            self._text(LEFT + columns[0].width, bottom - 0.2, small, size=7.5, colour=INK_3, width=columns[1].width)
            bottom += 3.6
        bottom -= 3.6
        cells = [
            format_decimal(line.units, locale=self.locale), self._money(line.unit_minor), self._percent(line.tax_basis_points),
            self._money(line.gross_minor),
        ]  # fmt: skip
        at = LEFT + columns[0].width + columns[1].width
        for column, cell in zip(columns[2:], cells, strict=True):
            self._text(at, top, cell, size=9.5, width=column.width, align=column.align)
            at += column.width
        self._rule(LEFT, bottom + 4.6, LINE)
        pdf.set_y(bottom + 4.6)

    def _held(self, line: OrderLine, width: float) -> list[str]:
        """What one of a bundle holds, a line or more for each part, in small letters."""
        self.pdf.set_font("sans", size=7.5)
        told = [f"{part.units} × {part.name.pick(self.language) or part.sku} · {part.sku}" for part in line.parts]
        return [row for each in told for row in self.pdf.wrapped(each, width)]

    def _columns(self, columns: Sequence[_Column]) -> None:
        self._row(columns, [column.title for column in columns], size=7.5, colour=INK_3)
        self._rule(LEFT, self.pdf.get_y(), LINE_STRONG, LEFT + sum(column.width for column in columns))

    def _row(self, columns: Sequence[_Column], cells: Sequence[str], *, size: float, colour: tuple[int, int, int] = INK) -> None:
        at, top = LEFT, self.pdf.get_y()
        for column, cell in zip(columns, cells, strict=True):
            self._text(at, top + 1, cell, size=size, colour=colour, width=column.width, align=column.align)
            at += column.width
        self.pdf.set_y(top + 6)

    def _sum(
        self, label: str, amount: int, *, font: str = "sans", size: float = 9.5, colour: tuple[int, int, int] = INK, height: float = 6.2
    ) -> None:
        top = self.pdf.get_y()
        self._text(LEFT + 86, top, label, font=font, size=size, colour=colour, width=54)
        self._text(RIGHT - 42, top, self._money(amount), font=font, size=size, colour=colour, width=42, align="R")
        self.pdf.set_y(top + height)

    def _block(self, left: float, top: float, width: float, title: str, lines: Sequence[str]) -> float:
        self._text(left, top, title, size=7.5, colour=INK_3, width=width)
        at = top + 5.5
        for line in lines or ["—"]:
            self.pdf.set_font("sans", size=9.5)
            for part in self.pdf.wrapped(line, width):
                self._text(left, at, part, size=9.5, width=width)
                at += 4.8
        return at

    def _fitting(self, name: str, room: float) -> float:
        """Return the largest size of letters, 17 at most and 8 at least, in which a name is no wider than that."""
        self.pdf.set_font("serif", size=17)
        return max(8.0, min(17.0, 17 * room / max(self.pdf.get_string_width(self.pdf.known(name, "serif")), 1)))

    def _mark(self, left: float, top: float) -> float:
        """Put the logo or else the seal here, as high as the band has room, and return how wide it is."""
        if self.logo is None:
            self._seal(left, top, SEAL_SIDE, self.shop.name.zh or self.shop.name.en)
            return SEAL_SIDE
        with Image.open(BytesIO(self.logo)) as picture:
            smaller = min(SEAL_SIDE / picture.height, LOGO_WIDE / picture.width)
            width, height = picture.width * smaller, picture.height * smaller
        self.pdf.image(BytesIO(self.logo), x=left, y=top + (SEAL_SIDE - height) / 2, w=width, h=height)
        return width

    def _seal(self, left: float, top: float, side: float, name: str) -> None:
        """The shop's first two characters on a red square, one above the other, as on a paper seal; of a Latin name the first letter."""
        pdf, letters = self.pdf, [letter for letter in self.pdf.known(name, "serif") if not letter.isspace()]
        pdf.set_fill_color(*SEAL)
        pdf.rect(left, top, side, side, style="F", round_corners=True, corner_radius=2.2)
        if letters and ord(letters[0]) > 0x2E7F:
            for place, letter in enumerate(letters[:2]):
                self._text(left, top + 1.4 + 7.7 * place, letter, font="serif", size=19, colour=SHEET, width=side, align="C", height=7.6)
        elif letters:
            self._text(left, top + 4.5, letters[0].upper(), font="serif", size=28, colour=SHEET, width=side, align="C", height=9)

    def _stamp(self, left: float, top: float) -> None:
        """A word stamped aslant where it says more than the figures do: paid, or cancelled."""
        order = self.order
        word = _("Cancelled") if order.state in (OrderState.CANCELLED, OrderState.EXPIRED) else _("Paid") if order.paid_at else ""
        if not word:
            return
        pdf = self.pdf
        pdf.set_font("serif", size=17)
        wide = pdf.get_string_width(word) + 12
        with pdf.rotation(9, left + wide / 2, top + 6):
            pdf.set_draw_color(*SEAL)
            pdf.set_line_width(0.8)
            pdf.rect(left, top, wide, 12.5, round_corners=True, corner_radius=1.8)
            pdf.set_line_width(0.25)
            pdf.rect(left + 1.1, top + 1.1, wide - 2.2, 10.3, round_corners=True, corner_radius=1.2)
            self._text(left, top + 2.2, word, font="serif", size=17, colour=SEAL, width=wide, align="C", height=8)
        pdf.set_line_width(0.2)

    def _text(
        self, left: float, top: float, text: str, *, width: float, font: str = "sans", size: float = 9.5, align: str = "L",
        colour: tuple[int, int, int] = INK, height: float = 4.8,
    ) -> None:  # fmt: skip
        pdf = self.pdf
        pdf.set_font(font, size=size)
        pdf.set_text_color(*colour)
        pdf.set_xy(left, top)
        pdf.cell(width, height, pdf.known(text), align=align, new_x=XPos.RIGHT, new_y=YPos.TOP)

    def _rule(self, left: float, top: float, colour: tuple[int, int, int], right: float = RIGHT) -> None:
        self.pdf.set_draw_color(*colour)
        self.pdf.set_line_width(0.2)
        self.pdf.line(left, top, right, top)

    def _room_for(self, height: float, columns: Sequence[_Column] = ()) -> None:
        """Begin a new page where the rest of this one is too short."""
        if self.pdf.get_y() + height > 297 - FOOT:
            self.pdf.add_page()
            self.pdf.set_y(18)
            if columns:
                self._columns(columns)

    # ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _dates(self) -> list[str]:
        lines = [_("Ordered {day}").format(day=self._day(self.order.placed_at))]
        if self.order.paid_at:
            lines.append(_("Paid {day}").format(day=self._day(self.order.paid_at)))
        if self.order.shipments:
            lines.append(_("Shipped {day}").format(day=self._day(self.order.shipments[-1].shipped_at)))
        return lines

    def _foot_lines(self) -> tuple[str, ...]:
        shop = self.shop
        licence = " · ".join(part for part in (shop.licence_number, shop.licence_authority) if part)
        return (
            " · ".join(part for part in (shop.legal_name, shop.address) if part),
            " · ".join(part for part in (self._licence(licence), shop.email, shop.phone) if part),
            _("Thank you for buying from us."),
        )

    def _licence(self, licence: str) -> str:
        return _("Licence {licence}").format(licence=licence) if licence else ""

    def _day(self, moment: datetime) -> str:
        return format_date(moment.astimezone(ZoneInfo(self.shop.zone)).date(), format="long", locale=self.locale)

    def _money(self, minor: int) -> str:
        currency = self.order.currency
        pattern = None if exponent(currency) == 2 else "¤" + "#,##0" + ("." + "0" * exponent(currency) if exponent(currency) else "")
        return format_currency(to_decimal(minor, currency), currency, format=pattern, locale=self.locale)

    def _percent(self, basis_points: int) -> str:
        return format_percent(basis_points / BASIS_POINTS, format="#,##0.##%", locale=self.locale)

    def _country(self, code: str) -> str:
        return places.territory(code, Locale.parse(self.locale))


class _Paper(FPDF):
    """An A4 sheet with the shop's particulars at its foot and a page number where there are several."""

    def __init__(self, foot: Sequence[str], fonts: Mapping[str, Path]) -> None:
        super().__init__(format="A4")
        self.foot_lines = foot
        for name, file in fonts.items():
            self.add_font(name, fname=file)
        self.whole = {name for name, file in fonts.items() if file == WHOLE[name]}
        self.glyphs = {name: frozenset(font.cmap) for name, font in self.fonts.items() if isinstance(font, TTFFont)}
        self.set_auto_page_break(False)
        self.set_margins(LEFT, 18, 210 - RIGHT)
        self.c_margin = 0
        self.set_producer("Shopkeeper")

    def known(self, text: str, font: str = "") -> str:
        """Return the text with characters the font (that at hand unless named) lacks shown as a blank box, so that one odd letter never
        spoils an invoice.

        Raises _MoreLetters where the font is a small cut and the whole one may have them.
        """
        name = font or self.font_family
        glyphs = self.glyphs[name]
        if all(ord(letter) in glyphs for letter in text):
            return text
        if name not in self.whole:
            raise _MoreLetters(name)
        return "".join(letter if ord(letter) in glyphs else "□" for letter in text)

    def wrapped(self, text: str, width: float) -> list[str]:
        """Return the text, in the font at hand, as the lines that fit a width; an empty text has none."""
        parts = self.multi_cell(width, 4.8, self.known(text), dry_run=True, output="LINES", align="L") if text else []
        return [str(part) for part in parts] if isinstance(parts, list) else []

    def footer(self) -> None:
        self.set_draw_color(*LINE)
        self.line(LEFT, 297 - FOOT + 3, RIGHT, 297 - FOOT + 3)
        self.set_font("sans", size=7.5)
        self.set_text_color(*INK_3)
        for place, line in enumerate(self.foot_lines):
            self.set_xy(LEFT, 297 - FOOT + 5.5 + 4 * place)
            self.cell(WIDTH - 20, 4, self.known(line))
        self.set_xy(RIGHT - 20, 297 - FOOT + 5.5)
        self.cell(20, 4, f"{self.page_no()} / {{nb}}", align="R")
