"""The app's pages; what browsers fetch by themselves lies outside the language prefix."""

from django.urls import URLPattern, path

from stadtkern.site.app import files, messages, pages

pages_of_app: list[URLPattern] = [
    path("app/", pages.start, name="app"),
    path("app/about/", pages.about, name="app-about"),
    path("app/offline/", pages.offline, name="app-offline"),
    path("app/messages/", messages.subscribe, name="app-subscribe"),
    path("app/messages/state/", messages.state, name="app-subscription"),
    path("app/messages/end/", messages.end, name="app-unsubscribe"),
]
urlpatterns: list[URLPattern] = [
    path("manifest.webmanifest", files.manifest, name="app-manifest"),
    path("service-worker.js", files.worker, name="app-worker"),
    path("app/icon-<str:kind>.png", files.icon, name="app-icon"),
]
