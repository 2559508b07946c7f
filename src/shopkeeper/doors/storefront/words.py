"""The shop's words for states, stock, payment and prices: codes in, one phrase in the reader's language out."""

from collections.abc import Sequence

from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from shopkeeper.selling.orders.shapes import OrderState
from shopkeeper.selling.pricing.shapes import TaxMode
from shopkeeper.selling.reviews.shapes import HideReason, ReviewSort, ReviewState

FEW = 5
"""From this many pieces downwards the shop says how many are left."""

_STATES = {
    OrderState.PLACED: pgettext_lazy("order", "Placed, awaiting payment"),
    OrderState.PAID: pgettext_lazy("order", "Paid"),
    OrderState.SHIPPING: pgettext_lazy("order", "Partly on its way"),
    OrderState.SHIPPED: pgettext_lazy("order", "On its way"),
    OrderState.CANCELLED: pgettext_lazy("order", "Cancelled"),
    OrderState.EXPIRED: pgettext_lazy("order", "Expired"),
}
_PROVINCES = {
    "北京市": "Beijing", "天津市": "Tianjin", "河北省": "Hebei", "山西省": "Shanxi", "内蒙古自治区": "Inner Mongolia", "辽宁省": "Liaoning",
    "吉林省": "Jilin", "黑龙江省": "Heilongjiang", "上海市": "Shanghai", "江苏省": "Jiangsu", "浙江省": "Zhejiang", "安徽省": "Anhui",
    "福建省": "Fujian", "江西省": "Jiangxi", "山东省": "Shandong", "河南省": "Henan", "湖北省": "Hubei", "湖南省": "Hunan",
    "广东省": "Guangdong", "广西壮族自治区": "Guangxi", "海南省": "Hainan", "重庆市": "Chongqing", "四川省": "Sichuan", "贵州省": "Guizhou",
    "云南省": "Yunnan", "西藏自治区": "Tibet", "陕西省": "Shaanxi", "甘肃省": "Gansu", "青海省": "Qinghai", "宁夏回族自治区": "Ningxia",
    "新疆维吾尔自治区": "Xinjiang",
}  # fmt: skip
"""What readers of English call the provinces of China; the name that goes on the parcel stands beside it."""

_SENTENCES = {
    OrderState.PLACED: gettext_lazy("Your goods are set aside. We are waiting for the payment to be confirmed."),
    OrderState.PAID: gettext_lazy("Thank you. Your payment has arrived and we are packing your parcel."),
    OrderState.SHIPPING: gettext_lazy("Part of your order has left. The rest follows in another parcel."),
    OrderState.SHIPPED: gettext_lazy("Everything has left our hands and is on its way to you."),
    OrderState.CANCELLED: gettext_lazy("This order was cancelled. Nothing more will be sent or charged."),
    OrderState.EXPIRED: gettext_lazy("The payment was not completed in time, so the goods went back on the shelf. Nothing was charged."),
}
_METHODS = {
    "stripe-card": (
        pgettext_lazy("way to pay", "Card"),
        gettext_lazy("You pay on the page of Stripe, our payment provider, and come back here. We never see the card."),
    ),
    "test-ok": (
        pgettext_lazy("test payment", "Approved at once"),
        gettext_lazy("The bank says yes, and the order is paid."),
    ),
    "test-declined": (
        pgettext_lazy("test payment", "Declined"),
        gettext_lazy("The bank says no, gives no reason, and nothing is ordered."),
    ),
    "test-slow": (
        pgettext_lazy("test payment", "Answer lost on the way"),
        gettext_lazy("The bank says yes, but we do not hear it; a minute later we ask again."),
    ),
    "test-silent": (
        pgettext_lazy("test payment", "Confirmed after two minutes"),
        gettext_lazy("The bank is silent at first; the order waits and is then paid."),
    ),
    "test-duplicate": (
        pgettext_lazy("test payment", "Confirmed twice"),
        gettext_lazy("The bank sends each message twice; the order is paid once."),
    ),
    "test-late": (
        pgettext_lazy("test payment", "Confirmed too late"),
        gettext_lazy("The bank says yes after 45 minutes, when the order has expired; it is taken up again if the goods are still there."),
    ),
    "alipay-page": (gettext_lazy("Alipay"), gettext_lazy("You pay on Alipay’s own page and come back here.")),
    "alipay-qr": (gettext_lazy("Alipay, by QR code"), gettext_lazy("You scan a code with the Alipay app.")),
    "wechat-qr": (gettext_lazy("WeChat Pay, by QR code"), gettext_lazy("You scan a code with WeChat.")),
}
"""What a way to pay is called, and what choosing it means."""

