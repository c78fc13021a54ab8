"""Addresses of the staff's pages about rules and alerts."""

from django.urls import URLPattern, path

from stadtkern.site.staff.alerts import (
    alert,
    incidents,
    listing,
    maintenance,
    messages,
    rule_pages,
    webhooks,
)

urlpatterns: list[URLPattern] = [
    path("staff/alerts/", listing.alerts, name="staff-alerts"),
    path("staff/alerts/bulk/", listing.bulk, name="staff-alerts-bulk"),
    path("staff/alerts/<int:number>/", alert.alert, name="staff-alert"),
    path("staff/alerts/<int:number>/do/", alert.do, name="staff-alert-do"),
    path("staff/alerts/incidents/<int:number>/", incidents.incident, name="staff-incident"),
    path("staff/alerts/incidents/<int:number>/do/", incidents.do, name="staff-incident-do"),
    path("staff/alerts/rules/", rule_pages.rules, name="staff-rules"),
    path("staff/alerts/rules/new/", rule_pages.create, name="staff-rule-new"),
    path("staff/alerts/rules/<int:number>/", rule_pages.rule, name="staff-rule"),
    path("staff/alerts/rules/<int:number>/change/", rule_pages.change, name="staff-rule-change"),
    path("staff/alerts/rules/<int:number>/switch/", rule_pages.switch, name="staff-rule-switch"),
    path("staff/alerts/maintenance/", maintenance.listing, name="staff-maintenance"),
    path("staff/alerts/maintenance/new/", maintenance.create, name="staff-maintenance-new"),
    path("staff/alerts/maintenance/<int:number>/end/", maintenance.end,
         name="staff-maintenance-end"),
    path("staff/alerts/messages/", messages.messages, name="staff-messages"),
    path("staff/alerts/messages/<int:number>/again/", messages.again, name="staff-message-again"),
    path("staff/alerts/webhooks/", webhooks.webhooks, name="staff-webhooks"),
    path("staff/alerts/webhooks/new/", webhooks.create, name="staff-webhook-new"),
    path("staff/alerts/webhooks/<int:number>/switch/", webhooks.switch,
         name="staff-webhook-switch"),
]  # fmt: skip
