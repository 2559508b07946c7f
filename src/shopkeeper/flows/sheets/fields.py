"""The columns of each kind of file: what they are called in both languages, what else people call them, and which say something only."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.imports.shapes import SheetKind
from shopkeeper.selling.catalog.shapes import Attribute, TraitKind

MOST_HEADING = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column. `is_key`: it says which row this is. `is_told`: an export shows it, an import passes it over."""

    code: str
    name: Bilingual
    also: tuple[str, ...] = ()
    is_key: bool = False
    is_told: bool = False


def _field(code: str, en: str, zh: str, *also: str) -> Field:
    return Field(code=code, name=Bilingual(en, zh), also=also)


def _key(code: str, en: str, zh: str, *also: str) -> Field:
    return replace(_field(code, en, zh, *also), is_key=True)


def _told(code: str, en: str, zh: str) -> Field:
    return replace(_field(code, en, zh), is_told=True)


_SKU = _key("sku", "SKU", "货号", "item", "item no", "item number", "article", "stock code", "商品编码", "编码", "商家编码")

FIELDS: Mapping[SheetKind, tuple[Field, ...]] = {
    SheetKind.PRODUCTS: (
        _SKU,
        _field("product", "Product web name", "商品网址名", "product", "slug", "handle", "url handle", "商品"),
        _field("name_en", "Name (English)", "名称（英文）", "name", "title", "product name", "english name", "英文名", "英文名称"),
        _field("name_zh", "Name (Chinese)", "名称（中文）", "chinese name", "名称", "商品名称", "品名", "标题", "中文名", "中文名称"),
        _field("text_en", "Text (English)", "介绍（英文）", "description", "body", "text", "英文介绍"),
        _field("text_zh", "Text (Chinese)", "介绍（中文）", "介绍", "描述", "商品描述", "详情", "中文介绍"),
        _field("category", "Category web name", "分类网址名", "category", "type", "product type", "collection", "分类", "类目"),
        _field("brand", "Brand web name", "品牌网址名", "brand", "vendor", "maker", "品牌"),
        _field("option_en", "Choice (English)", "规格（英文）", "option", "choice", "variant", "option1 value", "size", "英文规格"),
        _field("option_zh", "Choice (Chinese)", "规格（中文）", "规格", "款式", "尺码", "中文规格"),
        _field("weight_g", "Weight in grams", "重量（克）", "weight", "grams", "weight g", "variant grams", "重量", "克重"),
        _field("is_sellable", "Choice on sale", "规格在售", "on sale", "sellable", "active", "在售"),
        _field("is_published", "In the shop", "已上架", "published", "visible", "上架", "是否上架"),
    ),
    SheetKind.CUSTOMERS: (
        _key("customer", "Customer number", "顾客编号", "customer", "customer id", "id", "会员编号", "客户编号"),
        _key("email", "Mail address", "邮箱", "email", "e-mail", "mail", "email address", "电子邮箱", "邮件地址"),
        _field("name", "Name", "姓名", "full name", "customer name", "顾客", "客户", "称呼"),
        _field("phone", "Phone", "电话", "phone number", "mobile", "tel", "telephone", "手机", "手机号", "联系电话"),
        _field("language", "Language", "语言", "locale", "lang"),
        _field("country", "Country", "国家", "country code", "国家代码", "国家或地区"),
        _told("membership", "Member or guest", "会员或访客"),
        _told("joined", "With the shop since", "注册时间"),
    ),
    SheetKind.STOCK: (
        _SKU,
        _key("warehouse", "Warehouse", "仓库", "location", "warehouse code", "store", "仓库编码", "库位"),
        _field("on_hand", "On hand", "在库数量", "stock", "quantity", "qty", "on-hand", "counted", "count", "库存", "数量", "实盘数"),
        _field("note", "Reason for the count", "盘点原因", "reason", "note", "remark", "备注", "原因"),
        _told("held", "Held for orders", "订单占用"),
        _told("called", "Goods", "商品名"),
    ),
    SheetKind.PRICES: (
        _SKU,
        _key("price_list", "Price list", "价目表", "list", "price list code", "价格表"),
        _field("price", "Price", "价格", "amount", "unit price", "selling price", "售价", "单价"),
        _field("currency", "Currency", "币种", "currency code", "货币"),
        _field("reason", "Reason for the price", "调价原因", "reason", "note", "原因", "备注"),
        _told("reference", "Lowest price of the 30 days before the cut", "降价前30天最低价"),
        _told("called", "Goods", "商品名"),
    ),
}

NEEDED: Mapping[SheetKind, tuple[tuple[str, ...], ...]] = {
    SheetKind.PRODUCTS: (("sku",),),
    SheetKind.CUSTOMERS: (("email", "customer"),),
    SheetKind.STOCK: (("sku",), ("on_hand",)),
    SheetKind.PRICES: (("sku",), ("price",)),
}
"""The columns without which a file of a kind says nothing: one of each group."""

PREFIX = "trait:"
"""What the code of a column begins with that says an attribute of a product."""


def fields(kind: SheetKind, attributes: Sequence[Attribute] = ()) -> tuple[Field, ...]:
    """Return the columns of a kind in their order; products have one or two more for each attribute of the shop."""
    more = tuple(each for attribute in attributes for each in _of_attribute(attribute)) if kind is SheetKind.PRODUCTS else ()
    return FIELDS[kind] + more


def _of_attribute(attribute: Attribute) -> Iterable[Field]:
    en, zh = attribute.name.pick("en"), attribute.name.pick("zh")
    code, mark = f"{PREFIX}{attribute.code}", attribute.code
    if attribute.kind is TraitKind.TEXT:
        yield _field(f"{code}:en", f"{en} (English) [{mark}]", f"{zh}（英文）[{mark}]", f"{en} (english)")
        yield _field(f"{code}:zh", f"{en} (Chinese) [{mark}]", f"{zh}（中文）[{mark}]", f"{zh}（中文）", zh)
        return
    yield _field(code, f"{en} [{mark}]", f"{zh} [{mark}]", en, zh, mark)


def headed(known: Sequence[Field], language: str) -> list[str]:
    """Return the headings of these columns in a language."""
    return [each.name.pick(language) for each in known]


def plain(heading: str) -> str:
    """Return a heading as headings are compared: without signs, blanks and capitals."""
    tidy = unicodedata.normalize("NFKC", heading).strip().lower()
    return "".join(char for char in tidy if char.isalnum() or char in "[]")[:MOST_HEADING]


def proposed(head: Sequence[str], known: Sequence[Field], remembered: Mapping[str, str]) -> dict[str, int]:
    """Return which column of a file each field stands in: as it was the last time, else by its name, else by what people call it.

    A field is given to the first column that fits; a column to one field. Told columns are proposed too, so that they are shown as read.
    """
    found: dict[str, int] = {}
    taken: set[int] = set()
    codes = {each.code for each in known}
    wanted = [plain(each) for each in head]
    passed = {column for column, heading in enumerate(wanted) if remembered.get(heading) == ""}
    rounds: list[dict[str, str]] = [
        {heading: code for heading, code in remembered.items() if code in codes},
        {plain(name): each.code for each in reversed(known) for name in (each.name.en, each.name.zh, each.code) if name},
        {plain(name): each.code for each in reversed(known) for name in each.also},
    ]
    for names in rounds:
        for column, heading in enumerate(wanted):
            code = names.get(heading) if heading else None
            if code and code not in found and column not in taken and column not in passed:
                found[code] = column
                taken.add(column)
    return {each.code: found[each.code] for each in known if each.code in found}
