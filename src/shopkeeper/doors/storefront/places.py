"""Where something goes, as a form asks for it: lists that depend on each other in China, a list of states where it is short, else words."""

from collections.abc import Sequence
from dataclasses import dataclass

from shopkeeper.doors.storefront import forms
from shopkeeper.kit import checks, divisions
from shopkeeper.kit.refusals import OutOfRange, Refusal
from shopkeeper.selling.customers.shapes import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """What a form offers for a place: of China provinces, cities and districts, as far as they are known by what was chosen before."""

    country: str
    needs_postcode: bool
    provinces: Sequence[str] = ()
    cities: Sequence[str] = ()
    districts: Sequence[str] = ()
    states: Sequence[tuple[str, str]] = ()

    @property
    def is_listed(self) -> bool:
        return bool(self.provinces)


def lists(form: forms.Form, country: str) -> Lists:
    """Return what the form offers for a place in this country, as it is filled in."""
    needs = checks.has_postcodes(country)
    if country != "CN":
        return Lists(country=country, needs_postcode=needs, states=divisions.regions(country))
    province = form.value("region")
    return Lists(
        country=country,
        needs_postcode=needs,
        provinces=divisions.provinces(),
        cities=divisions.cities(province),
        districts=divisions.districts(province, form.value("city")),
    )


def filled(address: Address) -> dict[str, object]:
    """Return the values with which a form shows an address."""
    city, district = divisions.parted(address.city) if address.country == "CN" else (address.city, "")
    return {
        "to": address.name, "number": address.phone, "line1": address.line1, "line2": address.line2, "city": city, "district": district,
        "region": address.region, "postcode": address.postcode, "country": address.country,
    }  # fmt: skip


def written(address: Address) -> tuple[str, ...]:
    """Return an address line by line, without its country, as its country writes it."""
    return divisions.lines(
        name=address.name, line1=address.line1, line2=address.line2, city=address.city, region=address.region, postcode=address.postcode,
        country=address.country,
    )  # fmt: skip


def read(form: forms.Form, *, name: str, number: str) -> Address | None:
    """Return the address of a form; None where a field is wrong, and then `errors` says which and why."""
    line1 = form.read("line1", lambda text: checks.line(text, field="line1", least=1, most=200))
    line2 = form.read("line2", lambda text: checks.line(text, field="line2", most=200))
    country = form.read("country", checks.country)
    code = form.read("postcode", lambda text: forms.postcode(text, country or ""))
    where = _where(form, country or "")
    if country == "CN":
        _as_in_china(form, code or "", number)
    if line1 is None or line2 is None or code is None or country is None or where is None or form.errors:
        return None
    region, city = where
    return Address(name=name, line1=line1, line2=line2, city=city, region=region, postcode=code, country=country, phone=number)


def _where(form: forms.Form, country: str) -> tuple[str, str] | None:
    """Return region and city, chosen from lists where the form had them."""
    if country == "CN" and form.has("district"):
        try:
            return divisions.checked(form.value("region"), form.value("city"), form.value("district"))
        except Refusal as refusal:
            form.refuse(refusal)
            return None
    city = form.read("city", lambda text: checks.line(text, field="city", least=1, most=100))
    region = form.read("region", lambda text: _region(text, country, is_chosen=form.has("states")))
    return None if city is None or region is None else (region, city)


def _region(text: str, country: str, *, is_chosen: bool) -> str:
    known = [code for code, _name in divisions.regions(country)]
    tidy = checks.line(text, field="region", most=100)
    if is_chosen and known and tidy not in known:
        raise OutOfRange("region", tidy, least=1, most=100)
    return tidy


def _as_in_china(form: forms.Form, code: str, number: str) -> None:
    for check, value in ((divisions.postcode, code), (divisions.phone, number)):
        try:
            check(value)
        except Refusal as refusal:
            form.refuse(refusal, "number" if refusal.field == "phone" and form.has("number") else None)
