"""Running a job in front of the person who asked for it."""

from typing import TYPE_CHECKING

from bewaar.cli.bar import Bar, Unseen
from bewaar.cli.desk import Desk
from bewaar.cli.stopping import stoppable
from bewaar.model import Job

if TYPE_CHECKING:
    from bewaar.engine import Engine


def carry_out(desk: Desk, engine: "Engine", job: Job) -> Job:
    """Run a queued job here and return it when it is over."""
    with stoppable() as stop:
        if not desk.watched:
            return engine.run(job.id, Unseen(stop))
        bar = Bar(stop, desk.text)
        try:
            return engine.run(job.id, bar)
        finally:
            bar.wipe()
