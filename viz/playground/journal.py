"""Record the actions of a session, in the order in which a script repeats them.

>>> journal = Journal()
>>> journal.train(10), journal.train(10), journal.write("lr", "optimizer.lr = 0.5"), journal.train(1)
(None, None, None, None)
>>> journal.entries
[(10, 2), ('lr', 'optimizer.lr = 0.5'), (1, 1)]
"""

from __future__ import annotations

#: largest number of entries; a longer script would not be readable
MOST = 2000


class Journal:
    """Updates, as (samples, count), and lines of Python, as (changed object, line)."""

    def __init__(self) -> None:
        self.entries: list[tuple[int, int] | tuple[str, str]] = []
        self.is_whole = True

    def train(self, size: int) -> None:
        """Record an update with this many samples."""
        last = self.entries[-1] if self.entries else None
        if last is not None and last[0] == size and isinstance(last[1], int):
            self.entries[-1] = (size, last[1] + 1)
        else:
            self._note((size, 1))

    def write(self, what: str, line: str) -> None:
        """Record a line; it replaces the previous entry if that changed the same object."""
        if self.entries and self.entries[-1][0] == what:
            self.entries.pop()
        self._note((what, line))

    def _note(self, entry: tuple[int, int] | tuple[str, str]) -> None:
        if len(self.entries) >= MOST:
            self.entries, self.is_whole = [], False
        self.entries.append(entry)

    def updates_of(self, size: int) -> int | None:
        """Return the number of updates if there were only updates of this size; else None."""
        if not self.entries:
            return 0
        first = self.entries[0]
        alone = len(self.entries) == 1 and self.is_whole and first[0] == size and isinstance(first[1], int)
        return int(first[1]) if alone else None
