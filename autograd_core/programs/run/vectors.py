"""Define memory access and vectors of eight numbers, in Python and as machine code.

Compiled code uses the machine form, one or two processor instructions each. Numba's own loops would be vectorized only
where LLVM can prove that rows do not overlap. They would keep sums in memory instead of registers, and check every
index for a negative value.
"""

from __future__ import annotations

from typing import Any

import numpy as np

LANES = 8


def integers(table: Any) -> Any:
    """Return a table of integers; compiled code gets its address."""
    return table


def numbers(table: Any, like: Any) -> Any:
    """Return a table of numbers of the dtype of ``like``; compiled code gets its address."""
    return table


def at(table: Any, i: int) -> Any:
    """Return a number of a table."""
    return table[i]


def put(table: Any, i: int, x: Any) -> None:
    """Store a number in a table."""
    table[i] = x


def load(table: Any, i: int) -> Any:
    """Return eight numbers of a table."""
    return table[i : i + LANES].copy()


def store(table: Any, i: int, x: Any) -> None:
    """Store eight numbers in a table."""
    table[i : i + LANES] = x


def splat(x: Any) -> Any:
    """Return a vector of eight equal numbers."""
    return np.full(LANES, x)


def plus(a: Any, b: Any) -> Any:
    """Return a + b."""
    return a + b


def times(a: Any, b: Any) -> Any:
    """Return a · b."""
    return a * b


def fma(a: Any, b: Any, c: Any) -> Any:
    """Return a · b + c; the processor may round it once."""
    return a * b + c


def leading(x: Any, n: int) -> Any:
    """Return the first ``n`` of eight numbers, followed by zeros."""
    return np.where(np.arange(LANES) < n, x, x.dtype.type(0))


def total(x: Any) -> Any:
    """Return the sum of eight numbers."""
    return x.sum()


def call_kernel(kernel: Any, table: Any, rows: Any, first: int, stride: int, count: int) -> None:
    """Apply a kernel to ``count`` numbers; ``rows`` are the positions of the result and of each operand.

    In compiled code a kernel is its address; here it is the record of the operation.
    """
    out, *operands = (int(x) * stride for x in rows[first : first + 1 + kernel.arity])
    for k in range(count):
        table[out + k] = kernel.scalar(*[float(table[x + k]) for x in operands])


