"""Charts by rows: a ranking, window lengths, equipment from order to delivery."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num

from analysis import tables, words
from analysis.draw import style
from analysis.page import Panel

#: Parts that a bar of one category shows one by one, and suppliers that are named beside it.
PARTS, NAMED = 4, 2


def ranking(dependence: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Bars of each country's largest supplier, longest first.

    Parameters
    ----------
    dependence
        Rows of `measure.concentration`, one per country, of one window, one direction and one source.
    ax
        Where to draw; without axes a new figure.

    Returns
    -------
    Axes
        Per cent of volume (TIV) against countries; colour and label name the largest supplier.

    Raises
    ------
    ValueError
        If the rows are of several windows, directions or sources: ranks across editions mean nothing.

    Examples
    --------
    >>> from analysis import load, measure
    >>> table = load.shares(of="imports", source="sipri-factsheet-2026", since=2025)
    >>> ax = ranking(measure.concentration(table))
    """
    tables.one_source(dependence, "a ranking")
    kinds = dependence[["of", "first_year", "last_year"]].drop_duplicates()
    if len(kinds) != 1:
        raise ValueError(
            f"A ranking shows one direction and one window; these rows are of {kinds.values.tolist()[:4]}."
        )
    ax, panel = style.axes(ax)
    table = dependence.dropna(subset="largest_percent").sort_values("largest_percent", ascending=False, kind="stable")
    y = np.arange(len(table))
    tints = [style.colour(name) for name in table["largest"]]
    ax.barh(y, table["largest_percent"], color=tints, height=0.62, zorder=3)
    for place, row in zip(y, table.itertuples(), strict=True):
        told = f"{row.largest} {words.percent(row.largest_percent)} %"
        style.point_label(panel, row.largest_percent, place, told, "tick")
    _rows(panel, table["country"].tolist())
    _percents(panel)
    top = table.iloc[0]
    share = f"{words.percent(top['largest_percent'])} %"
    story = f"{words.name(top['country'])} leads with {share} from {words.name(top['largest'])}"
    partner, side = ("supplier", "recipients") if top["of"] == "imports" else ("recipient", "suppliers")
    years = words.window(top["first_year"], top["last_year"])
    subject = f"Largest {partner}'s share of arms {top['of']}, {len(table)} {side}, {years}, {words.VOLUME}"
    return style.tell(panel, table, "ranking", "Bar chart", story, subject)


