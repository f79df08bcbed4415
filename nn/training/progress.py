"""Show a progress bar for a training, if tqdm is installed; it is a callback."""

from __future__ import annotations

from typing import Any

from ..errors import MissingExtraError
from .events import EpochEnded, Finished, Started, Updated


class ProgressBar:
    """Shows epochs, updates, the loss and the latest metrics on standard error."""

    def __init__(self, tqdm: Any) -> None:
        self._tqdm = tqdm
        self._bar: Any = None
        self._epochs = 0

    def __call__(self, event: Any) -> None:
        """Show an event."""
        if isinstance(event, Started):
            total = event.epochs * event.updates_per_epoch
            self._epochs = event.epochs
            self._bar = self._tqdm(total=total, initial=event.step, unit="update", desc="training")
        elif self._bar is None:
            return
        elif isinstance(event, Updated):
            self._bar.set_description(f"epoch {event.epoch + 1}/{self._epochs}, loss {event.loss:.4f}", refresh=False)
            self._bar.update(1)
        elif isinstance(event, EpochEnded):
            shown = {k: f"{v:.4f}" for k, v in event.record.items() if k not in ("loss", "lr")}
            self._bar.set_postfix(shown, refresh=False)
        elif isinstance(event, Finished):
            self._bar.close()
            self._bar = None


def progress_bar(wanted: bool | None) -> ProgressBar | None:
    """Return a progress bar: always, never, or (None) if tqdm is installed.

    Raises
    ------
    MissingExtraError
        If it is requested and tqdm is not installed.
    """
    if wanted is False:
        return None
    try:
        from tqdm import tqdm
    except ImportError as error:
        if wanted:
            raise MissingExtraError(
                "A progress bar needs tqdm, which is not installed: pip install 'autograd-core[progress]'. "
                "Leave progress out, and training goes on without a bar."
            ) from error
        return None
    return ProgressBar(tqdm)