_WHY_NOT = {
    "declined": gettext_lazy("Your bank declined the last try."),
    "insufficient_funds": gettext_lazy("There was not enough money in the account."),
    "expired_card": gettext_lazy("The card has expired."),
    "fraud_suspected": gettext_lazy("The bank stopped the payment for safety."),
}

_REVIEWS = {
    ReviewState.WAITING: gettext_lazy("Your review waits until somebody of the shop has read it."),
    ReviewState.SHOWN: gettext_lazy("Your review is shown on the product’s page."),
    ReviewState.HIDDEN: gettext_lazy("Your review is hidden: %(reason)s."),
}
_HIDDEN = {
    HideReason.OFF_TOPIC: pgettext_lazy("why hidden", "it does not speak of the goods"),
    HideReason.ABUSIVE: pgettext_lazy("why hidden", "it insults somebody"),
    HideReason.ADVERTISING: pgettext_lazy("why hidden", "it advertises something else"),
    HideReason.PERSONAL_DATA: pgettext_lazy("why hidden", "it tells somebody’s personal data"),
    HideReason.UNLAWFUL: pgettext_lazy("why hidden", "the law forbids to show it"),
    HideReason.WRITER_ASKED: pgettext_lazy("why hidden", "its writer asked for it"),
}
"""Why a review is not shown, for its writer and for every reader."""

_REVIEW_SORTS = {
    ReviewSort.NEWEST: gettext_lazy("Newest first"),
    ReviewSort.HELPFUL: gettext_lazy("Most helpful first"),
    ReviewSort.BEST: gettext_lazy("Most stars first"),
    ReviewSort.WORST: gettext_lazy("Fewest stars first"),
}


def review_state(state: ReviewState, reason: str) -> str:
    """Return where a review stands, for its writer, with the reason where it is hidden."""
    return str(_REVIEWS[state]) % {"reason": why_hidden(reason)} if reason else str(_REVIEWS[state])


def why_hidden(reason: str) -> str:
    """Return why a review is not shown."""
    return str(_HIDDEN[HideReason(reason)])


def review_sorts() -> list[tuple[str, str]]:
    """Return the orders in which reviews can be read."""
    return [(sort.value, str(said)) for sort, said in _REVIEW_SORTS.items()]


def order_state(state: OrderState) -> str:
    """Return the name of an order's state."""
    return str(_STATES.get(state, state))


def order_sentence(state: OrderState) -> str:
    """Return what an order's state means for the buyer."""
    return str(_SENTENCES.get(state, ""))


def payment_method(code: str) -> str:
    """Return a payment method's name; an unknown one keeps its code."""
    return str(_METHODS[code][0]) if code in _METHODS else code.replace("-", " ").capitalize()


def payment_sentence(code: str) -> str:
    """Return what choosing a payment method means; empty where the shop knows nothing of it."""
    return str(_METHODS[code][1]) if code in _METHODS else ""


def why_not(reason: str) -> str:
    """Return why a try to pay failed, for the buyer."""
    return str(_WHY_NOT.get(reason, _WHY_NOT["declined"]))


def stock(available: int) -> str:
    """Return the stock words of a product page."""
    if available <= 0:
        return _("Sold out")
    if available <= FEW:
        return ngettext("Only %(units)d left", "Only %(units)d left", available) % {"units": available}
    return _("In stock")


def tax_note(mode: TaxMode | str) -> str:
    """Return the sentence that says whether shown prices contain tax."""
    return _("Tax included") if str(mode) == TaxMode.INCLUDED else _("Plus tax, shown at checkout")


def provinces(names: Sequence[str]) -> list[tuple[str, str]]:
    """Return the provinces of China as a form offers them: as they are kept, and as the reader knows them."""
    is_chinese = (get_language() or "en").startswith("zh")
    return [(name, name if is_chinese or name not in _PROVINCES else f"{_PROVINCES[name]} {name}") for name in names]


def same(names: Sequence[str]) -> list[tuple[str, str]]:
    """Return names as a form offers them that are shown as they are kept."""
    return [(name, name) for name in names]
