"""The storefront's pages, as they stand behind each language's prefix."""

from django.urls import path

from shopkeeper.doors.storefront import accounts, basket, checkout, orders, questions, reviews, searching, shelves, texts
from shopkeeper.doors.storefront.errors import designed

app_name = "storefront"

urlpatterns = [
    path("", designed(shelves.home), name="home"),
    path("shelves/", designed(shelves.shelves), name="shelves"),
    path("shelves/<slug:slug>/", designed(shelves.category), name="category"),
    path("goods/", designed(shelves.goods), name="goods"),
    path("goods/<slug:slug>/", designed(shelves.product), name="product"),
    path("goods/<slug:slug>/helpful/", designed(reviews.helpful), name="helpful"),
    path("goods/<slug:slug>/ask/", designed(questions.ask), name="ask"),
    path("search/", designed(searching.search), name="search"),
    path("search/suggest/", designed(searching.suggest), name="suggest"),
    path("search/opened/", designed(searching.opened), name="search_opened"),
    path("basket/", designed(basket.show), name="basket"),
    path("basket/add/", designed(basket.add), name="basket_add"),
    path("basket/change/", designed(basket.change), name="basket_change"),
    path("basket/fix/", designed(basket.fix), name="basket_fix"),
    path("checkout/", designed(checkout.checkout), name="checkout"),
    path("orders/<str:token>/", designed(orders.order), name="order"),
    path("orders/<str:token>/invoice.pdf", designed(orders.invoice), name="invoice"),
    path("orders/<str:token>/pay/", designed(orders.pay), name="order_pay"),
    path("orders/<str:token>/cancel/", designed(orders.cancel), name="order_cancel"),
    path("orders/<str:token>/review/", designed(reviews.write), name="review"),
    path("orders/<str:token>/questions/", designed(questions.answer), name="questions"),
    path("sign-in/", designed(accounts.sign_in), name="sign_in"),
    path("sign-out/", designed(accounts.sign_out), name="sign_out"),
    path("register/", designed(accounts.register), name="register"),
    path("join/<str:token>/", designed(accounts.join_finish), name="join"),
    path("password/", designed(accounts.password_forgotten), name="password_forgotten"),
    path("reset/<str:token>/", designed(accounts.password_new), name="password_new"),
    path("account/", designed(accounts.account), name="account"),
    path("account/details/", designed(accounts.account_details), name="account_details"),
    path("account/addresses/remove/", designed(accounts.address_remove), name="address_remove"),
    path("about/<slug:kind>/", designed(texts.text), name="text"),
    path("privacy-choice/", designed(texts.consent), name="consent"),
]
