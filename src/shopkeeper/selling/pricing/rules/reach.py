"""Which ways of delivery reach a country."""

from collections.abc import Sequence

from shopkeeper.selling.pricing.shapes import DeliveryOption


def reaching(options: Sequence[DeliveryOption], country: str) -> tuple[DeliveryOption, ...]:
    """Return the offered ways to a country: those that name it, and only where none does, those for everywhere else."""
    offered = [option for option in options if option.is_active]
    named = tuple(option for option in offered if country in option.countries)
    return named or tuple(option for option in offered if not option.countries)
