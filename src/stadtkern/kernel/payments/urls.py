"""Addresses of whoever pays: the token in the path is the key."""

from django.urls import path

from stadtkern.kernel.payments import pages

app_name = "payments"
urlpatterns = [
    path("<str:token>/", pages.start, name="start"),
    path("<str:token>/status/", pages.status, name="status"),
    path("<str:token>/invoice/", pages.invoice, name="invoice"),
    path("<str:token>/receipt/", pages.receipt, name="receipt"),
    path("<str:token>/receipt.pdf", pages.receipt_file, name="receipt-pdf"),
    path("<str:token>/callback/", pages.callback, name="callback"),
]
