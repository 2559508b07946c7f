"""Collections in the console: a rule shows what it finds before it is saved."""

import hashlib
import json
from collections.abc import Sequence

from django.utils.translation import gettext as _

from shopkeeper.doors.console import frame
from shopkeeper.flows import collections as flow
from shopkeeper.kit.console import Fact, SeenField
from shopkeeper.kit.time import day_of, day_starts
from shopkeeper.selling.catalog.console_collections import SaveCollection as SaveCollectionHere
from shopkeeper.selling.catalog.shapes_collections import CollectionKind, Rule


class SaveCollection(SaveCollectionHere):
    """A collection; a rule that is new or changed is saved once its author has seen what it finds."""

    seen = SeenField()
    sample: flow.Sample | None = None

    def is_seen(self) -> bool:
        rule = self.rule()
        if self.cleaned_data["kind"] != CollectionKind.RULE.value or (self.collection and self.collection.rule == rule):
            return True
        mark = _mark(rule)
        if self.cleaned_data["seen"] == mark:
            return True
        today = day_starts(day_of(frame.now(), self.setting.zone), self.setting.zone)
        self.sample = flow.sample(rule, today=today, collection_id=self.collection.id if self.collection else None)
        self.fields["seen"].show(mark)  # type: ignore[attr-defined]
        return False

    def facts(self) -> Sequence[Fact]:
        if self.sample is None:
            return ()
        first = [Fact(str(place), each.name, "bilingual") for place, each in enumerate(self.sample.first, start=1)]
        told = _("Look at the first of them, then save once more.") if first else _("Nothing in the shop is like that now.")
        return [Fact(_("Goods this rule finds now"), self.sample.goods, "number"), Fact(_("Not saved yet"), told), *first]


def _mark(rule: Rule) -> str:
    """Return a short mark that tells one rule from another."""
    said = [
        [each.kind.value, each.ids, each.attribute_id, each.least_minor, each.most_minor, each.days, each.text] for each in rule.conditions
    ]
    return hashlib.sha256(json.dumps([rule.match.value, said]).encode()).hexdigest()[:16]
