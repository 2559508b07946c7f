"""What promotions make of a basket: lane after lane, the best within a lane, with reasons. Pure: the same in, the same out.

A lane works on what the lanes before it left of each line. Within a lane a line belongs to one promotion at most: the one that gives most,
the earlier one where two give the same. No line is ever worth less than nothing.
"""

from collections.abc import Iterable, Sequence

from shopkeeper.kit.ids import PromotionId
from shopkeeper.kit.money import split
from shopkeeper.selling.promotions.rules.book import Book
from shopkeeper.selling.promotions.rules.offs import Off, Run, each_piece, off_pieces, off_whole, reached
from shopkeeper.selling.promotions.shapes import (
    Amount,
    Applied,
    Around,
    BuyGet,
    Every,
    Fixed,
    Gift,
    Item,
    Lane,
    Left,
    Missed,
    Outcome,
    Percent,
    Promotion,
    Several,
    Terms,
    Tier,
    Tiers,
    Together,
    Why,
)

Met = tuple[Promotion, list[int]]
"""A promotion and the places of the lines it is about."""

_SINGLE = (Percent, Amount, Fixed)
_GROUPS = (BuyGet, Several, Together)
_NO_LIMIT = Left()


def apply(book: Book, items: Sequence[Item], around: Around, *, explain: bool = False) -> Outcome:
    """Return what applies, what is left of each line, and what was missed.

    Always told is how much more is needed for a threshold; `explain` also tells of every other promotion why it does not apply.
    """
    work = _Work(items, around, explain)
    lanes: dict[Lane, list[Met]] = {lane: [] for lane in Lane}
    for met in book.concerning(items):
        why = barred(met[0], around)
        if why is None:
            lanes[met[0].lane].append(met)
        elif explain:
            work.missed.append(Missed(promotion_id=met[0].id, why=why))
    work.item_lane(lanes[Lane.ITEM])
    work.best_first(lanes[Lane.THRESHOLD], Lane.THRESHOLD, is_one=False)
    work.best_first(lanes[Lane.COUPON], Lane.COUPON, is_one=True)
    is_free = work.delivery_lane(lanes[Lane.DELIVERY])
    return Outcome(applied=tuple(work.applied), left_minor=tuple(work.left), is_delivery_free=is_free, missed=tuple(work.missed))


def barred(promotion: Promotion, around: Around) -> Why | None:
    """Return why a promotion is out of the question whatever lies in the basket, None where it is not."""
    if around.at < promotion.starts_at:
        return Why.NOT_YET
    if promotion.ends_at is not None and around.at >= promotion.ends_at:
        return Why.OVER
    if promotion.needs_code and promotion.id not in around.codes.values():
        return Why.NO_CODE
    return _not_for(promotion.terms, around) or _used_up(around.left.get(promotion.id, _NO_LIMIT))


def _not_for(terms: Terms, around: Around) -> Why | None:
    if terms.channels and around.channel not in terms.channels:
        return Why.CHANNEL
    if terms.tiers and around.tier not in terms.tiers:
        return Why.TIER
    return Why.FIRST_ORDER if terms.first_order and not around.is_first_order else None


def _used_up(left: Left) -> Why | None:
    if left.uses is not None and left.uses <= 0:
        return Why.USED_UP
    if left.buyer_uses is not None and left.buyer_uses <= 0:
        return Why.BUYER_USED_UP
    return Why.BUDGET if left.budget_minor is not None and left.budget_minor <= 0 else None


