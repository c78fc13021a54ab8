"""`{{ cents|euros }}` and `{{ slug|method }}`."""

from django import template

from stadtkern.kernel.payments import words

register = template.Library()
register.filter("euros", words.euros)
register.filter("method", words.method)
