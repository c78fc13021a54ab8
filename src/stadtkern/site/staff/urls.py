"""Addresses of the staff's pages; the site includes them inside its language prefix."""

from django.urls import URLPattern, path

from stadtkern.site.staff import (
    absences,
    audit,
    departments,
    devices,
    jobs,
    keys,
    overview,
    people,
    projects,
    systems,
    things,
    uplinks,
)
from stadtkern.site.staff.alerts import urls as alerts
from stadtkern.site.staff.boards import urls as boards
from stadtkern.site.staff.codecs import urls as codecs
from stadtkern.site.staff.decoding import urls as decoding
from stadtkern.site.staff.downlinks import urls as downlinks
from stadtkern.site.staff.effects import urls as effects
from stadtkern.site.staff.fleet import urls as fleet
from stadtkern.site.staff.gateways import urls as gateways
from stadtkern.site.staff.identity import urls as identity
from stadtkern.site.staff.networks import urls as networks
from stadtkern.site.staff.onboarding import urls as onboarding
from stadtkern.site.staff.payments import urls as payments
from stadtkern.site.staff.quality import urls as quality

urlpatterns: list[URLPattern] = [
    path("staff/", overview.overview, name="staff"),
    path("staff/devices/", devices.devices, name="staff-devices"),
    path("staff/devices/<int:number>/", devices.device, name="staff-device"),
    path("staff/uplinks/", uplinks.uplinks, name="staff-uplinks"),
    path("staff/uplinks/<int:number>/", uplinks.uplink, name="staff-uplink"),
    path("staff/jobs/", jobs.jobs, name="staff-jobs"),
    path("staff/jobs/schedule/", jobs.schedule, name="staff-schedule"),
    path("staff/jobs/run/", jobs.run_now, name="staff-job-run"),
    path("staff/jobs/<int:number>/", jobs.job, name="staff-job"),
    path("staff/jobs/<int:number>/retry/", jobs.retry, name="staff-job-retry"),
    path("staff/systems/", systems.systems, name="staff-systems"),
    path("staff/audit/", audit.audit, name="staff-audit"),
    path("staff/people/", people.people, name="staff-people"),
    path("staff/people/new/", people.create, name="staff-person-new"),
    path("staff/people/<int:number>/", people.change, name="staff-person"),
    path("staff/people/<int:number>/switch/", people.switch, name="staff-person-switch"),
    path("staff/people/<int:number>/password/", people.password, name="staff-person-password"),
    path("staff/departments/", departments.departments, name="staff-departments"),
    path("staff/departments/new/", departments.create, name="staff-department-new"),
    path("staff/departments/<int:number>/", departments.change, name="staff-department"),
    path(
        "staff/departments/<int:number>/remove/", departments.remove, name="staff-department-remove"
    ),
    path("staff/people/<int:number>/offices/", people.membership, name="staff-person-membership"),
    path("staff/data-projects/", projects.projects, name="staff-projects"),
    path("staff/data-projects/new/", projects.create, name="staff-project-new"),
    path("staff/data-projects/<int:number>/", projects.project, name="staff-project"),
    path("staff/data-projects/<int:number>/change/", projects.change, name="staff-project-change"),
    path("staff/data-projects/<int:number>/add/", projects.add, name="staff-project-add"),
    path(
        "staff/data-projects/<int:number>/take-out/<int:thing>/",
        projects.take_out,
        name="staff-project-take-out",
    ),
    path("staff/data-projects/things/<int:number>/", things.thing, name="staff-thing"),
    path("staff/data-projects/things/<int:number>/share/", things.share, name="staff-thing-share"),
    path("staff/absences/", absences.absences, name="staff-absences"),
    path("staff/absences/do/", absences.do, name="staff-absences-do"),
    path("staff/keys/", keys.keys, name="staff-keys"),
    path("staff/keys/new/", keys.create, name="staff-key-new"),
    path("staff/keys/<int:number>/revoke/", keys.revoke, name="staff-key-revoke"),
    *alerts.urlpatterns,
    *codecs.urlpatterns,
    *decoding.urlpatterns,
    *downlinks.urlpatterns,
    *fleet.urlpatterns,
    *gateways.urlpatterns,
    *identity.urlpatterns,
    *networks.urlpatterns,
    *onboarding.urlpatterns,
    *payments.urlpatterns,
    *quality.urlpatterns,
    *boards.urlpatterns,
    *effects.urlpatterns,
]
