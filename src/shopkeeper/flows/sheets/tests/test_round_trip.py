"""What goes out comes back without a change, whatever texts, numbers and states a shop holds."""

import string
from dataclasses import replace

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from shopkeeper.flows.sheets.tests.builders import exported, refused, tried
from shopkeeper.flows.tests.builders import NOON, SmallShop
from shopkeeper.kit.text import Bilingual
from shopkeeper.ops.imports.shapes import SheetKind
from shopkeeper.selling.catalog import public as catalog
from shopkeeper.selling.catalog.shapes import VariantDraft
from shopkeeper.selling.customers import public as customers

LETTERS = string.ascii_letters + string.digits + " =+-@'\"[],;|&<>_茶壶（）。🫖é"
WORDS = st.text(LETTERS, min_size=1, max_size=30).filter(lambda text: text.strip() != "")
LONG = st.text(LETTERS + "\n\t", max_size=80)
STEMS = ("_x0041_", "=1+1", "'quoted", "[empty]", "[空]", "007", "1e5", "TRUE")
NAMES = st.one_of(WORDS, st.sampled_from(STEMS))


# Shrinking would bring files by the thousand.
FEW = settings(deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
FORMS = st.sampled_from(["csv", "xlsx", "parquet"])
DRAFTS = st.builds(
    VariantDraft, sku=st.just("TEA"), option=st.builds(Bilingual, NAMES, NAMES), weight_g=st.integers(0, 1_000_000),
    is_sellable=st.booleans(),
)  # fmt: skip


@settings(FEW, max_examples=10)
@given(draft=DRAFTS, name=st.builds(Bilingual, NAMES, NAMES), text=LONG, form=FORMS)
def test_any_product_comes_back_as_it_went(shop: SmallShop, draft: VariantDraft, name: Bilingual, text: str, form: str) -> None:
    found = catalog.ids_by_slug(["tea"])["tea"]
    (variant,) = catalog.product_by_id(found).variants
    catalog.save_product(
        product_id=found, slug="tea", name=name, text=Bilingual(text, name.zh), category_id=None, is_published=draft.is_sellable,
        variants=[replace(draft, id=variant.id)], actor=None, now=NOON,
    )  # fmt: skip

    sheet = tried(SheetKind.PRODUCTS, exported(SheetKind.PRODUCTS, form, language="zh-hans"))

    assert sheet.counts == {"unchanged": 2}, refused(sheet.id)


@settings(FEW, max_examples=6)
@given(name=NAMES, form=FORMS)
def test_any_customer_comes_back_as_they_went(shop: SmallShop, name: str, form: str) -> None:
    customers.guest(email="ann@example.com", name=name, phone="+44 20 7946 0000", language="zh-hans", country="CN", now=NOON)

    sheet = tried(SheetKind.CUSTOMERS, exported(SheetKind.CUSTOMERS, form))

    assert set(sheet.counts) == {"unchanged"}, refused(sheet.id)
