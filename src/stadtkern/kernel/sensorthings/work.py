"""What a GET asks for, planned; plans that suit every time are kept for the next one."""

from collections import OrderedDict
from dataclasses import dataclass
from urllib.parse import unquote_plus

from stadtkern.kernel.sensorthings.formats import choice, data_array
from stadtkern.kernel.sensorthings.formats.form import Form
from stadtkern.kernel.sensorthings.parse.options import Options, parse_options
from stadtkern.kernel.sensorthings.parse.path import Resource
from stadtkern.kernel.sensorthings.parse.presentation import Presentation, presentation
from stadtkern.kernel.sensorthings.plan import page, reads
from stadtkern.kernel.sensorthings.plan.fit import fitted, size
from stadtkern.kernel.sensorthings.plan.reads import Base, Page, Statement
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.viewer import Viewer

# So many rows at most in one answer that is not cut into pages.
MOST_STREAMED = 10_000_000
# Pages that may hold more entities than this go out while they are read as well.
LARGE = 100_000
# So many plans are kept, of queries up to so many bytes.
KEPT, LONGEST = 500, 2_000
_Key = tuple[str, bytes, str, Viewer]
_kept: OrderedDict[_Key, "Work"] = OrderedDict()


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """The plan of a GET, of a page of a collection or of one entity, and the answer's form.

    `streams`: the answer goes out while it is read.
    """

    resource: Resource
    options: Options
    shown: Presentation
    base: str
    components: list[str]
    plan: Page | Statement
    streams: bool

    def form(self) -> Form:
        """What writes the answer, once."""
        return choice.form(
            self.shown.format, self.resource, self.options, self.base, self.components
        )

    def file_name(self, form: Form) -> str:
        """The name under which the answer is kept as a file."""
        return choice.file_name(self.resource, form.ending)


def planned(resource: Resource, path: str, query: bytes, base: str, viewer: Viewer) -> Work:
    """The plan of a GET.

    Raises Problem (400): an option is not understood, or does not fit.
    """
    key = (path, query, base, viewer)
    found = _kept.get(key)
    if found is not None:
        _kept.move_to_end(key)
        return found
    found = _plan(resource, query, base, viewer)
    # What names the time it is now is different the next time.
    lasts = "now" not in unquote_plus(query.decode("latin-1")).lower()
    if lasts and len(query) <= LONGEST:
        _kept[key] = found
        if len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def _plan(resource: Resource, query: bytes, base: str, viewer: Viewer) -> Work:
    shown, rest = presentation(query)
    options = parse_options(rest)
    choice.check(shown.format, resource)
    table = shown.format in ("CSV", "GeoJSON")
    links = shown.links and not table
    where = Base(base=base, viewer=viewer, links=links, pages=shown.pages)
    arrays = shown.format == "dataArray"
    components = data_array.components(resource, options) if arrays else []
    fitting = fitted(resource.last.entity, options, single=not resource.many)
    most = _most(shown.format, resource, options, fitting) if resource.many else None
    plan: Page | Statement
    if resource.many:
        plan = reads.page(resource, options, where, arrays=components, most=most)
    else:
        plan = reads.single(resource, options, where)
    work = Work(
        resource=resource,
        options=fitting,
        shown=shown,
        base=base,
        components=components,
        plan=plan,
        streams=most is not None,
    )
    work.form()
    return work


def _most(name: str, resource: Resource, options: Options, fitting: Options) -> int | None:
    """How many rows are streamed at most; None for a page that is sent as a whole."""
    if choice.flows(name, resource) and (options.top or 0) > page.MOST:
        if options.top is not None and options.top > MOST_STREAMED:
            raise Problem(400, f"$top is at most {MOST_STREAMED} with $resultFormat={name}")
        return options.top
    large = name == "JSON" and not resource.ref and size(resource.last.entity, fitting) > LARGE
    return page.top_of(fitting) if large else None
