"""Lower a schedule to instructions for the loop of the fast executor.

A sum of products is one instruction, and so are shared operations of one kind and depth. Numbers that all samples share
stay single numbers. A row of a block is reused after its last use.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ....records.primitive import TABLE
from ...trace.tape import COUNT, RATE
from ..schedule import AFTER, BATCH, BEFORE, Schedule
from . import fast_loop
from .linear import Factors, Sums


class Lowering:
    """Instructions, and the positions of inputs and results.

    Attributes
    ----------
    code, terms, weights, rows, bounds : lists
        In the form that ``fast_loop.run`` reads.
    slot : dict
        A place of the tape to its position among the shared numbers, or its row.
    constants : dict
        Shared places of constants.
    samples, rate : int
        The shared places of the number of samples and of the rate of a descent.
    opcodes : set of int
        The operations whose kernels are called.
    """

    def __init__(self, schedule: Schedule) -> None:
        self.schedule, self.tape = schedule, schedule.tape
        self.code: list[int] = []
        self.terms: list[int] = []
        self.weights: list[float] = []
        self.rows: list[int] = []
        self.bounds: list[int] = []
        self.opcodes: set[int] = set()
        self.slot: dict[Any, int] = {None: fast_loop.ONE}  # a missing factor is 1
        self.constants: dict[int, float] = {fast_loop.ZERO: 0.0, fast_loop.ONE: 1.0, fast_loop.NOWHERE: 0.0}
        self._known = {(1.0).hex(): fast_loop.ONE, (0.0).hex(): fast_loop.ZERO}
        self.shared_size, self.row_count = len(self.constants), 0
        self.samples = self.rate = fast_loop.NOWHERE
        self._spread: dict[int, int] = {}
        self._opcode = {op: k for k, op in enumerate(TABLE.values())}
        found = Sums(schedule)
        self.count, self.phases = found.count, found.phases
        self.sums, self.totals, self.folded = found.sums, found.totals, found.folded
        self._allocate_shared()
        self._emit()

    # Positions of numbers

    def _constant(self, x: float) -> int:
        key = float(x).hex()
        if key not in self._known:
            self._known[key] = self.shared_size
            self.constants[self.shared_size] = x
            self.shared_size += 1
        return self._known[key]

    def _reads(self, place: int) -> list[int]:
        """Return the places that the instruction of a place reads."""
        if place in self.sums:
            return [x for factors in self.sums[place] for x in factors if x is not None]
        if place in self.totals:
            return [x for x in self.totals[place] if x is not None]
        return [x for x in self.tape.steps[place - self.tape.inputs][1] if type(x) is int]

    def _allocate_shared(self) -> None:
        """Group shared operations of one kind and depth, and give their results adjacent positions."""
        tape = self.tape
        for place in range(tape.inputs):
            if not tape.batched[place]:
                self.slot[place] = self.shared_size
                self.shared_size += 1
        level = [0] * len(tape)
        groups: dict[Any, list[int]] = {}
        self._batch: list[int] = []
        for place in range(tape.inputs, len(tape)):
            if not self.count[place] or place in self.folded:
                continue
            phase = self.phases[place]
            if phase == BATCH:
                self._batch.append(place)
                continue
            op = tape.steps[place - tape.inputs][0]
            if place in self.totals or op is COUNT or op is RATE:  # before all groups, so that they are adjacent
                self.slot[place] = self.shared_size
                self.shared_size += 1
                if op is COUNT:
                    self.samples = self.slot[place]
                elif op is RATE:
                    self.rate = self.slot[place]
                continue
            terms = self.sums.get(place)
            if terms is None:
                level[place] = 1 + max([level[x] for x in self._reads(place)], default=0)
                kind = -1 - self._opcode[op]
            else:
                level[place] = 1 + max([level[x] for factors in terms for x in factors if x is not None], default=0)
                kind = len(terms)
            groups.setdefault((phase, level[place], kind), []).append(place)
        self._groups: tuple[list[list[int]], ...] = ([], [], [])
        for (phase, _, _), places in sorted(groups.items()):
            self._groups[phase].append(places)
            if places[0] not in self.sums:  # so that operands are adjacent too, and one call is enough
                places.sort(key=self._operands)
            for place in places:
                self.slot[place] = self.shared_size
                self.shared_size += 1

    def _allocate_rows(self, order: list[int]) -> None:
        """Give each place of the batch a row, reusing rows after their last use."""
        batched, seen = self.tape.batched, set(self.schedule.lanes)
        finished: list[set[int]] = []
        for place in reversed(order):
            finished.append({x for x in self._reads(place) if batched[x] and x not in seen})
            seen |= finished[-1]
        free: list[int] = []
        for place in range(self.tape.inputs):
            if batched[place]:
                self.slot[place] = self.row_count
                self.row_count += 1
                if place not in seen:
                    free.append(self.slot[place])
        for place in order:
            if place not in self.totals:
                if free:
                    self.slot[place] = free.pop()
                else:
                    self.slot[place] = self.row_count
                    self.row_count += 1
            free += sorted([self.slot[x] for x in finished.pop()])

    # Instructions

    def _emit(self) -> None:
        waiting: dict[int, list[int]] = {}
        for place in sorted(self.totals):
            waiting.setdefault(self.totals[place][0], []).append(place)
        order: list[int] = []
        for place in [*(x for x in range(self.tape.inputs) if x in waiting), *self._batch]:
            order += [place] if place >= self.tape.inputs else []
            order += waiting.get(place, [])
        self._allocate_rows(order)
        self._emit_shared(BEFORE)
        done: set[int] = set()
        for place in order:
            if place in self.totals:
                if place not in done:
                    group = waiting[self.totals[place][0]]
                    self._emit_totals(group)
                    done.update(group)
            elif place in self.sums:
                self._emit_sum(place)
            else:
                self._emit_call([place], batch=True)
        self.bounds.append(len(self.code) // 6)
        self._emit_shared(AFTER)
        self._emit_tables()

    def _emit_shared(self, phase: int) -> None:
        for places in self._groups[phase]:
            if places[0] in self.sums:
                members = [self.sums[place].items() for place in places]
                self._instruction(fast_loop.SUM, self.slot[places[0]], len(self.weights), len(members[0]), len(places))
                self._emit_terms([term for terms in zip(*members, strict=True) for term in terms])
            else:
                self._emit_calls(places)
        self.bounds.append(len(self.code) // 6)

    def _instruction(self, *numbers: int) -> None:
        self.code += [*numbers, *[0] * (6 - len(numbers))]

    def _emit_terms(self, terms: Iterable[tuple[Factors, float]]) -> None:
        slot = self.slot
        for (a, b), weight in terms:
            self.weights.append(weight)
            self.terms += (slot[a], slot[b])

    def _emit_sum(self, place: int) -> None:
        """Emit a sum for each sample: terms of numbers first, then of a number and a row, then of two rows."""
        batched = self.tape.batched
        kinds: tuple[list[tuple[Factors, float]], ...] = ([], [], [])
        for (a, b), weight in self.sums[place].items():
            if a is not None and batched[a]:
                if b is not None and batched[b]:
                    kinds[2].append(((a, b), weight))
                else:
                    kinds[1].append(((b, a), weight))
            elif b is not None and batched[b]:
                kinds[1].append(((a, b), weight))
            else:
                kinds[0].append(((a, b), weight))
        self._instruction(fast_loop.SUM, self.slot[place], len(self.weights), *map(len, kinds))
        for terms in kinds:
            self._emit_terms(terms)

    def _emit_totals(self, group: list[int]) -> None:
        """Sum the products of one row with others, in fours, and the row itself."""
        p = self.slot[self.totals[group[0]][0]]
        plain = [self.slot[place] for place in group if self.totals[place][1] is None]
        products = [(self.slot[place], self.slot[b]) for place in group if (b := self.totals[place][1]) is not None]
        for out in plain[1:]:
            self._instruction(fast_loop.TOTAL, out, len(self.weights), p, 0)
        products += [(fast_loop.NOWHERE, p)] * (-len(products) % 4)
        out = plain[0] if plain else fast_loop.NOWHERE
        self._instruction(fast_loop.TOTAL, out, len(self.weights), p, len(products))
        self.weights += [0.0] * len(products)
        self.terms += [x for pair in products for x in pair]

    def _emit_calls(self, places: list[int]) -> None:
        """Emit kernel calls for operations with adjacent operands, as few as possible."""
        run: list[int] = []
        for place in places:
            if run and any(a + 1 != b for a, b in zip(self._operands(run[-1]), self._operands(place), strict=True)):
                self._emit_call(run, batch=False)
                run = []
            run.append(place)
        self._emit_call(run, batch=False)

    def _operands(self, place: int) -> list[int]:
        operands = self.tape.steps[place - self.tape.inputs][1]
        return [self.slot[x] if type(x) is int else self._constant(x) for x in operands]

    def _emit_call(self, places: list[int], batch: bool) -> None:
        op, operands = self.tape.steps[places[0] - self.tape.inputs]
        opcode = self._opcode[op]
        self.opcodes.add(opcode)
        slots = self._operands(places[0])
        if batch:
            for k, x in enumerate(operands):
                if type(x) is not int or not self.tape.batched[x]:
                    slots[k] = self._spread.setdefault(slots[k], self.row_count)
                    self.row_count += slots[k] == self.row_count
        self._instruction(opcode, self.slot[places[0]], len(self.rows), len(places))
        self.rows += [self.slot[places[0]], *slots]

    def _emit_tables(self) -> None:
        """Write the tables of rows that are filled with shared numbers, and of the results."""
        self.bounds += [len(self.rows), len(self._spread)]
        for slot, row in self._spread.items():
            self.rows += [row, slot]
        self.bounds.append(len(self.rows))
        self.rows += [self.slot[x] for x in self.schedule.lanes]
        answers = [self.slot[x] if type(x) is int else self._constant(x) for x in self.schedule.shared]
        self.bounds.append(len(self.rows))
        self.rows += answers
        self.bounds += [self.schedule.lanes_divided, self.schedule.shared_divided]
