"""Every room's pages, as the console shows them. What a list needs to know of other rooms is added here."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from shopkeeper.doors.console import approvals, finding, goods, needs, orders, people, picking, questions, refund, reviews, strays, subjects
from shopkeeper.doors.console.desk import Desk
from shopkeeper.events.console import FACTS, Replay
from shopkeeper.growth.messages.console import MESSAGES, Retry
from shopkeeper.kit.console import Bulk
from shopkeeper.ops.audit.console import AUDIT
from shopkeeper.selling.catalog.console import CATEGORIES, SaveCategory, SaveProduct
from shopkeeper.selling.catalog.console_traits import ATTRIBUTES, BRANDS, Describe, SaveAttribute, SaveBrand
from shopkeeper.selling.content.console import TEXTS, PublishText
from shopkeeper.selling.customers.console import CUSTOMERS, SaveCustomer
from shopkeeper.selling.inventory.console import MOVEMENTS, STOCK, WAREHOUSES, Adjust, Count, Receive, SaveWarehouse, Transfer
from shopkeeper.selling.orders.console import ORDERS
from shopkeeper.selling.payments.console import PAYMENTS, STATEMENT_LINES, STATEMENTS, STRAYS, ReadStatement
from shopkeeper.selling.pricing.console import (
    DELIVERY,
    PRICE_LISTS,
    PRICES,
    TAXES,
    SaveDeliveryOption,
    SavePriceList,
    SaveTaxRate,
    SetCost,
    WithdrawPrice,
)
from shopkeeper.selling.reviews.console import (
    REPLIES,
    AnswerQuestion,
    AnswerReview,
    Hide,
    HideQuestion,
    HideReply,
    Show,
    ShowQuestion,
    ShowReply,
)
from shopkeeper.selling.search.console import ASKED, REDIRECTS, SYNONYMS, SaveRedirect, SaveSynonyms

SHIP_WHOLE = Bulk(
    name="ship",
    label=_("Ship whole"),
    act="orders.ship",
    ask=_("Each order leaves whole, with the carrier of its way of delivery and no tracking number. Buyers get a mail."),
    done=_("Shipped"),
    run=orders.ship_whole,
)

DESKS = (
    Desk(
        ORDERS.but(bulk=(picking.LEAD, SHIP_WHOLE)),
        icon="sk-order",
        page=orders.page,
        about={"ship": orders.Ship, "cancel": orders.Cancel, "refund": refund.Refund, "give-back": refund.GiveBack},
        more=(path("<int:pk>/invoice.pdf", orders.invoice, name="invoice"), path("picking/", picking.page, name="picking")),
    ),
    Desk(
        goods.LISTING, icon="sk-product", page=goods.product, makes={"new": SaveProduct}, about={"edit": SaveProduct, "describe": Describe}
    ),
    Desk(CATEGORIES, icon="sk-shelf", makes={"new": SaveCategory}, about={"edit": SaveCategory}),
    Desk(BRANDS, icon="sk-product", makes={"new": SaveBrand}, about={"edit": SaveBrand}),
    Desk(ATTRIBUTES, icon="sk-percent", makes={"new": SaveAttribute}, about={"edit": SaveAttribute}),
    Desk(ASKED, icon="sk-search"),
    Desk(SYNONYMS, icon="sk-search", makes={"new": SaveSynonyms}, about={"edit": SaveSynonyms}),
    Desk(REDIRECTS, icon="sk-search", makes={"new": SaveRedirect}, about={"edit": SaveRedirect}),
    Desk(finding.LISTING, icon="sk-search", makes={"new": finding.SavePin}, about={"edit": finding.SavePin}),
    Desk(PRICES, icon="sk-price", page=goods.prices, about={"set": goods.SetPrice, "withdraw": WithdrawPrice, "cost": SetCost}),
    Desk(PRICE_LISTS, icon="sk-price", makes={"new": SavePriceList}, about={"edit": SavePriceList}),
    Desk(TAXES, icon="sk-percent", makes={"new": SaveTaxRate}, about={"edit": SaveTaxRate}),
    Desk(DELIVERY, icon="sk-van", makes={"new": SaveDeliveryOption}, about={"edit": SaveDeliveryOption}),
    Desk(
        STOCK,
        icon="sk-box",
        page=goods.stock,
        about={"receive": Receive, "adjust": Adjust, "count": Count, "transfer": Transfer},
    ),
    Desk(MOVEMENTS, icon="sk-ledger"),
    Desk(WAREHOUSES, icon="sk-house", makes={"new": SaveWarehouse}, about={"edit": SaveWarehouse}),
    Desk(reviews.LISTING, icon="sk-star", page=reviews.page, about={"show": Show, "hide": Hide, "answer": AnswerReview}),
    Desk(
        questions.LISTING,
        icon="sk-star",
        page=questions.page,
        about={"show": ShowQuestion, "hide": HideQuestion, "answer": AnswerQuestion},
    ),
    Desk(REPLIES, icon="sk-star", about={"show": ShowReply, "hide": HideReply}),
    Desk(CUSTOMERS, icon="sk-person", page=people.customer, about={"edit": SaveCustomer}),
    Desk(PAYMENTS.but(also=people.payments_also, warning=needs.payment_warning), icon="sk-card", page=people.payment),
    Desk(STRAYS.but(also=strays.amounts), icon="sk-card", page=strays.page, about=dict(strays.COMMANDS)),
    Desk(STATEMENTS, icon="sk-ledger", makes={"new": ReadStatement}),
    Desk(STATEMENT_LINES.but(also=people.payments_also), icon="sk-ledger"),
    Desk(TEXTS, icon="sk-page", about={"publish": PublishText}),
    Desk(
        FACTS.but(also=subjects.of_facts, search=subjects.searching(FACTS.search, "entity")),
        icon="sk-news",
        page=people.fact,
        about={"replay": Replay},
    ),
    Desk(AUDIT.but(also=subjects.of_entries, search=subjects.searching(AUDIT.search, "subject")), icon="sk-eye", page=people.entry),
    Desk(
        approvals.LISTING,
        icon="sk-people",
        page=approvals.page,
        about={"approve": approvals.Approve, "refuse": approvals.Refuse, "withdraw": approvals.Withdraw},
    ),
    Desk(MESSAGES.but(also=people.mails_also), icon="sk-mail", page=people.mail, about={"retry": Retry}),
)
