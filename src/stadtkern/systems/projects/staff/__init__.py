"""The staff pages of the projects."""

from django.urls import URLPattern, path

from stadtkern.systems.projects.staff import business, editing, listing, pictures, publishing

# Its own name: `projects:...` on a staff page means the public pages.
app_name = "projects-staff"
urlpatterns: list[URLPattern] = [
    path("", listing.projects, name="projects"),
    path("new/", listing.create, name="new"),
    path("business/", business.business, name="business"),
    path("business/<str:kind>/new/", business.edit, name="business-new"),
    path("business/<str:kind>/<int:number>/", business.edit, name="business-edit"),
    path("<int:number>/", publishing.project, name="project"),
    path("<int:number>/do/", publishing.act, name="act"),
    path("<int:number>/pictures/", pictures.pictures, name="pictures"),
    path("<int:number>/<slug:step>/", editing.edit, name="edit"),
]
