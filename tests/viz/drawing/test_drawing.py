"""Pictures in files and notebooks: whole or not at all, at once or with the limit that is in the way."""

from __future__ import annotations

import base64
import os
import stat
import time

import graphviz
import pytest

from autograd_core import Value
from autograd_core.errors import AutogradError, OperandError
from viz import draw, draw_dot, step, text, trace_table
from viz.render import render
from viz.scene import overview
from viz.style import files
from viz.style.errors import OptionError, RendererMissingError, SaveError, SizeLimitError


@pytest.fixture
def no_graphviz(monkeypatch):
    monkeypatch.setattr(render.shutil, "which", lambda name: None)
    monkeypatch.setattr(render, "_bundled_folder", lambda: "")


@pytest.fixture(scope="module")
def chain():
    x = Value(1.0)
    for _ in range(100_000):
        x = x + 1.0
    return x


@pytest.mark.dot
@pytest.mark.parametrize(
    ("name", "start"),
    [("x.svg", b"<?xml"), ("x.PNG", b"\x89PNG"), ("x.pdf", b"%PDF"), ("x.dot", b"digraph"), ("x.html", b"<!DOCTYPE")],
)
def test_saving_in_every_format(example, tmp_path, name, start):
    path = draw(example).save(tmp_path / name)
    assert path == tmp_path / name
    assert path.read_bytes().startswith(start)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["x", "x.bmp", "x.svg.gz", "x.exe"])
def test_another_ending_is_refused(example, tmp_path, name):
    with pytest.raises(OptionError, match=r"\.svg"):
        draw(example).save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(example, tmp_path):
    with pytest.raises(SaveError, match="there is no folder"):
        draw(example).save(tmp_path / "absent" / "x.dot")


def test_a_folder_is_not_a_file(example, tmp_path):
    (tmp_path / "x.dot").mkdir()
    with pytest.raises(SaveError, match="a folder"):
        draw(example).save(tmp_path / "x.dot")


@pytest.mark.skipif(not os.path.exists("/dev/null"), reason="no devices here")
def test_a_device_is_not_replaced():
    with pytest.raises(SaveError, match="not an ordinary file"):
        files.write("/dev/null", "x")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_a_failure_while_writing_leaves_the_old_file(example, tmp_path, monkeypatch):
    path = tmp_path / "x.dot"
    path.write_text("old", encoding="utf-8")

    def no_room(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "replace", no_room)
    with pytest.raises(SaveError, match="No space left on device"):
        draw(example).save(path)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link_and_a_mode_stays_a_mode(tmp_path):
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old", encoding="utf-8")
    real.chmod(0o640)
    link.symlink_to(real)
    files.write(link, "new")
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == "new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_errors_are_ours_and_built_in():
    assert issubclass(SaveError, AutogradError)
    assert issubclass(SaveError, OSError)
    assert issubclass(SizeLimitError, ValueError)
    assert issubclass(RendererMissingError, RuntimeError)


@pytest.mark.parametrize("call", [draw_dot, step])
def test_a_graph_too_large_is_refused_at_once(chain, call):
    start = time.perf_counter()
    with pytest.raises(SizeLimitError, match=r"max_nodes=\d") as error:
        call(chain)
    assert time.perf_counter() - start < 1.0
    assert "intermediate node" in str(error.value)


@pytest.mark.parametrize("call", [draw, text])
def test_a_graph_too_large_to_be_read_is_refused_at_once(chain, call, monkeypatch):
    monkeypatch.setattr(overview, "MOST_READ", 50_000)
    start = time.perf_counter()
    with pytest.raises(SizeLimitError, match=r"50,000 nodes.*intermediate node.*max_nodes=None"):
        call(chain)
    assert time.perf_counter() - start < 1.0


def test_more_boxes_than_graphviz_lays_out_are_refused_unless_insisted_on():
    x = sum((Value(float(i)) for i in range(3000)), Value(0.0))
    with pytest.raises(SizeLimitError, match="6,001 boxes; more than 5,000"):
        draw(x, collapse=None)
    assert len(draw(x, collapse=None, max_nodes=None).scene.boxes) == 6001


