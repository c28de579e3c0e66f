"""A chart with all events against the same artists drawn bare; our labels against adjustText and textalloc."""

import io
import statistics
import time

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import textalloc
from adjustText import adjust_text
from matplotlib.text import Text
from pairs import heading, pair

from analysis import draw, load
from analysis.page import page_of


def overlaps(texts: list[Text]) -> int:
    """How many pairs of drawn texts touch."""
    boxes = [text.get_window_extent() for text in texts if text.get_visible() and text.get_text()]
    return sum(a.overlaps(b) for k, a in enumerate(boxes) for b in boxes[:k])


def labels(count: int) -> pd.DataFrame:
    """Invented events spread unevenly over seventy years."""
    years = np.sort(1955 + 70 * np.random.default_rng(7).beta(4, 2, count))
    days = [str(np.datetime64(f"{int(y)}-01-01") + int(365 * (y % 1))) for y in years]
    names = [f"Invented event no. {k}" for k in range(count)]
    columns = {"event": names, "start": days, "end": None, "title": names, "short_title": names}
    return pd.DataFrame(columns | {"kind": "diplomacy", "importance": 1, "source": "sputnik-2023"})


def ours(events: pd.DataFrame) -> int:
    ax = draw.events(events)
    ax.figure.canvas.draw()
    return overlaps([text for text in page_of(ax.figure).panel(ax).timeline.labels])


def scatter(events: pd.DataFrame) -> tuple[plt.Figure, plt.Axes, np.ndarray, np.ndarray, list[str]]:
    fig, ax = plt.subplots(figsize=(12, 6.75), dpi=100)
    x, y = pd.to_datetime(events["start"]).map(pd.Timestamp.toordinal).to_numpy(float), np.zeros(len(events))
    ax.scatter(x, y)
    ax.set_ylim(-5, 5)
    return fig, ax, x, y, events["title"].tolist()


def with_adjust_text(events: pd.DataFrame) -> int:
    fig, ax, x, y, names = scatter(events)
    texts = [ax.text(a, b, name, fontsize=11) for a, b, name in zip(x, y, names, strict=True)]
    adjust_text(texts, ax=ax)
    fig.canvas.draw()
    return overlaps(texts)


def with_textalloc(events: pd.DataFrame) -> int:
    fig, ax, x, y, names = scatter(events)
    textalloc.allocate(ax, x, y, names, textsize=11, draw_all=True)
    fig.canvas.draw()
    return overlaps(list(ax.texts))


def compare() -> None:
    print("\n| labels | ours | adjustText | textalloc |\n|---:|---:|---:|---:|")
    for count in (20, 40, 80):
        events, cells = labels(count), []
        for place in (ours, with_adjust_text, with_textalloc):
            times = []
            for _ in range(3):
                start = time.perf_counter()
                found = place(events)
                times.append(time.perf_counter() - start)
                plt.close("all")
            cells.append(f"{statistics.median(times) * 1000:,.0f} ms, {found} overlaps")
        print(f"| {count} | {' | '.join(cells)} |", flush=True)


def main() -> None:
    plt.style.use("analysis.paper")
    events = load.events()
    heading()

    def chart() -> None:
        ax = draw.events(events)
        ax.figure.savefig(io.BytesIO(), format="png")
        plt.close(ax.figure)

    placed = draw.events(events).figure
    page_of(placed).lay_out()
    artists = [(t.get_position(), t.get_text(), t.get_fontsize()) for t in placed.findobj(Text) if t.get_visible()]
    lines = [line.get_xydata() for line in placed.axes[0].lines if line.get_visible()]

    def bare() -> None:
        fig = plt.figure(figsize=(12, 6.75), dpi=100)
        ax = fig.add_subplot()
        for xy in lines:
            ax.plot(*xy.T, marker="o")
        for (x, y), words, size in artists:
            fig.text(x, y, words, fontsize=size) if 0 <= x <= 1 else None
        fig.savefig(io.BytesIO(), format="png")
        plt.close(fig)

    pair("all 135 events, against the same artists drawn bare", chart, bare, 1.5)
    compare()


if __name__ == "__main__":
    main()
