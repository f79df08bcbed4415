"""Write a session as Python: a script that trains the same network on the same samples in the same way.

If only whole batches were trained, the script is one call of ``fit``. Otherwise a loop repeats the updates of all sizes
and the manual changes between them. Both give the same bits as the playground.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .update_rules import differing

LOOP = '''
epoch, waiting, losses = 0, [], []


def train(updates, size):
    """Update the weights so often, each time with the next `size` samples, in the order in which fit takes them."""
    global epoch, waiting
    for _ in range(updates):
        waiting = waiting or [i for rows in batches(len(X), epoch=epoch) for i in rows]
        rows, waiting = waiting[:size], waiting[size:]
        losses.append(updater.update(X[rows], y[rows])[0])
        epoch += not waiting
    updater.settle(changeable=True)  # the model has its numbers back, and they may be changed

'''


def code(session: Any) -> str:
    """Return a Python script that repeats the session and prints the loss of the last update."""
    s, journal = session.settings, session.journal
    X, y, edited, lr = session.begun
    updates = journal.updates_of(s.batch)
    imports = {"nn.optimizers": {s.optimizer}}
    parts = [_data(session, X, y, edited, imports), _model(session, imports)]
    options = "".join(f", {name}={value!r}" for name, value in differing(s.optimizer, s.options).items())
    parts.append(f"optimizer = {s.optimizer}(model.parameters(), lr={lr!r}{options})\n")
    if s.regularizer != "none":
        imports["nn.regularizers"] = {s.regularizer}
    penalty = "" if s.regularizer == "none" else f"{s.regularizer}({s.strength!r})"
    if updates is not None:
        parts.append(_fit(session, updates, penalty))
        imports.setdefault("nn", set()).add("fit")
    else:
        parts.append(_replay(session, penalty, imports))
    head = "".join(f"from {module} import {', '.join(sorted(names))}\n" for module, names in sorted(imports.items()))
    numpy = "import numpy as np\n\n" if any("np." in part for part in parts) else ""
    return f"{numpy}{head}\n{''.join(parts)}"


def _data(session: Any, X: Any, y: Any, edited: bool, imports: dict[str, set[str]]) -> str:
    s = session.settings
    if edited or s.dataset == "yours":
        return f"X = {_rows(X)}\ny = {_targets(session, y)}\n"
    imports["nn.data"] = {s.dataset}
    signed = session.task.kind == "signs" and not s.loss.startswith("binary")
    column = "y = y.reshape(-1, 1)\n" if session.in_columns else ""
    count = s.samples // 4 if s.dataset == "xor" else s.samples
    return (
        f"X, y = {s.dataset}({count}, noise={s.noise!r}, rng={s.seed})\n"
        + ("y = 2 * y - 1  # -1 and +1\n" if signed else "")
        + column
    )


def _model(session: Any, imports: dict[str, set[str]]) -> str:
    s = session.settings
    if session.own_model is None:
        imports.setdefault("nn", set()).add("MLP")
        sizes = [*s.layers, session.task.outputs]
        return f"model = MLP({session.X.shape[1]}, {sizes}, activation={s.activation!r}, rng={s.seed})\n"
    state = {name: np.asarray(array).tolist() for name, array in session.start.items()}
    return f"# model is yours; this is where it began\nmodel.load_state_dict({state!r})\n"


def _fit(session: Any, updates: int, penalty: str) -> str:
    s = session.settings
    each = -(-len(session.X) // s.batch)
    options = [f"epochs={max(1, -(-updates // each))}", f"batch_size={s.batch}"]
    if penalty:
        options.append(f"regularizer={penalty}")
    if session.is_traced:
        options.append("traced=True")
    if updates % each:
        options.append("callbacks=[until]")
    until = (
        f"\n\ndef until(event):\n"
        f'    """Stop after {updates} updates."""\n'
        f'    return "as far as it was played" if getattr(event, "step", 0) == {updates} else None\n\n\n'
        if updates % each
        else ""
    )
    call = f'history = fit(model, (X, y), "{s.loss}", optimizer, {", ".join(options)})'
    return f"{until}{call}\nprint(history.losses[-1])\n"


def _replay(session: Any, penalty: str, imports: dict[str, set[str]]) -> str:
    updater = "TracedUpdater" if session.is_traced else "Updater"
    imports["nn.training.traced.updates" if session.is_traced else "nn.training.updates"] = {updater}
    imports.setdefault("nn.data", set()).add("batches")
    imports["nn.losses"] = {"loss_function"}
    entries = session.journal.entries
    lines = [f"train({b}, size={a})" if isinstance(a, int) else b for a, b in entries]
    given = "" if session.journal.is_whole else "# earlier manual changes are left out; this is the rest\n"
    parameters = "parameters = dict(model.named_parameters())\n" if "parameters[" in "".join(map(str, lines)) else ""
    made = (
        f'updater = {updater}(model, loss_function("{session.settings.loss}"), optimizer{penalty and ", " + penalty})\n'
    )
    prepared = "updater.prepare((X, y), None)\n" if session.is_traced else ""
    done = "print(losses[-1])\n" if any(isinstance(a, int) for a, _ in entries) else ""
    return f"{made}{prepared}{parameters}{LOOP}\n{given}" + "\n".join(map(str, lines)) + f"\n{done}"


def line_of_weight(path: str, index: tuple[int, ...] | None, value: float) -> str:
    """Return Python code that sets a weight."""
    holder = f"parameters[{path!r}]"
    if index is None:
        return f"{holder}.data = {value!r}"
    at = ", ".join(map(str, index))
    return f"numbers = np.array({holder}.data)\nnumbers[{at}] = {value!r}\n{holder}.data = numbers"


def line_of_data(session: Any) -> str:
    """Return Python code with the present samples, which starts a new order of the epoch."""
    return f"X = {_rows(session.X)}\ny = {_targets(session, session.y)}\nwaiting = []"


def _rows(X: Any) -> str:
    rows = ",\n    ".join(f"[{', '.join(repr(float(x)) for x in row)}]" for row in X)
    return f"np.array([\n    {rows},\n])"


def _targets(session: Any, y: Any) -> str:
    given = session.task.for_loss(y, session.settings.loss).tolist()
    return f"np.array({given!r})" + (".reshape(-1, 1)" if session.in_columns else "")
