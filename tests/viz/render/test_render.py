"""Rendering with the Graphviz that is there, and what is said when there is none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from viz.render import render
from viz.style.errors import OptionError, RendererMissingError, RenderError, SizeLimitError

GRAPH = 'digraph { a [label="hello"]; a -> b }'


@pytest.fixture
def no_graphviz(monkeypatch):
    monkeypatch.setattr(render.shutil, "which", lambda name: None)
    monkeypatch.setattr(render, "_bundled_folder", lambda: "")


@pytest.mark.dot
@pytest.mark.parametrize(("format", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_formats(format, start, capfd):
    assert render.render(GRAPH, format).startswith(start)
    assert capfd.readouterr() == ("", "")  # the wheel's notes about fonts are nobody's business


def test_another_format_is_refused_before_anything_is_started(no_graphviz):
    with pytest.raises(OptionError, match="svg, png, pdf"):
        render.render(GRAPH, "bmp")


def test_without_graphviz_the_error_names_both_remedies(no_graphviz):
    assert render.available() is None
    with pytest.raises(RendererMissingError) as error:
        render.render(GRAPH)
    assert 'pip install "autograd-core[draw]"' in str(error.value)
    assert "apt-get install graphviz" in str(error.value)
    assert "trace_table" in str(error.value)


def test_the_systems_program_comes_first(monkeypatch):
    monkeypatch.setattr(render.shutil, "which", lambda name: f"/somewhere/{name}")
    assert render.available() == "dot"
    assert render._program() == ["/somewhere/dot"]


@pytest.fixture
def fake_dot(monkeypatch, tmp_path):
    """Put a program in the place of Graphviz."""

    def install(source):
        program = tmp_path / "fake.py"
        program.write_text(source, encoding="utf-8")
        monkeypatch.setattr(render, "_program", lambda: [sys.executable, str(program)])

    return install


def test_a_layout_that_takes_too_long_is_stopped(fake_dot):
    fake_dot("import time; time.sleep(60)")
    with pytest.raises(RenderError, match=r"within 0\.3 seconds"):
        render.render(GRAPH, timeout=0.3)


def test_what_graphviz_says_when_it_fails_is_passed_on(fake_dot):
    fake_dot("import sys; sys.exit('syntax error in line 1')")
    with pytest.raises(RenderError, match="syntax error in line 1"):
        render.render(GRAPH)


def test_a_program_that_cannot_be_started(monkeypatch, tmp_path):
    monkeypatch.setattr(render, "_program", lambda: [str(tmp_path / "absent")])
    with pytest.raises(RenderError, match="could not be started"):
        render.render(GRAPH)


def test_a_bitmap_gets_fewer_pixels_rather_than_too_many():
    assert render._resolution(720.0, 720.0, None) == 144.0
    assert 72.0 <= render._resolution(9000.0, 5000.0, None) < 144.0


def test_a_bitmap_beyond_the_limits_is_refused_with_the_limits():
    with pytest.raises(SizeLimitError, match=r"32,000 a side and 100,000,000 in all.*\.svg.*dpi=\d+"):
        render._resolution(40_000.0, 20_000.0, None)
    with pytest.raises(SizeLimitError, match="At 900 pixels an inch"):
        render._resolution(7200.0, 7200.0, 900.0)
    assert render._resolution(7200.0, 7200.0, 50.0) == 50.0


def test_a_description_beyond_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(render, "MOST_BYTES", 10)
    with pytest.raises(SizeLimitError, match="limit is 10"):
        render.render(GRAPH)


@pytest.fixture
def no_fonts(monkeypatch, tmp_path):
    if sys.platform in ("win32", "darwin"):
        pytest.skip("fonts are part of this system")
    monkeypatch.delenv("FONTCONFIG_FILE", raising=False)
    monkeypatch.delenv("FONTCONFIG_PATH", raising=False)
    monkeypatch.setattr(render, "_font_folders", lambda: [tmp_path])


def test_without_fonts_a_bitmap_is_refused_rather_than_full_of_boxes(no_fonts, monkeypatch):
    monkeypatch.setattr(render, "_matplotlib_fonts", lambda: "")
    monkeypatch.setattr(render, "_program", lambda: ["never started"])
    with pytest.raises(RenderError, match=r"\.svg.*fonts-dejavu-core"):
        render.render(GRAPH, "png")


@pytest.mark.dot
def test_without_fonts_those_of_matplotlib_are_used(no_fonts, tmp_path):
    pytest.importorskip("matplotlib")
    with render._fonts(needed=True) as environment:
        config = Path(environment["FONTCONFIG_FILE"])
        assert "mpl-data" in config.read_text(encoding="utf-8")
    assert not config.exists()
    with_those = render.render(GRAPH, "png")
    assert with_those.startswith(b"\x89PNG")


def test_a_picture_that_needs_no_font_is_made_without(no_fonts, monkeypatch):
    monkeypatch.setattr(render, "_matplotlib_fonts", lambda: "")
    with render._fonts(needed=False) as environment:
        assert "FONTCONFIG_FILE" not in environment
