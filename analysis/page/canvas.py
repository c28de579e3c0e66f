"""The sheet under a page: where matplotlib's ways of showing a figure are met, and its private parts used.

Written for matplotlib 3.10 and 3.11; a test says so when another version is installed.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib.pyplot as plt
from matplotlib.artist import Artist
from matplotlib.axis import Axis, Tick
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.layout_engine import PlaceHolderLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox

#: The versions of matplotlib for which the tests of all ways of showing a figure have been run.
TESTED = ("3.10", "3.11")


@contextmanager
def paper() -> Iterator[None]:
    """The style of the package in place of a reader's own settings, all of them.

    The backend comes first: when pyplot loads it, it sets what is to outlast this, as that cells show their figures.
    """
    plt._get_backend_mod()
    with plt.style.context("analysis.paper", after_reset=True):
        yield


def renderer(fig: Figure) -> RendererBase:
    """What a figure is drawn with at its present size; a text asked without it answers for the size before."""
    return fig._get_renderer()


def ticks(axis: Axis) -> list[Tick]:
    """The ticks of an axis within its view, up to date."""
    return axis._update_ticks()


def dash(line: Line2D) -> tuple:
    """The dashes of a line, whatever its width."""
    return line._unscaled_dash_pattern


class Whole(Bbox):
    """The box of a whole sheet, in inches. It has its margins already: none is added around it."""

    def padded(self, w_pad: float, h_pad: float | None = None) -> "Whole":
        """The box itself."""
        return self


class Sheet(Artist):
    """An artist as large as its figure and drawn before all others: it has the figure laid out when it is drawn.

    It hangs on the figure itself and not on a layout engine, so that whatever else lays the figure out comes first
    and this last: `tight_layout`, a constrained layout, the reader's own settings. `fig.clear()` takes it away.
    """

    def __init__(self, fig: Figure):
        super().__init__()
        self.set_zorder(float("-inf"))
        self.set_in_layout(False)
        fig.add_artist(self)
        self._inches = fig.bbox_inches
        # With an engine, be it an idle one, a figure that is saved is drawn twice: without output, and then, the
        # engine taken out and perhaps a part cut out, for the file.
        former = fig.get_layout_engine()
        self._engine = PlaceHolderLayoutEngine(True, former.colorbar_gridspec if former else False)
        self._settled = False
        fig.set_layout_engine(self._engine)
        fig.get_tightbbox = self._tightbbox

    def lay_out(self) -> None:
        """Give everything on the figure its place."""
        raise NotImplementedError

    def draw(self, renderer: RendererBase) -> None:
        """Lay the figure out: when it is saved once, and never while a part is cut out of it."""
        fig = self.get_figure(root=True)
        cut = fig.bbox_inches is not self._inches
        if not cut and not self._settled:
            with paper():
                self.lay_out()
        self._settled = fig.get_layout_engine() is self._engine and fig.canvas.is_saving()
        self.stale = False

    def _tightbbox(self, renderer: RendererBase | None = None, *, bbox_extra_artists: list | None = None) -> Bbox:
        """What `bbox_inches="tight"` leaves of the figure: all of it, for as long as the sheet is on it."""
        fig = self.get_figure(root=True)
        if self not in fig.artists:
            return type(fig).get_tightbbox(fig, renderer, bbox_extra_artists=bbox_extra_artists)
        return Whole(fig.bbox_inches.get_points())
