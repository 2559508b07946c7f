"""The metric catalogue: one declaration per metric, used by every page, call and export.

What is counted. A *sale* is an order on the day it was paid, at what the buyer pays for the goods: tax included, discounts taken off,
delivery left out. It stays counted when money goes back later. What goes back counts on the day it does: a *refund* of lines, a *credit
note* (goods whose order is not known), a *cancellation* of a paid order (what of its goods was not refunded already), and a *discount*
booked beside the goods. Postage, fees, manual entries and bad debt are booked beside the goods too and belong to none of these figures.
Unpaid orders count nowhere. A guest is a buyer of their own for each guest record.
"""

from shopkeeper.insight.metrics.shapes import Dimension, Metric, Unit
from shopkeeper.kit.text import Bilingual

_FINANCE = Bilingual("Finance", "财务")
_TRADE = Bilingual("Trade", "商品运营")
_CUSTOMERS = Bilingual("Customers", "用户运营")

_ALL = frozenset(Dimension)
_WHOLE_ORDERS = frozenset({Dimension.COUNTRY, Dimension.CHANNEL})

_SOLD = "coalesce(sum(goods_minor) FILTER (WHERE entry = 'sale'), 0)"
_ORDERS = "count(DISTINCT order_id) FILTER (WHERE entry = 'sale')"
_BUYERS = "count(DISTINCT buyer_id) FILTER (WHERE entry = 'sale')"
_RETURNED = "coalesce(sum(goods_minor) FILTER (WHERE entry IN ('refund', 'credit_note', 'cancellation')), 0)"

_STAYS = Bilingual("Money returned later does not change it.", "之后的退款不影响该数值。")

GMV = Metric(
    id="gmv",
    unit=Unit.MONEY,
    formula=_SOLD,
    dimensions=_ALL,
    owner=_TRADE,
    name=Bilingual("GMV", "成交总额"),
    description=Bilingual(
        "Value of the goods in orders paid in the period: tax included, after discounts, without delivery.",
        "所选时段内已付款订单的商品金额：含税，已减折扣，不含运费。",
    ),
    refunds=_STAYS,
)

NET_REVENUE = Metric(
    id="net_revenue",
    unit=Unit.MONEY,
    formula=(
        "coalesce(sum(goods_minor - tax_minor) FILTER (WHERE entry = 'sale'), 0)"
        " - coalesce(sum(goods_minor - tax_minor) FILTER (WHERE entry <> 'sale'), 0)"
    ),
    dimensions=_ALL,
    owner=_FINANCE,
    name=Bilingual("Net revenue", "净收入"),
    description=Bilingual(
        "GMV less refunds, credit notes, cancellations of paid orders and discounts booked afterwards, all without tax and delivery.",
        "成交总额减去退款、贷记单、已付款订单的取消以及事后折扣，均不含税和运费。",
    ),
    refunds=Bilingual(
        "Taken off on the day the money goes back, not on the day of the sale. Discounts booked afterwards have no product or category.",
        "在退款当日扣减，不回改销售当日的数值；事后折扣不归入任何商品或类目。",
    ),
)

ORDERS = Metric(
    id="orders",
    unit=Unit.COUNT,
    formula=_ORDERS,
    dimensions=_ALL,
    owner=_TRADE,
    name=Bilingual("Orders", "订单数"),
    description=Bilingual("Orders paid in the period.", "所选时段内付款的订单数。"),
    refunds=_STAYS,
)

UNITS = Metric(
    id="units",
    unit=Unit.COUNT,
    formula="coalesce(sum(units) FILTER (WHERE entry = 'sale'), 0)",
    dimensions=_ALL,
    owner=_TRADE,
    name=Bilingual("Units sold", "销售件数"),
    description=Bilingual("Pieces in orders paid in the period.", "所选时段内已付款订单的商品件数。"),
    refunds=_STAYS,
)

AOV = Metric(
    id="aov",
    unit=Unit.MONEY_PER,
    formula=_SOLD,
    per=_ORDERS,
    dimensions=_WHOLE_ORDERS,
    owner=_TRADE,
    name=Bilingual("Average order value", "笔单价"),
    description=Bilingual("GMV divided by orders.", "成交总额除以订单数。"),
    refunds=_STAYS,
)

SPEND_PER_BUYER = Metric(
    id="spend_per_buyer",
    unit=Unit.MONEY_PER,
    formula=_SOLD,
    per=_BUYERS,
    dimensions=_WHOLE_ORDERS,
    owner=_CUSTOMERS,
    name=Bilingual("Spend per buyer", "客单价"),
    description=Bilingual("GMV divided by buyers.", "成交总额除以购买人数。"),
    refunds=_STAYS,
)

BUYERS = Metric(
    id="buyers",
    unit=Unit.COUNT,
    formula=_BUYERS,
    dimensions=_ALL,
    owner=_CUSTOMERS,
    name=Bilingual("Buyers", "购买人数"),
    description=Bilingual(
        "Different people who paid for an order in the period. A guest counts once for each guest record.",
        "所选时段内有付款订单的人数；每条游客记录计为一人。",
    ),
    refunds=_STAYS,
)

BUYERS_NEW = Metric(
    id="buyers_new",
    unit=Unit.COUNT,
    formula="count(DISTINCT buyer_id) FILTER (WHERE entry = 'sale' AND first_us >= start_us)",
    dimensions=_WHOLE_ORDERS,
    owner=_CUSTOMERS,
    name=Bilingual("New buyers", "新客数"),
    description=Bilingual(
        "Buyers whose first paid order ever falls in the period.",
        "历史首笔付款订单落在所选时段内的购买者人数。",
    ),
    refunds=_STAYS,
)

BUYERS_RETURNING = Metric(
    id="buyers_returning",
    unit=Unit.COUNT,
    formula="count(DISTINCT buyer_id) FILTER (WHERE entry = 'sale' AND first_us < start_us)",
    dimensions=_WHOLE_ORDERS,
    owner=_CUSTOMERS,
    name=Bilingual("Returning buyers", "老客数"),
    description=Bilingual(
        "Buyers who had paid for an order before the period began. New and returning buyers add up to buyers.",
        "在所选时段开始之前已有付款订单的购买者人数；新客数与老客数之和等于购买人数。",
    ),
    refunds=_STAYS,
)

REFUND_RATE = Metric(
    id="refund_rate",
    unit=Unit.RATIO,
    formula=_RETURNED,
    per=_SOLD,
    dimensions=_ALL,
    owner=_FINANCE,
    name=Bilingual("Refund rate", "退款率"),
    description=Bilingual(
        "Value of goods refunded, credited or cancelled after payment in the period, divided by GMV of the same period, tax included.",
        "所选时段内退款、贷记以及付款后取消的商品金额，除以同一时段的成交总额，均含税。",
    ),
    refunds=Bilingual(
        "Counted on the day the money goes back, whenever the goods were sold; so it can exceed 100%.",
        "按退款当日计入，不论商品何时售出，因此可能超过 100%。",
    ),
)

CATALOGUE: dict[str, Metric] = {
    metric.id: metric
    for metric in (GMV, NET_REVENUE, ORDERS, UNITS, AOV, SPEND_PER_BUYER, BUYERS, BUYERS_NEW, BUYERS_RETURNING, REFUND_RATE)
}
