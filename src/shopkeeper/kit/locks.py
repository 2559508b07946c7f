"""The one order in which rows are locked, so that two transactions can never wait for each other.

Whoever locks rows of several kinds locks them by rising rank, and rows of one kind by rising id. Scarce rows that many
people want at once come last, so that they are held for the shortest time. Database functions follow the same table.
"""

from enum import IntEnum


class LockRank(IntEnum):
    """What is locked first has the lower number. A new kind of row gets its place here before it is locked anywhere.

    A lease comes first: whoever works under one locks it at the beginning of each transaction; whoever takes over passes by locked ones.
    A buyer comes before every order: one buyer's orders are opened one after the other, so that the cap on what is unpaid counts them all.
    A basket comes right after its order: placing an order closes the basket first and then opens an order that nobody else can see yet;
    whoever ends or revives an order has the order's lock before it touches the basket.
    Prices come before stock: orders share the lock on a price, and only a change of that price waits; a shelf's lock is shared with nobody.
    A review comes before the sums of its product, which its own trigger writes.
    """

    LEASE = 5
    BUYER = 7
    ORDER = 10
    BASKET = 15
    PAYMENT = 20
    STRAY = 25
    PRICE = 30
    COST = 35
    HOLD = 40
    SHELF = 50
    REVIEW = 55
    REVIEW_SUMMARY = 56
    COUPON = 60
    BUDGET = 70
    FLASH = 80
