"""The shop's own particulars: one row. And what staff confirmed about it."""

from django.db import models
from django.db.models import Q


class Shop(models.Model):
    """The one shop of this installation. `version` changes with every save and is never used twice, not even after a rollback."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    name_en = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80, blank=True)
    tagline_en = models.CharField(max_length=160, blank=True)
    tagline_zh = models.CharField(max_length=160, blank=True)
    legal_name = models.CharField(max_length=160, blank=True)
    licence_number = models.CharField(max_length=80, blank=True)
    licence_authority = models.CharField(max_length=160, blank=True)
    address = models.CharField(max_length=300, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    country = models.CharField(max_length=2)
    zone = models.CharField(max_length=64)
    language = models.CharField(max_length=10)
    currency = models.CharField(max_length=3)
    is_sample = models.BooleanField(default=False)
    logo = models.CharField(max_length=32, blank=True)
    logo_width = models.SmallIntegerField(default=0)
    logo_height = models.SmallIntegerField(default=0)
    opens_soon = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    version = models.BigIntegerField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(pk=1), name="shop_is_one"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="shop_currency_is_a_code"),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="shop_country_is_a_code"),
            models.CheckConstraint(condition=Q(language__in=["en", "zh-hans"]), name="shop_language_known"),
            models.CheckConstraint(condition=Q(logo="") | Q(logo_width__gt=0, logo_height__gt=0), name="shop_logo_measure"),
        )

    def __str__(self) -> str:
        return self.name_en


class Confirmation(models.Model):
    """What somebody looked at and found right, by name and moment: `mark` says how it stood then, so that a later change shows."""

    about = models.CharField(max_length=40, primary_key=True)
    mark = models.CharField(max_length=64, blank=True)
    user_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.about
