"""Foreign keys between rooms: down the stairs, without a name on the other side, never cascading."""

from collections.abc import Iterable

from django.apps import apps
from django.db.models import DO_NOTHING, PROTECT, ForeignKey, Model

# The stairs as .importlinter has them; a key may only point to a later entry.
STAIRS = [
    ["growth.messages", "growth.links"],
    ["insight.metrics"],
    ["insight.lake"],
    ["selling.orders", "selling.payments"],
    ["selling.pricing", "selling.inventory"],
    ["selling.promotions"],
    ["selling.catalog", "selling.search", "selling.customers", "selling.content", "selling.media", "selling.reviews", "selling.wishes"],
    ["selling.shop"],
    ["events"],
    ["ops.approvals", "ops.audit", "ops.requests", "ops.limits", "ops.imports", "ops.jobs"],
    ["ops.access"],
]


def rank_of(model: type[Model]) -> int | None:
    """Return on which stair a model's room stands (0 is the top); None for a library's model."""
    module = model.__module__
    for rank, rooms in enumerate(STAIRS):
        if any(module.startswith(f"shopkeeper.{room}.") for room in rooms):
            return rank
    if module.startswith("shopkeeper."):
        raise AssertionError(f"{module} stands on no known stair: add its room to STAIRS")
    return None


def app_of(model: type[Model]) -> str:
    return model._meta.app_label


def faults(models: Iterable[type[Model]]) -> list[str]:
    """Return one sentence for every key that breaks the rule."""
    found = []
    for model in models:
        rank = rank_of(model)
        if rank is None:
            continue
        for field in model._meta.get_fields():
            if not isinstance(field, ForeignKey) or app_of(field.related_model) == app_of(model):
                continue
            target = rank_of(field.related_model)
            name = f"{model.__name__}.{field.name}"
            if target is not None and target <= rank:
                found.append(f"{name} points up or sideways to {field.related_model.__name__}")
            if not (field.remote_field.related_name or "").endswith("+"):
                found.append(f"{name} leaves a name on the other side: give it related_name='+'")
            if field.remote_field.on_delete not in (PROTECT, DO_NOTHING):
                found.append(f"{name} deletes or changes rows across rooms: use PROTECT or DO_NOTHING")
    return found


def own_models() -> list[type[Model]]:
    return [model for model in apps.get_models(include_auto_created=False) if model.__module__.startswith("shopkeeper.")]
