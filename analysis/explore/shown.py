"""What the explorer shows for one choice: the picture, the sentence and the tables, all made by the verbs."""

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from io import BytesIO

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from PIL import Image

from analysis import draw, load, measure, tables, words
from analysis.explore.choices import (
    PRINTED,
    Choice,
    Desk,
    Shares,
    country_rows,
    in_direction,
    pair_rows,
    settle,
    shares_of,
    within,
)
from analysis.page import page_of
from analysis.page.canvas import paper

#: What to do where the widgets are not installed.
HINT = "For controls that move, install ipywidgets (pip install ipywidgets) and open this notebook in JupyterLab."


@dataclass(frozen=True)
class Shown:
    """What a choice gives: the PNG with its size and alt text, the sentence, the tables as HTML, and a note."""

    png: bytes
    width: int
    height: int
    alt: str
    sentence: str
    table: str
    note: str

    def image(self) -> str:
        """The picture as HTML, with the room it takes known before it is decoded, so that nothing jumps."""
        data = base64.b64encode(self.png).decode("ascii")
        return (
            '<div class="scroll" role="region" tabindex="0" aria-label="Chart">'
            f'<img alt="{escape(self.alt)}" width="{self.width}" height="{self.height}" decoding="sync" '
            f'src="data:image/png;base64,{data}"></div>'
        )

    def static(self, hint: str) -> str:
        """The same without controls: picture, sentence, and how to make it interactive."""
        told = f"<figcaption>{escape(self.sentence)}<br>{escape(hint)}</figcaption>"
        return f'<figure style="margin: 0">{self.image()}{told}</figure>'

    def _repr_html_(self) -> str:
        return self.static(HINT)


def show(choice: Choice, shares: Shares) -> Iterator[Shown | None]:
    """Make what a choice shows, pausing between steps so that a newer choice can supersede it; the last is the result.

    A figure that is left half made is closed.
    """
    rows, events, note = _rows(choice, shares)
    yield None
    fig = figure(choice, rows, events)
    try:
        yield None
        page = page_of(fig)
        page.fit(choice.preset)
        png = _png(fig)
        width, height = fig.canvas.get_width_height()
        alt = page.lettering().alt
    finally:
        plt.close(fig)
    yield Shown(png, width, height, alt, sentence(choice, rows), table(choice, rows), note)


def at_once(choice: Choice, desk: Desk) -> Shown:
    """What the choice shows, made in one go.

    Raises
    ------
    ValueError
        If the choice cannot be shown, with the reason.
    """
    shares = shares_of(desk)
    settled, _ = settle(choice, "recipient", desk.names, shares, whole=True)
    return list(show(settled, shares))[-1]


def made(choice: Choice, shares: Shares) -> tuple[Figure, str]:
    """The figure of a choice, for export, and the name of its bundle."""
    rows, events, _ = _rows(choice, shares)
    return figure(choice, rows, events), name(choice)


def _rows(choice: Choice, shares: Shares) -> tuple[pd.DataFrame, pd.DataFrame | None, str]:
    """The rows behind the chart, and the events on its board."""
    rows = within(country_rows(shares(choice.source, choice.window), choice), choice)
    events, note = _events(choice)
    return rows, events, " ".join(filter(None, [_former(rows), note]))


def _former(rows: pd.DataFrame) -> str:
    """That a former state which once was the largest partner is counted apart, lest a successor seem to begin at 0."""
    kinds, leaders = tables.column("countries", "kind"), rows[rows["rank"] == 1]
    found = sorted(name for name in {*leaders["recipient"], *leaders["supplier"]} if kinds.get(name) == "former state")
    return f"Counted apart from any successor: {', '.join(map(words.name, found))}." if found else ""


def _events(choice: Choice) -> tuple[pd.DataFrame | None, str]:
    if not choice.importance or not choice.kinds:
        return None, ""
    about = {"about": [choice.recipient, choice.supplier], "kind": choice.kinds, "importance": choice.importance}
    try:
        return load.events(**about, since=choice.since, until=choice.until), ""
    except ValueError:
        pair = f"{words.name(choice.recipient)} or {words.name(choice.supplier)}"
        return None, f"The table of events has none of these kinds that names {pair} in these years."


def figure(choice: Choice, rows: pd.DataFrame, events: pd.DataFrame | None) -> Figure:
    """The chart of a choice, over a board of events where there are any."""
    with paper():
        if events is None:
            fig, top = plt.subplots()
        else:
            fig, (top, bottom) = plt.subplots(2, sharex=True, height_ratios=[3, 1])
        if choice.of == "both":
            rows = _mutual(choice, rows)
            draw.mutual(rows, ax=top)
        else:
            _, partner = choice.ends(choice.of)
            traded = rows[tables.ENDS[choice.of][1]].eq(partner).any()
            draw.shares(rows, focus=partner if traded else None, ax=top)
        if events is not None:
            draw.events(events, ax=bottom)
        return draw.headline(fig, _headline(choice, rows))