class _Work:
    """A basket on its way through the lanes."""

    def __init__(self, items: Sequence[Item], around: Around, explain: bool) -> None:
        self.items, self.around, self.explain = items, around, explain
        self.left = [item.unit_minor * item.units for item in items]
        self.taken: list[Promotion] = []
        self.applied: list[Applied] = []
        self.missed: list[Missed] = []

    # ── pieces ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def item_lane(self, met: list[Met]) -> None:
        """Give each line the best promotion about its pieces; one about several lines only where it beats those of its lines together."""
        ready = [each for each in met if self._meets_terms(*each)]
        chosen = self._chosen(ready)
        while (out := self._not_together(chosen)) is not None:
            # Whose lines are free again goes to the next best.
            ready = [each for each in ready if each[0].id != out]
            chosen = self._chosen(ready)
        won = {promotion.id for promotion, _ in chosen}
        for promotion, off in sorted(chosen, key=lambda each: each[0].id):
            self._take(promotion, Lane.ITEM, off)
        for promotion, _ in ready:
            if promotion.id not in won:
                self._miss(promotion.id, Why.BETTER if chosen else Why.NO_GAIN)

    def _not_together(self, chosen: list[tuple[Promotion, Off]]) -> PromotionId | None:
        """Return a promotion that cannot stay: its budget does not reach, or one that gives more does not go with it; and say why."""
        stays: list[Promotion] = []
        for promotion, off in sorted(chosen, key=lambda each: (-each[1].total_minor, each[0].id)):
            if not self._in_budget(promotion, off):
                return promotion.id
            other = next((each for each in stays if _exclude(promotion, each)), None)
            if other is not None:
                self._miss(promotion.id, Why.EXCLUDED, other=other.id)
                return promotion.id
            stays.append(promotion)
        return None

    def _chosen(self, ready: list[Met]) -> list[tuple[Promotion, Off]]:
        best: list[int] = [0] * len(self.items)
        by: list[Promotion | None] = [None] * len(self.items)
        groups: list[Met] = []
        for promotion, places in ready:
            rule = promotion.rule
            if not isinstance(rule, _SINGLE):
                groups.append((promotion, places))
                continue
            for place in places:
                item = self.items[place]
                off = each_piece(rule, item.unit_minor) * item.units
                if off > best[place]:
                    best[place], by[place] = off, promotion
        found = self._grouped(groups, best, by)
        singles: dict[PromotionId, tuple[Promotion, dict[int, int]]] = {}
        for place, each in enumerate(by):
            if each is not None:
                singles.setdefault(each.id, (each, {}))[1][place] = best[place]
        found += [(promotion, self._capped(promotion, Off(offs, 1))) for promotion, offs in singles.values()]
        return found

    def _grouped(self, groups: list[Met], best: list[int], by: list[Promotion | None]) -> list[tuple[Promotion, Off]]:
        """Return the promotions about groups of pieces that gain most, one after the other; their lines are taken out of `by`."""
        found: list[tuple[Promotion, Off]] = []
        taken: set[int] = set()
        while groups:
            gains = []
            for promotion, places in groups:
                off = self._capped(promotion, off_pieces(promotion.rule, self._runs(place for place in places if place not in taken)))
                gain = off.total_minor - sum(best[place] for place in off.by_place)
                if gain > 0:
                    gains.append((gain, -promotion.id, promotion, off))
            if not gains:
                break
            _, _, promotion, off = max(gains, key=lambda each: each[:2])
            found.append((promotion, off))
            taken.update(off.by_place)
            for place in off.by_place:
                by[place] = None
            groups = [each for each in groups if each[0].id != promotion.id]
        return found

    # ── sums and coupons ──────────────────────────────────────────────────────────────────────────────────────────────

    def best_first(self, met: list[Met], lane: Lane, *, is_one: bool) -> None:
        """Apply the promotion that gives most, then the next on lines that none has yet; with `is_one` no second."""
        taken: set[int] = set()
        waiting = list(met)
        told = len(self.missed)
        while waiting:
            del self.missed[told:]
            offers = []
            for promotion, places in waiting:
                free = [place for place in places if place not in taken and self._is_open(promotion, place)]
                offer = self._offer(promotion, free) if free else None
                if offer is not None:
                    offers.append((offer[1], -promotion.id, promotion, offer[0], free))
                elif not free:
                    self._miss(promotion.id, Why.BETTER if taken else Why.NO_GOODS)
            if not offers:
                return
            _, _, promotion, off, free = max(offers, key=lambda each: each[:2])
            self._take(promotion, lane, off)
            taken.update(free)
            self._hint(promotion, free, off)
            told = len(self.missed)
            waiting = [each for each in waiting if each[0].id != promotion.id]
            if is_one:
                for other, _ in waiting:
                    self._miss(other.id, Why.BETTER, other=promotion.id)
                return

    def _offer(self, promotion: Promotion, places: list[int]) -> tuple[Off, int] | None:
        """Return what a promotion takes off and what that is worth to the buyer; None, and why in `missed`, where it does not apply."""
        if not self._meets_terms(promotion, places):
            return None
        other = self._excluded_by(promotion)
        if other is not None:
            self._miss(promotion.id, Why.EXCLUDED, other=other)
            return None
        rule = promotion.rule
        if isinstance(rule, Gift):
            return self._gift(promotion, rule)
        off = self._capped(promotion, self._off(promotion, places))
        if not off.total_minor:
            self._hint(promotion, places, off)
            return None
        return (off, off.total_minor) if self._in_budget(promotion, off) else None

    def _off(self, promotion: Promotion, places: list[int]) -> Off:
        rule = promotion.rule
        if isinstance(rule, Every | Tiers):
            worth = {place: self.left[place] for place in places}
            return off_whole(rule, worth, sum(self.items[place].units for place in places))
        if isinstance(rule, Percent):
            # On what lanes before it left, which need not be a whole number a piece.
            step = Tier(basis_points=rule.basis_points)
            return off_whole(Tiers(steps=(step,)), {place: self.left[place] for place in places}, 0)
        return off_pieces(rule, self._runs(places))

    def _gift(self, promotion: Promotion, rule: Gift) -> tuple[Off, int] | None:
        goods = self.around.gifts.get(rule.variant_id)
        if goods is None or goods.available < rule.units:
            self._miss(promotion.id, Why.GIFT_GONE)
            return None
        return Off({}, 1), goods.unit_minor * rule.units

    # ── delivery ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def delivery_lane(self, met: list[Met]) -> bool:
        """Return whether a promotion makes delivery free; the first that does is told."""
        for promotion, places in met:
            other = self._excluded_by(promotion)
            if other is not None:
                self._miss(promotion.id, Why.EXCLUDED, other=other)
            elif self._meets_terms(promotion, places):
                self._take(promotion, Lane.DELIVERY, Off({}, 1))
                return True
        return False

    # ── what all lanes ask ────────────────────────────────────────────────────────────────────────────────────────────

    def _meets_terms(self, promotion: Promotion, places: list[int]) -> bool:
        terms = promotion.terms
        if terms.least_units:
            units = sum(self.items[place].units for place in places)
            if units < terms.least_units:
                self.missed.append(Missed(promotion_id=promotion.id, why=Why.MORE_UNITS, missing=terms.least_units - units))
                return False
        if terms.least_minor:
            worth = sum(self.left[place] for place in places)
            if worth < terms.least_minor:
                self.missed.append(Missed(promotion_id=promotion.id, why=Why.MORE_MINOR, missing=terms.least_minor - worth))
                return False
        return True

    def _hint(self, promotion: Promotion, places: list[int], off: Off) -> None:
        """Tell how much more the next step of a threshold needs, and what it then takes off in all; not once its limit is reached."""
        if promotion.most_minor and off.total_minor >= promotion.most_minor:
            return
        rule, worth = promotion.rule, sum(self.left[place] for place in places) + off.total_minor
        if isinstance(rule, Every):
            times = worth // rule.step_minor + 1
            if not rule.most_times or times <= rule.most_times:
                self._more(promotion, Why.MORE_MINOR, times * rule.step_minor - worth, times * rule.off_minor)
        elif isinstance(rule, Tiers):
            units = sum(self.items[place].units for place in places)
            step = reached(rule, worth, units)
            following = rule.steps[rule.steps.index(step) + 1 :] if step else rule.steps
            if not following:
                return
            if following[0].from_minor > worth:
                self._more(promotion, Why.MORE_MINOR, following[0].from_minor - worth, following[0].off_minor)
            else:
                self._more(promotion, Why.MORE_UNITS, following[0].from_units - units, following[0].off_minor)
        elif not off.total_minor:
            self._miss(promotion.id, Why.NO_GAIN)

    def _more(self, promotion: Promotion, why: Why, missing: int, off_minor: int) -> None:
        most = min(off_minor, promotion.most_minor) if promotion.most_minor else off_minor
        self.missed.append(Missed(promotion_id=promotion.id, why=why, missing=missing, off_minor=most))

    def _is_open(self, promotion: Promotion, place: int) -> bool:
        item = self.items[place]
        return self.left[place] > 0 and (not promotion.terms.full_price_only or self.left[place] == item.unit_minor * item.units)

    def _runs(self, places: Iterable[int]) -> list[Run]:
        return [
            Run(place, self.items[place].variant_id, self.left[place] // self.items[place].units, self.items[place].units)
            for place in places
        ]

    def _capped(self, promotion: Promotion, off: Off) -> Off:
        total = off.total_minor
        if not promotion.most_minor or total <= promotion.most_minor:
            return off
        shares = split(promotion.most_minor, list(off.by_place.values()))
        return Off(dict(zip(off.by_place, shares, strict=True)), off.times)

    def _in_budget(self, promotion: Promotion, off: Off) -> bool:
        left = self.around.left.get(promotion.id, _NO_LIMIT).budget_minor
        if left is None or off.total_minor <= left:
            return True
        self._miss(promotion.id, Why.BUDGET)
        return False

    def _excluded_by(self, promotion: Promotion) -> PromotionId | None:
        return next((each.id for each in self.taken if _exclude(promotion, each)), None)

    def _take(self, promotion: Promotion, lane: Lane, off: Off) -> None:
        shares = [0] * len(self.items)
        for place, amount in off.by_place.items():
            shares[place] = amount
            self.left[place] -= amount
        rule = promotion.rule
        gift = rule if isinstance(rule, Gift) else None
        self.taken.append(promotion)
        worth = self.around.gifts[gift.variant_id].unit_minor * gift.units if gift else 0
        self.applied.append(
            Applied(
                promotion_id=promotion.id, version=promotion.version, name=promotion.name, lane=lane, amount_minor=sum(shares),
                shares=tuple(shares), times=off.times, gift=gift, gift_minor=worth,
            )
        )  # fmt: skip

    def _miss(self, promotion_id: PromotionId, why: Why, *, other: PromotionId | None = None) -> None:
        if self.explain:
            self.missed.append(Missed(promotion_id=promotion_id, why=why, other_id=other))


def _exclude(one: Promotion, other: Promotion) -> bool:
    return one.id in other.excludes or other.id in one.excludes
