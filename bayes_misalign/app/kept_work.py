"""The work of pages that have gone, for as long as they may be loaded again."""

from __future__ import annotations

import asyncio

from bayes_misalign.app.work import Work

PATIENCE = 60.0  # seconds that a fit goes on for when its page has gone
MOST = 8  # pages


class KeptWork:
    """Work by the token that the tab of its page keeps, the latest last."""

    def __init__(self) -> None:
        self._kept: dict[str, Work] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def keep(self, token: str, work: Work) -> None:
        """Keep what a page was at; a fit ends unless its page is loaded again before long."""
        self._kept[token] = work
        for oldest in list(self._kept)[:-MOST]:
            self._kept.pop(oldest).stop()
        if work.job is not None:
            task = asyncio.create_task(self._stopped_unless_back(work))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _stopped_unless_back(self, work: Work) -> None:
        await asyncio.sleep(PATIENCE)
        if work in self._kept.values():
            work.stop()

    def taken(self, token: str) -> Work | None:
        """Return the work of a page that is loaded again; None of one that is new."""
        return self._kept.pop(token, None)

    def stop(self) -> None:
        """End whatever goes on."""
        for task in list(self._tasks):
            task.cancel()
        for work in self._kept.values():
            work.stop()
