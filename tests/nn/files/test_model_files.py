"""Models as files: what is written comes back, and what is hostile or wrong changes nothing."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import random
import time
import zipfile

import numpy as np
import pytest

from autograd_core import Value
from nn import MLP, DAGNetwork, Linear, Module, Sequential, load
from nn.errors import ArchitectureError, ModelFileError, OperandError, OptionError
from nn.files.archive import read, write


def numbers_of(model):
    return [np.asarray(p.data).tolist() for p in model.parameters()]


@pytest.fixture
def model():
    return MLP(2, [3, 1], activation=["tanh", "sigmoid"], rng=0)


@pytest.fixture
def file(model, tmp_path):
    path = tmp_path / "model.npz"
    model.save(path)
    return path


MODELS = [
    (2, lambda: MLP(2, [3, 1], activation="tanh", rng=0)),
    (3, lambda: MLP(3, [2], bias=False, rng=0)),
    (2, lambda: MLP(2, [2, 2], activation=["prelu", "softmax"], rng=0)),
    (2, lambda: DAGNetwork([(1, 3), (2, 3), (1, 4), (3, 4)], {3: "relu"}, biases={4: 0.5}, rng=0)),
]


@pytest.mark.parametrize(("inputs", "make"), MODELS)
def test_a_model_comes_back_bit_for_bit(inputs, make, tmp_path):
    model = make()
    model.save(tmp_path / "m.npz")
    found = load(tmp_path / "m.npz")
    assert type(found) is type(model)
    assert numbers_of(found) == numbers_of(model)
    x = [0.3, -0.7, 1.1][:inputs]
    first, second = model(x), found(x)
    flat = lambda out: [v.data for v in out] if isinstance(out, list) else [out.data]  # noqa: E731
    assert flat(first) == flat(second)


def test_every_float_survives(tmp_path):
    model = MLP(3, [1], bias=False, init=[[[5e-324, -0.0, 1.7976931348623157e308]]])
    model.save(tmp_path / "m")
    assert [repr(p.data) for p in load(tmp_path / "m").parameters()] == ["5e-324", "-0.0", "1.7976931348623157e+308"]


def test_a_module_of_ones_own_takes_its_numbers_back(tmp_path):
    class Own(Module):
        def __init__(self):
            self.gain, self.count = Value(1.0), np.zeros(2)

    own = Own()
    own.gain.data, own.count[1] = 4.0, 7.0
    own.save(tmp_path / "m")
    again = Own()
    again.load(tmp_path / "m")
    assert (again.gain.data, again.count.tolist()) == (4.0, [0.0, 7.0])
    with pytest.raises(ModelFileError, match="Build it in your program"):
        load(tmp_path / "m")


def test_the_same_model_gives_the_same_bytes(model, tmp_path):
    model.save(tmp_path / "a")
    model.save(tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_numpy_reads_the_arrays_too(file, model):
    with np.load(file, allow_pickle=False) as arrays:
        assert arrays["0"].tolist() == [w.data for w in model.layers[0].neurons[0].w]


def test_a_file_of_another_model_changes_nothing(file):
    for other in (MLP(2, [4, 1], rng=1), MLP(2, [3, 1, 1], rng=1), DAGNetwork([(1, 2)], rng=1)):
        before = numbers_of(other)
        with pytest.raises(ModelFileError, match="othing was changed"):
            other.load(file)
        assert numbers_of(other) == before


def test_a_failed_write_leaves_the_old_file_and_no_other(file, monkeypatch):
    before = file.read_bytes()

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(ModelFileError, match="No space left"):
        MLP(2, [3, 1], rng=9).save(file)
    assert file.read_bytes() == before
    assert os.listdir(file.parent) == [file.name]


def test_a_folder_that_does_not_exist(model, tmp_path):
    with pytest.raises(ModelFileError, match="folder that exists"):
        model.save(tmp_path / "no" / "model.npz")
    with pytest.raises(ModelFileError, match="cannot be read"):
        load(tmp_path / "nothing.npz")


def test_nan_is_neither_written_nor_read(model, tmp_path):
    model.parameters()[0].data = float("nan")
    with pytest.raises(ModelFileError, match="nan"):
        model.save(tmp_path / "m")
    assert not (tmp_path / "m").exists()
    write(tmp_path / "m", model.state_dict(), {"kind": "MLP", "description": model.to_json()})
    other = MLP(2, [3, 1], rng=5)
    before = numbers_of(other)
    with pytest.raises(ModelFileError, match="nan"):
        other.load(tmp_path / "m")
    assert numbers_of(other) == before


def test_limits_on_what_a_file_may_announce(file, monkeypatch):
    for limit in ("MAX_HEADER", "MAX_BYTES"):
        with monkeypatch.context() as patched:
            patched.setattr("nn.files.archive." + limit, 10)
            with pytest.raises(ModelFileError, match="more than"):
                load(file)


def test_text_is_not_written(tmp_path):
    with pytest.raises(OperandError, match="Only numbers"):
        write(tmp_path / "a", {"names": np.array(["a"])}, {})


def test_a_layer_of_ones_own_is_not_written(tmp_path):
    class Own(Linear):
        pass

    with pytest.raises(ArchitectureError, match="no code"):
        Sequential(Own(1, 1)).save(tmp_path / "m")


def test_a_function_of_the_users_own_is_not_written(tmp_path):
    with pytest.raises(OptionError, match="never code"):
        MLP(2, [2, 1], activation=lambda z: z).save(tmp_path / "m")


# Hostile files


def npy(array):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.asarray(array), allow_pickle=True)
    return stream.getvalue()


def members_of(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(path, change, compression=zipfile.ZIP_STORED, header=None):
    members = members_of(path)
    if header is not None:
        described = json.loads(members["header.json"])
        header(described)
        members["header.json"] = json.dumps(described).encode()
    change(members)
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, blob in members.items():
            archive.writestr(name, blob)


def keep(members):
    pass


def announce(members):
    """An .npy header that announces 10¹² numbers in a file of some hundred bytes."""
    members["0.npy"] = members["0.npy"].replace(b"'shape': (2,), }            ", b"'shape': (1000000000000,), }")


def another_layout(members):
    """The same bytes under a header that says they are in Fortran's order, with a checksum that fits."""
    changed = members["0.npy"].replace(b"'fortran_order': False", b"'fortran_order': True ")
    right, wrong = (hashlib.sha256(blob).hexdigest().encode() for blob in (members["0.npy"], changed))
    members["0.npy"], members["header.json"] = changed, members["header.json"].replace(right, wrong)


