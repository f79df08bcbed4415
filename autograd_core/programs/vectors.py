"""Vectors of eight numbers: what they mean, in Python, and what they are, in machine code.

Compiled code takes the second meaning, one instruction of the processor each. Numba's own loops would be vectorized
only where LLVM can prove that rows do not overlap, and would keep a sum in memory instead of in registers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["call_kernel", "fma", "intrinsics", "leading", "load", "plus", "splat", "store", "times", "total"]

LANES = 8


def load(table: Any, row: int, k: int) -> Any:
    """Return eight numbers of a row, from column ``k``."""
    return table[row, k : k + LANES].copy()


def store(table: Any, row: int, k: int, x: Any) -> None:
    """Put eight numbers into a row, from column ``k``."""
    table[row, k : k + LANES] = x


def splat(x: Any) -> Any:
    """Return a number eight times."""
    return np.full(LANES, x)


def plus(a: Any, b: Any) -> Any:
    """Return a + b."""
    return a + b


def times(a: Any, b: Any) -> Any:
    """Return a · b."""
    return a * b


def fma(a: Any, b: Any, c: Any) -> Any:
    """Return a · b + c; the machine may round it once."""
    return a * b + c


def leading(x: Any, n: int) -> Any:
    """Return the first ``n`` of eight numbers, and zeros."""
    return np.where(np.arange(LANES) < n, x, x.dtype.type(0))


def total(x: Any) -> Any:
    """Return the sum of eight numbers."""
    return x.sum()


def call_kernel(kernel: Any, table: Any, rows: Any, first: int, stride: int, count: int) -> None:
    """Apply a kernel to ``count`` numbers: ``rows`` says where the result begins, and each operand."""
    numbers, (out, *operands) = table.reshape(-1), rows[first : first + 1 + kernel.arity]
    for k in range(count):
        numbers[out * stride + k] = kernel.scalar(*[float(numbers[x * stride + k]) for x in operands])


def intrinsics(numba: Any) -> dict[str, Any]:
    """Return the same operations as Numba's intrinsics."""
    from llvmlite import ir
    from numba.core import types
    from numba.extending import intrinsic, models, register_model

    word, index = ir.IntType(64), ir.IntType(32)

    class Vector(types.Type):  # type: ignore[misc]
        def __init__(self, dtype: Any) -> None:
            self.dtype = dtype
            super().__init__(name=f"vector({dtype})")

    @register_model(Vector)  # type: ignore[untyped-decorator]
    class VectorModel(models.PrimitiveModel):  # type: ignore[misc]
        def __init__(self, manager: Any, kind: Any) -> None:
            number = ir.DoubleType() if kind.dtype == types.float64 else ir.FloatType()
            super().__init__(manager, kind, ir.VectorType(number, LANES))

    def pointer(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        """Return where column ``k`` of a row is, as the address of a vector."""
        kind = signature.args[0]
        table = context.make_array(kind)(context, builder, values[0])
        stride = builder.extract_value(table.shape, 1)
        place = builder.gep(table.data, [builder.add(builder.mul(values[1], stride), values[2])])
        return builder.bitcast(place, context.get_value_type(Vector(kind.dtype)).as_pointer())

    def load(typing: Any, table: Any, row: Any, k: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return builder.load(pointer(context, builder, signature, values), align=table.dtype.bitwidth // 8)

        return Vector(table.dtype)(table, types.int64, types.int64), generate

    def store(typing: Any, table: Any, row: Any, k: Any, x: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            place = pointer(context, builder, signature, values)
            builder.store(values[3], place, align=table.dtype.bitwidth // 8)
            return context.get_dummy_value()

        return types.void(table, types.int64, types.int64, x), generate

    def repeated(builder: Any, x: Any, kind: Any) -> Any:
        nothing = ir.Constant(kind, ir.Undefined)
        one = builder.insert_element(nothing, x, ir.Constant(index, 0))
        return builder.shuffle_vector(one, nothing, ir.Constant(ir.VectorType(index, LANES), [0] * LANES))

    def splat(typing: Any, x: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return repeated(builder, values[0], context.get_value_type(signature.return_type))

        return Vector(x)(x), generate

    def plus(typing: Any, a: Any, b: Any) -> Any:
        return a(a, b), lambda context, builder, signature, values: builder.fadd(*values)

    def times(typing: Any, a: Any, b: Any) -> Any:
        return a(a, b), lambda context, builder, signature, values: builder.fmul(*values)

    def fma(typing: Any, a: Any, b: Any, c: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            product = builder.fmul(values[0], values[1], flags=("contract",))
            return builder.fadd(product, values[2], flags=("contract",))

        return a(a, b, c), generate

    def leading(typing: Any, x: Any, n: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            kind = values[0].type
            numbers = ir.Constant(ir.VectorType(word, LANES), list(range(LANES)))
            limit = repeated(builder, values[1], ir.VectorType(word, LANES))
            inside = builder.icmp_signed("<", numbers, limit)
            return builder.select(inside, values[0], ir.Constant(kind, [0.0] * LANES))

        return x(x, types.int64), generate

    def total(typing: Any, x: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            (vector,), size = values, LANES
            while size > 1:
                size //= 2
                nothing, kind = ir.Constant(vector.type, ir.Undefined), ir.VectorType(index, size)
                low = builder.shuffle_vector(vector, nothing, ir.Constant(kind, list(range(size))))
                high = builder.shuffle_vector(vector, nothing, ir.Constant(kind, list(range(size, 2 * size))))
                vector = builder.fadd(low, high)
            return builder.extract_element(vector, ir.Constant(index, 0))

        return x.dtype(x), generate

    def call_kernel(typing: Any, address: Any, table: Any, rows: Any, first: Any, stride: Any, count: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            address, table, rows, first, stride, count = values
            numbers = context.make_array(signature.args[1])(context, builder, table).data
            places = builder.gep(context.make_array(signature.args[2])(context, builder, rows).data, [first])
            kind = ir.FunctionType(ir.VoidType(), [numbers.type, places.type, word, word])
            builder.call(builder.inttoptr(address, kind.as_pointer()), [numbers, places, stride, count])
            return context.get_dummy_value()

        return types.void(types.int64, table, rows, types.int64, types.int64, types.int64), generate

    made = (load, store, splat, plus, times, fma, leading, total, call_kernel)
    return {function.__name__: intrinsic(function) for function in made}
