"""One figure of every chart, from the bundled tables, for the tests of export and of the figures as a whole."""

from functools import cache

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from analysis import draw, load, measure


@pytest.fixture(autouse=True)
def _own_settings():
    """Every test begins and ends with the same settings of matplotlib, whatever it or a README does to them."""
    with matplotlib.rc_context():
        yield


@cache
def computed():
    return measure.shares(load.transfers(source="sipri-atd-2026"))


def imports_of(country):
    return computed().query("recipient == @country and of == 'imports'")


def headed(ax, text="What the figure shows in ten words"):
    return draw.headline(ax.figure, text)


def alone(chart, table):
    return headed(chart(table))


def marked_shares():
    events = load.events(about=["Pakistan", "China"], importance=1)
    return headed(draw.mark_events(draw.shares(imports_of("Pakistan")), events))


def board():
    events = load.events(about=["Pakistan", "China"], importance=1)
    _, (top, bottom) = plt.subplots(2, sharex=True, height_ratios=[4, 1])
    draw.mark_events(draw.shares(imports_of("Pakistan"), ax=top), events)
    return headed(draw.events(events, ax=bottom))


def mirror():
    pair = {"recipient": "Pakistan", "supplier": "China"}
    table = pd.concat([measure.mutual(computed(), **pair), measure.mutual(load.shares(), **pair)])
    return alone(draw.mutual, table)


def revisions():
    printed = load.shares(recipient="Pakistan", supplier="China", of="imports")
    table = measure.revisions(printed, load.transfers(recipient="Pakistan", edition="all"))
    return alone(draw.revisions, table[table["supplier"] == "China"])


def ranking():
    shares = load.shares(of="imports", source="sipri-factsheet-2026", since=2025)
    return alone(draw.ranking, measure.concentration(shares))


def strip():
    table = measure.windows(load.transfers(edition=2022), recipient="India", supplier="Russia")
    return alone(draw.windows, table)


def categories():
    """Invented numbers: the bundled tables have no categories."""
    rows = pd.DataFrame(
        {
            "recipient": "Pakistan",
            "supplier": ["China", "Sweden", "Italy", "United States", "Ukraine", "Russia"],
            "year": 2021,
            "category": ["Ships", "Ships", "Ships", "Aircraft", "Engines", "Engines"],
            "tiv_million": [60.0, 20.0, 10.0, 50.0, 30.0, 10.0],
            "source": "invented rows, file generated 12 February 2026",
            "local_production": False,
            "imports_tiv": 180.0,
            "exports_tiv": float("nan"),
        }
    )
    return alone(draw.categories, measure.categories(rows, window=1))


CHARTS = {
    "shares": lambda: alone(draw.shares, imports_of("Pakistan")),
    "shares-india": lambda: alone(draw.shares, imports_of("India")),
    "shares-printed": lambda: alone(draw.shares, load.shares(recipient="Pakistan", of="imports")),
    "marked-shares": marked_shares,
    "board": board,
    "transfers": lambda: alone(draw.transfers, load.transfers(recipient="Pakistan", edition=2026)),
    "mutual": mirror,
    "dependence": lambda: alone(draw.dependence, measure.concentration(imports_of("Pakistan"))),
    "ranking": ranking,
    "revisions": revisions,
    "windows": strip,
    "events-all": lambda: alone(draw.events, load.events()),
    "events-some": lambda: alone(draw.events, load.events(importance=1, since=1990)),
    "categories": categories,
    "equipment": lambda: alone(draw.equipment, load.equipment()),
    "equipment-article": lambda: alone(draw.equipment, load.equipment(in_article=True)),
}


#: Invented numbers in the shape of SIPRI's table of one country; one supplier bears a name that is markup.
OWN_TABLE = b"""\
TIV of arms exports to Sri Lanka, 2001-2006
Generated: 2 May 2026
Figures are SIPRI Trend Indicator Values (TIVs) expressed in millions.

Supplier,2001,2002,2003,2004,2005,2006,2001-2006
China,10,20,30,,,30,90
India,5,,,40,10,,55
<img src=x onerror=alert(1)>,5,5,5,5,5,5,30
Total exports to Sri Lanka,20,25,35,45,15,35,175
"""


@pytest.fixture
def own_table():
    """The bytes of a reader's own table of Sri Lanka's imports."""
    return OWN_TABLE


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")


def figure(name):
    """The figure of one chart, in the style that a reader is told to use."""
    with plt.style.context("analysis.paper"):
        return CHARTS[name]()


@pytest.fixture(params=list(CHARTS))
def chart(request):
    """A figure of each chart in turn."""
    return figure(request.param)


@pytest.fixture
def make():
    """Make the figure of one chart by its name."""
    return figure
