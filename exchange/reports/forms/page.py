"""
A report as one HTML file: it needs nothing else, runs no script, and prints to pages.

It is light or dark as its reader's device is. On a narrow screen each row of a table becomes a
list of its cells, each with its heading; what is drawn is also written.
"""

from functools import cache, partial
from importlib import resources

from jinja2 import Environment, StrictUndefined, Template

from exchange.reports.document import Report
from exchange.reports.forms.flow import COLOURS
from exchange.reports.forms.shown import show
from exchange.reports.texts import Language, text


def report_page(report: Report, language: Language) -> bytes:
    """Return the page, in UTF-8."""
    say = partial(text, language=language)
    page = _template().render(report=show(report, language), say=say, colours=COLOURS)
    return page.encode("utf-8")


@cache
def _template() -> Template:
    source = (resources.files("exchange.reports.forms") / "page.html.j2").read_text("utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(source)