HOSTILE = {
    "a pickle": lambda p: p.write_bytes(pickle.dumps({"w": 1})),
    "text": lambda p: p.write_text("weights = 1"),
    "nothing": lambda p: p.write_bytes(b""),
    "truncated": lambda p: p.write_bytes(p.read_bytes()[:-30]),
    "half": lambda p: p.write_bytes(p.read_bytes()[: p.stat().st_size // 2]),
    "no header": lambda p: rewritten(p, lambda m: m.pop("header.json")),
    "an object array": lambda p: rewritten(p, lambda m: m.update({"0.npy": npy(np.array([print], dtype=object))})),
    "a huge shape in the array": lambda p: rewritten(p, announce),
    "a huge shape in both": lambda p: rewritten(p, keep, header=lambda h: h["arrays"][0].update(shape=[10**12])),
    "a shape that overflows": lambda p: rewritten(p, keep, header=lambda h: h["arrays"][0].update(shape=[2**39] * 30)),
    "a negative shape": lambda p: rewritten(p, keep, header=lambda h: h["arrays"][0].update(shape=[-2])),
    "another type": lambda p: rewritten(p, keep, header=lambda h: h["arrays"][0].update(dtype="<f4")),
    "an unknown type": lambda p: rewritten(p, keep, header=lambda h: h["arrays"][0].update(dtype="O")),
    "a wrong checksum": lambda p: rewritten(p, keep, header=lambda h: h["arrays"][0].update(sha256="0" * 64)),
    "changed numbers": lambda p: rewritten(p, lambda m: m.update({"0.npy": npy(np.zeros(2))})),
    "a member too many": lambda p: rewritten(p, lambda m: m.update({"../evil.npy": b"x"})),
    "a member too few": lambda p: rewritten(p, lambda m: m.pop("1.npy")),
    "a header that lists nothing": lambda p: rewritten(p, keep, header=lambda h: h.update(arrays={})),
    "another array header": lambda p: rewritten(p, another_layout),
    "two arrays of one name": lambda p: rewritten(
        p, keep, header=lambda h: h["arrays"][1].update(name=h["arrays"][0]["name"])
    ),
    "compressed": lambda p: rewritten(p, keep, compression=zipfile.ZIP_DEFLATED),
    "a bomb": lambda p: rewritten(p, lambda m: m.update({"0.npy": bytes(10**7)}), compression=zipfile.ZIP_DEFLATED),
    "another format": lambda p: rewritten(p, keep, header=lambda h: h.update(format="something else")),
    "another version": lambda p: rewritten(p, keep, header=lambda h: h.update(version=2)),
    "a list as header": lambda p: rewritten(p, lambda m: m.update({"header.json": b"[]"})),
    "NaN in the header": lambda p: rewritten(p, lambda m: m.update({"header.json": b'{"version": NaN}'})),
    "a key twice": lambda p: rewritten(p, lambda m: m.update({"header.json": b'{"format": 1, "format": 2}'})),
    "deep nesting": lambda p: rewritten(p, lambda m: m.update({"header.json": b"[" * 100_000})),
    "no UTF-8": lambda p: rewritten(p, lambda m: m.update({"header.json": b"\xff\xfe"})),
    "an entry that is none": lambda p: rewritten(p, keep, header=lambda h: h["arrays"].append(3)),
    "an unknown kind": lambda p: rewritten(p, keep, header=lambda h: h["about"].update(kind="os.system")),
    "no description": lambda p: rewritten(p, keep, header=lambda h: h["about"].update(description=None)),
    "a network too large": lambda p: rewritten(
        p, keep, header=lambda h: h["about"]["description"].update(sizes=[2, 10**9, 1])
    ),
    "a network of other sizes": lambda p: rewritten(
        p, keep, header=lambda h: h["about"]["description"].update(sizes=[2, 2, 1])
    ),
    "biases that are none": lambda p: rewritten(
        p, keep, header=lambda h: h["about"]["description"].update(biases=[1, 2, 3])
    ),
    "sizes that are text": lambda p: rewritten(
        p, keep, header=lambda h: h["about"]["description"].update(sizes="2, 3, 1")
    ),
    "an unknown activation": lambda p: rewritten(
        p, keep, header=lambda h: h["about"]["description"].update(activations=["__import__", "tanh"])
    ),
}


@pytest.mark.parametrize("attack", HOSTILE, ids=str)
def test_a_hostile_file_is_refused_quickly_and_says_why(attack, file):
    HOSTILE[attack](file)
    began = time.perf_counter()
    with pytest.raises(ModelFileError) as caught:
        load(file)
    assert time.perf_counter() - began < 1.0
    assert file.name in str(caught.value)


def test_members_of_one_name(file):
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(file, "a") as archive:
        archive.writestr("0.npy", b"other")
    with pytest.raises(ModelFileError, match="one name"):
        load(file)


def test_a_thousand_flipped_bits_never_load_other_numbers(file, model):
    blob, right, rng = file.read_bytes(), numbers_of(model), random.Random(0)
    refused = 0
    for _ in range(1000):
        damaged = bytearray(blob)
        damaged[rng.randrange(len(blob))] ^= 1 << rng.randrange(8)
        file.write_bytes(damaged)
        try:
            found = load(file)
        except ModelFileError:
            refused += 1
        else:
            assert numbers_of(found) == right  # a date or a comment of the zip was hit
    assert refused > 800


def test_arrays_of_every_kind_go_through(tmp_path):
    arrays = {
        "f8": np.arange(6.0).reshape(2, 3), "f4": np.float32([1.5]), "i": np.array([[1], [2]], dtype=np.int16),
        "b": np.array(True), "empty": np.zeros((0, 3)), "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    }  # fmt: skip
    write(tmp_path / "a", arrays, {"title": "π"})
    found, about = read(tmp_path / "a")
    assert about == {"title": "π"}
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert found[name].shape == array.shape
        assert (found[name] == array).all()
    assert found["f4"].dtype == np.float32
