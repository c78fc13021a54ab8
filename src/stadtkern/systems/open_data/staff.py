"""Staff pages of open data: publishing, harvesting, feedback."""

from django.urls import include, path

app_name = "open_data-staff"
urlpatterns = [
    path("", include("stadtkern.systems.open_data.publishing.urls")),
    path("harvest/", include("stadtkern.systems.open_data.harvesting.urls")),
    path("feedback/", include("stadtkern.systems.open_data.feedback.urls")),
]
