"""The names of reasons to write: one reason, one key, one mail."""


def placed(order_id: int) -> str:
    """Return the key of the mail that confirms an order."""
    return f"order:{order_id}:placed"


def paid(order_id: int) -> str:
    """Return the key of the mail that thanks for the payment."""
    return f"order:{order_id}:paid"


def cancelled(order_id: int) -> str:
    """Return the key of the mail that tells of the order's end."""
    return f"order:{order_id}:cancelled"


def shipped(shipment_id: int) -> str:
    """Return the key of the mail about one parcel."""
    return f"shipment:{shipment_id}:shipped"


def delivered(shipment_id: int) -> str:
    """Return the key of the mail about one parcel that has arrived."""
    return f"shipment:{shipment_id}:delivered"


def refunded(refund_id: int) -> str:
    """Return the key of the mail about one refund."""
    return f"refund:{refund_id}:refunded"


def review(order_id: int) -> str:
    """Return the key of the one mail that asks what a buyer thinks of an order's goods."""
    return f"order:{order_id}:review"


def back_in_stock(wait_id: int) -> str:
    """Return the key of the one mail that answers somebody who waits for goods."""
    return f"wait:{wait_id}:back"
