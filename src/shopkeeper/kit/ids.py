"""The names of things as they cross a face, and how secret names are made."""

import secrets
from typing import NewType

CategoryId = NewType("CategoryId", int)
BrandId = NewType("BrandId", int)
AttributeId = NewType("AttributeId", int)
ChoiceId = NewType("ChoiceId", int)
ProductId = NewType("ProductId", int)
VariantId = NewType("VariantId", int)
PriceListId = NewType("PriceListId", int)
DeliveryOptionId = NewType("DeliveryOptionId", int)
WarehouseId = NewType("WarehouseId", int)
CustomerId = NewType("CustomerId", int)
UserId = NewType("UserId", int)
BasketId = NewType("BasketId", int)
OrderId = NewType("OrderId", int)
LineId = NewType("LineId", int)
ShipmentId = NewType("ShipmentId", int)
RefundId = NewType("RefundId", int)
PaymentId = NewType("PaymentId", int)
MessageId = NewType("MessageId", int)
FactId = NewType("FactId", int)
ApprovalId = NewType("ApprovalId", int)
ReviewId = NewType("ReviewId", int)
QuestionId = NewType("QuestionId", int)
ReplyId = NewType("ReplyId", int)
OptionId = NewType("OptionId", int)
OptionValueId = NewType("OptionValueId", int)
SizeTableId = NewType("SizeTableId", int)
CollectionId = NewType("CollectionId", int)
RevisionId = NewType("RevisionId", int)
PictureId = NewType("PictureId", int)
VideoId = NewType("VideoId", int)
RunId = NewType("RunId", int)
GroupId = NewType("GroupId", int)
MergeId = NewType("MergeId", int)
WaitId = NewType("WaitId", int)
RequestId = NewType("RequestId", int)
PromotionId = NewType("PromotionId", int)
LinkId = NewType("LinkId", int)


def new_token() -> str:
    """Return a fresh secret name of 160 random bits, safe in a URL."""
    return secrets.token_urlsafe(20)