def intrinsics(numba: Any) -> dict[str, Any]:
    """Return the same operations as Numba intrinsics."""
    from llvmlite import ir  # type: ignore[import-untyped]

    types: Any = numba.types
    extending: Any = numba.extending
    base: Any = types.Type
    model: Any = extending.models.PrimitiveModel
    word, index = ir.IntType(64), ir.IntType(32)

    class Vector(base):  # type: ignore[misc]
        def __init__(self, dtype: Any) -> None:
            self.dtype = dtype
            super().__init__(name=f"vector({dtype})")

    @extending.register_model(Vector)
    class VectorModel(model):  # type: ignore[misc]
        def __init__(self, manager: Any, kind: Any) -> None:
            number = ir.DoubleType() if kind.dtype == types.float64 else ir.FloatType()
            super().__init__(manager, kind, ir.VectorType(number, LANES))

    def made(result: Any, *operands: Any, by: Any) -> Any:
        """Return the signature of an intrinsic, and its code generator ``by(builder, values, result's type)``."""

        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            value = by(builder, values, context.get_value_type(signature.return_type))
            return context.get_dummy_value() if value is None else value

        return result(*operands), generate

    def whole(table: Any) -> int:
        return int(table.dtype.bitwidth // 8)

    def repeated(builder: Any, x: Any, kind: Any) -> Any:
        nothing = ir.Constant(kind, ir.Undefined)
        one = builder.insert_element(nothing, x, ir.Constant(index, 0))
        return builder.shuffle_vector(one, nothing, ir.Constant(ir.VectorType(index, LANES), [0] * LANES))

    def integers(_: Any, table: Any) -> Any:
        return made(types.CPointer(types.int32), types.int64, by=lambda b, values, kind: b.inttoptr(values[0], kind))

    def numbers(_: Any, table: Any, like: Any) -> Any:
        kind = types.CPointer(like.dtype)
        return made(kind, types.int64, like, by=lambda b, values, kind: b.inttoptr(values[0], kind))

    def at(_: Any, table: Any, i: Any) -> Any:
        return made(table.dtype, table, types.int64, by=lambda b, values, kind: b.load(b.gep(values[0], [values[1]])))

    def put(_: Any, table: Any, i: Any, x: Any) -> Any:
        def by(builder: Any, values: Any, kind: Any) -> None:
            builder.store(values[2], builder.gep(values[0], [values[1]]))

        return made(types.void, table, types.int64, table.dtype, by=by)

    def load(_: Any, table: Any, i: Any) -> Any:
        def by(builder: Any, values: Any, kind: Any) -> Any:
            place = builder.bitcast(builder.gep(values[0], [values[1]]), kind.as_pointer())
            return builder.load(place, align=whole(table))

        return made(Vector(table.dtype), table, types.int64, by=by)

    def store(_: Any, table: Any, i: Any, x: Any) -> Any:
        def by(builder: Any, values: Any, kind: Any) -> None:
            place = builder.bitcast(builder.gep(values[0], [values[1]]), values[2].type.as_pointer())
            builder.store(values[2], place, align=whole(table))

        return made(types.void, table, types.int64, x, by=by)

    def splat(_: Any, x: Any) -> Any:
        return made(Vector(x), x, by=lambda builder, values, kind: repeated(builder, values[0], kind))

    def plus(_: Any, a: Any, b: Any) -> Any:
        return made(a, a, a, by=lambda builder, values, kind: builder.fadd(*values))

    def times(_: Any, a: Any, b: Any) -> Any:
        return made(a, a, a, by=lambda builder, values, kind: builder.fmul(*values))

    def fma(_: Any, a: Any, b: Any, c: Any) -> Any:
        def by(builder: Any, values: Any, kind: Any) -> Any:
            product = builder.fmul(values[0], values[1], flags=("contract",))
            return builder.fadd(product, values[2], flags=("contract",))

        return made(a, a, a, a, by=by)

    def leading(_: Any, x: Any, n: Any) -> Any:
        def by(builder: Any, values: Any, kind: Any) -> Any:
            numbered = ir.Constant(ir.VectorType(word, LANES), list(range(LANES)))
            inside = builder.icmp_signed("<", numbered, repeated(builder, values[1], ir.VectorType(word, LANES)))
            return builder.select(inside, values[0], ir.Constant(kind, [0.0] * LANES))

        return made(x, x, types.int64, by=by)

    def total(_: Any, x: Any) -> Any:
        def by(builder: Any, values: Any, kind: Any) -> Any:
            (vector,), size = values, LANES
            while size > 1:
                size //= 2
                nothing, picked = ir.Constant(vector.type, ir.Undefined), ir.VectorType(index, size)
                low = builder.shuffle_vector(vector, nothing, ir.Constant(picked, list(range(size))))
                high = builder.shuffle_vector(vector, nothing, ir.Constant(picked, list(range(size, 2 * size))))
                vector = builder.fadd(low, high)
            return builder.extract_element(vector, ir.Constant(index, 0))

        return made(x.dtype, x, by=by)

    def call_kernel(_: Any, kernel: Any, table: Any, rows: Any, first: Any, stride: Any, count: Any) -> Any:
        def by(builder: Any, values: Any, kind: Any) -> None:
            address, table, rows, first, stride, count = values
            function = ir.FunctionType(ir.VoidType(), [table.type, rows.type, word, word])
            builder.call(
                builder.inttoptr(address, function.as_pointer()), [table, builder.gep(rows, [first]), stride, count]
            )

        return made(types.void, types.int64, table, rows, types.int64, types.int64, types.int64, by=by)

    every = (integers, numbers, at, put, load, store, splat, plus, times, fma, leading, total, call_kernel)
    return {function.__name__: extending.intrinsic(function) for function in every}