def _mutual(choice: Choice, rows: pd.DataFrame) -> pd.DataFrame:
    return measure.mutual(rows, recipient=choice.recipient, supplier=choice.supplier)


def _headline(choice: Choice, rows: pd.DataFrame) -> str:
    """The finding on the pair if it has a share in the last window, else on the largest partner."""
    if choice.of == "both":
        return words.finding(rows)
    pair = pair_rows(rows, choice)
    return words.finding(pair if pair["last_year"].max() == rows["last_year"].max() else rows)


def _png(fig: Figure) -> bytes:
    """The figure as it is, laid out and drawn once, on its white ground."""
    fig.canvas.draw()
    buffer = BytesIO()
    Image.fromarray(np.asarray(fig.canvas.buffer_rgba())).convert("RGB").save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def name(choice: Choice) -> str:
    """The name of the bundle: what is shown, so that two exports never take each other's place."""
    told = {"imports": "imports", "exports": "exports", "both": "mirror"}[choice.of]
    parts = [choice.recipient, choice.supplier, told, choice.since, choice.until, choice.source]
    parts += [] if choice.window == 5 else [f"windows of {choice.window}"]
    parts += ["" if not choice.importance else f"events {choice.importance}"]
    return " ".join(str(part) for part in parts if part)


def sentence(choice: Choice, rows: pd.DataFrame) -> str:
    """The newest share of the pair as a sentence, and the oldest shown to compare it with."""
    pair = pair_rows(rows, choice)
    final = rows.loc[rows["last_year"].idxmax()]
    told = []
    for of in ("imports", "exports") if choice.of == "both" else (choice.of,):
        side = in_direction(pair, of)
        if side.empty or side["last_year"].max() < final["last_year"]:
            years = words.window(final["first_year"], final["last_year"])
            country, partner = choice.ends(of)
            share = f"{words.name(partner)} in {words.possessive(country)} arms {of}"
            told.append(f"No share of {share} is known here for {years}.")
        if len(side):
            told.append(f"{words.sentence(side.iloc[-1])}.")
        if side["last_year"].nunique() > 1:
            told.append(f"{words.sentence(side.iloc[0])}.")
    return " ".join(told)


def table(choice: Choice, rows: pd.DataFrame) -> str:
    """The rows behind the chart as HTML: all partners of the last window, and the pair window by window."""
    if choice.of == "both":
        return _mirror(choice, rows)
    pair = pair_rows(rows, choice)
    column, (country, partner) = tables.ENDS[choice.of][1], choice.ends(choice.of)
    last = rows[rows["last_year"] == rows["last_year"].max()]
    last = last[last["source"] == last["source"].max()].sort_values(["percent", column], ascending=[False, True])
    years = words.window(last["first_year"].iloc[0], last["last_year"].iloc[0])
    told = f"{column.capitalize()}s of {words.possessive(country)} arms {choice.of}, {years}, {words.VOLUME}"
    first = _html(told, [column.capitalize(), "%"], zip(last[column], _percents(last), strict=True))
    if pair.empty:
        return first
    newest = pair.iloc[::-1]
    told = f"{words.capital(words.possessive(partner))} share of {words.possessive(country)} arms "
    told += f"{choice.of}, window by window, {words.VOLUME}"
    columns = [_windows(newest), _percents(newest)]
    if choice.source == PRINTED:
        columns.append([words.short_edition(source) for source in newest["source"]])
    return first + _html(told, ["Years", "%", "Edition"][: len(columns)], zip(*columns, strict=True))


def _mirror(choice: Choice, rows: pd.DataFrame) -> str:
    newest = _mutual(choice, rows).sort_values(["last_year", "source"], kind="stable").iloc[::-1]
    heads = ["Years", *(f"% of {words.possessive(choice.ends(of)[0])} {of}" for of in tables.ENDS)]
    columns = [
        _windows(newest),
        newest["import_percent"].map(words.percent),
        newest["export_percent"].map(words.percent),
    ]
    if choice.source == PRINTED:
        heads.append("Edition")
        columns.append([words.short_edition(source) for source in newest["source"]])
    told = f"{choice.supplier} as supplier, {choice.recipient} as recipient, {words.VOLUME}"
    return _html(told, heads, zip(*columns, strict=True))


def _windows(rows: pd.DataFrame) -> list[str]:
    return [words.window(*ends) for ends in zip(rows["first_year"], rows["last_year"], strict=True)]


def _percents(rows: pd.DataFrame) -> list[str]:
    return [words.percent(*row) for row in zip(rows["percent"], rows["decimals"], strict=True)]


def _html(caption: str, heads: list[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in HTML, every text escaped, in a frame that scrolls and that the keyboard reaches."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>{"".join(f"<td>{escape(text)}</td>" for text in rest)}</tr>'
        for first, *rest in rows
    )
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
