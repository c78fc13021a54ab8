"""Addresses of the staff pages about boards."""

from django.urls import URLPattern, path

from stadtkern.site.staff.boards import block, deeds, pages

urlpatterns: list[URLPattern] = [
    path("staff/boards/", pages.boards, name="staff-boards"),
    path("staff/boards/new/", pages.create, name="staff-board-new"),
    path("staff/boards/<int:number>/", pages.board, name="staff-board"),
    path("staff/boards/<int:number>/words/", pages.words, name="staff-board-words"),
    path("staff/boards/<int:number>/do/", deeds.do, name="staff-board-do"),
    path("staff/boards/<int:number>/versions/", pages.versions, name="staff-board-versions"),
    path("staff/boards/<int:number>/block/", block.edit, name="staff-board-block"),
]
