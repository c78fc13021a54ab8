"""Addresses of the pages about payments."""

from django.urls import URLPattern, path

from stadtkern.site.staff.payments import (
    by_hand,
    charge,
    compare,
    ledger,
    listing,
    providers,
    refunds,
)

AT = "staff/payments/"
urlpatterns: list[URLPattern] = [
    path(AT, listing.charges, name="staff-payments"),
    path(f"{AT}<int:number>/", charge.charge, name="staff-payments-charge"),
    path(f"{AT}<int:number>/do/", charge.do, name="staff-payments-do-charge"),
    path(f"{AT}refunds/", refunds.refunds, name="staff-payments-refunds"),
    path(f"{AT}by-hand/", by_hand.work, name="staff-payments-by-hand"),
    path(f"{AT}refunds/<int:number>/", by_hand.refund, name="staff-payments-refund"),
    path(f"{AT}refunds/<int:number>/do/", by_hand.do, name="staff-payments-do-refund"),
    path(f"{AT}compare/", compare.compare, name="staff-payments-compare"),
    path(f"{AT}compare/bank/", compare.bank, name="staff-payments-do-bank"),
    path(f"{AT}compare/<int:number>/do/", compare.do, name="staff-payments-do-difference"),
    path(f"{AT}ledger/", ledger.ledger, name="staff-payments-ledger"),
    path(f"{AT}providers/", providers.providers, name="staff-payments-providers"),
    path(f"{AT}providers/new/", providers.create, name="staff-payments-provider-new"),
    path(f"{AT}providers/<int:number>/", providers.change, name="staff-payments-provider"),
    path(f"{AT}providers/<int:number>/do/", providers.do, name="staff-payments-provider-do"),
]
