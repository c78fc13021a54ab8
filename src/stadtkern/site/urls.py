"""All addresses of one city."""

urlpatterns: list[object] = []
