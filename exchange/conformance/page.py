"""
The report as one self-contained page, in one language.

It loads nothing and runs nothing; the signed report stands in it, so the page can be handed on
alone. Whatever the partner sent is text and never markup.
"""

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from itertools import groupby
from typing import Any

from exchange.conformance.texts import Language, text

Document = Mapping[str, Any]

STYLE = """
:root { --good: #1a7f37; --bad: #b42318; --quiet: #57606a; --line: #d0d7de; --band: #f6f8fa; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 2rem 1.5rem; color: #1f2328; background: #fff;
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.verdict { border-left: .4rem solid var(--good); background: var(--band); padding: .8rem 1rem;
  font-size: 1.15rem; font-weight: 600; margin: 1.2rem 0; }
.verdict.failed { border-color: var(--bad); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; margin: 0; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { background: var(--band); font-weight: 600; }
col.outcome { width: 8rem; } col.name { width: 15rem; } col.clause { width: 6rem; }
.passed { color: var(--good); } .failed { color: var(--bad); font-weight: 600; }
.left-out { color: var(--quiet); }
code, pre { font: 12.5px/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
ul { margin: .3rem 0; padding-left: 1.2rem; }
pre { background: var(--band); padding: .6rem; white-space: pre-wrap; overflow-wrap: anywhere;
  max-height: 18rem; overflow: auto; margin: .3rem 0; }
summary { cursor: pointer; color: var(--quiet); }
footer { margin-top: 2.5rem; color: var(--quiet); font-size: .9rem; }
@media (max-width: 46rem) { col.outcome { width: 6rem; } col.name { width: 9rem; } }
@media print { body { max-width: none; padding: 0; } pre { max-height: none; } }
"""


def page(document: Document, line: bytes, language: Language) -> str:
    """Return the page of the report *document*; *line* is the same as it was signed."""

    def said(key: str) -> str:
        return escape(text(key, language))

    title = f"{said('report.title')}: {escape(document['about'])}"
    parts = [
        "<!doctype html>",
        f'<html lang="{language}">',
        '<head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title><style>{STYLE}</style></head><body>",
        f"<h1>{title}</h1>",
        _verdict(document, language),
        _facts(document, language),
        *_groups(document["cases"], language),
        _untested(document, language),
        f"<footer>{said('report.signed')}</footer>",
        f'<script type="application/jose+json">{_within_script(line)}</script>',
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _verdict(document: Document, language: Language) -> str:
    counts = document["counts"]
    key = "failed" if counts["failed"] else "passed"
    figures = ", ".join(
        f"{escape(text(f'count.{outcome}', language))}: {counts[outcome]}" for outcome in counts
    )
    words = escape(text(f"verdict.{key}", language))
    return f'<p class="verdict {key}">{words}<br><small>{figures}</small></p>'


def _facts(document: Document, language: Language) -> str:
    yes_or_no = text("yes" if document["listened"] else "no", language)
    facts = {
        "report.about": document["about"],
        "report.url": document["url"],
        "report.kit": document["iss"],
        "report.began": document["began_at"],
        "report.ended": document["ended_at"],
        "report.signatures": text(f"signatures.{document['signatures']}", language),
        "report.listened": yes_or_no,
        "report.keys": str(document["partner_keys"]),
        "report.program": document["program"],
    }
    rows = (
        f"<dt>{escape(text(key, language))}</dt><dd>{escape(value)}</dd>"
        for key, value in facts.items()
    )
    return f"<dl>{''.join(rows)}</dl>"


def _groups(cases: Iterable[Document], language: Language) -> Iterator[str]:
    for group, members in groupby(cases, key=lambda case: case["group"]):
        heads = ("outcome", "name", "clause", "sent", "must")
        columns = "".join(f'<col class="{head}">' for head in heads)
        titles = "".join(f"<th>{escape(text(f'column.{head}', language))}</th>" for head in heads)
        yield f"<h2>{escape(text(f'group.{group}', language))}</h2>"
        yield f"<table><colgroup>{columns}</colgroup><thead><tr>{titles}</tr></thead><tbody>"
        for case in members:
            yield _case(case, language)
        yield "</tbody></table>"


def _case(case: Document, language: Language) -> str:
    outcome = case["outcome"]
    cells = [
        f'<td class="{outcome}">{escape(text(f"outcome.{outcome}", language))}</td>',
        f'<td id="{escape(case["name"])}"><code>{escape(case["name"])}</code></td>',
        f"<td>{escape(case['clause'])}</td>",
        f"<td>{escape(case['sent'][language])}{_why(case, language)}</td>",
        f"<td>{_marked(case['must'][language])}{_findings(case, language)}</td>",
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _why(case: Document, language: Language) -> str:
    return f"<br><em>{escape(case['why'][language])}</em>" if case["why"] else ""


def _findings(case: Document, language: Language) -> str:
    if not case["findings"]:
        return ""
    items = "".join(f"<li>{escape(found['said'][language])}</li>" for found in case["findings"])
    return f'<ul class="failed">{items}</ul>{_exchanged(case, language)}'


def _exchanged(case: Document, language: Language) -> str:
    if not case["exchanged"]:
        return ""
    shown = "".join(
        f"<pre>→ {escape(each['sent'])}</pre><pre>← {each['status']} {escape(each['came'])}</pre>"
        for each in case["exchanged"]
    )
    title = escape(text("report.exchanged", language))
    return f"<details><summary>{title}</summary>{shown}</details>"


def _untested(document: Document, language: Language) -> str:
    rows = "".join(
        f"<dt><code>{escape(code)}</code></dt><dd>{escape(why[language])}</dd>"
        for code, why in document["untested"].items()
    )
    return f"<h2>{escape(text('report.untested', language))}</h2><dl>{rows}</dl>"


def _marked(words: str) -> str:
    """Return *words* with what stands between backticks as code."""
    pieces = escape(words).split("`")
    return "".join(
        f"<code>{piece}</code>" if number % 2 else piece for number, piece in enumerate(pieces)
    )


def _within_script(line: bytes) -> str:
    """Return the signed line; base64url and JSON punctuation alone cannot end a script."""
    return line.decode("ascii").replace("<", "\\u003c")