def windows(windows: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """One bar per window length for the same pair and the same last year: how much the answer hangs on the window.

    Parameters
    ----------
    windows
        Rows of `measure.windows`.
    ax
        Where to draw; without axes a new figure.

    Returns
    -------
    Axes
        Per cent of volume (TIV) against window lengths, imports above exports.

    Raises
    ------
    ValueError
        If the rows are of several pairs or sources.

    Examples
    --------
    >>> from analysis import load, measure
    >>> table = load.transfers(edition=2022)
    >>> ax = windows(measure.windows(table, recipient="India", supplier="Russia"))
    """
    tables.one_source(windows, "a strip of windows")
    recipient, supplier = style.one_pair(windows, "The strip")
    ax, panel = style.axes(ax)
    table = windows.sort_values(["of", "window_years"], ascending=[False, True])
    imports = table["of"] == "imports"
    tints = np.where(imports, style.colour(supplier, style.NAVY), style.colour(recipient, style.TEAL))
    y = np.arange(len(table))
    ax.barh(y, table["percent"], color=tints, height=0.62, zorder=3)
    for place, row in zip(y, table.itertuples(), strict=True):
        style.point_label(panel, row.percent, place, f"{words.percent(row.percent)} %", "tick")
    ends = {"imports": recipient, "exports": supplier}
    sides = {of: words.capital(f"{words.possessive(country)} {of}") for of, country in ends.items()}
    years = [words.window(*pair) for pair in zip(table["first_year"], table["last_year"], strict=True)]
    _rows(panel, [f"{sides[of]}, {span}" for of, span in zip(table["of"], years, strict=True)])
    _percents(panel)
    side = table[imports] if imports.any() else table
    low, high = words.percent(side["percent"].min()), words.percent(side["percent"].max())
    story = f"the share of {side['of'].iloc[0]} runs from {low} to {high} % with the length of the window"
    lengths, last = table["window_years"], table["last_year"].iloc[0]
    subject = (
        f"Shares of arms trade between {words.name(recipient)} and {words.name(supplier)}, windows of "
        f"{lengths.min()} to {lengths.max()} years to {last}, {words.VOLUME}"
    )
    return style.tell(panel, table, "windows", "Bar chart", story, subject)


def categories(categories: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """One bar per armament category, parted by supplier: which dependence hides under the total.

    Parameters
    ----------
    categories
        Rows of `measure.categories` for one recipient and one window.
    ax
        Where to draw; without axes a new figure.

    Returns
    -------
    Axes
        Per cent of the volume (TIV) of each category against categories, the largest first, with its volume in
        brackets; the largest suppliers of a category are named beside its bar, in the order of its parts.

    Raises
    ------
    ValueError
        If there are no rows, or they are of several recipients, windows or sources.

    Examples
    --------
    >>> rows = pd.DataFrame({
    ...     "recipient": "Pakistan", "supplier": ["China", "Ukraine"], "first_year": 2017, "last_year": 2021,
    ...     "source": "own calculation from invented rows", "percent": 100.0, "category": ["Ships", "Engines"],
    ...     "tiv_million": [80.0, 30.0], "local_production_percent": 0.0})
    >>> [label.get_text() for label in categories(rows).get_yticklabels()]
    ['Ships (80)', 'Engines (30)']
    """
    tables.one_source(categories, "bars of categories")
    kinds = categories[["recipient", "first_year", "last_year"]].drop_duplicates()
    if len(kinds) != 1:
        raise ValueError(
            f"One chart shows one recipient and one window; these rows are of {kinds.values.tolist()[:4]}: filter by "
            "recipient and last_year."
        )
    ax, panel = style.axes(ax)
    order = ["tiv_million", "category", "percent", "supplier"]
    table = categories.sort_values(order, ascending=[False, True, False, True], kind="stable", ignore_index=True)
    names = table["category"].drop_duplicates().tolist()
    tints = _tints(table)
    for place, category in enumerate(names):
        parts = table[table["category"] == category]
        _parted_bar(ax, place, parts, tints)
        named = [f"{row.supplier} {words.percent(row.percent)} %" for row in parts.head(NAMED).itertuples()]
        style.point_label(panel, 100, place, ", ".join(named), "tick", short=named[0])
    volumes = table.drop_duplicates("category")["tiv_million"]
    _rows(panel, [f"{name} ({_volume(volume)})" for name, volume in zip(names, volumes, strict=True)])
    _percents(panel)
    notes = ["In brackets: volume of the category, million TIV. Named: its two largest suppliers.", style.TIV_NOTE]
    leaders = table.drop_duplicates("category")
    low, high = (leaders.loc[found] for found in (leaders["percent"].idxmin(), leaders["percent"].idxmax()))
    story = (
        f"the share of the largest supplier runs from {words.percent(low['percent'])} % in "
        f"{words.category(low['category'])} ({words.name(low['supplier'])}) to {words.percent(high['percent'])} % in "
        f"{words.category(high['category'])} ({words.name(high['supplier'])})"
    )
    return style.tell(panel, table, "categories", "Stacked bars", story, notes=notes)


def _tints(table: pd.DataFrame) -> dict[str, str]:
    """Suppliers with a colour of their own keep it; the largest of the others get a grey each, the rest are pale."""
    volume = (table["percent"] * table["tiv_million"]).groupby(table["supplier"]).sum()
    names = volume.sort_values(ascending=False, kind="stable").index
    others = [name for name in names if name not in style.COLOURS]
    return {name: style.COLOURS[name] for name in names.difference(others)} | dict(
        zip(others, style.GREYS, strict=False)
    )


def _parted_bar(ax: Axes, place: int, parts: pd.DataFrame, tints: dict[str, str]) -> None:
    """One bar from 0 to 100 per cent: the largest suppliers one by one, then the smallest together."""
    names, widths = parts["supplier"].tolist()[:PARTS], parts["percent"].tolist()[:PARTS]
    rest = parts["percent"].iloc[PARTS:].sum()
    if rest:
        names, widths = [*names, "Others"], [*widths, rest]
    left = np.cumsum([0, *widths[:-1]])
    for name, width, start in zip(names, widths, left, strict=True):
        label = name if name in tints else "Others"
        look = {"color": tints.get(name, style.PALE), "label": label, "edgecolor": "white", "linewidth": 1.0}
        ax.barh(place, width, left=start, height=0.62, zorder=3, **look)


def _volume(tiv: float) -> str:
    """Million TIV in few digits."""
    return f"{tiv:,.0f}" if round(tiv, 1) >= 10 else f"{tiv:.1f}"


def equipment(equipment: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """One row per order: a thin line from order to first delivery, a bar over the years of delivery.

    Parameters
    ----------
    equipment
        Rows of `load.equipment`.
    ax
        Where to draw; without axes a new figure.

    Returns
    -------
    Axes
        Years against orders, newest first, with the numbers delivered and ordered. An open circle is an order
        without a recorded delivery. Numbers are items, many of them estimates of SIPRI's: see `note`.

    Raises
    ------
    ValueError
        If there are no rows.

    Examples
    --------
    >>> from analysis import load
    >>> ax = equipment(load.equipment(category="ship"))
    """
    if equipment.empty:
        raise ValueError("No equipment to draw.")
    ax, panel = style.axes(ax)
    newest = equipment.sort_values(["ordered", "delivered_from"], ascending=False, kind="stable")
    table = newest.reset_index(drop=True)
    days = pd.DataFrame(
        {column: _year_start(table[column]) for column in ("ordered", "delivered_from", "delivered_to")}
    )
    end, today = days["delivered_to"] + 365, _known_until(table)
    for y, row in table.iterrows():
        tint = style.colour(row["supplier"], style.NAVY)
        ordered, first, last = days["ordered"][y], days["delivered_from"][y], end[y]
        waiting = np.isnan(first)
        ax.plot([ordered, today if waiting else first], [y, y], color=style.PALE, linewidth=1.2, zorder=2)
        if waiting:
            ax.plot(ordered, y, marker="o", markersize=7, markerfacecolor="white", color=tint, zorder=4)
        else:
            ax.plot(ordered, y, marker="o", markersize=4, color=style.PALE, zorder=2)
            ax.barh(y, last - first, left=first, height=0.52, color=tint, zorder=3)
        told = _numbers(row, table["number_ordered"].isna().all())
        style.point_label(panel, today if waiting else last, y, told, "tick")
    panel.spans = np.column_stack([days["ordered"] - 200, end, np.full(len(table), today)])
    style.clock(panel, np.nanmin(panel.spans), np.nanmax(panel.spans))
    panel.grid = "x"
    ax.grid(True, axis="x")
    ax.grid(False, axis="y")
    _rows(panel, _short(table))
    counted = "delivered of ordered" if table["number_ordered"].notna().any() else "delivered, as far as the file says"
    notes = [
        "Line: from order to first delivery. Bar: years of delivery. Open circle: none delivered yet. "
        f"Numbers: {counted}, many estimated."
    ]
    waiting = int((table["number_delivered"] == 0).sum())
    story = f"{len(table)} orders are shown and {waiting} of them without a recorded delivery"
    return style.tell(panel, table, "equipment", "Bar chart", story, notes=notes)


def _known_until(table: pd.DataFrame) -> float:
    """The end of the last year that the sources know of: the one before they came out, or the last delivery."""
    published = tables.column("sources", "published")
    years = table["source"].map(published).dropna().str[:4].astype(int) - 1
    last = max([*years, *table["delivered_to"].dropna(), *table["ordered"].dropna()])
    return date2num(np.datetime64(f"{last}-12-31"))


def _year_start(years: pd.Series) -> np.ndarray:
    """The first day of each year on the date axis, missing where the year is."""
    return np.array([np.nan if pd.isna(y) else date2num(np.datetime64(f"{y}-01-01")) for y in years])


def _numbers(row: pd.Series, only_delivered: bool) -> str:
    delivered = "–" if pd.isna(row["number_delivered"]) else f"{row['number_delivered']:,}"
    if only_delivered:
        return delivered
    if pd.isna(row["number_ordered"]):
        return f"{delivered}, order not known"
    return f"{delivered} of {row['number_ordered']:,}"


def _short(table: pd.DataFrame) -> list[str]:
    """The names of the rows: SIPRI's designations up to the first bracket, with the year where two are the same."""
    names = table["designation"].str.partition(" (")[0]
    return names.where(~names.duplicated(keep=False), names + ", " + table["ordered"].astype("str")).tolist()


def _rows(panel: Panel, names: list[str]) -> None:
    """One named row each, from the top down."""
    panel.rows = len(names)
    panel.ax.set_yticks(range(len(names)), names)
    panel.ax.set_ylim(len(names) - 0.5, -0.5)


def _percents(panel: Panel) -> None:
    """A horizontal scale of per cent with upright grid lines."""
    panel.grid = "x"
    panel.ax.set_xlim(0, 100)
    panel.ax.set_xticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", "100 %"])
    panel.ax.grid(True, axis="x")
    panel.ax.grid(False, axis="y")
