"""What the page does: each part of it is worked out from what was opened, chosen and moved."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from shiny import Inputs, Outputs, Session, reactive, render, ui
from shiny.types import SilentException

from bayes_misalign.app import parts, result, show
from bayes_misalign.app.kept_work import KeptWork
from bayes_misalign.app.opening import Base, Beginning, Opened
from bayes_misalign.app.work import RUNS, Work
from bayes_misalign.start.roles import Roles

EVERY = 0.5  # seconds between looks at a fit that goes on
AGAIN, LOOKS = 0.1, 20  # seconds between looks whether a page that is loaded again has left
LONGEST_TOKEN = 64
AT_ONCE = 0.01  # seconds after which a figure is drawn, when the numbers are on their way
# roles of one column each
ONE = (
    *("goal", "weight", "id", "wave", "rater", "count", "percent", "asked"),
    *("cluster", "strata", "fpc"),
)


class Server:
    """What all sessions of the page share.

    Parameters
    ----------
    opened : Opened, optional
        What each begins with.
    room : Path
        Folder for what is uploaded and fitted.
    """

    def __init__(self, opened: Opened | None, room: Path) -> None:
        self.opened, self.room = opened, room
        self._pages: list[_Page] = []
        self.kept = KeptWork()

    def run(self, input: Inputs, output: Outputs, session: Session) -> None:
        """Connect a page that was opened in a browser."""
        del output
        page = _Page(input, self)
        self._pages.append(page)
        session.on_ended(lambda: self._end(page))

    def is_open(self, token: str) -> bool:
        """Tell whether a page with this token is connected."""
        return any(page.token == token for page in self._pages)

    def _end(self, page: _Page) -> None:
        page.end()
        self._pages.remove(page)
        if page.token:
            self.kept.keep(page.token, page.work)
        else:
            page.work.stop()

    def stop(self) -> None:
        """End whatever goes on."""
        self.kept.stop()
        for page in self._pages:
            page.end()
            page.work.stop()


class _Page:
    """One page in a browser: what it sends goes to its work, what comes of it is shown.

    A page that is loaded again goes on where it was: its browser keeps a token for as long as the
    tab is open, by which its work is found. The work is plain Python. `told` is raised by one
    whenever it has changed, so that what shows it is worked out again; `fields` only where fields
    that hold what somebody chose must be new.
    """

    def __init__(self, input: Inputs, server: Server) -> None:
        self.input, self.server, self.work = input, server, Work(server.room)
        self.token = ""
        self.told: reactive.Value[int] = reactive.Value(0)
        self.name: reactive.Value[str] = reactive.Value("")
        self.basis: reactive.Value[Base | None] = reactive.Value(None)
        self.fields: reactive.Value[Beginning | None] = reactive.Value(None)
        self.sliders: reactive.Value[str] = reactive.Value("")
        self.added: reactive.Value[tuple[int, ...]] = reactive.Value(())
        self.kept: reactive.Value[tuple[str, ...]] = reactive.Value(())
        self.fitting: reactive.Value[str] = reactive.Value("")
        self.progress: reactive.Value[str] = reactive.Value("")
        self.picture: reactive.Value[show.Figure | None] = reactive.Value(None)
        self._wanted: tuple[result.Shown, bool] | None = None  # figure
        self._tasks: set[asyncio.Task[None]] = set()
        self._inputs()
        self._fits()
        self._left()
        self._right()
        self._downloads()

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        """Do something when others had their turn, so that what is worked out is shown before.

        Timers of Shiny complain where what they wait in is worked out again meanwhile.
        """

        async def waiting() -> None:
            await asyncio.sleep(seconds)
            async with reactive.lock():
                try:
                    do()
                except Exception:
                    traceback.print_exc()
                await reactive.flush()

        task = asyncio.create_task(waiting())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def begin(self, token: str, looks: int = LOOKS) -> None:
        """Go on where a page with this token was, or begin with what the app was given."""
        if token and self.server.is_open(token):  # in a tab that leaves, or in another one
            if looks:
                self.later(AGAIN, lambda: self.begin(token, looks - 1))
                return
            token = ""
        self.token = token
        if token and (work := self.server.kept.taken(token)) is not None:
            self.work = work
            self.change(lambda: None)
        elif (opened := self.server.opened) is not None:
            self.work.opened = opened
            self.change(lambda: None)
            self.later(AT_ONCE, lambda: self.change(lambda: self.work.open(opened)))

    def end(self) -> None:
        """Wait for nothing any more."""
        for task in list(self._tasks):
            task.cancel()

    def now(self) -> Work:
        """Return the work, and have the caller called again when it changes."""
        self.told()
        return self.work

    def change(self, done: Callable[[], Any]) -> None:
        """Do something to the work, and tell those who show it."""
        done()
        work = self.work
        with reactive.isolate():
            self.told.set(self.told() + 1)
            if self.name() != (name := work.opened.name if work.opened else ""):
                self.name.set(name)
            if self.basis() is not work.base:
                self.basis.set(work.base)
            if self.fields() is not work.beginning:
                self.fields.set(work.beginning)
            if self.sliders() != (key := "" if work.base is None else work.key):
                self.sliders.set(key)
            if self.added() != work.added:
                self.added.set(work.added)
            if self.kept() != (kept := _kept(work)):
                self.kept.set(kept)
            if self.fitting() != (state := work.fitting):
                self.fitting.set(state)

    def given(self, name: str, otherwise: Any = None) -> Any:
        """Return what a field holds; it may not be there yet."""
        try:
            return self.input[name]()
        except (SilentException, KeyError):
            return otherwise

    def _inputs(self) -> None:
        @reactive.effect
        @reactive.event(self.input.upload)
        def _() -> None:
            files = [(one["name"], Path(one["datapath"])) for one in self.input.upload() or []]
            if files:
                self.change(lambda: self.work.upload(files))

        @reactive.effect
        @reactive.event(self.input.use)
        def _() -> None:
            beginning = self.work.beginning
            if beginning is None:
                return
            roles = self._roles(beginning)
            listed = self.work.listed(roles)
            stand = [self.given(f"answer_{i}") for i in range(len(listed))]
            no_goal, refused = (
                [text for text, as_ in zip(listed, stand, strict=True) if as_ == kind]
                for kind in (parts.NO_GOAL, parts.NO_ANSWER)
            )
            area = str(self.given("area", ""))
            self.change(lambda: self.work.use(roles, no_goal, refused, area))

        @reactive.effect
        @reactive.event(self.input.page)
        def _() -> None:
            self.begin(str(self.input.page())[:LONGEST_TOKEN])

        @reactive.effect
        @reactive.event(self.input.pair)
        def _() -> None:
            self.change(lambda: self.work.add(self.input.pair()))

        @reactive.effect
        @reactive.event(self.input.moved)
        def _() -> None:
            self.change(lambda: self.work.move(self.input.moved()))

    def _column(self, beginning: Beginning, role: str) -> str:
        chosen, columns = self.given(f"role_{role}", ""), beginning.looked.columns
        return columns[int(chosen)].name if str(chosen).isdecimal() else ""

    def _roles(self, beginning: Beginning) -> Roles:
        """Return the roles that are chosen in the fields."""
        one = {role: self._column(beginning, role) or None for role in ONE}
        chosen = (
            self._column(beginning, f"population_{i}") for i in range(parts.populations(beginning))
        )
        counts, several = self.given("counts") or (), self.given("several") or ()
        proposed = beginning.proposed.roles
        if not one["count"]:  # sums of weights have no field of their own
            proposed = replace(proposed, weight_sum=None, weight_sq_sum=None)
        return replace(
            proposed,
            **one,
            population=tuple(dict.fromkeys(filter(None, chosen))),
            counts=() if one["goal"] else tuple(c for c in proposed.counts if c in counts),
            several=() if one["goal"] else tuple(c for c in proposed.several if c in several),
        )

    def _fits(self) -> None:
        @reactive.effect
        @reactive.event(self.input.fit)
        def _() -> None:
            self.change(self.work.begin_fit)

        @reactive.effect
        @reactive.event(self.input.stop)
        def _() -> None:
            self.change(self.work.stop)

        def watch() -> None:
            job = self.work.job
            if job is None:
                return
            if self.progress() != job.said:
                self.progress.set(job.said)
            if job.running:
                self.later(EVERY, watch)
            else:
                self.change(self.work.end_fit)

        @reactive.effect
        def _() -> None:
            if self.fitting() == RUNS:
                self.later(AT_ONCE, watch)

        @render.ui
        def fit_part() -> Any:
            return parts.fit_form(self.fitting())

        @render.text
        def progress() -> str:
            return self.progress()

    def _left(self) -> None:
        @render.ui
        def opened_part() -> Any:
            name, base = self.name(), self.basis()
            return parts.opened_as(name, base) if name else None

        @render.ui
        def trouble_part() -> Any:
            lines = self.now().trouble
            return parts.trouble(lines) if lines else None

        @render.ui
        def columns_part() -> Any:
            found = self.fields()
            return None if found is None else parts.columns_form(found, self.work.used)

        @render.ui
        def answers_part() -> Any:
            found = self.fields()
            if found is None:
                return None
            roles = self._roles(found)
            if not (roles.goal or roles.counts or roles.several):
                return None
            sorted_ = self.work.answers(roles)
            if isinstance(sorted_, list):
                return parts.trouble(sorted_)
            used = self.work.used
            if used and used.roles.of_goals != roles.of_goals:
                used = None
            counts = {} if roles.counts else found.found(roles)
            return parts.answers_form(sorted_, counts, used)

        @render.ui
        def levels_part() -> Any:
            if not self.sliders():
                return ui.tags.p("Sliders appear here.", class_="soft")
            return ui.HTML(show.levels_html(self.work))

        @render.ui
        def added_part() -> Any:
            return ui.HTML(show.added_html(self.work)) if self.added() and self.sliders() else None

    def _right(self) -> None:
        @render.ui
        def number_part() -> Any:
            work = self.now()
            if work.result is not None:
                return ui.HTML(show.number_html(work.result))
            return ui.tags.p(work.next_step, class_="instead")

        @render.ui
        def state_part() -> Any:
            found = self.now().result
            return None if found is None else ui.HTML(show.state_html(found))

        @render.ui
        def tables_part() -> Any:
            found = self.now().result
            return None if found is None else ui.HTML(show.tables_html(found))

        @render.ui
        def figure_part() -> Any:
            return ui.HTML(show.figure_html(self.picture()))

        def draw() -> None:
            if self._wanted is not None:
                found, narrow = self._wanted
                self.picture.set(show.figure_of(found, narrow=narrow))

        @reactive.effect
        def _() -> None:
            found, narrow = self.now().result, bool(self.given("narrow", False))
            if found is None:
                self._wanted = None
                self.picture.set(None)
            elif self._wanted != (found, narrow):  # numbers first: a figure takes longer
                self._wanted = (found, narrow)
                self.later(AT_ONCE, draw)

        @render.ui
        def take_part() -> Any:
            names = self.kept()
            return parts.downloads(*names) if names else None

    def _downloads(self) -> None:
        def shown() -> result.Shown:
            if self.work.result is None:
                raise SilentException
            return self.work.result

        @render.download_button(filename=lambda: result.kept_name(shown().described))
        def get_study() -> Any:
            yield shown().described.text

        @render.download_button(filename="report.html", media_type="text/html")
        def get_report() -> Any:
            yield result.report_file(shown())

        @render.download_button(filename="fit_again.py", media_type="text/x-python")
        def get_script() -> Any:
            yield result.script_file(shown())

        @render.download_button(filename=lambda: shown().table, media_type="text/csv")
        def get_table() -> Any:
            yield shown().csv()


def _kept(work: Work) -> tuple[str, ...]:
    """Return what the study file is called that can be downloaded, and what it stands beside."""
    if work.result is None:
        return ()
    of = work.result.described
    return result.kept_name(of), of.base.beside
