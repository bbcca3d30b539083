"""The page of an audit: one HTML file that needs no other and asks for none, its pictures small and inside it."""

import base64
import html
import io
from collections.abc import Iterable, Mapping, Sequence

from PIL import Image

from tfrecords_tools.auditing.facts import Facts
from tfrecords_tools.auditing.findings import Finding
from tfrecords_tools.auditing.sources import Source
from tfrecords_tools.auditing.summary import verdict
from tfrecords_tools.pixels.opening import open_image

MAX_PICTURES = 600
"""On a page, about 5 kB each."""
MAX_OF_GROUP = 12
SIDE = 128
QUALITY = 80


def page(facts: Facts, findings: Sequence[Finding], source: Source) -> str:
    """Returns the page: the findings, the severest first, with the pictures of their groups side by side.

    Args:
        facts: what the findings' positions are of.
        findings: in the order in which they are shown; those first get pictures until `MAX_PICTURES` are on the page.
        source: where the pictures come from.
    """
    shown = _shown_groups(findings)
    positions = {one for groups in shown for group in groups for one in group[:MAX_OF_GROUP]}
    pictures = thumbnails(source, {str(facts.ids[one]) for one in positions})
    sections = [
        _section(facts, finding, groups, pictures, number)
        for number, (finding, groups) in enumerate(zip(findings, shown, strict=True))
        if finding.advice  # of the others, the list at the top tells all
    ]
    return PAGE.format(
        title=html.escape(f"Audit of {facts.name}"),
        subtitle=html.escape(
            f"{len(facts.ids)} images in {len(facts.class_names)} classes, from {source.place}: {verdict(findings)}."
        ),
        contents="\n".join(_line(number, finding) for number, finding in enumerate(findings)),
        sections="\n".join(sections),
    )


def thumbnails(source: Source, ids: Iterable[str]) -> dict[str, str]:
    """Returns id -> a small JPEG of the image as a data URL."""
    wanted = set(ids)
    if not wanted:
        return {}
    return {row.id: _data_url(open_image(row.source, source.bits)) for row in source.rows() if row.id in wanted}


def _shown_groups(findings: Sequence[Finding]) -> list[tuple[tuple[int, ...], ...]]:
    """Returns the groups of each finding that the page has room for."""
    room = MAX_PICTURES
    shown = []
    for finding in findings:
        chosen = []
        for group in finding.groups:
            room -= min(len(group), MAX_OF_GROUP)
            if room < 0:
                break
            chosen.append(group)
        shown.append(tuple(chosen))
    return shown


def _line(number: int, finding: Finding) -> str:
    title = html.escape(finding.title)
    linked = f'<a href="#finding{number}">{title}</a>' if finding.advice else title
    return f'<li class="{finding.severity}"><b>{finding.severity}</b> {linked}</li>'


def _section(
    facts: Facts,
    finding: Finding,
    groups: Sequence[tuple[int, ...]],
    pictures: Mapping[str, str],
    number: int,
) -> str:
    lines = [f'<section id="finding{number}" class="{finding.severity}">']
    lines.append(f"<h2><b>{finding.severity}</b> {html.escape(finding.title)}</h2>")
    lines.append(f"<p>{html.escape(finding.advice)}</p>")
    if finding.examples and not groups:
        lines.append("".join(f"<p class=example>{html.escape(example)}</p>" for example in finding.examples))
    left_out = len(finding.groups) - len(groups)
    if left_out:
        lines.append(f"<p class=left>{left_out} of {len(finding.groups)} groups are not shown; audit.json has all.</p>")
    if groups:
        lines.append(f"<div class=groups>{''.join(_group(facts, group, pictures) for group in groups)}</div>")
    return "\n".join([*lines, "</section>"])


def _group(facts: Facts, group: tuple[int, ...], pictures: Mapping[str, str]) -> str:
    """Returns the pictures of one group, side by side; labels that differ are marked."""
    differ = len({facts.class_of(one) for one in group}) > 1
    figures = []
    for one in group[:MAX_OF_GROUP]:
        name = html.escape(str(facts.ids[one]))
        colour = f" style='background:{COLOURS[facts.labels[one] % len(COLOURS)]}'" if differ else ""
        figures.append(
            f"<figure><img src='{pictures[str(facts.ids[one])]}' alt='{name}' title='{name}'>"
            f"<figcaption><span class=label{colour}>{html.escape(facts.class_of(one))}</span>"
            f"<span class=id>{name}</span></figcaption></figure>"
        )
    more = f"<p class=left>and {len(group) - MAX_OF_GROUP} more</p>" if len(group) > MAX_OF_GROUP else ""
    mark = "<p class=mark>labels differ</p>" if differ else ""
    kind = "group differ" if differ else "group"
    return f"<div class='{kind}'>{mark}<div class=row>{''.join(figures)}</div>{more}</div>"


def _data_url(image: Image.Image) -> str:
    image.thumbnail((SIDE, SIDE))
    content = io.BytesIO()
    image.save(content, "JPEG", quality=QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(content.getvalue()).decode()}"


# Of the labels that differ, by class: dark enough for white text, and told apart by the colour-blind (Okabe and Ito's).
COLOURS = ("#0072b2", "#b34700", "#00795a", "#a0457f", "#5b5b00", "#3a3a8c", "#444444")

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<style>
body {{ font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 1240px; padding: 0 1em; color: #222 }}
h1 {{ margin-bottom: 0 }} h2 {{ font-size: 17px; font-weight: 600; margin: 0 0 .3em }} p {{ margin: .3em 0 }}
section {{ border-left: 5px solid #999; padding: .5em 0 .5em 1em; margin: 1.4em 0 }}
ol {{ list-style: none; padding: 0 }} li {{ margin: .25em 0; padding-left: 5.4em; text-indent: -5.4em }}
a {{ color: inherit; text-decoration: none }} a:hover {{ text-decoration: underline }}
b {{ display: inline-block; box-sizing: border-box; min-width: 5.6em; margin-right: .5em; padding: 0 .5em;
  font-size: 13px; text-align: center; text-indent: 0; color: #fff; background: #777; border-radius: 3px }}
.error {{ border-color: #c00000 }} .error b {{ background: #c00000 }}
.warning {{ border-color: #c77700 }} .warning b {{ background: #a86400 }}
.groups {{ display: flex; flex-wrap: wrap; gap: 12px; margin-top: .8em }}
.group {{ border: 1px solid #bbb; border-radius: 6px; padding: 6px }} .group.differ {{ border: 2px solid #c00000 }}
.row {{ display: flex; flex-wrap: wrap; gap: 6px }} figure {{ margin: 0; width: 128px }}
img {{ width: 128px; height: 128px; object-fit: contain; background: #eee; display: block }}
.label {{ display: block; font-weight: 600; padding: 1px 4px; border-radius: 3px; margin-top: 3px }}
.label[style] {{ color: #fff }} .mark {{ color: #c00000; font-weight: 600; margin: 0 0 4px }}
.id {{ display: block; font: 11px ui-monospace, monospace; color: #555; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; padding: 0 4px }}
.left, .example {{ color: #666 }}
</style></head><body>
<h1>{title}</h1><p>{subtitle}</p>
<ol>
{contents}
</ol>
{sections}
</body></html>
"""
