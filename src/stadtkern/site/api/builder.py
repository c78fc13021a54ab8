"""A form that puts the address of a request together."""

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stadtkern.site.api.examples import address, since

WHAT: dict[str, tuple[str | Promise, str]] = {
    "values": (_("Every value"), "$orderby=phenomenonTime"),
    "PT1H": (_("Means for each hour"), "$aggregate=mean,min,max,count&$interval=PT1H"),
    "P1D": (_("Means for each day"), "$aggregate=mean,min,max,count&$interval=P1D"),
    "P1M": (_("Means for each month"), "$aggregate=mean,min,max,count&$interval=P1M"),
}


class RequestForm(forms.Form):
    """Which series, what of it, since when, in which form."""

    datastream = forms.IntegerField(label=_("Number of the series"), min_value=1)
    what = forms.ChoiceField(
        label=_("What"), choices=[(key, title) for key, (title, _query) in WHAT.items()]
    )
    days = forms.IntegerField(label=_("Days back"), min_value=1, max_value=36_500)
    form = forms.ChoiceField(label=_("Format"), choices=[("JSON", "JSON"), ("CSV", "CSV")])

    def url(self, base: str) -> str:
        """The address that the valid form asks for."""
        given = self.cleaned_data
        query = f"{WHAT[given['what']][1]}&$filter={since(given['days'])}"
        if given["form"] == "CSV":
            query += "&$resultFormat=CSV"
        return address(base, f"Datastreams({given['datastream']})/Observations", query)