def test_the_limit_can_be_moved():
    x = Value(1.0, label="x")
    y = ((x * 2.0).tanh() - 1.0).exp()
    assert [box.name for box in draw(y, max_nodes=2).scene.boxes] == ["4 earlier nodes", "v4"]
    assert len(draw(y, max_nodes=5).scene.boxes) == len(draw(y, max_nodes=None).scene.boxes) == 7
    with pytest.raises(SizeLimitError, match="max_nodes=2"):
        draw_dot(y, max_nodes=2)


@pytest.mark.parametrize("call", [draw, draw_dot, step, trace_table])
@pytest.mark.parametrize("root", [3.0, "x", None, [Value(1.0)], "\x00\u202e"])
def test_what_is_not_a_node_is_refused(call, root):
    with pytest.raises(OperandError, match="Value or Tensor"):
        call(root)


def test_what_to_give_in_the_place_of_a_model_and_of_several_outputs():
    with pytest.raises(OperandError, match=r"model\(x\); viz\.draw_network\(model\)"):
        draw(lambda x: x)
    with pytest.raises(OperandError, match="such as their sum"):
        draw([Value(1.0), Value(2.0)])


@pytest.mark.dot
def test_a_notebook_gets_a_picture_that_survives_sanitising(example):
    bundle = draw(example)._repr_mimebundle_()
    assert set(bundle) == {"text/html", "image/svg+xml", "text/plain"}
    assert 'src="data:image/svg+xml;base64,' in bundle["text/html"]
    assert "<script" not in bundle["text/html"]


@pytest.mark.dot
def test_a_notebook_that_shows_svg_badly_can_have_a_bitmap(example):
    bundle = draw(example, format="png")._repr_mimebundle_()
    assert set(bundle) == {"image/png", "text/plain"}
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    with pytest.raises(OptionError, match="'svg', 'png'"):
        draw(example, format="gif")


def test_without_graphviz_a_notebook_gets_words(example, no_graphviz):
    bundle = draw(example)._repr_mimebundle_()
    assert set(bundle) == {"text/plain"}
    assert "L  = tanh(v3)" in bundle["text/plain"]
    assert "autograd-core[draw]" in bundle["text/plain"]


def test_without_graphviz_dot_files_tables_and_steps_still_work(example, no_graphviz, tmp_path):
    assert draw(example).save(tmp_path / "x.dot").read_text(encoding="utf-8").startswith("digraph")
    assert len(trace_table(example)) == 7
    assert step(example).next().kind == "forward"
    with pytest.raises(RendererMissingError):
        draw(example).save(tmp_path / "x.svg")
    assert [path.name for path in tmp_path.iterdir()] == ["x.dot"]


def test_draw_dot_is_a_digraph(example):
    assert isinstance(draw_dot(example), graphviz.Digraph)
    assert draw_dot(example, format="png").format == "png"


@pytest.mark.dot
def test_draw_dot_is_rendered_with_whatever_there_is(example, tmp_path):
    picture = draw_dot(example)
    assert picture.pipe().startswith(b"<?xml")
    assert picture.pipe(encoding="utf-8").startswith("<?xml")
    assert "<svg" in picture._repr_mimebundle_()["image/svg+xml"]
    assert picture.render(tmp_path / "graph", format="png").endswith("graph.png")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["graph", "graph.png"]
    picture.render(outfile=tmp_path / "other.svg", cleanup=True)
    assert (tmp_path / "other.svg").read_bytes().startswith(b"<?xml")


def test_drawing_touches_nothing(example):
    nodes = [example, *example.parents]
    before = [(node.data, node.grad, node.swept, node.label) for node in nodes]
    draw(example).text()
    assert [(node.data, node.grad, node.swept, node.label) for node in nodes] == before
