"""Stock levels from a file: each is a count, booked in the ledger as the difference with its reason."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from shopkeeper.flows.sheets import values
from shopkeeper.flows.sheets.refusals import CannotBeEmptied, ChangedMeanwhile, ChangedSince
from shopkeeper.flows.sheets.rows import Desk, Ids, Outcome, Wish, step
from shopkeeper.kit import checks
from shopkeeper.kit.ids import VariantId, WarehouseId
from shopkeeper.kit.refusals import Malformed, NotFound, OutOfRange, Refusal
from shopkeeper.ops.imports.shapes import Line, LineState
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import Goods, Product, Variant
from shopkeeper.selling.inventory import public as inventory
from shopkeeper.selling.inventory.shapes import BundleHasNoShelf, Shelf

AT_ONCE = 500


def variants_of(ids: Ids | None, language: str) -> Iterator[list[tuple[VariantId, str, str]]]:
    """Yield all variants, or those with these ids, in portions: each with its SKU and what it is called in a language."""
    if ids is not None:
        for part in step([VariantId(each) for each in dict.fromkeys(ids)], AT_ONCE):
            goods = catalog.goods(part)
            yield [(each, goods[each].sku, goods[each].called(language)) for each in part if each in goods]
        return
    for products in step(catalog.product_ids(), AT_ONCE):
        known = catalog.products(products)
        yield [(each.id, each.sku, _called(known[one], each, language)) for one in products if one in known for each in known[one].variants]


def _called(product: Product, variant: Variant, language: str) -> str:
    option = variant.option.pick(language)
    return product.name.pick(language) + (f" · {option}" if option else "")


def sku_of(wish: Wish) -> str:
    """Return the SKU of a row. Raises OutOfRange where it is missing."""
    sku = wish.get("sku")
    if not sku:
        raise OutOfRange("sku", "", least=1, most=40)
    return sku


class Stock:
    """One row is one thing in one warehouse; without a warehouse, the one orders are filled from first."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.warehouses = {each.code: each for each in inventory.warehouses()}
        self.first = next((each.code for each in inventory.warehouses() if each.is_active), "")
        self.goods: Mapping[str, Goods] = {}
        self.present: dict[tuple[VariantId, WarehouseId], int] = {}
        self.bundles: Collection[VariantId] = ()

    def key(self, wish: Wish) -> str:
        """Return SKU and warehouse."""
        return f"{wish.get('sku').upper()}\x00{self._code(wish)}" if wish.get("sku") else ""

    def _code(self, wish: Wish) -> str:
        return wish.get("warehouse").upper() or self.first

    def begin(self, wishes: Sequence[Wish]) -> None:
        """Read goods and shelves of all rows."""
        self.goods = catalog.goods_by_sku([wish.get("sku") for wish in wishes if wish.get("sku")])
        shelves = inventory.shelves(sorted({each.variant_id for each in self.goods.values()}))
        self.present = {(each.variant_id, each.warehouse_id): each.on_hand for each in shelves}
        self.bundles = catalog.parts([each.variant_id for each in self.goods.values()])

    def _shelf(self, wish: Wish) -> tuple[VariantId, WarehouseId]:
        sku = sku_of(wish)
        if sku not in self.goods:
            raise NotFound("sku", checks.shown(sku))
        code = self._code(wish)
        if code not in self.warehouses:
            raise Malformed("warehouse", checks.shown(wish.get("warehouse")), expected="choice")
        return self.goods[sku].variant_id, self.warehouses[code].id

    def hold(self, wishes: Sequence[Wish]) -> None:
        """Let nobody else move these goods: held all at once, in the order in which orders hold theirs."""
        inventory.lock_shelves(each.variant_id for each in self.goods.values())

    def hold_written(self, lines: Sequence[Line]) -> None:
        """Let nobody else move the goods of these rows."""
        inventory.lock_shelves(VariantId(line.subject or 0) for line in lines)

    def compare(self, wish: Wish) -> Outcome:
        """Return how the count differs from the books."""
        shelf = self._shelf(wish)
        if not wish.get("on_hand"):
            raise Malformed("on_hand", "", expected="whole_number")
        if wish.is_cleared("on_hand"):
            raise CannotBeEmptied(field="on_hand", value=wish.get("on_hand"))
        counted, present = values.whole(wish.get("on_hand"), field="on_hand"), self.present.get(shelf, 0)
        if counted and shelf[0] in self.bundles:
            raise BundleHasNoShelf(shelf[0])
        if counted == present:
            return Outcome(state=LineState.UNCHANGED, subject=shelf[0])
        state = LineState.CHANGED if shelf in self.present else LineState.NEW
        changes: dict[str, tuple[Any, Any]] = {"on_hand": (present, counted), "warehouse": (shelf[1], shelf[1])}
        return Outcome(state=state, subject=shelf[0], changes=changes)

    def ask(self, wish: Wish, outcome: Outcome) -> Refusal | None:
        """Counts need nobody else."""
        return None

    def write(self, wish: Wish, outcome: Outcome) -> int | None:
        """Book the count."""
        shelf, counted = self._shelf(wish), outcome.changes["on_hand"][1]
        note = wish.get("note") or self.desk.note
        # Read under the lock the count is booked under: a sale between reading and counting is no part of the difference.
        on_hand = inventory.lock_shelf(variant_id=shelf[0], warehouse_id=shelf[1])
        if on_hand != outcome.changes["on_hand"][0]:
            raise ChangedMeanwhile(field="on_hand", value=on_hand)
        inventory.count(
            variant_id=shelf[0], warehouse_id=shelf[1], counted=counted, note=note, actor=self.desk.actor, now=self.desk.now
        )  # fmt: skip
        self.present[shelf] = counted
        return shelf[0]

    def ask_undo(self, line: Line) -> Refusal | None:
        """Counts need nobody else."""
        return None

    def undo(self, line: Line) -> None:
        """Book the movement that takes the count back."""
        before, counted = line.changes["on_hand"]
        shelf = (VariantId(line.subject or 0), WarehouseId(line.changes["warehouse"][0]))
        on_hand = inventory.lock_shelf(variant_id=shelf[0], warehouse_id=shelf[1])
        if on_hand != counted:
            raise ChangedSince(field="on_hand", value=on_hand)
        inventory.adjust(
            variant_id=shelf[0],
            warehouse_id=shelf[1],
            units=before - counted,
            note=self.desk.note,
            actor=self.desk.actor,
            now=self.desk.now,
        )

    def everything(self, ids: Ids | None) -> Iterator[tuple[Mapping[str, str], ...]]:
        """Yield every shelf there is; goods that never lay anywhere are listed in the first warehouse with nothing, bundles not at all."""
        codes = {each.id: code for code, each in self.warehouses.items()}
        for part in variants_of(ids, self.desk.language):
            shelves: dict[VariantId, list[Shelf]] = {}
            bundles = catalog.parts([variant for variant, _sku, _called in part])
            for shelf in inventory.shelves([variant for variant, _sku, _called in part]):
                shelves.setdefault(shelf.variant_id, []).append(shelf)
            yield tuple(
                {"sku": sku, "called": called, **row}
                for variant, sku, called in part
                if variant not in bundles
                for row in self._rows(shelves.get(variant, []), codes)
            )

    def _rows(self, shelves: Sequence[Shelf], codes: Mapping[WarehouseId, str]) -> list[dict[str, str]]:
        if not shelves and self.first:
            return [{"warehouse": self.first, "on_hand": "0", "held": "0"}]
        return [{"warehouse": codes[each.warehouse_id], "on_hand": str(each.on_hand), "held": str(each.held)} for each in shelves]
