"""Every room's pages, as the console shows them. What a list needs to know of other rooms is added here."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from shopkeeper.doors.console import (
    approvals,
    arrivals,
    bundles,
    collections,
    customers,
    drafts,
    edits,
    engine_pages,
    engine_words,
    finding,
    gallery,
    goods,
    letters,
    links,
    many,
    needs,
    orders,
    people,
    picking,
    questions,
    refund,
    requests,
    reviews,
    sign_in,
    slip,
    strays,
    subjects,
    wanted,
)
from shopkeeper.doors.console.desk import Desk
from shopkeeper.events.console import FACTS, Replay
from shopkeeper.growth.links.console import LINKS, ChangeLink, MakeLink
from shopkeeper.growth.messages.console import MESSAGES, Retry
from shopkeeper.growth.messages.console_letters import BOUNCES
from shopkeeper.kit.console import Bulk
from shopkeeper.ops.audit.console import AUDIT
from shopkeeper.selling.catalog.console import CATEGORIES, SaveCategory
from shopkeeper.selling.catalog.console_bulk import EDITS
from shopkeeper.selling.catalog.console_collections import COLLECTIONS, ArrangeCollection
from shopkeeper.selling.catalog.console_drafts import DiscardDraft, DraftAgain, Unschedule
from shopkeeper.selling.catalog.console_options import AddVariants, Relate, SaveOptions
from shopkeeper.selling.catalog.console_sizes import SIZE_TABLES, ChooseSizeTable, SaveSizeTable
from shopkeeper.selling.catalog.console_traits import ATTRIBUTES, BRANDS, SaveAttribute, SaveBrand
from shopkeeper.selling.content.console import TEXTS, PublishText
from shopkeeper.selling.customers.console import SaveCustomer
from shopkeeper.selling.customers.console_people import (
    DUPLICATES,
    GROUPS,
    WITH_GROUPS,
    AddNote,
    FillGroup,
    Part,
    SaveBusiness,
    SaveGroup,
    StrikeNote,
)
from shopkeeper.selling.customers.console_sign_in import PROVIDERS, RemoveNumber
from shopkeeper.selling.inventory.console import MOVEMENTS, STOCK, WAREHOUSES, Adjust, Count, Receive, SaveWarehouse, Transfer
from shopkeeper.selling.orders.console import ORDERS
from shopkeeper.selling.orders.console_requests import CARRIERS, INVOICES, REQUESTS, Accept, Arrange, Close, Refuse, SaveCarrier
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
        about={
            "ship": orders.Ship,
            "cancel": orders.Cancel,
            "refund": refund.Refund,
            "give-back": refund.GiveBack,
            "arrived": arrivals.Arrived,
        },
        more=(
            path("<int:pk>/invoice.pdf", orders.invoice, name="invoice"),
            path("picking/", picking.page, name="picking"),
            path("<int:pk>/slip/", slip.page, name="slip"),
        ),
    ),
    Desk(
        REQUESTS,
        icon="sk-order",
        page=requests.page,
        makes={"arrange": Arrange},
        about={"accept": Accept, "refuse": Refuse, "close": Close},
    ),
    Desk(INVOICES, icon="sk-page"),
    Desk(CARRIERS, icon="sk-van", makes={"new": SaveCarrier}, about={"edit": SaveCarrier}),
    Desk(
        many.listed(goods.LISTING),
        icon="sk-product",
        page=goods.product,
        makes={"new": drafts.SaveProduct, "many": many.ChangeMany},
        about={
            "edit": drafts.SaveProduct,
            "draft": drafts.DraftProduct,
            "go-live": drafts.GoLive,
            "plan": drafts.Plan,
            "unplan": Unschedule,
            "discard": DiscardDraft,
            "again": DraftAgain,
            "describe": drafts.Describe,
            "pictures": gallery.SavePictures,
            "videos": gallery.SaveVideos,
            "options": SaveOptions,
            "variants": AddVariants,
            "relate": Relate,
            "bundle": bundles.SaveBundle,
            "sizes": ChooseSizeTable,
            "engines": engine_words.ForProduct,
        },
        more=(
            path("<int:pk>/versions/", drafts.history, name="versions"),
            path("<int:pk>/preview/", drafts.preview, name="preview"),
        ),
    ),
    Desk(CATEGORIES, icon="sk-shelf", makes={"new": SaveCategory}, about={"edit": SaveCategory, "engines": engine_words.ForShelf}),
    Desk(
        COLLECTIONS,
        icon="sk-shelf",
        makes={"new": collections.SaveCollection},
        about={"edit": collections.SaveCollection, "arrange": ArrangeCollection, "engines": engine_words.ForCollection},
        home="edit",
    ),
    Desk(EDITS, icon="sk-ledger", page=edits.page, about={"stop": edits.Stop, "undo": edits.TakeBack}),
    Desk(BRANDS, icon="sk-product", makes={"new": SaveBrand}, about={"edit": SaveBrand}),
    Desk(SIZE_TABLES, icon="sk-product", makes={"new": SaveSizeTable}, about={"edit": SaveSizeTable}),
    Desk(ATTRIBUTES, icon="sk-percent", makes={"new": SaveAttribute}, about={"edit": SaveAttribute}),
    Desk(
        engine_pages.LISTING,
        icon="sk-eye",
        page=engine_pages.page,
        makes={"look": engine_pages.LookNow},
        about={"again": engine_pages.LookAgain},
    ),
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
    Desk(wanted.LISTING, icon="sk-box"),
    Desk(WAREHOUSES, icon="sk-house", makes={"new": SaveWarehouse}, about={"edit": SaveWarehouse}),
    Desk(reviews.LISTING, icon="sk-star", page=reviews.page, about={"show": Show, "hide": Hide, "answer": AnswerReview}),
    Desk(
        questions.LISTING,
        icon="sk-star",
        page=questions.page,
        about={"show": ShowQuestion, "hide": HideQuestion, "answer": AnswerQuestion},
    ),
    Desk(REPLIES, icon="sk-star", about={"show": ShowReply, "hide": HideReply}),
    Desk(
        WITH_GROUPS,
        icon="sk-person",
        page=customers.page,
        about={
            "edit": SaveCustomer,
            "note": AddNote,
            "strike": StrikeNote,
            "merge": customers.Merge,
            "part": Part,
            "company": SaveBusiness,
            "consent": customers.SaveConsent,
            "number": RemoveNumber,
        },
        more=(path("<int:pk>/copy/", customers.copy, name="copy"),),
    ),
    Desk(GROUPS, icon="sk-people", makes={"new": SaveGroup, "fill": FillGroup}, about={"edit": SaveGroup}),
    Desk(DUPLICATES, icon="sk-people"),
    Desk(PROVIDERS, icon="sk-person", makes={"new": sign_in.SaveProvider}, about={"edit": sign_in.SaveProvider}, home="edit"),
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
    Desk(
        LINKS,
        icon="sk-chart",
        page=links.page,
        makes={"new": MakeLink},
        about={"edit": ChangeLink},
        more=(path("<int:pk>/code.svg", links.code, name="code"),),
    ),
    Desk(MESSAGES.but(also=people.mails_also), icon="sk-mail", page=people.mail, about={"retry": Retry}),
    Desk(BOUNCES.but(also=people.mails_also), icon="sk-mail", about={"write-again": letters.WriteAgain}),
)
